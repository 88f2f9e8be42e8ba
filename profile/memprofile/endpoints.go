package memprofile

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.EndpointStore = (*Store)(nil)

const maxEndpoints = 50

// Endpoints implements [profile.EndpointStore].
func (s *Store) Endpoints(ctx context.Context, person, channel string) ([]profile.Endpoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Endpoint
	for _, e := range s.endpoints {
		if e.Person == person && e.Channel == channel {
			e.Data = maps.Clone(e.Data)
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b profile.Endpoint) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxEndpoints)], nil
}

// SaveEndpoint implements [profile.EndpointStore].
func (s *Store) SaveEndpoint(ctx context.Context, e profile.Endpoint) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	texts := []string{e.ID, e.Person, e.Channel, e.Address, e.Agent, e.Session}
	for key, value := range e.Data {
		texts = append(texts, key, value)
	}
	if err := stored.CheckText(texts...); err != nil {
		return err
	}
	e.Data, e.CreatedAt = maps.Clone(e.Data), stored.Time(e.CreatedAt)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endpoints == nil {
		s.endpoints = map[string]profile.Endpoint{}
	}
	s.endpoints[e.ID] = e
	return nil
}

// RemoveEndpoints implements [profile.EndpointStore].
func (s *Store) RemoveEndpoints(ctx context.Context, q profile.EndpointQuery) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q == (profile.EndpointQuery{}) {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, e := range s.endpoints {
		if (q.ID == "" || q.ID == id) && (q.Person == "" || q.Person == e.Person) && (q.Channel == "" || q.Channel == e.Channel) {
			delete(s.endpoints, id)
			n++
		}
	}
	return n, nil
}
