// Package reporttest checks implementations of [report.Store].
package reporttest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search/report"
)

// TestStore runs the contract of [report.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(*testing.T) report.Store) {
	suitetest.Run(t, []suitetest.Promise[report.Store]{
		{Name: "Progress", Says: "Add moves the progress from what it is, and otherwise adds nothing and is ErrConflict", Check: checkProgress},
		{Name: "Once", Says: "a person or visitor counts once a day for a question, whenever they come again", Check: checkOnce},
		{Name: "Sums", Says: "Sums adds facts up by each dimension, filtered and ordered", Check: checkSums},
		{Name: "People", Says: "behind a row are its persons, and the visitors of the day that had most, and rows of too few are left out", Check: checkPeople},
		{Name: "Trim", Says: "Trim forgets the rarest questions of a day, and nothing of sums; Prune forgets old days", Check: checkTrim},
		{Name: "Marks", Says: "a mark takes the place of the version before and of no other", Check: checkMarks},
		{Name: "Ballot", Says: "everybody has one vote in a trial, for what they followed more of", Check: checkBallot},
		{Name: "Forget", Says: "what a person asked, followed and decided is told, and Forget takes them out of it and leaves counts", Check: checkForget},
		{Name: "Text", Says: "NUL and broken UTF-8 are ErrInvalid to write, and find nothing", Check: checkText},
		{Name: "Cancelled", Says: "a cancelled context stops every call and writes nothing", Check: checkCancelled},
	}, open)
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

const (
	day1 = "2026-03-01"
	day2 = "2026-03-02"
)

var all = report.Counts{Searches: 1, Empty: 2, Unclicked: 3, Refined: 4, Exits: 5, Cases: 6, Followed: 1, Ranks: 7, Top: 8}

// fact is one of ann, asking in English on the web.
func fact(day, text string, change ...func(*report.Fact)) report.Fact {
	f := report.Fact{
		Day: day, Question: report.Query{Locale: "en", Text: text}, Text: text, Brand: "b1", Role: "customer", Channel: "web", Person: "ann",
		Counts: report.Counts{Searches: 1},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func by(person string) func(*report.Fact) { return func(f *report.Fact) { f.Person = person } }

func visitor(name string) func(*report.Fact) {
	return func(f *report.Fact) { f.Person, f.Visitor = "", name }
}

func counts(c report.Counts) func(*report.Fact) { return func(f *report.Fact) { f.Counts = c } }

// add adds facts and votes, from the progress that there is.
func add(t *testing.T, s report.Store, votes []report.Vote, facts ...report.Fact) {
	t.Helper()
	from, err := s.Progress(t.Context())
	require.NoError(t, err)
	until := t0
	if !from.IsZero() {
		until = from.Add(time.Hour)
	}
	require.NoError(t, s.Add(t.Context(), from, until, facts, votes))
}

func sums(t *testing.T, s report.Store, q report.SumQuery) []report.Row {
	t.Helper()
	rows, err := s.Sums(t.Context(), q)
	require.NoError(t, err)
	return rows
}

func keys(rows []report.Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.Key)
	}
	return out
}

func checkProgress(t *testing.T, s report.Store) {
	at, err := s.Progress(t.Context())
	require.NoError(t, err)
	require.True(t, at.IsZero())
	require.Empty(t, sums(t, s, report.SumQuery{}))
	require.NoError(t, s.Add(t.Context(), time.Time{}, t0.In(time.FixedZone("X", 3600)), []report.Fact{fact(day1, "q")}, nil))
	at, err = s.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, t0, at)
	for _, from := range []time.Time{{}, t0.Add(time.Microsecond)} {
		err = s.Add(t.Context(), from, t0.Add(time.Hour), []report.Fact{fact(day2, "q")}, []report.Vote{{Trial: "t", Person: "ann", Live: 1}})
		require.ErrorIs(t, err, report.ErrConflict)
	}
	require.Equal(t, 1, sums(t, s, report.SumQuery{})[0].Searches)
	b, err := s.Ballot(t.Context(), "t")
	require.NoError(t, err)
	require.Equal(t, report.Ballot{}, b)
	add(t, s, nil, fact(day2, "q"))
	require.Equal(t, 2, sums(t, s, report.SumQuery{})[0].Searches)
}

func checkOnce(t *testing.T, s report.Store) {
	again := fact(day1, "q", counts(all), func(f *report.Fact) { f.Channel, f.Brand = "api", "b2" })
	add(t, s, nil, fact(day1, "q"), fact(day1, "q", visitor("v")))
	add(t, s, nil, again, fact(day1, "q", visitor("v"), counts(all)), fact(day1, "q", by("bob")), fact(day1, "q", visitor("v"), func(f *report.Fact) { f.Question.Locale = "de" }))
	rows := sums(t, s, report.SumQuery{By: report.DimensionQuestion})
	require.Equal(t, []report.Row{
		{Key: "de|q", Text: "q", People: 1, Counts: report.Counts{Searches: 1}}, {Key: "en|q", Text: "q", People: 3, Counts: report.Counts{Searches: 3}},
	}, rows)
	require.Equal(t, 4, sums(t, s, report.SumQuery{})[0].Searches, "in sums over all questions as well")
}

func checkSums(t *testing.T, s report.Store) {
	add(t, s, nil,
		fact(day1, "a", counts(all), func(f *report.Fact) { f.Text = "á" }),
		fact(day2, "a", counts(all), by("bob"), func(f *report.Fact) { f.Text, f.Role = "a", "agent" }),
		fact(day2, "b", func(f *report.Fact) { f.Brand, f.Channel = "b2", "api" }),
		fact(day2, "b", visitor("v"), func(f *report.Fact) { f.Question.Locale, f.Role = "de", "visitor" }),
	)
	twice := all.Plus(all)
	one := report.Counts{Searches: 1}
	for _, c := range []struct {
		q    report.SumQuery
		want []report.Row
	}{
		{report.SumQuery{}, []report.Row{{People: 3, Counts: twice.Plus(one).Plus(one)}}},
		{report.SumQuery{By: report.DimensionQuestion}, []report.Row{
			{Key: "de|b", Text: "b", People: 1, Counts: one}, {Key: "en|a", Text: "á", People: 2, Counts: twice}, {Key: "en|b", Text: "b", People: 1, Counts: one},
		}},
		{report.SumQuery{By: report.DimensionDay}, []report.Row{{Key: day1, People: 1, Counts: all}, {Key: day2, People: 3, Counts: all.Plus(one).Plus(one)}}},
		{report.SumQuery{By: report.DimensionDay, From: day2, Until: day2, Questions: []report.Query{{Locale: "en", Text: "a"}}}, []report.Row{{Key: day2, People: 1, Counts: all}}},
		{report.SumQuery{By: report.DimensionQuestion, Questions: []report.Query{{Locale: "en", Text: "b"}, {Locale: "en", Text: "a"}, {Locale: "de", Text: "a"}, {Locale: "en", Text: "b"}}}, []report.Row{
			{Key: "en|a", Text: "á", People: 2, Counts: twice}, {Key: "en|b", Text: "b", People: 1, Counts: one},
		}},
		{report.SumQuery{By: report.DimensionQuestion, Questions: []report.Query{}}, nil},
		{report.SumQuery{Questions: []report.Query{}}, nil},
		{report.SumQuery{By: report.DimensionDay, Until: day1}, []report.Row{{Key: day1, People: 1, Counts: all}}},
		{report.SumQuery{By: report.DimensionLanguage, Role: "visitor"}, []report.Row{{Key: "de", People: 1, Counts: one}}},
		{report.SumQuery{By: report.DimensionRole, Brand: "b1", Order: report.MeasureEmpty}, []report.Row{{Key: "agent", People: 1, Counts: all}, {Key: "customer", People: 1, Counts: all}}},
		{report.SumQuery{By: report.DimensionQuestion, Order: report.MeasureRank, Channel: "web"}, []report.Row{{Key: "en|a", Text: "á", People: 2, Counts: twice}}},
		{report.SumQuery{By: report.DimensionQuestion, Order: report.MeasureSearches, Limit: 1}, []report.Row{{Key: "en|a", Text: "á", People: 2, Counts: twice}}},
		{report.SumQuery{By: report.DimensionQuestion, Language: "en", Channel: "api"}, []report.Row{{Key: "en|b", Text: "b", People: 1, Counts: one}}},
		{report.SumQuery{By: report.DimensionQuestion, Language: "de"}, []report.Row{{Key: "de|b", Text: "b", People: 1, Counts: one}}},
		{report.SumQuery{From: "2026-03-03"}, nil},
	} {
		require.Equal(t, c.want, sums(t, s, c.q), "%+v", c.q)
	}
	for _, m := range report.Measures() {
		require.Equal(t, "en|a", sums(t, s, report.SumQuery{By: report.DimensionQuestion, Order: m})[0].Key, "%s", m)
	}
}

func checkPeople(t *testing.T, s report.Store) {
	add(t, s, nil,
		fact(day1, "q"), fact(day2, "q"), fact(day2, "q", by("bob")), fact(day1, "q", visitor("v1")), fact(day1, "q", visitor("v2")), fact(day2, "q", visitor("v3")),
		fact(day1, "r", visitor("v1")), fact(day2, "r", visitor("v4")),
	)
	rows := sums(t, s, report.SumQuery{By: report.DimensionQuestion})
	require.Equal(t, []int{4, 1}, []int{rows[0].People, rows[1].People})
	require.Equal(t, 4, sums(t, s, report.SumQuery{})[0].People)
	require.Equal(t, []string{"en|q"}, keys(sums(t, s, report.SumQuery{By: report.DimensionQuestion, People: 4, Limit: 1, Order: report.MeasureSearches})))
	require.Empty(t, sums(t, s, report.SumQuery{By: report.DimensionQuestion, People: 5}))
	require.Empty(t, sums(t, s, report.SumQuery{People: 5}))
	require.Equal(t, 4, sums(t, s, report.SumQuery{From: day2})[0].People)
}

func checkTrim(t *testing.T, s report.Store) {
	add(t, s, nil, fact(day1, "often"), fact(day1, "often", by("bob")), fact(day1, "a"), fact(day1, "b"), fact(day2, "c"))
	require.NoError(t, s.Trim(t.Context(), day1, 3))
	require.Len(t, sums(t, s, report.SumQuery{By: report.DimensionQuestion}), 4)
	require.NoError(t, s.Trim(t.Context(), day1, 2))
	require.Equal(t, []string{"en|a", "en|c", "en|often"}, keys(sums(t, s, report.SumQuery{By: report.DimensionQuestion})), "of those asked as often, the last by name")
	require.NoError(t, s.Trim(t.Context(), day1, 1))
	require.Equal(t, []string{"en|c", "en|often"}, keys(sums(t, s, report.SumQuery{By: report.DimensionQuestion})))
	require.Equal(t, report.Row{People: 2, Counts: report.Counts{Searches: 5}}, sums(t, s, report.SumQuery{})[0])
	facts, err := s.Facts(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, facts, 2, "who asked what was forgotten is forgotten too")
	require.NoError(t, s.Prune(t.Context(), day2))
	require.Equal(t, report.Row{People: 1, Counts: report.Counts{Searches: 1}}, sums(t, s, report.SumQuery{})[0])
	require.Equal(t, []string{"en|c"}, keys(sums(t, s, report.SumQuery{By: report.DimensionQuestion})))
}

func mark(text string, version int, at time.Time) report.Mark {
	return report.Mark{
		Question: report.Query{Locale: "en", Text: text}, State: report.StateDone, Deed: report.DeedPin, Reason: "odd '%_؟", By: "ann", At: at, People: 3, Version: version,
	}
}

func checkMarks(t *testing.T, s report.Store) {
	local := mark("q", 1, t0.In(time.FixedZone("X", 3600)))
	require.NoError(t, s.SaveMark(t.Context(), local))
	require.ErrorIs(t, s.SaveMark(t.Context(), local), report.ErrConflict)
	require.ErrorIs(t, s.SaveMark(t.Context(), mark("q", 3, t0)), report.ErrConflict)
	require.ErrorIs(t, s.SaveMark(t.Context(), mark("r", 2, t0)), report.ErrConflict)
	require.NoError(t, s.SaveMark(t.Context(), mark("a", 1, t0)))
	require.NoError(t, s.SaveMark(t.Context(), mark("z", 1, t0.Add(time.Hour))))
	got, err := s.Marks(t.Context())
	require.NoError(t, err)
	require.Equal(t, []report.Mark{mark("z", 1, t0.Add(time.Hour)), mark("a", 1, t0), mark("q", 1, t0)}, got)
	changed := report.Mark{Question: local.Question, State: report.StateOpen, At: t0.Add(2 * time.Hour), Version: 2}
	require.NoError(t, s.SaveMark(t.Context(), changed))
	got, err = s.Marks(t.Context())
	require.NoError(t, err)
	require.Equal(t, changed, got[0])
	require.Len(t, got, 3)
}

func checkBallot(t *testing.T, s report.Store) {
	vote := func(person, visitor string, live, other int) report.Vote {
		return report.Vote{Trial: "t", Person: person, Visitor: visitor, Live: live, Other: other}
	}
	add(t, s, []report.Vote{vote("ann", "", 1, 0), vote("", "v1", 0, 9), vote("", "v2", 1, 1), {Trial: "u", Person: "ann", Live: 1}})
	add(t, s, []report.Vote{vote("ann", "", 0, 2), vote("", "v1", 0, 9), vote("bob", "", 3, 1)})
	b, err := s.Ballot(t.Context(), "t")
	require.NoError(t, err)
	require.Equal(t, report.Ballot{Live: 1, Other: 2, Even: 1}, b)
}

func checkForget(t *testing.T, s report.Store) {
	add(t, s, []report.Vote{{Trial: "u", Person: "ann", Live: 1}, {Trial: "t", Person: "ann", Other: 2}, {Trial: "t", Visitor: "v", Live: 1}},
		fact(day2, "q", counts(all)), fact(day1, "r"), fact(day1, "q", by("anna")), fact(day2, "q", visitor("v")), fact(day2, "q", by("bob")))
	require.NoError(t, s.SaveMark(t.Context(), mark("q", 1, t0)))
	facts, err := s.Facts(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []report.Fact{
		fact(day1, "r", counts(report.Counts{}), func(f *report.Fact) { f.Text = "" }), fact(day2, "q", counts(report.Counts{}), func(f *report.Fact) { f.Text = "" }),
	}, facts)
	votes, err := s.Votes(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []report.Vote{{Trial: "t", Person: "ann", Other: 2}, {Trial: "u", Person: "ann", Live: 1}}, votes)
	before := sums(t, s, report.SumQuery{By: report.DimensionQuestion})
	_, _, err = s.Forget(t.Context(), "", "gone")
	require.ErrorIs(t, err, report.ErrInvalid)
	removed, renamed, err := s.Forget(t.Context(), "ann", "gone")
	require.NoError(t, err)
	require.GreaterOrEqual(t, removed, 4)
	require.Equal(t, 1, renamed)
	for _, nobody := range []string{"ann", "", "an", "a\x00"} {
		facts, err = s.Facts(t.Context(), nobody)
		require.NoError(t, err)
		require.Empty(t, facts)
		votes, err = s.Votes(t.Context(), nobody)
		require.NoError(t, err)
		require.Empty(t, votes)
	}
	after := sums(t, s, report.SumQuery{By: report.DimensionQuestion})
	require.Equal(t, keys(before), keys(after))
	require.Equal(t, before[0].Counts, after[0].Counts, "counts are about nobody")
	require.Equal(t, []int{before[0].People - 1, 0}, []int{after[0].People, after[1].People})
	marks, err := s.Marks(t.Context())
	require.NoError(t, err)
	require.Equal(t, "gone", marks[0].By)
	b, err := s.Ballot(t.Context(), "t")
	require.NoError(t, err)
	require.Equal(t, report.Ballot{Live: 1}, b)
	removed, renamed, err = s.Forget(t.Context(), "ann", "gone")
	require.NoError(t, err)
	require.Zero(t, removed+renamed)
}

func checkText(t *testing.T, s report.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		require.ErrorIs(t, s.SaveMark(t.Context(), mark(bad, 1, t0)), report.ErrInvalid)
		require.ErrorIs(t, s.Add(t.Context(), time.Time{}, t0, []report.Fact{fact(day1, "good"), fact(day1, bad)}, nil), report.ErrInvalid)
		require.ErrorIs(t, s.Add(t.Context(), time.Time{}, t0, nil, []report.Vote{{Trial: bad}}), report.ErrInvalid)
		require.Empty(t, sums(t, s, report.SumQuery{Brand: bad}))
		require.Empty(t, sums(t, s, report.SumQuery{Questions: []report.Query{{Text: bad}}}))
		b, err := s.Ballot(t.Context(), bad)
		require.NoError(t, err)
		require.Equal(t, report.Ballot{}, b)
	}
	require.Empty(t, sums(t, s, report.SumQuery{}), "whole or not at all")
}

func checkCancelled(t *testing.T, s report.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, progressErr := s.Progress(ctx)
	_, sumsErr := s.Sums(ctx, report.SumQuery{})
	_, marksErr := s.Marks(ctx)
	_, ballotErr := s.Ballot(ctx, "t")
	_, factsErr := s.Facts(ctx, "ann")
	_, votesErr := s.Votes(ctx, "ann")
	_, _, forgetErr := s.Forget(ctx, "ann", "")
	for i, err := range []error{
		progressErr, sumsErr, marksErr, ballotErr, factsErr, votesErr, forgetErr, s.Trim(ctx, day1, 1), s.Prune(ctx, day1),
		s.SaveMark(ctx, mark("q", 1, t0)), s.Add(ctx, time.Time{}, t0, nil, nil),
	} {
		require.ErrorIs(t, err, context.Canceled, "call %d", i)
	}
	at, err := s.Progress(t.Context())
	require.NoError(t, err)
	require.True(t, at.IsZero())
}
