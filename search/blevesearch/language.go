package blevesearch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/words"
)

// A language turns words as they are written into terms as they are indexed.
// It is safe for concurrent use.
type language struct {
	code    string
	surface []analysis.TokenFilter // make words comparable, before stop words are told
	stop    analysis.TokenFilter   // nil if there are none
	stem    []analysis.TokenFilter // what makes one term of all forms of a word
	splits  bool                   // whether a zero-width non-joiner ends a word

	memo memo
}

// A word is a word of a text as it is indexed.
type word struct {
	surface string // lower case, in one normal form: what a correction offers
	term    string // stem, with the language before it; empty if nothing is left
	stop    bool   // too common to say anything; its term is the word itself
	pair    bool   // of a script without spaces
}

const maxToken = 128 // bytes of a word that are looked at

// Separators between a language and a term. Stop words are apart from stems, so
// that "doings", which is "do" by its stem, does not find every "do".
const (
	stemMark = "\x00"
	stopMark = "\x01"
)

// look returns the word at t in text.
func (l *language) look(text string, t token) word {
	raw := cut(text[t.start:t.end], maxToken)
	w, ok := l.memo.load(raw)
	if !ok {
		w = l.analyze(raw, t.pair)
		l.memo.store(strings.Clone(raw), w)
	}
	return w
}

// cut returns the longest start of s that has at most n bytes and no half
// character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func (l *language) analyze(raw string, pair bool) word {
	text := normal(raw)
	if pair {
		text = strings.ToLower(text)
		return word{surface: text, term: l.code + stemMark + text, pair: true}
	}
	surface := run(l.surface, text)
	if surface == "" {
		return word{}
	}
	if l.stop != nil && run([]analysis.TokenFilter{l.stop}, surface) == "" {
		return word{surface: surface, term: l.code + stopMark + surface, stop: true}
	}
	term := run(l.stem, surface)
	if term == "" {
		term = surface
	}
	return word{surface: surface, term: l.code + stemMark + term}
}

// run sends one word through filters; all that are used here look at one word
// at a time.
func run(filters []analysis.TokenFilter, text string) string {
	stream := analysis.TokenStream{{Term: []byte(text), End: len(text), Position: 1, Type: analysis.AlphaNumeric}}
	for _, f := range filters {
		if stream = f.Filter(stream); len(stream) == 0 {
			return ""
		}
	}
	return string(stream[0].Term)
}

// normal returns text in one form for all ways to write the same: composed,
// without differences of width and without what cannot be seen.
func normal(text string) string {
	if words.ASCII(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
			return -1
		}
		return r
	}, text)
	return norm.NFKC.String(text)
}

// words calls f with each word of text and its place. Positions count all words.
func (l *language) words(text string, f func(t token, w word)) {
	for t := range tokens(text) {
		if !l.splits || t.pair {
			f(t, l.look(text, t))
			continue
		}
		for t.start < t.end {
			end := t.end
			if i := strings.IndexRune(text[t.start:t.end], '\u200c'); i >= 0 {
				end = t.start + i
			}
			if end > t.start {
				f(token{start: t.start, end: end}, l.look(text, token{start: t.start, end: end}))
			}
			t.start = end + len("\u200c")
		}
	}
}

// foldAccents is a filter for languages whose readers write loan words with and
// without accents.
type foldAccents struct{}

func (foldAccents) Filter(in analysis.TokenStream) analysis.TokenStream {
	for _, t := range in {
		t.Term = []byte(words.Plain(string(t.Term)))
	}
	return in
}
