package profiletest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// A hasty store is a good one that takes something of what it is to remove
// otherwise.
type hasty struct {
	*memprofile.Store
	change func(*profile.Expiry)
}

func (h hasty) ExpireNotices(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireNotices(ctx, e)
}

func (h hasty) ExpireTasks(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireTasks(ctx, e)
}

func (h hasty) ExpireItems(ctx context.Context, list string, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireItems(ctx, list, e)
}

// brokenExpiry lists the faults that the suite of what expires must catch.
var brokenExpiry = map[string]func(*profile.Expiry){
	"expiry: removes what is held":      func(e *profile.Expiry) { e.Held = nil },
	"expiry: removes in a rehearsal":    func(e *profile.Expiry) { e.Dry = false },
	"expiry: removes nothing":           func(e *profile.Expiry) { e.Dry = true },
	"expiry: removes more":              func(e *profile.Expiry) { e.Limit *= 100 },
	"expiry: removes what is not older": func(e *profile.Expiry) { e.Before = e.Before.Add(2 * time.Hour) },
}

// TestSuiteCatchesExpiry runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesExpiry(t *testing.T) {
	suitetest.Catches(t, brokenExpiry, func(t *testing.T, change func(*profile.Expiry)) {
		profiletest.TestExpiryStore(t, func(*testing.T) profiletest.ExpiringStore { return hasty{memprofile.New(), change} })
	})
}
