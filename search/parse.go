package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse returns the words in what somebody typed, at most 24 of the first 384
// bytes. "Quoted words" are one required phrase, whatever the style of the
// quotes; - before a word or phrase excludes it and + requires it, unless it
// is a number: -36 is an error code. Nothing else has a meaning and no text is
// an error.
func Parse(text string) []Word {
	p := parse(text)
	words := make([]Word, len(p.terms))
	for i, t := range p.terms {
		words[i] = t.Word
	}
	return words
}

// parsed is a query text in which each word knows its place.
type parsed struct {
	text  string // what was typed, cleaned
	terms []term
}

type term struct {
	Word
	start, end int // of Word.Text in the text
}

func parse(text string) parsed {
	s := scanner{text: clean(text), left: maxWords}
	for s.left > 0 && s.pos < len(s.text) {
		s.next()
	}
	return parsed{text: s.text, terms: s.terms}
}

// A scanner reads words from left to right.
type scanner struct {
	text  string
	pos   int // of what is read next
	left  int // how many more words there may be
	terms []term
}

// next reads one space, word or phrase.
func (s *scanner) next() {
	if r, size := s.peek(); unicode.IsSpace(r) {
		s.pos += size
		return
	}
	var w Word
	s.operator(&w)
	if start, end, after, ok := s.quoted(s.pos); ok {
		w.Phrase, w.Required = true, !w.Exclude
		s.add(w, start, end)
		s.pos = after
		return
	}
	end := s.wordEnd()
	s.add(w, s.pos, end)
	s.pos = end
}

func (s *scanner) peek() (rune, int) { return utf8.DecodeRuneInString(s.text[s.pos:]) }

// operator reads a leading - or +, if that is what it is.
func (s *scanner) operator(w *Word) {
	r, size := s.peek()
	minus := r == '-' || r == '\u2212'
	if !minus && r != '+' {
		return
	}
	next, _ := utf8.DecodeRuneInString(s.text[s.pos+size:])
	if _, _, _, phrase := s.quoted(s.pos + size); !phrase && (!wordRune(next) || s.number(s.pos+size)) {
		return
	}
	w.Exclude, w.Required = minus, !minus
	s.pos += size
}

// number reports whether the word at pos has digits and no letters.
func (s *scanner) number(pos int) bool {
	word, _, _ := strings.Cut(s.text[pos:], " ")
	return strings.ContainsFunc(word, unicode.IsNumber) && !strings.ContainsFunc(word, unicode.IsLetter)
}

// wordEnd returns where the word at pos ends: at a space, or at a quote of
// those scripts that put no space before one.
func (s *scanner) wordEnd() int {
	_, size := s.peek()
	for i, r := range s.text[s.pos+size:] {
		if unicode.IsSpace(r) || strings.ContainsRune("「『〝", r) {
			return s.pos + size + i
		}
	}
	return len(s.text)
}

// quotes lists the opening quotes with what closes them.
var quotes = []struct{ open, close string }{
	{"\"“”„‟", "\"“”‟"},
	{"«»", "«»"},
	{"‹›", "‹›"},
	{"「", "」"},
	{"『", "』"},
	{"〝", "〞〟"},
	{"‘‚", "’‘"}, // also an apostrophe, so it closes only at the end of a word
}

// quoted returns the place of the text between quotes at pos, and where to go
// on. It is not ok if no quote opens there, none closes, or nothing is between.
func (s *scanner) quoted(pos int) (start, end, after int, ok bool) {
	r, size := utf8.DecodeRuneInString(s.text[pos:])
	for _, q := range quotes {
		if !strings.ContainsRune(q.open, r) {
			continue
		}
		start = pos + size
		for i, c := range s.text[start:] {
			end, after = start+i, start+i+utf8.RuneLen(c)
			if strings.ContainsRune(q.close, c) && (c != '’' && c != '‘' || s.ends(after)) {
				_, used := measure(s.text[start:end], 1)
				return start, end, after, used > 0
			}
		}
	}
	return 0, 0, 0, false
}

// ends reports whether no word goes on at pos.
func (s *scanner) ends(pos int) bool {
	r, _ := utf8.DecodeRuneInString(s.text[pos:])
	return pos == len(s.text) || !wordRune(r)
}

// add notes the word at [start, end) as far as there may be more words.
func (s *scanner) add(w Word, start, end int) {
	start, end = s.trim(start, end)
	cut, used := measure(s.text[start:end], s.left)
	if cut < end-start {
		start, end = s.trim(start, start+cut)
	}
	if w.Text = s.text[start:end]; used == 0 && !strings.ContainsFunc(w.Text, unicode.IsSymbol) {
		return
	}
	s.left -= max(used, 1)
	s.terms = append(s.terms, term{Word: w, start: start, end: end})
}

// trim leaves out the punctuation around a word, but for signs that names
// begin or end with: C#, --verbose, @home.
func (s *scanner) trim(start, end int) (int, int) {
	edge := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && !strings.ContainsRune("#%&@_-/\\", r)
	}
	end = start + len(strings.TrimRightFunc(s.text[start:end], edge))
	return end - len(strings.TrimLeftFunc(s.text[start:end], edge)), end
}
