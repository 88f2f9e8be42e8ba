package sqlprofile_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestNoticesOnPostgres(t *testing.T) {
	profiletest.TestNoticeStore(t, func(t *testing.T) profile.NoticeStore { return onPostgres(t) })
	profiletest.TestEndpointStore(t, func(t *testing.T) profile.EndpointStore { return onPostgres(t) })
}

func TestNoticesOnSQLite(t *testing.T) {
	profiletest.TestNoticeStore(t, func(t *testing.T) profile.NoticeStore { return onSQLite(t) })
	profiletest.TestEndpointStore(t, func(t *testing.T) profile.EndpointStore { return onSQLite(t) })
}
