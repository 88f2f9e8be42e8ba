package memlayout_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/layouttest"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

func TestStore(t *testing.T) {
	layouttest.TestStore(t, func(*testing.T) layout.Store { return memlayout.New() })
}
