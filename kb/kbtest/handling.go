package kbtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var handlingContract = []promise{
	{"Suggestion", "a suggestion comes back as it was said, and is no rating", checkSuggestion},
	{"SaveFeedback", "SaveFeedback keeps how feedback stands and nothing else, version by version", checkSaveFeedback},
	{"FeedbackFilters", "Feedback returns what matches every set field, alone and together", checkFeedbackFilters},
	{"CountReasons", "CountReasons counts each reason that was given, of the articles asked for", checkCountReasons},
	{"HandlingText", "a resolution with NUL or broken UTF-8, and a time out of range, is ErrInvalid and changes nothing", checkHandlingText},
	{"HandlingCancelled", "a cancelled context stops what is done about feedback", checkHandlingCancelled},
}

// said returns feedback that there is something to do about.
func said(id, article string, change ...func(*kb.Feedback)) kb.Feedback {
	f := kb.Feedback{
		ID: id, Article: article, Locale: "en", Revision: 1, Reason: kb.ReasonOutdated, Comment: "odd 'text' %_", Person: "ann", Visitor: "v", Input: "hash", At: t0,
		Kind: kb.FeedbackEdit, Quote: "red\nlight", Proposal: "green؟", Tell: true, State: kb.FeedbackOpen, UpdatedAt: t0, Version: 1,
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func say(t testing.TB, s kb.Store, all ...kb.Feedback) {
	t.Helper()
	for _, f := range all {
		require.NoError(t, s.AddFeedback(t.Context(), f))
	}
}

func checkSuggestion(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	f := said("f", "a")
	say(t, s, f)
	got, err := s.FeedbackByID(t.Context(), "f")
	require.NoError(t, err)
	require.Equal(t, f, got)
	page, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{})
	require.NoError(t, err)
	require.Equal(t, []kb.Feedback{f}, page)
	ratings, err := s.Ratings(t.Context(), []string{"a"})
	require.NoError(t, err)
	require.Empty(t, ratings)
	say(t, s, said("g", "a", func(f *kb.Feedback) { f.Kind, f.Helpful, f.At = kb.FeedbackRating, true, t0.Add(-time.Hour) }))
	ratings, err = s.Ratings(t.Context(), []string{"a"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Rating{"a": {Helpful: 1}}, ratings, "a later suggestion takes no rating back")
}

func checkSaveFeedback(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	f := said("f", "a")
	say(t, s, f, said("g", "a"))
	missing := said("nope", "a", func(f *kb.Feedback) { f.Version = 2 })
	require.ErrorIs(t, s.SaveFeedback(t.Context(), missing), kb.ErrNotFound)
	for _, version := range []int{0, 1, 3} {
		f.Version = version
		require.ErrorIs(t, s.SaveFeedback(t.Context(), f), kb.ErrConflict, version)
	}
	changed := f
	changed.State, changed.Assignee, changed.Resolution, changed.UpdatedAt, changed.Version = kb.FeedbackDone, "kim", "mended 'it'", t0.Add(time.Hour), 2
	changed.Comment, changed.Quote, changed.Person, changed.Article = "other", "other", "other", "other"
	require.NoError(t, s.SaveFeedback(t.Context(), changed))
	got, err := s.FeedbackByID(t.Context(), "f")
	require.NoError(t, err)
	f.State, f.Assignee, f.Resolution, f.UpdatedAt, f.Version = changed.State, changed.Assignee, changed.Resolution, changed.UpdatedAt, 2
	require.Equal(t, f, got)
	other, err := s.FeedbackByID(t.Context(), "g")
	require.NoError(t, err)
	require.Equal(t, said("g", "a"), other)
}

func checkFeedbackFilters(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"))
	say(t, s,
		said("1", "a"),
		said("2", "a", func(f *kb.Feedback) { f.State, f.Assignee, f.Kind = kb.FeedbackWorking, "kim", kb.FeedbackFlag }),
		said("3", "b", func(f *kb.Feedback) { f.State, f.Assignee, f.Reason = kb.FeedbackDone, "kim", kb.ReasonOther }),
		said("4", "b", func(f *kb.Feedback) {
			f.Kind, f.State, f.UpdatedAt = kb.FeedbackRating, kb.FeedbackNone, t0.Add(time.Minute)
		}))
	for _, c := range []struct {
		q    kb.FeedbackQuery
		want []string
	}{
		{kb.FeedbackQuery{}, []string{"1", "2", "3", "4"}},
		{kb.FeedbackQuery{ID: "2"}, []string{"2"}},
		{kb.FeedbackQuery{ID: "nope"}, nil},
		{kb.FeedbackQuery{States: []kb.FeedbackState{kb.FeedbackOpen, kb.FeedbackDone}}, []string{"1", "3"}},
		{kb.FeedbackQuery{States: []kb.FeedbackState{}}, nil},
		{kb.FeedbackQuery{Kinds: []kb.FeedbackKind{kb.FeedbackRating}}, []string{"4"}},
		{kb.FeedbackQuery{Kinds: []kb.FeedbackKind{kb.FeedbackFlag, kb.FeedbackEdit}}, []string{"1", "2", "3"}},
		{kb.FeedbackQuery{Reason: kb.ReasonOther}, []string{"3"}},
		{kb.FeedbackQuery{Assignee: "kim"}, []string{"2", "3"}},
		{kb.FeedbackQuery{Assignee: "kim", Article: "a"}, []string{"2"}},
		{kb.FeedbackQuery{Since: t0.Add(time.Minute)}, []string{"4"}},
		{kb.FeedbackQuery{Since: t0}, []string{"1", "2", "3", "4"}},
	} {
		var got []string
		page, _, err := s.Feedback(t.Context(), c.q)
		require.NoError(t, err)
		for _, f := range page {
			got = append(got, f.ID)
		}
		slices.Sort(got)
		require.Equal(t, c.want, got, "%+v", c.q)
	}
}

func checkCountReasons(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"), article("c"))
	say(t, s, said("1", "a"), said("2", "a"), said("3", "a", func(f *kb.Feedback) { f.Reason = kb.ReasonOther }),
		said("4", "b"), said("5", "c", func(f *kb.Feedback) { f.Reason = "" }))
	got, err := s.CountReasons(t.Context(), []string{"a", "c", "nope", "a\x00"})
	require.NoError(t, err)
	require.Equal(t, map[string]map[kb.Reason]int{"a": {kb.ReasonOutdated: 2, kb.ReasonOther: 1}}, got)
	got, err = s.CountReasons(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, got)
}

func checkHandlingText(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	say(t, s, said("f", "a"))
	for _, bad := range []func(*kb.Feedback){
		func(f *kb.Feedback) { f.Resolution = "a\x00b" }, func(f *kb.Feedback) { f.Assignee = "a\xffb" },
		func(f *kb.Feedback) { f.UpdatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		f := said("f", "a", bad)
		f.Version = 2
		require.ErrorIs(t, s.SaveFeedback(t.Context(), f), kb.ErrInvalid)
		f.ID, f.Version = "new", 1
		require.ErrorIs(t, s.AddFeedback(t.Context(), f), kb.ErrInvalid)
	}
	page, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{})
	require.NoError(t, err)
	require.Equal(t, []kb.Feedback{said("f", "a")}, page)
	page, _, err = s.Feedback(t.Context(), kb.FeedbackQuery{Assignee: "a\x00b"})
	require.NoError(t, err)
	require.Empty(t, page)
}

func checkHandlingCancelled(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	say(t, s, said("f", "a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.SaveFeedback(ctx, said("f", "a", func(f *kb.Feedback) { f.State, f.Version = kb.FeedbackDone, 2 })), context.Canceled)
	_, err := s.CountReasons(ctx, []string{"a"})
	require.ErrorIs(t, err, context.Canceled)
	got, err := s.FeedbackByID(t.Context(), "f")
	require.NoError(t, err)
	require.Equal(t, said("f", "a"), got)
}
