package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

// depth is how many hits are looked at.
const depth = 10

// measures say how good one list of hits is, from 0 to 1.
type measures struct {
	ndcg   float64 // gain, less for lower ranks, of the best gain possible; linear in the grade
	mrr    float64 // one over the rank of the first relevant document
	recall float64 // share of the relevant documents that were found
}

// judge measures a list of documents, best first, by their grades.
func judge(found []string, grades map[string]float64) measures {
	var m measures
	relevant, hits := 0.0, 0.0
	ideal := make([]float64, 0, len(grades))
	for _, g := range grades {
		if g > 0 {
			relevant++
			ideal = append(ideal, g)
		}
	}
	if relevant == 0 {
		return m
	}
	gain := 0.0
	for i, id := range found[:min(len(found), depth)] {
		g := grades[id]
		if g <= 0 {
			continue
		}
		gain += g * discount(i)
		if hits++; m.mrr == 0 {
			m.mrr = 1 / float64(i+1)
		}
	}
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	best := 0.0
	for i, g := range ideal[:min(len(ideal), depth)] {
		best += g * discount(i)
	}
	m.ndcg, m.recall = gain/best, hits/relevant
	return m
}

// discount is what a hit counts at an index from 0.
func discount(i int) float64 { return 1 / math.Log2(float64(i)+2) }

// A result is one collection, measured.
type result struct {
	documents int
	indexed   time.Duration
	queries   []answered
}

type answered struct {
	query
	measures
	took  time.Duration
	found []string
}

func (r result) mean() (m measures) {
	n := float64(len(r.queries))
	for _, q := range r.queries {
		m.ndcg += q.ndcg / n
		m.mrr += q.mrr / n
		m.recall += q.recall / n
	}
	return m
}

func (r result) median() time.Duration {
	times := make([]time.Duration, 0, len(r.queries))
	for _, q := range r.queries {
		times = append(times, q.took)
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// worst describes the n queries that were answered worst.
func (r result) worst(name string, n int) []string {
	sorted := slices.SortedStableFunc(slices.Values(r.queries), func(a, b answered) int { return cmp.Compare(a.ndcg, b.ndcg) })
	var out []string
	for _, q := range sorted[:min(len(sorted), max(n, 0))] {
		out = append(out, fmt.Sprintf("%s %s nDCG@10 %.4f %q found %v", name, q.ID, q.ndcg, q.Text, q.found[:min(3, len(q.found))]))
	}
	return out
}

// evaluate indexes a collection in a temporary folder and asks its queries.
func evaluate(ctx context.Context, c collection, locale string) (r result, err error) {
	docs, err := c.readDocuments()
	if err != nil {
		return r, err
	}
	queries, grades, err := c.readJudged(docs)
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "relevance")
	if err != nil {
		return r, err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(dir)) }()
	x, err := blevesearch.Open(dir, nil)
	if err != nil {
		return r, err
	}
	defer func() { err = cmp.Or(err, x.Close()) }()
	r.documents = len(docs)
	began := time.Now()
	if err := fill(ctx, x, docs, locale); err != nil {
		return r, err
	}
	r.indexed = time.Since(began)
	engine := search.NewEngine(x, nil)
	for _, q := range queries {
		a, err := ask(ctx, engine, q, locale)
		if err != nil {
			return r, err
		}
		a.measures = judge(a.found, grades[q.ID])
		r.queries = append(r.queries, a)
	}
	return r, nil
}

func fill(ctx context.Context, x search.Index, docs []document, locale string) error {
	for some := range slices.Chunk(docs, 500) {
		var b search.Batch
		for _, d := range some {
			tag := cmp.Or(d.Locale, locale)
			b.Changes = append(b.Changes, search.Change{Group: d.ID, Documents: []search.Document{{
				ID: d.ID, Group: d.ID, Locale: tag, Serves: []string{locale}, Title: d.Title, Body: d.Text, Keywords: d.Keywords,
				Audience: profile.Public(),
			}}})
		}
		if err := x.Apply(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, engine *search.Engine, q query, locale string) (answered, error) {
	began := time.Now()
	res, err := engine.Search(ctx, profile.Actor{}, search.Query{Text: q.Text, Locale: locale, Limit: depth})
	if err != nil {
		return answered{}, fmt.Errorf("query %s: %w", q.ID, err)
	}
	a := answered{query: q, took: time.Since(began)}
	for _, h := range res.Hits {
		a.found = append(a.found, h.ID)
	}
	return a, nil
}
