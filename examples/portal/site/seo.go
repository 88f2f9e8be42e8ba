package site

import (
	"context"
	"html/template"
	"iter"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/seo"
)

// ours reports whether a page is for those who work with the portal or for one
// person: search engines should keep none of them, whatever is on it.
func ours(path string) bool {
	for _, place := range []string{"/account", "/admin", "/desk", "/search", "/demo", "/invitations", "/shared", "/unsubscribe", "/certificates", waysInPath} {
		if path == place || strings.HasPrefix(path, place+"/") {
			return true
		}
	}
	return false
}

// Head returns what the head of the page says to search engines and to those who
// show a link to it.
func (p *page) Head() (template.HTML, error) {
	h := seo.Head{
		Title: p.Title, Description: p.Description, NoIndex: p.NoIndex, Canonical: p.Canonical, Data: p.Data,
		Feeds: []seo.Feed{{Title: p.P.T("home.recent"), Href: p.Href("/feed.atom")}},
		Card:  seo.Card{SiteName: p.Brand, Type: p.Type, Locale: string(p.Locale), Image: p.Image, Large: true, Published: p.Published, Modified: p.Modified},
	}
	for _, a := range p.Alternates {
		if a.Written {
			h.Alternates = append(h.Alternates, seo.Alternate{Lang: string(a.Locale), Href: p.Origin + a.Href})
		}
	}
	if len(h.Alternates) > 0 {
		h.Default = p.Origin + neutral(p.Alternates)
	}
	if p.Feed != nil {
		h.Feeds = append(h.Feeds, seo.Feed{Title: p.Feed.Title, Href: p.Feed.Href})
	}
	return h.HTML()
}

// neutral returns the path without a language of a page that is written in some:
// that of the first, which is the same from wherever one looks.
func neutral(in []alternate) string {
	for _, a := range in {
		if a.Written {
			return strings.TrimPrefix(a.Href, "/"+string(a.Locale))
		}
	}
	return "/"
}

// tell says what a page is, to everybody who asks without being known: what
// others see may have parts that are for them alone.
func (p *page) tell(things ...seo.Thing) {
	if openTo(p.By) {
		p.Data = append(p.Data, things...)
	}
}

// robots tells outside search engines where to look.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	rule := seo.Rule{Disallow: []string{"/api/", "/demo", "/search"}}
	for _, l := range s.offered(v) {
		rule.Disallow = append(rule.Disallow, i18n.JoinPath(l, "/search"))
	}
	text := seo.Robots{Rules: []seo.Rule{rule}, Sitemaps: []string{v.Origin + "/sitemap.xml"}}.String()
	return plain(w, http.StatusOK, strings.TrimSuffix(text, "\n"))
}

// firstPicture returns the address of the first picture in a text, or "".
func firstPicture(text template.HTML) string {
	for z := html.NewTokenizer(strings.NewReader(string(text))); z.Next() != html.ErrorToken; {
		t := z.Token()
		if t.DataAtom != atom.Img {
			continue
		}
		for _, a := range t.Attr {
			if a.Key == "src" && strings.HasPrefix(a.Val, "/") {
				return a.Val
			}
		}
	}
	return ""
}

// A listing yields what everybody may see in one language.
type listing struct {
	s      *Site
	ctx    context.Context
	v      *visit
	locale i18n.Locale
	anyone profile.Actor
}

func (s *Site) listingOf(ctx context.Context, v *visit, locale i18n.Locale) listing {
	return listing{s, ctx, v, locale, profile.Actor{Segments: s.segmentsOf(v.Brand)}}
}

// all yields the addresses of a language: of the portal's own pages, categories,
// courses and articles.
func (l listing) all() iter.Seq2[seo.URL, error] {
	return func(yield func(seo.URL, error) bool) {
		_ = l.own(yield) && l.places(yield) && l.courses(yield) && l.articles(yield)
	}
}

// url returns the address of a page in the language, with those in the others;
// ok is false if it is not written in the language.
func (l listing) url(in []alternate, modified time.Time) (u seo.URL, ok bool) {
	u.Modified = modified
	for _, a := range in {
		if !a.Written {
			continue
		}
		href := l.v.Origin + a.Href
		u.Alternates = append(u.Alternates, seo.Alternate{Lang: string(a.Locale), Href: href})
		if a.Locale == l.locale {
			u.Loc = href
		}
	}
	if u.Loc != "" {
		u.Alternates = append(u.Alternates, seo.Alternate{Lang: seo.Default, Href: l.v.Origin + neutral(in)})
	}
	return u, u.Loc != ""
}

func (l listing) own(yield func(seo.URL, error) bool) bool {
	for _, path := range []string{"/", "/categories", "/contact"} {
		if u, ok := l.url(l.s.links(l.v, path), time.Time{}); ok && !yield(u, nil) {
			return false
		}
	}
	return true
}

func (l listing) places(yield func(seo.URL, error) bool) bool {
	tree, err := l.s.library.Categories(l.ctx, l.anyone, string(l.locale))
	if err != nil {
		return yield(seo.URL{}, err)
	}
	return l.below(filled(tree), yield)
}

func (l listing) below(places []kb.Place, yield func(seo.URL, error) bool) bool {
	for _, p := range places {
		u, ok := l.url(alternatesOf("/categories/", p.Languages, l.s.offered(l.v), p.Slug), time.Time{})
		if ok && !yield(u, nil) || !l.below(p.Children, yield) {
			return false
		}
	}
	return true
}

func (l listing) articles(yield func(seo.URL, error) bool) bool {
	for e, err := range l.s.library.All(l.ctx, l.anyone, kb.Query{Locale: string(l.locale), Limit: 200}) {
		if err != nil {
			return yield(seo.URL{}, err)
		}
		u, ok := l.url(alternatesOf("/articles/", e.Languages, l.s.offered(l.v), e.Slug), e.TextAt)
		if !ok {
			continue
		}
		if err := l.films(e, &u); err != nil {
			return yield(seo.URL{}, err)
		}
		if !yield(u, nil) {
			return false
		}
	}
	return true
}

// films adds what there is to watch on the page of an article whose fields name
// something.
func (l listing) films(e kb.Entry, u *seo.URL) error {
	if e.Fields[sourceField] == "" {
		return nil
	}
	a, err := l.s.library.Glance(l.ctx, l.anyone, e.Article, string(l.locale))
	if err != nil {
		return err
	}
	f := filmOf(l.v, a)
	one := seo.Video{Title: a.Title, Description: a.Summary, Content: f.ContentURL, Player: f.EmbedURL, Duration: time.Duration(f.Duration), Published: a.PublishedAt}
	if len(f.Thumbnail) > 0 {
		one.Thumbnail = f.Thumbnail[0]
	}
	u.Videos = []seo.Video{one}
	if picture := firstPicture(a.Text.HTML); picture != "" {
		u.Images = []string{l.v.Origin + picture}
	}
	return nil
}

// links returns a path of the interface in every language.
func (s *Site) links(v *visit, path string) []alternate {
	var out []alternate
	for _, l := range s.offered(v) {
		out = append(out, alternate{l, i18n.JoinPath(l, path), true})
	}
	return out
}
