package blevesearch

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// An answer is a request being answered over one view.
type answer struct {
	*query
	ctx     context.Context
	library lexis.Library
	census  *census
	matches []*match
	hits    []*roaring.Bitmap // by part
	ranking *lexis.Ranking    // nil if the order does not depend on it
}

// answer answers a request.
func (x *Index) answer(ctx context.Context, v *view, r search.Request) (search.Response, error) {
	parts := v.open()
	c, err := v.take(ctx, x.library, parts, r.Sight, r.Locale)
	if err != nil {
		return search.Response{}, err
	}
	q, err := newQuery(r, c)
	if err != nil {
		return search.Response{}, err
	}
	a := &answer{query: q, ctx: ctx, library: x.library, census: c}
	for _, p := range parts {
		a.matches = append(a.matches, newMatch(ctx, p, q))
	}
	if err := a.loosen(); err != nil {
		return search.Response{}, err
	}
	if err := a.narrow(); err != nil {
		return search.Response{}, err
	}
	var resp search.Response
	if err := a.collect(&resp); err != nil {
		return search.Response{}, err
	}
	found, err := a.order()
	if err != nil {
		return search.Response{}, err
	}
	if resp.Hits, err = a.show(found); err != nil {
		return search.Response{}, err
	}
	if r.Correct {
		resp.Corrected, err = x.correct(a)
	}
	return resp, err
}

// collect finds all hits and counts them.
func (a *answer) collect(resp *search.Response) error {
	counts := map[string]map[string]int{}
	for _, name := range a.Facets {
		counts[name] = map[string]int{}
	}
	for _, m := range a.matches {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		found, err := m.found()
		if err != nil {
			return err
		}
		filters, err := m.filters()
		if err != nil {
			return err
		}
		hits := pass(found, filters, "")
		a.hits = append(a.hits, hits)
		resp.Total += int(hits.GetCardinality())
		for name := range counts {
			if err := m.tally(name, pass(found, filters, name), counts[name]); err != nil {
				return err
			}
		}
	}
	if len(counts) > 0 {
		resp.Facets = map[string][]search.FacetCount{}
		for name := range counts {
			resp.Facets[name] = facetCounts(counts[name])
		}
	}
	return nil
}

// order returns the hits of the page in their order.
func (a *answer) order() ([]*candidate, error) {
	offset, limit := max(a.Offset, 0), max(a.Limit, 0)
	if limit == 0 {
		return nil, nil
	}
	var best []*candidate
	var err error
	if a.Sort == search.SortUpdated {
		best, err = newest(a.matches, a.hits, offset+limit)
	} else {
		best, err = a.pinnedFirst(offset + limit)
	}
	if err != nil {
		return nil, err
	}
	return best[min(offset, len(best)):min(offset+limit, len(best))], nil
}

// pinnedFirst returns the n first hits: those that are pinned, then the most
// relevant.
func (a *answer) pinnedFirst(n int) ([]*candidate, error) {
	r, err := rank(a.matches, a.query, a.census)
	if err != nil {
		return nil, err
	}
	a.ranking = r
	if len(a.Pinned) == 0 {
		return a.relevant(a.hits, n, 0)
	}
	first, rest := a.pins()
	best, err := a.relevant(first, size(first), 0)
	if err != nil {
		return nil, err
	}
	inPlace(best)
	others, err := a.relevant(rest, max(n-len(best), 0), len(best))
	return append(best, others...), err
}

// relevant returns the n most relevant of some hits, or more, which come after a
// number of others.
func (a *answer) relevant(hits []*roaring.Bitmap, n, after int) ([]*candidate, error) {
	if !a.scored() {
		return a.smallest(hits, n)
	}
	r, t := a.ranking, &top{limit: max(n, depth)}
	for i, m := range a.matches {
		if hits[i].IsEmpty() {
			continue
		}
		if err := m.offerAll(hits[i], r, t); err != nil {
			return nil, err
		}
	}
	best, err := t.sorted()
	if err != nil {
		return nil, err
	}
	if a.Offset-after >= depth {
		return best, nil // what is sharpened changes places among itself
	}
	first := best[:min(depth, len(best))]
	if err := a.sharpen(first); err != nil {
		return nil, err
	}
	t.sort(first)
	return best, t.err
}

// offerAll scores the hits of a part and offers them.
func (m *match) offerAll(hits *roaring.Bitmap, r *lexis.Ranking, t *top) error {
	s, err := m.score(r)
	if err != nil {
		return err
	}
	defer s.release()
	return m.offerScored(hits, s, r, t)
}

// show reads the documents of candidates.
func (a *answer) show(found []*candidate) ([]search.Hit, error) {
	var hits []search.Hit
	markers := map[string]*lexis.Marker{}
	var rarity []float64
	if a.ranking != nil {
		rarity = a.ranking.Text
	}
	for _, p := range a.plans {
		markers[p.Code] = lexis.NewMarker(p.Reading, rarity)
	}
	for i, c := range found {
		d, err := c.load()
		if err != nil {
			return nil, err
		}
		h := search.Hit{Document: *d, Score: c.score, Rank: max(a.Offset, 0) + i + 1}
		m := markers[a.library.Of(d.Locale).Code]
		_, h.Pinned = c.place()
		h.Titles, h.Snippet = m.Title(d.Title), m.Snippet(c.body, d.Summary, a.Snippet)
		if a.Explain {
			if h.Explain, err = a.explain(c); err != nil {
				return nil, err
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// read returns a stored document and its body.
func (p *part) read(doc uint32) (search.Document, string, error) {
	stored, body, err := p.stored(doc)
	if err != nil {
		return search.Document{}, "", err
	}
	var d search.Document
	if err := json.Unmarshal([]byte(stored), &d); err != nil {
		return search.Document{}, "", fmt.Errorf("stored document: %w", err)
	}
	return d, body, nil
}
