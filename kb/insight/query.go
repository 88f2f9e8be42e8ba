package insight

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/analytics"
)

// A Query is what people searched for, whatever the case and the signs they
// typed it with.
type Query struct {
	Locale string
	Text   string
}

// longestQuery is how much of a query counts, in characters.
const longestQuery = 120

// NewQuery returns the query that a text stands for. Addresses and numbers of five
// digits and more are masked. It is empty if nothing is left.
func NewQuery(locale, text string) Query {
	text = norm.NFKC.String(strings.ToLower(analytics.Redact(text)))
	words := strings.FieldsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsNumber(c) && c != '-' && c != '[' && c != ']' && c != '+'
	})
	for i, w := range words {
		words[i] = masked(strings.Trim(w, "-+"))
	}
	r := []rune(strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	return Query{locale, strings.TrimSpace(string(r[:min(len(r), longestQuery)]))}
}

// masked returns a word, or a mark in the place of one that may say who somebody
// is.
func masked(word string) string {
	digits := 0
	for _, c := range word {
		if unicode.IsDigit(c) {
			digits++
		}
	}
	if digits >= 5 {
		return "[number]"
	}
	return word
}

// Key names a query in counts: "en|reset hub".
func (q Query) Key() string { return q.Locale + "|" + q.Text }

// QueryOf returns the query that a key names.
func QueryOf(key string) Query {
	locale, text, _ := strings.Cut(key, "|")
	return Query{locale, text}
}

// words returns the words of a text that say what it is about.
func words(text string) []string {
	var out []string
	for _, w := range strings.Fields(NewQuery("", text).Text) {
		if len([]rune(w)) > 3 || !isLatin(w) {
			out = append(out, w)
		}
	}
	return out
}

func isLatin(w string) bool {
	for _, c := range w {
		if unicode.IsLetter(c) && !unicode.Is(unicode.Latin, c) {
			return false
		}
	}
	return true
}
