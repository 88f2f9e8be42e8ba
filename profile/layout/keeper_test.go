package layout_test

import (
	"encoding/json"
	"strings"
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
			by.Roles = []profile.Role{profile.RoleAdmin}
			only := layout.Match{Any: []string{"person:" + person}}
			_, err = w.SavePromotion(t.Context(), by, layout.Promotion{ID: "of" + strings.TrimPrefix(person, "zqann"), Slot: "home/aside", Title: map[string]string{"en": "New"}, Audience: profile.NewAudience("staff", "person:"+person), For: only})
			require.NoError(t, err)
			_, err = w.SaveRule(t.Context(), by, layout.Rule{ID: "for" + strings.TrimPrefix(person, "zqann"), Do: layout.ActionPromote, Ref: "zqitem", For: only})
			require.NoError(t, err)
			require.NoError(t, w.Dismiss(t.Context(), by, layout.Visit{ID: "visit-of-" + person + "-"}, "zqoffer"))
		}
		require.NoError(t, w.Flush(t.Context()))
		return w.Keeper(), []string{"visit-of-zqann-"}
	})
}

// TestKeeperOfMakers: whoever made something, or whom it is for, is not in it any
// more, and it is for nobody else.
func TestKeeperOfMakers(t *testing.T) {
	site := siteOf(item("zqitem"))
	site.Pages = []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1}}}}
	w := newWorld(t, site)
	only := layout.Match{Any: []string{"person:root"}}
	_, err := w.SavePromotion(t.Context(), root, layout.Promotion{ID: "offer", Slot: "home/aside", Title: map[string]string{"en": "New"}, Audience: profile.NewAudience("staff", "person:root"), For: only})
	require.NoError(t, err)
	_, err = w.SaveRule(t.Context(), root, layout.Rule{ID: "rule", Do: layout.ActionHide, Ref: "zqitem", For: only})
	require.NoError(t, err)
	for _, done := range []int{2, 0} {
		erased, err := w.Keeper().Erase(t.Context(), root.ID, profile.Erasure{Mode: profile.EraseModeDelete})
		require.NoError(t, err)
		require.Equal(t, done, erased.Renamed)
	}
	list, err := w.Promotions(t.Context(), root)
	require.NoError(t, err)
	book, err := w.Rules(t.Context(), root)
	require.NoError(t, err)
	text, err := json.Marshal([]any{list, book})
	require.NoError(t, err)
	require.NotContains(t, string(text), "root")
	require.Equal(t, []string{"staff"}, []string(list[0].Audience))
	require.NotEmpty(t, list[0].For.Any, "it is not for everybody now")
	require.NotEmpty(t, book.Rules[0].For.Any)
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
