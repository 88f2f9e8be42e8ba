package lexis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/search"
)

// A Seek is one thing to look up in the texts of one language.
type Seek struct {
	Term   string
	Prefix bool // one character of a script without spaces: whatever begins with it
	Stop   bool
	start  int // of the word in the text that was asked, to tell seeks of one word in several languages
	Offset int // position in the clause
	Place  int // position in the whole request
}

// A Clause is a word of a request in the language of some documents.
type Clause struct {
	search.Word
	index int // in the request
	Seeks []Seek
	Loose bool // a phrase whose order is not looked at: see loosen
}

// Whole reports whether all of the clause must be found together: what is
// wanted or unwanted for certain must be there as it was written.
func (c Clause) Whole() bool { return c.Phrase || c.Exclude || c.Required }

// A Reading is a request in one language.
type Reading struct {
	Spoken  *Language
	Clauses []Clause
	Scored  []Unit // what counts for the score
	Choices []*Choice
}

// A Reader reads a request in one language after another.
type Reader struct {
	request search.Request
	choices []search.Choice
	numbers map[[2]int]int
	Others  int
}

// NewReader returns a reader of a request that has no more than maxWords words.
func NewReader(r search.Request) (*Reader, error) {
	if len(r.Words) > MaxWords {
		return nil, fmt.Errorf("%d words, at most %d: %w", len(r.Words), MaxWords, search.ErrInvalid)
	}
	return &Reader{request: r, numbers: map[[2]int]int{}, choices: search.Choices(r.Words)}, nil
}

// Read returns the request in a language.
func (r *Reader) Read(l *Language) *Reading {
	p := &Reading{Spoken: l}
	for i, w := range r.request.Words {
		p.Clauses = append(p.Clauses, Clause{Word: w, index: i, Seeks: seeks(l, w.Text)})
	}
	p.Choices, r.Others = newChoices(l, r.choices, 0)
	p.number()
	p.chooseUnits(r.numbers)
	return p
}

// Units returns how many numbers were given to units.
func (r *Reader) Units() int { return len(r.numbers) }

// A Unit is a seek that counts for the score, under a number that is the same
// in all languages.
type Unit struct {
	Seek
	Number int
	Clause int // index of the clause that it is of
	Within int // index of the phrase that it counts in, or -1
}

const (
	MaxWords = 64 // words and phrases of a request
	maxSeeks = 64 // seeks of one of them
)

// seeks returns what to look for to find text.
func seeks(l *Language, text string) []Seek {
	var out []Seek
	position := 0
	text = ComposedForm(text)
	l.Words(text, func(t Token, w Word) {
		if t.Last || w.Term == "" || len(out) == maxSeeks {
			return
		}
		alone := t.Pair && CharacterEnd(text, t.Start) == t.End
		out = append(out, Seek{Term: w.Term, Prefix: alone, Stop: w.Stop, start: t.Start, Offset: position})
		position++
	})
	return out
}

// Label returns a seek's term without its language, for people.
func (s Seek) Label() string {
	if i := strings.IndexAny(s.Term, StemMark+StopMark); i >= 0 {
		return s.Term[i+1:]
	}
	return s.Term
}

// MaxDistance is how far two words of a query may be apart, as stop words stand
// between them, to be neighbours.
const MaxDistance = 5

// number gives each seek its position in the request. Excluded words keep their
// neighbours apart.
func (p *Reading) number() {
	place := 0
	for _, c := range p.Clauses {
		for i := range c.Seeks {
			c.Seeks[i].Place = place + i
		}
		if place += len(c.Seeks); c.Exclude {
			place += MaxDistance
		}
	}
}

// chooseUnits decides which seeks count. Stop words do if there is nothing else.
func (p *Reading) chooseUnits(numbers map[[2]int]int) {
	stops := len(p.Choices) == 0 && !slices.ContainsFunc(p.Clauses, func(c Clause) bool {
		return !c.Exclude && slices.ContainsFunc(c.Seeks, func(s Seek) bool { return !s.Stop })
	})
	for i := range p.Clauses {
		if c := &p.Clauses[i]; !stops && !c.Whole() {
			c.Seeks = slices.DeleteFunc(c.Seeks, func(s Seek) bool { return s.Stop })
		}
	}
	// Words that count only in a phrase come last, in case they also count
	// everywhere.
	for _, inPhrase := range []bool{false, true} {
		for i, c := range p.Clauses {
			if only := c.Phrase && !c.Required; !c.Exclude && only == inPhrase {
				p.chooseFrom(i, stops, numbers)
			}
		}
	}
	p.tidyChoices()
}

func (p *Reading) chooseFrom(i int, stops bool, numbers map[[2]int]int) {
	c := p.Clauses[i]
	for _, s := range c.Seeks {
		if s.Stop && !stops || p.counts(s.Term) {
			continue
		}
		key := [2]int{c.index, s.start}
		if _, ok := numbers[key]; !ok {
			numbers[key] = len(numbers)
		}
		u := Unit{Seek: s, Number: numbers[key], Clause: i, Within: -1}
		if c.Phrase && !c.Required {
			u.Within = i
		}
		p.Scored = append(p.Scored, u)
	}
}

// counts reports whether a term counts already.
func (p *Reading) counts(term string) bool {
	return slices.ContainsFunc(p.Scored, func(u Unit) bool { return u.Term == term })
}

// Keep leaves out all words but some, with what else says the same. What must be
// found as it was written stays.
func (p *Reading) Keep(some func(Unit) bool) {
	gone, clauses := map[string]bool{}, map[int]bool{}
	p.Scored = slices.DeleteFunc(p.Scored, func(u Unit) bool {
		if !some(u) {
			gone[u.Term], clauses[u.Clause] = true, true
		}
		return gone[u.Term]
	})
	for i := range p.Clauses {
		if c := &p.Clauses[i]; !c.Whole() {
			c.Seeks = slices.DeleteFunc(c.Seeks, func(s Seek) bool { return gone[s.Term] })
		}
	}
	EachChoice(p.Choices, func(c *Choice) {
		for clause := range clauses {
			if c.has(clause) {
				c.Others = nil
			}
		}
	})
}
