package kb

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// Categories returns the categories that by may see as trees, each with the
// number of articles that by may read in it and below.
func (l *Library) Categories(ctx context.Context, by profile.Actor, locale string) ([]Place, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("categories: %w", err)
	}
	counts, err := l.counts(ctx, by, f)
	if err != nil {
		return nil, fmt.Errorf("categories: %w", err)
	}
	return l.tree(f, by.Sight(), "", locale, counts), nil
}

// Category returns one category that by may see, with those below it.
func (l *Library) Category(ctx context.Context, by profile.Actor, id, locale string) (Place, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Place{}, fmt.Errorf("category %s: %w", id, err)
	}
	sight := by.Sight()
	c, ok := f.byID[id]
	if !ok || !sight.Admits(f.audience[id]) {
		return Place{}, fmt.Errorf("category %s: %w", id, ErrNotFound)
	}
	counts, err := l.counts(ctx, by, f)
	if err != nil {
		return Place{}, fmt.Errorf("category %s: %w", id, err)
	}
	p := l.place(c, f, locale)
	p.Children = l.tree(f, sight, id, locale, counts)
	p.Articles = counts[id]
	for _, child := range p.Children {
		p.Articles += child.Articles
	}
	return p, nil
}

// CategoryPath returns the categories from the top down to id, if by may see it.
func (l *Library) CategoryPath(ctx context.Context, by profile.Actor, id, locale string) ([]Place, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("category %s: %w", id, err)
	}
	if !by.Sight().Admits(f.audience[id]) {
		return nil, fmt.Errorf("category %s: %w", id, ErrNotFound)
	}
	var out []Place
	for _, c := range f.path(id) {
		out = append(out, l.place(c, f, locale))
	}
	return out, nil
}

func (l *Library) counts(ctx context.Context, by profile.Actor, f *forest) (map[string]int, error) {
	sight := by.Sight()
	return l.store.CountArticles(ctx, ArticleQuery{Sight: &sight, Categories: within(f, sight, "", true), Visible: true})
}

func (l *Library) tree(f *forest, sight profile.Sight, parent, locale string, counts map[string]int) []Place {
	var out []Place
	for _, id := range f.children[parent] {
		if !sight.Admits(f.audience[id]) {
			continue
		}
		p := l.place(f.byID[id], f, locale)
		p.Children = l.tree(f, sight, id, locale, counts)
		p.Articles = counts[id]
		for _, child := range p.Children {
			p.Articles += child.Articles
		}
		out = append(out, p)
	}
	return out
}

func (l *Library) place(c Category, f *forest, locale string) Place {
	have := slices.Sorted(maps.Keys(c.Labels))
	if len(have) == 0 {
		return Place{ID: c.ID, Parent: c.Parent, Title: c.ID, Slug: c.ID, Icon: c.Icon, Public: f.audience[c.ID].IsPublic()}
	}
	if i := slices.Index(have, c.Source); i > 0 {
		have = slices.Insert(slices.Delete(have, i, i+1), 0, c.Source)
	}
	shown := l.choose(locale, have)
	label := c.Labels[shown]
	p := Place{
		ID: c.ID, Parent: c.Parent, Locale: shown, Title: label.Title, Slug: label.Slug,
		Description: label.Description, Icon: c.Icon, Public: f.audience[c.ID].IsPublic(),
	}
	for _, loc := range slices.Sorted(maps.Keys(c.Labels)) {
		p.Languages = append(p.Languages, Language{Locale: loc, Slug: c.Labels[loc].Slug})
	}
	return p
}
