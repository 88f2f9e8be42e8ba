package blevesearch

import (
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/search"
)

// A seek is one thing to look up in the texts of one language.
type seek struct {
	term   string
	prefix bool // one character of a script without spaces: whatever begins with it
	stop   bool
	start  int // of the word in the text that was asked, to tell seeks of one word in several languages
	offset int // position in the clause
	place  int // position in the whole request
}

// A clause is a word of a request in the language of some documents.
type clause struct {
	search.Word
	index int // in the request
	seeks []seek
	loose bool // a phrase whose order is not looked at: see loosen
}

// whole reports whether all of the clause must be found together: what is
// wanted or unwanted for certain must be there as it was written.
func (c clause) whole() bool { return c.Phrase || c.Exclude || c.Required }

// A plan is a request in one language.
type plan struct {
	languageCensus
	clauses []clause
	scored  []unit // what counts for the score
	choices []*choice
}

// A unit is a seek that counts for the score, under a number that is the same
// in all languages.
type unit struct {
	seek
	number int
	clause int // index of the clause that it is of
	within int // index of the phrase that it counts in, or -1
}

const (
	maxWords = 64 // words and phrases of a request
	maxSeeks = 64 // seeks of one of them
)

// A query is a request ready to be answered.
type query struct {
	search.Request
	plans  []*plan
	units  int // numbers given to units
	others int // and to alternatives
}

// newQuery plans a request for each language of the census.
func newQuery(r search.Request, c *census) (*query, error) {
	if len(r.Words) > maxWords {
		return nil, fmt.Errorf("%d words, at most %d: %w", len(r.Words), maxWords, search.ErrInvalid)
	}
	q := &query{Request: r}
	numbers, choices := map[[2]int]int{}, search.Choices(r.Words)
	if r.Rare {
		choices = nil
	}
	for _, l := range c.languages {
		p := &plan{languageCensus: l}
		for i, w := range r.Words {
			p.clauses = append(p.clauses, clause{Word: w, index: i, seeks: seeks(l.language, w.Text)})
		}
		p.choices, q.others = newChoices(l.language, choices, 0)
		p.number()
		p.chooseUnits(numbers)
		q.plans = append(q.plans, p)
	}
	q.units = len(numbers)
	return q, nil
}

// seeks returns what to look for to find text.
func seeks(l *language, text string) []seek {
	var out []seek
	position := 0
	text = composedForm(text)
	l.words(text, func(t token, w word) {
		if t.last || w.term == "" || len(out) == maxSeeks {
			return
		}
		alone := t.pair && characterEnd(text, t.start) == t.end
		out = append(out, seek{term: w.term, prefix: alone, stop: w.stop, start: t.start, offset: position})
		position++
	})
	return out
}

// number gives each seek its position in the request. Excluded words keep their
// neighbours apart.
func (p *plan) number() {
	place := 0
	for _, c := range p.clauses {
		for i := range c.seeks {
			c.seeks[i].place = place + i
		}
		if place += len(c.seeks); c.Exclude {
			place += maxDistance
		}
	}
}

// chooseUnits decides which seeks count. Stop words do if there is nothing else.
func (p *plan) chooseUnits(numbers map[[2]int]int) {
	stops := len(p.choices) == 0 && !slices.ContainsFunc(p.clauses, func(c clause) bool {
		return !c.Exclude && slices.ContainsFunc(c.seeks, func(s seek) bool { return !s.stop })
	})
	for i := range p.clauses {
		if c := &p.clauses[i]; !stops && !c.whole() {
			c.seeks = slices.DeleteFunc(c.seeks, func(s seek) bool { return s.stop })
		}
	}
	// Words that count only in a phrase come last, in case they also count
	// everywhere.
	for _, inPhrase := range []bool{false, true} {
		for i, c := range p.clauses {
			if only := c.Phrase && !c.Required; !c.Exclude && only == inPhrase {
				p.chooseFrom(i, stops, numbers)
			}
		}
	}
	p.tidyChoices()
}

func (p *plan) chooseFrom(i int, stops bool, numbers map[[2]int]int) {
	c := p.clauses[i]
	for _, s := range c.seeks {
		if s.stop && !stops || p.counts(s.term) {
			continue
		}
		key := [2]int{c.index, s.start}
		if _, ok := numbers[key]; !ok {
			numbers[key] = len(numbers)
		}
		u := unit{seek: s, number: numbers[key], clause: i, within: -1}
		if c.Phrase && !c.Required {
			u.within = i
		}
		p.scored = append(p.scored, u)
	}
}

// counts reports whether a term counts already.
func (p *plan) counts(term string) bool {
	return slices.ContainsFunc(p.scored, func(u unit) bool { return u.term == term })
}
