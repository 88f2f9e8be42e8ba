package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyNotes are the faults that a store can have with notes.
type faultyNotes struct {
	saveNote func(ctx context.Context, n kb.Note) error
	notes    func(ctx context.Context, q kb.NoteQuery) ([]kb.Note, string, error)
}

func (f faulty) SaveNote(ctx context.Context, n kb.Note) error {
	return or(&f.saveNote, f.saveNote != nil, f.Store.SaveNote)(ctx, n)
}

func (f faulty) Notes(ctx context.Context, q kb.NoteQuery) ([]kb.Note, string, error) {
	return or(&f.notes, f.notes != nil, f.Store.Notes)(ctx, q)
}

func jotting(save func(ctx context.Context, s kb.Store, n kb.Note) error) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyNotes: faultyNotes{saveNote: func(ctx context.Context, n kb.Note) error { return save(ctx, s, n) }}}
	}
}

func askingNotes(change func(q *kb.NoteQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyNotes: faultyNotes{notes: func(ctx context.Context, q kb.NoteQuery) ([]kb.Note, string, error) {
			change(&q)
			return s.Notes(ctx, q)
		}}}
	}
}

var brokenNotes = []broke{
	{"sorts whom a note mentions", "Note", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		n = n.Clone()
		slices.Sort(n.Mentions)
		return s.SaveNote(ctx, n)
	})},
	{"forgets where an article comes from", "Note", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		n.Source = kb.Source{}
		return s.SaveNote(ctx, n)
	})},
	{"answers yes to any version of a note", "NoteVersions", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		if err := s.SaveNote(ctx, n); !errors.Is(err, kb.ErrConflict) {
			return err
		}
		return nil
	})},
	{"makes pages old for a note", "NoteVersions", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		return errors.Join(s.SaveNote(ctx, n), s.PutMedia(ctx, kb.Media{Name: "x", At: n.CreatedAt}))
	})},
	{"tells of settled threads", "NoteFilters", askingNotes(func(q *kb.NoteQuery) { q.Open = false })},
	{"tells of everybody's mentions", "NoteFilters", askingNotes(func(q *kb.NoteQuery) { q.Mentions = "" })},
	{"tells of old notes", "NoteFilters", askingNotes(func(q *kb.NoteQuery) { q.Since = time.Time{} })},
	{"tells of the notes of all articles", "NoteFilters", askingNotes(func(q *kb.NoteQuery) { q.Article = "" })},
	{"takes any text for a note", "NoteText", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		if err := s.SaveNote(ctx, n); !errors.Is(err, kb.ErrInvalid) {
			return err
		}
		return nil
	})},
	{"keeps notes of whoever has left", "NoteCancelled", jotting(func(ctx context.Context, s kb.Store, n kb.Note) error {
		return s.SaveNote(context.WithoutCancel(ctx), n)
	})},
}
