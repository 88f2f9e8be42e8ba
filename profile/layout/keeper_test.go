package layout_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// TestKeeper: what is kept of a person is handed over, and goes.
func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		site := siteOf(item("zqitem", meant("zqmeant")))
		site.Pages = []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1}}}}
		w := newWorld(t, site)
		_, err := w.SavePromotion(t.Context(), root, layout.Promotion{ID: "zqoffer", Slot: "home/aside", Title: map[string]string{"en": "New"}, Audience: profile.Public()})
		require.NoError(t, err)
		for _, person := range []string{"zqann", "zqann2"} {
			by := profile.Actor{ID: person, Segments: []string{"zqmeant"}}
			w.Arrange(t.Context(), by, layout.Visit{ID: "visit-of-" + person + "-", Began: t0}, "home")
			_, err := w.Personal(t.Context(), by, true)
			require.NoError(t, err)
			w.Used(t.Context(), by, "zqitem")
			require.NoError(t, w.Dismiss(t.Context(), by, layout.Visit{ID: "visit-of-" + person + "-"}, "zqoffer"))
		}
		require.NoError(t, w.Flush(t.Context()))
		return w.Keeper(), []string{"visit-of-zqann-"}
	})
}

// TestArm: the arm of events is that of the arrangement.
func TestArm(t *testing.T) {
	w := newWorld(t, siteOf(numbered(2)...), func(o *layout.Options) { o.Holdout = 50 })
	arms := map[string]int{}
	for i := range 100 {
		by, v := profile.Actor{ID: "p" + time.Duration(i).String()}, layout.Visit{ID: "v", Began: t0}
		arm := w.Arm(t.Context(), by, v)
		require.Equal(t, w.Arrange(t.Context(), by, v, "home").Arm, arm)
		arms[arm]++
	}
	require.Greater(t, arms[layout.ArmArranged], 25)
	require.Greater(t, arms[layout.ArmDeclared], 25)
	anybody := layout.Visit{ID: "v", Visitor: "browser", Began: t0}
	require.Equal(t, w.Arrange(t.Context(), profile.Actor{}, anybody, "home").Arm, w.Arm(t.Context(), profile.Actor{}, anybody))
	for _, by := range []profile.Actor{{ID: "p1ns"}, {ID: "p2ns"}, {ID: "p3ns"}, {ID: "p4ns"}, {ID: "p5ns"}} {
		_, err := w.Personal(t.Context(), by, false)
		require.NoError(t, err)
		require.Equal(t, layout.ArmDeclared, w.Arm(t.Context(), by, anybody))
	}
}
