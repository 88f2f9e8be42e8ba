package blevesearch

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	index "github.com/blevesearch/bleve_index_api"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// gap is put between positions of texts that do not belong together, so that
// no phrase reaches from one into another.
const gap = 100

// A builder makes the record of one document at a time.
type builder struct {
	class    int // of the sizes in builders
	language *lexis.Language
	doc      search.Document

	text, title, start, keys *bag
	position                 int
	lenText, lenTitle        int
}

// builders keeps builders between batches, those for long texts apart: ranging
// over a map costs what it once had room for.
var builders [32]sync.Pool

// builderFor returns a builder for a text of some bytes.
func builderFor(size int) *builder {
	class := min(bits.Len(uint(size)), len(builders)-1)
	if b, ok := builders[class].Get().(*builder); ok {
		return b
	}
	return &builder{class: class, text: newBag(), title: newBag(), start: newBag(), keys: newBag()}
}

// release gives the record's memory back. Nobody may use the record any more.
func (r *record) release() {
	b := r.builder
	for _, bag := range []*bag{b.text, b.title, b.start, b.keys} {
		bag.reset()
	}
	builders[b.class].Put(b)
}

// build returns the record of d, whose text is in language l.
func build(d search.Document, l *lexis.Language) (*record, error) {
	d.UpdatedAt = d.UpdatedAt.UTC().Truncate(time.Microsecond)
	b := builderFor(len(d.Body))
	b.language, b.doc, b.position, b.lenText, b.lenTitle = l, d, 0, 0, 0
	b.addTitle()
	if !strings.Contains(d.Body, d.Summary) {
		b.addText(d.Summary)
	}
	b.addText(d.Body)
	for _, k := range d.Keywords {
		b.addKeyword(k)
	}
	return b.record()
}

// each calls f with each word and its position.
func (b *builder) each(text string, f func(w lexis.Word, position int)) {
	b.language.Words(lexis.ComposedForm(text), func(t lexis.Token, w lexis.Word) {
		if w.Term == "" {
			return
		}
		if !t.Last {
			b.position++
		}
		f(w, b.position)
	})
	b.position += gap
}

func (b *builder) addText(text string) {
	b.each(text, func(w lexis.Word, position int) {
		b.text.place(w.Term, position)
		if !w.Stop {
			b.lenText++
		}
	})
}

func (b *builder) addTitle() {
	b.each(b.doc.Title, func(w lexis.Word, position int) {
		b.text.place(w.Term, position)
		b.title.count(w.Term)
		if !w.Stop {
			b.lenText++
			b.lenTitle++
		}
	})
	b.addStarts()
}

// addKeyword makes a keyword count like a word of the title that does not make
// the title longer.
func (b *builder) addKeyword(text string) {
	b.each(text, func(w lexis.Word, position int) {
		b.text.place(w.Term, position)
		b.title.count(w.Term)
	})
}

// Kinds of terms in fieldStart.
const (
	startAny   = "~" // the beginning of a word of the title
	startFirst = "^" // the beginning of its first word
)

const maxStart = 2 // characters of a beginning; longer ones are looked up among the terms of titles

func (b *builder) addStarts() {
	title, first := lexis.ComposedForm(b.doc.Title), true
	for t := range lexis.Tokens(title) {
		for part := range beginnings(lexis.Typed(title[t.Start:t.End])) {
			b.start.has(startAny + part)
			if first {
				b.start.has(startFirst + part)
			}
		}
		first = false
	}
}

// beginnings yields the beginnings of a word that are looked up.
func beginnings(word string) func(func(string) bool) {
	return func(yield func(string) bool) {
		n := 0
		for i, r := range word {
			if n++; n > maxStart || !yield(word[:i+utf8.RuneLen(r)]) {
				return
			}
		}
	}
}

func (b *builder) record() (*record, error) {
	body := b.doc.Body
	b.doc.Body = ""
	stored, err := json.Marshal(b.doc)
	if err != nil {
		return nil, fmt.Errorf("document %q: %w", b.doc.ID, err)
	}
	// A length of zero means something else to bleve.
	lenTitle, lenText := max(1, b.lenTitle), max(1, b.lenText)
	for _, k := range keysOf(b.doc, b.language.Code, lenTitle, lenText) {
		b.keys.has(k)
	}
	return &record{id: b.doc.ID, builder: b, fields: []index.Field{
		&field{name: fieldText, options: optionsPlaced, terms: b.text.terms, length: lenText},
		&field{name: fieldTitle, options: optionsScored, terms: b.title.terms, length: lenTitle},
		&field{name: fieldStart, options: optionsMatch, terms: b.start.terms, length: 1},
		&field{name: fieldKey, options: optionsMatch, terms: b.keys.terms, length: 1},
		&field{name: fieldDoc, options: optionsStored, value: stored},
		&field{name: fieldBody, options: optionsStored, value: []byte(body)},
	}}, nil
}
