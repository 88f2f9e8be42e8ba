// Package insighttest checks implementations of [insight.Store].
package insighttest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/insight"
)

// TestStore runs the contract of [insight.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(*testing.T) insight.Store) {
	for _, p := range Promises() {
		t.Run(p.Name, func(t *testing.T) {
			t.Logf("contract: %s", p.Says)
			p.Check(t, open(t))
		})
	}
}

// A Promise is one thing that a store promises, with the sentence that a failing
// run prints.
type Promise struct {
	Name, Says string
	Check      func(testing.TB, insight.Store)
}

// Promises returns all that a store promises.
func Promises() []Promise {
	return []Promise{
		{"Progress", "Count moves the progress from what it is, and otherwise adds nothing and is ErrConflict", checkProgress},
		{"Sums", "Sums adds the days of each subject and detail up, in order, by pages that end", checkSums},
		{"Days", "Days returns what is counted of a subject by day", checkDays},
		{"Items", "Items returns what SaveItems kept last, the highest rank first, by every filter and by pages that end", checkItems},
		{"Drop", "DropItems and Prune remove what is old, of the kind, and count it", checkDrop},
		{"Forget", "what a person decided is told, and ForgetPerson takes them out of it", checkForget},
		{"Text", "NUL and broken UTF-8 are ErrInvalid to write, and nothing to read", checkText},
		{"Cancelled", "a cancelled context stops every call and writes nothing", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func row(series insight.Series, subject, detail, day string, c insight.Counts) insight.Row {
	return insight.Row{Series: series, Subject: subject, Detail: detail, Day: day, Counts: c}
}

// add counts rows, from the progress that there is.
func add(t testing.TB, s insight.Store, rows ...insight.Row) {
	t.Helper()
	from, err := s.Progress(t.Context(), "tally")
	require.NoError(t, err)
	until := t0
	if !from.IsZero() {
		until = from.Add(time.Hour)
	}
	require.NoError(t, s.Count(t.Context(), "tally", from, until, rows))
}

func checkProgress(t testing.TB, s insight.Store) {
	at, err := s.Progress(t.Context(), "tally")
	require.NoError(t, err)
	require.True(t, at.IsZero())
	one := row(insight.SeriesArticles, "q", "", "2026-03-01", insight.Counts{Views: 1})
	require.NoError(t, s.Count(t.Context(), "tally", time.Time{}, t0.In(time.FixedZone("X", 3600)), []insight.Row{one, one}))
	at, err = s.Progress(t.Context(), "tally")
	require.NoError(t, err)
	require.Equal(t, t0, at)
	for _, from := range []time.Time{{}, t0.Add(time.Microsecond)} {
		require.ErrorIs(t, s.Count(t.Context(), "tally", from, t0.Add(time.Hour), []insight.Row{one}), insight.ErrConflict)
	}
	require.NoError(t, s.Count(t.Context(), "other", time.Time{}, t0, nil))
	require.NoError(t, s.Count(t.Context(), "tally", t0, t0.Add(time.Hour), []insight.Row{one}))
	page, _, err := s.Sums(t.Context(), insight.SumQuery{Series: insight.SeriesArticles})
	require.NoError(t, err)
	require.Equal(t, []insight.Row{row(insight.SeriesArticles, "q", "", "", insight.Counts{Views: 3})}, page)
}

func checkSums(t testing.TB, s insight.Store) {
	all := insight.Counts{Views: 1, Clicks: 2, Shown: 3, Cases: 4}
	add(t, s,
		row(insight.SeriesLeads, "b", "en|x", "2026-03-02", all), row(insight.SeriesLeads, "b", "en|x", "2026-03-01", all),
		row(insight.SeriesLeads, "a", "en|z", "2026-03-01", all), row(insight.SeriesLeads, "a", "de|y", "2026-03-03", all),
		row(insight.SeriesArticles, "a", "", "2026-03-01", all))
	sum := func(subject, detail string, c insight.Counts) insight.Row {
		return row(insight.SeriesLeads, subject, detail, "", c)
	}
	for _, c := range []struct {
		q    insight.SumQuery
		want []insight.Row
	}{
		{insight.SumQuery{}, []insight.Row{sum("a", "de|y", all), sum("a", "en|z", all), sum("b", "en|x", all.Plus(all))}},
		{insight.SumQuery{Subjects: []string{"a", "c\x00"}}, []insight.Row{sum("a", "de|y", all), sum("a", "en|z", all)}},
		{insight.SumQuery{Subjects: []string{}}, nil},
		{insight.SumQuery{From: "2026-03-02"}, []insight.Row{sum("a", "de|y", all), sum("b", "en|x", all)}},
		{insight.SumQuery{Until: "2026-03-01"}, []insight.Row{sum("a", "en|z", all), sum("b", "en|x", all)}},
	} {
		for _, limit := range []int{0, 1} {
			q, got := c.q, []insight.Row(nil)
			for q.Series, q.Limit = insight.SeriesLeads, limit; ; {
				page, next, err := s.Sums(t.Context(), q)
				require.NoError(t, err)
				got = append(got, page...)
				if q.After = next; next == "" {
					break
				}
			}
			require.Equal(t, c.want, got, "%+v", c.q)
		}
	}
	_, _, err := s.Sums(t.Context(), insight.SumQuery{Series: insight.SeriesLeads, After: "nonsense"})
	require.ErrorIs(t, err, insight.ErrInvalid)
}

func checkDays(t testing.TB, s insight.Store) {
	one := insight.Counts{Views: 1, Clicks: 2}
	add(t, s, row(insight.SeriesLeads, "a", "x", "2026-03-02", one), row(insight.SeriesLeads, "a", "y", "2026-03-02", one),
		row(insight.SeriesLeads, "a", "x", "2026-03-01", one), row(insight.SeriesLeads, "a", "x", "2026-03-09", one), row(insight.SeriesLeads, "b", "x", "2026-03-01", one),
		row(insight.SeriesArticles, "a", "", "2026-03-02", one))
	got, err := s.Days(t.Context(), insight.SeriesLeads, "a", "2026-03-01", "2026-03-08")
	require.NoError(t, err)
	require.Equal(t, []insight.Row{row(insight.SeriesLeads, "a", "", "2026-03-01", one), row(insight.SeriesLeads, "a", "", "2026-03-02", one.Plus(one))}, got)
}

func item(id string, rank int, change ...func(*insight.Item)) insight.Item {
	i := insight.Item{
		Kind: "health", ID: id, Rank: rank, Owner: "ann", Category: "c", Type: "faq", Locale: "en", Labels: []string{"lang:de", "stale"},
		State: "open", By: "bob", Body: []byte(`{"odd":"'%_؟"}`), At: t0,
	}
	for _, c := range change {
		c(&i)
	}
	return i
}

func names(items []insight.Item) (out []string) {
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

func checkItems(t testing.TB, s insight.Store) {
	first := item("1", 5)
	local := item("1", 5, func(i *insight.Item) { i.At = t0.In(time.FixedZone("X", 3600)) })
	require.NoError(t, s.SaveItems(t.Context(), local, item("2", 9, func(i *insight.Item) { i.Owner, i.Labels, i.State = "kim", []string{"stale"}, "ignored" }),
		item("3", 5, func(i *insight.Item) { i.Category, i.Type, i.Locale, i.Labels = "d", "how-to", "de", nil }),
		item("4", -1), item("5", 7, func(i *insight.Item) { i.Kind = "gap" })))
	local.Labels[0] = "changed"
	page, _, err := s.Items(t.Context(), insight.ItemQuery{Kind: "health", IDs: []string{"1"}})
	require.NoError(t, err)
	require.Equal(t, []insight.Item{first}, page)
	for _, c := range []struct {
		q    insight.ItemQuery
		want []string
	}{
		{insight.ItemQuery{}, []string{"2", "1", "3", "4"}},
		{insight.ItemQuery{Owner: "ann"}, []string{"1", "3", "4"}},
		{insight.ItemQuery{Category: []string{"d", "x"}}, []string{"3"}},
		{insight.ItemQuery{Category: []string{}}, nil},
		{insight.ItemQuery{Type: "how-to"}, []string{"3"}},
		{insight.ItemQuery{Locale: "en"}, []string{"2", "1", "4"}},
		{insight.ItemQuery{Labels: []string{"stale"}}, []string{"2", "1", "4"}},
		{insight.ItemQuery{Labels: []string{"stale", "lang:de"}}, []string{"1", "4"}},
		{insight.ItemQuery{States: []string{"ignored"}}, []string{"2"}},
		{insight.ItemQuery{IDs: []string{"4", "9"}}, []string{"4"}},
		{insight.ItemQuery{Owner: "a\x00"}, nil},
	} {
		for _, limit := range []int{0, 1} {
			q, got := c.q, []string(nil)
			for q.Kind, q.Limit = "health", limit; ; {
				page, next, err := s.Items(t.Context(), q)
				require.NoError(t, err)
				got = append(got, names(page)...)
				if q.After = next; next == "" {
					break
				}
			}
			require.Equal(t, c.want, got, "%+v", c.q)
		}
	}
	bare := insight.Item{Kind: "health", ID: "1", At: t0}
	require.NoError(t, s.SaveItems(t.Context(), bare))
	page, _, err = s.Items(t.Context(), insight.ItemQuery{Kind: "health", IDs: []string{"1"}})
	require.NoError(t, err)
	require.Equal(t, []insight.Item{bare}, page)
	page, _, err = s.Items(t.Context(), insight.ItemQuery{Kind: "health", Labels: []string{"lang:de"}})
	require.NoError(t, err)
	require.Equal(t, []string{"4"}, names(page), "labels are replaced with the rest")
}

func checkDrop(t testing.TB, s insight.Store) {
	old := func(i *insight.Item) { i.At = t0.Add(-time.Hour) }
	require.NoError(t, s.SaveItems(t.Context(), item("1", 1), item("2", 2, old), item("3", 3, old, func(i *insight.Item) { i.Kind = "gap" })))
	n, err := s.DropItems(t.Context(), "health", t0)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	page, _, err := s.Items(t.Context(), insight.ItemQuery{Kind: "health"})
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, names(page))
	page, _, err = s.Items(t.Context(), insight.ItemQuery{Kind: "gap"})
	require.NoError(t, err)
	require.Len(t, page, 1)
	add(t, s, row(insight.SeriesArticles, "q", "", "2026-02-28", insight.Counts{Views: 1}), row(insight.SeriesArticles, "q", "", "2026-03-01", insight.Counts{Views: 1}))
	n, err = s.Prune(t.Context(), "2026-03-01")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	sums, _, err := s.Sums(t.Context(), insight.SumQuery{Series: insight.SeriesArticles})
	require.NoError(t, err)
	require.Equal(t, 1, sums[0].Views)
}

func checkForget(t testing.TB, s insight.Store) {
	add(t, s, row(insight.SeriesArticles, "q", "", "2026-03-01", insight.Counts{Views: 4}))
	require.NoError(t, s.SaveItems(t.Context(), item("1", 1, func(i *insight.Item) { i.By = "ann" }), item("2", 1, func(i *insight.Item) { i.Owner = "kim" })))
	items, err := s.ItemsBy(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, names(items))
	for _, nobody := range []string{"", "an", "a\x00"} {
		items, err = s.ItemsBy(t.Context(), nobody)
		require.NoError(t, err)
		require.Empty(t, items)
	}
	_, err = s.ForgetPerson(t.Context(), "", "gone")
	require.ErrorIs(t, err, insight.ErrInvalid)
	renamed, err := s.ForgetPerson(t.Context(), "ann", "gone")
	require.NoError(t, err)
	require.Equal(t, 1, renamed)
	page, _, err := s.Items(t.Context(), insight.ItemQuery{Kind: "health"})
	require.NoError(t, err)
	require.Equal(t, []insight.Item{item("1", 1, func(i *insight.Item) { i.By, i.Owner = "gone", "gone" }), item("2", 1, func(i *insight.Item) { i.Owner = "kim" })}, page)
	sums, _, err := s.Sums(t.Context(), insight.SumQuery{Series: insight.SeriesArticles})
	require.NoError(t, err)
	require.Equal(t, 4, sums[0].Views, "counts are about nobody")
}

func checkText(t testing.TB, s insight.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		require.ErrorIs(t, s.SaveItems(t.Context(), item("1", 1), item("2", 1, func(i *insight.Item) { i.Labels[0] = bad })), insight.ErrInvalid)
		require.ErrorIs(t, s.Count(t.Context(), "tally", time.Time{}, t0, []insight.Row{row(insight.SeriesArticles, bad, "", "2026-03-01", insight.Counts{})}), insight.ErrInvalid)
	}
	page, _, err := s.Items(t.Context(), insight.ItemQuery{Kind: "health"})
	require.NoError(t, err)
	require.Empty(t, page, "whole or not at all")
}

func checkCancelled(t testing.TB, s insight.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, progressErr := s.Progress(ctx, "tally")
	_, _, sumsErr := s.Sums(ctx, insight.SumQuery{})
	_, daysErr := s.Days(ctx, insight.SeriesAll, "", "", "9")
	_, _, itemsErr := s.Items(ctx, insight.ItemQuery{})
	_, dropErr := s.DropItems(ctx, "health", t0)
	_, pruneErr := s.Prune(ctx, "2026")
	_, byErr := s.ItemsBy(ctx, "ann")
	_, forgetErr := s.ForgetPerson(ctx, "ann", "")
	for i, err := range []error{
		progressErr, sumsErr, daysErr, itemsErr, dropErr, pruneErr, byErr, forgetErr,
		s.SaveItems(ctx, item("1", 1)), s.Count(ctx, "tally", time.Time{}, t0, nil),
	} {
		require.ErrorIs(t, err, context.Canceled, "call %d", i)
	}
	at, err := s.Progress(t.Context(), "tally")
	require.NoError(t, err)
	require.True(t, at.IsZero())
}
