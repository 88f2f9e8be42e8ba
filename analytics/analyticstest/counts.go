package analyticstest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

func top(t *testing.T, s analytics.Store, q analytics.TopQuery) []analytics.Count {
	t.Helper()
	got, err := s.(analytics.Counter).Top(t.Context(), q)
	require.NoError(t, err)
	return got
}

// checkTop compares the counts with a scan, over random events that are
// appended in random batches, some of them twice.
func checkTop(t *testing.T, s analytics.Store) {
	r := rand.New(rand.NewPCG(1, 2))
	events := make([]analytics.Event, 400)
	for i := range events {
		events[i] = newEvent(numbered("e", i), func(e *analytics.Event) {
			e.Name = []string{"article.viewed", "article.rated"}[r.IntN(2)]
			e.Subject = []string{"article/a", "article/b", "article/ä", "articles/a", "topic/a", ""}[r.IntN(6)]
			e.Device = []string{"phone", "", "bot"}[r.IntN(3)]
			e.At = t0.Add(time.Duration(r.IntN(96)-48) * time.Hour)
		})
	}
	for range 12 {
		from := r.IntN(len(events))
		add(t, s, events[from:from+r.IntN(len(events)-from)]...)
	}
	found := 0
	for range 60 {
		q := analytics.TopQuery{
			Name: []string{"article.viewed", "article.rated", "nope.nope"}[r.IntN(3)],
			Kind: []string{"", "article", "topic", "nope"}[r.IntN(4)], Limit: r.IntN(4),
		}
		if r.IntN(2) == 0 {
			q.From = t0.Add(time.Duration(r.IntN(96)-48) * time.Hour).In(time.FixedZone("somewhere", 5*3600))
		}
		if r.IntN(2) == 0 {
			q.To = t0.Add(time.Duration(r.IntN(96)-48) * time.Hour)
		}
		want, err := analytics.TopOf(t.Context(), s, q)
		require.NoError(t, err)
		got := top(t, s, q)
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(got), "%+v", q)
		found += len(got)
	}
	require.Positive(t, found)
}

func checkTopFilter(t *testing.T, s analytics.Store) {
	var events []analytics.Event
	views := func(name, subject string, day, n int) {
		for range n {
			events = append(events, newEvent(numbered("e", len(events)), func(e *analytics.Event) {
				e.Name, e.Subject, e.At = name, subject, time.Date(2026, 3, day, 23, 59, 59, 999999000, time.UTC)
			}))
		}
	}
	views("article.viewed", "article/a", 1, 4)
	views("article.viewed", "article/b", 2, 2)
	views("article.viewed", "article/B", 2, 2)
	views("article.viewed", "article/c", 3, 3)
	views("article.viewed", "article_x", 2, 9)
	views("article.rated", "article/a", 2, 9)
	for i := range 12 {
		views("case.opened", numbered("case/", i), 5, 1)
	}
	add(t, s, events...)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name string
		q    analytics.TopQuery
		want string
	}{
		{"a kind", analytics.TopQuery{Name: "article.viewed", Kind: "article"}, "[{article/a 4} {article/c 3} {article/B 2} {article/b 2}]"},
		{"any kind", analytics.TopQuery{Name: "article.viewed", Limit: 2}, "[{article_x 9} {article/a 4}]"},
		{"a limit", analytics.TopQuery{Name: "article.viewed", Kind: "article", Limit: 3}, "[{article/a 4} {article/c 3} {article/B 2}]"},
		{"from a day", analytics.TopQuery{Name: "article.viewed", Kind: "article", From: day(2)}, "[{article/c 3} {article/B 2} {article/b 2}]"},
		{"to a day", analytics.TopQuery{Name: "article.viewed", Kind: "article", To: day(2)}, "[{article/a 4} {article/B 2} {article/b 2}]"},
		{"one day", analytics.TopQuery{Name: "article.viewed", Kind: "article", From: day(3), To: day(3)}, "[{article/c 3}]"},
		{"another name", analytics.TopQuery{Name: "article.rated"}, "[{article/a 9}]"},
		{"no pattern", analytics.TopQuery{Name: "article.viewed", Kind: "a%"}, "[]"},
		{"nor half a kind", analytics.TopQuery{Name: "article.viewed", Kind: "artic"}, "[]"},
	} {
		require.Equal(t, tt.want, fmt.Sprint(top(t, s, tt.q)), tt.name)
	}
	require.Len(t, top(t, s, analytics.TopQuery{Name: "case.opened"}), analytics.DefaultTop)
}

func checkTopTwice(t *testing.T, s analytics.Store) {
	batch := []analytics.Event{newEvent("e1"), newEvent("e2"), newEvent("e1")}
	add(t, s, batch...)
	add(t, s, batch...)
	add(t, s, append(batch, newEvent("e3"))...)
	require.Equal(t, []analytics.Count{{Subject: "article/a1", N: 3}}, top(t, s, analytics.TopQuery{Name: "article.viewed"}))
}

func checkTopRace(t *testing.T, s analytics.Store) {
	events := make([]analytics.Event, 60)
	want := "["
	for i := range events {
		events[i] = newEvent(numbered("e", i), func(e *analytics.Event) { e.Subject = numbered("article/", i%6) })
	}
	for i := range 6 {
		want += fmt.Sprintf("{%s 10} ", numbered("article/", i))
	}
	appendAtOnce(t, s, events)
	require.Equal(t, want[:len(want)-1]+"]", fmt.Sprint(top(t, s, analytics.TopQuery{Name: "article.viewed"})))
}

func checkTopErase(t *testing.T, s analytics.Store) {
	add(t, s, newEvent("e1"),
		newEvent("e2", func(e *analytics.Event) { e.Name, e.Subject = "person.saved", "person/ann" }),
		newEvent("e3", func(e *analytics.Event) { e.Name, e.Subject = "person.saved", "person/bob" }),
	)
	_, err := s.Erase(t.Context(), analytics.Who{User: "ann"})
	require.NoError(t, err)
	require.Equal(t, []analytics.Count{{Subject: "article/a1", N: 1}}, top(t, s, analytics.TopQuery{Name: "article.viewed"}), "it was read, whoever it was")
	require.Equal(t, []analytics.Count{{Subject: "person/bob", N: 1}}, top(t, s, analytics.TopQuery{Name: "person.saved"}))
}

func checkTopPrune(t *testing.T, s analytics.Store) {
	add(t, s, newEvent("e1"))
	_, err := s.Prune(t.Context(), t0.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Empty(t, scan(t, s, analytics.Range{}))
	require.Equal(t, []analytics.Count{{Subject: "article/a1", N: 1}}, top(t, s, analytics.TopQuery{Name: "article.viewed"}))
}
