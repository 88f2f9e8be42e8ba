package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"github.com/stoa-go/stoa/internal/errs"
)

// Options change what a Renderer makes. Nil options are fine.
type Options struct {
	// Link sees every link target with an allowed scheme, and every relative
	// one, before it is written: also those of images that become links. It
	// returns what to write instead, or false to leave the text without a link.
	// What it returns is checked again. In-page links are not shown to it. Nil
	// keeps every link.
	Link func(href string) (string, bool)

	// Image does the same for images; false leaves the alternative text. What
	// it returns must be relative or on one of ImageHosts to stay an image. Nil
	// keeps every image.
	Image func(src string) (string, bool)

	// Schemes are names that the application gives a meaning of its own in link
	// targets and images, such as "article" in "article:reset-hub". They are
	// shown to Link and Image, which must return an address in their place;
	// nil means none.
	Schemes []string

	// ImageHosts are the hosts images may be loaded from, over https, written
	// as they stand in a URL ("cdn.example.com"). Nil means none: an image of
	// another site becomes a link to it, so that reading asks nothing of third
	// parties.
	ImageHosts []string

	// TopLevel is the level of the highest headings of a text; the others
	// follow without gaps. Zero means 2: the page has its own h1.
	TopLevel int

	// DropTitle leaves an h1 that opens the text out of HTML and Headings, for
	// pages that show Title themselves. False keeps it.
	DropTitle bool

	// Untrusted marks links to other sites with rel="noopener nofollow ugc".
	// False means "noopener" alone.
	Untrusted bool

	// KeepTemplates shows template tags ({% ... %}) and attribute lists
	// ({: ... }) as text, as a forum about such things wants. False drops them.
	KeepTemplates bool

	// Label translates the few words a Renderer adds. It may return "" for
	// what it does not know. Nil means English. Make one Renderer per language.
	Label func(Label) string

	// MaxBytes is the longest source accepted. Zero means 1 MiB.
	MaxBytes int
}

// A Renderer makes safe HTML. It is safe for concurrent use.
type Renderer struct {
	opts   Options
	engine goldmark.Markdown
	policy *bluemonday.Policy
}

// New returns a Renderer with the options.
func New(opts *Options) *Renderer {
	r := &Renderer{}
	if opts != nil {
		r.opts = *opts
	}
	if r.opts.TopLevel < 1 || r.opts.TopLevel > 6 {
		r.opts.TopLevel = 2
	}
	if r.opts.MaxBytes <= 0 {
		r.opts.MaxBytes = 1 << 20
	}
	r.engine = newEngine(r.label, r.opts.KeepTemplates)
	r.policy = newPolicy(r.labels())
	return r
}

// Render turns Markdown into a Document.
//
// It returns an Invalid error for a source longer than MaxBytes, and for one
// that would grow out of all proportion.
func (r *Renderer) Render(source string) (Document, error) {
	return r.RenderPart("", source)
}

// RenderPart is Render for one of several texts on a page: the name of the part
// goes into every id, so that no two parts have one in common.
func (r *Renderer) RenderPart(part, source string) (Document, error) {
	if len(source) > r.opts.MaxBytes {
		return Document{}, errs.Say(errs.Invalid, "markdown.too_long", map[string]any{"bytes": len(source), "max": r.opts.MaxBytes})
	}
	fragment, err := r.convert(source)
	if err != nil {
		return Document{}, err
	}
	p := newPage(r, fragment, part)
	return p.document(), nil
}

// Sanitize makes an HTML fragment safe: the same elements, attributes and
// schemes as Render, with Link and Image applied. Cleaning what is clean
// changes nothing, unless Link or Image do.
func (r *Renderer) Sanitize(fragment string) template.HTML {
	p := newPage(r, strings.ToValidUTF8(fragment, "\uFFFD"), "")
	p.images()
	p.clean()
	return p.html()
}

// convert returns the HTML that goldmark makes of the source. It is not safe.
func (r *Renderer) convert(source string) (fragment string, err error) {
	defer func() {
		// A parser's panic on strange input is the input's fault as far as the
		// caller is concerned: the article is refused, the process lives.
		if fault := recover(); fault != nil {
			err = fmt.Errorf("parser: %v: %w", fault, errs.Say(errs.Invalid, "markdown.unreadable", nil))
		}
	}()
	src := []byte(strings.ToValidUTF8(strings.TrimPrefix(source, "\uFEFF"), "\uFFFD"))
	if !r.opts.KeepTemplates {
		src = linkTemplates(src)
	}
	out := &capped{left: 64<<10 + 16*len(src)}
	if err := r.engine.Convert(src, out); err != nil {
		return "", errs.Say(errs.Invalid, "markdown.too_complex", nil)
	}
	return out.buf.String(), nil
}

// capped is a buffer that refuses to grow beyond its limit.
type capped struct {
	buf  bytes.Buffer
	left int
}

func (c *capped) Write(b []byte) (int, error) {
	if c.left -= len(b); c.left < 0 {
		return 0, errs.Invalid
	}
	return c.buf.Write(b)
}
