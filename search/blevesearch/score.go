package blevesearch

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// What is added to the ranking of package lexis: what is at the top is looked at
// more closely. It was chosen by cross-validation on the development halves of
// three public collections, on which TestRelevance measures it.
const (
	coverage   = 0.25   // share of a score that depends on how much of the query was found
	depth      = 50     // documents at the top that are looked at more closely
	readDepth  = 20     // and of which the text is read
	pairWeight = 0.5    // of neighbouring words of the query that are neighbours in the text
	headWeight = 1.0    // of titles that say little beside what was asked for
	workload   = 1      // occurrences of the rarest words, for each document, that are scored; the other words are not
	minWork    = 20_000 // occurrences that are scored in any case
)

// rank counts in how many admitted documents each unit is. A word has one
// number in all languages, as each document is in one.
func rank(matches []*match, q *query, c *census) (*lexis.Ranking, error) {
	text, title := make([]int, q.units), make([]int, q.units)
	for _, m := range matches {
		for _, p := range q.plans {
			for _, u := range p.Scored {
				if err := m.countInto(u, fieldText, text); err != nil {
					return nil, err
				}
				if err := m.countInto(u, fieldTitle, title); err != nil {
					return nil, err
				}
			}
		}
	}
	r := &lexis.Ranking{Text: make([]float64, q.units), Title: make([]float64, q.units)}
	for i, n := range affordable(text, max(minWork, workload*c.total)) {
		if n > 0 {
			r.Text[i] = lexis.Rarity(c.total, n)
		}
		if n > 0 && title[i] > 0 {
			r.Title[i] = lexis.Rarity(c.total, title[i])
		}
	}
	if q.others > 0 {
		var err error
		r.Others, err = rankOthers(matches, q, c.total, text, title)
		return r, err
	}
	return r, nil
}

// affordable returns the counts with those set to 0 that are too many, the
// largest first: words that are everywhere cost the most and decide the least.
func affordable(counts []int, budget int) []int {
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	out, spent := make([]int, len(counts)), 0
	for _, i := range order {
		if spent += counts[i]; spent > budget && spent > counts[i] {
			break // but one that is anywhere is looked for
		}
		out[i] = counts[i]
	}
	return out
}

func (m *match) countInto(u lexis.Unit, field string, counts []int) error {
	b, err := m.find(field, u.Seek)
	if err == nil && b != nil {
		counts[u.Number] += int(b.AndCardinality(m.admitted))
	}
	return err
}

// sums adds up the scores of the documents of one part.
type sums struct{ docs []sum }

type sum struct {
	score   float64
	covered float64 // rarity of the units found
}

// sumPool keeps sums between searches.
var sumPool = sync.Pool{New: func() any { return new(sums) }}

func takeSums(n int) *sums {
	s := sumPool.Get().(*sums)
	if cap(s.docs) < n {
		s.docs = make([]sum, n)
	}
	s.docs = s.docs[:n]
	return s
}

// release gives the sums back, empty.
func (s *sums) release() {
	clear(s.docs)
	sumPool.Put(s)
}

// score adds up the scores of all documents of the part that have any unit,
// unadmitted ones included, which are not looked at afterwards.
func (m *match) score(r *lexis.Ranking) (*sums, error) {
	s := takeSums(m.size)
	for _, p := range m.query.plans {
		for _, u := range p.Scored {
			if lexis.ChoiceOf(p.Choices, u.Clause) != nil {
				continue
			}
			if err := m.scoreUnit(p, u, r, s); err != nil {
				return nil, err
			}
		}
		for _, c := range p.Choices {
			if err := m.scoreChoice(p, c, r, s); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (m *match) scoreUnit(p *plan, u lexis.Unit, r *lexis.Ranking, s *sums) error {
	var within *roaring.Bitmap
	if u.Within >= 0 {
		var err error
		if within, err = m.clause(&p.Clauses[u.Within]); err != nil {
			return err
		}
	}
	text := contribution{weight: r.Text[u.Number], b: lexis.TextB, average: p.average[fieldText], covers: r.Text[u.Number], within: within}
	if err := m.contribute(text, fieldText, u.Seek, s); err != nil {
		return err
	}
	title := contribution{weight: lexis.TitleWeight * r.Title[u.Number], b: lexis.TitleB, average: p.average[fieldTitle], within: within}
	return m.contribute(title, fieldTitle, u.Seek, s)
}

// A contribution is what one unit adds in one field.
type contribution struct {
	weight  float64
	b       float64
	average float64
	covers  float64
	within  *roaring.Bitmap // documents in which it counts, nil for all
}

// of returns the part of a score for a frequency in a field of some length.
func (c contribution) of(frequency, length uint64) float64 {
	return c.weight * lexis.Saturation(float64(frequency), c.b, float64(length)/c.average)
}

func (m *match) contribute(c contribution, field string, s lexis.Seek, to *sums) error {
	if c.weight == 0 {
		return nil
	}
	lists, err := m.lists(field, s)
	if err != nil {
		return err
	}
	if len(lists) > 1 && c.covers > 0 { // a document in several lists is covered once
		b, err := m.find(field, s)
		if err != nil {
			return err
		}
		c.cover(b, to)
		c.covers = 0
	}
	for _, list := range lists {
		if err := c.add(m.ctx, list, to); err != nil {
			return err
		}
	}
	return nil
}

func (c contribution) cover(docs *roaring.Bitmap, to *sums) {
	for it := docs.Iterator(); it.HasNext(); {
		if doc := it.Next(); c.within == nil || c.within.Contains(doc) {
			to.docs[doc].covered += c.covers
		}
	}
}

// add adds up the contribution to all documents of a list.
func (c contribution) add(ctx context.Context, list segment.PostingsList, to *sums) error {
	it := list.Iterator(true, true, false, nil)
	for n := 0; ; n++ {
		if n%4096 == 4095 && ctx.Err() != nil {
			return ctx.Err()
		}
		posting, err := it.Next()
		if err != nil {
			return fmt.Errorf("postings: %w", err)
		}
		if posting == nil {
			return nil
		}
		doc := posting.Number()
		if c.within != nil && !c.within.Contains(uint32(doc)) {
			continue
		}
		s := &to.docs[doc]
		s.score += c.of(posting.Frequency(), lengthOf(posting))
		s.covered += c.covers
	}
}

// lengthOf returns the length of the field that a posting is of.
func lengthOf(p segment.Posting) uint64 {
	if exact, ok := p.(interface{ NormUint64() uint64 }); ok {
		return exact.NormUint64()
	}
	n := p.Norm()
	return uint64(math.Round(1 / (n * n)))
}

// finish turns the sum of a document into its score.
func (s *sums) finish(doc uint32, possible, weight float64) float64 {
	if possible == 0 {
		return weight
	}
	d := s.docs[doc]
	return d.score * (1 - coverage + coverage*d.covered/possible) * weight
}
