package layout_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// TestKey: two layouts have the same key if and only if a page that shows them
// looks the same, lists from Order included.
func TestKey(t *testing.T) {
	site := siteOf(numbered(4)...)
	site.Pages = []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "main", Offers: 1, Blocks: []layout.Block{block("one"), block("two")}}}}}
	w := newWorld(t, site)
	beta := profile.Actor{ID: "bob", Segments: []string{"beta"}}
	forBeta := layout.Match{Any: []string{"beta"}}
	visits := 0
	key := func(by profile.Actor, page string) string {
		visits++
		v := layout.Visit{ID: "v", Visitor: "browser", Began: w.clock().Add(time.Duration(visits))}
		v.ID += v.Began.String()
		return w.Arrange(t.Context(), by, v, page).Key
	}
	last := key(beta, "home")
	require.NotEmpty(t, last)
	require.Equal(t, last, key(ann, "home"), "who looks is no difference")
	require.Equal(t, last, key(profile.Actor{}, "home"))
	require.NotEqual(t, last, key(ann, "other"))

	plain := last
	for _, change := range []func() error{
		func() error {
			_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "item", Do: layout.ActionPromote, Ref: "i2", For: forBeta})
			return err
		},
		func() error {
			_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "item", Do: layout.ActionPromote, Ref: "i2", For: forBeta, Reason: map[string]string{"en": "For you"}, Version: 1})
			return err
		},
		func() error {
			_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "block", Do: layout.ActionDemote, Ref: "one", For: forBeta})
			return err
		},
		func() error {
			_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "category", Do: layout.ActionPromote, Ref: "category/hub", For: forBeta})
			return err
		},
		func() error {
			_, err := w.SavePromotion(t.Context(), root, layout.Promotion{ID: "offer", Slot: "home/main", Title: map[string]string{"en": "New"}, Audience: profile.Public(), For: forBeta})
			return err
		},
		func() error {
			_, err := w.SavePromotion(t.Context(), root, layout.Promotion{ID: "offer", Slot: "home/main", Title: map[string]string{"en": "Newer"}, Audience: profile.Public(), For: forBeta, Version: 1})
			return err
		},
		func() error { _, err := w.Personal(t.Context(), beta, false); return err },
	} {
		require.NoError(t, change())
		w.pass(time.Minute)
		now := key(beta, "home")
		require.NotEqual(t, last, now)
		require.Equal(t, now, key(beta, "home"))
		last = now
	}
	require.Equal(t, plain, key(ann, "home"), "what is for others is no difference")
}

// TestOpenedCounts: what is opened counts for every item that leads there and
// could move, and nothing is counted of what stands still anyway.
func TestOpenedCounts(t *testing.T) {
	away := func(it *layout.Item) { it.Address = "/here" }
	site := siteOf(item("a", away), item("b", away, pinned))
	site.Menus = append(site.Menus, layout.Menu{Name: "side", Items: []layout.Item{item("c", away)}}, layout.Menu{Name: "foot", Fixed: true, Items: []layout.Item{item("d", away)}})
	w := newWorld(t, site)
	w.Opened(t.Context(), ann, "/here")
	trail, err := w.Export(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []layout.Use{{Who: "person:ann", Ref: "a", Day: "2026-03-10", N: 1}, {Who: "person:ann", Ref: "c", Day: "2026-03-10", N: 1}}, trail.Uses)
}
