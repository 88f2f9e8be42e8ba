package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestRoleStore(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		profiletest.TestRoleStore(t, func(t *testing.T) profile.RoleStore { return onPostgres(t) })
	})
	t.Run("SQLite", func(t *testing.T) {
		profiletest.TestRoleStore(t, func(t *testing.T) profile.RoleStore { return onSQLite(t) })
	})
}
