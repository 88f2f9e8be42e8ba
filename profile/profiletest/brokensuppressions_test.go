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

// faultySuppressions is a good store with one fault: whatever is set replaces it.
type faultySuppressions struct {
	profile.SuppressionStore
	get    func(ctx context.Context, address string) (profile.Suppression, error)
	save   func(ctx context.Context, s profile.Suppression) error
	remove func(ctx context.Context, address string) error
}

func (f faultySuppressions) Suppression(ctx context.Context, address string) (profile.Suppression, error) {
	if f.get != nil {
		return f.get(ctx, address)
	}
	return f.SuppressionStore.Suppression(ctx, address)
}

func (f faultySuppressions) SaveSuppression(ctx context.Context, s profile.Suppression) error {
	if f.save != nil {
		return f.save(ctx, s)
	}
	return f.SuppressionStore.SaveSuppression(ctx, s)
}

func (f faultySuppressions) RemoveSuppression(ctx context.Context, address string) error {
	if f.remove != nil {
		return f.remove(ctx, address)
	}
	return f.SuppressionStore.RemoveSuppression(ctx, address)
}

// suppressing returns a store that changes what it is to keep.
func suppressing(change func(*profile.Suppression)) func(profile.SuppressionStore) faultySuppressions {
	return func(s profile.SuppressionStore) faultySuppressions {
		return faultySuppressions{save: func(ctx context.Context, one profile.Suppression) error {
			one = one.Clone()
			change(&one)
			return s.SaveSuppression(ctx, one)
		}}
	}
}

// brokenSuppressions lists the faults that the suite must catch.
var brokenSuppressions = map[string]func(profile.SuppressionStore) faultySuppressions{
	"suppressions: lets everything through": suppressing(func(s *profile.Suppression) { s.Held = false }),
	"suppressions: forgets complaints":      suppressing(func(s *profile.Suppression) { s.Kind = profile.BounceSoft }),
	"suppressions: does not count":          suppressing(func(s *profile.Suppression) { s.Soft = 0 }),
	"suppressions: forgets reports":         suppressing(func(s *profile.Suppression) { s.Keys = nil }),
	"suppressions: forgets the retry":       suppressing(func(s *profile.Suppression) { s.RetriedAt = time.Time{} }),
	"suppressions: no time to the second":   suppressing(func(s *profile.Suppression) { s.At = s.At.Truncate(time.Second) }),
	"suppressions: one version for all": func(s profile.SuppressionStore) faultySuppressions {
		return faultySuppressions{save: func(ctx context.Context, one profile.Suppression) error {
			if old, err := s.Suppression(ctx, one.Address); err == nil {
				one.Version = old.Version + 1
			}
			return s.SaveSuppression(ctx, one)
		}}
	},
	"suppressions: nothing is not found": func(s profile.SuppressionStore) faultySuppressions {
		return faultySuppressions{get: func(ctx context.Context, address string) (profile.Suppression, error) {
			one, _ := s.Suppression(ctx, address)
			return one, ctx.Err()
		}}
	},
	"suppressions: removes what is not there": func(s profile.SuppressionStore) faultySuppressions {
		return faultySuppressions{remove: func(ctx context.Context, address string) error {
			_ = s.RemoveSuppression(ctx, address)
			return ctx.Err()
		}}
	},
	"suppressions: does not notice a cancelled context": func(s profile.SuppressionStore) faultySuppressions {
		return faultySuppressions{save: func(ctx context.Context, one profile.Suppression) error {
			return s.SaveSuppression(context.WithoutCancel(ctx), one)
		}}
	},
}

// TestSuiteCatchesSuppressions runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesSuppressions(t *testing.T) {
	suitetest.Catches(t, brokenSuppressions, func(t *testing.T, fault func(profile.SuppressionStore) faultySuppressions) {
		profiletest.TestSuppressionStore(t, func(*testing.T) profile.SuppressionStore {
			good := memprofile.New()
			f := fault(good)
			f.SuppressionStore = good
			return f
		})
	})
}
