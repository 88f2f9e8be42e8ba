package blevesearch

import (
	"cmp"
	"slices"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A pair is two words that are neighbours in a query, but for stop words.
type pair struct {
	first, second string // terms
	distance      int    // positions between them in the query
	rarity        float64
}

// pairs returns the neighbours in a plan.
func (p *plan) pairs(r *lexis.Ranking) []pair {
	numbers := map[string]int{}
	for _, u := range p.Scored {
		numbers[u.Term] = u.Number
	}
	var words []lexis.Seek
	for _, c := range p.Clauses {
		for _, s := range c.Seeks {
			if _, ok := numbers[s.Term]; ok && !c.Exclude && !s.Prefix {
				words = append(words, s)
			}
		}
	}
	var out []pair
	for i := 1; i < len(words); i++ {
		a, b := words[i-1], words[i]
		rarity := min(r.Text[numbers[a.Term]], r.Text[numbers[b.Term]])
		if distance := b.Place - a.Place; a.Term != b.Term && distance <= lexis.MaxDistance && rarity > 0 {
			out = append(out, pair{a.Term, b.Term, distance, rarity})
		}
	}
	return out
}

// addNeighbours says of candidates how much neighbours in the query are
// neighbours in the text.
func addNeighbours(candidates []*candidate, r *lexis.Ranking) error {
	sorted := slices.SortedFunc(slices.Values(candidates), func(a, b *candidate) int { return cmp.Compare(a.doc, b.doc) })
	readers := map[*match]map[*plan]*pairReader{}
	for _, c := range sorted {
		if readers[c.match] == nil {
			readers[c.match] = map[*plan]*pairReader{}
		}
		reader := readers[c.match][c.plan]
		if reader == nil {
			reader = &pairReader{match: c.match, plan: c.plan, pairs: c.plan.pairs(r), places: map[string]*places{}}
			readers[c.match][c.plan] = reader
		}
		bonus, err := reader.bonus(c.doc)
		if err != nil {
			return err
		}
		c.near = pairWeight * bonus
	}
	return nil
}

// A pairReader reads where the words of pairs stand in one part.
type pairReader struct {
	*match
	plan   *plan
	pairs  []pair
	places map[string]*places
}

func (r *pairReader) bonus(doc uint32) (float64, error) {
	sum := 0.0
	for _, p := range r.pairs {
		n, length, err := r.near(p, doc)
		if err != nil {
			return 0, err
		}
		sum += contribution{weight: p.rarity, b: lexis.TextB, average: r.plan.average[fieldText]}.of(uint64(n), length)
	}
	return sum, nil
}

// near returns how often the words of a pair stand as near to each other in the
// document as in the query.
func (r *pairReader) near(p pair, doc uint32) (n int, length uint64, err error) {
	first, _, err := r.at(p.first, doc)
	if err != nil || len(first) == 0 {
		return 0, 0, err
	}
	second, length, err := r.at(p.second, doc)
	if err != nil {
		return 0, 0, err
	}
	from := 0
	for _, at := range first {
		for from < len(second) && second[from] < at-p.distance {
			from++
		}
		for _, other := range second[from:] {
			if other > at+p.distance {
				break
			}
			n++
		}
	}
	return n, length, nil
}

func (r *pairReader) at(term string, doc uint32) ([]int, uint64, error) {
	p := r.places[term]
	if p == nil {
		var err error
		if p, err = r.match.places(lexis.Seek{Term: term}); err != nil {
			return nil, 0, err
		}
		r.places[term] = p
	}
	at, err := p.at(doc)
	return at, p.length, err
}
