package assets_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/memassets"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		s := memassets.New()
		for _, person := range []string{"zqann", "zqann2"} {
			h := assets.Holder{Person: person}
			require.NoError(t, s.SaveAsset(t.Context(), assets.Asset{ID: "a" + person, Holder: h, Serial: "serial of " + person, Site: "site of " + person, Name: "name of " + person, RegisteredAt: now, Version: 1}))
			require.NoError(t, s.SavePurchase(t.Context(), assets.Purchase{ID: "p-" + person[2:], Holder: h, At: now, Version: 1}))
			require.NoError(t, s.SaveEntitlement(t.Context(), assets.Entitlement{ID: "e-" + person[2:], Holder: h, Title: "title of " + person, Level: "x", From: now, Version: 1, Quotas: []assets.Quota{{Unit: assets.UnitCase, Granted: 3}}}))
			require.NoError(t, s.Spend(t.Context(), assets.Spending{ID: "s-" + person[2:], Entitlement: "e-" + person[2:], Unit: assets.UnitCase, N: 1, Person: person, At: now}))
		}
		return assets.Keeper(s), []string{"site of zqann\"", "name of zqann\"", "serial of zqann\"", "title of zqann\""}
	})
}
