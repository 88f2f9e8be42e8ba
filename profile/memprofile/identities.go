package memprofile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var (
	_ profile.IdentityStore = (*Store)(nil)
	_ profile.OnceStore     = (*Store)(nil)
)

const maxIdentities = 100

// foreign is what a Store keeps of who people are elsewhere.
type foreign struct {
	identities map[subject]profile.Identity
	once       map[string]time.Time // when each key ends
}

type subject struct{ via, subject string }

// Identity implements [profile.IdentityStore].
func (s *Store) Identity(ctx context.Context, via, sub string) (profile.Identity, error) {
	if err := ctx.Err(); err != nil {
		return profile.Identity{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.foreign.identities[subject{via, sub}]
	if !ok {
		return profile.Identity{}, errs.NotFound
	}
	return i, nil
}

// Identities implements [profile.IdentityStore].
func (s *Store) Identities(ctx context.Context, person string) ([]profile.Identity, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Identity
	for _, i := range s.foreign.identities {
		if i.Person == person {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b profile.Identity) int {
		return cmp.Or(a.LinkedAt.Compare(b.LinkedAt), cmp.Compare(a.Via, b.Via), cmp.Compare(a.Subject, b.Subject))
	})
	return found[:min(len(found), maxIdentities)], nil
}

// Link implements [profile.IdentityStore].
func (s *Store) Link(ctx context.Context, i profile.Identity) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(i.Via, i.Subject, i.Person); err != nil {
		return err
	}
	i.LinkedAt = stored.Time(i.LinkedAt)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subject{i.Via, i.Subject}
	if _, ok := s.foreign.identities[key]; ok {
		return errs.Conflict
	}
	if s.foreign.identities == nil {
		s.foreign.identities = map[subject]profile.Identity{}
	}
	s.foreign.identities[key] = i
	return nil
}

// Unlink implements [profile.IdentityStore].
func (s *Store) Unlink(ctx context.Context, i profile.Identity) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subject{i.Via, i.Subject}
	if old, ok := s.foreign.identities[key]; !ok || old.Person != i.Person {
		return errs.NotFound
	}
	delete(s.foreign.identities, key)
	return nil
}

// Once implements [profile.OnceStore].
func (s *Store) Once(ctx context.Context, key string, now, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(key); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.foreign.once, func(_ string, end time.Time) bool { return !now.Before(end) })
	if _, ok := s.foreign.once[key]; ok {
		return errs.Conflict
	}
	if s.foreign.once == nil {
		s.foreign.once = map[string]time.Time{}
	}
	s.foreign.once[key] = stored.Time(until)
	return nil
}

// Again implements [profile.OnceStore].
func (s *Store) Again(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.foreign.once, key)
	return nil
}
