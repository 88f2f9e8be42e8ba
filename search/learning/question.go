package learning

import (
	"slices"
	"strings"
	"unicode"

	"github.com/stoa-go/stoa/internal/words"
)

// mostWords is how many words of a question count.
const mostWords = 24

// question is what a text asks for, whatever its signs and capitals.
type question struct {
	key   string
	words []string // each once, in order
}

func questionOf(locale, text string) question {
	words := wordsOf(text)
	return question{key: locale + "|" + strings.Join(words, " "), words: slices.Compact(slices.Sorted(slices.Values(words)))}
}

// wordsOf cuts a text into words, and scripts without spaces into pairs of
// characters. Words that were not wanted say nothing.
func wordsOf(text string) (out []string) {
	for part := range strings.FieldsSeq(words.Fold(text)) {
		if strings.HasPrefix(part, "-") {
			continue
		}
		for w := range strings.FieldsFuncSeq(part, between) {
			out = append(out, piecesOf(w)...)
		}
		if len(out) >= mostWords {
			return out[:mostWords]
		}
	}
	return out
}

// between reports whether c is not part of a word.
func between(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsNumber(c) }

func piecesOf(word string) []string {
	r := []rune(word)
	if len(r) < 3 || !unicode.In(r[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
		return []string{word}
	}
	var out []string
	for i := range len(r) - 1 {
		out = append(out, string(r[i:i+2]))
	}
	return out
}
