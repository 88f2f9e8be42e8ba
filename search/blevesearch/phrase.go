package blevesearch

import (
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// phrase returns the admitted documents in which the seeks of a clause stand
// next to each other. The bitmap is not to be changed.
func (m *match) phrase(c *lexis.Clause) (*roaring.Bitmap, error) {
	if b, ok := m.phrases[c]; ok {
		return b, nil
	}
	found, err := m.together(c)
	if err == nil && !c.Loose {
		found, err = m.verify(c, found)
	}
	m.phrases[c] = found
	return found, err
}

// together returns the admitted documents that have all seeks of a clause.
func (m *match) together(c *lexis.Clause) (*roaring.Bitmap, error) {
	found := m.admitted.Clone()
	for _, s := range c.Seeks {
		b, err := m.find(fieldText, s)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return roaring.New(), nil
		}
		found.And(b)
	}
	return found, nil
}

// maxOrdered is in how many documents the order of stop words is looked at.
const maxOrdered = 20_000

// loosen gives up on the order of a phrase that is made of stop words and all
// of whose words are in very many documents: to look at where they stand in
// each is the costliest thing somebody could ask for.
func (a *answer) loosen() error {
	for _, p := range a.plans {
		for i := range p.Clauses {
			c := &p.Clauses[i]
			if !c.Whole() || len(c.Seeks) < 2 || slices.ContainsFunc(c.Seeks, func(s lexis.Seek) bool { return !s.Stop }) {
				continue
			}
			n := 0
			for _, m := range a.matches {
				b, err := m.together(c)
				if err != nil {
					return err
				}
				n += int(b.GetCardinality())
			}
			c.Loose = n > maxOrdered
		}
	}
	return nil
}

func (m *match) verify(c *lexis.Clause, candidates *roaring.Bitmap) (*roaring.Bitmap, error) {
	found := roaring.New()
	if candidates.IsEmpty() {
		return found, nil
	}
	places := make([]*places, len(c.Seeks))
	for i, s := range c.Seeks {
		var err error
		if places[i], err = m.places(s); err != nil {
			return nil, err
		}
	}
	it := candidates.Iterator()
	for n := 0; it.HasNext(); n++ {
		if n%256 == 255 && m.ctx.Err() != nil {
			return nil, m.ctx.Err()
		}
		doc := it.Next()
		ok, err := adjacent(c.Seeks, places, doc)
		if err != nil {
			return nil, err
		}
		if ok {
			found.Add(doc)
		}
	}
	return found, nil
}

// adjacent reports whether the seeks are in the document at the distances that
// they have in the phrase.
func adjacent(seeks []lexis.Seek, places []*places, doc uint32) (bool, error) {
	var starts []int
	for i, s := range seeks {
		at, err := places[i].at(doc)
		if err != nil {
			return false, err
		}
		if i == 0 {
			starts = at
		} else {
			starts = keepShifted(starts, at, s.Offset-seeks[0].Offset)
		}
		if len(starts) == 0 {
			return false, nil
		}
	}
	return true, nil
}

// keepShifted keeps those of starts, in their place, that are in at when moved
// by a distance. Both are in order.
func keepShifted(starts, at []int, distance int) []int {
	n, j := 0, 0
	for _, start := range starts {
		for j < len(at) && at[j] < start+distance {
			j++
		}
		if j < len(at) && at[j] == start+distance {
			starts[n] = start
			n++
		}
	}
	return starts[:n]
}

// places tells where something stands in one document after another.
type places struct {
	iterators []segment.PostingsIterator
	heads     []segment.Posting // nil at the end of an iterator
	buffer    []int
	length    uint64 // of the text that was last looked at
}

func (m *match) places(s lexis.Seek) (*places, error) {
	lists, err := m.lists(fieldText, s)
	if err != nil {
		return nil, err
	}
	p := &places{}
	for _, list := range lists {
		it := list.Iterator(true, true, true, nil)
		head, err := it.Next()
		if err != nil {
			return nil, fmt.Errorf("positions: %w", err)
		}
		p.iterators, p.heads = append(p.iterators, it), append(p.heads, head)
	}
	return p, nil
}

// at returns the positions in doc, in order and until the next call. It must be
// called with growing numbers.
func (p *places) at(doc uint32) ([]int, error) {
	p.buffer = p.buffer[:0]
	for i, head := range p.heads {
		if head != nil && head.Number() < uint64(doc) {
			var err error
			if head, err = p.iterators[i].Advance(uint64(doc)); err != nil {
				return nil, fmt.Errorf("positions: %w", err)
			}
			p.heads[i] = head
		}
		if head != nil && head.Number() == uint64(doc) {
			p.length = lengthOf(head)
			for _, l := range head.Locations() {
				p.buffer = append(p.buffer, int(l.Pos()))
			}
		}
	}
	if len(p.iterators) > 1 {
		slices.Sort(p.buffer)
	}
	return p.buffer, nil
}
