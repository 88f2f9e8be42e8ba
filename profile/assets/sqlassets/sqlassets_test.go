package sqlassets_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/assetstest"
	"github.com/stoa-go/stoa/profile/assets/sqlassets"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlassets.Migrate, open, assetstest.TestStore) }

func open(writer, reader sqlx.ExtContext) assets.Store {
	return sqlassets.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlassets.Migrate, sqlassets.Validate) }

// TestNothingIsLeft erases somebody whose every text is a canary, and counts
// canaries in all tables.
func TestNothingIsLeft(t *testing.T) {
	const canary = "zqcanaryzq"
	for mode, pseudonym := range map[profile.EraseMode]string{profile.EraseModeDelete: "", profile.EraseModePseudonym: "gone-1"} {
		testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
			require.NoError(t, sqlassets.Migrate(t.Context(), db.DB))
			s, at := sqlassets.New(db), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			for id, h := range map[string]assets.Holder{"own": {Person: canary}, "shared": {Person: canary, Account: "acme"}, "acme": {Account: "acme"}} {
				word := "kept"
				if id == "own" {
					word = canary
				}
				require.NoError(t, s.SaveAsset(t.Context(), assets.Asset{ID: id + "-a", Holder: h, Serial: word + id, Name: word, Site: word, RegisteredBy: canary, RegisteredAt: at, Version: 1}))
				require.NoError(t, s.SavePurchase(t.Context(), assets.Purchase{ID: id, Holder: h, At: at, Version: 1}))
				require.NoError(t, s.SaveEntitlement(t.Context(), assets.Entitlement{ID: id, Holder: h, Title: word, From: at, Version: 1, Quotas: []assets.Quota{{Unit: assets.UnitCase, Granted: 2}}}))
				require.NoError(t, s.Spend(t.Context(), assets.Spending{ID: id, Entitlement: id, Unit: assets.UnitCase, N: 1, Person: canary, At: at}))
			}
			_, err := s.Try(t.Context(), canary, at, 1, time.Hour)
			require.NoError(t, err)
			require.NotEmpty(t, profiletest.Census(t, db.DB, canary))
			done, err := assets.Keeper(s).Erase(t.Context(), canary, profile.Erasure{Mode: mode, Pseudonym: pseudonym})
			require.NoError(t, err)
			require.Positive(t, done.Removed)
			require.Positive(t, done.Renamed)
			require.Empty(t, profiletest.Census(t, db.DB, canary))
		})
	}
}
