// Package memretention keeps holds, requests and the state of classes in memory,
// for tests and for trying things out.
package memretention

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile/retention"
)

// A Store is a [retention.Store] in memory. Make one with [New].
type Store struct {
	mu       sync.RWMutex
	holds    map[string]retention.Hold
	requests map[string]retention.Request
	states   map[string]retention.State
}

var _ retention.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{holds: map[string]retention.Hold{}, requests: map[string]retention.Request{}, states: map[string]retention.State{}}
}

// Holds implements [retention.Store].
func (s *Store) Holds(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := slices.DeleteFunc(slices.Collect(maps.Values(s.holds)), func(h retention.Hold) bool {
		return q.ID != "" && h.ID != q.ID || q.Person != "" && h.Person != q.Person || !q.At.IsZero() && !h.Keeps(stored.Time(q.At))
	})
	slices.SortFunc(list, func(a, b retention.Hold) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID)) })
	return list[:min(len(list), cmp.Or(q.Limit, retention.DefaultLimit))], nil
}

// SaveHold implements [retention.Store].
func (s *Store) SaveHold(ctx context.Context, h retention.Hold) error {
	h.At, h.Until, h.ReleasedAt = stored.Time(h.At), stored.Time(h.Until), stored.Time(h.ReleasedAt)
	texts := []string{h.ID, h.Person, string(h.Ground), h.Reason, h.By, h.ReleasedBy}
	return save(ctx, s, s.holds, h.ID, h, h.Version, func(h retention.Hold) int { return h.Version }, texts)
}

// Requests implements [retention.Store].
func (s *Store) Requests(ctx context.Context, q retention.RequestQuery) ([]retention.Request, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := slices.DeleteFunc(slices.Collect(maps.Values(s.requests)), func(r retention.Request) bool {
		return q.ID != "" && r.ID != q.ID || q.Person != "" && r.Person != q.Person || q.Status != "" && r.Status != q.Status
	})
	slices.SortFunc(list, func(a, b retention.Request) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID)) })
	return list[:min(len(list), cmp.Or(q.Limit, retention.DefaultLimit))], nil
}

// SaveRequest implements [retention.Store].
func (s *Store) SaveRequest(ctx context.Context, r retention.Request) error {
	r.At, r.EndedAt = stored.Time(r.At), stored.Time(r.EndedAt)
	texts := []string{r.ID, r.Person, r.By, string(r.Mode), r.Hold, string(r.Ground), r.Reason, string(r.Status)}
	return save(ctx, s, s.requests, r.ID, r, r.Version, func(r retention.Request) int { return r.Version }, texts)
}

// Held implements [retention.Store].
func (s *Store) Held(ctx context.Context, at time.Time) ([]string, error) {
	list, err := s.Holds(ctx, retention.HoldQuery{At: at, Limit: 1 << 30})
	var out []string
	for _, h := range list {
		out = append(out, h.Person)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// States implements [retention.Store].
func (s *Store) States(ctx context.Context) ([]retention.State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.SortedFunc(maps.Values(s.states), func(a, b retention.State) int { return strings.Compare(a.Class, b.Class) }), nil
}

// SaveState implements [retention.Store].
func (s *Store) SaveState(ctx context.Context, c retention.State) error {
	c.ChangedAt, c.RanAt, c.Until = stored.Time(c.ChangedAt), stored.Time(c.RanAt), stored.Time(c.Until)
	return save(ctx, s, s.states, c.Class, c, c.Version, func(c retention.State) int { return c.Version }, []string{c.Class, c.ChangedBy})
}

// save is the rule of versions.
func save[T any](ctx context.Context, s *Store, into map[string]T, id string, v T, version int, of func(T) int, texts []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(texts...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch old, there := into[id]; {
	case there && of(old) != version-1, !there && version == 1 && id == "":
		return errs.Conflict
	case !there && version != 1:
		return errs.NotFound
	}
	into[id] = v
	return nil
}
