package memprofile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ConnectionStore = (*Store)(nil)

const maxConnections = 200

// Connection implements [profile.ConnectionStore].
func (s *Store) Connection(ctx context.Context, id string) (profile.Connection, error) {
	return s.connection(ctx, func(c profile.Connection) bool { return c.ID == id })
}

// ConnectionWith implements [profile.ConnectionStore].
func (s *Store) ConnectionWith(ctx context.Context, secret string) (profile.Connection, error) {
	return s.connection(ctx, func(c profile.Connection) bool { return c.Secret == secret })
}

func (s *Store) connection(ctx context.Context, is func(profile.Connection) bool) (profile.Connection, error) {
	if err := ctx.Err(); err != nil {
		return profile.Connection{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if i := slices.IndexFunc(s.connections, is); i >= 0 {
		return s.connections[i], nil
	}
	return profile.Connection{}, errs.NotFound
}

// Connections implements [profile.ConnectionStore].
func (s *Store) Connections(ctx context.Context, q profile.ConnectionQuery) ([]profile.Connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := []profile.Connection{}
	for _, c := range s.connections {
		if (q.Kind == "" || c.Kind == q.Kind) && (q.MadeBy == "" || c.MadeBy == q.MadeBy) && (!q.Open || c.EndedAt.IsZero()) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b profile.Connection) int {
		return cmp.Or(b.MadeAt.Compare(a.MadeAt), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxConnections)], nil
}

// MakeConnection implements [profile.ConnectionStore].
func (s *Store) MakeConnection(ctx context.Context, c profile.Connection) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(c.ID, string(c.Kind), c.Name, c.Account, c.MadeBy, c.Secret); err != nil {
		return err
	}
	c.MadeAt, c.UsedAt, c.EndedAt = stored.Time(c.MadeAt), stored.Time(c.UsedAt), stored.Time(c.EndedAt)
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.connections, func(o profile.Connection) bool { return o.ID == c.ID || o.Secret == c.Secret }) {
		return errs.Conflict
	}
	s.connections = append(s.connections, c)
	return nil
}

// UseConnection implements [profile.ConnectionStore].
func (s *Store) UseConnection(ctx context.Context, id string, at time.Time) error {
	_, err := s.changeConnections(ctx, func(c *profile.Connection) bool {
		if c.ID != id || !c.UsedAt.Before(at) {
			return false
		}
		c.UsedAt = stored.Time(at)
		return true
	})
	return err
}

// EndConnection implements [profile.ConnectionStore].
func (s *Store) EndConnection(ctx context.Context, id string, at time.Time) error {
	n, err := s.changeConnections(ctx, func(c *profile.Connection) bool {
		if c.ID != id || !c.EndedAt.IsZero() {
			return false
		}
		c.EndedAt = stored.Time(at)
		return true
	})
	if err == nil && n == 0 {
		err = errs.NotFound
	}
	return err
}

// ForgetMaker implements [profile.ConnectionStore].
func (s *Store) ForgetMaker(ctx context.Context, person string) (int, error) {
	return s.changeConnections(ctx, func(c *profile.Connection) bool {
		if person == "" || c.MadeBy != person {
			return false
		}
		c.MadeBy = ""
		return true
	})
}

// changeConnections changes each connection, and returns how many it did.
func (s *Store) changeConnections(ctx context.Context, change func(*profile.Connection) bool) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.connections {
		if change(&s.connections[i]) {
			n++
		}
	}
	return n, nil
}
