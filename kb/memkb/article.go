package memkb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/kb"
)

// Article implements [kb.ArticleStore].
func (s *Store) Article(ctx context.Context, id string) (kb.Article, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, err := find(ctx, s.articles, id)
	return cloneArticle(a), err
}

// SaveArticle implements [kb.ArticleStore].
func (s *Store) SaveArticle(ctx context.Context, a kb.Article, media []string, revisions ...kb.Revision) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayStore(a, revisions); err != nil {
		return err
	}
	for _, t := range a.Translations {
		s.slugs[t.Locale+"/"+t.Slug] = a.ID
	}
	for _, r := range revisions {
		r.At = r.At.UTC()
		s.revisions[revisionKey{r.Article, r.Locale, r.Number}] = r
	}
	s.articles[a.ID] = cloneArticle(a)
	s.use(a.ID, media)
	s.changed(a.ID)
	return nil
}

// mayStore checks everything before anything is changed.
func (s *Store) mayStore(a kb.Article, revisions []kb.Revision) error {
	if err := follows(s.articles[a.ID].Version, a.Version); err != nil {
		return err
	}
	for _, t := range a.Translations {
		if holder, ok := s.slugs[t.Locale+"/"+t.Slug]; ok && holder != a.ID {
			return kb.ErrConflict
		}
	}
	for _, r := range revisions {
		if _, ok := s.revisions[revisionKey{r.Article, r.Locale, r.Number}]; ok {
			return kb.ErrConflict
		}
	}
	return nil
}

func (s *Store) use(id string, media []string) {
	for _, articles := range s.uses {
		delete(articles, id)
	}
	for _, name := range media {
		if s.uses[name] == nil {
			s.uses[name] = map[string]bool{}
		}
		s.uses[name][id] = true
	}
}

// Slug implements [kb.ArticleStore].
func (s *Store) Slug(ctx context.Context, locale, slug string) (string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.slugs, locale+"/"+slug)
}

// Revision implements [kb.ArticleStore].
func (s *Store) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.revisions[revisionKey{article, locale, number}]
	if !ok {
		return r, kb.ErrNotFound
	}
	return r, ctx.Err()
}

// Revisions implements [kb.ArticleStore].
func (s *Store) Revisions(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Revision
	for key, r := range s.revisions {
		if key.article == article && key.locale == locale && (before == 0 || r.Number < before) {
			r.Body = ""
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b kb.Revision) int { return b.Number - a.Number })
	return out[:min(len(out), max(limit, 0))], ctx.Err()
}

// Articles implements [kb.ArticleStore].
func (s *Store) Articles(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
	past, err := after(q)
	if err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var page []kb.Article
	for _, a := range s.articles {
		if matches(a, q) && past(a) {
			page = append(page, cloneArticle(a))
		}
	}
	slices.SortFunc(page, func(a, b kb.Article) int { return order(q.Order, a, b) })
	limit := cmp.Or(q.Limit, 50)
	if len(page) <= limit {
		return page, "", ctx.Err()
	}
	return page[:limit], token(q.Order, page[limit-1]), ctx.Err()
}

// CountArticles implements [kb.ArticleStore].
func (s *Store) CountArticles(ctx context.Context, q kb.ArticleQuery) (map[string]int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	counts := map[string]int{}
	for _, a := range s.articles {
		if matches(a, q) {
			counts[a.Category]++
		}
	}
	return counts, ctx.Err()
}

func matches(a kb.Article, q kb.ArticleQuery) bool {
	return (q.Sight == nil || q.Sight.Admits(a.Audience)) &&
		(q.IDs == nil || slices.Contains(q.IDs, a.ID)) &&
		(q.Categories == nil || slices.Contains(q.Categories, a.Category)) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, a.Kind)) &&
		(q.Product == "" || slices.Contains(a.Products, q.Product)) &&
		(!q.Visible || len(a.Live()) > 0)
}

func order(by kb.ArticleOrder, a, b kb.Article) int {
	if by == kb.OrderUpdated {
		return cmp.Or(b.ShownAt.Compare(a.ShownAt), strings.Compare(a.ID, b.ID))
	}
	return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.ID, b.ID))
}

// token and after are each other's inverse: the position of the last article on
// a page, and whether an article comes after it.

func token(by kb.ArticleOrder, a kb.Article) string {
	if by == kb.OrderUpdated {
		return cursor.Encode(cursor.FormatTime(a.ShownAt), a.ID)
	}
	return cursor.Encode(cursor.FormatInt(int64(a.Order)), a.ID)
}

func after(q kb.ArticleQuery) (func(kb.Article) bool, error) {
	if q.After == "" {
		return func(kb.Article) bool { return true }, nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return nil, err
	}
	last := kb.Article{ID: parts[1]}
	if q.Order == kb.OrderUpdated {
		last.ShownAt, err = cursor.ParseTime(parts[0])
	} else {
		var n int64
		n, err = cursor.ParseInt(parts[0])
		last.Order = int(n)
	}
	return func(a kb.Article) bool { return order(q.Order, a, last) > 0 }, err
}

func cloneArticle(a kb.Article) kb.Article {
	a.Audience, a.Products, a.Tags = slices.Clone(a.Audience), slices.Clone(a.Products), slices.Clone(a.Tags)
	a.Related, a.Translations = slices.Clone(a.Related), slices.Clone(a.Translations)
	a.CreatedAt, a.UpdatedAt, a.ShownAt = a.CreatedAt.UTC(), a.UpdatedAt.UTC(), a.ShownAt.UTC()
	for i, t := range a.Translations {
		a.Translations[i].PublishedAt, a.Translations[i].UpdatedAt = t.PublishedAt.UTC(), t.UpdatedAt.UTC()
	}
	return a
}
