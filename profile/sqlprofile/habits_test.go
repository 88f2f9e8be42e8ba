package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestHabitsInPostgres(t *testing.T) {
	profiletest.TestPreferenceStore(t, func(t *testing.T) profile.PreferenceStore { return onPostgres(t) })
	profiletest.TestConsentStore(t, func(t *testing.T) profile.ConsentStore { return onPostgres(t) })
	profiletest.TestShelfStore(t, func(t *testing.T) profile.ShelfStore { return onPostgres(t) })
}

func TestHabitsInSQLite(t *testing.T) {
	profiletest.TestPreferenceStore(t, func(t *testing.T) profile.PreferenceStore { return onSQLite(t) })
	profiletest.TestConsentStore(t, func(t *testing.T) profile.ConsentStore { return onSQLite(t) })
	profiletest.TestShelfStore(t, func(t *testing.T) profile.ShelfStore { return onSQLite(t) })
}
