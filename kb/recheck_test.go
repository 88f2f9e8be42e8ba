package kb_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// TestRecheck: the source says of what an index still shows what reading says,
// without asking for each.
func TestRecheck(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		w.place("shut", "", "public")
		articles := map[string]kb.Article{"draft": w.write(draft("draft", "c", "public"))}
		for _, name := range []string{"open", "closed", "archived", "moved", "below", "partner"} {
			articles[name] = w.show(draft(name, "c", "public"))
		}
		articles["half"] = w.translate(w.show(draft("half", "c", "public")), "de", "Halb")
		articles["closed"] = w.arrange(articles["closed"], func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
		articles["partner"] = w.arrange(articles["partner"], func(m *kb.Meta) { m.Audience = profile.NewAudience("partner") })
		articles["moved"] = w.arrange(articles["moved"], func(m *kb.Meta) { m.Category = "shut" })
		for name, locale := range map[string]string{"archived": "en", "half": "de"} {
			_, err := w.Archive(w.ctx(), reviewer, articles[name].ID, locale, articles[name].Version)
			require.NoError(t, err)
		}
		c, err := w.CategoryDraft(w.ctx(), admin, "shut")
		require.NoError(t, err)
		c.Audience = profile.NewAudience("staff")
		_, err = w.SaveCategory(w.ctx(), admin, c)
		require.NoError(t, err)

		groups := []string{"article/nope", "topic/" + articles["open"].ID, "", "article/a\x00b"}
		for _, a := range articles {
			groups = append(groups, "article/"+a.ID)
		}
		for i := range 400 {
			groups = append(groups, fmt.Sprint("article/none-", i))
		}
		h := &hooked{Store: w.store}
		source := kb.NewLibrary(h, w.options()).Source().(search.Rechecker)
		for _, by := range []profile.Actor{anyone, ann, partner, agent, admin} {
			h.nth = 0
			visible, err := source.Visible(w.ctx(), by, groups)
			require.NoError(t, err)
			require.LessOrEqual(t, -h.nth, 5, "calls of the store, for three times 200 groups")
			var want []string
			for _, a := range articles {
				if w.sees(by, a) {
					want = append(want, "article/"+a.ID)
				}
			}
			require.ElementsMatch(t, want, visible, by.ID)
		}
		visible, err := source.Visible(w.ctx(), ann, nil)
		require.NoError(t, err)
		require.Empty(t, visible)

		late, err := w.Source().(search.Laggard).Stalled(w.ctx())
		require.NoError(t, err)
		require.Less(t, late, time.Minute)
	})
}
