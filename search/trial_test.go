package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

func visiting(t *testing.T, visit string) context.Context {
	return analytics.NewContext(t.Context(), analytics.Event{Session: visit})
}

// TestTrial: visits of the share see hits of both rankings, each document once on
// all pages together, nothing they may not see, and the same when they ask again.
func TestTrial(t *testing.T) {
	docs := []search.Document{article("secret", "Lamp secret", "lamp", forStaff)}
	for i := range 45 {
		docs = append(docs, article(fmt.Sprintf("bulb%02d", i), "Bulb", strings.Repeat("bulb ", 1+i%7)), article(fmt.Sprintf("lamp%02d", i), "Lamp", strings.Repeat("lamp ", 1+i%5)))
	}
	b := newBench(t, docs, func(o *search.Options) { o.Tuning, o.Trials = &memsearch.Tunings{}, &memsearch.Trials{} })
	_, err := b.BeginTrial(t.Context(), eve, search.TrialTuning, 0)
	require.ErrorIs(t, err, search.ErrInvalid, "there is no draft")
	_, err = b.BeginTrial(t.Context(), ann, search.TrialTuning, 50)
	require.ErrorIs(t, err, search.ErrForbidden)
	_, err = b.SaveTuning(t.Context(), eve, search.Tuning{
		Synonyms: []search.Synonym{{From: []string{"bulb"}, To: []string{"lamp"}}},
		Pins: []search.Pin{{Queries: []search.Pattern{{Text: "bulb", Match: search.MatchExact}}, Groups: []string{
			"article/secret", "article/lamp01", "article/lamp02", "article/lamp03", "article/lamp04", "article/lamp05", "article/lamp06",
		}}},
	}, 0)
	require.NoError(t, err)
	_, err = b.BeginTrial(t.Context(), eve, search.TrialPlain, 50)
	require.ErrorIs(t, err, search.ErrInvalid, "nothing is learned here")
	tr, err := b.BeginTrial(t.Context(), eve, search.TrialTuning, 50)
	require.NoError(t, err)
	_, err = b.BeginTrial(t.Context(), eve, search.TrialTuning, 50)
	require.ErrorIs(t, err, search.ErrConflict)
	b.events.take()

	all := func(visit string) (groups []string) {
		token := ""
		for page := 1; page < 11; page++ {
			res, err := b.Search(visiting(t, visit), nobody, search.Query{Text: "bulb", Page: page, Token: token})
			require.NoError(t, err)
			for _, h := range res.Hits {
				groups = append(groups, h.Group)
			}
			if token = res.Token; page >= res.Pages {
				break
			}
		}
		return groups
	}
	in := 0
	for i := range 60 {
		visit := fmt.Sprint("visit", i)
		groups := all(visit)
		events := b.events.take()
		require.Len(t, events, 1)
		require.NotContains(t, groups, "article/secret")
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(groups))), len(groups), "each once")
		if i < 3 {
			require.Equal(t, groups, all(visit))
			b.events.take()
		}
		bulbs := 0
		for _, g := range groups {
			if strings.HasPrefix(g, "article/bulb") {
				bulbs++
			}
		}
		require.Equal(t, 45, bulbs, "all that is found without the trial is found")
		props := events[0].Props
		if props[search.PropTrial] == "" {
			require.Equal(t, 45, len(groups))
			require.Empty(t, props[search.PropTeams])
			continue
		}
		in++
		require.Equal(t, tr.ID(), props[search.PropTrial])
		teams := props[search.PropTeams]
		require.Len(t, teams, 10)
		require.InDelta(t, 5, strings.Count(teams, "o"), 1, teams)
	}
	require.InDelta(t, 30, in, 12)

	res, err := b.Search(visiting(t, "visit1"), nobody, search.Query{Text: "secret"})
	require.NoError(t, err)
	require.Empty(t, res.Hits)
	require.Empty(t, b.events.take()[0].Props[search.PropTrial], "both show the same")
	for _, q := range []search.Query{{Text: "bulb", Plain: true}, {Text: "bulb", Sort: search.SortUpdated}} {
		for i := range 10 {
			_, err := b.Search(visiting(t, fmt.Sprint("visit", i)), nobody, q)
			require.NoError(t, err)
			require.Empty(t, b.events.take()[0].Props[search.PropTrial])
		}
	}
	live, other, err := b.Rankings(t.Context(), eve, search.TrialTuning, "bulb", "en")
	require.NoError(t, err)
	require.Len(t, live, 10)
	require.NotContains(t, other, "article/secret")
	_, _, err = b.Rankings(t.Context(), ann, search.TrialTuning, "bulb", "en")
	require.ErrorIs(t, err, search.ErrForbidden)

	require.NoError(t, b.StopTrial(t.Context(), eve, tr.Number))
	require.NoError(t, b.StopTrial(t.Context(), eve, tr.Number), "again")
	require.ErrorIs(t, b.StopTrial(t.Context(), eve, 9), search.ErrNotFound)
	for i := range 10 {
		all(fmt.Sprint("visit", i))
		require.Empty(t, b.events.take()[0].Props[search.PropTrial])
	}
	list, err := b.Trials(t.Context(), eve, 5)
	require.NoError(t, err)
	require.False(t, list[0].Running())
}
