package kb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A Rendered is the text of an article, safe to put on a page.
type Rendered struct {
	HTML     template.HTML
	Headings []Heading // contents list, in order
}

// A Heading is an entry of a contents list.
type Heading struct {
	Level int    // 2 is the highest in an article
	ID    string // anchor
	Text  string
}

// A Ref names something that has a page, for links.
type Ref struct {
	Kind   string // "article", "category" or "media"
	ID     string
	Locale string // language of Slug
	Slug   string // or the name of a medium
	Asked  string // language of the reader who is shown the link, empty if it is for all
}

// defaultPath is where things are found when Options.Path is nil.
func defaultPath(r Ref) string {
	switch r.Kind {
	case "category":
		return "/categories/" + url.PathEscape(r.Slug)
	case "media":
		return "/media/" + url.PathEscape(r.Slug)
	}
	return "/articles/" + url.PathEscape(r.Slug)
}

type textKey struct {
	article, locale string
	revision        int
}

// document renders a revision, or takes it from the cache: a revision never
// changes. One that can no longer be rendered is shown as it was typed.
func (l *Library) document(ctx context.Context, rev Revision) (*document, error) {
	key := textKey{rev.Article, rev.Locale, rev.Number}
	if d, ok := l.texts.Load(key); ok {
		return d, nil
	}
	d, err := l.draw(rev.Locale, rev.Body)
	if errors.Is(err, ErrInvalid) {
		l.log.WarnContext(ctx, "article cannot be rendered", "article", rev.Article, "locale", rev.Locale, "revision", rev.Number, "err", err)
		d, err = plain(rev.Body), nil
	}
	if err == nil {
		l.texts.Store(key, d)
	}
	return d, err
}

// render returns the text of a revision with its links as by may follow them.
func (l *Library) render(ctx context.Context, by profile.Actor, rev Revision, locale string) (Rendered, error) {
	d, err := l.document(ctx, rev)
	if err != nil {
		return Rendered{}, err
	}
	return l.linked(ctx, by, d, locale)
}

// linked returns a text with its links as by may follow them.
func (l *Library) linked(ctx context.Context, by profile.Actor, d *document, locale string) (Rendered, error) {
	entries, err := l.Entries(ctx, by, d.articles, locale)
	if err != nil {
		return Rendered{}, err
	}
	paths := make(map[string]string, len(entries))
	for _, e := range entries {
		paths[e.Article] = l.path(Ref{Kind: "article", ID: e.Article, Locale: e.Locale, Slug: e.Slug, Asked: locale})
	}
	text := d.join(func(kind, id string) string {
		if kind == "media" {
			return l.path(Ref{Kind: kind, Slug: mediumName(id)})
		}
		return paths[id]
	})
	return Rendered{HTML: text, Headings: slices.Clone(d.headings)}, nil
}

// A pageKey is what a page depends on beside the content.
type pageKey struct{ article, locale, sight string }

type stampedPage struct {
	stamp string
	page  Page
}

// cachedPage returns a page as it is now for readers who see what by sees. The
// stamp of all content is asked for each time, so that nothing old is shown.
func (l *Library) cachedPage(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	c, err := l.takeCensus(ctx)
	if err != nil {
		return Page{}, err
	}
	key := pageKey{id, locale, c.sightKey(by)}
	if kept, ok := l.pages.Load(key); ok && kept.stamp == c.stamp {
		return kept.page.clone(), nil
	}
	a, f, err := l.visible(ctx, by, id)
	if err != nil {
		return Page{}, err
	}
	p, err := l.page(ctx, by, a, f, locale)
	if err == nil {
		l.pages.Store(key, stampedPage{c.stamp, p})
	}
	return p.clone(), err
}

// clone returns a copy that shares no list or map with p.
func (p Page) clone() Page {
	p.Text.Headings = slices.Clone(p.Text.Headings)
	p.Products, p.Tags = slices.Clone(p.Products), slices.Clone(p.Tags)
	p.Fields, p.Parts = maps.Clone(p.Fields), slices.Clone(p.Parts)
	p.Languages, p.Related, p.Categories = slices.Clone(p.Languages), slices.Clone(p.Related), slices.Clone(p.Categories)
	for i, e := range p.Related {
		p.Related[i].Products, p.Related[i].Languages = slices.Clone(e.Products), slices.Clone(e.Languages)
		p.Related[i].Fields = maps.Clone(e.Fields)
	}
	for i, c := range p.Categories {
		p.Categories[i].Languages = slices.Clone(c.Languages)
	}
	return p
}

// digest returns a short text that differs when v does.
func digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil { // a store has a time of a year that JSON cannot write
		data = fmt.Appendf(nil, "%+v", v)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:10])
}
