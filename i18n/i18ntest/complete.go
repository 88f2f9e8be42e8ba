package i18ntest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/internal/message"
)

// Options configure Check and Complete. A nil *Options means the zero Options.
type Options struct {
	// Same lists texts that may be equal to the source language's: a key for
	// every language ("app.name"), or with a locale for one ("de:home.title").
	// Nil means none.
	Same []string
}

// A Problem is something wrong with a text.
type Problem struct {
	Locale i18n.Locale
	Key    string
	Says   string
}

// String returns the problem on one line.
func (p Problem) String() string { return fmt.Sprintf("%s: %s: %s", p.Locale, p.Key, p.Says) }

// Complete fails the test for every Problem that Check finds.
func Complete(t testing.TB, c *i18n.Catalog, opts *Options, locales ...i18n.Locale) {
	t.Helper()
	for _, p := range Check(c, opts, locales...) {
		t.Error(p)
	}
}

// Check compares the texts of the locales, or of all a catalog has when none
// is named, with those of the source language, and returns
//
//   - keys that are missing, and keys that the source language does not have
//   - texts that are empty, or equal to the source's and not in Options.Same
//   - arguments that are missing or unknown, or used as another type
//   - plural categories the language has and the text has not
//   - cases of a selection that are missing or unknown
//   - tags that are missing or unknown
//
// A regional locale need only have what it says differently: en-GB is complete
// with en.
func Check(c *i18n.Catalog, opts *Options, locales ...i18n.Locale) []Problem {
	if opts == nil {
		opts = &Options{}
	}
	if len(locales) == 0 {
		locales = c.Locales()
	}
	var out []Problem
	for _, l := range locales {
		k := &checker{locale: l, source: c.Source(), same: opts.Same, texts: inherited(c, l)}
		k.check(c.Texts(c.Source()))
		out = append(out, k.problems...)
	}
	slices.SortFunc(out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Says, b.Says))
	})
	return slices.Compact(out)
}

// inherited returns the texts of a locale and its parents.
func inherited(c *i18n.Catalog, l i18n.Locale) map[string]string {
	out := map[string]string{}
	for ; l != ""; l = l.Parent() {
		for key, text := range c.Texts(l) {
			if _, ok := out[key]; !ok {
				out[key] = text
			}
		}
	}
	return out
}

// checker looks at one locale.
type checker struct {
	locale, source i18n.Locale
	same           []string
	texts          map[string]string
	problems       []Problem
}

func (k *checker) report(key, format string, args ...any) {
	k.problems = append(k.problems, Problem{Locale: k.locale, Key: key, Says: fmt.Sprintf(format, args...)})
}

func (k *checker) check(source map[string]string) {
	for key := range source {
		if _, ok := k.texts[key]; !ok {
			k.report(key, "missing")
		}
	}
	for key, text := range k.texts {
		original, ok := source[key]
		if !ok {
			k.report(key, "not in the source language")
			continue
		}
		k.text(key, text, original)
	}
}

func (k *checker) text(key, text, original string) {
	if strings.TrimSpace(text) == "" {
		k.report(key, "empty")
		return
	}
	got, want := parsed(text), parsed(original)
	if k.untranslated(key, text, original, got) {
		k.report(key, "the same as in %s: %q", k.source, text)
	}
	k.categories(key, got)
	k.arguments(key, uses(got), uses(want))
	k.difference(key, "tag <%s>", tags(got), tags(want))
}

// parsed reads a text the catalog has loaded, so it cannot fail.
func parsed(text string) message.Pattern {
	p, err := message.Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}

func (k *checker) untranslated(key, text, original string, p message.Pattern) bool {
	if text != original || k.locale.Language() == k.source.Language() || !hasWords(p) {
		return false
	}
	return !slices.Contains(k.same, key) && !slices.Contains(k.same, string(k.locale)+":"+key)
}

func hasWords(p message.Pattern) bool {
	found := false
	p.Walk(func(part *message.Part) {
		found = found || part.Kind == message.KindText && strings.ContainsFunc(part.Text, unicode.IsLetter)
	})
	return found
}

// categories finds plurals that leave out a form of the language.
func (k *checker) categories(key string, p message.Pattern) {
	cardinal, ordinal := i18n.Plurals(k.locale)
	p.Walk(func(part *message.Part) {
		switch part.Kind {
		case message.KindPlural:
			k.forms(key, part, cardinal, false)
		case message.KindOrdinal:
			k.forms(key, part, ordinal, true)
		}
	})
}

func (k *checker) forms(key string, part *message.Part, needed []string, ordinal bool) {
	for _, category := range needed {
		if !hasCase(part, category) && !spelledOut(part, k.locale, category, ordinal) {
			k.report(key, "plural of {%s} lacks %q", part.Name, category)
		}
	}
}

func hasCase(part *message.Part, name string) bool {
	return slices.ContainsFunc(part.Cases, func(c message.Case) bool { return c.Name == name })
}

// spelledOut reports whether every number of a category has a case of its own:
// =1 is all that English has in "one".
func spelledOut(part *message.Part, l i18n.Locale, category string, ordinal bool) bool {
	for n := range int64(1_000) {
		if i18n.Category(l, n, ordinal) == category && !hasCase(part, fmt.Sprintf("=%d", n)) {
			return false
		}
	}
	return true
}

// use is how a text uses an argument.
type use struct {
	types map[string]bool // what the caller has to hand over
	cases map[string]bool // of selections
}

var types = map[message.Kind]string{
	message.KindNumber: "number", message.KindPercent: "number", message.KindPlural: "number", message.KindOrdinal: "number",
	message.KindSize: "number", message.KindMoney: "sum", message.KindDuration: "duration", message.KindList: "list",
	message.KindDate: "time", message.KindTime: "time", message.KindDateTime: "time", message.KindRelative: "time",
}

func uses(p message.Pattern) map[string]use {
	out := map[string]use{}
	p.Walk(func(part *message.Part) {
		if part.Name == "" {
			return
		}
		u, ok := out[part.Name]
		if !ok {
			u = use{map[string]bool{}, map[string]bool{}}
			out[part.Name] = u
		}
		if name := types[part.Kind]; name != "" {
			u.types[name] = true
		}
		if part.Kind == message.KindSelect {
			for _, c := range part.Cases {
				u.cases[c.Name] = true
			}
		}
	})
	return out
}

func (k *checker) arguments(key string, got, want map[string]use) {
	k.difference(key, "argument {%s}", set(maps.Keys(got)), set(maps.Keys(want)))
	for name, g := range got {
		w, ok := want[name]
		if !ok {
			continue
		}
		for is := range g.types {
			if len(w.types) > 0 && !w.types[is] {
				k.report(key, "argument {%s} is used as a %s, in %s as a %s", name, is, k.source, anyOf(w.types))
			}
		}
		if len(g.cases) > 0 && len(w.cases) > 0 {
			k.difference(key, "case %s of {"+name+"}", g.cases, w.cases)
		}
	}
}

func anyOf(names map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(names)), " or ")
}

func tags(p message.Pattern) map[string]bool {
	out := map[string]bool{}
	p.Walk(func(part *message.Part) {
		if part.Kind == message.KindOpen || part.Kind == message.KindLink {
			out[part.Text] = true
		}
	})
	return out
}

func set(keys func(func(string) bool)) map[string]bool {
	out := map[string]bool{}
	for key := range keys {
		out[key] = true
	}
	return out
}

// difference reports what one set has and the other has not.
func (k *checker) difference(key, what string, got, want map[string]bool) {
	for name := range want {
		if !got[name] {
			k.report(key, what+" is missing", name)
		}
	}
	for name := range got {
		if !want[name] {
			k.report(key, what+" is unknown in "+string(k.source), name)
		}
	}
}
