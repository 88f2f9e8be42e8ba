package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// SaveNote implements [kb.NoteStore].
func (s *Store) SaveNote(ctx context.Context, n kb.Note) error {
	texts := append([]string{n.ID, n.Article, n.Locale, n.Thread, string(n.Kind), n.Text, n.Author, n.Source.Kind, n.Source.Ref, n.ResolvedBy, n.Input}, n.Mentions...)
	if err := cmp.Or(ctx.Err(), stored.CheckText(texts...), checkTimes(n.ResolvedAt, n.CreatedAt, n.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.articles[n.Article]; !ok {
		return kb.ErrNotFound
	}
	if err := follows(s.notes[n.ID].Version, n.Version); err != nil {
		return err
	}
	n = n.Clone()
	n.ResolvedAt, n.CreatedAt, n.UpdatedAt = n.ResolvedAt.UTC(), n.CreatedAt.UTC(), n.UpdatedAt.UTC()
	s.notes[n.ID] = n
	return nil
}

// Note implements [kb.NoteStore].
func (s *Store) Note(ctx context.Context, id string) (kb.Note, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n, err := find(ctx, s.notes, id)
	return n.Clone(), err
}

// Notes implements [kb.NoteStore].
func (s *Store) Notes(ctx context.Context, q kb.NoteQuery) ([]kb.Note, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []kb.Note
	for _, n := range s.notes {
		if s.selectsNote(q, n) {
			list = append(list, n.Clone())
		}
	}
	page, next, err := slice(list, q.After, q.Limit, true, func(n kb.Note) (time.Time, string) { return n.CreatedAt, n.ID })
	return page, next, cmp.Or(ctx.Err(), err)
}

func (s *Store) selectsNote(q kb.NoteQuery, n kb.Note) bool {
	root := n
	if n.Thread != "" {
		root = s.notes[n.Thread]
	}
	return !s.articles[n.Article].Binned() && (q.Article == "" || q.Article == n.Article) && (q.Kinds == nil || slices.Contains(q.Kinds, n.Kind)) &&
		(!q.Open || !root.Resolved()) && (q.Mentions == "" || slices.Contains(n.Mentions, q.Mentions)) &&
		(q.Since.IsZero() || !n.UpdatedAt.Before(q.Since))
}

// NotesOf implements [kb.PersonStore].
func (s *Store) NotesOf(ctx context.Context, person, after string, limit int) ([]kb.Note, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Note
	for _, id := range slices.Sorted(maps.Keys(s.notes)) {
		if n := s.notes[id]; person != "" && id > after && len(out) < limit && (n.Author == person || n.ResolvedBy == person || slices.Contains(n.Mentions, person)) {
			out = append(out, n.Clone())
		}
	}
	return out, ctx.Err()
}

// forgetNotes takes a person out of what colleagues said, with what they said.
func (s *Store) forgetNotes(person, pseudonym string) (removed, renamed int) {
	for id, n := range s.notes {
		wrote, mentioned := n.Author == person, slices.Contains(n.Mentions, person)
		switch {
		case wrote && pseudonym == "" && n.Kind == kb.NoteRemark:
			delete(s.notes, id)
			removed++
		case wrote || mentioned || n.ResolvedBy == person:
			s.notes[id] = without(n.Clone(), person, pseudonym)
			renamed++
		}
	}
	return removed, renamed
}

// without returns n without a person.
func without(n kb.Note, person, pseudonym string) kb.Note {
	if n.Author == person {
		n.Author, n.Text = pseudonym, ""
	}
	if n.ResolvedBy == person {
		n.ResolvedBy = pseudonym
	}
	if n.Mentions = slices.DeleteFunc(n.Mentions, func(m string) bool { return m == person }); len(n.Mentions) == 0 {
		n.Mentions = nil
	}
	n.Version++
	return n
}
