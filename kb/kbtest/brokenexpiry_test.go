package kbtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// A hasty store is a good one that takes something of what it is to remove
// otherwise.
type hasty struct {
	*memkb.Store
	change func(*profile.Expiry)
}

func (h hasty) ExpireFeedback(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireFeedback(ctx, e)
}

func (h hasty) ExpireRevisions(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireRevisions(ctx, e)
}

var hastes = map[string]func(*profile.Expiry){
	"removes what is held":      func(e *profile.Expiry) { e.Held = nil },
	"removes in a rehearsal":    func(e *profile.Expiry) { e.Dry = false },
	"removes nothing":           func(e *profile.Expiry) { e.Dry = true },
	"removes more":              func(e *profile.Expiry) { e.Limit *= 100 },
	"removes what is not older": func(e *profile.Expiry) { e.Before = e.Before.Add(time.Microsecond) },
}

// TestExpirySuiteCatches runs the suite on every faulty store and wants it to
// fail.
func TestExpirySuiteCatches(t *testing.T) {
	suitetest.Catches(t, hastes, func(t *testing.T, change func(*profile.Expiry)) {
		kbtest.TestExpiryStore(t, func(*testing.T) kbtest.ExpiryStore { return hasty{memkb.New(), change} })
	})
}
