package memaudit_test

import (
	"testing"

	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/audittest"
	"github.com/stoa-go/stoa/profile/audit/memaudit"
)

func TestStore(t *testing.T) {
	audittest.TestStore(t, func(*testing.T) audit.Store { return memaudit.New() })
}
