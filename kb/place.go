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

// Places returns the categories that by may put articles into as trees, those
// without articles as well.
func (l *Library) Places(ctx context.Context, by profile.Actor, locale string) ([]Place, error) {
	if !l.worksHere(by) {
		return nil, fmt.Errorf("places: %w", ErrForbidden)
	}
	f, err := l.categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return l.places(f, by, "", locale), nil
}

// places returns those of the categories under parent that by may put articles
// into.
func (l *Library) places(f *forest, by profile.Actor, parent, locale string) []Place {
	var out []Place
	for _, id := range f.children[parent] {
		if l.mayPlace(by, f, id) {
			p := l.place(f.byID[id], f, locale)
			p.Children = l.places(f, by, id, locale)
			out = append(out, p)
		}
	}
	return out
}

// Category returns one category that by may see, with those below it.
func (l *Library) Category(ctx context.Context, by profile.Actor, id, locale string) (Place, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Place{}, fmt.Errorf("category %s: %w", id, err)
	}
	if !by.Sight().Admits(f.audience[id]) {
		return Place{}, fmt.Errorf("category %s: %w", id, ErrNotFound)
	}
	counts, err := l.counts(ctx, by, f)
	if err != nil {
		return Place{}, fmt.Errorf("category %s: %w", id, err)
	}
	return l.branch(f, by.Sight(), id, locale, counts), nil
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
	return l.chain(f, id, locale), nil
}

// Above returns the IDs of a category and of those that it stands in, whoever may
// see them. It is for programs that tell people of changes, not for pages.
func (l *Library) Above(ctx context.Context, category string) ([]string, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("above category %s: %w", category, err)
	}
	var out []string
	for _, c := range f.path(category) {
		out = append(out, c.ID)
	}
	return out, nil
}

// chain returns the categories from the top down to id.
func (l *Library) chain(f *forest, id, locale string) []Place {
	var out []Place
	for _, c := range f.path(id) {
		out = append(out, l.place(c, f, locale))
	}
	return out
}

// counts returns how many articles by may read in each category.
func (l *Library) counts(ctx context.Context, by profile.Actor, f *forest) (map[string]int, error) {
	c, err := l.takeCensus(ctx)
	if err != nil {
		return nil, err
	}
	sight, counts := by.Sight(), map[string]int{}
	for _, n := range c.counts {
		if sight.Admits(n.Audience) && sight.Admits(f.audience[n.Category]) {
			counts[n.Category] += n.Articles
		}
	}
	return counts, nil
}

// tree returns what sight admits of the categories under parent.
func (l *Library) tree(f *forest, sight profile.Sight, parent, locale string, counts map[string]int) []Place {
	var out []Place
	for _, id := range f.children[parent] {
		if sight.Admits(f.audience[id]) {
			out = append(out, l.branch(f, sight, id, locale, counts))
		}
	}
	return out
}

// branch returns a category with what sight admits of those below it. Only
// categories that somebody sees have branches, so there are no circles.
func (l *Library) branch(f *forest, sight profile.Sight, id, locale string, counts map[string]int) Place {
	p := l.place(f.byID[id], f, locale)
	p.Children = l.tree(f, sight, id, locale, counts)
	p.Articles = counts[id]
	for _, child := range p.Children {
		p.Articles += child.Articles
	}
	return p
}

func (l *Library) place(c Category, f *forest, locale string) Place {
	p := Place{ID: c.ID, Parent: c.Parent, Title: c.ID, Slug: c.ID, Icon: c.Icon, Public: f.audience[c.ID].IsPublic()}
	if len(c.Labels) == 0 {
		return p
	}
	have := slices.Sorted(maps.Keys(c.Labels))
	for _, in := range have {
		p.Languages = append(p.Languages, Language{Locale: in, Slug: c.Labels[in].Slug})
	}
	p.Locale = l.pick(locale, first(have, c.Source))
	label := c.Labels[p.Locale]
	p.Title, p.Slug, p.Description = label.Title, label.Slug, label.Description
	return p
}

// first moves one element to the front of list, if it is among them.
func first(list []string, s string) []string {
	if i := slices.Index(list, s); i > 0 {
		copy(list[1:i+1], list[:i])
		list[0] = s
	}
	return list
}
