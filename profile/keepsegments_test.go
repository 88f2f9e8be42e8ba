package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// TestErasureMindsRulesAndViews: who is erased is in no rule, and nobody looks
// at the portal as them; nobody else comes into a segment or loses one.
func TestErasureMindsRulesAndViews(t *testing.T) {
	for _, mode := range []profile.EraseMode{profile.EraseModeDelete, profile.EraseModePseudonym} {
		store := memprofile.New()
		d := profile.NewDirectory(store, nil)
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		for _, id := range []string{"ann", "ann2", "eve"} {
			require.NoError(t, store.SavePerson(t.Context(), profile.Person{ID: id, Name: id, Version: 1}))
		}
		named := profile.Rule{Fact: profile.FactID, Op: profile.OpIn, Values: []string{"ann", "ann2"}}
		_, err := d.SaveSegment(t.Context(), root, profile.Segment{Name: "named", Title: "Named", Rule: profile.Rule{Any: []profile.Rule{
			named, {All: []profile.Rule{{Fact: profile.FactID, Op: profile.OpIn, Values: []string{"ann"}}}},
		}}})
		require.NoError(t, err)
		other := profile.Rule{Fact: profile.FactAccount, Op: profile.OpIn, Values: []string{"ann"}}
		_, err = d.SaveSegment(t.Context(), root, profile.Segment{Name: "other", Title: "Other", Rule: other})
		require.NoError(t, err)
		require.NoError(t, store.StartSession(t.Context(), profile.Session{ID: "s", Secret: "s", Person: "eve", Viewing: "ann"}))
		ann, err := d.Actor(t.Context(), "ann")
		require.NoError(t, err)
		require.Equal(t, []string{"named"}, ann.Segments)

		_, err = d.EraseEverything(t.Context(), root, "ann", mode)
		require.NoError(t, err)
		list, err := d.Segments(t.Context(), root)
		require.NoError(t, err)
		require.NotContains(t, list[0].Rule.Any[0].Values, "ann")
		require.Contains(t, list[0].Rule.Any[0].Values, "ann2")
		require.NotContains(t, list[0].Rule.Any[1].All[0].Values, "ann")
		_, err = list[0].Rule.Compile()
		require.NoError(t, err)
		require.Equal(t, other, list[1].Rule, "an account of the same name is none of theirs")
		session, err := store.Session(t.Context(), "s")
		require.NoError(t, err)
		require.Empty(t, session.Viewing)
		for id, want := range map[string][]string{"ann2": {"named"}, "eve": nil} {
			a, err := d.Actor(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, a.Segments, id)
		}
		require.NoError(t, store.SavePerson(t.Context(), profile.Person{ID: "ann", Name: "Another", Version: 1}))
		a, err := d.Actor(t.Context(), "ann")
		require.NoError(t, err)
		require.Empty(t, a.Segments, "whoever gets the ID later inherits nothing")
	}
}
