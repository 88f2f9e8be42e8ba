package memanalytics

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
)

var _ analytics.Expirer = (*Store)(nil)

// Expire implements [analytics.Expirer].
func (s *Store) Expire(ctx context.Context, x analytics.Expiry) (int, error) {
	if x.Limit <= 0 {
		return 0, errs.Invalid
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	held := map[string]bool{}
	for _, e := range s.events {
		if e.User != "" && e.Session != "" && slices.Contains(x.Held, e.User) {
			held[e.Session] = true
		}
	}
	var old []analytics.Event
	for _, e := range s.events {
		about, _ := strings.CutPrefix(e.Subject, "person/")
		kept := e.User != "" && slices.Contains(x.Held, e.User) || about != e.Subject && slices.Contains(x.Held, about) || e.User == "" && held[e.Session]
		if e.At.Before(stored.Time(x.Before)) && !kept {
			old = append(old, e)
		}
	}
	slices.SortFunc(old, func(a, b analytics.Event) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	old = old[:min(len(old), x.Limit)]
	for _, e := range old {
		if !x.Dry {
			delete(s.events, e.ID)
		}
	}
	return len(old), nil
}
