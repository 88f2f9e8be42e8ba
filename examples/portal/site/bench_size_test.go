package site

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/lru"
)

// sized is a portal with n articles, all of them in its index.
func sized(b *testing.B, n int) *Site {
	b.Helper()
	s := open(b, func(c *Config) { c.Demo = false })
	begin := time.Now()
	_, err := s.Import(b.Context(), bigLibrary(n), nil)
	require.NoError(b, err)
	b.Logf("%d articles imported: %.0f a second", n, float64(n)/time.Since(begin).Seconds())
	require.NoError(b, s.engine.Refresh(b.Context()))
	_, err = s.db.write.ExecContext(b.Context(), "analyze")
	require.NoError(b, err)
	return s
}

// forget empties what a portal remembers of pages, so that the next is built.
func forget(s *Site) {
	s.memory.found = lru.NewWeighed(mostFound, weighFound)
	s.memory.pages = lru.NewWeighed(mostPages, weighPage)
}

// BenchmarkSize compares what pages cost, each built anew, in portals of 10,000
// and of 100,000 articles in as many categories, one of each in turn. "times" is
// the cost in the larger as a multiple of that in the smaller.
//
//	go test -run - -bench BenchmarkSize -benchtime 300x -timeout 30m ./examples/portal/site
func BenchmarkSize(b *testing.B) {
	sizes := []*Site{sized(b, 10_000), sized(b, 100_000)}
	for _, tt := range []struct {
		name string
		path func(n int) string
	}{
		{"article", func(n int) string { return fmt.Sprintf("/en/articles/device-%d", n*7%10_000) }},
		{"category", func(n int) string { return fmt.Sprintf("/en/categories/topic-%d", n%14) }},
		{"categories", func(int) string { return "/en/categories" }},
		{"home", func(int) string { return "/en/" }},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var r race
			for n := 0; b.Loop(); n++ {
				for i, s := range sizes {
					forget(s)
					r.time(i, func() { ask(b, s.Handler(), n, tt.path(n)) })
				}
			}
			small, large := median(r[0]), median(r[1])
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(small.Microseconds()), "10k-µs")
			b.ReportMetric(float64(large.Microseconds()), "100k-µs")
			b.ReportMetric(float64(large)/float64(small), "times")
		})
	}
}
