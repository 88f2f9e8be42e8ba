package blevesearch

import (
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// phrase returns the admitted documents in which the seeks of a clause stand
// next to each other. The bitmap is not to be changed.
func (m *match) phrase(c *clause) (*roaring.Bitmap, error) {
	if b, ok := m.phrases[c]; ok {
		return b, nil
	}
	candidates := m.admitted.Clone()
	for _, s := range c.seeks {
		b, err := m.find(fieldText, s)
		if err != nil {
			return nil, err
		}
		if b == nil {
			b = roaring.New()
		}
		candidates.And(b)
	}
	found, err := m.verify(c, candidates)
	m.phrases[c] = found
	return found, err
}

func (m *match) verify(c *clause, candidates *roaring.Bitmap) (*roaring.Bitmap, error) {
	found := roaring.New()
	if candidates.IsEmpty() {
		return found, nil
	}
	places := make([]*places, len(c.seeks))
	for i, s := range c.seeks {
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
		ok, err := adjacent(c.seeks, places, doc)
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
func adjacent(seeks []seek, places []*places, doc uint32) (bool, error) {
	var starts []int
	for i, s := range seeks {
		at, err := places[i].at(doc)
		if err != nil {
			return false, err
		}
		if i == 0 {
			starts = append(starts, at...)
			continue
		}
		starts = slices.DeleteFunc(starts, func(start int) bool {
			_, ok := slices.BinarySearch(at, start+s.offset-seeks[0].offset)
			return !ok
		})
		if len(starts) == 0 {
			return false, nil
		}
	}
	return len(starts) > 0, nil
}

// places tells where something stands in one document after another.
type places struct {
	iterators []segment.PostingsIterator
	heads     []segment.Posting // nil at the end of an iterator
	buffer    []int
	length    uint64 // of the text that was last looked at
}

func (m *match) places(s seek) (*places, error) {
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
	slices.Sort(p.buffer)
	return p.buffer, nil
}
