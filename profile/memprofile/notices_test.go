package memprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestNoticeStore(t *testing.T) {
	profiletest.TestNoticeStore(t, func(*testing.T) profile.NoticeStore { return memprofile.New() })
	profiletest.TestExpiryStore(t, func(*testing.T) profiletest.ExpiringStore { return memprofile.New() })
}

func TestEndpointStore(t *testing.T) {
	profiletest.TestEndpointStore(t, func(*testing.T) profile.EndpointStore { return memprofile.New() })
}
