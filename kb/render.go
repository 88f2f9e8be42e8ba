package kb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"

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
	body            uint64 // hash of what it says: what was purged may come again with other texts
	variant         string // of what a viewer sees of it, see composed
}

func (l *Library) textKey(rev Revision, variant string) textKey {
	return textKey{rev.Article, rev.Locale, rev.Number, maphash.String(l.seed, rev.Body), variant}
}

// document renders a revision as a viewer sees it, or takes it from the cache: a
// revision never changes. One that can no longer be rendered is shown as it was
// typed.
func (l *Library) document(ctx context.Context, rev Revision, v viewer) (*document, error) {
	c, err := l.compose(ctx, l.scriptOf(ctx, rev), rev.Locale, v)
	if err != nil {
		return nil, err
	}
	return l.inked(ctx, rev, c)
}

// inked renders what was composed of a revision.
func (l *Library) inked(ctx context.Context, rev Revision, c composed) (*document, error) {
	key := l.textKey(rev, c.variant)
	if d, ok := l.texts.Load(key); ok {
		return d, nil
	}
	d, err := l.ink(rev.Locale, c.text, false)
	if errors.Is(err, ErrInvalid) {
		l.log.WarnContext(ctx, "article cannot be rendered", "article", rev.Article, "locale", rev.Locale, "revision", rev.Number, "err", err)
		d, err = plain(l.boxer.Erase(c.text)), nil
	}
	if err == nil {
		l.texts.Store(key, d)
	}
	return d, err
}

// linked returns a text with its links as by may follow them.
func (l *Library) linked(ctx context.Context, by profile.Actor, d *document, locale string, t Type) (Rendered, error) {
	films, err := l.films(ctx, by, d.shown, locale)
	if err != nil {
		return Rendered{}, err
	}
	targets, err := l.targets(ctx, d)
	if err != nil {
		return Rendered{}, err
	}
	entries, err := l.Entries(ctx, by, slices.Concat(d.articles, slices.Sorted(maps.Values(targets))), locale)
	if err != nil {
		return Rendered{}, err
	}
	paths := make(map[string]string, len(entries))
	for _, e := range entries {
		paths[e.Article] = l.path(Ref{Kind: "article", ID: e.Article, Locale: e.Locale, Slug: e.Slug, Asked: locale})
	}
	places, err := l.landings(ctx, d, targets, entries)
	if err != nil {
		return Rendered{}, err
	}
	text := d.join(func(p piece) string {
		switch p.kind {
		case "media":
			return l.path(Ref{Kind: p.kind, Slug: mediumName(p.id)}) + p.fragment
		case kindPath:
			return p.id + cmp.Or(places[[2]string{targets[p.id], p.fragment}], p.fragment)
		}
		if paths[p.id] == "" {
			return ""
		}
		return paths[p.id] + places[[2]string{p.id, p.fragment}]
	}, l.screen(films, locale, !t.hasTranscript(d)))
	return Rendered{HTML: text, Headings: slices.Clone(d.headings)}, nil
}

// A pageKey is what a page depends on beside the content.
type pageKey struct {
	article, locale, sight string
	parts                  string // which of the audiences that the article asks for the reader is in
}

type stampedPage struct {
	stamp string
	page  Page
	asked []profile.Audience // of the parts that the page has or lacks
}

// sees returns which of the audiences by is in.
func (p stampedPage) sees(by profile.Actor) string {
	sight := by.Sight()
	var b strings.Builder
	for _, audience := range p.asked {
		if sight.Admits(audience) {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// cachedPage returns a page as it is now for readers who see what by sees. The
// stamp of all content is asked for each time, so that nothing old is shown.
func (l *Library) cachedPage(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	c, err := l.takeCensus(ctx)
	if err != nil {
		return Page{}, err
	}
	key := pageKey{article: id, locale: locale, sight: c.sightKey(by)}
	kept, ok := l.pages.Load(key)
	if ok && kept.stamp == c.stamp && len(kept.asked) > 0 {
		key.parts = "of " + kept.sees(by)
		kept, ok = l.pages.Load(key)
	}
	if ok && kept.stamp == c.stamp {
		return kept.page.clone(), nil
	}
	a, f, err := l.visible(ctx, by, id)
	if err != nil {
		return Page{}, err
	}
	p, asked, err := l.page(ctx, by, viewerOf(by), a, f, locale)
	if err == nil {
		l.keepPage(pageKey{article: id, locale: locale, sight: key.sight}, stampedPage{c.stamp, p, asked}, by)
	}
	return p.clone(), err
}

// keepPage keeps a page. One that has parts for some is kept for those who see
// the same of them, and its audiences for all.
func (l *Library) keepPage(key pageKey, p stampedPage, by profile.Actor) {
	if len(p.asked) > 0 {
		l.pages.Store(key, stampedPage{stamp: p.stamp, asked: p.asked})
		key.parts = "of " + p.sees(by)
	}
	l.pages.Store(key, p)
}

// clone returns a copy that shares no list or map with p.
func (p Page) clone() Page {
	p.Text.Headings = slices.Clone(p.Text.Headings)
	p.Products, p.Tags = slices.Clone(p.Products), slices.Clone(p.Tags)
	p.Files, p.Films = slices.Clone(p.Files), slices.Clone(p.Films) // what goes with a film is for reading
	p.Series = slices.Clone(p.Series)                               // its entries are for reading
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
