package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestConnectionStore(t *testing.T) {
	profiletest.TestConnectionStore(t, func(*testing.T) profile.ConnectionStore { return memprofile.New() })
}
