package blevesearch

import (
	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

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
			lexis.EachChoice(p.Choices, func(c *lexis.Choice) {
				for _, o := range c.Others {
					inText, inTitle, err := m.other(o)
					if err != nil {
						failed = err
						return
					}
					text[o.Number] += int(inText.AndCardinality(m.admitted))
					title[o.Number] += int(inTitle.AndCardinality(m.admitted))
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
func (m *match) other(o *lexis.Other) (text, title *roaring.Bitmap, err error) {
	some, err := m.any(&o.Clause)
	if err != nil {
		return nil, nil, err
	}
	text = roaring.FastOr(some...)
	title = text
	for _, s := range o.Seeks {
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
func (p *plan) worth(c *lexis.Choice, o *lexis.Other, r *ranking) (text, title, covers float64) {
	text, title = r.others.text[o.Number], r.others.title[o.Number]
	ownText, ownTitle, scored := 0.0, 0.0, 0.0
	for _, u := range p.Own(c, true) {
		ownText += r.others.ownText[u.Number]
		ownTitle += r.others.ownTitle[u.Number]
		scored += r.text[u.Number]
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
	return o.Weight * text, o.Weight * title, p.possibleIn(c, r)
}

// possibleIn returns what covers all of a choice.
func (p *plan) possibleIn(c *lexis.Choice, r *ranking) float64 {
	sum := 0.0
	for _, u := range p.Own(c, false) {
		sum += r.text[u.Number]
	}
	for _, inner := range c.Inner {
		sum += p.possibleIn(inner, r)
	}
	if sum > 0 {
		return sum
	}
	for _, o := range c.Others {
		sum = max(sum, r.others.text[o.Number])
	}
	return sum
}

// parts returns what an other adds to scores: the two contributions and the seek
// whose occurrences they count. Of several words that is the rarest.
func (m *match) parts(p *plan, c *lexis.Choice, o *lexis.Other, r *ranking) (text, title contribution, s lexis.Seek, err error) {
	inText, inTitle, err := m.other(o)
	if err != nil {
		return text, title, s, err
	}
	idfText, idfTitle, covers := p.worth(c, o, r)
	text = contribution{weight: idfText, b: textB, average: p.average[fieldText], covers: covers, within: inText}
	title = contribution{weight: titleWeight * idfTitle, b: titleB, average: p.average[fieldTitle], within: inTitle}
	s, err = m.rarest(o.Seeks)
	return text, title, s, err
}

func (m *match) rarest(seeks []lexis.Seek) (lexis.Seek, error) {
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
func (m *match) scoreChoice(p *plan, c *lexis.Choice, r *ranking, to *sums) error {
	best := takeSums(m.size)
	defer best.release()
	for _, u := range p.Own(c, false) {
		if err := m.scoreUnit(p, u, r, best); err != nil {
			return err
		}
	}
	for _, inner := range c.Inner {
		if err := m.scoreChoice(p, inner, r, best); err != nil {
			return err
		}
	}
	for _, o := range c.Others {
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

func (m *match) scoreOther(p *plan, c *lexis.Choice, o *lexis.Other, r *ranking, best *sums) error {
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
