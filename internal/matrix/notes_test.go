package matrix_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// note puts what colleagues say beside an article that is in a state, to
// everybody there is.
func (w *world) note(t *testing.T, state string, a kb.Article) {
	t.Helper()
	n := kb.Note{ID: "n-" + state, Article: a.ID, Locale: "en", Revision: 1, Text: "canary-" + state + " ", Author: "somebody", CreatedAt: w.now.time(), UpdatedAt: w.now.time(), Version: 1}
	for _, by := range people {
		if !by.Anonymous() {
			n.Mentions = append(n.Mentions, by.ID)
		}
	}
	require.NoError(t, w.store.SaveNote(t.Context(), n))
	n.ID, n.Kind, n.Mentions, n.Source = "o-"+state, kb.NoteSource, nil, kb.Source{Kind: "case", Ref: "canary-" + state + " "}
	require.NoError(t, w.store.SaveNote(t.Context(), n))
}

func libraryNotes() []operation {
	return []operation{
		about("Notes", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Notes(ctx, by, a.ID, "", 0)
			return list, true, err
		}, "kb.notes"),
		about("AddNote", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			n, err := w.library.AddNote(ctx, by, kb.Remark{Article: a.ID, Locale: "en", Text: "well"})
			return n, true, err
		}, "kb.add_note"),
		of("EditNote", "n-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.EditNote(ctx, by, id, 1, "better", nil)
		}, "kb.edit_note"),
		of("ResolveNote", "n-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.ResolveNote(ctx, by, id, 1, false)
		}, "kb.resolve_note"),
		about("SourceOf", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			n, err := w.library.SourceOf(ctx, by, a.ID)
			return n, true, err
		}),
		about("Mentions", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.library.Mentions(ctx, by)
			return list, lists(list, func(n kb.Note) bool { return n.Article == a.ID }), err
		}),
	}
}
