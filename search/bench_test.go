package search_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// BenchmarkSearch is what the engine adds to an index: the same question, asked
// of the index itself and through the engine with its parser, tokens and events.
func BenchmarkSearch(b *testing.B) {
	source := searchtest.NewSource("kb")
	source.Put(many(500)...)
	index := memsearch.New()
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
	require.NoError(b, e.Refresh(b.Context()))
	text, facets := `how does the lighthouse "by the sea" -harbour work`, []string{"kind"}
	b.Run("index", func(b *testing.B) {
		r := search.Request{Sight: ann.Sight(), Words: search.Parse(text), Locale: "en", Facets: facets, Limit: 10, Snippet: 200, Correct: true}
		for b.Loop() {
			resp, err := index.Search(b.Context(), r)
			require.NoError(b, err)
			require.Equal(b, 500, resp.Total)
		}
	})
	b.Run("engine", func(b *testing.B) {
		for b.Loop() {
			res, err := e.Search(b.Context(), ann, search.Query{Text: text, Facets: facets})
			require.NoError(b, err)
			require.Equal(b, 500, res.Total)
		}
	})
	b.Run("engine alone", func(b *testing.B) {
		stub := &wrapped{Index: index}
		resp, err := index.Search(b.Context(), search.Request{Sight: ann.Sight(), Words: search.Parse(text), Limit: 10})
		require.NoError(b, err)
		stub.search = func(context.Context, search.Request) (search.Response, error) { return resp, nil }
		e := search.NewEngine(stub, nil)
		for b.Loop() {
			_, err := e.Search(b.Context(), ann, search.Query{Text: text, Facets: facets})
			require.NoError(b, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		search.Parse(`how do I reset the "smart hub" -lamp when パスワードを再設定する does not work`)
	}
}

// BenchmarkRefresh is how fast an engine fills an index that does nothing.
func BenchmarkRefresh(b *testing.B) {
	const n = 10_000
	source := searchtest.NewSource("kb")
	source.Put(many(n)...)
	for b.Loop() {
		index := &wrapped{Index: memsearch.New()}
		index.apply = func(context.Context, search.Batch) error { return nil }
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
		require.NoError(b, e.Refresh(b.Context()))
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "documents/s")
}
