package profile

import (
	"context"
	"fmt"
	"time"
)

// List returns where a person is signed in, the newest first: where they
// themselves are, or with [PermissionDirectoryWrite] anybody.
func (s *Sessions) List(ctx context.Context, by Actor, person string) ([]Session, error) {
	if !s.mayEnd(by, person) {
		return nil, fmt.Errorf("sessions of %q: %w", person, ErrNotFound)
	}
	list, err := s.store.Sessions(ctx, person)
	if err == nil {
		err = s.people.looked(ctx, by, "sessions.read", person)
	}
	since := time.Time{}
	if err == nil {
		since, err = s.people.lockedAt(ctx, person)
	}
	if err != nil {
		return nil, fmt.Errorf("sessions of %q: %w", person, err)
	}
	now, out := s.clock(), []Session{}
	for _, one := range list {
		if !locked(since, one.StartedAt) && now.Before(one.ExpiresAt) && now.Sub(one.SeenAt) <= s.opts.Idle {
			one.Secret = ""
			out = append(out, one)
		}
	}
	return out, nil
}

// Revoke ends one session of a person: their own, or with
// [PermissionDirectoryWrite] anybody's. One that has ended already, or is
// somebody else's, is ErrNotFound.
func (s *Sessions) Revoke(ctx context.Context, by Actor, person, id string) error {
	if !s.mayEnd(by, person) || id == "" {
		return wrap(ErrNotFound, "session", id)
	}
	err := s.people.audited(ctx, by, Deed{Action: "session.revoked", Person: person}, func() error {
		n, err := s.store.EndSessions(ctx, SessionQuery{ID: id, Person: person})
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return wrap(err, "session", id)
	}
	s.record(ctx, by, "session.revoked", Session{Person: person})
	return nil
}

// RevokeAll ends all sessions of a person, except the one with the ID keep if
// that is not empty, and returns how many there were. What lets them in besides
// ends as well, see [SessionOptions].
func (s *Sessions) RevokeAll(ctx context.Context, by Actor, person, keep string) (int, error) {
	if !s.mayEnd(by, person) {
		return 0, fmt.Errorf("sessions of %q: %w", person, ErrNotFound)
	}
	n := 0
	err := s.people.audited(ctx, by, Deed{Action: "session.revoked", Person: person, Changes: []Change{{Field: "all", To: "true"}}}, func() (err error) {
		if n, err = s.store.EndSessions(ctx, SessionQuery{Person: person, Except: keep}); err == nil && s.opts.Besides != nil {
			err = s.opts.Besides(ctx, by, person)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sessions of %q: %w", person, err)
	}
	if n > 0 {
		s.record(ctx, by, "session.revoked", Session{Person: person})
	}
	return n, nil
}

func (s *Sessions) mayEnd(by Actor, person string) bool {
	return person != "" && !by.Anonymous() && (by.ID == person || s.people.policy.May(by, PermissionDirectoryWrite))
}

// Forget ends the sessions that an identity provider no longer vouches for: the
// one with the ticket, or without a ticket all of the subject. It is for
// back-channel logout, whose caller has proved to be the provider, and returns
// how many sessions ended.
func (s *Sessions) Forget(ctx context.Context, via, subject, ticket string) (int, error) {
	if via == "" || subject == "" && ticket == "" {
		return 0, fmt.Errorf("forget sessions: %w", ErrInvalid)
	}
	n, err := s.store.EndSessions(ctx, SessionQuery{Via: via, Subject: subject, Ticket: ticket})
	if err != nil {
		return 0, fmt.Errorf("forget sessions of %s: %w", via, err)
	}
	return n, nil
}

// sweepEvery is how often sessions that have ended are removed.
const sweepEvery = time.Hour

// Run removes expired sessions from the store until ctx ends. Any number of
// instances may run it.
func (s *Sessions) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.opts.Logger.WarnContext(ctx, "expired sessions not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *Sessions) sweep(ctx context.Context) error {
	now := s.clock()
	if _, err := s.store.EndSessions(ctx, SessionQuery{Expired: now}); err != nil {
		return err
	}
	_, err := s.store.EndSessions(ctx, SessionQuery{Unseen: now.Add(-s.opts.Idle)})
	return err
}
