package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestEveryMoveLeadsOn: whatever moved, each of its old addresses leads in one
// step to where it is now, for who may read it, and nowhere for others.
func TestEveryMoveLeadsOn(t *testing.T) {
	for _, tt := range []struct {
		name string
		move func(w *world, a kb.Article) kb.Article
		want map[string]string // slug to the one that it leads to, for readers of English
	}{
		{"a new slug, twice", func(w *world, a kb.Article) kb.Article {
			for _, slug := range []string{"second", "third"} {
				var err error
				a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "T", Slug: slug, Body: "B"})
				require.NoError(w.t, err)
			}
			return a
		}, map[string]string{"about-hub": "third", "second": "third", "third": "third"}},
		{"back to the first slug", func(w *world, a kb.Article) kb.Article {
			for _, slug := range []string{"second", "about-hub"} {
				var err error
				a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "T", Slug: slug, Body: "B"})
				require.NoError(w.t, err)
			}
			return a
		}, map[string]string{"about-hub": "about-hub", "second": "about-hub"}},
		{"into another category", func(w *world, a kb.Article) kb.Article {
			w.place("other", "", "public")
			return w.arrange(a, func(m *kb.Meta) { m.Category = "other" })
		}, map[string]string{"about-hub": "about-hub"}},
		{"a translation's slug", func(w *world, a kb.Article) kb.Article {
			a = w.translate(a, "de", "Zentrale")
			a, err := w.Edit(w.ctx(), reviewer, a.ID, "de", a.Version, kb.Text{Title: "Z", Slug: "knoten", Body: "B"})
			require.NoError(w.t, err)
			return a
		}, map[string]string{"zentrale": "about-hub", "knoten": "about-hub", "about-hub": "about-hub"}},
		{"the source is archived, a translation stays", func(w *world, a kb.Article) kb.Article {
			a = w.translate(a, "de", "Zentrale")
			a, err := w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
			require.NoError(w.t, err)
			return a
		}, map[string]string{"about-hub": "zentrale", "zentrale": "zentrale"}},
		{"out of the bin again", func(w *world, a kb.Article) kb.Article {
			a, err := w.Delete(w.ctx(), reviewer, a.ID, a.Version)
			require.NoError(w.t, err)
			a, err = w.Undelete(w.ctx(), reviewer, a.ID, a.Version)
			require.NoError(w.t, err)
			return a
		}, map[string]string{"about-hub": "about-hub"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.place("open", "", "public")
			a := w.show(draft("hub", "open", "public"))
			require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/help/old.html", To: "article/" + a.ID}))
			a = tt.move(w, a)
			leads := func(by profile.Actor) map[string]string {
				out := map[string]string{}
				for from := range tt.want {
					if f, err := w.Find(w.ctx(), by, "en", from); err == nil {
						require.Equal(t, f.Slug != from, f.Moved)
						again, err := w.Find(w.ctx(), by, "en", f.Slug)
						require.NoError(t, err)
						require.False(t, again.Moved, "one step is enough")
						out[from] = f.Slug
					} else {
						require.ErrorIs(t, err, kb.ErrNotFound)
					}
				}
				if ref, err := w.Redirect(w.ctx(), by, "/help/old.html?page=2", "en"); err == nil {
					f, err := w.Find(w.ctx(), by, "en", ref.Slug)
					require.NoError(t, err)
					require.False(t, f.Moved, "an imported address leads straight there")
				} else {
					require.ErrorIs(t, err, kb.ErrNotFound)
				}
				return out
			}
			require.Equal(t, tt.want, leads(anyone))
			closed := w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
			require.Empty(t, leads(anyone))
			require.Equal(t, tt.want, leads(agent))
			_, err := w.Delete(w.ctx(), reviewer, a.ID, closed.Version)
			require.NoError(t, err)
			require.Empty(t, leads(agent))
		})
	}
}

// TestCategoryMovesLeadOn is the same for categories.
func TestCategoryMovesLeadOn(t *testing.T) {
	w := newWorld(t)
	c := w.place("open", "", "public")
	require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/topics/7", To: "category/open"}))
	label := c.Labels["en"]
	label.Slug = "new-name"
	c.Labels["en"] = label
	_, err := w.SaveCategory(w.ctx(), admin, c)
	require.NoError(t, err)
	ref, err := w.Redirect(w.ctx(), anyone, "/topics/7/", "en")
	require.NoError(t, err)
	require.Equal(t, "new-name", ref.Slug)
	found, err := w.FindCategory(w.ctx(), anyone, "en", "category-open")
	require.NoError(t, err, "an address that was a category's goes on finding it")
	require.True(t, found.Moved)
	require.Equal(t, "new-name", found.Slug)

	saved, err := w.CategoryDraft(w.ctx(), admin, "open")
	require.NoError(t, err)
	saved.Audience = profile.NewAudience("staff")
	_, err = w.SaveCategory(w.ctx(), admin, saved)
	require.NoError(t, err)
	_, err = w.FindCategory(w.ctx(), anyone, "en", "category-open")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.FindCategory(w.ctx(), agent, "en", "category-open")
	require.NoError(t, err)
	_, err = w.SaveCategory(w.ctx(), admin, kb.Category{ID: "next", Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "N", Slug: "category-open"}}})
	require.NoError(t, err)
	found, err = w.FindCategory(w.ctx(), anyone, "en", "category-open")
	require.NoError(t, err)
	require.Equal(t, "next", found.ID, "what is called so now comes first")
}
