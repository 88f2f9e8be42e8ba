package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestIdentitiesOnPostgres(t *testing.T) {
	profiletest.TestIdentityStore(t, func(t *testing.T) profile.IdentityStore { return onPostgres(t) })
	profiletest.TestOnceStore(t, func(t *testing.T) profile.OnceStore { return onPostgres(t) })
}

func TestIdentitiesOnSQLite(t *testing.T) {
	profiletest.TestIdentityStore(t, func(t *testing.T) profile.IdentityStore { return onSQLite(t) })
	profiletest.TestOnceStore(t, func(t *testing.T) profile.OnceStore { return onSQLite(t) })
}
