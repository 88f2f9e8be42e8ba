package memprofile

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.LeaseStore = (*Store)(nil)

// A lease is whose something is, and for how long.
type lease struct {
	holder string
	until  time.Time
}

// Lease implements [profile.LeaseStore].
func (s *Store) Lease(ctx context.Context, name, holder string, now, until time.Time) error {
	if err := stored.CheckText(name, holder); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, taken := s.leases[name]; taken && old.holder != holder && now.Before(old.until) {
		return profile.ErrConflict
	}
	s.leases[name] = lease{holder, until}
	return nil
}

// EndLease implements [profile.LeaseStore].
func (s *Store) EndLease(ctx context.Context, name, holder string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases[name].holder == holder {
		delete(s.leases, name)
	}
	return nil
}
