package blevesearch

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A weightGroup is documents that stand for each other but for their words.
type weightGroup struct {
	docs    *roaring.Bitmap
	weight  float64 // what their weight multiplies scores by
	foreign bool    // not in the language of the reader, whom they serve all the same
}

// factor is what scores are multiplied by.
func (g weightGroup) factor() float64 {
	if g.foreign {
		return g.weight * lexis.ForeignFactor
	}
	return g.weight
}

// weightGroups divides documents by weight, the greatest first.
func (m *match) weightGroups(docs *roaring.Bitmap) ([]weightGroup, error) {
	var groups []weightGroup
	rest := docs
	err := m.each(m.ctx, fieldKey, keyWeight, func(term string) (bool, error) {
		b, err := m.having(fieldKey, term)
		if err != nil || b == nil {
			return true, err
		}
		if some := roaring.And(b, docs); !some.IsEmpty() {
			groups = append(groups, weightGroup{docs: some, weight: lexis.WeightFactor(stepOf(term))})
			rest = roaring.AndNot(rest, some)
		}
		return true, nil
	})
	groups = append(groups, weightGroup{docs: rest, weight: 1})
	slices.SortStableFunc(groups, func(a, b weightGroup) int { return cmp.Compare(b.weight, a.weight) })
	return groups, err
}

// factorGroups divides documents by weight and by whether they are in the
// reader's language, if that is known.
func (m *match) factorGroups(docs *roaring.Bitmap, locale string) ([]weightGroup, error) {
	groups, err := m.weightGroups(docs)
	if err != nil || locale == "" {
		return groups, err
	}
	own, err := m.having(fieldKey, keyOwn+lexis.Base(locale))
	if err != nil {
		return nil, err
	}
	if own == nil {
		own = roaring.New()
	}
	var out []weightGroup
	for _, g := range groups {
		if some := roaring.And(g.docs, own); !some.IsEmpty() {
			out = append(out, weightGroup{docs: some, weight: g.weight})
		}
		if some := roaring.AndNot(g.docs, own); !some.IsEmpty() {
			out = append(out, weightGroup{docs: some, weight: g.weight, foreign: true})
		}
	}
	slices.SortStableFunc(out, func(a, b weightGroup) int { return cmp.Compare(b.factor(), a.factor()) })
	return out, nil
}
