package memprofile

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

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
	for _, text := range []string{name, holder} {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return profile.ErrInvalid
		}
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
