package profiletest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyConnections is a good store with one fault: whatever is set replaces it.
type faultyConnections struct {
	profile.ConnectionStore
	one    func(ctx context.Context, id string) (profile.Connection, error)
	with   func(ctx context.Context, secret string) (profile.Connection, error)
	list   func(ctx context.Context, q profile.ConnectionQuery) ([]profile.Connection, error)
	make   func(ctx context.Context, c profile.Connection) error
	use    func(ctx context.Context, id string, at time.Time) error
	end    func(ctx context.Context, id string, at time.Time) error
	forget func(ctx context.Context, person string) (int, error)
}

func (f faultyConnections) Connection(ctx context.Context, id string) (profile.Connection, error) {
	if f.one != nil {
		return f.one(ctx, id)
	}
	return f.ConnectionStore.Connection(ctx, id)
}

func (f faultyConnections) ConnectionWith(ctx context.Context, secret string) (profile.Connection, error) {
	if f.with != nil {
		return f.with(ctx, secret)
	}
	return f.ConnectionStore.ConnectionWith(ctx, secret)
}

func (f faultyConnections) Connections(ctx context.Context, q profile.ConnectionQuery) ([]profile.Connection, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.ConnectionStore.Connections(ctx, q)
}

func (f faultyConnections) MakeConnection(ctx context.Context, c profile.Connection) error {
	if f.make != nil {
		return f.make(ctx, c)
	}
	return f.ConnectionStore.MakeConnection(ctx, c)
}

func (f faultyConnections) UseConnection(ctx context.Context, id string, at time.Time) error {
	if f.use != nil {
		return f.use(ctx, id, at)
	}
	return f.ConnectionStore.UseConnection(ctx, id, at)
}

func (f faultyConnections) EndConnection(ctx context.Context, id string, at time.Time) error {
	if f.end != nil {
		return f.end(ctx, id, at)
	}
	return f.ConnectionStore.EndConnection(ctx, id, at)
}

func (f faultyConnections) ForgetMaker(ctx context.Context, person string) (int, error) {
	if f.forget != nil {
		return f.forget(ctx, person)
	}
	return f.ConnectionStore.ForgetMaker(ctx, person)
}

func connectionMade(change func(*profile.Connection)) func(profile.ConnectionStore) faultyConnections {
	return func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{make: func(ctx context.Context, c profile.Connection) error {
			change(&c)
			return s.MakeConnection(ctx, c)
		}}
	}
}

func connectionsListed(change func(q *profile.ConnectionQuery), list func([]profile.Connection)) func(profile.ConnectionStore) faultyConnections {
	return func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{list: func(ctx context.Context, q profile.ConnectionQuery) ([]profile.Connection, error) {
			change(&q)
			out, err := s.Connections(ctx, q)
			list(out)
			return out, err
		}}
	}
}

func asIs([]profile.Connection) {}

// brokenConnections lists the faults that the suite must catch.
var brokenConnections = map[string]func(profile.ConnectionStore) faultyConnections{
	"connections: forget when":      connectionMade(func(c *profile.Connection) { c.UsedAt, c.EndedAt = time.Time{}, time.Time{} }),
	"connections: forget the staff": connectionMade(func(c *profile.Connection) { c.Staff = false }),
	"connections: cut names":        connectionMade(func(c *profile.Connection) { c.Name = strings.Split(c.Name, " %")[0] }),
	"connections: repair text": connectionMade(func(c *profile.Connection) {
		c.Name = strings.ToValidUTF8(strings.ReplaceAll(c.Name, "\x00", ""), "")
	}),
	"connections: mind no kind":  connectionsListed(func(q *profile.ConnectionQuery) { q.Kind = "" }, asIs),
	"connections: mind no maker": connectionsListed(func(q *profile.ConnectionQuery) { q.MadeBy = "" }, asIs),
	"connections: list the dead": connectionsListed(func(q *profile.ConnectionQuery) { q.Open = false }, asIs),
	"connections: oldest first":  connectionsListed(func(*profile.ConnectionQuery) {}, slices.Reverse[[]profile.Connection]),
	"connections: found by prefix": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{with: func(ctx context.Context, secret string) (profile.Connection, error) {
			return s.ConnectionWith(ctx, strings.TrimSpace(secret))
		}}
	},
	"connections: mind no case": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{one: func(ctx context.Context, id string) (profile.Connection, error) {
			list, err := s.Connections(ctx, profile.ConnectionQuery{})
			for _, c := range list {
				if strings.EqualFold(c.ID, id) {
					return c, err
				}
			}
			return s.Connection(ctx, id)
		}}
	},
	"connections: the dead are not found": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{with: func(ctx context.Context, secret string) (profile.Connection, error) {
			c, err := s.ConnectionWith(ctx, secret)
			if err == nil && !c.EndedAt.IsZero() {
				return profile.Connection{}, profile.ErrNotFound
			}
			return c, err
		}}
	},
	"connections: taken secrets are no conflict": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{make: func(ctx context.Context, c profile.Connection) error {
			if old, err := s.ConnectionWith(ctx, c.Secret); err == nil && old.ID != c.ID {
				return nil
			}
			return s.MakeConnection(ctx, c)
		}}
	},
	"connections: used earlier": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{use: func(ctx context.Context, id string, at time.Time) error {
			return s.UseConnection(ctx, id, at.Add(-time.Microsecond))
		}}
	},
	"connections: uses are not noted": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{use: func(context.Context, string, time.Time) error { return nil }}
	},
	"connections: end twice": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{end: func(ctx context.Context, id string, at time.Time) error {
			err := s.EndConnection(ctx, id, at)
			if _, gone := s.Connection(ctx, id); gone == nil {
				return nil
			}
			return err
		}}
	},
	"connections: all end": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{end: func(ctx context.Context, id string, at time.Time) error {
			list, _ := s.Connections(ctx, profile.ConnectionQuery{Open: true})
			for _, c := range list {
				if c.ID != id {
					_ = s.EndConnection(ctx, c.ID, at)
				}
			}
			return s.EndConnection(ctx, id, at)
		}}
	},
	"connections: all makers are forgotten": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{forget: func(ctx context.Context, person string) (int, error) {
			_, _ = s.ForgetMaker(ctx, "bob")
			return s.ForgetMaker(ctx, person)
		}}
	},
	"connections: nobody is forgotten": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{forget: func(ctx context.Context, person string) (int, error) {
			list, err := s.Connections(ctx, profile.ConnectionQuery{MadeBy: person})
			return len(list), err
		}}
	},
	"connections: do not notice a cancelled context": func(s profile.ConnectionStore) faultyConnections {
		return faultyConnections{end: func(ctx context.Context, id string, at time.Time) error {
			return s.EndConnection(context.WithoutCancel(ctx), id, at)
		}}
	},
}

// TestSuiteCatchesConnections runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesConnections(t *testing.T) {
	suitetest.Catches(t, brokenConnections, func(t *testing.T, fault func(profile.ConnectionStore) faultyConnections) {
		profiletest.TestConnectionStore(t, func(*testing.T) profile.ConnectionStore {
			good := memprofile.New()
			f := fault(good)
			f.ConnectionStore = good
			return f
		})
	})
}
