package blevesearch

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A candidate is a document on its way to becoming a hit.
type candidate struct {
	*match
	doc   uint32
	plan  *plan // of its language, nil if nothing was looked for
	score float64
	weightGroup

	near   float64 // what neighbouring words add to the score,
	head   float64 // the title,
	shared float64 // and words that the best documents share, each before the factor

	key      string           // ID, once it was needed
	document *search.Document // once it was needed
	body     string
}

// identify returns the candidate's ID.
func (c *candidate) identify() (string, error) {
	if c.key == "" {
		id, err := c.id(c.doc)
		if err != nil {
			return "", err
		}
		c.key = id
	}
	return c.key, nil
}

// load reads the candidate's document.
func (c *candidate) load() (*search.Document, error) {
	if c.document == nil {
		d, body, err := c.read(c.doc)
		if err != nil {
			return nil, err
		}
		c.document, c.body, c.key = &d, body, d.ID
	}
	return c.document, nil
}

// top keeps the best candidates. IDs are read only where they decide.
type top struct {
	limit int
	best  []*candidate // a heap, the worst first
	err   error        // the first one met when comparing
}

// before reports whether a comes before b: by score or, of equals, by ID.
func (t *top) before(a, b *candidate) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	x, errX := a.identify()
	y, errY := b.identify()
	t.err = cmp.Or(t.err, errX, errY)
	return x < y
}

func (t *top) Len() int           { return len(t.best) }
func (t *top) Less(i, j int) bool { return t.before(t.best[j], t.best[i]) }
func (t *top) Swap(i, j int)      { t.best[i], t.best[j] = t.best[j], t.best[i] }
func (t *top) Push(c any)         { t.best = append(t.best, c.(*candidate)) }
func (t *top) Pop() any {
	last := t.best[len(t.best)-1]
	t.best = t.best[:len(t.best)-1]
	return last
}

// offer takes c if it is among the best.
func (t *top) offer(c candidate) {
	switch {
	case t.limit <= 0:
	case len(t.best) < t.limit:
		heap.Push(t, &c)
	case t.before(&c, t.best[0]):
		t.best[0] = &c
		heap.Fix(t, 0)
	}
}

// hopeless reports whether a score is too low for the best.
func (t *top) hopeless(score float64) bool {
	return t.limit <= 0 || len(t.best) == t.limit && score < t.best[0].score
}

// sorted returns the candidates, best first.
func (t *top) sorted() ([]*candidate, error) {
	t.sort(t.best)
	return t.best, t.err
}

func (t *top) sort(list []*candidate) {
	slices.SortFunc(list, func(a, b *candidate) int {
		if t.before(a, b) {
			return -1
		}
		return 1
	})
}

// offerScored offers the documents of hits with their scores.
func (m *match) offerScored(hits *roaring.Bitmap, s *sums, r *lexis.Ranking, t *top) error {
	groups, err := m.factorGroups(hits, m.query.Locale)
	if err != nil {
		return err
	}
	for _, p := range m.query.plans {
		language, err := m.having(fieldKey, keyLanguage+p.Code)
		if err != nil || language == nil {
			if err != nil {
				return err
			}
			continue
		}
		possible := p.Possible(r)
		for _, g := range groups {
			docs := g.docs
			if len(m.query.plans) > 1 {
				docs = roaring.And(docs, language)
			}
			for it := docs.Iterator(); it.HasNext(); {
				doc := it.Next()
				if score := s.finish(doc, possible, g.factor()); !t.hopeless(score) {
					t.offer(candidate{match: m, doc: doc, plan: p, score: score, weightGroup: g})
				}
			}
		}
	}
	return nil
}
