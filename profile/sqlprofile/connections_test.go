package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestConnectionsOnPostgres(t *testing.T) {
	profiletest.TestConnectionStore(t, func(t *testing.T) profile.ConnectionStore { return onPostgres(t) })
}

func TestConnectionsOnSQLite(t *testing.T) {
	profiletest.TestConnectionStore(t, func(t *testing.T) profile.ConnectionStore { return onSQLite(t) })
}
