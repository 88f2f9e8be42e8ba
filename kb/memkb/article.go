package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// Article implements [kb.ArticleStore].
func (s *Store) Article(ctx context.Context, id string) (kb.Article, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, err := find(ctx, s.articles, id)
	return cloneArticle(a), err
}

// SaveArticle implements [kb.ArticleStore].
func (s *Store) SaveArticle(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(textsOf(a, revisions)...), checkTimes(timesOf(a, revisions)...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayStore(a, revisions); err != nil {
		return err
	}
	s.put(a, revisions)
	return nil
}

// SaveArticles implements [kb.ArticleStore].
func (s *Store) SaveArticles(ctx context.Context, articles []kb.Article) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	slugs := map[string]string{}
	for _, a := range articles {
		if err := cmp.Or(stored.CheckText(textsOf(a, nil)...), checkTimes(timesOf(a, nil)...), s.mayStore(a, nil)); err != nil {
			return err
		}
		for _, t := range a.Translations {
			if other, taken := slugs[t.Slug]; taken && other != a.ID {
				return kb.ErrConflict
			}
			slugs[t.Slug] = a.ID
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, a := range articles {
		s.put(a, nil)
	}
	return nil
}

// put stores what may be stored.
func (s *Store) put(a kb.Article, revisions []kb.Revision) {
	for _, t := range a.Translations {
		s.slugs[t.Slug] = a.ID
		s.shown[t.Slug] = s.shown[t.Slug] || t.Visible()
	}
	for _, r := range revisions {
		s.revisions[revisionKey{r.Article, r.Locale, r.Number}] = cloneRevision(r)
		s.use(r)
		s.note(r.Links, r.Locale)
	}
	s.articles[a.ID] = cloneArticle(a)
	s.note(related(a), "")
	s.askArticle(a.ID)
	s.changed(a.ID)
}

func textsOf(a kb.Article, revisions []kb.Revision) []string {
	texts := []string{a.ID, a.Category, string(a.Kind), a.Owner, a.External, a.Source, a.Input, a.DeletedBy}
	texts = slices.Concat(texts, a.Audience, a.Products, a.Tags, a.Related, a.Media)
	for key, value := range a.Fields {
		texts = append(texts, key, value)
	}
	for _, t := range a.Translations {
		texts = append(texts, t.Locale, t.Slug, string(t.Status), t.Title, t.Summary)
	}
	for _, r := range revisions {
		texts = append(texts, r.Article, r.Locale, r.Title, r.Summary, r.Body, r.Note, r.Author, r.SEOTitle, r.Description)
		texts = append(texts, r.Media...)
		texts = append(texts, r.Blocks...)
		texts = append(texts, textsOfLinks(r.Links)...)
	}
	return texts
}

func timesOf(a kb.Article, revisions []kb.Revision) []time.Time {
	times := []time.Time{a.CreatedAt, a.UpdatedAt, a.ShownAt, a.DeletedAt}
	for _, t := range a.Translations {
		times = append(times, t.PublishedAt, t.UpdatedAt, t.NewsAt)
	}
	for _, r := range revisions {
		times = append(times, r.At)
	}
	return times
}

// mayStore checks everything before anything is changed.
func (s *Store) mayStore(a kb.Article, revisions []kb.Revision) error {
	if err := follows(s.articles[a.ID].Version, a.Version); err != nil {
		return err
	}
	if s.removed[a.Category] {
		return kb.ErrConflict
	}
	for _, t := range a.Translations {
		if holder, ok := s.slugs[t.Slug]; ok && holder != a.ID {
			return kb.ErrConflict
		}
	}
	seen := map[revisionKey]bool{}
	for _, r := range revisions {
		key := revisionKey{r.Article, r.Locale, r.Number}
		if _, ok := s.revisions[key]; ok || seen[key] {
			return kb.ErrConflict
		}
		seen[key] = true
	}
	return nil
}

// use notes which media a revision shows.
func (s *Store) use(r kb.Revision) {
	for _, name := range r.Media {
		s.uses[name] = append(s.uses[name], revisionKey{r.Article, r.Locale, r.Number})
	}
}

// Slug implements [kb.ArticleStore].
func (s *Store) Slug(ctx context.Context, slug string) (string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.shown[slug] {
		return "", cmp.Or(ctx.Err(), kb.ErrNotFound)
	}
	return find(ctx, s.slugs, slug)
}

// Slugs implements [kb.ArticleStore].
func (s *Store) Slugs(ctx context.Context, article string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []string
	for slug, id := range s.slugs {
		if id == article && s.shown[slug] {
			out = append(out, slug)
		}
	}
	slices.Sort(out)
	return out, ctx.Err()
}

// Holder implements [kb.ArticleStore].
func (s *Store) Holder(ctx context.Context, slug string) (string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.slugs, slug)
}

// Revision implements [kb.ArticleStore].
func (s *Store) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := find(ctx, s.revisions, revisionKey{article, locale, number})
	return cloneRevision(r), err
}

// Revisions implements [kb.ArticleStore].
func (s *Store) Revisions(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Revision
	for key, r := range s.revisions {
		if key.article == article && key.locale == locale && (before == 0 || r.Number < before) {
			r = cloneRevision(r)
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
	var found []kb.Article
	for _, a := range s.articles {
		if matches(a, q) && past(a) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b kb.Article) int { return order(q.Order, a, b) })
	limit, next := cmp.Or(max(q.Limit, 0), 50), ""
	if len(found) > limit {
		found, next = found[:limit], token(q.Order, found[limit-1])
	}
	var page []kb.Article
	for _, a := range found {
		page = append(page, cloneArticle(a))
	}
	return page, next, ctx.Err()
}

// CountArticles implements [kb.ArticleStore].
func (s *Store) CountArticles(ctx context.Context) ([]kb.Count, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	counts := map[[2]string]kb.Count{}
	for _, a := range s.articles {
		if len(a.Live()) == 0 {
			continue
		}
		key := [2]string{a.Category, a.Audience.String()}
		c, ok := counts[key]
		if !ok {
			c = kb.Count{Category: a.Category, Audience: slices.Clone(a.Audience)}
		}
		c.Articles++
		counts[key] = c
	}
	var out []kb.Count
	for _, c := range counts {
		out = append(out, c)
	}
	return out, ctx.Err()
}

func matches(a kb.Article, q kb.ArticleQuery) bool {
	return admits(q.Sight, a.Audience) &&
		(q.IDs == nil || slices.Contains(q.IDs, a.ID)) &&
		(q.Categories == nil || slices.Contains(q.Categories, a.Category)) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, a.Kind)) &&
		(q.Product == "" || slices.Contains(a.Products, q.Product)) &&
		(!q.Visible || len(a.Live()) > 0)
}

func admits(sight *profile.Sight, audience profile.Audience) bool {
	return sight == nil || sight.Admits(audience)
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
	a.Fields, a.Media = maps.Clone(a.Fields), slices.Clone(a.Media)
	a.Audience, a.Products, a.Tags = slices.Clone(a.Audience), slices.Clone(a.Products), slices.Clone(a.Tags)
	a.Related, a.Translations = slices.Clone(a.Related), slices.Clone(a.Translations)
	a.CreatedAt, a.UpdatedAt, a.ShownAt, a.DeletedAt = a.CreatedAt.UTC(), a.UpdatedAt.UTC(), a.ShownAt.UTC(), a.DeletedAt.UTC()
	for i, t := range a.Translations {
		a.Translations[i].PublishedAt, a.Translations[i].UpdatedAt, a.Translations[i].NewsAt = t.PublishedAt.UTC(), t.UpdatedAt.UTC(), t.NewsAt.UTC()
	}
	return a
}

func cloneRevision(r kb.Revision) kb.Revision {
	r.Blocks, r.Links = slices.Clone(r.Blocks), slices.Clone(r.Links)
	r.Media, r.At = slices.Clone(r.Media), r.At.UTC()
	return r
}
