package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestIdentityStore(t *testing.T) {
	profiletest.TestIdentityStore(t, func(*testing.T) profile.IdentityStore { return memprofile.New() })
}

func TestOnceStore(t *testing.T) {
	profiletest.TestOnceStore(t, func(*testing.T) profile.OnceStore { return memprofile.New() })
}
