package blevesearch

import "github.com/stoa-go/stoa/search/internal/lexis"

// rareWork is how many occurrences of words decide about a request that looks
// for rare words only, whatever the size of the index.
const rareWork = 5_000

// narrow gives up the common words of a request that looks for rare ones: it
// keeps the rarest that is anywhere, and more as long as they cost little.
func (a *answer) narrow() error {
	if !a.Rare {
		return nil
	}
	counts := make([]int, a.units)
	for _, m := range a.matches {
		for _, p := range a.plans {
			for _, u := range p.Scored {
				if err := m.countInto(u, fieldText, counts); err != nil {
					return err
				}
			}
		}
	}
	kept := affordable(counts, rareWork)
	for _, p := range a.plans {
		p.Keep(func(u lexis.Unit) bool { return counts[u.Number] == 0 || kept[u.Number] > 0 })
	}
	return nil
}
