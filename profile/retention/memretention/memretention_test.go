package memretention_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/memretention"
	"github.com/stoa-go/stoa/profile/retention/retentiontest"
)

func TestStore(t *testing.T) {
	retentiontest.TestStore(t, func(*testing.T) retention.Store { return memretention.New() })
}
