package site

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// BenchmarkPublished publishes an article in a portal that runs, with a library
// of many, and searches until a visitor finds it.
//
//	go test -run - -bench BenchmarkPublished -benchtime 100x ./examples/portal/site
func BenchmarkPublished(b *testing.B) {
	s := benchSite(b)
	var took []time.Duration
	n := 0
	places, err := s.library.Categories(b.Context(), system, "en")
	require.NoError(b, err)
	b.ResetTimer()
	for b.Loop() {
		n++
		word := fmt.Sprintf("quaggamire%d", n)
		a, err := s.library.Create(b.Context(), system, draft("About "+word, profile.Public(), places[0].ID))
		require.NoError(b, err)
		at := time.Now()
		publish(b, s, a)
		for !isFound(b, s, word) {
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
	b.ReportMetric(0, "ns/op")
}

func isFound(b *testing.B, s *Site, word string) bool {
	b.Helper()
	res, err := s.engine.Search(b.Context(), profile.Actor{}, search.Query{Text: word, Locale: "en", Limit: 1})
	require.NoError(b, err)
	return res.Total == 1
}

// BenchmarkImport imports 10,000 articles into an empty portal.
//
//	go test -run - -bench BenchmarkImport -benchtime 1x ./examples/portal/site
func BenchmarkImport(b *testing.B) {
	const size = 10_000
	bundle := kb.Bundle{Name: "many"}
	for i := range size {
		bundle.Items = append(bundle.Items, kb.Item{
			External: fmt.Sprint("a", i), Locale: "en", Category: fmt.Sprint("c", i%50), Title: fmt.Sprintf("Device %d does not answer", i),
			Body: fmt.Sprintf("## Symptom\n\nDevice %d is silent.\n\n## Fix\n\n1. Take it off the wall.\n2. Wait for [the lamp](article:a%d).\n3. Put it **back**.", i, i/2),
		})
	}
	var rates []float64
	for b.Loop() {
		s, err := Open(b.Context(), Config{Data: b.TempDir()})
		require.NoError(b, err)
		at := time.Now()
		_, err = s.Import(b.Context(), bundle, nil)
		require.NoError(b, err)
		rates = append(rates, size/time.Since(at).Seconds())
		require.NoError(b, s.Close())
	}
	slices.Sort(rates)
	b.ReportMetric(rates[len(rates)/2], "articles/s")
	b.ReportMetric(0, "ns/op")
}
