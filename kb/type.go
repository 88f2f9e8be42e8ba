package kb

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
)

// A Type says what content of a kind consists of.
type Type struct {
	Kind       Kind      `json:"kind"`       // key, which articles name it by
	Names      Words     `json:"names"`      // for readers
	Sections   []Section `json:"sections"`   // parts of the text that are known, in the order in which they are offered
	Fields     []Field   `json:"fields"`     // what there is to say of it beside its text
	Templates  Words     `json:"templates"`  // texts to begin with; where there is none it is made of Sections
	Discussion bool      `json:"discussion"` // readers are meant to discuss it, where there is a place for that
	Process    string    `json:"process"`    // key of what it takes to publish; empty means what the library has for all
}

// A Section is a part of a text below a heading of the second level. The heading
// says which: any of Names and Also, in whatever language.
type Section struct {
	Key      string   `json:"key"`
	Names    Words    `json:"names"`    // the heading
	Also     []string `json:"also"`     // other headings that mean the same
	Required bool     `json:"required"` // nothing is published without
	Help     Words    `json:"help"`     // for authors: what goes there
	Start    string   `json:"start"`    // Markdown that a template has below the heading, such as "1. "
}

// Words are a text by language.
type Words = i18n.Words

//go:embed types.json
var defaultTypes string

// DefaultTypes returns the types that a library has if nobody says otherwise:
// how-to, troubleshooting, FAQ, reference, manual, guide, video, webinar, live
// stream, post, release note and series, with names in English, German, Spanish,
// Japanese and Arabic.
func DefaultTypes() []Type {
	types, err := ReadTypes(strings.NewReader(defaultTypes))
	if err != nil {
		panic("kb: types.json: " + err.Error())
	}
	return types
}

// ReadTypes reads types as JSON: a list of [Type]. It refuses what no article
// could be written with, and words that it does not know.
func ReadTypes(r io.Reader) ([]Type, error) {
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	var types []Type
	if err := in.Decode(&types); err != nil {
		return nil, fmt.Errorf("types: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("types: there is more after the list")
	}
	return types, CheckTypes(types)
}

// CheckTypes returns an error that says what is wrong with types.
func CheckTypes(types []Type) error {
	if len(types) == 0 {
		return errors.New("types: there is none")
	}
	seen := map[string]bool{}
	var faults []error
	for _, t := range types {
		if seen[string(t.Kind)] {
			faults = append(faults, fmt.Errorf("types: %s: it is there twice", t.Kind))
		}
		seen[string(t.Kind)] = true
		if err := t.check(); err != nil {
			faults = append(faults, fmt.Errorf("types: %q: %w", t.Kind, err))
		}
	}
	return errors.Join(faults...)
}

var typeKey = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func (t Type) check() error {
	faults := []error{checkWords(string(t.Kind), t.Names)}
	keys, headings := map[string]bool{}, map[string]string{}
	for _, s := range t.Sections {
		faults = append(faults, checkWords(s.Key, s.Names), twice(keys, s.Key))
		for _, h := range s.headings() {
			if other, ok := headings[h]; ok && other != s.Key {
				faults = append(faults, fmt.Errorf("the heading %q stands for %s and %s", h, other, s.Key))
			}
			headings[h] = s.Key
		}
	}
	keys = map[string]bool{}
	for _, f := range t.Fields {
		faults = append(faults, checkWords(f.Key, f.Names), twice(keys, f.Key), f.check())
	}
	return errors.Join(faults...)
}

func checkWords(key string, names Words) error {
	if !typeKey.MatchString(key) {
		return fmt.Errorf("the key %q is not small letters, digits and hyphens", key)
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no name", key)
	}
	fields := errs.Fields{}
	for locale, name := range names {
		checkLocale(fields, "language "+locale, locale)
		text(fields, "name in "+locale, name, 1, MaxTitle)
	}
	return fields.Err()
}

func twice(seen map[string]bool, key string) error {
	if seen[key] {
		return fmt.Errorf("%s is there twice", key)
	}
	seen[key] = true
	return nil
}

// Template returns the text that one begins with in a language.
func (t Type) Template(locale string) string {
	if len(t.Templates) > 0 {
		return t.Templates.In(locale)
	}
	var b strings.Builder
	for i, s := range t.Sections {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("## " + s.Names.In(locale) + "\n")
		if help := s.Help.In(locale); help != "" {
			b.WriteString("\n<!-- " + strings.ReplaceAll(help, "--", "-") + " -->\n")
		}
		b.WriteString("\n" + s.Start + "\n")
	}
	return b.String()
}

// Section returns the section that a heading stands for.
func (t Type) Section(heading string) (Section, bool) {
	heading = plainHeading(heading)
	for _, s := range t.Sections {
		if slices.Contains(s.headings(), heading) {
			return s, true
		}
	}
	return Section{}, false
}

// Field returns the field with a key.
func (t Type) Field(key string) (Field, bool) {
	for _, f := range t.Fields {
		if f.Key == key {
			return f, true
		}
	}
	return Field{}, false
}

// headings returns all that stand for s, plain.
func (s Section) headings() []string {
	var out []string
	for _, name := range s.Names {
		out = append(out, plainHeading(name))
	}
	for _, name := range s.Also {
		out = append(out, plainHeading(name))
	}
	return out
}

// plainHeading returns a heading without what does not make it another: the case
// of letters, the space and the signs around it.
func plainHeading(s string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), " .:!?。：！？؟"))
}
