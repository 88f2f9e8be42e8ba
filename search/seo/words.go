package seo

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostAsked is how many searches a page is held against.
const mostAsked = 10

// words finds the searches whose words the title and the headings do not have.
// Readers look there for what they asked.
func (a *auditor) words() {
	have := a.d.Title
	for _, h := range a.read.headings {
		have += " " + h.text
	}
	text := fold(have)
	stems := tokens(text)
	for _, q := range a.d.Asked[:min(len(a.d.Asked), mostAsked)] {
		var missing []string
		for _, w := range Keywords(a.d.Locale, q.Text) {
			if !within(w, text, stems) && !slices.Contains(missing, w) {
				missing = append(missing, w)
			}
		}
		if len(missing) > 0 {
			a.find(CodeWordsMissing, "title", q.Text, SeverityNote, map[string]any{"words": strings.Join(missing, ", "), "n": q.N})
		}
	}
}

// Keywords returns the words of a search that say what it is about, folded: those
// of a few languages that stand in every sentence are left out. It does not know
// which words belong to one root.
func Keywords(locale, text string) []string {
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	common := strings.Fields(commonWords[language])
	var out []string
	for _, w := range tokens(fold(text)) {
		if !slices.Contains(common, w) && (utf8.RuneCountInString(w) > 1 || wide(w)) {
			out = append(out, w)
		}
	}
	return out
}

// within reports whether a text has a word, or one that begins like it: endings
// differ by a few letters.
func within(w, text string, have []string) bool {
	if wide(w) {
		return strings.Contains(text, w)
	}
	n := utf8.RuneCountInString(w)
	for _, h := range have {
		same, m := sameStart(w, h), utf8.RuneCountInString(h)
		if h == w || same >= 4 && same >= min(n, m)-2 && max(n, m)-same <= 4 {
			return true
		}
	}
	return false
}

func sameStart(a, b string) int {
	x, y, n := []rune(a), []rune(b), 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// wide reports whether a word is of a script without spaces: it may be a whole
// sentence.
func wide(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
	})
}

// tokens cuts a text into words. In Japanese, particles end one: what is between
// them is looked for as it is.
func tokens(text string) []string {
	var out []string
	var b strings.Builder
	script := 0
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range text {
		s := scriptOf(r)
		if s != script {
			flush()
		}
		if script = s; s > 0 {
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// scriptOf tells apart what does not belong to one word: 0 is no letter, and
// Hiragana, which particles and endings are written in, is left out.
func scriptOf(r rune) int {
	switch {
	case unicode.Is(unicode.Hiragana, r):
		return 0
	case unicode.Is(unicode.Katakana, r) || r == 'ー':
		return 3
	case unicode.Is(unicode.Han, r):
		return 4
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return 1
	}
	return 0
}

// fold makes letters that differ in case, accents of Arabic and signs the same.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ':
			return -1
		case r == 'أ' || r == 'إ' || r == 'آ':
			return 'ا'
		case r == 'ى':
			return 'ي'
		case r == 'ة':
			return 'ه'
		}
		return unicode.ToLower(r)
	}, s)
}

// commonWords stand in questions whatever they are about.
var commonWords = map[string]string{
	"en": "a an the and or of to in on at for from with by is are was be been am do does did can could will would should i my me we our you your it its this that these those what why how when where which who not no there has have had if as about into out up get got",
	"de": "der die das den dem des ein eine einen einem einer und oder von zu zum zur in im an am auf für aus mit bei ist sind war sein kann können ich mein meine meinen wir unser sie ihr es was warum wie wann wo welche welcher wer nicht kein keine da hat haben wenn als über man",
	"es": "el la los las un una unos unas y o de del a al en para por con es son era ser estar está puedo puede yo mi mis nosotros nuestro usted su sus lo que qué por cómo como cuándo dónde cuál quién no hay ha han si sobre se me",
	"fr": "le la les un une des et ou de du à au aux en pour par avec est sont être je mon ma mes nous notre vous votre ce que qui quoi pourquoi comment quand où quel quelle ne pas il elle se si sur dans l d n s",
	"ar": "في من على الي عن مع هل ما ماذا كيف لماذا متي اين هذا هذه ذلك التي الذي لا هو هي او و ان اذا لي",
}
