package i18n

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/language"
)

//go:embed messages
var messages embed.FS

// Messages returns the library's own texts, LANG.json for English, German,
// Spanish, Japanese and Arabic: the keys a translation into another language
// needs.
func Messages() fs.FS {
	sub, err := fs.Sub(messages, "messages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options configure a Catalog. A nil *Options means the zero Options.
type Options struct {
	// Layers hold LANG.json files in their roots. A text in a later layer
	// replaces the one with its key in earlier layers and in the library's
	// own. Nil means the library's texts alone.
	Layers []fs.FS

	// Source is the language the texts are written in first, and the last
	// one fallen back to. "" means "en".
	Source Locale

	// Fallback names the languages tried for a locale's missing texts before
	// the source language: {"ca": {"es"}}. Nil means its parents only.
	Fallback map[Locale][]Locale

	// Locales adds conventions or changes the library's; fields left empty
	// stay as they are. Nil means the library's.
	Locales map[Locale]Conventions

	// Isolation says when arguments are wrapped in isolate marks. Zero means
	// IsolationAuto.
	Isolation Isolation

	// Report is called once for each fault in the use of texts: a key or an
	// argument that is missing. It must be safe for concurrent use. Nil means
	// a warning in Log.
	Report func(Fault)

	// Log takes the warnings. Nil means nowhere.
	Log *slog.Logger

	// Now is the clock of relative times. Nil means time.Now.
	Now func() time.Time
}

// A Catalog holds the texts and conventions of every language of a portal. It
// does not change and is safe for concurrent use; New is the reload.
type Catalog struct {
	opts    Options
	texts   map[Locale]map[string]text
	tongues map[Locale]func() *tongue
	faults  faults
}

// tongue is all that is needed to speak one locale.
type tongue struct {
	catalog *Catalog
	locale  Locale
	tag     language.Tag
	dir     Direction
	conv    Conventions
	texts   map[string]entry // with those of the fallbacks
}

// entry is a text and the language it is in.
type entry struct {
	text
	in   *tongue
	lent *atomic.Bool // not nil when the text is another language's; true once that was reported
}

// New loads the layers. All faults found in them are in the error, each a
// *SyntaxError.
func New(opts *Options) (*Catalog, error) {
	c := &Catalog{texts: map[Locale]map[string]text{}, tongues: map[Locale]func() *tongue{}}
	if opts != nil {
		c.opts = *opts
	}
	c.defaults()
	var bad []error
	for _, layer := range append([]fs.FS{Messages()}, c.opts.Layers...) {
		bad = append(bad, loadLayer(layer, c.texts))
	}
	if _, ok := c.texts[c.opts.Source]; !ok {
		bad = append(bad, fmt.Errorf("no layer has texts in the source language %s: %w", c.opts.Source, ErrInvalid))
	}
	if err := errors.Join(append(bad, c.checkOptions())...); err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	c.index()
	return c, nil
}

func (c *Catalog) defaults() {
	o := &c.opts
	if o.Source == "" {
		o.Source = "en"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Report == nil {
		log := o.Log
		o.Report = func(f Fault) {
			log.LogAttrs(context.Background(), slog.LevelWarn, "text fault", slog.String("fault", f.String()))
		}
	}
	o.Locales = maps.Clone(o.Locales)
	o.Fallback = maps.Clone(o.Fallback)
}

// checkOptions refuses what would show only when a page is rendered.
func (c *Catalog) checkOptions() error {
	var bad []error
	for _, l := range slices.Sorted(maps.Keys(c.opts.Locales)) {
		conv, _ := conventionsFor(l, c.opts.Locales)
		if err := errors.Join(checkCanonical(l), conv.check()); err != nil {
			bad = append(bad, fmt.Errorf("conventions of %s: %w", l, err))
		}
	}
	for l, list := range c.opts.Fallback {
		for _, to := range append([]Locale{l}, list...) {
			bad = append(bad, checkCanonical(to))
		}
	}
	return errors.Join(bad...)
}

func checkCanonical(l Locale) error {
	parsed, err := ParseLocale(string(l))
	if err == nil && parsed != l {
		err = fmt.Errorf("locale %q is written %q: %w", l, parsed, ErrInvalid)
	}
	return err
}

// index prepares a tongue for every locale with texts or conventions. Those
// with texts are built now, the others when they are first asked for.
func (c *Catalog) index() {
	for l := range c.texts {
		t := c.silent(l)
		c.tongues[l] = func() *tongue { return t }
	}
	for l := range c.texts {
		c.fill(c.tongues[l]())
	}
	for _, l := range slices.Concat(keys(shipped), keys(sameAs), keys(c.opts.Locales)) {
		if c.tongues[l] == nil {
			c.tongues[l] = sync.OnceValue(func() *tongue { return c.fill(c.silent(l)) })
		}
	}
}

func keys[V any](m map[Locale]V) []Locale { return slices.Collect(maps.Keys(m)) }

// silent returns a tongue without texts.
func (c *Catalog) silent(l Locale) *tongue {
	conv, _ := conventionsFor(l, c.opts.Locales)
	return &tongue{catalog: c, locale: l, tag: l.tag(), dir: l.Dir(), conv: conv, texts: map[string]entry{}}
}

// fill puts the texts of the whole fallback chain into one map, so that a long
// chain costs nothing later.
func (c *Catalog) fill(t *tongue) *tongue {
	lineage := t.locale.lineage()
	for _, at := range c.Chain(t.locale) {
		own := slices.Contains(lineage, at)
		for key, found := range c.texts[at] {
			if _, ok := t.texts[key]; ok {
				continue
			}
			t.texts[key] = entry{text: found, in: t}
			if !own {
				t.texts[key] = entry{text: found, in: c.tongues[at](), lent: new(atomic.Bool)}
			}
		}
	}
	return t
}

// Chain returns the locales in which a text is looked for: l and its parents,
// the fallbacks of each, the source language.
func (c *Catalog) Chain(l Locale) []Locale {
	var out []Locale
	add := func(list []Locale) {
		for _, at := range list {
			if !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	lineage := l.lineage()
	add(lineage)
	for _, at := range lineage {
		for _, to := range c.opts.Fallback[at] {
			add(to.lineage())
		}
	}
	add(c.opts.Source.lineage())
	return out
}

// Locales returns the locales that have texts, in order.
func (c *Catalog) Locales() []Locale { return slices.Sorted(maps.Keys(c.texts)) }

// Source returns the language the texts are written in first.
func (c *Catalog) Source() Locale { return c.opts.Source }

// Texts returns a copy of a locale's own texts by key, without fallbacks, as
// the files have them.
func (c *Catalog) Texts(l Locale) map[string]string {
	out := make(map[string]string, len(c.texts[l]))
	for key, t := range c.texts[l] {
		out[key] = t.source
	}
	return out
}

// In returns the Printer of a locale, in UTC until InZone. A locale without
// texts and conventions of its own speaks as its nearest relative, and in the
// end as the source language; Printer.Locale says which it became. One that has
// conventions only writes numbers and dates its own way and borrows every
// text, so offer readers what Locales returns.
func (c *Catalog) In(l Locale) *Printer { return c.nearest(l).printer() }

func (c *Catalog) nearest(l Locale) *tongue {
	if build, ok := c.tongues[l]; ok {
		return build()
	}
	for _, at := range l.lineage() {
		if build, ok := c.tongues[at]; ok {
			return build()
		}
	}
	return c.tongues[c.opts.Source]()
}
