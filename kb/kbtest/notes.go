package kbtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var noteContract = []promise{
	{"Note", "a note comes back as it was saved, times in UTC to the microsecond, and is a copy", checkNote},
	{"NoteVersions", "SaveNote keeps a note version by version, beside an article that there is, and changes no stamp", checkNoteVersions},
	{"NoteFilters", "Notes returns what matches every set field, newest first, by pages that end", checkNoteFilters},
	{"NoteText", "a note with NUL or broken UTF-8, or a time out of range, is ErrInvalid and changes nothing", checkNoteText},
	{"NoteCancelled", "a cancelled context stops every call about notes", checkNoteCancelled},
}

func note(id, article string, change ...func(*kb.Note)) kb.Note {
	n := kb.Note{
		ID: id, Article: article, Locale: "en", Revision: 1, Text: "odd 'text' %_\nملاحظة", Mentions: []string{"zoe", "bob"}, Author: "ann",
		Source: kb.Source{Kind: "case", Ref: "C-1"}, Input: "hash", CreatedAt: t0, UpdatedAt: t0, Version: 1,
	}
	for _, c := range change {
		c(&n)
	}
	return n
}

func jot(t testing.TB, s kb.Store, all ...kb.Note) {
	t.Helper()
	for _, n := range all {
		require.NoError(t, s.SaveNote(t.Context(), n))
	}
}

func checkNote(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	n := note("n", "a", func(n *kb.Note) {
		n.Kind, n.Thread, n.ResolvedBy, n.ResolvedAt = kb.NoteSource, "root", "kim", t0.In(time.FixedZone("X", 3600))
	})
	jot(t, s, n)
	n.Mentions[0] = "changed"
	want := note("n", "a", func(n *kb.Note) { n.Kind, n.Thread, n.ResolvedBy, n.ResolvedAt = kb.NoteSource, "root", "kim", t0 })
	for range 2 {
		got, err := s.Note(t.Context(), "n")
		require.NoError(t, err)
		require.Equal(t, want, got)
		got.Mentions[0] = "changed"
	}
	bare := kb.Note{ID: "m", Article: "a", CreatedAt: t0, UpdatedAt: t0, Version: 1}
	jot(t, s, bare)
	got, err := s.Note(t.Context(), "m")
	require.NoError(t, err)
	require.Equal(t, bare, got)
}

func checkNoteVersions(t testing.TB, s kb.Store) {
	require.ErrorIs(t, s.SaveNote(t.Context(), note("n", "none")), kb.ErrNotFound)
	save(t, s, article("a"))
	places, content, err := s.Stamps(t.Context())
	require.NoError(t, err)
	jot(t, s, note("n", "a"))
	require.ErrorIs(t, s.SaveNote(t.Context(), note("n", "a")), kb.ErrConflict)
	next := note("n", "a", func(n *kb.Note) {
		n.Version, n.Text, n.Mentions, n.UpdatedAt = 2, "more", []string{"kim"}, t0.Add(time.Hour)
	})
	jot(t, s, next)
	require.ErrorIs(t, s.SaveNote(t.Context(), next), kb.ErrConflict, "somebody was quicker")
	got, err := s.Note(t.Context(), "n")
	require.NoError(t, err)
	require.Equal(t, next, got)
	require.ErrorIs(t, s.SaveNote(t.Context(), note("x", "a", func(n *kb.Note) { n.Version = 2 })), kb.ErrNotFound)
	_, err = s.Note(t.Context(), "x")
	require.ErrorIs(t, err, kb.ErrNotFound)
	p, c, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{places, content}, []string{p, c})
}

func checkNoteFilters(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"))
	at := func(minutes int) func(*kb.Note) {
		return func(n *kb.Note) {
			n.CreatedAt = t0.Add(time.Duration(minutes) * time.Minute)
			n.UpdatedAt = n.CreatedAt
		}
	}
	in := func(thread string) func(*kb.Note) { return func(n *kb.Note) { n.Thread = thread } }
	settled := func(n *kb.Note) { n.ResolvedBy, n.ResolvedAt = "kim", t0 }
	plain := func(n *kb.Note) { n.Mentions = nil }
	jot(t, s, note("1", "a", at(1)), note("2", "a", at(2), settled), note("3", "a", at(3), in("2")), note("4", "a", at(4), in("1"), plain),
		note("5", "b", at(4)), note("6", "a", at(0), plain, func(n *kb.Note) { n.Kind = kb.NoteSource }))
	for _, c := range []struct {
		q    kb.NoteQuery
		want []string
	}{
		{kb.NoteQuery{}, []string{"4", "5", "3", "2", "1", "6"}},
		{kb.NoteQuery{Article: "a"}, []string{"4", "3", "2", "1", "6"}},
		{kb.NoteQuery{Article: "a", Open: true}, []string{"4", "1", "6"}},
		{kb.NoteQuery{Open: true, Mentions: "bob"}, []string{"5", "1"}},
		{kb.NoteQuery{Mentions: "bo"}, nil},
		{kb.NoteQuery{Kinds: []kb.NoteKind{kb.NoteSource}}, []string{"6"}},
		{kb.NoteQuery{Kinds: []kb.NoteKind{kb.NoteRemark}, Article: "b"}, []string{"5"}},
		{kb.NoteQuery{Since: t0.Add(3 * time.Minute)}, []string{"4", "5", "3"}},
		{kb.NoteQuery{Article: "a\x00"}, nil},
	} {
		for _, limit := range []int{0, 2} {
			q, got := c.q, []string(nil)
			for q.Limit = limit; ; {
				page, next, err := s.Notes(t.Context(), q)
				require.NoError(t, err)
				for _, n := range page {
					got = append(got, n.ID)
				}
				if q.After = next; next == "" {
					break
				}
				require.Len(t, page, limit)
			}
			require.Equal(t, c.want, got, "%+v", c.q)
		}
	}
	page, _, err := s.Notes(t.Context(), kb.NoteQuery{Article: "b"})
	require.NoError(t, err)
	require.Equal(t, []kb.Note{note("5", "b", at(4))}, page, "whole")
}

func checkNoteText(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, change := range []func(*kb.Note){
			func(n *kb.Note) { n.Text = bad }, func(n *kb.Note) { n.Mentions[1] = bad }, func(n *kb.Note) { n.Source.Ref = bad }, func(n *kb.Note) { n.ID = bad },
		} {
			require.ErrorIs(t, s.SaveNote(t.Context(), note("n", "a", change)), kb.ErrInvalid)
		}
		_, err := s.Note(t.Context(), bad)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	require.ErrorIs(t, s.SaveNote(t.Context(), note("n", "a", func(n *kb.Note) { n.ResolvedAt = t0.AddDate(9000, 0, 0) })), kb.ErrInvalid)
	_, err := s.Note(t.Context(), "n")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func checkNoteCancelled(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	jot(t, s, note("n", "a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Note(ctx, "n")
	_, _, listErr := s.Notes(ctx, kb.NoteQuery{})
	for i, err := range []error{err, listErr, s.SaveNote(ctx, note("m", "a"))} {
		require.ErrorIs(t, err, context.Canceled, "call %d", i)
	}
	_, err = s.Note(t.Context(), "m")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

// checkNotesOf is what a [kb.PersonStore] promises of notes.
func checkNotesOf(t *testing.T, s PersonStore) {
	hers := note("n1", "a-zqann", func(n *kb.Note) { n.Author, n.Mentions = "zqann", []string{"bob"} })
	made := note("n2", "a-zqann", func(n *kb.Note) { n.Author, n.Kind, n.Mentions = "zqann", kb.NoteSource, nil })
	named := note("n3", "a-zqann", func(n *kb.Note) { n.Mentions = []string{"bob", "zqann", "zqann2"} })
	settled := note("n4", "a-zqann", func(n *kb.Note) { n.ResolvedBy, n.ResolvedAt = "zqann", t0 })
	jot(t, s, hers, made, named, settled, note("n5", "a-zqann", func(n *kb.Note) { n.Author, n.Mentions = "zqann2", []string{"zqann2"} }))
	got, err := s.NotesOf(t.Context(), "zqann", "", 100)
	require.NoError(t, err)
	require.Equal(t, []kb.Note{hers, made, named, settled}, got)
	got, err = s.NotesOf(t.Context(), "zqann", "n1", 2)
	require.NoError(t, err)
	require.Equal(t, []kb.Note{made, named}, got)
	for _, nobody := range []string{"", "zq", "a\x00b"} {
		got, err = s.NotesOf(t.Context(), nobody, "", 100)
		require.NoError(t, err)
		require.Empty(t, got)
	}
}

func checkForgetNotes(t *testing.T, s PersonStore) {
	for _, pseudonym := range []string{"gone-1", ""} {
		hers := note("n1"+pseudonym, "a-zqann", func(n *kb.Note) { n.Author, n.Mentions = "zqann", []string{"bob"} })
		made := note("n2"+pseudonym, "a-zqann", func(n *kb.Note) { n.Author, n.Kind, n.Text, n.Mentions = "zqann", kb.NoteSource, "", nil })
		named := note("n3"+pseudonym, "a-zqann", func(n *kb.Note) { n.Mentions, n.ResolvedBy, n.ResolvedAt = []string{"bob", "zqann"}, "zqann", t0 })
		others := note("n4"+pseudonym, "a-zqann", func(n *kb.Note) { n.Mentions = []string{"zqann2"} })
		jot(t, s, hers, made, named, others)
		_, _, err := s.ForgetPerson(t.Context(), "zqann", pseudonym)
		require.NoError(t, err)
		left, err := s.NotesOf(t.Context(), "zqann", "", 100)
		require.NoError(t, err)
		require.Empty(t, left)
		got, err := s.Note(t.Context(), hers.ID)
		if hers.Author, hers.Text, hers.Version = pseudonym, "", 2; pseudonym == "" {
			require.ErrorIs(t, err, kb.ErrNotFound)
		} else {
			require.NoError(t, err)
			require.Equal(t, hers, got, "who edits at this moment does not bring her back")
		}
		made.Author, made.Version = pseudonym, 2
		named.Mentions, named.ResolvedBy, named.Version = []string{"bob"}, pseudonym, 2
		for _, want := range []kb.Note{made, named, others} {
			got, err := s.Note(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
}
