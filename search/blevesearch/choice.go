package blevesearch

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
)

// A choice is some clauses of a plan with what stands in for all of them. A
// document is scored by the clauses or by one of the others, whichever is best.
type choice struct {
	from, to int
	others   []*other
	inner    []*choice
}

// An other is an alternative in one language.
type other struct {
	clause
	weight float64
	number int // among all others of a request, the same in all languages
}

// otherUnit is added to the number of an other, to tell it from a unit.
const otherUnit = 1 << 20

// newChoices returns the choices of a request in a language, and how many others
// there are in them.
func newChoices(l *language, list []search.Choice, first int) ([]*choice, int) {
	var out []*choice
	number := first
	for _, c := range list {
		made := &choice{from: c.From, to: c.To}
		for _, a := range c.Also {
			o := &other{weight: a.Weight, number: number, clause: clause{
				Word: search.Word{Text: a.Text, Phrase: true, Required: true}, index: c.From, seeks: seeks(l, a.Text),
			}}
			if number++; len(o.seeks) > 0 {
				made.others = append(made.others, o)
			}
		}
		made.inner, number = newChoices(l, c.Inner, number)
		out = append(out, made)
	}
	return out, number
}

// has reports whether a clause is one of those that the choice is about.
func (c *choice) has(clause int) bool { return c.from <= clause && clause < c.to }

// all calls f with each of the choices and those inside them.
func eachChoice(choices []*choice, f func(*choice)) {
	for _, c := range choices {
		f(c)
		eachChoice(c.inner, f)
	}
}

// tidyChoices leaves out others that the request looks for anyway, and all of a
// word that is there twice: what is found by one word is not found by two.
func (p *plan) tidyChoices() {
	eachChoice(p.choices, func(c *choice) {
		again := slices.ContainsFunc(p.clauses[c.from:c.to], func(l clause) bool {
			return slices.ContainsFunc(l.seeks, func(s seek) bool { return p.countsElsewhere(s.term, c) })
		})
		c.others = slices.DeleteFunc(c.others, func(o *other) bool {
			return again || !slices.ContainsFunc(o.seeks, func(s seek) bool { return !s.stop && !p.counts(s.term) || s.stop && len(o.seeks) == 1 })
		})
	})
}

func (p *plan) countsElsewhere(term string, c *choice) bool {
	return slices.ContainsFunc(p.scored, func(u unit) bool { return u.term == term && !c.has(u.clause) })
}

// choiceOf returns the innermost of the choices that a clause is in, nil if none.
func choiceOf(choices []*choice, clause int) *choice {
	for _, c := range choices {
		if c.has(clause) {
			if inner := choiceOf(c.inner, clause); inner != nil {
				return inner
			}
			return c
		}
	}
	return nil
}

// own returns the units of the clauses of a choice, with those inside it or
// without.
func (p *plan) own(c *choice, all bool) []unit {
	var out []unit
	for _, u := range p.scored {
		if c.has(u.clause) && (all || choiceOf(p.choices, u.clause) == c) {
			out = append(out, u)
		}
	}
	return out
}

// otherRanking is what the scores of others depend on.
type otherRanking struct {
	text, title       []float64 // inverse document frequency, by number of other
	ownText, ownTitle []float64 // of units, also of those that are too frequent to be scored
}

// rankOthers counts in how many admitted documents each other is.
func rankOthers(matches []*match, q *query, total int, ownText, ownTitle []int) (*otherRanking, error) {
	text, title := make([]int, q.others), make([]int, q.others)
	for _, m := range matches {
		for _, p := range q.plans {
			var failed error
			eachChoice(p.choices, func(c *choice) {
				for _, o := range c.others {
					inText, inTitle, err := m.other(o)
					if err != nil {
						failed = err
						return
					}
					text[o.number] += int(inText.AndCardinality(m.admitted))
					title[o.number] += int(inTitle.AndCardinality(m.admitted))
				}
			})
			if failed != nil {
				return nil, failed
			}
		}
	}
	return &otherRanking{
		text: rarities(total, text), title: rarities(total, title), ownText: rarities(total, ownText), ownTitle: rarities(total, ownTitle),
	}, nil
}

func rarities(total int, counts []int) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		if n > 0 {
			out[i] = rarity(total, n)
		}
	}
	return out
}

// other returns the documents that have an alternative anywhere, and those that
// have it in their title, the unadmitted possibly included. The bitmaps are not
// to be changed.
func (m *match) other(o *other) (text, title *roaring.Bitmap, err error) {
	some, err := m.any(&o.clause)
	if err != nil {
		return nil, nil, err
	}
	text = roaring.FastOr(some...)
	title = text
	for _, s := range o.seeks {
		b, err := m.find(fieldTitle, s)
		if err != nil {
			return nil, nil, err
		}
		if b == nil {
			return text, roaring.New(), nil
		}
		title = roaring.And(title, b)
	}
	return text, title, nil
}

// worth returns the rarity that an other counts with in text and title, and what
// it covers: no more than what it stands in for, if that is anywhere.
func (p *plan) worth(c *choice, o *other, r *ranking) (text, title, covers float64) {
	text, title = r.others.text[o.number], r.others.title[o.number]
	ownText, ownTitle, scored := 0.0, 0.0, 0.0
	for _, u := range p.own(c, true) {
		ownText += r.others.ownText[u.number]
		ownTitle += r.others.ownTitle[u.number]
		scored += r.text[u.number]
	}
	if ownText > 0 {
		if scored == 0 {
			return 0, 0, 0 // what is too frequent to count does not count by other names
		}
		text, title = min(text, scored), min(title, scored)
	}
	if ownTitle > 0 {
		title = min(title, ownTitle)
	}
	return o.weight * text, o.weight * title, p.possibleIn(c, r)
}

// possibleIn returns what covers all of a choice.
func (p *plan) possibleIn(c *choice, r *ranking) float64 {
	sum := 0.0
	for _, u := range p.own(c, false) {
		sum += r.text[u.number]
	}
	for _, inner := range c.inner {
		sum += p.possibleIn(inner, r)
	}
	if sum > 0 {
		return sum
	}
	for _, o := range c.others {
		sum = max(sum, r.others.text[o.number])
	}
	return sum
}

// parts returns what an other adds to scores: the two contributions and the seek
// whose occurrences they count. Of several words that is the rarest.
func (m *match) parts(p *plan, c *choice, o *other, r *ranking) (text, title contribution, s seek, err error) {
	inText, inTitle, err := m.other(o)
	if err != nil {
		return text, title, s, err
	}
	idfText, idfTitle, covers := p.worth(c, o, r)
	text = contribution{weight: idfText, b: textB, average: p.average[fieldText], covers: covers, within: inText}
	title = contribution{weight: titleWeight * idfTitle, b: titleB, average: p.average[fieldTitle], within: inTitle}
	s, err = m.rarest(o.seeks)
	return text, title, s, err
}

func (m *match) rarest(seeks []seek) (seek, error) {
	best, fewest := seeks[0], uint64(0)
	for i, s := range seeks {
		b, err := m.find(fieldText, s)
		if err != nil || b == nil {
			return s, err
		}
		if n := b.GetCardinality(); i == 0 || n < fewest {
			best, fewest = s, n
		}
	}
	return best, nil
}

// scoreChoice adds to each document the best of what the choice offers.
func (m *match) scoreChoice(p *plan, c *choice, r *ranking, to *sums) error {
	best := takeSums(m.size)
	defer best.release()
	for _, u := range p.own(c, false) {
		if err := m.scoreUnit(p, u, r, best); err != nil {
			return err
		}
	}
	for _, inner := range c.inner {
		if err := m.scoreChoice(p, inner, r, best); err != nil {
			return err
		}
	}
	for _, o := range c.others {
		if err := m.scoreOther(p, c, o, r, best); err != nil {
			return err
		}
	}
	for i, d := range best.docs {
		to.docs[i].score += d.score
		to.docs[i].covered += d.covered
	}
	return nil
}

func (m *match) scoreOther(p *plan, c *choice, o *other, r *ranking, best *sums) error {
	text, title, s, err := m.parts(p, c, o, r)
	if err != nil || text.weight == 0 {
		return err
	}
	mine := takeSums(m.size)
	defer mine.release()
	if err := m.contribute(text, fieldText, s, mine); err != nil {
		return err
	}
	if err := m.contribute(title, fieldTitle, s, mine); err != nil {
		return err
	}
	for i, d := range mine.docs {
		best.docs[i].score = max(best.docs[i].score, d.score)
		best.docs[i].covered = max(best.docs[i].covered, d.covered)
	}
	return nil
}
