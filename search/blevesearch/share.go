package blevesearch

import (
	"cmp"
	"math"
	"slices"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// Words that the best documents share say what a question is about beside its
// own words: documents with these words rise. What the best documents are is
// settled by the words that were asked for.
const (
	shareWeight = 0.2 // of what they add
	shareLeast  = 10  // documents without which nothing is shared
	shareSteep  = 24  // power of a document's part of the best score that its words count with
	shareRead   = 40  // words whose rarity is looked up
	shareWords  = 20  // words that are used
	shareTitle  = 2.0 // what standing in the title makes of a word, beside standing in the text
)

// A sharedWord is one that several of the best documents have.
type sharedWord struct {
	number int
	docs   int
	weight float64
	rarity float64
}

// share says of candidates, best first, how much they have of what the best of them share.
func (a *answer) share(r *digester) error {
	if len(r.digests) < shareLeast {
		return nil
	}
	words, err := a.weigh(r, r.sharedWords())
	if err != nil || len(words) == 0 {
		return err
	}
	places, weight := make([]int, len(r.terms)), shareWeight*r.asked(a.ranking)
	for i, w := range words {
		places[w.number] = i + 1
	}
	for _, t := range r.digests {
		t.candidate.shared = weight * t.sharing(words, places)
	}
	return nil
}

// sharedWords returns words that more than one of the best documents has and
// that were not asked for, those first that are used most in the best.
func (r *digester) sharedWords() []*sharedWord {
	best := r.digests
	words, counts := make([]sharedWord, len(r.terms)), make([]int, len(r.terms))
	for _, t := range best {
		part := math.Pow(t.score/best[0].score, shareSteep)
		t.each(t.text, counts, func(number, n int) {
			words[number].docs++
			words[number].weight += part * t.inText(n)
		})
		t.each(t.title, counts, func(number, n int) { words[number].weight += part * shareTitle * t.inTitle(n) })
	}
	r.eachSought(func(term string) {
		if number, ok := r.numbers[term]; ok {
			words[number].docs = 0
		}
	})
	var out []*sharedWord
	for number := range words {
		if w := &words[number]; w.docs > 1 && w.weight > 0 {
			w.number = number
			out = append(out, w)
		}
	}
	slices.SortFunc(out, r.byWeight)
	return out[:min(shareRead, len(out))]
}

// eachSought calls f with each term that a plan looks for.
func (p *plan) eachSought(f func(term string)) {
	for _, u := range p.Scored {
		f(u.Term)
	}
	lexis.EachChoice(p.Choices, func(c *lexis.Choice) {
		for _, o := range c.Others {
			for _, s := range o.Seeks {
				f(s.Term)
			}
		}
	})
}

func (r *digester) byWeight(a, b *sharedWord) int {
	return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(r.terms[a.number], r.terms[b.number]))
}

// each calls f with each term and how often it is there. The counts are 0 before
// and after.
func (t *digest) each(terms, counts []int, f func(number, n int)) {
	for _, number := range terms {
		counts[number]++
	}
	for _, number := range terms {
		if n := counts[number]; n > 0 {
			f(number, n)
			counts[number] = 0
		}
	}
}

// weigh returns the words that say most, with weights that add up to one. How
// rare they are is counted among the documents that the asker may see.
func (a *answer) weigh(r *digester, words []*sharedWord) ([]*sharedWord, error) {
	for _, w := range words {
		var err error
		if w.rarity, err = a.census.rarity(r.terms[w.number], func() (int, error) { return a.having(r.terms[w.number]) }); err != nil {
			return nil, err
		}
		w.weight *= w.rarity
	}
	slices.SortFunc(words, r.byWeight)
	words = words[:min(shareWords, len(words))]
	sum := 0.0
	for _, w := range words {
		sum += w.weight
	}
	for _, w := range words {
		w.weight /= sum
	}
	return words, nil
}

// having returns how many of the admitted documents have a term.
func (a *answer) having(term string) (n int, err error) {
	for _, m := range a.matches {
		some, err := m.count(fieldText, term)
		if err != nil {
			return 0, err
		}
		n += some
	}
	return n, nil
}

// asked returns how many words a plan scores.
func (p *plan) asked(r *lexis.Ranking) float64 {
	n := 0.0
	for _, u := range p.Scored {
		if r.Text[u.Number] > 0 {
			n++
		}
	}
	return n
}

// sharing returns how much of some words a document has, which are at their
// places less one.
func (t *digest) sharing(words []*sharedWord, places []int) float64 {
	var inText, inTitle [shareWords]int
	for _, number := range t.text {
		if i := places[number]; i > 0 {
			inText[i-1]++
		}
	}
	for _, number := range t.title {
		if i := places[number]; i > 0 {
			inTitle[i-1]++
		}
	}
	sum := 0.0
	for i, w := range words {
		sum += w.weight * w.rarity * (t.inText(inText[i]) + lexis.TitleWeight*t.inTitle(inTitle[i]))
	}
	return sum
}

func (t *digest) inText(n int) float64 {
	return contribution{weight: 1, b: lexis.TextB, average: t.plan.average[fieldText]}.of(uint64(n), uint64(max(1, len(t.text))))
}

func (t *digest) inTitle(n int) float64 {
	return contribution{weight: 1, b: lexis.TitleB, average: t.plan.average[fieldTitle]}.of(uint64(n), uint64(t.titleLength))
}
