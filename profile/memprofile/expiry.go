package memprofile

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ExpiryStore = (*Store)(nil)

// ExpireNotices implements [profile.ExpiryStore].
func (s *Store) ExpireNotices(ctx context.Context, e profile.Expiry) (int, error) {
	if err := expires(ctx, e); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := slices.Collect(maps.Values(s.notices.byID))
	old = slices.DeleteFunc(old, func(n profile.Notice) bool {
		return !n.At.Before(stored.Time(e.Before)) || slices.Contains(e.Held, n.Person)
	})
	slices.SortFunc(old, oldestFirst)
	old = old[:min(len(old), e.Limit)]
	if e.Dry {
		return len(old), nil
	}
	for _, n := range old {
		delete(s.notices.byID, n.ID)
	}
	s.notices.waiting = slices.DeleteFunc(s.notices.waiting, func(w waiting) bool {
		_, there := s.notices.byID[w.notice]
		return !there
	})
	return len(old), nil
}

func expires(ctx context.Context, e profile.Expiry) error {
	if e.Limit <= 0 {
		return errs.Invalid
	}
	return ctx.Err()
}

// ExpireTasks implements [profile.ExpiryStore].
func (s *Store) ExpireTasks(ctx context.Context, e profile.Expiry) (int, error) {
	if err := expires(ctx, e); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.notices.queue
	var old [][2]string
	for name, at := range q.doneAt {
		held := slices.ContainsFunc(e.Held, func(person string) bool {
			quoted, err := json.Marshal(person)
			return err != nil || names(name[0], person) || strings.Contains(string(q.seen[name]), string(quoted))
		})
		if at.Before(e.Before) && !held {
			old = append(old, name)
		}
	}
	slices.SortFunc(old, func(a, b [2]string) int { return cmp.Or(q.doneAt[a].Compare(q.doneAt[b]), slices.Compare(a[:], b[:])) })
	old = old[:min(len(old), e.Limit)]
	if e.Dry {
		return len(old), nil
	}
	for _, name := range old {
		delete(q.seen, name)
		delete(q.doneAt, name)
	}
	return len(old), nil
}

// ExpireItems implements [profile.ExpiryStore].
func (s *Store) ExpireItems(ctx context.Context, list string, e profile.Expiry) (int, error) {
	if err := expires(ctx, e); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := slices.Collect(maps.Values(s.habits.shelf))
	old = slices.DeleteFunc(old, func(i profile.ShelfItem) bool {
		return i.List != list || !i.At.Before(stored.Time(e.Before)) || slices.Contains(e.Held, i.Person)
	})
	slices.SortFunc(old, func(a, b profile.ShelfItem) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Ref, b.Ref))
	})
	old = old[:min(len(old), e.Limit)]
	for _, i := range old {
		if !e.Dry {
			delete(s.habits.shelf, place{i.Person, i.List, i.Ref})
		}
	}
	return len(old), nil
}
