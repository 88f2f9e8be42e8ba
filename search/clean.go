package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxText  = 384 // bytes of text in a query
	maxWords = 24  // words of a query
)

// clean returns text as the parser reads it: at most maxText bytes of valid
// UTF-8 in one normal form, without characters that cannot be seen, and with
// single spaces.
func clean(text string) string {
	text = strings.Map(visible, clip(text, maxText))
	text = clip(norm.NFKC.String(text), maxText) // some characters stand for a whole phrase
	return strings.Join(strings.Fields(text), " ")
}

// clip returns the longest start of text that has at most n bytes and ends
// with a whole character.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// visible returns the rune that takes r's place, or -1 for none.
func visible(r rune) rune {
	switch {
	case r == '\u200c', r == '\u200d': // the joiners are part of how words are spelled
		return r
	case r == utf8.RuneError, r == '\u200b', unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
		return ' '
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector), filler(r):
		return -1
	}
	return r
}

// filler reports whether r is a letter or mark by its class that shows nothing.
func filler(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u3164', '\uffa0':
		return true
	}
	return false
}

// measure returns how much of text holds no more than left words, and how many
// it holds. Scripts that put no spaces between words count four characters as
// one.
func measure(text string, left int) (end, used int) {
	inside, run := false, 0
	for i, r := range text {
		starts := false
		switch {
		case unspaced(r):
			starts, inside = run%4 == 0, false
			run++
		case wordRune(r):
			starts, inside, run = !inside, true, 0
		default:
			inside, run = false, 0
		}
		if !starts {
			continue
		}
		if used == left {
			return i, used
		}
		used++
	}
	return len(text), used
}

func wordRune(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.M) || r == '\u200c' || r == '\u200d'
}

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar)
}
