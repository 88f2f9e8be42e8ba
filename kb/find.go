package kb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A Found is what an address leads to.
type Found struct {
	Ref
	Moved bool // the address is an old one: redirect to Ref's
}

// Find returns the article that readers of locale know as slug, or the one that
// once was. In another language's slug it finds the article too, as moved to
// the language that suits the reader.
func (l *Library) Find(ctx context.Context, by profile.Actor, locale, slug string) (Found, error) {
	for _, in := range append([]string{locale}, l.locales...) {
		id, err := l.store.Slug(ctx, in, slug)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Found{}, fmt.Errorf("article %q: %w", slug, err)
		}
		return l.found(ctx, by, id, in, locale, slug)
	}
	return Found{}, fmt.Errorf("article %q: %w", slug, ErrNotFound)
}

// found returns where the article with the given ID is shown to by, who came
// with slug in the language in, reading the portal in locale.
func (l *Library) found(ctx context.Context, by profile.Actor, id, in, locale, slug string) (Found, error) {
	a, _, err := l.visible(ctx, by, id)
	if err != nil {
		return Found{}, fmt.Errorf("article %q: %w", slug, err)
	}
	t, _ := a.In(l.choose(locale, a.live()))
	ref := Ref{Kind: "article", ID: a.ID, Locale: t.Locale, Slug: t.Slug}
	return Found{Ref: ref, Moved: t.Slug != slug || t.Locale != in && in == locale}, nil
}

// FindCategory is [Library.Find] for categories.
func (l *Library) FindCategory(ctx context.Context, by profile.Actor, locale, slug string) (Found, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Found{}, fmt.Errorf("category %q: %w", slug, err)
	}
	for _, in := range append([]string{locale}, l.locales...) {
		id, ok := f.bySlug[in+"/"+slug]
		if !ok || !by.Sight().Admits(f.audience[id]) {
			continue
		}
		p := l.place(f.byID[id], f, locale)
		ref := Ref{Kind: "category", ID: id, Locale: p.Locale, Slug: p.Slug}
		return Found{Ref: ref, Moved: p.Slug != slug}, nil
	}
	return Found{}, fmt.Errorf("category %q: %w", slug, ErrNotFound)
}

// Redirect returns what took the place of a path that is no longer served, if
// by may see it.
func (l *Library) Redirect(ctx context.Context, by profile.Actor, path, locale string) (Ref, error) {
	r, err := l.store.Redirect(ctx, normalPath(path))
	if err != nil {
		return Ref{}, fmt.Errorf("redirect %q: %w", path, err)
	}
	if r.Locale != "" {
		locale = r.Locale
	}
	kind, id, _ := strings.Cut(r.To, "/")
	if kind == "category" {
		p, err := l.Category(ctx, by, id, locale)
		return Ref{Kind: kind, ID: id, Locale: p.Locale, Slug: p.Slug}, err
	}
	found, err := l.found(ctx, by, id, locale, locale, path)
	return found.Ref, err
}

// normalPath is the form in which redirects are kept: one leading slash, no
// trailing one, no query.
func normalPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	return "/" + strings.Trim(path, "/")
}
