package lexis

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/words"
)

// A Language turns words as they are written into terms as they are indexed.
// It is safe for concurrent use.
type Language struct {
	Code    string
	surface []analysis.TokenFilter // make words comparable, before stop words are told
	stop    analysis.TokenFilter   // nil if there are none
	stem    []analysis.TokenFilter // what makes one term of all forms of a word
	splits  bool                   // whether a zero-width non-joiner ends a word

	memo memo
}

// A Word is a word of a text as it is indexed.
type Word struct {
	Surface string // lower case, in one normal form: what a correction offers
	Term    string // stem, with the language before it; empty if nothing is left
	Stop    bool   // too common to say anything; its term is the word itself
	Pair    bool   // of a script without spaces
}

const maxToken = 128 // bytes of a word that are looked at

// Separators between a language and a term. Stop words are apart from stems, so
// that "doings", which is "do" by its stem, does not find every "do".
const (
	StemMark = "\x00"
	StopMark = "\x01"
)

// Look returns the word at t in text.
func (l *Language) Look(text string, t Token) Word {
	raw := Cut(text[t.Start:t.End], maxToken)
	w, ok := l.memo.load(raw)
	if !ok {
		w = l.analyze(raw, t.Pair)
		l.memo.store(strings.Clone(raw), w)
	}
	return w
}

// Cut returns the longest start of s that has at most n bytes and no half
// character.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func (l *Language) analyze(raw string, pair bool) Word {
	text := normal(raw)
	if pair {
		text = strings.ToLower(text)
		return Word{Surface: text, Term: l.Code + StemMark + text, Pair: true}
	}
	surface := run(l.surface, text)
	if surface == "" {
		return Word{}
	}
	if l.stop != nil && run([]analysis.TokenFilter{l.stop}, surface) == "" {
		return Word{Surface: surface, Term: l.Code + StopMark + surface, Stop: true}
	}
	term := run(l.stem, surface)
	if term == "" {
		term = surface
	}
	return Word{Surface: surface, Term: l.Code + StemMark + term}
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

// Words calls f with each word of text and its place. Positions count all words.
func (l *Language) Words(text string, f func(t Token, w Word)) {
	for t := range Tokens(text) {
		if !l.splits || t.Pair {
			f(t, l.Look(text, t))
			continue
		}
		for t.Start < t.End {
			end := t.End
			if i := strings.IndexRune(text[t.Start:t.End], '\u200c'); i >= 0 {
				end = t.Start + i
			}
			if end > t.Start {
				f(Token{Start: t.Start, End: end}, l.Look(text, Token{Start: t.Start, End: end}))
			}
			t.Start = end + len("\u200c")
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

// ComposedForm returns text in which marks are part of letters where they can be.
func ComposedForm(text string) string {
	if words.ASCII(text) || norm.NFC.IsNormalString(text) {
		return text
	}
	return norm.NFC.String(text)
}

// Typed returns a word as it is compared with what somebody types.
func Typed(word string) string { return words.Plain(strings.ToLower(normal(Cut(word, maxToken)))) }

// WholeToken returns a word that is all of a text.
func WholeToken(text string) Token {
	r, _ := utf8.DecodeRuneInString(text)
	return Token{End: len(text), Pair: unspaced(r)}
}
