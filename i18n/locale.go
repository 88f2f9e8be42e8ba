package i18n

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/stoa-go/stoa/internal/errs"
)

// ErrInvalid is what a text that is no locale, zone or catalog matches.
var ErrInvalid = errs.Invalid

// MaxLocale is the longest locale accepted, in bytes.
const MaxLocale = 35

// A Locale is a canonical BCP 47 language tag: "de", "pt-BR", "zh-Hant-TW".
// Zero is "not said".
//
// It is a string so that it is a constant, a map key, a column and a JSON
// value without further ado. Text from outside becomes a Locale through
// ParseLocale; a Locale made by conversion is trusted, and one that is not a
// tag behaves like a language nobody knows.
type Locale string

// ParseLocale returns the canonical form of a tag: language, and perhaps
// script, region and variants, with hyphens, in any case. Extensions, private
// use, unknown subtags and anything longer than MaxLocale are Invalid.
func ParseLocale(s string) (Locale, error) {
	if len(s) > MaxLocale || !shapedLikeLocale(s) {
		return "", badLocale(s)
	}
	tag, err := canon.Parse(s)
	if err != nil || !known(tag) {
		return "", badLocale(s)
	}
	l := Locale(tag.String())
	if len(l) > MaxLocale {
		return "", badLocale(s)
	}
	return l, nil
}

// CodeLocale returns the locale that part of a path names by its code, or "" if
// it is more likely to name something else: "ios", "mac", "ui".
func CodeLocale(part string) Locale {
	l, err := ParseLocale(part)
	if err != nil || l.Language() != strings.ToLower(part[:strings.IndexByte(part+"-", '-')]) {
		return ""
	}
	return l
}

const canon = language.Default | language.SuppressScript

func badLocale(s string) error {
	if len(s) > MaxLocale {
		s = strings.ToValidUTF8(s[:MaxLocale], "") + "..."
	}
	return fmt.Errorf("locale %q: %w", s, ErrInvalid)
}

// shapedLikeLocale checks what the parser would let pass: underscores,
// extensions, private use and grandfathered tags.
func shapedLikeLocale(s string) bool {
	for i, subtag := range strings.Split(s, "-") {
		if !alphanumeric(subtag) || i == 0 && (len(subtag) > 3 || !letters(subtag)) {
			return false
		}
		if len(subtag) < 2 || i > 0 && len(subtag) == 3 && letters(subtag) {
			return false
		}
	}
	return true
}

func alphanumeric(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') }) < 0
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isLetter(r) }) < 0
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// known refuses tags for any, many or no languages and for no real region.
func known(tag language.Tag) bool {
	base, script, region := tag.Raw()
	switch base.String() {
	case "und", "mul", "mis", "zxx":
		return false
	}
	if base.IsPrivateUse() || script.IsPrivateUse() {
		return false
	}
	return region == (language.Region{}) || !region.IsPrivateUse()
}

// UnmarshalText reads a locale strictly; the empty text is the zero Locale.
func (l *Locale) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = ""
		return nil
	}
	parsed, err := ParseLocale(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}

// tag returns the parsed form, language.Und for what is no tag.
func (l Locale) tag() language.Tag {
	tag, err := language.Raw.Parse(string(l))
	if err != nil {
		return language.Und
	}
	return tag
}

// Language returns the first subtag: "pt" for "pt-BR".
func (l Locale) Language() string {
	base, _, _ := strings.Cut(string(l), "-")
	return base
}

// Script returns the writing system, the likely one where the tag names none:
// "Hant" for "zh-TW". A language nobody knows is taken to be in "Latn".
func (l Locale) Script() string {
	script, _ := l.tag().Script()
	return script.String()
}

// A Direction is the way a script runs.
type Direction string

// The directions, spelled as HTML's dir attribute has them.
const (
	DirectionLTR Direction = "ltr"
	DirectionRTL Direction = "rtl"
)

var rightToLeft = []string{
	"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi",
}

// Dir returns the direction in which the locale's script runs.
func (l Locale) Dir() Direction {
	if slices.Contains(rightToLeft, l.Script()) {
		return DirectionRTL
	}
	return DirectionLTR
}

// Parent returns the next more general locale, and "" when there is none:
// "zh-Hant" for "zh-Hant-TW" and "zh-TW", "en-001" for "en-AU", "pt" for
// "pt-BR". A script that readers of the language may not read has no parent:
// Parent of "zh-Hant" is "".
func (l Locale) Parent() Locale {
	tag := l.tag()
	if tag == language.Und {
		return ""
	}
	if parent := tag.Parent(); parent != language.Und {
		return Locale(parent.String())
	}
	return ""
}

// lineage returns l and its parents.
func (l Locale) lineage() []Locale {
	var out []Locale
	for ; l != "" && len(out) < 8; l = l.Parent() {
		out = append(out, l)
	}
	return out
}

// Autonym returns the locale's name in its own language, with a capital, as a
// language switch shows it: "Deutsch", "Português (Brasil)".
func (l Locale) Autonym() string {
	if name, ok := autonyms[l]; ok {
		return name
	}
	name := display.Self.Name(l.tag())
	if name == "" {
		return string(l)
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToTitle(first)) + name[size:]
}

// Name returns the locale's name in the language of in, as it stands inside a
// sentence: "German" in English, "alemán" in Spanish.
func (l Locale) Name(in Locale) string {
	tag := l.tag()
	if tag == language.Und {
		return string(l)
	}
	if l.Language() == "zh" && !strings.Contains(string(l), "Han") {
		tag, _ = language.Compose(tag, language.MustParseScript(l.Script()))
	}
	namer := display.Tags(in.tag())
	if namer == nil {
		namer = display.English.Tags()
	}
	if name := namer.Name(tag); name != "" {
		return name
	}
	return string(l)
}
