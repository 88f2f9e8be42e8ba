package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestLinkStore(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		profiletest.TestLinkStore(t, func(t *testing.T) profile.LinkStore { return onPostgres(t) })
	})
	t.Run("sqlite", func(t *testing.T) {
		profiletest.TestLinkStore(t, func(t *testing.T) profile.LinkStore { return onSQLite(t) })
	})
}
