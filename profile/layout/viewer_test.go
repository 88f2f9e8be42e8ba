package layout_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/layout"
)

// TestViewerLeavesNothing: what is looked at in the place of somebody is not
// theirs, though it is shown as they would see it.
func TestViewerLeavesNothing(t *testing.T) {
	site := siteOf(numbered(3)...)
	site.Menus[0].Items[1].For = []string{"signed-in"} // so that visits are kept
	site.Pages = []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1}}}}
	w := newWorld(t, site)
	w.promote(t, layout.Promotion{ID: "spring"})
	w.events()
	look := func(viewer string) layout.Trail {
		by := ann
		by.Viewer = viewer
		v := w.visit()
		require.Equal(t, []string{"i0", "i1", "i2"}, w.main(by, v))
		require.Equal(t, []string{"spring"}, w.aside(by, v))
		w.Used(t.Context(), by, "i2")
		w.Opened(t.Context(), by, site.Menus[0].Items[2].Address)
		trail, err := w.Export(t.Context(), ann.ID)
		require.NoError(t, err)
		return trail
	}
	trail := look("root")
	require.Empty(t, trail.Uses)
	require.Empty(t, trail.Starts)
	require.Empty(t, trail.Shows)
	require.Empty(t, w.events())
	trail = look("")
	require.NotEmpty(t, trail.Uses)
	require.NotEmpty(t, trail.Starts)
	require.NotEmpty(t, trail.Shows)
	require.Equal(t, []string{"promotion.shown promotion/spring"}, w.events())
}
