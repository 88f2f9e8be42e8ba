package blevesearch

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// newest returns the limit newest of some documents of each match, of equals
// those with the smallest IDs. It finds them digit by digit: see timeNumber.
func newest(matches []*match, docs []*roaring.Bitmap, limit int) ([]*candidate, error) {
	chosen, tied, err := cutNewest(matches, docs, limit)
	if err != nil {
		return nil, err
	}
	t := &top{limit: limit - size(chosen)}
	for i, m := range matches {
		for it := tied[i].Iterator(); it.HasNext(); {
			t.offer(candidate{match: m, doc: it.Next(), score: 1, weightGroup: weightGroup{weight: 1}})
		}
	}
	out := t.best
	for i, m := range matches {
		for it := chosen[i].Iterator(); it.HasNext(); {
			out = append(out, &candidate{match: m, doc: it.Next(), score: 1, weightGroup: weightGroup{weight: 1}})
		}
	}
	if t.err != nil {
		return nil, t.err
	}
	return out, sortNewest(out)
}

func sortNewest(list []*candidate) error {
	for _, c := range list {
		if _, err := c.load(); err != nil {
			return err
		}
	}
	slices.SortFunc(list, func(a, b *candidate) int {
		return cmp.Or(b.document.UpdatedAt.Compare(a.document.UpdatedAt), cmp.Compare(a.key, b.key))
	})
	return nil
}

// cutNewest divides documents into the newest, of which there are at most
// limit, and those of one time of which some are missing from the limit.
func cutNewest(matches []*match, docs []*roaring.Bitmap, limit int) (chosen, tied []*roaring.Bitmap, err error) {
	chosen, tied = make([]*roaring.Bitmap, len(docs)), slices.Clone(docs)
	for i := range chosen {
		chosen[i] = roaring.New()
	}
	if size(docs) <= limit {
		return docs, chosen, nil
	}
	for place := timeDigits - 1; place >= 0; place-- {
		for digit := digitBase - 1; digit > 0; digit-- {
			later, earlier, err := split(matches, tied, digitKey(place, digit))
			if err != nil {
				return nil, nil, err
			}
			n := size(chosen) + size(later)
			if n > limit {
				tied = later
				break
			}
			for i := range chosen {
				chosen[i].Or(later[i])
			}
			if tied = earlier; n == limit {
				return chosen, empty(len(docs)), nil
			}
		}
	}
	return chosen, tied, nil
}

// split divides documents into those that have a key and those that have not.
func split(matches []*match, docs []*roaring.Bitmap, key string) (with, without []*roaring.Bitmap, err error) {
	for i, m := range matches {
		b, err := m.having(fieldKey, key)
		if err != nil {
			return nil, nil, err
		}
		if b == nil {
			with, without = append(with, roaring.New()), append(without, docs[i])
			continue
		}
		with, without = append(with, roaring.And(docs[i], b)), append(without, roaring.AndNot(docs[i], b))
	}
	return with, without, nil
}

func empty(n int) []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, n)
	for i := range out {
		out[i] = roaring.New()
	}
	return out
}

func size(sets []*roaring.Bitmap) (n int) {
	for _, s := range sets {
		n += int(s.GetCardinality())
	}
	return n
}
