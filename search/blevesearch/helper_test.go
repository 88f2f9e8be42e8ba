package blevesearch_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

var (
	anyone = profile.Actor{}.Sight()
	t0     = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)
)

// article returns a public English document; each change adjusts it.
func article(id, title, body string, change ...func(*search.Document)) search.Document {
	d := search.Document{
		ID: id + "@en", Group: id, Kind: "how-to", Locale: "en", Serves: []string{"en"}, Title: title, Body: body, Path: "/en/" + id,
		Audience: profile.Public(), Facets: map[string][]string{"kind": {"how-to"}}, UpdatedAt: t0, Weight: 1,
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func batchOf(cursor string, docs ...search.Document) search.Batch {
	b := search.Batch{Cursors: map[string]string{"test": cursor}}
	for _, d := range docs {
		b.Changes = append(b.Changes, search.Change{Group: d.Group, Documents: []search.Document{d}})
	}
	return b
}

func openIn(t testing.TB, dir string, opts *blevesearch.Options) *blevesearch.Index {
	t.Helper()
	x, err := blevesearch.Open(dir, opts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func ask(text string) search.Request {
	return search.Request{Sight: anyone, Words: search.Parse(text), Locale: "en", Limit: 10, Snippet: 100, Facets: []string{"kind"}}
}

func count(t testing.TB, x search.Index) int {
	t.Helper()
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	return n
}

func cursor(t testing.TB, x search.Index) string {
	t.Helper()
	c, err := x.Cursors(t.Context())
	require.NoError(t, err)
	return c["test"]
}

func groups(r search.Response) []string {
	out := []string{}
	for _, h := range r.Hits {
		out = append(out, h.Group)
	}
	return out
}

func find(t testing.TB, x search.Index, text string) []string {
	t.Helper()
	r, err := x.Search(t.Context(), ask(text))
	require.NoError(t, err)
	return groups(r)
}

// vocabulary makes words that look like words.
func vocabulary(n int) []string {
	syllables := []string{"ba", "ke", "lo", "mi", "nu", "ra", "si", "to", "ve", "zo", "dre", "fli", "gro", "pla", "sku"}
	out := make([]string, n)
	for i := range out {
		for k := i + 20; k > 0; k /= len(syllables) {
			out[i] += syllables[k%len(syllables)]
		}
	}
	return out
}

func copyDir(t testing.TB, from, to string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(to))
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
}

// filesIn returns the paths of files whose names match, in order.
func filesIn(t testing.TB, dir, pattern string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ok, _ := filepath.Match(pattern, filepath.Base(path)); ok && !d.IsDir() {
			out = append(out, path)
		}
		return err
	}))
	require.NotEmpty(t, out, "%s in %s", pattern, dir)
	return out
}

// shelf returns articles about different things that share some words.
func shelf(n int) []search.Document {
	words := vocabulary(400)
	var docs []search.Document
	for i := range n {
		body := ""
		for k := range 40 {
			body += words[(i*7+k*k*3)%len(words)] + " "
		}
		docs = append(docs, article(fmt.Sprintf("a/%04d", i), words[i%len(words)]+" lighthouse", body, func(d *search.Document) {
			d.UpdatedAt = t0.Add(time.Duration(i) * time.Hour)
			d.Facets["kind"] = []string{[]string{"faq", "how-to", "reference"}[i%3]}
			if i%5 == 0 {
				d.Audience = profile.NewAudience("staff")
			}
		}))
	}
	return docs
}

func isRebuild(err error) bool { return errors.Is(err, search.ErrRebuild) }
