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

var _ profile.SessionStore = (*Store)(nil)

const maxSessions = 200

// Session implements [profile.SessionStore].
func (s *Store) Session(ctx context.Context, secret string) (profile.Session, error) {
	if err := ctx.Err(); err != nil {
		return profile.Session{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.sessions[secret]
	if !ok {
		return profile.Session{}, errs.NotFound
	}
	return found, nil
}

// Sessions implements [profile.SessionStore].
func (s *Store) Sessions(ctx context.Context, person string) ([]profile.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Session
	for _, one := range s.sessions {
		if one.Person == person {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b profile.Session) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxSessions)], nil
}

// StartSession implements [profile.SessionStore].
func (s *Store) StartSession(ctx context.Context, made profile.Session) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(made.ID, made.Person, made.Via, made.Subject, made.Ticket, made.Agent, made.Viewing, made.Secret); err != nil {
		return err
	}
	made.StartedAt, made.SeenAt, made.ExpiresAt = stored.Time(made.StartedAt), stored.Time(made.SeenAt), stored.Time(made.ExpiresAt)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.sessions {
		if one.ID == made.ID || one.Secret == made.Secret {
			return errs.Conflict
		}
	}
	s.sessions[made.Secret] = made
	return nil
}

// SeeSession implements [profile.SessionStore].
func (s *Store) SeeSession(ctx context.Context, id string, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.sessions {
		if one.ID == id && one.SeenAt.Before(at) {
			one.SeenAt = stored.Time(at)
			s.sessions[secret] = one
		}
	}
	return nil
}

// ViewSession implements [profile.SessionStore].
func (s *Store) ViewSession(ctx context.Context, id, person string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(person); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.sessions {
		if one.ID == id {
			one.Viewing = person
			s.sessions[secret] = one
			return nil
		}
	}
	return errs.NotFound
}

// EndViews implements [profile.SessionStore].
func (s *Store) EndViews(ctx context.Context, person string) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.sessions {
		if person != "" && one.Viewing == person {
			one.Viewing = ""
			s.sessions[secret] = one
			n++
		}
	}
	return n, nil
}

// EndSessions implements [profile.SessionStore].
func (s *Store) EndSessions(ctx context.Context, q profile.SessionQuery) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q.IsZero() {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.sessions {
		if matches(q, one) {
			delete(s.sessions, secret)
			s.endEndpoints(one.ID, q.Next)
			n++
		}
	}
	return n, nil
}

// endEndpoints forgets what goes with a session, or has it go with the next.
func (s *Store) endEndpoints(session, next string) {
	for id, e := range s.endpoints {
		switch {
		case e.Session != session:
		case next == "":
			delete(s.endpoints, id)
		default:
			e.Session = next
			s.endpoints[id] = e
		}
	}
}

func matches(q profile.SessionQuery, s profile.Session) bool {
	for _, pair := range [][2]string{{q.ID, s.ID}, {q.Person, s.Person}, {q.Via, s.Via}, {q.Subject, s.Subject}, {q.Ticket, s.Ticket}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return (q.Except == "" || q.Except != s.ID) && (q.Unseen.IsZero() || s.SeenAt.Before(q.Unseen)) &&
		(q.Expired.IsZero() || !s.ExpiresAt.After(q.Expired))
}
