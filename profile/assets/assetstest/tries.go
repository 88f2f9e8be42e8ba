package assetstest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/assets"
)

func checkAbout(t *testing.T, s assets.Store) {
	fill(t, s)
	readAbout(t, assets.PortsOf(s))
	require.NoError(t, s.SaveAsset(t.Context(), newAsset("by-cem", func(a *assets.Asset) { a.Holder, a.RegisteredBy = assets.Holder{Account: "acme"}, "cem" })))
	require.NoError(t, s.SaveAsset(t.Context(), newAsset("of-cem", func(a *assets.Asset) { a.Holder, a.RegisteredBy = assets.Holder{Person: "cem"}, "" })))
	for _, limit := range []int{1, 200} {
		got := ids(t, assets.PortsOf(s), assets.Query{Sees: assets.Scope{All: true}, About: "cem", Limit: limit})
		require.Equal(t, map[string][]string{"products": {"by-cem", "of-cem"}, "purchases": {}, "entitlements": {}}, got)
	}
	got := ids(t, assets.PortsOf(s), assets.Query{Sees: assets.Scope{Person: "cem"}, About: "cem"})
	require.Equal(t, []string{"of-cem"}, got["products"], "what is seen is as it was")
}

// readAbout reads what is about each of the people of Filled, whose products ann
// has registered.
func readAbout(t *testing.T, p assets.Ports) {
	for _, person := range []string{"ann", "Ann", "ann2", "bob", "nobody", "%"} {
		var has []string
		for _, id := range slices.Sorted(keys(holders())) {
			if holders()[id].Person == person {
				has = append(has, id)
			}
		}
		for _, limit := range []int{1, 200} {
			for kind, got := range ids(t, p, assets.Query{Sees: assets.Scope{All: true}, About: person, Limit: limit}) {
				if kind == "products" && person == "ann" {
					require.Len(t, got, len(holders()), "ann registered all")
					continue
				}
				require.ElementsMatch(t, has, got, "%s about %s", kind, person)
			}
		}
	}
}

func checkTries(t *testing.T, s assets.Store) {
	try := func(person string, after time.Duration, want error) {
		t.Helper()
		ends, err := s.Try(t.Context(), person, suitetest.Elsewhere(t0.Add(after)), 3, time.Hour)
		require.ErrorIs(t, err, want)
		began := t0
		if after >= time.Hour {
			began = t0.Add(time.Hour)
		}
		require.True(t, began.Add(time.Hour).Equal(ends), "it ends at %s", ends)
	}
	for n := range 3 {
		try("ann", time.Duration(n)*time.Minute, nil)
	}
	for range 3 {
		try("ann", 59*time.Minute, assets.ErrTooMany)
	}
	try("ann2", 0, nil)
	for range 3 {
		try("ann", time.Hour, nil)
	}
	try("ann", time.Hour, assets.ErrTooMany)
	_, _, err := s.Forget(t.Context(), "ann", "")
	require.NoError(t, err)
	try("ann", time.Hour, nil)
	_, err = s.Try(t.Context(), "a\x00", t0, 3, time.Hour)
	require.ErrorIs(t, err, assets.ErrInvalid)
}

func checkTriesRace(t *testing.T, s assets.Store) {
	suitetest.Race(t, assets.ErrTooMany, func(int) error {
		_, err := s.Try(t.Context(), "ann", t0, 1, time.Hour)
		return err
	})
}
