package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestRemoveBlock: a block that is used stays until its text stands in its place,
// for the same readers.
func TestRemoveBlock(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		b := w.block("tail", "Call *us*.", "account:acme")
		shown := w.show(leadingTo("shown", "Before.\n\n:::include tail\n\nAfter.\n\n```\n:::include tail\n```\n"))
		ahead := w.show(leadingTo("ahead", ":::include tail\n"))
		_, err := w.Edit(w.ctx(), reviewer, ahead.ID, "en", ahead.Version, kb.Text{Title: "Ahead", Body: "Secret plan."})
		require.NoError(t, err)
		w.block("outer", "x\n\n:::include tail\n", "public")
		require.ErrorIs(t, w.RemoveBlock(w.ctx(), author, "tail", b.Version), kb.ErrForbidden)
		require.ErrorIs(t, w.RemoveBlock(w.ctx(), reviewer, "nothing", 1), kb.ErrNotFound)
		require.ErrorIs(t, w.RemoveBlock(w.ctx(), reviewer, "tail", b.Version), kb.ErrConflict)
		_, err = w.UnfoldBlock(w.ctx(), author, "tail", b.Version, "")
		require.ErrorIs(t, err, kb.ErrForbidden)
		_, err = w.UnfoldBlock(w.ctx(), reviewer, "tail", b.Version+1, "")
		require.ErrorIs(t, err, kb.ErrConflict)

		done, err := w.UnfoldBlock(w.ctx(), reviewer, "tail", b.Version, "No longer shared")
		require.NoError(t, err)
		require.Len(t, done, 3)
		refused := map[string]bool{}
		for _, u := range done {
			refused[u.Title] = u.Err != nil
		}
		require.Equal(t, map[string]bool{"outer": false, "About shown": false, "About ahead": true}, refused)
		require.NotContains(t, w.reads(anyone, shown.ID).Text.HTML, "Call")
		require.Contains(t, w.reads(ann, shown.ID).Text.HTML, "Call <em>us</em>.")
		require.Contains(t, w.reads(anyone, shown.ID).Text.HTML, ":::include tail", "what is code stays")
		require.NotContains(t, w.reads(ann, ahead.ID).Text.HTML, "Secret plan")
		require.ErrorIs(t, w.RemoveBlock(w.ctx(), reviewer, "tail", b.Version), kb.ErrConflict, "one still includes it")
		now, err := w.Manuscript(w.ctx(), reviewer, ahead.ID)
		require.NoError(t, err)
		w.publish(now, "en")
		done, err = w.UnfoldBlock(w.ctx(), reviewer, "tail", b.Version, "")
		require.NoError(t, err)
		require.Empty(t, done)
		require.NoError(t, w.RemoveBlock(w.ctx(), reviewer, "tail", b.Version))
		_, err = w.Block(w.ctx(), reviewer, "tail")
		require.ErrorIs(t, err, kb.ErrNotFound)
		outer, err := w.Block(w.ctx(), reviewer, "outer")
		require.NoError(t, err)
		require.Contains(t, outer.Texts["en"], ":::for account:acme\nCall *us*.\n:::")
	})
}

func TestReplaceInBlocks(t *testing.T) {
	w := newWorld(t)
	b := w.block("tail", "Old old `old`.", "public")
	ask := kb.Replacement{Find: "old", With: "new"}
	found, err := w.FindInBlocks(w.ctx(), reviewer, ask, "")
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Len(t, found[0].Hits, 2, "code is left out")
	require.Equal(t, []any{"tail", "en", b.Version}, []any{found[0].Name, found[0].Locale, found[0].Version})
	none, err := w.FindInBlocks(w.ctx(), reviewer, ask, "de")
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = w.FindInBlocks(w.ctx(), author, ask, "")
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.FindInBlocks(w.ctx(), reviewer, kb.Replacement{}, "")
	require.ErrorIs(t, err, kb.ErrInvalid)
	r := kb.BlockReplacing{Replacement: ask, Block: "tail", Version: b.Version, Only: map[string][]int{"en": {1}}, Note: "why"}
	_, err = w.ReplaceInBlock(w.ctx(), author, r)
	require.ErrorIs(t, err, kb.ErrForbidden)
	for range 2 { // the answer was lost
		got, err := w.ReplaceInBlock(w.ctx(), reviewer, r)
		require.NoError(t, err)
		require.Equal(t, "Old new `old`.", got.Texts["en"])
		require.Equal(t, b.Version+1, got.Version)
	}
	r.Only = map[string][]int{"en": {0}}
	_, err = w.ReplaceInBlock(w.ctx(), reviewer, r)
	require.ErrorIs(t, err, kb.ErrConflict)
}
