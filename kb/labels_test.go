package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// TestLabelsSettle: once a category is named or placed anew on one instance, every
// instance shows that at its next page, in each language, however much of it was
// kept, and the index is told.
func TestLabelsSettle(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("top", "", "public")
		w.place("other", "", "public")
		w.place("c", "top", "public")
		a := w.show(draft("a", "c", "public"))
		here, there := kb.NewLibrary(w.store, w.options()), kb.NewLibrary(w.store, w.options())
		all := []*kb.Library{w.Library, here, there}
		shown := func(l *kb.Library, locale string) []string {
			var out []string
			page, err := l.Article(w.ctx(), anyone, a.ID, locale)
			require.NoError(t, err)
			for _, c := range page.Categories {
				out = append(out, c.Title)
			}
			c, err := l.Category(w.ctx(), anyone, "c", locale)
			require.NoError(t, err)
			tree, err := l.Categories(w.ctx(), anyone, locale)
			require.NoError(t, err)
			return append(append(out, c.Title), titlesOf(tree)...)
		}
		settled := func(locale string, want ...string) {
			t.Helper()
			for i, l := range all {
				for range 2 { // the second is what is kept
					require.Equal(t, want, shown(l, locale), "instance %d in %s", i, locale)
				}
			}
		}
		change := func(l *kb.Library, id string, do func(c *kb.Category)) {
			t.Helper()
			_, cursor, err := w.store.Changes(w.ctx(), "", 100)
			require.NoError(t, err)
			c, err := l.CategoryDraft(w.ctx(), admin, id)
			require.NoError(t, err)
			do(&c)
			_, err = l.SaveCategory(w.ctx(), admin, c)
			require.NoError(t, err)
			changes, _, err := w.Source().Changes(w.ctx(), cursor, 100)
			require.NoError(t, err)
			require.Equal(t, []string{"article/" + a.ID}, groupsOf(changes), "the index shows where it stands")
		}
		settled("en", "Category top", "Category c", "Category c", "Category other", "Category top", "Category c")
		change(here, "c", func(c *kb.Category) {
			c.Labels["en"] = kb.Label{Title: "Renamed", Slug: "renamed"}
			c.Labels["de"] = kb.Label{Title: "Umbenannt", Slug: "umbenannt"}
		})
		settled("en", "Category top", "Renamed", "Renamed", "Category other", "Category top", "Renamed")
		settled("de", "Kategorie top", "Umbenannt", "Umbenannt", "Kategorie other", "Kategorie top", "Umbenannt")
		change(there, "c", func(c *kb.Category) { c.Parent = "other" })
		settled("en", "Category other", "Renamed", "Renamed", "Category other", "Renamed", "Category top")
		change(here, "c", func(c *kb.Category) { c.Labels["de"] = kb.Label{Title: "Nochmals", Slug: "nochmals"} })
		settled("de", "Kategorie other", "Nochmals", "Nochmals", "Kategorie other", "Nochmals", "Kategorie top")
		settled("en", "Category other", "Renamed", "Renamed", "Category other", "Renamed", "Category top")
		change(there, "other", func(c *kb.Category) { c.Labels["en"] = kb.Label{Title: "Above", Slug: "above"} })
		settled("en", "Above", "Renamed", "Renamed", "Above", "Renamed", "Category top")
	})
}

func titlesOf(tree []kb.Place) (out []string) {
	for _, p := range tree {
		out = append(append(out, p.Title), titlesOf(p.Children)...)
	}
	return out
}

func groupsOf(changes []search.Change) (out []string) {
	for _, c := range changes {
		out = append(out, c.Group)
	}
	return out
}
