package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"

	"github.com/stoa-go/stoa/i18n/internal/message"
)

// renderer writes one text.
type renderer struct {
	p     *Printer
	in    *tongue // the text's own language
	key   string
	pairs []any
	named map[string]any
	html  bool
	out   []byte
}

// arguments takes name and value in turn, or one map.
func (r *renderer) arguments(args []any) {
	if len(args) == 1 {
		if m, ok := args[0].(map[string]any); ok {
			r.named = m
			return
		}
	}
	r.pairs = args
	if len(args)%2 != 0 {
		r.fault(FaultBadArg, "")
	}
}

func (r *renderer) fault(kind FaultKind, arg string) {
	r.p.tongue.catalog.report(Fault{Kind: kind, Locale: r.p.tongue.locale, Key: r.key, Arg: arg})
}

// arg returns the value of an argument, nil when it is missing.
func (r *renderer) arg(name string) any {
	v := r.named[name]
	for i := 0; i+1 < len(r.pairs); i += 2 {
		if r.pairs[i] == name {
			v = r.pairs[i+1]
		}
	}
	if v == nil {
		r.fault(FaultMissingArg, name)
	}
	return v
}

// write writes parts; number is what # stands for.
func (r *renderer) write(parts message.Pattern, number *decimal) {
	for i := range parts {
		part := &parts[i]
		switch part.Kind {
		case message.KindText:
			r.literal(part)
		case message.KindHash:
			r.out = r.conv().appendNumber(r.out, *number)
		case message.KindOpen, message.KindClose, message.KindLink:
			r.tag(part)
		case message.KindPlural:
			r.plural(part, plural.Cardinal)
		case message.KindOrdinal:
			r.plural(part, plural.Ordinal)
		case message.KindSelect:
			r.selection(part, number)
		default:
			r.value(part)
		}
	}
}

func (r *renderer) literal(part *message.Part) {
	if r.html {
		r.out = append(r.out, part.Escaped...)
	} else {
		r.out = append(r.out, part.Text...)
	}
}

func (r *renderer) text(s string) {
	if r.html {
		s = html.EscapeString(s)
	}
	r.out = append(r.out, s...)
}

// isolated writes a text whose direction is not the sentence's own.
func (r *renderer) isolated(s string) {
	r.text(r.p.isolation.in(r.in.dir, s))
}

func (r *renderer) tag(part *message.Part) {
	if !r.html {
		return
	}
	switch part.Kind {
	case message.KindOpen:
		r.out = append(append(append(r.out, '<'), part.Text...), '>')
	case message.KindClose:
		r.out = append(append(append(r.out, "</"...), part.Text...), '>')
	default:
		href := html.EscapeString(safeURL(plain(r.arg(part.Name))))
		r.out = append(append(append(r.out, `<a href="`...), href...), `">`...)
	}
}

// safeURL returns url if following it runs no script.
func safeURL(url string) string {
	scheme, _, found := strings.Cut(url, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		if url == "" {
			return "#"
		}
		return url
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		return url
	}
	return "#"
}

func (r *renderer) plural(part *message.Part, rules *plural.Rules) {
	v := r.arg(part.Name)
	d, ok := decimalOf(v, fractionDigits, false)
	if !ok {
		if v != nil {
			r.fault(FaultBadArg, part.Name)
		}
		d = decimal{odd: plain(v)}
	}
	r.write(pluralCase(part.Cases, rules, r.in, d).Body, &d)
}

func pluralCase(cases []message.Case, rules *plural.Rules, in *tongue, d decimal) *message.Case {
	n, isWhole := d.integer()
	for i := range cases {
		if isWhole && cases[i].Exact && cases[i].Number == n {
			return &cases[i]
		}
	}
	return named(cases, category(rules, in.tag, d))
}

// named returns the case with the name, or the last one, which is "other".
func named(cases []message.Case, name string) *message.Case {
	for i := range cases {
		if cases[i].Name == name {
			return &cases[i]
		}
	}
	return &cases[len(cases)-1]
}

// selection takes the case empty for a text without a character.
func (r *renderer) selection(part *message.Part, number *decimal) {
	choice := plain(r.arg(part.Name))
	if choice == "" {
		choice = "empty"
	}
	r.write(named(part.Cases, choice).Body, number)
}

// value writes an argument by the type the text gives it.
func (r *renderer) value(part *message.Part) {
	v := r.arg(part.Name)
	if v == nil {
		r.text("{" + part.Name + "}")
		return
	}
	if part.Kind == message.KindValue {
		r.any(v)
		return
	}
	if err := r.formatted(part, v); err != nil {
		r.fault(FaultBadArg, part.Name)
		r.isolated(plain(v))
	}
}

var errMismatch = errors.New("the argument does not fit its type")

func (r *renderer) formatted(part *message.Part, v any) error {
	switch part.Kind {
	case message.KindDate, message.KindTime, message.KindDateTime, message.KindRelative:
		t, ok := v.(time.Time)
		if !ok {
			return errMismatch
		}
		r.text(r.moment(part, t))
		return nil
	case message.KindList:
		return r.list(part.Style, v)
	case message.KindDuration:
		d, ok := v.(time.Duration)
		if !ok {
			return errMismatch
		}
		r.text(r.in.duration(r.p.formats, d))
		return nil
	}
	return r.quantity(part, v)
}

// conv returns the conventions that the text is written by.
func (r *renderer) conv() *Conventions { return r.p.formats.over(r.in) }

func (r *renderer) moment(part *message.Part, t time.Time) string {
	t = t.In(r.p.zone)
	switch part.Kind {
	case message.KindDate:
		return r.conv().date(t, Style(part.Style))
	case message.KindTime:
		return r.conv().time(t, Style(part.Style))
	case message.KindDateTime:
		return r.conv().dateTime(t, Style(part.Style))
	}
	return r.in.relative(r.p.formats, t, r.p.tongue.catalog.opts.Now())
}

// quantity writes what is made of a number.
func (r *renderer) quantity(part *message.Part, v any) error {
	if part.Kind == message.KindMoney {
		return r.money(part.Style, v)
	}
	places := fractionDigits
	if part.Kind == message.KindPercent {
		v, places = hundredfold(v), 1
	}
	d, ok := decimalOf(v, places, false)
	if !ok {
		return errMismatch
	}
	switch part.Kind {
	case message.KindPercent:
		r.text(string(r.conv().appendPercent(nil, d)))
	case message.KindSize:
		r.isolated(r.conv().size(d))
	default:
		r.text(string(r.conv().appendNumber(nil, d)))
	}
	return nil
}

// hundredfold turns a ratio into a percentage.
func hundredfold(v any) any {
	if d, ok := decimalOf(v, 15, false); ok && d.odd == "" {
		return d.float() * 100
	}
	return nil
}

// money writes a sum: a Money in its own currency, a number in the text's.
func (r *renderer) money(code string, v any) error {
	if m, ok := v.(Money); ok {
		r.isolated(string(r.conv().appendMoney(nil, m.decimal(), m.Currency)))
		return nil
	}
	d, ok := decimalOf(v, CurrencyPlaces(code), true)
	if !ok || code == "" {
		return errMismatch
	}
	r.isolated(string(r.conv().appendMoney(nil, d, code)))
	return nil
}

// any writes an argument by its Go type.
func (r *renderer) any(v any) {
	switch x := v.(type) {
	case string:
		r.isolated(x)
	case time.Time:
		r.text(r.conv().dateTime(x.In(r.p.zone), StyleMedium))
	case time.Duration:
		r.text(r.in.duration(r.p.formats, x))
	case Money:
		_ = r.money("", x)
	case Locale:
		r.text(x.Name(r.in.locale))
	case json.Number:
		_ = r.quantity(&message.Part{Kind: message.KindNumber}, x)
	default:
		r.other(v)
	}
}

func (r *renderer) other(v any) {
	if _, ok := v.(fmt.Stringer); !ok {
		if d, ok := decimalOf(v, fractionDigits, false); ok {
			r.out = r.conv().appendNumber(r.out, d)
			return
		}
		if r.list("and", v) == nil {
			return
		}
	}
	r.isolated(plain(v))
}

// plain is the text of a value outside all conventions.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	return fmt.Sprint(v)
}
