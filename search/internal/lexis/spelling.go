package lexis

import (
	"unicode"
	"unicode/utf8"
)

const (
	MinSpelled = 3 // characters of a word that others are corrected to
	maxSpelled = 24
)

// Spellable reports whether a word is one that people misspell, and not a
// number or a name made of signs.
func Spellable(surface string) bool {
	n := 0
	for _, r := range surface {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’' {
			return false
		}
		n++
	}
	return n >= MinSpelled && n <= maxSpelled
}

// Tolerance returns how many letters of a word may be wrong.
func Tolerance(word string) uint8 {
	switch n := utf8.RuneCountInString(word); {
	case n < 4 || n > maxSpelled:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

func Correctable(w Word) bool {
	return !w.Stop && !w.Pair && Spellable(w.Surface) && Tolerance(w.Surface) > 0
}

func WordsOf(l *Language, text string) []Word {
	var out []Word
	l.Words(ComposedForm(text), func(t Token, w Word) {
		if w.Term != "" && !t.Last {
			out = append(out, w)
		}
	})
	return out
}

func SameStart(a, b string) bool {
	x, _ := utf8.DecodeRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	return x == y
}

// Distance counts the letters to change, add, leave out or swap with the next
// to make one word of another.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next[0] = i + 1
		for j := range y {
			d := row[j]
			if x[i] != y[j] {
				d++
			}
			d = min(d, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			next[j+1] = d
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}
