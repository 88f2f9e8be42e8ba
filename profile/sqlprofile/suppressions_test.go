package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestSuppressionStore(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		profiletest.TestSuppressionStore(t, func(t *testing.T) profile.SuppressionStore { return onPostgres(t) })
	})
	t.Run("SQLite", func(t *testing.T) {
		profiletest.TestSuppressionStore(t, func(t *testing.T) profile.SuppressionStore { return onSQLite(t) })
	})
}
