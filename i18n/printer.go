package i18n

import (
	"html/template"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Printer speaks one locale: texts by key, and numbers, money, dates and
// lists. It does not change and is safe for concurrent use.
type Printer struct {
	tongue    *tongue
	zone      *time.Location
	isolation Isolation
	formats   Formats
}

func (t *tongue) printer() *Printer {
	return &Printer{tongue: t, zone: time.UTC, isolation: t.catalog.opts.Isolation}
}

// InZone returns a Printer that shows times in the zone; nil means UTC.
func (p *Printer) InZone(zone *time.Location) *Printer {
	if zone == nil {
		zone = time.UTC
	}
	q := *p
	q.zone = zone
	return &q
}

// WithIsolation returns a Printer that isolates arguments as said.
func (p *Printer) WithIsolation(i Isolation) *Printer {
	q := *p
	q.isolation = i
	return &q
}

// Locale returns the locale the printer speaks, for the lang attribute.
func (p *Printer) Locale() Locale { return p.tongue.locale }

// Dir returns the direction of the locale's script, for the dir attribute.
func (p *Printer) Dir() Direction { return p.tongue.dir }

// Zone returns the zone times are shown in.
func (p *Printer) Zone() *time.Location { return p.zone }

// T returns the text with the key, as plain text: tags in it are left out.
//
// The arguments are names and values in turn, or one map[string]any:
//
//	p.T("case.opened", "number", "C-1024", "when", t)
//
// A text the locale lacks is taken from its fallback chain; a key that no
// language has is returned as it is. Both are reported.
func (p *Printer) T(key string, args ...any) string {
	return string(p.render(key, args, false))
}

// HTML returns the text with the key as HTML. Of the catalog's text only <b>,
// <em>, <strong>, <code> and <a href={url}> are markup; everything else, the
// arguments above all, is escaped. A url that is not http, https, mailto, tel
// or relative becomes "#".
func (p *Printer) HTML(key string, args ...any) template.HTML {
	return template.HTML(p.render(key, args, true)) //nolint:gosec // render escapes everything but the tags above
}

// Message returns the text of a message, as errors carry it.
func (p *Printer) Message(m errs.Message) string { return p.T(m.Key, m.Args) }

// Fields returns the texts of field errors by field.
func (p *Printer) Fields(f errs.Fields) map[string]string {
	out := make(map[string]string, len(f))
	for name, m := range f {
		out[name] = p.Message(m)
	}
	return out
}

// Has reports whether the locale's own language has a text with the key.
func (p *Printer) Has(key string) bool {
	e, ok := p.tongue.texts[key]
	return ok && e.lent == nil
}

// render looks the text up and writes it.
func (p *Printer) render(key string, args []any, html bool) []byte {
	e, ok := p.tongue.texts[key]
	if !ok {
		p.tongue.catalog.report(Fault{Kind: FaultMissingKey, Locale: p.tongue.locale, Key: key})
		return []byte(template.HTMLEscapeString(key))
	}
	if e.lent != nil && !e.lent.Swap(true) {
		p.tongue.catalog.opts.Report(Fault{Kind: FaultMissingKey, Locale: p.tongue.locale, Key: key, Used: e.in.locale})
	}
	r := renderer{p: p, in: e.in, key: key, html: html, out: make([]byte, 0, len(e.source)+64)}
	r.arguments(args)
	turned := e.in.dir != p.tongue.dir && p.isolation != IsolationOff
	if turned {
		r.out = utf8.AppendRune(r.out, fsi)
	}
	r.write(e.parts, nil)
	if turned {
		r.out = utf8.AppendRune(r.out, pdi)
	}
	return r.out
}
