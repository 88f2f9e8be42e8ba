package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A Found is what an address leads to.
type Found struct {
	Ref
	Moved bool // the address is an old one: redirect to Ref's
}

// Find returns the article that has slug in any language, or that once had it,
// in the language that suits a reader of locale. It has moved if its slug in
// that language is another.
//
// A slug that readers were never shown finds nothing.
func (l *Library) Find(ctx context.Context, by profile.Actor, locale, slug string) (Found, error) {
	f, err := l.cachedFind(ctx, by, locale, slug)
	if err != nil {
		return Found{}, fmt.Errorf("article %q: %w", slug, err)
	}
	return f, nil
}

// A foundKey is what the answer to an address depends on beside the content.
type foundKey struct{ slug, locale, sight string }

type stampedFound struct {
	stamp string
	found Found
}

// cachedFind finds an article, or finds again what it found since the last
// change of the content. The stamp is read before anything that it stands for.
func (l *Library) cachedFind(ctx context.Context, by profile.Actor, locale, slug string) (Found, error) {
	c, err := l.takeCensus(ctx)
	if err != nil {
		return Found{}, err
	}
	key := foundKey{slug, locale, c.sightKey(by)}
	if kept, ok := l.founds.Load(key); ok && kept.stamp == c.stamp {
		return kept.found, nil
	}
	id, err := l.store.Slug(ctx, slug)
	if err != nil {
		return Found{}, absent(err)
	}
	ref, err := l.shown(ctx, by, id, locale)
	if err != nil {
		return Found{}, err
	}
	f := Found{Ref: ref, Moved: ref.Slug != slug}
	l.founds.Store(key, stampedFound{c.stamp, f})
	return f, nil
}

// shown returns where the article with the given ID is shown to by, who reads
// locale.
func (l *Library) shown(ctx context.Context, by profile.Actor, id, locale string) (Ref, error) {
	a, _, err := l.visible(ctx, by, id)
	if err != nil {
		return Ref{}, err
	}
	return a.ref(l.pick(locale, a.live())), nil
}

// Gone returns nil if a slug is, or was, that of an article that by could read and
// that has been deleted, and otherwise ErrNotFound: who asks for it may be told
// that it will not come back. Once the article is purged, nobody knows.
func (l *Library) Gone(ctx context.Context, by profile.Actor, slug string) error {
	id, err := l.store.Slug(ctx, slug)
	if err != nil {
		return fmt.Errorf("article %q: %w", slug, absent(err))
	}
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return fmt.Errorf("article %q: %w", slug, absent(err))
	}
	f, err := l.categories(ctx)
	if err != nil {
		return fmt.Errorf("article %q: %w", slug, err)
	}
	visible := slices.ContainsFunc(a.Translations, Translation.Visible)
	if !a.Binned() || !visible || !sees(by, a, f) {
		return fmt.Errorf("article %q: %w", slug, ErrNotFound)
	}
	return nil
}

// ref returns where a is found in a language that it has.
func (a Article) ref(locale string) Ref {
	t, _ := a.In(locale)
	return Ref{Kind: "article", ID: a.ID, Locale: t.Locale, Slug: t.Slug}
}

// absent returns ErrNotFound itself for what the store does not have, so that it
// cannot be told from what is hidden.
func absent(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// FindCategory is [Library.Find] for categories: it finds the category that has a
// slug or, if there is none, the one that had it last.
func (l *Library) FindCategory(ctx context.Context, by profile.Actor, locale, slug string) (Found, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Found{}, fmt.Errorf("category %q: %w", slug, err)
	}
	ref, err := l.shownCategory(ctx, by, f.bySlug[slug], locale)
	if errors.Is(err, ErrNotFound) { // or was moved away from, for whoever does not see it
		var id string
		if id, err = l.formerly(ctx, slug); err == nil {
			ref, err = l.shownCategory(ctx, by, id, locale)
		}
	}
	if err != nil {
		return Found{}, fmt.Errorf("category %q: %w", slug, err)
	}
	return Found{Ref: ref, Moved: ref.Slug != slug}, nil
}

// formerly returns the ID of the category that had a slug last.
func (l *Library) formerly(ctx context.Context, slug string) (string, error) {
	r, err := l.store.Redirect(ctx, formerSlug(slug))
	return strings.TrimPrefix(r.To, "category/"), absent(err)
}

// Redirect returns what took the place of a path that is no longer served, if
// by may see it.
func (l *Library) Redirect(ctx context.Context, by profile.Actor, path, locale string) (Ref, error) {
	r, err := l.store.Redirect(ctx, normalPath(path))
	if err != nil {
		return Ref{}, fmt.Errorf("redirect %q: %w", path, absent(err))
	}
	locate := l.shownFor(r)
	kind, id, _ := strings.Cut(r.To, "/")
	if kind == "category" {
		locate = l.shownCategory
	}
	ref, err := locate(ctx, by, id, cmp.Or(r.Locale, locale))
	if err != nil {
		return Ref{}, fmt.Errorf("redirect %q: %w", path, err)
	}
	return ref, nil
}

// shownFor is shown for a redirect: one that was made for a text leads nowhere
// before readers are shown that text.
func (l *Library) shownFor(r Redirect) func(ctx context.Context, by profile.Actor, id, locale string) (Ref, error) {
	return func(ctx context.Context, by profile.Actor, id, locale string) (Ref, error) {
		a, _, err := l.visible(ctx, by, id)
		if err != nil {
			return Ref{}, err
		}
		if t, ok := a.In(r.Locale); ok && !t.Visible() && t.PublishedAt.IsZero() {
			return Ref{}, ErrNotFound
		}
		return a.ref(l.pick(locale, a.live())), nil
	}
}

// shownCategory is shown for categories.
func (l *Library) shownCategory(ctx context.Context, by profile.Actor, id, locale string) (Ref, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Ref{}, err
	}
	if !by.Sight().Admits(f.audience[id]) {
		return Ref{}, ErrNotFound
	}
	p := l.place(f.byID[id], f, locale)
	return Ref{Kind: "category", ID: id, Locale: p.Locale, Slug: p.Slug}, nil
}

// normalPath is the form in which redirects are kept: unescaped, one leading
// slash, no trailing one, no query.
func normalPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return "/" + strings.Trim(path, "/")
}
