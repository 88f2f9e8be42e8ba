package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/words"
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

// Folded returns the query without what readers leave out when they type:
// accents and the like.
func (q Query) Folded() Query { return Query{q.Locale, words.Fold(q.Text)} }
