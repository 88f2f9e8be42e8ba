package searchtest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

func checkEmpty(t testing.TB, open func() search.Index) {
	x := open()
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	cursors, err := x.Cursors(t.Context())
	require.NoError(t, err)
	require.Empty(t, cursors)
	for _, text := range []string{"", "hub", `"reset hub"`, "-hub"} {
		resp := ask(t, x, text, func(r *search.Request) { r.Facets, r.Correct = []string{"kind"}, true })
		require.Empty(t, resp.Hits)
		require.Zero(t, resp.Total)
		require.Empty(t, resp.Facets["kind"])
		require.Empty(t, resp.Corrected)
	}
	suggestions, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: "hub", Limit: 5})
	require.NoError(t, err)
	require.Empty(t, suggestions)
}

func checkRoundTrip(t testing.TB, open func() search.Index) {
	x := open()
	want := search.Document{
		ID: "article/hub@de", Group: "article/hub", Kind: "faq", Locale: "de", Serves: []string{"de", "de-AT"},
		Title: "Hub zurücksetzen", Summary: "Wie Sie den Hub zurücksetzen.", Body: "Halten Sie die Taste gedrückt.",
		Keywords: []string{"E-17", "reset"}, Path: "/de/articles/hub", Audience: profile.NewAudience("public"),
		Facets: map[string][]string{"kind": {"faq"}, "product": {"hub", "hub mini"}}, UpdatedAt: t0, Weight: 1.5,
	}
	given := want
	given.UpdatedAt = t0.In(time.FixedZone("somewhere", 5*3600))
	apply(t, x, given)
	resp := ask(t, x, "zurücksetzen", func(r *search.Request) { r.Locale = "de-AT" })
	require.Len(t, resp.Hits, 1)
	want.Body = ""
	require.Equal(t, want, resp.Hits[0].Document)
	require.Equal(t, 1, resp.Hits[0].Rank)
	require.Positive(t, resp.Hits[0].Score)
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func checkFields(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/title", "lighthouse", "nothing"),
		document("a/body", "nothing", "a lighthouse stands there"),
		document("a/summary", "nothing", "nothing", func(d *search.Document) { d.Summary = "about the lighthouse" }),
		document("a/keyword", "nothing", "nothing", func(d *search.Document) { d.Keywords = []string{"tower", "lighthouse"} }),
		document("a/none", "nothing", "nothing at all"))
	finds(t, x, "lighthouse", "a/title", "a/body", "a/summary", "a/keyword")
}

func checkReplace(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "winter tyres", ""), document("a/1", "pneus hiver", "", locale("fr")), document("a/2", "winter coat", ""))
	finds(t, x, "winter", "a/1", "a/2")
	apply(t, x, document("a/1", "summer tyres", ""))
	finds(t, x, "winter", "a/2")
	finds(t, x, "summer", "a/1")
	finds(t, x, "hiver")
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func checkRemove(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "winter tyres", ""), document("a/1", "pneus hiver", "", locale("fr")), document("a/2", "winter coat", ""))
	gone := search.Batch{Changes: []search.Change{{Group: "a/1"}, {Group: "a/never"}}}
	require.NoError(t, x.Apply(t.Context(), gone))
	finds(t, x, "winter", "a/2")
	finds(t, x, "hiver")
	finds(t, x, "", "a/2")
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func checkAgain(t testing.TB, open func() search.Index) {
	x := open()
	docs := []search.Document{document("a/1", "winter tyres", ""), document("a/2", "winter coat", "")}
	apply(t, x, docs...)
	before := ask(t, x, "winter")
	apply(t, x, docs...)
	apply(t, x, docs[0])
	require.Equal(t, before, ask(t, x, "winter"))
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func checkLastWins(t testing.TB, open func() search.Index) {
	x := open()
	one := func(docs ...search.Document) search.Change { return search.Change{Group: "a/1", Documents: docs} }
	first, last := document("a/1", "winter", ""), document("a/1", "summer", "")
	french := document("a/1", "hiver", "", locale("fr"))
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{one(first, french), one(last)}}))
	finds(t, x, "", "a/1")
	finds(t, x, "summer", "a/1")
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{one(first), one()}}))
	finds(t, x, "")
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{one(), one(last)}}))
	finds(t, x, "", "a/1")
}

func checkCursors(t testing.TB, open func() search.Index) {
	x := open()
	odd := "epoch 7|{\"seq\":12}\n\x00'日本"
	set := func(c map[string]string) { require.NoError(t, x.Apply(t.Context(), search.Batch{Cursors: c})) }
	set(map[string]string{"kb": odd, "community": "5"})
	set(map[string]string{"community": "6"})
	set(nil)
	got, err := x.Cursors(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"kb": odd, "community": "6"}, got)
}

func checkWhole(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "winter tyres", ""))
	bad := search.Batch{
		Changes: append(changes(document("a/2", "winter coat", "")), search.Change{Group: "a/1"},
			search.Change{Group: "a/3", Documents: []search.Document{{Group: "a/3", Title: "winter without ID"}}}),
		Cursors: map[string]string{"test": "2"},
	}
	if err := x.Apply(t.Context(), bad); err == nil {
		return // an index may accept what an engine never sends
	}
	finds(t, x, "winter", "a/1")
	cursors, err := x.Cursors(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"test": "1"}, cursors)
}

// onlookers has two others look on, again and again, while something is done.
func onlookers(t testing.TB, look func(context.Context) error, during func() error) {
	t.Helper()
	done := make(chan struct{})
	faults := make(chan error, 3)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				if err := look(t.Context()); err != nil {
					faults <- err
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	faults <- during()
	close(done)
	wg.Wait()
	close(faults)
	for err := range faults {
		require.NoError(t, err)
	}
}

// checkAtOnce moves three groups from one version to the next again and again.
func checkAtOnce(t testing.TB, open func() search.Index) {
	x := open()
	move := func(version int) error {
		var docs []search.Document
		for i := range 3 {
			docs = append(docs, document(fmt.Sprint("a/", i), "lighthouse", "", facet("version", strconv.Itoa(version))))
		}
		return x.Apply(t.Context(), search.Batch{Changes: changes(docs...), Cursors: map[string]string{"test": strconv.Itoa(version)}})
	}
	require.NoError(t, move(0))
	onlookers(t, func(ctx context.Context) error { return sameVersion(ctx, x) }, func() error {
		for version := range 30 {
			if err := move(version + 1); err != nil {
				return err
			}
		}
		return nil
	})
}

func sameVersion(ctx context.Context, x search.Index) error {
	cursors, err := x.Cursors(ctx)
	if err != nil {
		return err
	}
	resp, err := x.Search(ctx, search.Request{Sight: anyone, Words: search.Parse("lighthouse"), Limit: 10})
	if err != nil {
		return err
	}
	if len(resp.Hits) != 3 || resp.Total != 3 {
		return fmt.Errorf("%d of 3 documents found, total %d", len(resp.Hits), resp.Total)
	}
	version := resp.Hits[0].Facets["version"][0]
	for _, h := range resp.Hits {
		if h.Facets["version"][0] != version {
			return fmt.Errorf("version %s beside version %s", h.Facets["version"][0], version)
		}
	}
	at, _ := strconv.Atoi(cursors["test"])
	if v, _ := strconv.Atoi(version); v < at {
		return fmt.Errorf("cursor %d, but documents of version %d", at, v)
	}
	return nil
}

func checkAliasing(t testing.TB, open func() search.Index) {
	x := open()
	given := func() search.Document {
		return document("a/1", "winter tyres", "", func(d *search.Document) { d.Keywords = []string{"snow"} })
	}
	d := given()
	spoil := func(d search.Document) {
		d.Serves[0], d.Keywords[0], d.Audience[0], d.Facets["kind"][0] = "xx", "spoilt", "staff", "spoilt"
		d.Facets["more"] = []string{"spoilt"}
	}
	cursors := map[string]string{"test": "1"}
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: changes(d), Cursors: cursors}))
	spoil(d)
	cursors["test"] = "spoilt"
	want := given()
	for range 2 {
		resp := ask(t, x, "snow tyres", func(r *search.Request) { r.Locale, r.Facets = "en", []string{"kind"} })
		require.Len(t, resp.Hits, 1)
		require.Equal(t, want, resp.Hits[0].Document)
		require.Equal(t, []search.FacetCount{{Value: "how-to", Count: 1}}, resp.Facets["kind"])
		spoil(resp.Hits[0].Document)
		resp.Facets["kind"][0].Value = "spoilt"
		got, err := x.Cursors(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]string{"test": "1"}, got)
		got["test"] = "spoilt"
	}
}

func checkCanceled(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "winter tyres", ""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.Search(ctx, search.Request{Sight: anyone, Limit: 10})
	require.ErrorIs(t, err, context.Canceled)
	_, err = x.Suggest(ctx, search.SuggestRequest{Sight: anyone, Text: "winter", Limit: 10})
	require.ErrorIs(t, err, context.Canceled)
	err = x.Apply(ctx, search.Batch{Changes: changes(document("a/2", "winter coat", "")), Cursors: map[string]string{"test": "2"}})
	require.ErrorIs(t, err, context.Canceled)
	finds(t, x, "winter", "a/1")
	cursors, err := x.Cursors(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"test": "1"}, cursors)
}

func checkConcurrent(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/stays", "winter tyres", "snow"))
	look := func(ctx context.Context) error {
		resp, err := x.Search(ctx, search.Request{
			Sight: anyone, Words: search.Parse("snow"), Limit: 50, Snippet: 50, Facets: []string{"kind"}, Correct: true,
		})
		if err != nil {
			return err
		}
		if len(resp.Hits) == 0 {
			return errors.New("nothing found")
		}
		_, err = x.Suggest(ctx, search.SuggestRequest{Sight: anyone, Text: "wint", Limit: 5})
		return err
	}
	onlookers(t, look, func() error {
		for i := range 20 {
			d := document(fmt.Sprint("a/", i%5), "winter coat", "snow "+strconv.Itoa(i))
			if err := x.Apply(t.Context(), search.Batch{Changes: changes(d)}); err != nil {
				return err
			}
		}
		return nil
	})
	finds(t, x, "snow", "a/stays", "a/0", "a/1", "a/2", "a/3", "a/4")
}
