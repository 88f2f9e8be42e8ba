package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestPreferenceStore(t *testing.T) {
	profiletest.TestPreferenceStore(t, func(*testing.T) profile.PreferenceStore { return memprofile.New() })
}

func TestConsentStore(t *testing.T) {
	profiletest.TestConsentStore(t, func(*testing.T) profile.ConsentStore { return memprofile.New() })
}

func TestShelfStore(t *testing.T) {
	profiletest.TestShelfStore(t, func(*testing.T) profile.ShelfStore { return memprofile.New() })
}
