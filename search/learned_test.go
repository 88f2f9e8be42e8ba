package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// taught lets an engine believe signals for one question.
func taught(question string, values map[string]float64) func(*search.Options) {
	return func(o *search.Options) {
		o.Signals = func(text, locale string) (out []search.Signal) {
			if !strings.HasPrefix(text, question) || locale == "de" {
				return nil
			}
			for slug, v := range values {
				out = append(out, search.Signal{Group: "article/" + slug, Value: v, People: 9, What: "what people found before"})
			}
			return out
		}
	}
}

func TestLearned(t *testing.T) {
	plain := tunedBench(t, helpCentre(), search.Tuning{})
	require.Equal(t, []string{"reset", "e17"}, plain.find(t, nobody, "hub"))

	b := tunedBench(t, helpCentre(), search.Tuning{}, taught("hub", map[string]float64{"e17": 1, "password": 0.6, "secret": 1, "gone": 1}))
	require.Equal(t, []string{"e17", "reset", "password"}, b.find(t, nobody, "hub"), "moved, found without the word, and what nobody may see is not there")
	require.Contains(t, b.find(t, eve, "hub"), "secret")
	require.Equal(t, []string{"e17", "reset"}, b.find(t, nobody, "hub -password"), "what is excluded stays excluded")
	require.Equal(t, plain.find(t, nobody, "reset"), b.find(t, nobody, "reset"), "of another question nothing is known")

	for name, q := range map[string]search.Query{"by date": {Text: "hub", Sort: search.SortUpdated}, "plain": {Text: "hub", Plain: true}, "another language": {Text: "hub", Locale: "de"}} {
		want, err := plain.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		got, err := b.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		require.Equal(t, slugs(want.Hits), slugs(got.Hits), name)
	}

	res, err := b.Search(t.Context(), eve, search.Query{Text: "hub", Locale: "en", Explain: true})
	require.NoError(t, err)
	for _, h := range res.Hits {
		require.False(t, h.Pinned)
		if h.Group == "article/e17" {
			require.Contains(t, fmt.Sprint(h.Explain), "{times what people found before 2}")
		}
	}
}

// TestLearnedOfSeveralKinds: what different things say of a document is added up,
// and explained one by one.
func TestLearnedOfSeveralKinds(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{}, func(o *search.Options) {
		o.Signals = func(string, string) []search.Signal {
			return []search.Signal{
				{Group: "article/password", Value: 0.3, What: "clicks"}, {Group: "article/password", Value: 0.25, What: "votes"},
				{Group: "article/secret", Value: 1, What: "votes"}, {Group: "article/secret", Value: 0.5, What: "clicks"},
			}
		}
	})
	res, err := b.Search(t.Context(), eve, search.Query{Text: "hub", Locale: "en", Explain: true})
	require.NoError(t, err)
	at := slices.Index(slugs(res.Hits), "password")
	require.GreaterOrEqual(t, at, 0, "together they are sure enough")
	says := fmt.Sprint(res.Hits[at].Explain)
	require.Contains(t, says, "{times clicks 1.2")
	require.Contains(t, says, "{times votes 1.1")
	require.NotContains(t, b.find(t, nobody, "hub"), "secret", "votes open nothing")
}

// TestLearnedRevealsNothing compares with a portal in which what people found does
// not exist.
func TestLearnedRevealsNothing(t *testing.T) {
	values := map[string]float64{"secret": 1, "gone": 0.9}
	b := tunedBench(t, helpCentre(), search.Tuning{}, taught("hub", values))
	without := tunedBench(t, helpCentre(), search.Tuning{})
	q := search.Query{Text: "hub", Locale: "en", Facets: []string{"kind"}}
	got, err := b.Search(t.Context(), nobody, q)
	require.NoError(t, err)
	want, err := without.Search(t.Context(), nobody, q)
	require.NoError(t, err)
	require.Equal(t, want.Total, got.Total)
	require.Equal(t, want.Facets, got.Facets)
	require.Equal(t, slugs(want.Hits), slugs(got.Hits))
}

func TestLearnedBesidePins(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{Pins: []search.Pin{pin(search.MatchExact, "hub", "password", "reset")}}, taught("hub", map[string]float64{"e17": 1, "reset": 1, "password": -1}))
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Locale: "en"})
	require.NoError(t, err)
	require.Equal(t, []string{"password", "reset", "e17"}, slugs(res.Hits), "what a team has put first stays first")
	require.Equal(t, []bool{true, true, false}, []bool{res.Hits[0].Pinned, res.Hits[1].Pinned, res.Hits[2].Pinned})
}

// TestLearnedPages: each document is on one page, also where pages leave the
// places that behaviour moves.
func TestLearnedPages(t *testing.T) {
	var docs []search.Document
	values := map[string]float64{}
	for i := range 45 {
		slug := fmt.Sprintf("d%02d", i)
		docs = append(docs, article(slug, "Hub", fmt.Sprint("hub ", i)))
		if i%7 == 3 {
			values[slug] = float64(i%3) - 1
		}
	}
	docs = append(docs, article("lamp", "Lamp", "light"))
	values["lamp"] = 0.9
	b := tunedBench(t, docs, search.Tuning{}, taught("hub", values))
	for _, limit := range []int{10, 20, 7, 50} {
		b.pages(t, limit)
	}
}

func (b *bench) pages(t *testing.T, limit int) {
	t.Helper()
	seen := map[string]int{}
	for page := 1; (page-1)*limit < 46; page++ {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Locale: "en", Page: page, Limit: limit})
		require.NoError(t, err)
		for i, h := range res.Hits {
			require.Equal(t, (page-1)*limit+i+1, h.Rank)
			seen[h.Group]++
		}
		require.Equal(t, 46, res.Total)
	}
	require.Contains(t, seen, "article/lamp")
	for group, n := range seen {
		require.Equal(t, 1, n, group)
	}
	require.Len(t, seen, 46)
}
