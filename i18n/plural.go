package i18n

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var categoryNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two",
	plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// category returns the plural category of a number as it is shown.
func category(rules *plural.Rules, tag language.Tag, d decimal) string {
	if d.odd != "" {
		return "other"
	}
	trimmed := strings.TrimRight(d.fraction, "0")
	return categoryNames[rules.MatchPlural(tag,
		lastDigits(d.whole), len(d.fraction), len(trimmed), lastDigits(d.fraction), lastDigits(trimmed))]
}

// lastDigits returns what plural rules can tell of a long number: its last
// six digits, and that there are more.
func lastDigits(s string) int {
	const most = 6
	if len(s) <= most {
		n, _ := strconv.Atoi(s)
		return n
	}
	n, _ := strconv.Atoi(s[len(s)-most:])
	return n + 1_000_000
}

// whole returns the number if it is a whole one that fits.
func (d decimal) integer() (int64, bool) {
	if d.odd != "" || strings.Trim(d.fraction, "0") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(d.whole, 10, 64)
	if d.negative {
		n = -n
	}
	return n, err == nil
}

// Plurals returns the plural categories whole numbers fall into in a
// language, for counts ("3 files") and for positions ("3rd"), in the order
// zero, one, two, few, many, other. A text with a plural needs them all.
func Plurals(l Locale) (cardinal, ordinal []string) {
	return forms(plural.Cardinal, l), forms(plural.Ordinal, l)
}

func forms(rules *plural.Rules, l Locale) []string {
	seen := map[string]bool{"other": true}
	for _, n := range samples() {
		seen[category(rules, l.tag(), decimal{whole: strconv.Itoa(n)})] = true
	}
	if l.Language() == "he" {
		// CLDR dropped the form for 20, 30, 40 ... after the data x/text has.
		delete(seen, "many")
	}
	var out []string
	for _, name := range []string{"zero", "one", "two", "few", "many", "other"} {
		if seen[name] {
			out = append(out, name)
		}
	}
	return out
}

// samples hits every integer rule in CLDR: they look at the last two digits
// and at round millions.
func samples() []int {
	out := []int{1_000, 1_000_000, 2_000_000}
	for n := range 200 {
		out = append(out, n)
	}
	return out
}

// Category returns the plural category of a whole number in a language, and
// of a position when ordinal.
func Category(l Locale, n int64, ordinal bool) string {
	rules := plural.Cardinal
	if ordinal {
		rules = plural.Ordinal
	}
	return category(rules, l.tag(), wholeDecimal(strconv.FormatInt(n, 10), 0, false))
}
