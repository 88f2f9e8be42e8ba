package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestLinkStore(t *testing.T) {
	profiletest.TestLinkStore(t, func(*testing.T) profile.LinkStore { return memprofile.NewLinks() })
}
