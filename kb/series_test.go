package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestSeries: each part of a series leads to the parts before and after it that
// its reader may read, as the series is now.
func TestSeries(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		parts := map[string]kb.Article{}
		for name, audience := range map[string]string{"one": "public", "two": "partner", "three": "public", "aside": "public"} {
			parts[name] = w.show(draft(name, "c", audience))
		}
		link := func(name string) string { return "[x](article:" + parts[name].ID + ")\n\n" }
		d := draft("series", "c", "public")
		d.Kind, d.Body = kb.KindSeries, link("one")+link("two")+link("three")+":::for partner\n"+link("aside")+":::\n"
		series := w.show(d)
		hidden := draft("hidden", "c", "staff")
		hidden.Kind, hidden.Body = kb.KindSeries, link("three")+link("one")
		w.show(hidden)
		for _, c := range []struct {
			by             profile.Actor
			part           string
			position       int
			total          int
			previous, next string
		}{
			{anyone, "one", 1, 2, "", "three"},
			{anyone, "three", 2, 2, "one", ""},
			{partner, "one", 1, 3, "", "two"},
			{partner, "two", 2, 3, "one", "three"},
		} {
			places := w.reads(c.by, parts[c.part].ID).Series
			require.Len(t, places, 1, c.part)
			p := places[0]
			require.Equal(t, series.ID, p.Series.Article)
			require.Equal(t, []int{c.position, c.total}, []int{p.Position, p.Total}, c.part)
			require.Equal(t, c.previous == "", p.Previous == nil)
			require.Equal(t, c.next == "", p.Next == nil)
			if p.Previous != nil {
				require.Equal(t, parts[c.previous].ID, p.Previous.Article)
			}
			if p.Next != nil {
				require.Equal(t, parts[c.next].ID, p.Next.Article)
			}
		}
		require.Len(t, w.reads(agent, parts["one"].ID).Series, 2, "staff see the other series too")
		require.Empty(t, w.reads(partner, parts["aside"].ID).Series, "what only some see of a series leads nowhere")
		require.Empty(t, w.reads(anyone, series.ID).Series)
		w.edit(series, link("three"))
		require.Empty(t, w.reads(anyone, parts["one"].ID).Series, "at once")
	})
}
