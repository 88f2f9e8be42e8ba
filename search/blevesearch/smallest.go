package blevesearch

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// scored reports whether there is anything that scores can come from.
func (a *answer) scored() bool {
	return slices.ContainsFunc(a.plans, func(p *plan) bool { return len(p.Scored) > 0 || len(p.Choices) > 0 })
}

// smallest returns n of some hits of a request that looks for nothing, so that all are
// as good as their weights and languages: equals come by ID.
func (a *answer) smallest(hits []*roaring.Bitmap, n int) ([]*candidate, error) {
	byFactor := map[float64][]*roaring.Bitmap{}
	for i, m := range a.matches {
		groups, err := m.factorGroups(hits[i], a.Locale)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			f := g.factor()
			if byFactor[f] == nil {
				byFactor[f] = empty(len(a.matches))
			}
			byFactor[f][i] = roaring.Or(byFactor[f][i], g.docs)
		}
	}
	factors := make([]float64, 0, len(byFactor))
	for f := range byFactor {
		factors = append(factors, f)
	}
	slices.SortFunc(factors, func(x, y float64) int { return cmp.Compare(y, x) })
	var out []*candidate
	for _, f := range factors {
		if len(out) >= n {
			break
		}
		found, err := smallestIDs(a.ctx, a.matches, byFactor[f], n-len(out))
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			c.score = f
		}
		out = append(out, found...)
	}
	return out, nil
}

// maxRead is how many IDs are read rather than looked up in their order.
const maxRead = 5000

// smallestIDs returns the n documents with the smallest IDs.
func smallestIDs(ctx context.Context, matches []*match, docs []*roaring.Bitmap, n int) ([]*candidate, error) {
	t := &top{limit: n}
	for i, m := range matches {
		some := docs[i]
		if some.GetCardinality() > maxRead {
			first, err := m.firstIDs(ctx, some, n)
			if err != nil {
				return nil, err
			}
			some = first
		}
		for it := some.Iterator(); it.HasNext(); {
			t.offer(candidate{match: m, doc: it.Next()})
		}
	}
	return t.sorted()
}

// firstIDs returns n of the documents by walking along the sorted IDs or, if
// these documents hide among too many others, all.
func (p *part) firstIDs(ctx context.Context, docs *roaring.Bitmap, n int) (*roaring.Bitmap, error) {
	found, steps := roaring.New(), 0
	err := p.each(ctx, "_id", "", func(id string) (bool, error) {
		steps++
		b, err := p.having("_id", id)
		if err != nil || b == nil {
			return true, err
		}
		found.Or(roaring.And(b, docs))
		return int(found.GetCardinality()) < n && steps < 20*n+maxRead, nil
	})
	if err != nil || int(found.GetCardinality()) >= n {
		return found, err
	}
	return docs, nil
}
