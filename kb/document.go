package kb

import (
	"errors"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// Authors write "article:ID" to link to an article and "media:NAME" to show a
// picture. What an article's link leads to depends on the reader: one that the
// reader may not see has no address, since the address would tell its title. So
// a text is rendered once, with references in the place of addresses, and cut
// into pieces at them; each reader's page is joined from the pieces.

// refPrefix begins a reference. No author can write one: see written.
const refPrefix = "/-/"

// A document is the text of a revision, rendered for nobody in particular.
type document struct {
	pieces   []piece
	headings []Heading
	anchors  map[string]string // names of places to their IDs
	text     string            // without markup
	articles []string
	media    []string // sorted
	shown    []string // of the media, as pictures are, sorted
	blocks   []string // sorted; only of what authors see
	parts    []Part   // for nobody in particular
}

// A piece is HTML as it is or, with a kind, the start tag of an element whose
// address is yet to come.
type piece struct {
	html     string
	kind     string // "article", "media", "path", or empty
	id       string // of a path the address, as it was written
	fragment string // "#leds", or empty
	tag      html.Token
	shut     bool // html is "</a>", which goes with the start tag before it
}

// drawer returns the renderer for texts in a language.
func (l *Library) drawer(locale string) *markdown.Renderer {
	if l.word == nil {
		locale = "" // one knows the words of all
	}
	if r, ok := l.drawers.Load(locale); ok {
		return r.(*markdown.Renderer)
	}
	opts := &markdown.Options{Link: l.written("article", "media"), Image: l.written("media"), Schemes: []string{"article", "media"}, DropTitle: true}
	if l.word != nil {
		opts.Label = func(w markdown.Label) string { return l.word(locale, string(w)) }
	}
	r, _ := l.drawers.LoadOrStore(locale, markdown.New(opts))
	return r.(*markdown.Renderer)
}

// written turns what authors write for the kinds into references, and addresses
// of places in articles. It drops what looks like a reference already.
func (l *Library) written(kinds ...string) func(string) (string, bool) {
	return func(target string) (string, bool) {
		kind, rest, _ := strings.Cut(target, ":")
		if slices.Contains(kinds, strings.ToLower(kind)) {
			name, fragment, _ := strings.Cut(rest, "#")
			return refTo(strings.ToLower(kind), unescaped(name), fragment), name != ""
		}
		address, fragment, _ := strings.Cut(target, "#")
		if _, ok := l.slugAt(address); ok && fragment != "" {
			return refTo(kindPath, address, fragment), true
		}
		return target, !strings.HasPrefix(target, refPrefix)
	}
}

// kindPath is the kind of references to places in articles by their address.
const kindPath = "path"

func refTo(kind, name, fragment string) string {
	ref := refPrefix + kind + "/" + url.PathEscape(name)
	if fragment != "" {
		ref += "#" + fragment
	}
	return ref
}

// A drawn text is rendered as authors see it, and as everybody sees it who sees
// its article at all.
type drawn struct{ all, open *document }

// draw renders a text that somebody hands in. What is wrong with it is told of
// the field "body".
func (l *Library) draw(locale, body string) (drawn, error) {
	s, err := readScript(body)
	if err != nil {
		return drawn{}, err
	}
	all, open := l.composeFrom(nil, s, locale, authors), l.composeFrom(nil, s, locale, everybody)
	d := drawn{}
	if d.all, err = l.ink(locale, all.text, true); err != nil {
		return drawn{}, err
	}
	if d.open = d.all; open.text != all.text {
		d.open, err = l.ink(locale, open.text, true)
	}
	d.all.blocks = s.includes
	return d, err
}

// ink renders a composed text. If it is new, it must not show signs of parts.
func (l *Library) ink(locale, text string, fresh bool) (*document, error) {
	r := l.drawer(locale)
	d, err := r.Render(text)
	if err != nil {
		return nil, inBody(err)
	}
	if fresh && markdown.StrayPart(d) {
		return nil, errs.Field("body", "markdown.part_stray", nil)
	}
	d.HTML, d.Text = stages(l.framed(l.boxer.Draw(r, d.HTML))), l.boxer.Erase(d.Text)
	return newDocument(d), nil
}

// inBody returns an error about a text as one about the field "body".
func inBody(err error) error {
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return errs.Field("body", says.Message.Key, says.Message.Args)
	}
	return err
}

// plain is a text that cannot be rendered, shown as it was typed.
func plain(body string) *document {
	return newDocument(markdown.Document{HTML: markdown.Plain(body), Text: body})
}

func newDocument(d markdown.Document) *document {
	out := &document{text: d.Text, anchors: d.Anchors}
	for _, h := range d.Headings {
		out.headings = append(out.headings, Heading{Level: h.Level, ID: h.ID, Text: h.Text})
	}
	out.cut(string(d.HTML))
	out.parts = outline(string(d.HTML))
	for _, p := range out.pieces {
		switch {
		case p.kind == "article" && !slices.Contains(out.articles, p.id):
			out.articles = append(out.articles, p.id)
		case p.kind == "media":
			out.media = append(out.media, mediumName(p.id))
			if p.tag.Data == "img" {
				out.shown = append(out.shown, mediumName(p.id))
			}
		}
	}
	slices.Sort(out.media)
	out.media = slices.Compact(out.media)
	slices.Sort(out.shown)
	out.shown = slices.Compact(out.shown)
	return out
}

// cut cuts sanitised HTML at its references. It reads tags as browsers do, so
// that nothing in a text can pass for one.
func (d *document) cut(text string) {
	if !strings.Contains(text, refPrefix) {
		d.pieces = []piece{{html: text}}
		return
	}
	z := html.NewTokenizer(strings.NewReader(text))
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			d.pieces = append(d.pieces, piece{html: plain.String()})
			plain.Reset()
		}
	}
	inRef := false
	for z.Next() != html.ErrorToken {
		raw := string(z.Raw()) // Token lower-cases and unescapes in place
		tag := z.Token()
		p, ok := reference(tag)
		switch {
		case ok:
			flush()
			d.pieces = append(d.pieces, p)
			inRef = inRef || tag.Data == "a"
		case inRef && tag.Type == html.EndTagToken && tag.Data == "a":
			flush()
			d.pieces = append(d.pieces, piece{html: raw, shut: true})
			inRef = false
		default:
			plain.WriteString(raw)
		}
	}
	flush()
}

// reference returns the piece for a start tag that refers to something.
func reference(tag html.Token) (piece, bool) {
	if tag.Type != html.StartTagToken && tag.Type != html.SelfClosingTagToken {
		return piece{}, false
	}
	name := map[string]string{"a": "href", "img": "src"}[tag.Data]
	for _, a := range tag.Attr {
		rest, ok := strings.CutPrefix(a.Val, refPrefix)
		if a.Key != name || !ok {
			continue
		}
		kind, rest, _ := strings.Cut(rest, "/")
		rest, fragment, hash := strings.Cut(rest, "#")
		if hash {
			fragment = "#" + fragment
		}
		id, err := url.PathUnescape(rest)
		return piece{kind: kind, id: id, fragment: fragment, tag: tag}, err == nil
	}
	return piece{}, false
}

// join puts the pieces together with the addresses that resolve returns, and with
// what show has in the place of pictures. A link without an address becomes its
// text.
func (d *document) join(resolve func(p piece) string, show func(name, alt string, alone bool) (string, bool)) template.HTML {
	var b strings.Builder
	open := true // the link that is being written has an address
	for _, p := range d.pieces {
		switch {
		case p.kind == "media" && p.tag.Data == "img":
			film, ok := show(mediumName(p.id), attribute(p.tag, "alt"), strings.HasSuffix(b.String(), stage))
			if !ok {
				film = p.address(resolve(p))
			}
			b.WriteString(film)
		case p.kind != "":
			address := resolve(p)
			tag := p.address(address)
			if p.tag.Data == "a" {
				open = tag != ""
			}
			b.WriteString(tag)
		case p.shut && !open:
		default:
			b.WriteString(p.html)
		}
	}
	return template.HTML(b.String())
}

// address returns the piece's tag with an address. Without one it is empty,
// unless it is there for its id: then it stays as a place to link to.
func (p piece) address(address string) string {
	tag := p.tag
	tag.Attr = nil
	stays := address != ""
	for _, a := range p.tag.Attr {
		switch {
		case a.Key != "href" && a.Key != "src":
			tag.Attr = append(tag.Attr, a)
			stays = stays || a.Key == "id"
		case address != "":
			tag.Attr = append(tag.Attr, html.Attribute{Key: a.Key, Val: address})
		}
	}
	if !stays {
		return ""
	}
	return tag.String()
}

// summary returns the start of the text, for lists.
func (d *document) summary() string { return markdown.Summary(d.text, 200) }
