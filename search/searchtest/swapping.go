package searchtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

func fresh(t testing.TB, x search.Index) search.Index {
	t.Helper()
	f, err := x.Fresh(t.Context())
	require.NoError(t, err)
	return f
}

func checkFresh(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/old", "lighthouse", ""), document("a/both", "lighthouse", ""))
	for round := range 2 {
		f := fresh(t, x)
		n, err := f.Count(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		cursors, err := f.Cursors(t.Context())
		require.NoError(t, err)
		require.Empty(t, cursors)
		bulk := search.Batch{Changes: changes(document("a/new", "lighthouse", "")), Cursors: map[string]string{"test": "7"}, Bulk: true}
		require.NoError(t, f.Apply(t.Context(), bulk))
		bulk.Changes, bulk.Cursors = changes(document("a/both", "lighthouse", "")), map[string]string{"other": "8"}
		require.NoError(t, f.Apply(t.Context(), bulk))
		require.NoError(t, f.Apply(t.Context(), search.Batch{Cursors: map[string]string{"test": "9"}}))
		if round == 0 {
			finds(t, x, "lighthouse", "a/old", "a/both")
			apply(t, x, document("a/late", "lighthouse", ""))
			finds(t, x, "lighthouse", "a/old", "a/both", "a/late")
		}
		require.NoError(t, x.Swap(t.Context(), f))
		finds(t, x, "lighthouse", "a/new", "a/both")
		cursors, err = x.Cursors(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]string{"test": "9", "other": "8"}, cursors)
		n, err = x.Count(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, n)
	}
	apply(t, x, document("a/after", "lighthouse", ""))
	finds(t, x, "lighthouse", "a/new", "a/both", "a/after")
	require.Len(t, suggest(t, x, "light", "en", 5), 3)
}

func checkFreshClosed(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/old", "lighthouse", ""))
	f := fresh(t, x)
	apply(t, f, document("a/new", "lighthouse", ""))
	require.NoError(t, f.Close())
	finds(t, x, "lighthouse", "a/old")
	f = fresh(t, x)
	n, err := f.Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	apply(t, f, document("a/new", "lighthouse", ""))
	require.NoError(t, x.Swap(t.Context(), f))
	finds(t, x, "lighthouse", "a/new")
}

// A stranger is an index of no kind that anybody knows.
type stranger struct{ search.Index }

func checkSwapStranger(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/old", "lighthouse", ""))
	f := fresh(t, x)
	require.Error(t, x.Swap(t.Context(), stranger{f}))
	finds(t, x, "lighthouse", "a/old")
	require.NoError(t, f.Close())
}

// checkSwapUnderway swaps indexes of different sizes while others search.
func checkSwapUnderway(t testing.TB, open func() search.Index) {
	const rounds = 5
	x := open()
	fill := func(x search.Index, round int) error {
		var docs []search.Document
		for i := range 10 + round {
			docs = append(docs, document(fmt.Sprint("a/", i), "lighthouse", "", facet("round", fmt.Sprint(round))))
		}
		return x.Apply(t.Context(), search.Batch{Changes: changes(docs...)})
	}
	require.NoError(t, fill(x, 0))
	onlookers(t, func(ctx context.Context) error { return oneRound(ctx, x) }, func() error {
		for round := range rounds {
			f, err := x.Fresh(t.Context())
			if err != nil {
				return err
			}
			if err := errors.Join(fill(f, round+1), x.Swap(t.Context(), f)); err != nil {
				return err
			}
		}
		return nil
	})
	require.Equal(t, 10+rounds, ask(t, x, "lighthouse").Total)
}

// oneRound returns an error if a search sees documents of several rounds, or
// not all of one.
func oneRound(ctx context.Context, x search.Index) error {
	resp, err := x.Search(ctx, search.Request{Sight: anyone, Words: search.Parse("lighthouse"), Limit: 50, Facets: []string{"round"}})
	if err != nil {
		return err
	}
	round := fmt.Sprint(resp.Total - 10)
	if len(resp.Hits) != resp.Total || len(resp.Facets["round"]) != 1 || resp.Facets["round"][0].Value != round {
		return fmt.Errorf("%d hits of %d with rounds %v", len(resp.Hits), resp.Total, resp.Facets["round"])
	}
	for _, h := range resp.Hits {
		if h.Facets["round"][0] != round {
			return fmt.Errorf("a hit of round %s in round %s", h.Facets["round"][0], round)
		}
	}
	return nil
}
