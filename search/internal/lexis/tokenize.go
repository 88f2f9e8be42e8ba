package lexis

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// A Token is a piece of text that is indexed: a word, or two neighbouring
// characters of a script that puts no spaces between words.
type Token struct {
	Start, End int  // bytes
	Pair       bool // of such a script; one character if it stands alone or last
	Last       bool // the last character of a run once more, by itself: no position of its own
}

// Tokens cuts text into words by the rules of Unicode's annex 29, simplified:
// letters, digits and marks, with an apostrophe or full stop inside a word and a
// separator inside a number. Runs of scripts without spaces become overlapping
// pairs, so that any part of two characters or more can be found; the last
// character is also yielded alone, so that by a search for pairs that begin with
// it each single character can be found as well.
func Tokens(text string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for i := 0; i < len(text); {
			class, size := classify(text, i)
			ok := true
			switch class {
			case classLetter, classDigit:
				end := wordEnd(text, i)
				ok = yield(Token{Start: i, End: end})
				i = end
			case classUnspaced:
				i, ok = pairs(text, i, yield)
			default:
				i += size
			}
			if !ok {
				return
			}
		}
	}
}

// A class says what part a character plays in words.
type class uint8

const (
	classOther    class = iota
	classLetter         // also marks after a letter
	classDigit          //
	classUnspaced       // of a script that puts no spaces between words
	classMark           // extends whatever it follows
	classJoin           // underscore and the like: inside words and numbers
	classMid            // joins letters or digits: . ' ’
	classMidNum         // joins digits only: , ;
)

// asciiClasses classifies what most text is made of.
var asciiClasses = func() (c [utf8.RuneSelf]class) {
	for r := range c {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			c[r] = classLetter
		case '0' <= r && r <= '9':
			c[r] = classDigit
		}
	}
	c['_'], c['.'], c['\''], c[','], c[';'] = classJoin, classMid, classMid, classMidNum, classMidNum
	return c
}()

func classify(text string, i int) (class, int) {
	if b := text[i]; b < utf8.RuneSelf {
		return asciiClasses[b], 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return classOf(r), size
}

func classOf(r rune) class {
	switch {
	case unspaced(r):
		return classUnspaced
	case unicode.IsLetter(r):
		return classLetter
	case unicode.IsNumber(r):
		return classDigit
	case unicode.IsMark(r), unicode.Is(unicode.Cf, r) && r != '\u200b':
		return classMark
	case unicode.Is(unicode.Pc, r):
		return classJoin
	}
	switch r {
	case '’', '‘', '·', '․', '﹒', '＇', '．', '״':
		return classMid
	case '،', '٬', '﹐', '，', '；':
		return classMidNum
	}
	return classOther
}

// unspaced reports whether r belongs to a script that is cut into pairs.
// Korean has spaces, but puts endings to words without one.
func unspaced(r rune) bool {
	if r < 0x0e00 {
		return false
	}
	switch r {
	case '々', '〆', '〻', 'ー', 'ｰ':
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar) && !unicode.IsMark(r) && !unicode.IsNumber(r)
}

// wordEnd returns the end of the word that begins at i with a letter or digit.
func wordEnd(text string, i int) (end int) {
	before, size := classify(text, i)
	end = i + size
	for i += size; i < len(text); i += size {
		var c class
		c, size = classify(text, i)
		switch c {
		case classMark: // it is part of the character before
		case classMid, classMidNum:
			if !joins(text, i+size, before, c) {
				return end
			}
		case classJoin:
			before = c
			continue
		case classLetter, classDigit:
			before = c
		default:
			return end
		}
		end = i + size
	}
	return end
}

// joins reports whether a separator of class c between a character of class
// before and the one at i is inside a word.
func joins(text string, i int, before, c class) bool {
	if i >= len(text) {
		return false
	}
	after, _ := classify(text, i)
	return before == classDigit && after == classDigit || c == classMid && before == classLetter && after == classLetter
}

// pairs yields the pairs of the run that begins at i and returns where the run
// ends. A character counts with the marks that follow it.
func pairs(text string, i int, yield func(Token) bool) (end int, ok bool) {
	previous, alone := -1, true
	for {
		next := CharacterEnd(text, i)
		if previous >= 0 {
			alone = false
			if !yield(Token{Start: previous, End: next, Pair: true}) {
				return next, false
			}
		}
		previous, i = i, next
		if i >= len(text) {
			break
		}
		if c, _ := classify(text, i); c != classUnspaced {
			break
		}
	}
	return i, yield(Token{Start: previous, End: i, Pair: true, Last: !alone})
}

// CharacterEnd returns the end of the character at i, marks included.
func CharacterEnd(text string, i int) int {
	_, size := utf8.DecodeRuneInString(text[i:])
	for i += size; i < len(text); i += size {
		var c class
		if c, size = classify(text, i); c != classMark {
			break
		}
	}
	return i
}
