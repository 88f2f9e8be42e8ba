package seo

import (
	"strings"
	"unicode"
)

// hard is the ease below which a text is hard to read for most.
const hard = 40

// leastWords is how many words it takes to tell anything about a text.
const leastWords = 60

// A formula is one of the kind of Flesch's: a + b × words per sentence + c ×
// syllables per word. The results of these are on the same scale.
type formula struct {
	a, b, c float64
	vowels  string
	silentE bool // a last "e" is no syllable of its own
}

// formulas are the languages that ease of reading is known for: English (Flesch),
// German (Amstad), Spanish (Szigriszt and Pazos) and French (Kandel and Moles).
var formulas = map[string]formula{
	"en": {206.835, -1.015, -84.6, "aeiouy", true},
	"de": {180, -1, -58.5, "aeiouyäöü", false},
	"es": {206.835, -1, -62.3, "aeiouáéíóúü", false},
	"fr": {207, -1.015, -73.6, "aeiouyàâäéèêëîïôöùûüœæ", true},
}

// Readable reports whether ease of reading is known for a language at all.
func Readable(locale string) bool {
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	_, ok := formulas[language]
	return ok
}

// Readability returns how easy a text is to read, from about 0 (a law) to about
// 100 (a letter to a child). It is known for English, German, Spanish and French,
// and for texts of sixty words or more; of anything else, ok is false. It counts
// syllables by their vowels and knows no words: it is a hint, not a mark.
func Readability(locale, text string) (ease float64, ok bool) {
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	f, ok := formulas[language]
	if !ok {
		return 0, false
	}
	count, syllables, sentences := 0, 0, 0
	for _, s := range sentencesOf(text) {
		n := 0
		for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			if k := f.syllables(w); k > 0 {
				n, syllables = n+1, syllables+k
			}
		}
		if n > 0 {
			count, sentences = count+n, sentences+1
		}
	}
	if count < leastWords {
		return 0, false
	}
	return f.a + f.b*float64(count)/float64(sentences) + f.c*float64(syllables)/float64(count), true
}

// sentencesOf cuts a text where sentences and lines end.
func sentencesOf(text string) []string {
	runes := []rune(text)
	var out []string
	start := 0
	for i, r := range runes {
		last := i+1 == len(runes)
		if r == '\n' || last || (r == '.' || r == '!' || r == '?' || r == ':' || r == ';') && unicode.IsSpace(runes[i+1]) {
			out = append(out, string(runes[start:i+1]))
			start = i + 1
		}
	}
	return out
}

// syllables counts the groups of vowels in a word; every word has one.
func (f formula) syllables(word string) int {
	n, in, letters := 0, false, 0
	for _, r := range word {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		vowel := strings.ContainsRune(f.vowels, r)
		if vowel && !in {
			n++
		}
		in = vowel
	}
	if f.silentE && n > 1 && strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") {
		n--
	}
	if letters == 0 {
		return 0
	}
	return max(n, 1)
}
