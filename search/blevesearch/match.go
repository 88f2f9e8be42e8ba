package blevesearch

import (
	"cmp"
	"context"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A match is what a query finds in one part.
type match struct {
	*part
	ctx     context.Context
	query   *query
	lookups map[lookup]*roaring.Bitmap
	phrases map[*lexis.Clause]*roaring.Bitmap
	pinned  map[uint32]int // admitted documents of the groups that are pinned, with the places of these
}

type lookup struct {
	field, term string
	prefix      bool
}

func newMatch(ctx context.Context, p *part, q *query) *match {
	return &match{
		part: p, ctx: ctx, query: q, lookups: map[lookup]*roaring.Bitmap{}, phrases: map[*lexis.Clause]*roaring.Bitmap{},
	}
}

// lists returns the postings of whatever a seek looks for in a field.
func (m *match) lists(field string, s lexis.Seek) ([]segment.PostingsList, error) {
	if !s.Prefix {
		list, err := m.postings(field, s.Term)
		if err != nil || list.Count() == 0 {
			return nil, err
		}
		return []segment.PostingsList{list}, nil
	}
	var lists []segment.PostingsList
	err := m.each(m.ctx, field, s.Term, func(term string) (bool, error) {
		list, err := m.postings(field, term)
		lists = append(lists, list)
		return true, err
	})
	return lists, err
}

// find returns who has what a seek looks for, the unadmitted included. The
// bitmap is not to be changed.
func (m *match) find(field string, s lexis.Seek) (*roaring.Bitmap, error) {
	key := lookup{field, s.Term, s.Prefix}
	if b, ok := m.lookups[key]; ok {
		return b, nil
	}
	lists, err := m.lists(field, s)
	if err != nil {
		return nil, err
	}
	var found *roaring.Bitmap
	for _, list := range lists {
		b := members(list)
		if b == nil {
			continue
		}
		if found == nil && len(lists) == 1 {
			found = b
			break
		}
		if found == nil {
			found = roaring.New()
		}
		found.Or(b)
	}
	m.lookups[key] = found
	return found, nil
}

// found returns the admitted documents that the query finds, before filters.
func (m *match) found() (*roaring.Bitmap, error) {
	var all, excluded *roaring.Bitmap
	if !m.query.wants() {
		all = m.admitted.Clone()
	} else {
		all = roaring.New()
	}
	if err := m.pin(all); err != nil {
		return nil, err
	}
	excluded = roaring.New()
	for _, p := range m.query.plans {
		if err := m.exclude(p, excluded); err != nil {
			return nil, err
		}
		if !m.query.wants() {
			continue
		}
		b, err := m.wanted(p)
		if err != nil {
			return nil, err
		}
		all.Or(b)
	}
	all.AndNot(excluded)
	return m.grouped(all)
}

// wants reports whether anything is looked for, and not only excluded.
func (q *query) wants() bool {
	for _, w := range q.Words {
		if !w.Exclude {
			return true
		}
	}
	return false
}

func (m *match) exclude(p *plan, excluded *roaring.Bitmap) error {
	for i := range p.Clauses {
		if c := &p.Clauses[i]; c.Exclude {
			b, err := m.clause(c)
			if err != nil {
				return err
			}
			excluded.Or(b)
		}
	}
	return nil
}

// wanted returns the admitted documents of a language with all required
// clauses or, if there are none, with any clause.
func (m *match) wanted(p *plan) (*roaring.Bitmap, error) {
	var required *roaring.Bitmap
	var optional []*roaring.Bitmap
	for i := range p.Clauses {
		c := &p.Clauses[i]
		if c.Exclude {
			continue
		}
		if !c.Required {
			some, err := m.any(c)
			if err != nil {
				return nil, err
			}
			optional = append(optional, some...)
			continue
		}
		b, err := m.clause(c)
		switch {
		case err != nil:
			return nil, err
		case required == nil:
			required = b.Clone()
		default:
			required.And(b)
		}
	}
	if required != nil {
		return required, nil
	}
	others, err := m.others(p)
	if err != nil {
		return nil, err
	}
	found := roaring.FastOr(append(optional, others...)...)
	found.And(m.admitted)
	return found, nil
}

// others returns documents that together are those with an alternative, the
// unadmitted included. The bitmaps are not to be changed.
func (m *match) others(p *plan) (found []*roaring.Bitmap, err error) {
	lexis.EachChoice(p.Choices, func(c *lexis.Choice) {
		for _, o := range c.Others {
			some, failed := m.any(&o.Clause)
			err = cmp.Or(err, failed)
			found = append(found, some...)
		}
	})
	return found, err
}

// any returns documents that together are those with a clause, the unadmitted
// included. The bitmaps are not to be changed.
func (m *match) any(c *lexis.Clause) ([]*roaring.Bitmap, error) {
	if c.Whole() && len(c.Seeks) > 1 {
		b, err := m.phrase(c)
		return []*roaring.Bitmap{b}, err
	}
	var found []*roaring.Bitmap
	for _, s := range c.Seeks {
		b, err := m.find(fieldText, s)
		if err != nil {
			return nil, err
		}
		if b != nil {
			found = append(found, b)
		}
	}
	return found, nil
}

// clause returns the admitted documents that have a clause. The bitmap is not
// to be changed.
func (m *match) clause(c *lexis.Clause) (*roaring.Bitmap, error) {
	if c.Whole() && len(c.Seeks) > 1 {
		return m.phrase(c)
	}
	some, err := m.any(c)
	if err != nil {
		return nil, err
	}
	found := roaring.FastOr(some...)
	found.And(m.admitted)
	return found, nil
}
