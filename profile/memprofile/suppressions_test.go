package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestSuppressionStore(t *testing.T) {
	profiletest.TestSuppressionStore(t, func(*testing.T) profile.SuppressionStore { return memprofile.New() })
}
