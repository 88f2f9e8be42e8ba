package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestStore(t *testing.T) {
	profiletest.TestStore(t, func(*testing.T) profile.Store { return memprofile.New() })
}

func TestSessionStore(t *testing.T) {
	profiletest.TestSessionStore(t, func(*testing.T) profile.SessionStore { return memprofile.New() })
}

func TestFieldStore(t *testing.T) {
	profiletest.TestFieldStore(t, func(*testing.T) profile.FieldStore { return memprofile.New() })
}

func TestLeaseStore(t *testing.T) {
	profiletest.TestLeaseStore(t, func(*testing.T) profile.LeaseStore { return memprofile.New() })
}

func TestRoleStore(t *testing.T) {
	profiletest.TestRoleStore(t, func(*testing.T) profile.RoleStore { return memprofile.New() })
}
