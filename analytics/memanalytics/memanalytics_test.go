package memanalytics_test

import (
	"testing"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/analyticstest"
	"github.com/stoa-go/stoa/analytics/memanalytics"
)

func TestStore(t *testing.T) {
	analyticstest.TestStore(t, func(*testing.T) analytics.Store { return memanalytics.New() })
}
