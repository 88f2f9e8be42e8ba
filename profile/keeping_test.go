package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// TestEventKeeper: what a person did is theirs to have and to have forgotten,
// also what was recorded and not yet written.
func TestEventKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		store := memanalytics.New()
		ledger := analytics.NewLedger(store, nil)
		record := func(person string) {
			ledger.Record(t.Context(), analytics.Event{Name: "search.performed", User: person, Text: "words-of-" + person + "-", Subject: "article/of-" + person + "-"})
		}
		record("zqann")
		require.NoError(t, ledger.Flush(t.Context()))
		record("zqann")
		record("zqann2")
		return profile.EventKeeper(ledger, store), []string{"words-of-zqann-", "article/of-zqann-"}
	})
}
