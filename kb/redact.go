package kb

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/analytics"
)

// A RedactionKind is a kind of personal data.
type RedactionKind string

// The kinds of what is taken out. A team's own patterns are named by themselves.
const (
	RedactEmail  RedactionKind = "email"
	RedactPhone  RedactionKind = "phone"
	RedactIBAN   RedactionKind = "iban"
	RedactCard   RedactionKind = "card"
	RedactIP     RedactionKind = "ip"
	RedactName   RedactionKind = "name"
	RedactNumber RedactionKind = "number" // long ones, whatever they are
	RedactLink   RedactionKind = "link"   // addresses that carry a query, which may be a key

	RedactAddress RedactionKind = "address" // postal: streets with numbers, and postcodes
	RedactSerial  RedactionKind = "serial"  // of devices and licences
)

// A Redaction is something that was taken out of a text.
type Redaction struct {
	Kind     RedactionKind
	Original string
	Stands   string // what stands in its place: "[email]"
	At       int    // where that begins in the text that was made, in bytes
}

// A RedactPattern is what a team takes out besides, such as its order numbers.
type RedactPattern struct {
	Kind    RedactionKind `json:"kind"`    // stands in its place: letters, digits and hyphens
	Pattern string        `json:"pattern"` // regular expression as Go has them, which must not match nothing
}

var redactionKind = regexp.MustCompile(`^[\p{L}\p{N}-]{1,40}$`)

// compile returns the pattern, or says what is wrong with it.
func (p RedactPattern) compile() (*regexp.Regexp, error) {
	if !redactionKind.MatchString(string(p.Kind)) {
		return nil, errors.New("a kind has 1 to 40 letters, digits and hyphens")
	}
	re, err := regexp.Compile(p.Pattern)
	if err == nil && re.MatchString("") {
		return nil, errors.New("the pattern matches even an empty text")
	}
	return re, err
}

// A Redactor takes personal data out of texts. Its zero value knows the common
// kinds. It finds what has a form, such as addresses and numbers, and the names
// that it is told; whoever uses the text reads it before others do.
type Redactor struct {
	own   []ownPattern
	names []string
}

type ownPattern struct {
	kind RedactionKind
	re   *regexp.Regexp
}

// NewRedactor returns a Redactor that takes a team's own patterns out as well.
func NewRedactor(patterns []RedactPattern) (Redactor, error) {
	var r Redactor
	for _, p := range patterns {
		re, err := p.compile()
		if err != nil {
			return Redactor{}, fmt.Errorf("pattern of %q: %w: %w", p.Kind, ErrInvalid, err)
		}
		r.own = append(r.own, ownPattern{p.Kind, re})
	}
	return r, nil
}

// ReadRedactor returns a Redactor with a team's own patterns, read as JSON: a list
// of [RedactPattern].
func ReadRedactor(r io.Reader) (Redactor, error) {
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	var patterns []RedactPattern
	if err := in.Decode(&patterns); err != nil {
		return Redactor{}, fmt.Errorf("patterns: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return Redactor{}, errors.New("patterns: there is more after the list")
	}
	return NewRedactor(patterns)
}

// Mask returns text without what a team's own patterns find. It is for texts of
// which others take the rest out, such as searches.
func (r Redactor) Mask(text string) string {
	for _, p := range r.own {
		text = p.re.ReplaceAllLiteralString(text, "["+string(p.kind)+"]")
	}
	return text
}

// Naming returns a Redactor that takes out names too, each as a whole and its
// parts of three letters and more (two where letters are not Latin).
func (r Redactor) Naming(names ...string) Redactor {
	r.names = slices.Clone(r.names)
	for _, name := range names {
		name = strings.TrimSpace(name)
		for _, part := range append([]string{name}, strings.FieldsFunc(name, func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' && c != '’' })...) {
			letters := utf8.RuneCountInString(part)
			if (letters >= 3 || letters == 2 && len(part) > 2) && !slices.Contains(r.names, part) {
				r.names = append(r.names, part)
			}
		}
	}
	slices.SortStableFunc(r.names, func(a, b string) int { return len(b) - len(a) })
	return r
}

// The forms of personal data. What they find is checked further where chance
// would find too much.
var (
	emailForm  = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)
	linkForm   = regexp.MustCompile(`https?://[^\s<>"')\]]*[?#][^\s<>"')\]]+`)
	ibanForm   = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b`)
	ip4Form    = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ip6Form    = regexp.MustCompile(`(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}`)
	cardForm   = regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`)
	phoneForm  = regexp.MustCompile(`(?:\+|\b00|\(|\b)\d(?:[ ()/.-]{0,2}\d){6,30}\b`)
	numberForm = regexp.MustCompile(`\b\d{5,}\b`)
	dateForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$`)
)

// A found is a place in a text that is to be taken out.
type found struct {
	from, to int
	kind     RedactionKind
}

// Redact returns text without personal data, and what was taken out, in order.
func (r Redactor) Redact(text string) (string, []Redaction) {
	var out strings.Builder
	var list []Redaction
	done := 0
	for _, f := range r.find(text) {
		if f.from < done {
			continue
		}
		out.WriteString(text[done:f.from])
		stands := "[" + string(f.kind) + "]"
		list = append(list, Redaction{f.kind, text[f.from:f.to], stands, out.Len()})
		out.WriteString(stands)
		done = f.to
	}
	return out.String() + text[done:], list
}

// find returns what is to be taken out by place, the longest first where several
// begin at one.
func (r Redactor) find(text string) []found {
	var all []found
	add := func(kind RedactionKind, re *regexp.Regexp, ok func(string) bool) {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if at[0] < at[1] && (ok == nil || ok(text[at[0]:at[1]])) {
				all = append(all, found{at[0], at[1], kind})
			}
		}
	}
	for _, p := range r.own {
		add(p.kind, p.re, nil)
	}
	add(RedactLink, linkForm, nil)
	add(RedactEmail, emailForm, nil)
	add(RedactIBAN, ibanForm, isIBAN)
	add(RedactIP, ip4Form, isIP)
	add(RedactIP, ip6Form, isIP)
	add(RedactCard, cardForm, func(s string) bool { return analytics.Redact(s) != s })
	add(RedactPhone, phoneForm, isPhone)
	add(RedactNumber, numberForm, nil)
	all = slices.Concat(all, findAddresses(text), findSerials(text), r.findNames(text))
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	return all
}

func (r Redactor) findNames(text string) (out []found) {
	for _, name := range r.names {
		re, err := regexp.Compile(`(?i)` + regexp.QuoteMeta(name))
		if err != nil {
			continue
		}
		for _, at := range re.FindAllStringIndex(text, -1) {
			if alone(text, at[0], at[1]) {
				out = append(out, found{at[0], at[1], RedactName})
			}
		}
	}
	return out
}

// alone reports whether no letter goes on before or after a place, in scripts
// that put spaces between words.
func alone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	first, _ := utf8.DecodeRuneInString(text[from:])
	if unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
		return true
	}
	return !unicode.IsLetter(before) && !unicode.IsLetter(after)
}

// isIBAN checks the digits that an account number carries to be checked by.
func isIBAN(s string) bool {
	s = strings.NewReplacer(" ", "", "-", "").Replace(s)
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

func isIP(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && (!ip.Is6() || len(s) > 4)
}

// isPhone leaves dates, versions and times alone.
func isPhone(s string) bool {
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 7 && !dateForm.MatchString(s) && !ip4Form.MatchString(s)
}
