package blevesearch_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

// docs is how many documents benchmarks have; with -short it is a tenth.
var docs = flag.Int("docs", 100_000, "how many documents benchmarks have")

func size() int {
	if testing.Short() {
		return *docs / 10
	}
	return *docs
}

const batchSize = 500

// fillBare fills bleve and returns how long it took.
func fillBare(t testing.TB, c *corpus, n int) (bare, time.Duration) {
	t.Helper()
	b := newBare(t, t.TempDir())
	return b, measure(t, func() error {
		return c.batches(n, b.apply)
	})
}

// fill fills the index with the same documents.
func fill(t testing.TB, c *corpus, n int) (*blevesearch.Index, time.Duration) {
	t.Helper()
	x, err := blevesearch.Open(t.TempDir(), nil)
	require.NoError(t, err)
	return x, measure(t, func() error {
		return c.batches(n, func(docs []search.Document) error {
			batch := search.Batch{Cursors: map[string]string{"bench": docs[0].Group}}
			for _, d := range docs {
				batch.Changes = append(batch.Changes, search.Change{Group: d.Group, Documents: []search.Document{d}})
			}
			return x.Apply(t.Context(), batch)
		})
	})
}

// batches calls f with the first n documents, some at a time.
func (c *corpus) batches(n int, f func([]search.Document) error) error {
	for from := 0; from < n; from += batchSize {
		var docs []search.Document
		for i := from; i < min(from+batchSize, n); i++ {
			docs = append(docs, c.document(i))
		}
		if err := f(docs); err != nil {
			return err
		}
	}
	return nil
}

func measure(t testing.TB, f func() error) time.Duration {
	t.Helper()
	began := time.Now()
	require.NoError(t, f())
	return time.Since(began)
}

func page(text string) search.Request {
	return search.Request{
		Sight: profile.Actor{}.Sight(), Words: search.Parse(text), Locale: "en", Facets: []string{"product", "kind"}, Limit: 10,
		Snippet: 200,
	}
}

func percentile(times []time.Duration, p float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkIndex reports how much longer indexing takes than with bare bleve.
// They take turns, as each goes on merging in the background.
func BenchmarkIndex(b *testing.B) {
	const n = 20_000
	c := newCorpus(b)
	var bareTimes, times []time.Duration
	for b.Loop() {
		bare, took := fillBare(b, c, n)
		bareTimes = append(bareTimes, took+measure(b, bare.Close))
		x, took := fill(b, c, n)
		times = append(times, took+measure(b, x.Close))
	}
	ours, floor := percentile(times, 0.5), percentile(bareTimes, 0.5)
	b.ReportMetric(float64(ours)/float64(floor), "x-bare")
	b.ReportMetric(n/ours.Seconds(), "docs/s")
	b.ReportMetric(n/floor.Seconds(), "bare-docs/s")
}

// BenchmarkSearch reports how long search pages take beside the same with bare
// bleve: rights, two facets, highlights.
func BenchmarkSearch(b *testing.B) {
	c := newCorpus(b)
	bare, _ := fillBare(b, c, size())
	defer func() { require.NoError(b, bare.Close()) }()
	x, _ := fill(b, c, size())
	defer func() { require.NoError(b, x.Close()) }()
	queries := c.queries(956)
	var bareTimes, times []time.Duration
	for b.Loop() {
		for i, q := range queries {
			bareTimes = append(bareTimes, measure(b, func() error { return bare.find(q) }))
			times = append(times, measure(b, func() error { _, err := x.Search(b.Context(), page(queries[i])); return err }))
		}
	}
	report(b, times, bareTimes)
	var suggest []time.Duration
	for i, q := range queries {
		text := q[:min(len(q), 2+i%12)]
		suggest = append(suggest, measure(b, func() error {
			_, err := x.Suggest(b.Context(), search.SuggestRequest{Sight: profile.Actor{}.Sight(), Text: text, Locale: "en", Limit: 8})
			return err
		}))
	}
	b.ReportMetric(ms(percentile(suggest, 0.5)), "suggest-p50-ms")
	b.ReportMetric(ms(percentile(suggest, 0.99)), "suggest-p99-ms")
	hostile(b, x, percentile(times, 0.5))
}

func report(b *testing.B, times, bareTimes []time.Duration) {
	for _, p := range []float64{0.5, 0.99} {
		name := fmt.Sprintf("p%.0f", p*100)
		ours, floor := percentile(times, p), percentile(bareTimes, p)
		b.ReportMetric(ms(ours), name+"-ms")
		b.ReportMetric(ms(floor), "bare-"+name+"-ms")
		b.ReportMetric(float64(ours)/float64(floor), "x-bare-"+name)
	}
}

// hostile reports the costliest of requests that somebody may think up, in
// ordinary ones.
func hostile(b *testing.B, x *blevesearch.Index, ordinary time.Duration) {
	worst, which := time.Duration(0), ""
	for name, r := range hostileRequests() {
		var times []time.Duration
		for range 5 {
			times = append(times, measure(b, func() error { _, err := x.Search(context.Background(), r); return err }))
		}
		if m := percentile(times, 0.5); m > worst {
			worst, which = m, name
		}
		b.Logf("hostile %s: %v", name, percentile(times, 0.5))
	}
	b.Logf("worst hostile request: %s, %v", which, worst)
	b.ReportMetric(float64(worst)/float64(ordinary), "x-hostile")
}

func hostileRequests() map[string]search.Request {
	common := "the of and in to a with for is that"
	frequent := "cell patients study results associated gene expression human can use increased may"
	misspelt := "informtaion organisatoin expresssion goverment trasnfer resposne"
	out := map[string]search.Request{}
	for name, text := range map[string]string{
		"stop words": common, "frequent words": frequent, "many frequent words": frequent + " group effect treatment level control analysis data time high risk two model report state cells protein",
		"frequent phrase": `"of the"`, "stop phrase": `"the of and to in"`,
		"misspelt": misspelt, "brackets": strings.Repeat("(", 250), "wildcards": "* ?* .* /.*/", "one letter": "a b c d e f g h",
		"zalgo": "z̷͎̈́a̶l̸g̶o̶ " + strings.Repeat("é́́", 40), "right to left": "\u202eshalom שלום\u202c",
		"excluded": "-the -of -and -cell", "required": "+the +of +and +cell", "everything": "", "digits": "1 2 3 4 5 6 7 8 9 10",
	} {
		r := page(text)
		r.Correct = true
		out[name] = r
	}
	deep := page(frequent)
	deep.Offset, deep.Limit = 1000, 50
	out["deep page"] = deep
	newest := page("the")
	newest.Sort = search.SortUpdated
	out["newest"] = newest
	return out
}
