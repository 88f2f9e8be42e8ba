package memprofile

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

// Links are a [profile.LinkStore] in memory. Make one with [NewLinks].
type Links struct {
	mu    sync.RWMutex
	links map[string]profile.Link // by secret
}

var _ profile.LinkStore = (*Links)(nil)

// NewLinks returns an empty store of links.
func NewLinks() *Links { return &Links{links: map[string]profile.Link{}} }

const maxLinks = 200

// LinkWith implements [profile.LinkStore].
func (s *Links) LinkWith(ctx context.Context, secret string) (profile.Link, error) {
	if err := ctx.Err(); err != nil {
		return profile.Link{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.links[secret]
	if !ok {
		return profile.Link{}, errs.NotFound
	}
	return found.Clone(), nil
}

// Links implements [profile.LinkStore].
func (s *Links) Links(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.IsZero() {
		return nil, errs.Invalid
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Link
	for _, one := range s.links {
		if matchesLink(q, one) {
			found = append(found, one.Clone())
		}
	}
	slices.SortFunc(found, func(a, b profile.Link) int {
		return cmp.Or(b.MadeAt.Compare(a.MadeAt), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxLinks)], nil
}

// MakeLink implements [profile.LinkStore].
func (s *Links) MakeLink(ctx context.Context, made profile.Link) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	texts := []string{made.ID, made.Purpose, made.Subject, made.Address, made.MadeBy, made.Claim, string(made.Ended), made.Secret}
	for key, value := range made.Data {
		texts = append(texts, key, value)
	}
	if err := stored.CheckText(texts...); err != nil {
		return err
	}
	made = made.Clone()
	if len(made.Data) == 0 {
		made.Data = nil
	}
	made.MadeAt, made.ExpiresAt, made.UsedAt = stored.Time(made.MadeAt), stored.Time(made.ExpiresAt), stored.Time(made.UsedAt)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.links {
		if one.ID == made.ID || one.Secret == made.Secret {
			return errs.Conflict
		}
	}
	s.end(profile.LinkQuery{Purpose: made.Purpose, Subject: made.Subject, Address: made.Address}, profile.LinkReplaced)
	s.links[made.Secret] = made
	return nil
}

// UseLink implements [profile.LinkStore].
func (s *Links) UseLink(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
	if err := ctx.Err(); err != nil {
		return profile.Link{}, err
	}
	if err := stored.CheckText(claim); err != nil {
		return profile.Link{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.links {
		switch {
		case one.ID != id:
		case one.Ended != "" || !now.Before(one.ExpiresAt):
			return profile.Link{}, errs.Conflict
		case claim != "" && claim == one.Claim:
			return one.Clone(), nil
		case one.Used >= one.Uses:
			return profile.Link{}, errs.Conflict
		default:
			one.Used, one.UsedAt, one.Claim = one.Used+1, stored.Time(now), claim
			s.links[secret] = one
			return one.Clone(), nil
		}
	}
	return profile.Link{}, errs.NotFound
}

// EndLinks implements [profile.LinkStore].
func (s *Links) EndLinks(ctx context.Context, q profile.LinkQuery, end profile.LinkEnd) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q.IsZero() || end == "" {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end(q, end), nil
}

// end ends what matches q and has not ended. The caller holds the lock.
func (s *Links) end(q profile.LinkQuery, end profile.LinkEnd) (n int) {
	q.Open = true
	for secret, one := range s.links {
		if matchesLink(q, one) {
			one.Ended = end
			s.links[secret] = one
			n++
		}
	}
	return n
}

// RemoveLinks implements [profile.LinkStore].
func (s *Links) RemoveLinks(ctx context.Context, q profile.LinkQuery) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q.IsZero() {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for secret, one := range s.links {
		if matchesLink(q, one) {
			delete(s.links, secret)
			n++
		}
	}
	return n, nil
}

func matchesLink(q profile.LinkQuery, l profile.Link) bool {
	for _, pair := range [][2]string{{q.ID, l.ID}, {q.Purpose, l.Purpose}, {q.Subject, l.Subject}, {q.Address, l.Address}, {q.MadeBy, l.MadeBy}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return (!q.Open || l.Ended == "") && (q.Since.IsZero() || !l.MadeAt.Before(q.Since)) &&
		(q.Expired.IsZero() || !l.ExpiresAt.After(q.Expired))
}
