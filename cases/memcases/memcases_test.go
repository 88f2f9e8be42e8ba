package memcases_test

import (
	"testing"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/casestest"
	"github.com/stoa-go/stoa/cases/memcases"
)

func TestStore(t *testing.T) {
	casestest.TestStore(t, func(*testing.T) cases.Store { return memcases.New() })
}
