package blevesearch

import (
	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// rankOthers counts in how many admitted documents each other is.
func rankOthers(matches []*match, q *query, total int, ownText, ownTitle []int) (*lexis.OtherRanking, error) {
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
	return &lexis.OtherRanking{
		Text: lexis.Rarities(total, text), Title: lexis.Rarities(total, title), OwnText: lexis.Rarities(total, ownText), OwnTitle: lexis.Rarities(total, ownTitle),
	}, nil
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

// parts returns what an other adds to scores: the two contributions and the seek
// whose occurrences they count. Of several words that is the rarest.
func (m *match) parts(p *plan, c *lexis.Choice, o *lexis.Other, r *lexis.Ranking) (text, title contribution, s lexis.Seek, err error) {
	inText, inTitle, err := m.other(o)
	if err != nil {
		return text, title, s, err
	}
	idfText, idfTitle, covers := p.Worth(c, o, r)
	text = contribution{weight: idfText, b: lexis.TextB, average: p.average[fieldText], covers: covers, within: inText}
	title = contribution{weight: lexis.TitleWeight * idfTitle, b: lexis.TitleB, average: p.average[fieldTitle], within: inTitle}
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
func (m *match) scoreChoice(p *plan, c *lexis.Choice, r *lexis.Ranking, to *sums) error {
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

func (m *match) scoreOther(p *plan, c *lexis.Choice, o *lexis.Other, r *lexis.Ranking, best *sums) error {
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
