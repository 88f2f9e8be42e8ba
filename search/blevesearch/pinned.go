package blevesearch

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
)

// pin finds the groups that are pinned. Where words are required, only what has
// them is wanted, and that is found already.
func (m *match) pin(found *roaring.Bitmap) error {
	required := slices.ContainsFunc(m.query.Words, func(w search.Word) bool { return w.Required && !w.Exclude })
	for i, group := range m.query.Pinned {
		b, err := m.having(fieldKey, keyGroup+group)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if m.pinned == nil {
			m.pinned = map[uint32]int{}
		}
		for it := roaring.And(b, m.admitted).Iterator(); it.HasNext(); {
			doc := it.Next()
			if _, ok := m.pinned[doc]; !ok {
				m.pinned[doc] = i
			}
			if !required {
				found.Add(doc)
			}
		}
	}
	return nil
}

// grouped keeps those of the documents that are of the groups asked for.
func (m *match) grouped(docs *roaring.Bitmap) (*roaring.Bitmap, error) {
	if len(m.query.Groups) == 0 {
		return docs, nil
	}
	some := roaring.New()
	for _, group := range m.query.Groups {
		b, err := m.having(fieldKey, keyGroup+group)
		if err != nil {
			return nil, err
		}
		if b != nil {
			some.Or(b)
		}
	}
	some.And(docs)
	return some, nil
}

// pins takes what is pinned out of the hits, and returns both.
func (a *answer) pins() (pinned, rest []*roaring.Bitmap) {
	for i, m := range a.matches {
		if len(m.pinned) == 0 {
			pinned, rest = append(pinned, roaring.New()), append(rest, a.hits[i])
			continue
		}
		first := roaring.New()
		for doc := range m.pinned {
			first.Add(doc)
		}
		first.And(a.hits[i])
		pinned, rest = append(pinned, first), append(rest, roaring.AndNot(a.hits[i], first))
	}
	return pinned, rest
}

// place returns where a candidate is pinned, with whether it is.
func (c *candidate) place() (int, bool) {
	i, ok := c.pinned[c.doc]
	return i, ok
}

// inPlace sorts candidates that are pinned.
func inPlace(list []*candidate) {
	slices.SortStableFunc(list, func(a, b *candidate) int {
		i, _ := a.place()
		j, _ := b.place()
		return cmp.Compare(i, j)
	})
}
