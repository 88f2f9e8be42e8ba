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

// faultyLeases is a good store with one fault: whatever is set replaces it.
type faultyLeases struct {
	profile.LeaseStore
	lease func(ctx context.Context, name, holder string, now, until time.Time) error
	end   func(ctx context.Context, name, holder string) error
}

func (f faultyLeases) Lease(ctx context.Context, name, holder string, now, until time.Time) error {
	if f.lease != nil {
		return f.lease(ctx, name, holder, now, until)
	}
	return f.LeaseStore.Lease(ctx, name, holder, now, until)
}

func (f faultyLeases) EndLease(ctx context.Context, name, holder string) error {
	if f.end != nil {
		return f.end(ctx, name, holder)
	}
	return f.LeaseStore.EndLease(ctx, name, holder)
}

// leased returns a store that takes another lease than it is asked for.
func leased(other func(s profile.LeaseStore, ctx context.Context, name, holder string, now, until time.Time) error) func(profile.LeaseStore) faultyLeases {
	return func(s profile.LeaseStore) faultyLeases {
		return faultyLeases{lease: func(ctx context.Context, name, holder string, now, until time.Time) error {
			return other(s, ctx, name, holder, now, until)
		}}
	}
}

// brokenLeases lists the faults that the suite must catch.
var brokenLeases = map[string]func(profile.LeaseStore) faultyLeases{
	"leases: everybody's": leased(func(s profile.LeaseStore, ctx context.Context, name, _ string, now, until time.Time) error {
		return s.Lease(ctx, name, "same", now, until)
	}),
	"leases: for ever": leased(func(s profile.LeaseStore, ctx context.Context, name, holder string, now, until time.Time) error {
		return s.Lease(ctx, name, holder, now, until.AddDate(1, 0, 0))
	}),
	"leases: over too early": leased(func(s profile.LeaseStore, ctx context.Context, name, holder string, now, until time.Time) error {
		return s.Lease(ctx, name, holder, now, until.Add(-time.Millisecond))
	}),
	"leases: one for all names": leased(func(s profile.LeaseStore, ctx context.Context, _, holder string, now, until time.Time) error {
		return s.Lease(ctx, "one", holder, now, until)
	}),
	"leases: does not notice a cancelled context": leased(func(s profile.LeaseStore, ctx context.Context, name, holder string, now, until time.Time) error {
		return s.Lease(context.WithoutCancel(ctx), name, holder, now, until)
	}),
	"leases: never ended": func(profile.LeaseStore) faultyLeases {
		return faultyLeases{end: func(ctx context.Context, _, _ string) error { return ctx.Err() }}
	},
	"leases: ended by anybody": func(s profile.LeaseStore) faultyLeases {
		last := map[string]string{}
		return faultyLeases{
			lease: func(ctx context.Context, name, holder string, now, until time.Time) error {
				err := s.Lease(ctx, name, holder, now, until)
				if err == nil {
					last[name] = holder
				}
				return err
			},
			end: func(ctx context.Context, name, _ string) error { return s.EndLease(ctx, name, last[name]) },
		}
	},
}

// TestSuiteCatchesLeases runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesLeases(t *testing.T) {
	suitetest.Catches(t, brokenLeases, func(t *testing.T, fault func(profile.LeaseStore) faultyLeases) {
		profiletest.TestLeaseStore(t, func(*testing.T) profile.LeaseStore {
			good := memprofile.New()
			f := fault(good)
			f.LeaseStore = good
			return f
		})
	})
}
