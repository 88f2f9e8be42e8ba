// Package memprofile keeps people, accounts and segments in memory, for tests
// and for programs whose directory is elsewhere and small enough to load.
package memprofile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

// A Store is a [profile.Store] in memory. Make one with [New].
type Store struct {
	mu       sync.RWMutex
	people   map[string]profile.Person
	accounts map[string]profile.Account
	segments map[string]profile.Segment
	sessions map[string]profile.Session // by secret
	fields   map[string]profile.Field   // by what they describe and their name
	roles    map[string]profile.CustomRole
	foreign  foreign

	suppressions map[string]profile.Suppression // by address

	connections []profile.Connection
	notices     notices

	endpoints map[string]profile.Endpoint // by ID
	leases    map[string]lease            // by name
	habits    habits
}

var _ profile.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		people:   map[string]profile.Person{},
		accounts: map[string]profile.Account{},
		segments: map[string]profile.Segment{},
		sessions: map[string]profile.Session{},
		fields:   map[string]profile.Field{},
		roles:    map[string]profile.CustomRole{},
		leases:   map[string]lease{},

		suppressions: map[string]profile.Suppression{},
	}
}

// Person implements [profile.PersonStore].
func (s *Store) Person(ctx context.Context, id string) (profile.Person, error) {
	if err := ctx.Err(); err != nil {
		return profile.Person{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.people[id]
	if !ok {
		return profile.Person{}, errs.NotFound
	}
	return p.Clone(), nil
}

// People implements [profile.PersonStore].
func (s *Store) People(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Person
	for _, p := range s.people {
		if (q.Account == "" || p.Account == q.Account) && (q.Role == "" || slices.Contains(p.Roles, q.Role)) {
			found = append(found, p)
		}
	}
	page, next, err := paged(found, q.After, q.Limit, func(p profile.Person) (name, id string) { return p.Name, p.ID })
	for i, p := range page {
		page[i] = p.Clone()
	}
	return page, next, err
}

// SavePerson implements [profile.PersonStore].
func (s *Store) SavePerson(ctx context.Context, p profile.Person) error {
	p = p.Clone()
	p.Key = ""
	p.CreatedAt, p.UpdatedAt = stored.Time(p.CreatedAt), stored.Time(p.UpdatedAt)
	texts := append([]string{p.ID, p.Name, p.Email, p.Account, p.Locale, p.Zone, p.Origin}, attributeTexts(p.Attributes)...)
	for _, r := range p.Roles {
		texts = append(texts, string(r))
	}
	return save(ctx, s, s.people, p.ID, p.Version, func(p profile.Person) int { return p.Version }, p, texts)
}

// RemovePerson implements [profile.PersonStore].
func (s *Store) RemovePerson(ctx context.Context, id string) error {
	return remove(ctx, s, s.people, id)
}

// Account implements [profile.AccountStore].
func (s *Store) Account(ctx context.Context, id string) (profile.Account, error) {
	if err := ctx.Err(); err != nil {
		return profile.Account{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, ok := s.accounts[id]
	if !ok {
		return profile.Account{}, errs.NotFound
	}
	return a.Clone(), nil
}

// Accounts implements [profile.AccountStore].
func (s *Store) Accounts(ctx context.Context, q profile.AccountQuery) ([]profile.Account, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := slices.Collect(maps.Values(s.accounts))
	page, next, err := paged(found, q.After, q.Limit, func(a profile.Account) (name, id string) { return a.Name, a.ID })
	for i, a := range page {
		page[i] = a.Clone()
	}
	return page, next, err
}

// SaveAccount implements [profile.AccountStore].
func (s *Store) SaveAccount(ctx context.Context, a profile.Account) error {
	a = a.Clone()
	a.Key = ""
	a.CreatedAt, a.UpdatedAt = stored.Time(a.CreatedAt), stored.Time(a.UpdatedAt)
	texts := append([]string{a.ID, a.Name, a.Plan, a.Country, a.Origin}, attributeTexts(a.Attributes)...)
	texts = append(texts, a.Products...)
	return save(ctx, s, s.accounts, a.ID, a.Version, func(a profile.Account) int { return a.Version }, a, texts)
}

// Segments implements [profile.SegmentStore].
func (s *Store) Segments(ctx context.Context) ([]profile.Segment, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []profile.Segment
	for _, name := range slices.Sorted(maps.Keys(s.segments)) {
		list = append(list, s.segments[name].Clone())
	}
	return list, nil
}

// SaveSegment implements [profile.SegmentStore].
func (s *Store) SaveSegment(ctx context.Context, seg profile.Segment) error {
	seg = seg.Clone()
	seg.CreatedAt, seg.UpdatedAt = stored.Time(seg.CreatedAt), stored.Time(seg.UpdatedAt)
	texts := []string{seg.Name, seg.Title, seg.Description, seg.Origin}
	return save(ctx, s, s.segments, seg.Name, seg.Version, func(seg profile.Segment) int { return seg.Version }, seg, texts)
}

// RemoveSegment implements [profile.SegmentStore].
func (s *Store) RemoveSegment(ctx context.Context, name string) error {
	return remove(ctx, s, s.segments, name)
}

// save is the rule of versions, for each kind of row.
func save[T any](ctx context.Context, s *Store, rows map[string]T, id string, version int, of func(T) int, row T, texts []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(texts...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := rows[id]
	switch {
	case version == 1 && ok:
		return errs.Conflict
	case version != 1 && !ok:
		return errs.NotFound
	case version != 1 && of(old) != version-1:
		return errs.Conflict
	}
	rows[id] = row
	return nil
}

func remove[T any](ctx context.Context, s *Store, rows map[string]T, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := rows[id]; !ok {
		return errs.NotFound
	}
	delete(rows, id)
	return nil
}

// paged sorts rows by name and ID, and returns those after the position.
func paged[T any](rows []T, after string, limit int, key func(T) (name, id string)) ([]T, string, error) {
	order := func(aName, aID, bName, bID string) int {
		return cmp.Or(strings.Compare(aName, bName), strings.Compare(aID, bID))
	}
	slices.SortFunc(rows, func(a, b T) int {
		aName, aID := key(a)
		bName, bID := key(b)
		return order(aName, aID, bName, bID)
	})
	if after != "" {
		at, err := cursor.Decode(after, 2)
		if err != nil {
			return nil, "", err
		}
		rows = slices.DeleteFunc(rows, func(r T) bool {
			name, id := key(r)
			return order(name, id, at[0], at[1]) <= 0
		})
	}
	limit = cmp.Or(limit, profile.DefaultLimit)
	if len(rows) <= limit {
		return rows, "", nil
	}
	name, id := key(rows[limit-1])
	return rows[:limit], cursor.Encode(name, id), nil
}

func attributeTexts(m map[string][]string) []string {
	var out []string
	for key, values := range m {
		out = append(append(out, key), values...)
	}
	return out
}
