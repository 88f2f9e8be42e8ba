package opensearchsearch

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// window is how many hits a server pages through.
const window = 10_000

// Search implements [search.Index].
func (x *Index) Search(ctx context.Context, r search.Request) (resp search.Response, err error) {
	err = x.bounded(ctx, func(ctx context.Context) error {
		s, err := x.scope(ctx, r.Sight, r.Locale)
		if err != nil {
			return err
		}
		c, err := x.census(ctx, s, r)
		if err != nil {
			return err
		}
		if resp, err = x.find(ctx, c, r); err != nil || !r.Correct {
			return err
		}
		resp.Corrected, err = x.correct(ctx, c, r)
		return err
	})
	return resp, err
}

// find asks for a page of hits with all that is counted beside it, at once: so
// they are of one state of the index.
func (x *Index) find(ctx context.Context, c *census, r search.Request) (search.Response, error) {
	p := pageOf(c, r)
	body := object{
		"from": p.from, "size": p.size, "track_total_hits": true, "track_scores": true, "query": c.request(r),
		"sort": []object{{"_score": "desc"}, {fieldID: "asc"}}, "_source": source(r),
	}
	if r.Sort == search.SortUpdated {
		body["sort"] = []object{{fieldUpdated: "desc"}, {fieldID: "asc"}}
	}
	if len(r.Filters) > 0 {
		body["post_filter"] = filtered(passing(r.Filters, noFacet)...)
	}
	if len(r.Facets) > 0 {
		body["aggs"] = facetCounters(r)
	}
	got, err := x.ask(ctx, x.name, body)
	if err != nil {
		return search.Response{}, err
	}
	resp := search.Response{Total: got.Hits.Total.Value}
	if resp.Facets, err = facets(got, r.Facets); err != nil {
		return search.Response{}, err
	}
	resp.Hits, err = x.show(c, r, p.of(r, got.Hits.Hits))
	return resp, err
}

// source says what of a document is to be sent.
func source(r search.Request) object {
	out := object{"includes": []string{fieldDoc}}
	if r.Snippet <= 0 && !r.Explain {
		out["excludes"] = []string{fieldDoc + ".body"}
	}
	return out
}

// A page is what is asked for to show a page of hits. What is pinned is asked for
// all at once, as it has an order that the server does not know.
type page struct{ from, size, offset, limit, pinned int }

func pageOf(c *census, r search.Request) page {
	p := page{offset: max(r.Offset, 0), limit: max(r.Limit, 0)}
	if r.Sort == search.SortRelevance {
		p.pinned = c.pinned
	}
	p.from, p.size = p.offset, p.limit
	if p.offset < p.pinned {
		p.from, p.size = 0, max(p.offset+p.limit, p.pinned)
	}
	p.from = min(p.from, window)
	p.size = min(p.size, window-p.from)
	return p
}

// of returns the hits of the page.
func (p page) of(r search.Request, hits []hit) []hit {
	if p.pinned == 0 || p.from > 0 {
		return hits[:min(len(hits), p.limit)]
	}
	place := func(h hit) int {
		if i := slices.Index(r.Pinned, h.group()); i >= 0 {
			return i
		}
		return len(r.Pinned)
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(place(a), place(b)) })
	return hits[min(p.offset, len(hits)):min(p.offset+p.limit, len(hits))]
}

func (h hit) group() string {
	if h.Source.Doc == nil {
		return ""
	}
	return h.Source.Doc.Document.Group
}

// noFacet is a name that no facet has.
const noFacet = "\x00"

// passing returns the filters of a request but that of one facet.
func passing(filters map[string][]string, but string) (out []object) {
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if name == but {
			continue
		}
		var accepted []string
		for _, value := range filters[name] {
			accepted = append(accepted, facetKey(name, value))
		}
		out = append(out, terms(fieldFacets, accepted...))
	}
	return out
}

const (
	maxValues   = 10_000 // values of a facet that are counted
	countValues = "values"
)

// facetCounters returns what counts the values of facets, each over what passes
// the filters of the others.
func facetCounters(r search.Request) object {
	out := object{}
	for i, name := range r.Facets {
		passes := object{"bool": object{"filter": append([]object{{"match_all": object{}}}, passing(r.Filters, name)...)}}
		values := object{"terms": object{
			"field": fieldFacets, "size": maxValues, "include": facetName(name) + ".*",
			"order": []object{{"_count": "desc"}, {"_key": "asc"}},
		}}
		out[countOf("facet", i)] = object{"filter": passes, "aggs": object{countValues: values}}
	}
	return out
}

func facets(got *answer, names []string) (map[string][]search.FacetCount, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out := map[string][]search.FacetCount{}
	for i, name := range names {
		counted, err := got.aggregation(countOf("facet", i))
		if err == nil && counted.Values == nil {
			err = errNotCounted
		}
		if err != nil {
			return nil, err
		}
		out[name] = []search.FacetCount{}
		for _, b := range counted.Values.Buckets {
			out[name] = append(out[name], search.FacetCount{Value: b.Key[min(len(facetName(name)), len(b.Key)):], Count: b.Count})
		}
		slices.SortFunc(out[name], func(a, b search.FacetCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
	}
	return out, nil
}

// show makes hits of what the server sent.
func (x *Index) show(c *census, r search.Request, found []hit) ([]search.Hit, error) {
	markers := map[string]*lexis.Marker{}
	for _, p := range c.readings {
		markers[p.Spoken.Code] = lexis.NewMarker(p, c.ranking.Text)
	}
	var hits []search.Hit
	for i, f := range found {
		if f.Source.Doc == nil {
			return nil, errNoDocument
		}
		d, body := f.Source.Doc.Document, f.Source.Doc.Body
		h := search.Hit{Document: d, Score: f.Score, Rank: max(r.Offset, 0) + i + 1, Pinned: slices.Contains(r.Pinned, d.Group)}
		factors := c.factors(r, d)
		if h.Pinned {
			h.Score = unpinned(r, h.Score, factors)
		}
		code := x.library.Of(d.Locale).Code
		m := markers[code]
		h.Titles, h.Snippet = m.Title(d.Title), m.Snippet(body, d.Summary, r.Snippet)
		if r.Explain {
			h.Explain = x.explain(c, code, d, body, factors)
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// factors returns what the score of a document is multiplied by.
func (c *census) factors(r search.Request, d search.Document) []search.Reason {
	var out []search.Reason
	if step := lexis.WeightStep(d.Weight); step != 0 {
		out = append(out, search.Reason{What: "factor: weight of the document", Value: lexis.WeightFactor(step)})
	}
	if r.Locale != "" && c.counts(r) && lexis.Base(d.Locale) != lexis.Base(r.Locale) {
		out = append(out, search.Reason{What: "factor: not in the reader's language", Value: lexis.ForeignFactor})
	}
	return out
}

// unpinned returns a score as it was before it was raised.
func unpinned(r search.Request, score float64, factors []search.Reason) float64 {
	base := float64(pinBase)
	for _, f := range factors {
		base *= f.Value
	}
	score /= pinBoost
	if !slices.ContainsFunc(r.Words, func(w search.Word) bool { return w.Required && !w.Exclude }) {
		score -= base
	}
	return max(score, 0)
}
