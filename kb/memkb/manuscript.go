package memkb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/kb"
)

// Manuscripts implements [kb.ArticleStore].
func (s *Store) Manuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error) {
	past, err := pastManuscript(q)
	if err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var page []kb.Article
	for _, a := range s.articles {
		if within(scope, a) && isManuscript(a, q) && past(a) {
			page = append(page, a)
		}
	}
	slices.SortFunc(page, func(a, b kb.Article) int { return deskOrder(q.Order, a, b) })
	limit, next := cmp.Or(max(q.Limit, 0), 50), ""
	if len(page) > limit {
		page, next = page[:limit], manuscriptToken(q.Order, page[limit-1])
	}
	for i, a := range page {
		page[i] = cloneArticle(a)
	}
	return page, next, ctx.Err()
}

// CountManuscripts implements [kb.ArticleStore].
func (s *Store) CountManuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for _, a := range s.articles {
		if within(scope, a) && isManuscript(a, q) {
			n++
		}
	}
	return min(n, max(most, 0)), ctx.Err()
}

func within(scope kb.DeskScope, a kb.Article) bool {
	return scope.Sight == nil || scope.Owner != "" && a.Owner == scope.Owner ||
		scope.Sight.Admits(a.Audience) && slices.Contains(scope.Categories, a.Category)
}

func isManuscript(a kb.Article, q kb.ManuscriptQuery) bool {
	_, has := a.In(q.Lacks)
	return a.Binned() == q.Binned && (q.Lacks == "" || !has) && (q.Owner == "" || a.Owner == q.Owner) &&
		(!asksOfText(q) || slices.ContainsFunc(a.Translations, func(t kb.Translation) bool { return isText(a, t, q) })) &&
		matches(a, kb.ArticleQuery{IDs: q.IDs, Categories: q.Categories, Kinds: q.Kinds, Product: q.Product})
}

func asksOfText(q kb.ManuscriptQuery) bool {
	return q.Locale != "" || q.Status != "" || q.Title != "" || q.Ahead || q.Stale
}

func isText(a kb.Article, t kb.Translation, q kb.ManuscriptQuery) bool {
	return (q.Locale == "" || t.Locale == q.Locale) && (q.Status == "" || t.Status == q.Status) &&
		strings.Contains(strings.ToLower(t.Title), q.Title) &&
		(!q.Ahead || t.Visible() && t.Head > t.Live) && (!q.Stale || a.Stale(t))
}

// heading is what an article is sorted by in the order of titles.
func heading(a kb.Article) string {
	t, _ := a.In(a.Source)
	return strings.ToLower(t.Title)
}

func deskOrder(by kb.ManuscriptOrder, a, b kb.Article) int {
	first := b.UpdatedAt.Compare(a.UpdatedAt)
	switch by {
	case kb.ManuscriptsOldest:
		first = -first
	case kb.ManuscriptsTitle:
		first = strings.Compare(heading(a), heading(b))
	}
	return cmp.Or(first, strings.Compare(a.ID, b.ID))
}

func manuscriptToken(by kb.ManuscriptOrder, a kb.Article) string {
	if by == kb.ManuscriptsTitle {
		return cursor.Encode(heading(a), a.ID)
	}
	return cursor.Encode(cursor.FormatTime(a.UpdatedAt), a.ID)
}

func pastManuscript(q kb.ManuscriptQuery) (func(kb.Article) bool, error) {
	if q.After == "" {
		return func(kb.Article) bool { return true }, nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return nil, err
	}
	last := kb.Article{ID: parts[1]}
	if q.Order == kb.ManuscriptsTitle {
		last.Translations = []kb.Translation{{Title: parts[0]}}
	} else {
		last.UpdatedAt, err = cursor.ParseTime(parts[0])
	}
	return func(a kb.Article) bool { return deskOrder(q.Order, a, last) > 0 }, err
}
