package kb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// A Rendered is the text of an article, safe to put on a page.
type Rendered struct {
	HTML     template.HTML
	Headings []Heading // contents list, in order
	Version  string    // changes with what the text links to
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

// Authors write links to other articles as "article:ID". What they lead to
// depends on the reader: an article that the reader may not see has no address,
// since the address would tell its title. So the text is rendered once, with the
// links standing for themselves below refPrefix, and they are resolved for each
// reader afterwards.
const refPrefix = "/-/"

var refLink = regexp.MustCompile(`(?s)<a href="` + refPrefix + `article/([^"#]+)(#[^"]*)?"[^>]*>(.*?)</a>`)

var refMedia = regexp.MustCompile(`src="` + refPrefix + `media/([^"]+)"`)

// renderer returns the renderer for texts in a language.
func (l *Library) renderer(locale string) *markdown.Renderer {
	if r, ok := l.writers.Load(locale); ok {
		return r.(*markdown.Renderer)
	}
	opts := &markdown.Options{Link: writtenLink, Image: writtenImage, Schemes: []string{"article", "media"}, DropTitle: true}
	if l.word != nil {
		opts.Label = func(w markdown.Label) string { return l.word(locale, string(w)) }
	}
	r, _ := l.writers.LoadOrStore(locale, markdown.New(opts))
	return r.(*markdown.Renderer)
}

// summarise returns the start of a text, for lists.
func (l *Library) summarise(locale, body string) string {
	d, err := l.renderer(locale).Render(body)
	if err != nil {
		return ""
	}
	return markdown.Summary(d.Text, 200)
}

// writtenLink turns a link as authors write it into one that passes the
// sanitiser.
func writtenLink(href string) (string, bool) {
	if id, ok := strings.CutPrefix(href, "article:"); ok {
		id, fragment, _ := strings.Cut(id, "#")
		if fragment != "" {
			fragment = "#" + fragment
		}
		return refPrefix + "article/" + url.PathEscape(id) + fragment, true
	}
	if name, ok := strings.CutPrefix(href, "media:"); ok {
		return refPrefix + "media/" + url.PathEscape(name), true
	}
	return href, true
}

func writtenImage(src string) (string, bool) {
	if name, ok := strings.CutPrefix(src, "media:"); ok {
		return refPrefix + "media/" + url.PathEscape(name), true
	}
	return src, true
}

type textKey struct {
	article, locale string
	revision        int
}

// document renders a revision, or takes it from the cache: a revision never changes.
func (l *Library) document(rev Revision) (*markdown.Document, error) {
	key := textKey{rev.Article, rev.Locale, rev.Number}
	if d, ok := l.texts.Load(key); ok {
		return d, nil
	}
	d, err := l.renderer(rev.Locale).Render(rev.Body)
	if err != nil {
		return nil, err
	}
	l.texts.Store(key, &d)
	return &d, nil
}

// render returns the text of a revision with its links as by may follow them.
func (l *Library) render(ctx context.Context, by profile.Actor, rev Revision, locale string) (Rendered, error) {
	d, err := l.document(rev)
	if err != nil {
		return Rendered{}, err
	}
	paths, err := l.resolve(ctx, by, articleRefs(d.Links), locale)
	if err != nil {
		return Rendered{}, err
	}
	out := Rendered{HTML: l.link(d.HTML, paths), Version: short(paths)}
	for _, h := range d.Headings {
		out.Headings = append(out.Headings, Heading{Level: h.Level, ID: h.ID, Text: h.Text})
	}
	return out, nil
}

// articleRefs returns the IDs of the articles among links, each once.
func articleRefs(links []string) []string {
	return refs(links, "article/")
}

func refs(links []string, kind string) []string {
	var out []string
	for _, link := range links {
		rest, ok := strings.CutPrefix(link, refPrefix+kind)
		if !ok {
			continue
		}
		rest, _, _ = strings.Cut(rest, "#")
		if id, err := url.PathUnescape(rest); err == nil && id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// resolve returns the addresses of the articles that by may read.
func (l *Library) resolve(ctx context.Context, by profile.Actor, ids []string, locale string) (map[string]string, error) {
	if len(ids) > maxLinks {
		ids = ids[:maxLinks]
	}
	entries, err := l.Entries(ctx, by, ids, locale)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(entries))
	for _, e := range entries {
		out[e.Article] = l.path(Ref{Kind: "article", ID: e.Article, Locale: e.Locale, Slug: e.Slug, Asked: locale})
	}
	return out, nil
}

// maxLinks bounds how many different articles one text can link to.
const maxLinks = 200

// link puts addresses in the place of references; a link to an article without
// an address becomes its text.
func (l *Library) link(text template.HTML, paths map[string]string) template.HTML {
	s := refLink.ReplaceAllStringFunc(string(text), func(a string) string {
		m := refLink.FindStringSubmatch(a)
		id, err := url.PathUnescape(html.UnescapeString(m[1]))
		path, ok := paths[id]
		if err != nil || !ok {
			return m[3]
		}
		return `<a href="` + html.EscapeString(path) + m[2] + `">` + m[3] + `</a>`
	})
	s = refMedia.ReplaceAllStringFunc(s, func(src string) string {
		name, err := url.PathUnescape(html.UnescapeString(refMedia.FindStringSubmatch(src)[1]))
		if err != nil {
			return `src=""`
		}
		return `src="` + html.EscapeString(l.path(Ref{Kind: "media", Slug: name})) + `"`
	})
	return template.HTML(s)
}

// short returns a short digest of a map.
func short(m map[string]string) string {
	keys := make([]string, 0, len(m))
	for k, v := range m {
		keys = append(keys, k+"="+v)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return hex.EncodeToString(sum[:6])
}

type pageKey struct{ article, locale, sight string }

type stampedPage struct {
	stamp string
	page  Page
}

// cachedPage returns a page as it is now for readers who see what by sees. The
// stamp of all content is asked for each time, so that nothing old is shown.
func (l *Library) cachedPage(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	_, stamp, err := l.store.Stamps(ctx)
	if err != nil {
		return Page{}, err
	}
	key := pageKey{id, locale, by.Sight().Key()}
	if c, ok := l.pages.Load(key); ok && c.stamp == stamp {
		return c.page, nil
	}
	a, f, err := l.visible(ctx, by, id)
	if err != nil {
		return Page{}, err
	}
	p, err := l.page(ctx, by, a, f, locale)
	if err == nil {
		l.pages.Store(key, stampedPage{stamp, p})
	}
	return p, err
}
