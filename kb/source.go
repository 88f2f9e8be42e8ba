package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// Source returns the library as a source for search: one document for each
// language that readers are shown. It is a [search.Rechecker] and a
// [search.Laggard] as well.
func (l *Library) Source() search.Source { return source{l} }

type source struct{ l *Library }

var (
	_ search.Source    = source{}
	_ search.Laggard   = source{}
	_ search.Rechecker = source{}
)

// groupPrefix comes before the ID of an article in the names of its groups.
const groupPrefix = "article/"

// Name implements [search.Source].
func (s source) Name() string { return "kb" }

// Wait implements [search.Source].
func (s source) Wait(ctx context.Context, after string) error {
	return s.l.store.WaitChanges(ctx, after)
}

// Visible returns those of the groups that by may read now, for what has been
// closed and is not yet so in the index. It asks what reading asks.
func (s source) Visible(ctx context.Context, by profile.Actor, groups []string) (visible []string, err error) {
	var ids []string
	for _, group := range groups {
		if id, ok := strings.CutPrefix(group, groupPrefix); ok {
			ids = append(ids, id)
		}
	}
	f, err := s.l.categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("kb visible: %w", err)
	}
	for chunk := range slices.Chunk(ids, maxEntries) {
		q, err := s.l.storeQuery(f, by.Sight(), Query{IDs: chunk, Limit: len(chunk)})
		if err != nil {
			return nil, fmt.Errorf("kb visible: %w", err)
		}
		page, _, err := s.l.store.Articles(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("kb visible: %w", err)
		}
		for _, a := range page {
			visible = append(visible, groupPrefix+a.ID)
		}
	}
	return visible, nil
}

// Stalled implements [search.Laggard], as far as the store can tell.
func (s source) Stalled(ctx context.Context) (time.Duration, error) {
	if l, ok := s.l.store.(search.Laggard); ok {
		return l.Stalled(ctx)
	}
	return 0, nil
}

// Changes implements [search.Source].
func (s source) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	ids, next, err := s.l.store.Changes(ctx, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("kb changes: %w", err)
	}
	f, err := s.l.categories(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("kb changes: %w", err)
	}
	changes := make([]search.Change, 0, len(ids))
	for _, id := range ids {
		c, err := s.change(ctx, f, id)
		if err != nil {
			return nil, "", fmt.Errorf("kb changes: article %s: %w", id, err)
		}
		changes = append(changes, c)
	}
	return changes, next, nil
}

// change returns what has become of an article.
func (s source) change(ctx context.Context, f *forest, id string) (search.Change, error) {
	c := search.Change{Group: groupPrefix + id}
	a, err := s.l.store.Article(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	audience := a.Audience.And(f.audience[a.Category])
	if a.Binned() || audience.Nobody() {
		return c, nil
	}
	have := a.live()
	for _, t := range a.Translations {
		if !t.Visible() {
			continue
		}
		d, err := s.search(ctx, f, a, t, audience, have)
		if err != nil {
			return c, err
		}
		c.Documents = append(c.Documents, d)
	}
	return c, nil
}

func (s source) search(ctx context.Context, f *forest, a Article, t Translation, audience profile.Audience, have []string) (search.Document, error) {
	rev, err := s.l.store.Revision(ctx, a.ID, t.Locale, t.Live)
	if err != nil {
		return search.Document{}, err
	}
	d, err := s.l.document(ctx, rev, everybody)
	if err != nil {
		return search.Document{}, err
	}
	words, err := s.l.attached(ctx, slices.Concat(d.media, a.Media))
	if err != nil {
		return search.Document{}, err
	}
	doc := search.Document{
		ID: groupPrefix + a.ID + "@" + t.Locale, Group: groupPrefix + a.ID, Kind: string(a.Kind), Locale: t.Locale,
		Title: rev.Title, Summary: rev.Summary, Body: d.text + words, Keywords: slices.Concat(a.Tags, s.l.Type(a.Kind).spoken(a.Fields)),
		Path:     s.l.path(Ref{Kind: "article", ID: a.ID, Locale: t.Locale, Slug: t.Slug}),
		Audience: audience, UpdatedAt: t.UpdatedAt,
		Facets: map[string][]string{
			"kind": {string(a.Kind)}, "language": {t.Locale}, "product": slices.Clone(a.Products), "category": placesOf(f, a.Category),
		},
	}
	for _, reader := range s.l.locales {
		if s.l.pick(reader, have) == t.Locale {
			doc.Serves = append(doc.Serves, reader)
		}
	}
	return doc, nil
}

// placesOf returns a category and those above it, so that filtering by one
// finds what is below it.
func placesOf(f *forest, id string) []string {
	var out []string
	for _, c := range f.path(id) {
		out = append(out, c.ID)
	}
	return out
}
