package site

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/seo"
)

//go:embed templates
var templateFiles embed.FS

// views are the templates by page. All are parsed at the start, so that a broken
// one is found there; a page is joined with the layout when it is first shown,
// which costs four times as much.
type views struct {
	byName map[string]func() (*template.Template, error)
}

// pageNames are the templates that are pages; the others are their parts.
var pageNames = []string{
	"home", "categories", "category", "type", "print", "article", "search", "contact", "demo", "error", "account", "sessions", "preferences", "feeds", "saved",
	"notices", "people", "person", "organisation", "member", "invitation", "invitations", "onward", "waysin", "connections", "retention", "share", "guest", "shared", "confirm",
	"privacy", "delete", "goodbye",
	"audit",
	"unsubscribe",
	"desk", "desk-articles", "desk-types", "desk-editor", "desk-signedout", "desk-history", "desk-notes", "desk-health", "desk-health-article", "desk-gaps", "desk-questions", "desk-draft", "desk-diff", "desk-inbox", "desk-process", "desk-review", "desk-calendar", "desk-transfer", "desk-import", "desk-feedback", "desk-said", "suggestion", "desk-bin", "desk-delete", "desk-backlinks", "desk-broken", "desk-bulk",
	"desk-media", "desk-attach", "desk-medium", "desk-replace", "desk-blocks", "desk-block", "desk-categories", "desk-category",
	"desk-tune", "desk-sources", "desk-tune-entry", "desk-tune-preview", "desk-tune-versions", "desk-reports", "desk-work", "desk-compare", "desk-tune-version", "desk-tune-import",
	"admin", "segments", "segment", "segment-removal", "fields", "field", "roles", "role", "role-removal", "layout-rules", "layout-rule", "layout-theme",
	"promotions", "promotion", "addresses",
	"cases", "case-new", "case", "case-edit", "desk-cases", "desk-case",
	"courses", "course", "lesson", "learning", "certificate", "desk-courses", "desk-course", "desk-lesson", "desk-learners",
	"products", "product", "purchases", "purchase", "entitlements",
}

func loadViews(s *Site) (*views, error) {
	v := &views{byName: map[string]func() (*template.Template, error){}}
	base, err := s.parseView("layout", "parts", "caseparts")
	if err != nil {
		return nil, err
	}
	for _, name := range pageNames {
		page, err := s.parseView(name)
		if err != nil {
			return nil, err
		}
		v.byName[name] = sync.OnceValues(func() (*template.Template, error) { return joined(base, page) })
	}
	return v, nil
}

func (s *Site) parseView(names ...string) (*template.Template, error) {
	t := template.New("").Funcs(s.funcs())
	for _, name := range names {
		if _, err := t.ParseFS(templateFiles, "templates/"+name+".html"); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// joined returns base with the templates of a page, which are not used elsewhere.
func joined(base, page *template.Template) (*template.Template, error) {
	t, err := base.Clone()
	for _, own := range page.Templates() {
		if err == nil && own.Tree != nil {
			_, err = t.AddParseTree(own.Name(), own.Tree)
		}
	}
	return t, err
}

// funcs are what templates can call besides methods of their data.
func (s *Site) funcs() template.FuncMap {
	return template.FuncMap{
		"asset": assetPath,
		"shown": func(in, wanted string) i18n.Shown {
			return i18n.Shown{In: i18n.Locale(in), Wanted: i18n.Locale(wanted)}
		},
		"lang":     langAttrs,
		"kind":     s.kindName,
		"product":  s.productName,
		"marked":   marked,
		"snippet":  snippet,
		"initial":  initial,
		"language": otherLanguage,
		"dict":     dict,
		"zones":    zones,
	}
}

// initial returns the first letter of a name, in the place of a portrait.
func initial(name string) string {
	for _, r := range strings.TrimSpace(name) {
		return string(unicode.ToUpper(r))
	}
	return "·"
}

// otherLanguage returns what a language is called on the page, and nothing if
// it is the page's own.
func otherLanguage(in string, page i18n.Locale) string {
	if in == "" || in == string(page) {
		return ""
	}
	return i18n.Locale(in).Name(page)
}

// underscored turns a name of several words into one of a message key.
func underscored(name string) string { return strings.ReplaceAll(name, "-", "_") }

// langAttrs returns the attributes that say a text is in another language than
// the page around it, with a space before them, and none if it is in the same.
func langAttrs(in string, page i18n.Locale) template.HTMLAttr {
	if in == "" || in == string(page) {
		return ""
	}
	return " " + i18n.Shown{In: i18n.Locale(in), Wanted: page}.Attrs()
}

// marked returns spans as HTML, with what matched marked.
func marked(spans []search.Span) template.HTML {
	var b strings.Builder
	for _, span := range spans {
		text := template.HTMLEscapeString(span.Text)
		if span.Match {
			text = "<mark>" + text + "</mark>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String())
}

// snippet returns a piece of a text as HTML, with an ellipsis where it was cut
// off. A word of a language with spaces that was cut in two is left out.
func snippet(spans []search.Span) template.HTML {
	spans = slices.Clone(spans)
	last := len(spans) - 1
	if last < 0 {
		return ""
	}
	text := strings.TrimRightFunc(spans[last].Text, unicode.IsSpace)
	if end, _ := utf8.DecodeLastRuneInString(text); !unicode.Is(unicode.Sentence_Terminal, end) {
		if i := strings.LastIndexFunc(text, unicode.IsSpace); !spans[last].Match && i > 0 && len(text)-i < 30 {
			text = text[:i]
		}
		text = strings.TrimRight(text, " ,;:(–") + "\u00a0…"
	}
	spans[last].Text = text
	return marked(spans)
}

// dict makes a map from pairs, for templates that take more than one value.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no text", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// A page is what every template gets.
type page struct {
	*visit
	Brand       string
	Title       string
	Description string
	Canonical   string            // address that outside search engines should keep
	Alternates  []alternate       // the same page in other languages
	Feed        *feedLink         // besides the one of everything, nil for none
	NoIndex     bool              // outside search engines should not keep it
	Data        []seo.Thing       // what it is, in the words of schema.org
	Image       string            // address of a picture for shared links, or empty
	Type        string            // Open Graph type
	Published   time.Time         // of an article
	Modified    time.Time         //
	Search      string            // text in the search box
	Impersonal  bool              // what is searched there comes in everybody's order
	Big         bool              // the page has a large search box of its own
	Crumbs      []crumb           //
	SignIn      string            // where to sign in and come back; empty if nobody can
	News        string            // how many notices are not read; empty if none
	Demo        bool              // people can be signed in as
	Look        template.HTMLAttr // how the reader wants pages to look
	Lang        template.HTMLAttr
	Again       string // where a reader without scripts is led in a moment, empty for nowhere
	Body        any
	Style       string        // address of the style sheet of the theme
	Colour      layout.Colour // of what is around the page, as browsers show it
	Logo        layout.Logo

	policy  profile.Policy
	texts   *i18n.Catalog
	spoken  []i18n.Locale // by the interface
	laid    layout.Layout
	located bool // there is a page of addresses
	admin   []adminPart
	desk    []deskPart
}

// May reports whether the visitor may do something, for menus.
func (p *page) May(permission string) bool {
	return p.policy.May(p.By, profile.Permission(permission))
}

// An alternate is a page in another language.
type alternate struct {
	Locale  i18n.Locale
	Href    string
	Written bool // the text is in that language, not only what is around it
}

// A crumb is a step of the way from the home page.
type crumb struct {
	Title, Href, Locale string
}

// newPage returns what pages have in common for a request.
func (s *Site) newPage(r *http.Request, title string) *page {
	v := visitOf(r.Context())
	p := &page{visit: v, Brand: v.Brand.Name, Title: title, Demo: s.cfg.Demo, Type: "website", policy: s.policy, texts: s.catalog, spoken: s.languages.texts.Offered(), laid: s.layoutOf(r)}
	p.dress(s.arranger)
	p.Look = lookOf(v.Prefs)
	p.admin, p.desk = s.administers(v.By), s.deskOf(v.By)
	p.located = !v.By.Anonymous() && s.asksAddresses(r.Context())
	p.SignIn, p.News = s.signInAt(v, p.Here()), s.unread(r.Context(), v)
	p.Canonical, p.NoIndex = v.Origin+v.link(v.Path), ours(v.Path)
	for _, l := range s.offered(v) {
		p.Alternates = append(p.Alternates, alternate{l, i18n.JoinPath(l, v.Path), true})
	}
	return p
}

// Tongues returns the page in the languages that readers can choose: those of the
// interface. What is written in others is offered beside it.
func (p *page) Tongues() (out []alternate) {
	for _, a := range p.Alternates {
		if slices.Contains(p.spoken, a.Locale) || a.Locale == p.Wanted {
			out = append(out, a)
		}
	}
	return out
}

// dress gives a page the look of its brand.
func (p *page) dress(a *layout.Arranger) {
	theme := a.Theme(p.laid.Brand)
	p.Style, p.Colour, p.Logo = stylePrefix+a.Stylesheet(p.laid.Brand).Name, theme.Light["deep"], theme.Logo
	if p.Logo.Address == "" {
		p.Logo = layout.Logo{Address: assetPath("mark.svg"), Width: 30, Height: 30}
	}
}

// Href returns a path in the page's language.
func (p *page) Href(path string) string { return p.link(path) }

// HrefIn returns a path in another language.
func (p *page) HrefIn(locale, path string) string { return i18n.JoinPath(i18n.Locale(locale), path) }

// Here is the address of the page itself, to come back to.
func (v *visit) Here() string { return v.Switch(alternate{Href: v.link(v.Path)}) }

// Switch returns the address of the page in another language, with what was
// asked of it.
func (v *visit) Switch(to alternate) string {
	q := url.Values{}
	for name, values := range v.Query {
		if name != "after" && name != "t" && name != "thanks" && name != "return_to" {
			q[name] = values
		}
	}
	path := to.Href
	if u, err := url.Parse(path); err == nil {
		path = u.EscapedPath()
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// With returns the page's own address with one query parameter set to the
// values, and without what belongs to one page of a list.
func (p *page) With(pairs ...string) string {
	q := url.Values{}
	for k, v := range p.Query {
		if k != "page" && k != "after" && k != "t" {
			q[k] = v
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return p.link(p.Path)
	}
	return p.link(p.Path) + "?" + q.Encode()
}

// show writes a page. It is built whole first, so that a fault in a template
// does not send half of it.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name string, p *page) error {
	html, err := s.build(name, p)
	if err != nil {
		return err
	}
	return s.send(w, r, status, p.By, html)
}

func (s *Site) build(name string, p *page) ([]byte, error) {
	var b bytes.Buffer
	view, err := s.views.byName[name]()
	if err == nil {
		err = view.ExecuteTemplate(&b, "layout", p)
	}
	return b.Bytes(), err
}

// send writes a page that was built. Its form, if it has one, gets a key of its
// own. The page is the same with any: a browser that has it need not load it
// again, and what it then sends with the key of before counts once, as it would
// from the page it kept open.
func (s *Site) send(w http.ResponseWriter, r *http.Request, status int, by profile.Actor, html []byte) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	never := w.Header().Get("Cache-Control") == "no-store" // a link in its address is a secret
	if status == http.StatusOK && by.Anonymous() && !never {
		w.Header().Set("Cache-Control", "private, no-cache")
		if web.NotModified(w, r, web.HashETag(html)) {
			return nil
		}
	} else {
		web.NoStore(w)
	}
	w.WriteHeader(status)
	_, err := w.Write(bytes.ReplaceAll(html, []byte(s.memory.formKey), []byte(idem.New())))
	return err
}

// keepable says for how long an answer may be kept: not at all if it is
// somebody's own.
func keepable(w http.ResponseWriter, by profile.Actor, forVisitors string) {
	if by.Anonymous() {
		w.Header().Set("Cache-Control", forVisitors)
	} else {
		web.NoStore(w)
	}
}

// escape makes one segment of a path.
func escape(segment string) string { return url.PathEscape(segment) }
