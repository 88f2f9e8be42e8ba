package profiletest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultySessions is a good store with one fault: whatever is set replaces it.
type faultySessions struct {
	profile.SessionStore
	session func(ctx context.Context, secret string) (profile.Session, error)
	list    func(ctx context.Context, person string) ([]profile.Session, error)
	start   func(ctx context.Context, s profile.Session) error
	see     func(ctx context.Context, id string, at time.Time) error
	view    func(ctx context.Context, id, person string) error
	end     func(ctx context.Context, q profile.SessionQuery) (int, error)
	endView func(ctx context.Context, person string) (int, error)
}

func (f faultySessions) Session(ctx context.Context, secret string) (profile.Session, error) {
	if f.session != nil {
		return f.session(ctx, secret)
	}
	return f.SessionStore.Session(ctx, secret)
}

func (f faultySessions) Sessions(ctx context.Context, person string) ([]profile.Session, error) {
	if f.list != nil {
		return f.list(ctx, person)
	}
	return f.SessionStore.Sessions(ctx, person)
}

func (f faultySessions) StartSession(ctx context.Context, s profile.Session) error {
	if f.start != nil {
		return f.start(ctx, s)
	}
	return f.SessionStore.StartSession(ctx, s)
}

func (f faultySessions) SeeSession(ctx context.Context, id string, at time.Time) error {
	if f.see != nil {
		return f.see(ctx, id, at)
	}
	return f.SessionStore.SeeSession(ctx, id, at)
}

func (f faultySessions) EndViews(ctx context.Context, person string) (int, error) {
	if f.endView != nil {
		return f.endView(ctx, person)
	}
	return f.SessionStore.EndViews(ctx, person)
}

func (f faultySessions) ViewSession(ctx context.Context, id, person string) error {
	if f.view != nil {
		return f.view(ctx, id, person)
	}
	return f.SessionStore.ViewSession(ctx, id, person)
}

func (f faultySessions) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if f.end != nil {
		return f.end(ctx, q)
	}
	return f.SessionStore.EndSessions(ctx, q)
}

func started(change func(*profile.Session)) func(profile.SessionStore) faultySessions {
	return func(s profile.SessionStore) faultySessions {
		return faultySessions{start: func(ctx context.Context, made profile.Session) error {
			change(&made)
			return s.StartSession(ctx, made)
		}}
	}
}

func ended(change func(*profile.SessionQuery)) func(profile.SessionStore) faultySessions {
	return func(s profile.SessionStore) faultySessions {
		return faultySessions{end: func(ctx context.Context, q profile.SessionQuery) (int, error) {
			change(&q)
			return s.EndSessions(ctx, q)
		}}
	}
}

// brokenSessions lists the faults that the suite must catch.
var brokenSessions = map[string]func(profile.SessionStore) faultySessions{
	"sessions: drops the ticket":     started(func(s *profile.Session) { s.Ticket = "" }),
	"sessions: drops the assurance":  started(func(s *profile.Session) { s.Assurance = profile.AssuranceSignIn }),
	"sessions: drops the end":        started(func(s *profile.Session) { s.ExpiresAt = s.StartedAt }),
	"sessions: ignores the person":   ended(func(q *profile.SessionQuery) { q.Person = "" }),
	"sessions: ignores the subject":  ended(func(q *profile.SessionQuery) { q.Subject = "" }),
	"sessions: ignores the ticket":   ended(func(q *profile.SessionQuery) { q.Ticket = "" }),
	"sessions: ignores the provider": ended(func(q *profile.SessionQuery) { q.Via = "" }),
	"sessions: ends the kept one":    ended(func(q *profile.SessionQuery) { q.Except = "" }),
	"sessions: ends a moment late":   ended(func(q *profile.SessionQuery) { q.Expired = q.Expired.Add(-time.Microsecond) }),
	"sessions: ends everything": ended(func(q *profile.SessionQuery) {
		if q.IsZero() {
			q.Unseen = time.Now().AddDate(100, 0, 0)
		}
	}),
	"sessions: takes a secret twice": func(s profile.SessionStore) faultySessions {
		return faultySessions{start: func(ctx context.Context, made profile.Session) error {
			if old, err := s.Session(ctx, made.Secret); err == nil {
				_, _ = s.EndSessions(ctx, profile.SessionQuery{ID: old.ID})
			}
			return s.StartSession(ctx, made)
		}}
	},
	"sessions: oldest first": func(s profile.SessionStore) faultySessions {
		return faultySessions{list: func(ctx context.Context, person string) ([]profile.Session, error) {
			list, err := s.Sessions(ctx, person)
			slices.Reverse(list)
			return list, err
		}}
	},
	"sessions: finds by ID": func(s profile.SessionStore) faultySessions {
		return faultySessions{session: func(ctx context.Context, secret string) (profile.Session, error) {
			list, _ := s.Sessions(ctx, "ann")
			for _, one := range list {
				if one.ID == secret {
					return one, nil
				}
			}
			return s.Session(ctx, secret)
		}}
	},
	"sessions: sees nothing": func(profile.SessionStore) faultySessions {
		return faultySessions{see: func(ctx context.Context, _ string, _ time.Time) error { return ctx.Err() }}
	},
	"sessions: views by nobody": func(s profile.SessionStore) faultySessions {
		return faultySessions{view: func(ctx context.Context, id, person string) error {
			_ = s.ViewSession(ctx, id, person)
			return ctx.Err()
		}}
	},
	"sessions: leaves views": func(profile.SessionStore) faultySessions {
		return faultySessions{endView: func(ctx context.Context, _ string) (int, error) { return 0, ctx.Err() }}
	},
	"sessions: drops the view": started(func(s *profile.Session) { s.Viewing = "" }),
	"sessions: does not notice a cancelled context": func(s profile.SessionStore) faultySessions {
		return faultySessions{end: func(ctx context.Context, q profile.SessionQuery) (int, error) {
			return s.EndSessions(context.WithoutCancel(ctx), q)
		}}
	},
}

// TestSuiteCatchesSessions runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesSessions(t *testing.T) {
	suitetest.Catches(t, brokenSessions, func(t *testing.T, fault func(profile.SessionStore) faultySessions) {
		profiletest.TestSessionStore(t, func(*testing.T) profile.SessionStore {
			good := memprofile.New()
			f := fault(good)
			f.SessionStore = good
			return f
		})
	})
}
