package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestFieldStore(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		profiletest.TestFieldStore(t, func(t *testing.T) profile.FieldStore { return onPostgres(t) })
	})
	t.Run("SQLite", func(t *testing.T) {
		profiletest.TestFieldStore(t, func(t *testing.T) profile.FieldStore { return onSQLite(t) })
	})
}
