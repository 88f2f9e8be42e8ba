package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestRestore: an old text comes back as a new revision; what came in between
// stays, and readers see it once it is published.
func TestRestore(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	a := w.show(draft("hub", "open", "public"))
	first, err := w.Revision(w.ctx(), reviewer, a.ID, "en", 1)
	require.NoError(t, err)
	b := w.edit(a, "Other.")
	w.events.take()
	c, err := w.Restore(w.ctx(), author, a.ID, "en", b.Version, 1, "It was better.")
	require.NoError(t, err)
	require.Equal(t, []string{"article.restored article/" + a.ID + " by ines"}, w.events.take())
	again, err := w.Restore(w.ctx(), author, a.ID, "en", b.Version, 1, "It was better.")
	require.NoError(t, err)
	require.Equal(t, c, again, "whoever lost the answer gets it")
	list, err := w.Revisions(w.ctx(), author, a.ID, "en", 0, 10)
	require.NoError(t, err)
	require.Len(t, list, 3)
	newest, err := w.Revision(w.ctx(), author, a.ID, "en", 0)
	require.NoError(t, err)
	require.Equal(t, first.Body, newest.Body)
	require.Equal(t, "It was better.", newest.Note)
	require.Equal(t, author.ID, newest.Author)
	require.Contains(t, w.reads(ann, a.ID).Text.HTML, "Other.", "readers see what is published")

	_, err = w.Restore(w.ctx(), author, a.ID, "en", b.Version, 2, "")
	require.ErrorIs(t, err, kb.ErrConflict)
	for _, number := range []int{0, 9, -1} {
		_, err = w.Restore(w.ctx(), author, a.ID, "en", c.Version, number, "")
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	_, err = w.Restore(w.ctx(), author, a.ID, "de", c.Version, 1, "")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.Restore(w.ctx(), translator, a.ID, "en", c.Version, 1, "")
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Restore(w.ctx(), agent, a.ID, "en", c.Version, 1, "")
	require.ErrorIs(t, err, kb.ErrNotFound)
}
