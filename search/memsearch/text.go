package memsearch

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/search"
)

// A token is a word of a text, folded, with its place in the original.
type token struct {
	text       string
	start, end int
}

// An entry is a document ready to be searched.
type entry struct {
	doc    search.Document
	fields [][]token // title, body, summary and each keyword
	title  bag
	all    bag
}

// A bag counts words.
type bag struct {
	count  map[string]int
	length int
}

func newEntry(d search.Document) *entry {
	e := &entry{doc: d, title: bag{count: map[string]int{}}, all: bag{count: map[string]int{}}}
	for _, text := range append([]string{d.Title, d.Body, d.Summary}, d.Keywords...) {
		e.fields = append(e.fields, tokenize(text))
	}
	e.title.add(e.fields[0])
	for _, tokens := range e.fields {
		e.all.add(tokens)
	}
	return e
}

// add counts tokens, and the characters of pairs so that one alone is found.
func (b *bag) add(tokens []token) {
	b.length += len(tokens)
	for _, t := range tokens {
		b.count[t.text]++
		if chars := []rune(t.text); len(chars) == 2 && unspaced(chars[0]) {
			b.count[string(chars[0])]++
			b.count[string(chars[1])]++
		}
	}
}

// tokenize cuts text into words, and runs of scripts without spaces into pairs.
func tokenize(text string) []token {
	var out []token
	start, previous := -1, -1 // of the word, and of the last character of a run
	word := func(end int) {
		if start >= 0 {
			out = append(out, token{fold(text[start:end]), start, end})
		}
		start = -1
	}
	run, paired := -1, false
	flush := func() {
		if run >= 0 && !paired {
			out = append(out, token{text: fold(text[run:previous]), start: run, end: previous})
		}
		run, paired = -1, false
	}
	for i, r := range text {
		size := len(string(r))
		switch {
		case unspaced(r):
			word(i)
			if run >= 0 {
				out = append(out, token{text: fold(text[run : i+size]), start: run, end: i + size})
				paired = true
			}
			run, previous = i, i+size
		case unicode.In(r, unicode.L, unicode.N, unicode.M):
			flush()
			if start < 0 {
				start = i
			}
		default:
			word(i)
			flush()
		}
	}
	word(len(text))
	flush()
	return out
}

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

// fold returns a word as it is compared: in lower case, and without accents in
// the scripts whose readers leave them out.
func fold(word string) string {
	var b strings.Builder
	plain := false
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFKC.String(word))) {
		if unicode.Is(unicode.Mn, r) {
			if plain {
				continue
			}
		} else {
			plain = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(norm.NFC.String(b.String()), "ß", "ss")
}
