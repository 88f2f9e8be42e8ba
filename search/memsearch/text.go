package memsearch

import (
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/words"
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
	add := func(start, end int) { out = append(out, token{words.Fold(text[start:end]), start, end}) }
	start, run := -1, 0 // of the word or pair under way, and how many characters of a run there were
	end := func(at int) {
		if start >= 0 && run < 2 { // the second of a pair is not one by itself
			add(start, at)
		}
		start, run = -1, 0
	}
	for i, r := range text {
		switch {
		case unspaced(r):
			if run == 0 {
				end(i)
			} else {
				add(start, i+utf8.RuneLen(r))
			}
			start, run = i, run+1
		case !unicode.In(r, unicode.L, unicode.N, unicode.M):
			end(i)
		case run > 0, start < 0:
			end(i)
			start = i
		}
	}
	end(len(text))
	return out
}

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}
