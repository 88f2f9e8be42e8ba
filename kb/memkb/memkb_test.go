package memkb_test

import (
	"testing"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
)

func TestStore(t *testing.T) {
	kbtest.TestStore(t, func(*testing.T) kb.Store { return memkb.New() })
}

func TestPersonStore(t *testing.T) {
	kbtest.TestPersonStore(t, func(*testing.T) kbtest.PersonStore { return memkb.New() })
	kbtest.TestExpiryStore(t, func(*testing.T) kbtest.ExpiryStore { return memkb.New() })
}
