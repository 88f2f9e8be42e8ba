package blevesearch

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
)

// filters returns the documents that pass the filter of each facet.
func (m *match) filters() (map[string]*roaring.Bitmap, error) {
	out := map[string]*roaring.Bitmap{}
	for name, values := range m.query.Filters {
		passed := roaring.New()
		for _, v := range values {
			b, err := m.having(fieldKey, facetPrefix(name)+v)
			if err != nil {
				return nil, err
			}
			if b != nil {
				passed.Or(b)
			}
		}
		out[name] = passed
	}
	return out, nil
}

// pass returns those of docs that pass all filters but that of one facet.
func pass(docs *roaring.Bitmap, filters map[string]*roaring.Bitmap, but string) *roaring.Bitmap {
	for name, passed := range filters {
		if name != but {
			docs = roaring.And(docs, passed)
		}
	}
	return docs
}

// tally counts the values of a facet in docs.
func (m *match) tally(name string, docs *roaring.Bitmap, counts map[string]int) error {
	if docs.IsEmpty() {
		return nil
	}
	prefix := facetPrefix(name)
	return m.each(m.ctx, fieldKey, prefix, func(term string) (bool, error) {
		b, err := m.having(fieldKey, term)
		if err != nil || b == nil {
			return true, err
		}
		if n := b.AndCardinality(docs); n > 0 {
			counts[term[len(prefix):]] += int(n)
		}
		return true, nil
	})
}

// facetCounts returns counts, most frequent first, then by value.
func facetCounts(counts map[string]int) []search.FacetCount {
	out := make([]search.FacetCount, 0, len(counts))
	for v, n := range counts {
		out = append(out, search.FacetCount{Value: v, Count: n})
	}
	slices.SortFunc(out, func(a, b search.FacetCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}
