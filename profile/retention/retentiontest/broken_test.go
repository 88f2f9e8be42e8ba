package retentiontest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/memretention"
	"github.com/stoa-go/stoa/profile/retention/retentiontest"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	retention.Store
	holds       func(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error)
	saveHold    func(ctx context.Context, h retention.Hold) error
	requests    func(ctx context.Context, q retention.RequestQuery) ([]retention.Request, error)
	saveRequest func(ctx context.Context, r retention.Request) error
	held        func(ctx context.Context, at time.Time) ([]string, error)
	states      func(ctx context.Context) ([]retention.State, error)
	saveState   func(ctx context.Context, c retention.State) error
	forget      func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error)
	expire      func(ctx context.Context, before time.Time, held []string, limit int, dry bool) (int, error)
}

func (f faulty) Holds(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error) {
	if f.holds != nil {
		return f.holds(ctx, q)
	}
	return f.Store.Holds(ctx, q)
}

func (f faulty) SaveHold(ctx context.Context, h retention.Hold) error {
	if f.saveHold != nil {
		return f.saveHold(ctx, h)
	}
	return f.Store.SaveHold(ctx, h)
}

func (f faulty) Requests(ctx context.Context, q retention.RequestQuery) ([]retention.Request, error) {
	if f.requests != nil {
		return f.requests(ctx, q)
	}
	return f.Store.Requests(ctx, q)
}

func (f faulty) SaveRequest(ctx context.Context, r retention.Request) error {
	if f.saveRequest != nil {
		return f.saveRequest(ctx, r)
	}
	return f.Store.SaveRequest(ctx, r)
}

func (f faulty) Held(ctx context.Context, at time.Time) ([]string, error) {
	if f.held != nil {
		return f.held(ctx, at)
	}
	return f.Store.Held(ctx, at)
}

func (f faulty) States(ctx context.Context) ([]retention.State, error) {
	if f.states != nil {
		return f.states(ctx)
	}
	return f.Store.States(ctx)
}

func (f faulty) SaveState(ctx context.Context, c retention.State) error {
	if f.saveState != nil {
		return f.saveState(ctx, c)
	}
	return f.Store.SaveState(ctx, c)
}

func (f faulty) ForgetPerson(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
	if f.forget != nil {
		return f.forget(ctx, person, pseudonym, at)
	}
	return f.Store.ForgetPerson(ctx, person, pseudonym, at)
}

func (f faulty) Expire(ctx context.Context, before time.Time, held []string, limit int, dry bool) (int, error) {
	if f.expire != nil {
		return f.expire(ctx, before, held, limit, dry)
	}
	return f.Store.Expire(ctx, before, held, limit, dry)
}

func changedHold(change func(*retention.Hold)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{saveHold: func(ctx context.Context, h retention.Hold) error { change(&h); return s.SaveHold(ctx, h) }}
	}
}

func changedRequest(change func(*retention.Request)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{saveRequest: func(ctx context.Context, r retention.Request) error { change(&r); return s.SaveRequest(ctx, r) }}
	}
}

func changedState(change func(*retention.State)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{saveState: func(ctx context.Context, c retention.State) error { change(&c); return s.SaveState(ctx, c) }}
	}
}

func askedHolds(change func(*retention.HoldQuery)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{holds: func(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error) {
			change(&q)
			return s.Holds(ctx, q)
		}}
	}
}

func askedRequests(change func(*retention.RequestQuery)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{requests: func(ctx context.Context, q retention.RequestQuery) ([]retention.Request, error) {
			change(&q)
			return s.Requests(ctx, q)
		}}
	}
}

// expiring returns a store that hears something else when it is to expire.
func expiring(f func(ctx context.Context, s retention.Store, before time.Time, held []string, limit int, dry bool) (int, error)) func(retention.Store) faulty {
	return func(s retention.Store) faulty {
		return faulty{expire: func(ctx context.Context, before time.Time, held []string, limit int, dry bool) (int, error) {
			return f(ctx, s, before, held, limit, dry)
		}}
	}
}

// broken lists the faults that the suite must catch.
var broken = map[string]func(retention.Store) faulty{
	"holds: drops the reason":         changedHold(func(h *retention.Hold) { h.Reason = "" }),
	"holds: drops the end":            changedHold(func(h *retention.Hold) { h.Until = time.Time{} }),
	"holds: forgets who released":     changedHold(func(h *retention.Hold) { h.ReleasedBy = "" }),
	"holds: to the second":            changedHold(func(h *retention.Hold) { h.At = h.At.Truncate(time.Second) }),
	"requests: drops the ground":      changedRequest(func(r *retention.Request) { r.Ground = "" }),
	"requests: drops the mode":        changedRequest(func(r *retention.Request) { r.Mode = "" }),
	"requests: always waiting":        changedRequest(func(r *retention.Request) { r.Status = retention.StatusWaiting }),
	"states: drops the lease":         changedState(func(c *retention.State) { c.Until = time.Time{} }),
	"states: no faults":               changedState(func(c *retention.State) { c.Fault = false }),
	"states: no more":                 changedState(func(c *retention.State) { c.More = false }),
	"holds: of anybody":               askedHolds(func(q *retention.HoldQuery) { q.Person = "" }),
	"holds: those that ended as well": askedHolds(func(q *retention.HoldQuery) { q.At = time.Time{} }),
	"holds: any number":               askedHolds(func(q *retention.HoldQuery) { q.Limit = 0 }),
	"requests: of anybody":            askedRequests(func(q *retention.RequestQuery) { q.Person = "" }),
	"requests: of any status":         askedRequests(func(q *retention.RequestQuery) { q.Status = "" }),
	"requests: any number":            askedRequests(func(q *retention.RequestQuery) { q.Limit = 0 }),
	"holds: the oldest first": func(s retention.Store) faulty {
		return faulty{holds: func(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error) {
			list, err := s.Holds(ctx, q)
			slices.Reverse(list)
			return list, err
		}}
	},
	"holds: last one wins": func(s retention.Store) faulty {
		return faulty{saveHold: func(ctx context.Context, h retention.Hold) error {
			_ = s.SaveHold(ctx, h)
			return ctx.Err()
		}}
	},
	"states: last one wins": func(s retention.Store) faulty {
		return faulty{saveState: func(ctx context.Context, c retention.State) error {
			_ = s.SaveState(ctx, c)
			return ctx.Err()
		}}
	},
	"states: backwards": func(s retention.Store) faulty {
		return faulty{states: func(ctx context.Context) ([]retention.State, error) {
			list, err := s.States(ctx)
			slices.Reverse(list)
			return list, err
		}}
	},
	"held: a moment too long": func(s retention.Store) faulty {
		return faulty{held: func(ctx context.Context, at time.Time) ([]string, error) {
			return s.Held(ctx, at.Add(-time.Microsecond))
		}}
	},
	"held: once for each hold": func(s retention.Store) faulty {
		return faulty{held: func(ctx context.Context, at time.Time) (out []string, err error) {
			list, err := s.Holds(ctx, retention.HoldQuery{At: at})
			for _, h := range list {
				out = append(out, h.Person)
			}
			slices.Sort(out)
			return out, err
		}}
	},
	"forget: deletes in place of a pseudonym": func(s retention.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, _ string, at time.Time) (int, int, error) {
			return s.ForgetPerson(ctx, person, "", at)
		}}
	},
	"forget: somebody whose ID begins like it": func(s retention.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
			_, _, err := s.ForgetPerson(ctx, person+"a", pseudonym, at)
			if err != nil {
				return 0, 0, err
			}
			return s.ForgetPerson(ctx, person, pseudonym, at)
		}}
	},
	"forget: ends it at another time": func(s retention.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
			return s.ForgetPerson(ctx, person, pseudonym, at.Add(time.Second))
		}}
	},
	"forget: counts nothing": func(s retention.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
			_, _, err := s.ForgetPerson(ctx, person, pseudonym, at)
			return 0, 0, err
		}}
	},
	"expire: of who is held as well": expiring(func(ctx context.Context, s retention.Store, before time.Time, _ []string, limit int, dry bool) (int, error) {
		return s.Expire(ctx, before, nil, limit, dry)
	}),
	"expire: what is not old yet": expiring(func(ctx context.Context, s retention.Store, before time.Time, held []string, limit int, dry bool) (int, error) {
		return s.Expire(ctx, before.Add(time.Microsecond), held, limit, dry)
	}),
	"expire: does what was only asked": expiring(func(ctx context.Context, s retention.Store, before time.Time, held []string, limit int, _ bool) (int, error) {
		return s.Expire(ctx, before, held, limit, false)
	}),
	"expire: does nothing": expiring(func(ctx context.Context, s retention.Store, before time.Time, held []string, limit int, _ bool) (int, error) {
		return s.Expire(ctx, before, held, limit, true)
	}),
	"expire: all at once": expiring(func(ctx context.Context, s retention.Store, before time.Time, held []string, limit int, dry bool) (int, error) {
		return s.Expire(ctx, before, held, limit*1000, dry)
	}),
	"reads after the end": func(s retention.Store) faulty {
		return faulty{held: func(ctx context.Context, at time.Time) ([]string, error) {
			return s.Held(context.WithoutCancel(ctx), at)
		}}
	},
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(retention.Store) faulty) {
		retentiontest.TestStore(t, func(*testing.T) retention.Store {
			good := memretention.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
