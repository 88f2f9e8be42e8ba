package blevesearch

import "slices"

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
			for _, u := range p.scored {
				if err := m.countInto(u, fieldText, counts); err != nil {
					return err
				}
			}
		}
	}
	kept := affordable(counts, rareWork)
	for _, p := range a.plans {
		p.keep(func(u unit) bool { return kept[u.number] > 0 })
	}
	return nil
}

// keep leaves out all words but some. What must be found as it was written
// stays.
func (p *plan) keep(some func(unit) bool) {
	gone := map[string]bool{}
	p.scored = slices.DeleteFunc(p.scored, func(u unit) bool {
		if !some(u) {
			gone[u.term] = true
		}
		return gone[u.term]
	})
	for i := range p.clauses {
		if c := &p.clauses[i]; !c.whole() {
			c.seeks = slices.DeleteFunc(c.seeks, func(s seek) bool { return gone[s.term] })
		}
	}
}
