// Package memcases keeps cases in memory, for tests and for programs that may
// forget them.
package memcases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/memfeed"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/search"
)

// A Store is a [cases.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.Mutex
	cases      map[string]cases.Case
	references map[string]string        // reference to ID
	entries    map[string][]cases.Entry // by case, in order
	owners     map[string]string        // ID of an entry to that of its case
	log        *memfeed.Log
}

var _ cases.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		cases: map[string]cases.Case{}, references: map[string]string{}, entries: map[string][]cases.Entry{},
		owners: map[string]string{}, log: memfeed.New(search.ErrRebuild),
	}
}

// Case implements [cases.Store].
func (s *Store) Case(ctx context.Context, id string) (cases.Case, error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return cases.Case{}, err
	}
	defer s.mu.Unlock()
	c, ok := s.cases[id]
	if !ok {
		return cases.Case{}, fmt.Errorf("case %q: %w", id, cases.ErrNotFound)
	}
	return rows.Case(c), nil
}

// Reference implements [cases.Store].
func (s *Store) Reference(ctx context.Context, reference string) (string, error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return "", err
	}
	defer s.mu.Unlock()
	id, ok := s.references[reference]
	if !ok {
		return "", fmt.Errorf("case %q: %w", reference, cases.ErrNotFound)
	}
	return id, nil
}

// Save implements [cases.Store].
func (s *Store) Save(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
	batch, of, err := rows.Batch(list, entries)
	if err != nil {
		return errors.Join(ctx.Err(), err)
	}
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := s.check(batch, of); err != nil {
		return err
	}
	for _, c := range batch {
		delete(s.references, s.cases[c.ID].Reference)
	}
	for _, c := range batch {
		s.cases[c.ID], s.references[c.Reference] = c, c.ID
		for _, e := range of[c.ID] {
			s.owners[e.ID] = c.ID
		}
		s.entries[c.ID] = append(s.entries[c.ID], of[c.ID]...)
		s.log.Append(c.ID)
	}
	return nil
}

// check reports why a batch cannot be saved on top of what is there.
func (s *Store) check(batch []cases.Case, of map[string][]cases.Entry) error {
	taken := map[string]bool{}
	for _, c := range batch {
		old, found := s.cases[c.ID]
		if err := stored.Version(found, old.Version, c.Version); err != nil {
			return fmt.Errorf("case %q, version %d: %w", c.ID, c.Version, err)
		}
		holder, held := s.references[c.Reference]
		if held && holder != c.ID || taken[c.Reference] {
			return fmt.Errorf("reference %q: %w", c.Reference, cases.ErrConflict)
		}
		taken[c.Reference] = true
		if c.Last != old.Last+len(of[c.ID]) {
			return fmt.Errorf("case %q, entry %d after %d: %w", c.ID, c.Last, old.Last, cases.ErrConflict)
		}
		for _, e := range of[c.ID] {
			if _, taken := s.owners[e.ID]; taken {
				return fmt.Errorf("entry %q: %w", e.ID, cases.ErrConflict)
			}
		}
	}
	return nil
}

// Entry implements [cases.Store].
func (s *Store) Entry(ctx context.Context, id string) (cases.Entry, error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return cases.Entry{}, err
	}
	defer s.mu.Unlock()
	for _, e := range s.entries[s.owners[id]] {
		if e.ID == id {
			return rows.Entry(e), nil
		}
	}
	return cases.Entry{}, fmt.Errorf("entry %q: %w", id, cases.ErrNotFound)
}

// Entries implements [cases.Store].
func (s *Store) Entries(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var out []cases.Entry
	for _, e := range s.entries[of] {
		if len(out) < limit && e.Number > after && (internal || !e.Internal) {
			out = append(out, rows.Entry(e))
		}
	}
	return out, nil
}

// Changes implements [cases.Store].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return s.log.Changes(ctx, after, limit)
}

// WaitChanges implements [cases.Store].
func (s *Store) WaitChanges(ctx context.Context, after string) error { return s.log.Wait(ctx, after) }

// Naming implements [cases.Store].
func (s *Store) Naming(ctx context.Context, person, after string, limit int) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id, c := range s.cases {
		if id > after && person != "" && slices.Contains(rows.People(c, s.entries[id]), person) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(limit, len(ids))], ctx.Err()
}

// Forget implements [cases.Store].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (n int, err error) {
	if err := stored.Enter(ctx, &s.mu, pseudonym); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	if person == "" || person == pseudonym {
		return 0, nil
	}
	for id, c := range s.cases {
		found, own := 0, c.Requester == person
		if c = rows.Case(c); rows.ForgetCase(&c, person, pseudonym) {
			found++
		}
		for i := range s.entries[id] {
			if rows.ForgetEntry(&s.entries[id][i], person, pseudonym, own) {
				found++
			}
		}
		if found > 0 {
			s.change(c)
			n += found
		}
	}
	return n, nil
}

// change stores a case that the store itself changed: who read it before has an
// old version.
func (s *Store) change(c cases.Case) {
	c.Version++
	s.cases[c.ID] = c
	s.log.Append(c.ID)
}

// Purge implements [cases.Store].
func (s *Store) Purge(ctx context.Context, versions map[string]int) (n int, err error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	gone := map[string]bool{}
	for id, version := range versions {
		if c, ok := s.cases[id]; ok && c.Version == version {
			gone[id] = true
			s.remove(c)
		}
	}
	linked := func(l cases.Link) bool { return gone[l.Case] }
	for _, c := range s.cases {
		if slices.ContainsFunc(c.Links, linked) {
			c = rows.Case(c)
			c.Links = slices.DeleteFunc(c.Links, linked)
			s.change(rows.Case(c))
		}
	}
	return len(gone), nil
}

func (s *Store) remove(c cases.Case) {
	for _, e := range s.entries[c.ID] {
		delete(s.owners, e.ID)
	}
	delete(s.cases, c.ID)
	delete(s.references, c.Reference)
	delete(s.entries, c.ID)
	s.log.Append(c.ID)
}
