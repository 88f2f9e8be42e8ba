package memretention

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile/retention"
)

// ForgetPerson implements [retention.Store].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error) {
	if err := ctx.Err(); err != nil || person == "" {
		return 0, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	removed, renamed = s.forgetHolds(person, pseudonym)
	for id, r := range s.requests {
		if r.Person == person && pseudonym == "" {
			delete(s.requests, id)
			removed++
			continue
		}
		if r.Person != person && r.By != person {
			continue
		}
		if r.Person == person {
			r.Person, r.Reason = pseudonym, ""
			if r.Status == retention.StatusWaiting {
				r.Status, r.EndedAt = retention.StatusDone, stored.Time(at)
			}
		}
		r.By = instead(r.By, person, pseudonym)
		r.Version++
		s.requests[id] = r
		renamed++
	}
	for id, c := range s.states {
		if c.ChangedBy == person {
			c.ChangedBy = pseudonym
			c.Version++
			s.states[id] = c
			renamed++
		}
	}
	return removed, renamed, nil
}

func (s *Store) forgetHolds(person, pseudonym string) (removed, renamed int) {
	for id, h := range s.holds {
		if h.Person == person && pseudonym == "" {
			delete(s.holds, id)
			removed++
			continue
		}
		if h.Person != person && h.By != person && h.ReleasedBy != person {
			continue
		}
		if h.Person == person {
			h.Person, h.Reason = pseudonym, ""
		}
		h.By, h.ReleasedBy = instead(h.By, person, pseudonym), instead(h.ReleasedBy, person, pseudonym)
		h.Version++
		s.holds[id] = h
		renamed++
	}
	return removed, renamed
}

func instead(id, person, pseudonym string) string {
	if id == person {
		return pseudonym
	}
	return id
}

// Expire implements [retention.Store].
func (s *Store) Expire(ctx context.Context, before time.Time, held []string, limit int, dry bool) (int, error) {
	if limit <= 0 {
		return 0, errs.Invalid
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before = stored.Time(before)
	holds := slices.DeleteFunc(slices.Collect(maps.Values(s.holds)), func(h retention.Hold) bool {
		end := h.EndedAt()
		return end.IsZero() || !end.Before(before) || slices.Contains(held, h.Person)
	})
	slices.SortFunc(holds, func(a, b retention.Hold) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	requests := slices.DeleteFunc(slices.Collect(maps.Values(s.requests)), func(r retention.Request) bool {
		return r.Status == retention.StatusWaiting || !r.EndedAt.Before(before) || slices.Contains(held, r.Person)
	})
	slices.SortFunc(requests, func(a, b retention.Request) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	holds = holds[:min(len(holds), limit)]
	requests = requests[:min(len(requests), limit-len(holds))]
	if dry {
		return len(holds) + len(requests), nil
	}
	for _, h := range holds {
		delete(s.holds, h.ID)
	}
	for _, r := range requests {
		delete(s.requests, r.ID)
	}
	return len(holds) + len(requests), nil
}
