package blevesearch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// sharpen raises the scores of the candidates at the top, which are in order, by
// what is too costly to look at for all that are found.
func (a *answer) sharpen(candidates []*candidate) error {
	if err := addNeighbours(candidates, a.ranking); err != nil {
		return err
	}
	for _, c := range candidates {
		c.score += c.near * c.factor()
	}
	if a.Rare {
		return nil // what follows reads texts, which takes longer than all else that is done for what is alike
	}
	read, err := a.readFirst(candidates)
	if err != nil {
		return err
	}
	for _, r := range read {
		if err := a.share(r); err != nil {
			return err
		}
	}
	for _, c := range candidates {
		c.score += (c.head + c.shared) * c.factor()
	}
	return nil
}

// readFirst reads the best candidates.
func (a *answer) readFirst(candidates []*candidate) (map[*plan]*digester, error) {
	best := slices.SortedStableFunc(slices.Values(candidates), func(x, y *candidate) int { return cmp.Compare(y.score, x.score) })
	digesters := map[*plan]*digester{}
	for _, c := range best[:min(readDepth, len(best))] {
		r := digesters[c.plan]
		if r == nil {
			r = newDigester(c.plan)
			digesters[c.plan] = r
		}
		if err := r.read(c, a.ranking); err != nil {
			return nil, err
		}
	}
	return digesters, nil
}

// A digester reads candidates in one language. Terms are numbers to it.
type digester struct {
	*plan
	numbers map[string]int
	terms   []string // by number
	digests []*digest
}

// A digest is the words of a candidate, stop words left out.
type digest struct {
	*candidate
	title []int // of the keywords as well
	text  []int // of all, as far as it is read

	titleLength int
}

// readBytes is how much of a body is read for what it has beside the query.
const readBytes = 2000

func newDigester(p *plan) *digester { return &digester{plan: p, numbers: map[string]int{}} }

// read reads a candidate, and says what its title adds.
func (r *digester) read(c *candidate, k *lexis.Ranking) error {
	d, err := c.load()
	if err != nil {
		return err
	}
	t := &digest{candidate: c}
	t.title = r.appendTerms(t.title, d.Title)
	t.titleLength = max(1, len(t.title))
	for _, word := range d.Keywords {
		t.title = r.appendTerms(t.title, word)
	}
	if c.head, err = r.heading(t, k); err != nil {
		return err
	}
	t.text = append(t.text, t.title...)
	if !strings.Contains(c.body, d.Summary) {
		t.text = r.appendTerms(t.text, d.Summary)
	}
	t.text = r.appendTerms(t.text, lexis.Cut(c.body, readBytes))
	r.digests = append(r.digests, t)
	return nil
}

func (r *digester) appendTerms(terms []int, text string) []int {
	r.Language.Words(lexis.ComposedForm(text), func(k lexis.Token, w lexis.Word) {
		if k.Last || w.Stop || w.Term == "" {
			return
		}
		n, ok := r.numbers[w.Term]
		if !ok {
			n = len(r.terms)
			r.numbers[w.Term], r.terms = n, append(r.terms, w.Term)
		}
		terms = append(terms, n)
	})
	return terms
}

// heading returns what a title adds that is about what was asked for and little
// else: the rarity of the words that are in it, by the share of it that they are.
func (r *digester) heading(t *digest, k *lexis.Ranking) (float64, error) {
	rarity, n := 0.0, 0
	for _, u := range r.Scored {
		if k.Title[u.Number] == 0 || !r.titled(t, u.Seek) {
			continue
		}
		if u.Within >= 0 {
			b, err := t.clause(&r.Clauses[u.Within])
			if err != nil {
				return 0, err
			}
			if !b.Contains(t.doc) {
				continue
			}
		}
		rarity += k.Title[u.Number]
		n++
	}
	return headWeight * rarity * min(1, float64(n)/float64(t.titleLength)), nil
}

// titled reports whether the title has what a seek looks for.
func (r *digester) titled(t *digest, s lexis.Seek) bool {
	for _, n := range t.title {
		if term := r.terms[n]; term == s.Term || s.Prefix && strings.HasPrefix(term, s.Term) {
			return true
		}
	}
	return false
}
