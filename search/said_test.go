package search_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// offices are documents with a tuning that says of printers what they are called
// and what comes first.
func offices() ([]search.Document, search.Tuning) {
	docs := []search.Document{
		article("mfp", "Multifunction device jams", "paper"), article("scan", "Scan a page", "paper"), article("fax", "Send a fax", "paper"),
		article("secret", "Printers of the board", "paper", forStaff),
	}
	return docs, search.Tuning{
		Synonyms:  []search.Synonym{synonym("", false, "printer", "multifunction device")},
		Pins:      []search.Pin{{Queries: []search.Pattern{{Text: "copier help", Match: search.MatchWords}}, Groups: []string{"article/secret", "article/fax"}}},
		StopWords: []search.StopWord{{Word: "acme"}},
	}
}

// TestFormsAreTuned has an index that knows forms.
func TestFormsAreTuned(t *testing.T) {
	docs, tuning := offices()
	x, err := blevesearch.Open(t.TempDir(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	source := searchtest.NewSource("kb")
	source.Put(docs...)
	b := &bench{Engine: search.NewEngine(x, &search.Options{Sources: []search.Source{source}, Tuning: &memsearch.Tunings{}})}
	require.NoError(t, b.Refresh(t.Context()))
	b.goLive(t, tuning)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"printer", []string{"article/mfp"}},
		{"Printers", []string{"article/mfp"}},
		{"printing", []string{}}, // another word, by its stem
		{"copiers helped", []string{"article/fax"}},
	} {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: c.text, Locale: "en"})
		require.NoError(t, err)
		require.Equal(t, c.want, groupsOf(res.Hits), c.text)
	}
	hits, err := b.Related(t.Context(), nobody, search.Like{Title: "Printers", Locale: "en"})
	require.NoError(t, err)
	require.Equal(t, []string{"article/mfp"}, groupsOf(hits))
	offers, err := b.Suggest(t.Context(), nobody, "printers", "en", 0)
	require.NoError(t, err)
	require.Len(t, offers, 1)
	require.Equal(t, "article/mfp", offers[0].Group)
}

func groupsOf(hits []search.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Group)
	}
	return out
}

func TestSuggestionsAreTuned(t *testing.T) {
	docs, tuning := offices()
	b := tunedBench(t, docs, tuning)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"printer", []string{"mfp"}},
		{"acme printer j", []string{"mfp"}},
		{"acme sca", []string{"scan"}},
		{"acme", nil},
		{"copier help", []string{"fax"}}, // what is pinned before it may not be seen
		{"sca", []string{"scan"}},
		{`"printer"`, nil},
	} {
		offers, err := b.Suggest(t.Context(), nobody, c.text, "en", 0)
		require.NoError(t, err)
		var got []string
		for _, o := range offers {
			got = append(got, strings.TrimPrefix(o.Group, "article/"))
		}
		require.Equal(t, c.want, got, c.text)
	}
}

func TestRelatedIsTuned(t *testing.T) {
	docs, tuning := offices()
	b := tunedBench(t, docs, tuning)
	hits, err := b.Related(t.Context(), nobody, search.Like{Title: "Acme printer", Locale: "en"})
	require.NoError(t, err)
	require.Equal(t, []string{"article/mfp"}, groupsOf(hits))
}

func TestFallbackIsTuned(t *testing.T) {
	_, tuning := offices()
	var asked []search.Query
	b := tunedBench(t, nil, tuning, func(o *search.Options) {
		o.Fallback = func(_ context.Context, _ profile.Actor, q search.Query) (search.Results, error) {
			asked = append(asked, q)
			return search.Results{}, nil
		}
	})
	require.NoError(t, b.index.Close())
	for _, text := range []string{"acme printer jams", "copier help", "acme"} {
		_, err := b.Search(t.Context(), nobody, search.Query{Text: text, Locale: "en"})
		require.NoError(t, err)
		_, err = b.Suggest(t.Context(), nobody, text, "en", 0)
		require.NoError(t, err)
	}
	require.Len(t, asked, 6)
	for i, want := range []search.Query{
		{Text: "printer jams", Also: []string{"multifunction device jams"}},
		{Text: "copier help", Pinned: []string{"article/secret", "article/fax"}},
		{Text: "acme"},
	} {
		for _, got := range asked[2*i : 2*i+2] {
			require.Equal(t, want, search.Query{Text: got.Text, Also: got.Also, Pinned: got.Pinned})
		}
	}
}
