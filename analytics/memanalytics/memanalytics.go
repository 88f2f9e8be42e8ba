// Package memanalytics keeps events in memory, for tests and for trying things
// out: it forgets nothing by itself.
package memanalytics

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/stored"
)

// A Store is an [analytics.Counter] in memory. Make one with [New].
type Store struct {
	mu     sync.RWMutex
	events map[string]analytics.Event
	counts map[count]int
}

// A count is a key of the daily counts.
type count struct{ day, name, subject string }

var (
	_ analytics.Counter    = (*Store)(nil)
	_ analytics.Rememberer = (*Store)(nil)
)

// New returns an empty Store.
func New() *Store {
	return &Store{events: map[string]analytics.Event{}, counts: map[count]int{}}
}

// Append implements [analytics.Store].
func (s *Store) Append(ctx context.Context, events []analytics.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, e := range events {
		if err := check(e); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		if _, ok := s.events[e.ID]; ok {
			continue
		}
		e = clone(e)
		e.At, e.Received = stored.Time(e.At), stored.Time(e.Received)
		s.events[e.ID] = e
		if e.Counted() {
			s.counts[count{analytics.Day(e.At), e.Name, e.Subject}]++
		}
	}
	return nil
}

// Scan implements [analytics.Store].
func (s *Store) Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
	return func(yield func(analytics.Event, error) bool) {
		for _, e := range s.selected(r) {
			if err := ctx.Err(); err != nil {
				yield(analytics.Event{}, err)
				return
			}
			if !yield(clone(e), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(analytics.Event{}, err)
		}
	}
}

// selected returns what r selects, in order.
func (s *Store) selected(r analytics.Range) []analytics.Event {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []analytics.Event
	for _, e := range s.events {
		if (r.From.IsZero() || !e.At.Before(stored.Time(r.From))) && (r.To.IsZero() || e.At.Before(stored.Time(r.To))) &&
			(len(r.Names) == 0 || slices.Contains(r.Names, e.Name)) && (r.User == "" || e.User == r.User) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b analytics.Event) int {
		return cmp.Or(strings.Compare(a.Session, b.Session), a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
	return found
}

// Erase implements [analytics.Store].
func (s *Store) Erase(ctx context.Context, who analytics.Who) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions := map[string]bool{}
	for _, e := range s.events {
		if who.User != "" && e.User == who.User && e.Session != "" {
			sessions[e.Session] = true
		}
	}
	about := "person/" + who.User
	maps.DeleteFunc(s.counts, func(c count, _ int) bool { return who.User != "" && c.subject == about })
	return s.forget(func(e analytics.Event) bool {
		return who.User != "" && (e.User == who.User || e.Subject == about || e.User == "" && sessions[e.Session]) ||
			who.Visitor != "" && e.Visitor == who.Visitor
	}), nil
}

// Prune implements [analytics.Store].
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forget(func(e analytics.Event) bool { return e.At.Before(stored.Time(before)) }), nil
}

// forget drops events; the caller holds the lock.
func (s *Store) forget(gone func(analytics.Event) bool) int {
	before := len(s.events)
	maps.DeleteFunc(s.events, func(_ string, e analytics.Event) bool { return gone(e) })
	return before - len(s.events)
}

// Top implements [analytics.Counter].
func (s *Store) Top(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	sums := map[string]int{}
	for c, n := range s.counts {
		if c.name == q.Name && (q.Kind == "" || strings.HasPrefix(c.subject, q.Kind+"/")) &&
			(q.From.IsZero() || c.day >= analytics.Day(q.From)) && (q.To.IsZero() || c.day <= analytics.Day(q.To)) {
			sums[c.subject] += n
		}
	}
	list := make([]analytics.Count, 0, len(sums))
	for subject, n := range sums {
		list = append(list, analytics.Count{Subject: subject, N: n})
	}
	return analytics.Ranked(list, q.Limit), nil
}

// Latest implements [analytics.Rememberer].
func (s *Store) Latest(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
	return analytics.LatestOf(ctx, s, q)
}

// check refuses what a database could not keep.
func check(e analytics.Event) error {
	texts := []string{e.ID, e.Name, e.Visitor, e.Session, e.User, e.Account, e.Subject, e.Search, e.Text,
		e.Path, e.Referrer, e.Locale, e.Device, e.Channel}
	texts = append(texts, e.Arms...)
	for k, v := range e.Props {
		texts = append(texts, k, v)
	}
	if err := stored.CheckText(texts...); err != nil {
		return fmt.Errorf("event %q: %w", e.ID, err)
	}
	return nil
}

func clone(e analytics.Event) analytics.Event {
	e.Arms, e.Props = slices.Clone(e.Arms), maps.Clone(e.Props)
	if len(e.Arms) == 0 {
		e.Arms = nil
	}
	if len(e.Props) == 0 {
		e.Props = nil
	}
	return e
}
