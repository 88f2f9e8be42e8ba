package kb_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestClearCategory: all that stands in a category is moved at once or nothing is,
// its addresses lead there if they are to, and what is empty can be removed.
func TestClearCategory(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"old", "new", "shut"} {
		w.place(id, "", "public")
	}
	w.place("below", "new", "public")
	var articles []kb.Article
	for n := range 205 {
		articles = append(articles, w.write(draft(fmt.Sprint("n", n), "old", "public")))
	}
	binned, err := w.Delete(w.ctx(), reviewer, articles[0].ID, articles[0].Version)
	require.NoError(t, err)
	shut, err := w.CategoryDraft(w.ctx(), admin, "shut")
	require.NoError(t, err)
	shut.Audience = nil
	_, err = w.SaveCategory(w.ctx(), admin, shut)
	require.NoError(t, err)

	for _, into := range []string{"", "none", "old", "shut"} {
		_, err = w.EmptyCategory(w.ctx(), admin, "old", into, true)
		require.ErrorIs(t, err, kb.ErrInvalid, into)
	}
	_, err = w.EmptyCategory(w.ctx(), admin, "none", "new", true)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.EmptyCategory(w.ctx(), author, "old", "new", true)
	require.ErrorIs(t, err, kb.ErrForbidden)
	require.ErrorIs(t, w.RemoveCategory(w.ctx(), author, "old", 1), kb.ErrForbidden)
	require.ErrorIs(t, w.RemoveCategory(w.ctx(), admin, "new", 1), kb.ErrConflict, "another stands in it")
	require.ErrorIs(t, w.RemoveCategory(w.ctx(), admin, "old", 1), kb.ErrConflict, "articles stand in it")

	w.events.take()
	for _, want := range []int{205, 0} {
		n, err := w.EmptyCategory(w.ctx(), admin, "old", "new", true)
		require.NoError(t, err)
		require.Equal(t, want, n)
		require.Len(t, w.events.take(), want)
	}
	for _, a := range append(articles[1:], binned) {
		kept, err := w.store.Article(w.ctx(), a.ID)
		require.NoError(t, err)
		require.Equal(t, "new", kept.Category)
		require.Equal(t, a.Version+1, kept.Version)
	}
	found, err := w.FindCategory(w.ctx(), profile.Actor{}, "en", "category-old")
	require.NoError(t, err)
	require.Equal(t, []any{"old", false}, []any{found.ID, found.Moved}, "as long as readers see it")

	require.ErrorIs(t, w.RemoveCategory(w.ctx(), admin, "old", 7), kb.ErrConflict)
	require.NoError(t, w.RemoveCategory(w.ctx(), admin, "old", 1))
	require.ErrorIs(t, w.RemoveCategory(w.ctx(), admin, "old", 1), kb.ErrNotFound)
	found, err = w.FindCategory(w.ctx(), profile.Actor{}, "en", "category-old")
	require.NoError(t, err)
	require.Equal(t, []any{"new", true}, []any{found.ID, found.Moved})
	hidden, err := w.CategoryDraft(w.ctx(), admin, "new")
	require.NoError(t, err)
	hidden.Audience = profile.NewAudience("staff")
	_, err = w.SaveCategory(w.ctx(), admin, hidden)
	require.NoError(t, err)
	_, err = w.FindCategory(w.ctx(), profile.Actor{}, "en", "category-old")
	require.ErrorIs(t, err, kb.ErrNotFound, "what they may not see is not there at its old address either")
}

// A hasty store has somebody remove a category just before an article is put there.
type hasty struct {
	kb.Store
	category string
}

func (h *hasty) SaveArticle(ctx context.Context, a kb.Article, r ...kb.Revision) error {
	if a.Category == h.category {
		stamp, _, _ := h.Stamps(ctx)
		if err := h.RemoveCategory(ctx, h.category, 1, stamp); err != nil {
			return err
		}
	}
	return h.Store.SaveArticle(ctx, a, r...)
}

// TestPutIntoRemovedCategory: whoever puts an article into a category that somebody
// removes at that moment is told so at its field, and nothing is kept.
func TestPutIntoRemovedCategory(t *testing.T) {
	for name, put := range map[string]func(w *world, a kb.Article) error{
		"create": func(w *world, _ kb.Article) error {
			_, err := w.Create(w.ctx(), reviewer, draft("new", "gone", "public"))
			return err
		},
		"arrange": func(w *world, a kb.Article) error {
			_, err := w.Arrange(w.ctx(), reviewer, a.ID, a.Version, kb.Meta{Category: "gone", Kind: a.Kind, Audience: a.Audience, Owner: a.Owner})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.place("c", "", "public")
			w.place("gone", "", "public")
			a := w.write(draft("a", "c", "public"))
			w.Library = kb.NewLibrary(&hasty{w.store, "gone"}, nil)
			err := put(w, a)
			var fields errs.Fields
			require.ErrorAs(t, err, &fields)
			require.Equal(t, "error.field.choice", fields["category"].Key)
			_, err = w.CategoryDraft(w.ctx(), admin, "gone")
			require.ErrorIs(t, err, kb.ErrNotFound)
			all, _, err := w.Manuscripts(w.ctx(), admin, kb.ManuscriptQuery{})
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, "c", all[0].Category)
		})
	}
}
