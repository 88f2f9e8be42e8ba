package insight_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
)

func TestGaps(t *testing.T) {
	w := newWorld(t)
	a := w.show("Reset the hub", "c")
	day := start.Add(-24 * time.Hour)
	for i := range 4 {
		person := fmt.Sprint("p", i)
		at := day.Add(time.Duration(i) * time.Hour)
		w.journey(at, person, "", "q:Purple Light", "q:red light="+a.ID, "c:"+a.ID, "v:"+a.ID)
		w.journey(at, person, "", "q:blinking="+a.ID, "case")
		w.journey(at, "p0", "", "q:my own secret")                                     // one person, again and again
		w.journey(at.AddDate(0, 0, -i), "", "visitor-of-the-day", "q:anonymous words") // one a day, who may be the same
	}
	w.journey(day, "p1", "", "q:red light="+a.ID)
	w.journey(day, "", "v1", "q:several visitors")
	w.journey(day, "", "v2", "q:several visitors")
	w.journey(day, "", "v3", "q:several, VISITORS")
	w.later(time.Hour)
	list, next, err := w.Gaps(t.Context(), author, insight.GapList{})
	require.NoError(t, err)
	require.Empty(t, next)
	var got []string
	for _, g := range list {
		got = append(got, fmt.Sprint(g.Text, g.People, g.Reasons, g.Searches, g.Empty, g.Unclicked, g.Refined, g.Cases))
	}
	require.Equal(t, []string{
		"blinking4 [case unclicked] 4 0 4 0 4", "purple light4 [empty refined] 4 4 4 4 0", "several visitors3 [empty] 3 3 3 0 0",
	}, got, "a search that leads somewhere is none, nor is one of too few people")
	for _, by := range []profile.Actor{{}, customer} {
		_, _, err = w.Gaps(t.Context(), by, insight.GapList{})
		require.ErrorIs(t, err, insight.ErrForbidden)
		_, err = w.MarkGap(t.Context(), by, list[0].Query, insight.GapIgnored)
		require.ErrorIs(t, err, insight.ErrForbidden)
	}
	one, next, err := w.Gaps(t.Context(), author, insight.GapList{Limit: 1})
	require.NoError(t, err)
	require.Len(t, one, 1)
	_, _, err = w.Gaps(t.Context(), author, insight.GapList{Limit: 1, After: next, Reason: insight.GapEmpty})
	require.ErrorIs(t, err, insight.ErrInvalid, "a token of another list")
	empty, _, err := w.Gaps(t.Context(), author, insight.GapList{Reason: insight.GapEmpty, Locale: "en"})
	require.NoError(t, err)
	require.Len(t, empty, 2)
	near, err := w.GapsAbout(t.Context(), author, "en", "All about the purple LED", 5)
	require.NoError(t, err)
	require.Len(t, near, 1)

	_, err = w.MarkGap(t.Context(), author, list[1].Query, insight.GapHandled)
	require.NoError(t, err)
	_, err = w.MarkGap(t.Context(), author, insight.Query{Locale: "en", Text: "my own secret"}, insight.GapHandled)
	require.ErrorIs(t, err, insight.ErrNotFound)
	w.later(2 * time.Hour)
	done, _, err := w.Gaps(t.Context(), author, insight.GapList{State: insight.GapHandled})
	require.NoError(t, err)
	require.Len(t, done, 1, "it stays when lists are made anew")
	require.Equal(t, "ines", done[0].By)

	leads, err := w.Leads(t.Context(), author, a.ID, 10)
	require.NoError(t, err)
	require.Equal(t, []insight.Lead{
		{Query: insight.Query{Locale: "en", Text: "red light"}, Shown: 5, Clicks: 4}, {Query: insight.Query{Locale: "en", Text: "blinking"}, Shown: 4},
	}, leads)
	_, err = w.Leads(t.Context(), customer, a.ID, 10)
	require.ErrorIs(t, err, insight.ErrNotFound)

	w.later(30 * 24 * time.Hour)
	list, _, err = w.Gaps(t.Context(), author, insight.GapList{})
	require.NoError(t, err)
	require.Empty(t, list, "what is long ago is no gap any more")
}

// TestTallyCountsOnce runs several analysts over the same events, some of which
// stop half-way.
func TestTallyCountsOnce(t *testing.T) {
	w := newWorld(t)
	a := w.show("Reset the hub", "c")
	for i := range 3 {
		w.journey(start.Add(time.Duration(i-3)*20*time.Hour), fmt.Sprint("p", i), "", "v:"+a.ID, "q:words", "q:other", "v:"+a.ID, "case")
	}
	bot := analytics.Event{ID: "bot", Name: "article.viewed", At: start.Add(-time.Hour), Session: "b", Subject: "article/" + a.ID, Device: analytics.DeviceBot}
	require.NoError(t, w.events.Append(t.Context(), []analytics.Event{bot}))
	second := insight.New(w.store, w.library, w.events, w.options())
	for range 3 {
		w.later(20 * time.Minute)
		require.NoError(t, second.DoDue(t.Context()))
	}
	o, err := w.Overview(t.Context(), admin)
	require.NoError(t, err)
	var sum insight.Counts
	searches := 0
	for _, d := range o.Days {
		sum = sum.Plus(d.Counts)
		searches += d.Searches
	}
	require.Equal(t, insight.Counts{Views: 6, Cases: 6}, sum)
	require.Equal(t, 6, searches)
	rows, err := w.Trend(t.Context(), author, a.ID)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Equal(t, insight.Counts{Views: 2, Cases: 2}, rows[0].Counts)
}

func TestDecisionsAreForgotten(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		w.journey(start.Add(-time.Hour), fmt.Sprint("p", i), "", "q:words")
	}
	w.later(time.Hour)
	_, err := w.MarkGap(t.Context(), author, insight.Query{Locale: "en", Text: "Wörds"}, insight.GapIgnored)
	require.NoError(t, err)
	var said []any
	for v, err := range w.Keeper().Export(t.Context(), author.ID) {
		require.NoError(t, err)
		said = append(said, v)
	}
	require.Len(t, said, 1)
	require.Contains(t, fmt.Sprint(said), "en|words")
	erased, err := w.Keeper().Erase(t.Context(), author.ID, profile.Erasure{Pseudonym: "gone"})
	require.NoError(t, err)
	require.Equal(t, profile.Erased{Renamed: 1}, erased)
	list, _, err := w.Gaps(t.Context(), author, insight.GapList{State: insight.GapIgnored})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "gone", list[0].By)
}

// TestNothingIsKnownOfSearches: without what tells of searches there are no gaps,
// and articles are looked at all the same.
func TestNothingIsKnownOfSearches(t *testing.T) {
	w := newWorld(t)
	a := w.show("Reset the hub", "c")
	w.journey(start.Add(-time.Hour), "p1", "", "q:red light="+a.ID, "c:"+a.ID, "v:"+a.ID)
	w.later(time.Hour)
	opts := w.options()
	opts.Searches = nil
	alone := insight.New(w.store, w.library, w.events, opts)
	list, next, err := alone.Gaps(t.Context(), author, insight.GapList{})
	require.NoError(t, err)
	require.Empty(t, list)
	require.Empty(t, next)
	_, err = alone.Gap(t.Context(), author, insight.Query{Locale: "en", Text: "red light"})
	require.ErrorIs(t, err, insight.ErrNotFound)
	leads, err := alone.Leads(t.Context(), author, a.ID, 5)
	require.NoError(t, err)
	require.Empty(t, leads)
	_, err = alone.Overview(t.Context(), admin)
	require.NoError(t, err)
}
