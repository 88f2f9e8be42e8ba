// Package memaudit keeps the entries of an audit in memory, for tests and for
// programs that write them elsewhere when they end.
package memaudit

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile/audit"
)

// A Store is an [audit.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.RWMutex
	entries    []audit.Entry // in the order of Seq
	base, head audit.Mark
	names      map[string]string // person by token
}

var _ audit.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store { return &Store{names: map[string]string{}} }

// Append implements [audit.Store].
func (s *Store) Append(ctx context.Context, e audit.Entry, seal func(prev string, e audit.Entry) string) (audit.Entry, error) {
	if err := ctx.Err(); err != nil {
		return audit.Entry{}, err
	}
	if err := stored.CheckText(textsOf(e)...); err != nil {
		return audit.Entry{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e = clone(e)
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Seq = s.head.Seq + 1
	e.Hash = seal(s.head.Hash, e)
	s.entries = append(s.entries, e)
	s.head = audit.Mark{Seq: e.Seq, Hash: e.Hash}
	return clone(e), nil
}

// Entries implements [audit.Store].
func (s *Store) Entries(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		return nil, errs.Invalid
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []audit.Entry{}
	for _, e := range slices.Backward(s.entries) {
		if len(out) < f.Limit && matches(f, e) {
			out = append(out, clone(e))
		}
	}
	return out, nil
}

func matches(f audit.Filter, e audit.Entry) bool {
	one := func(list []string, of ...string) bool {
		return list == nil || slices.ContainsFunc(of, func(who string) bool { return slices.Contains(list, who) })
	}
	return one(f.Who, e.Actor) && one(f.Whom, e.Person) && one(f.Anyone, e.Actor, e.Behalf, e.Person) && !slices.Contains(f.Except, e.Actor) &&
		(f.Action == "" || e.Action == f.Action || strings.HasPrefix(e.Action, f.Action+".")) &&
		(f.Outcome == nil || string(e.Outcome) == *f.Outcome) &&
		!e.At.Before(f.From) && (f.To.IsZero() || e.At.Before(f.To)) && (f.Before == 0 || e.Seq < f.Before)
}

// Chain implements [audit.Store].
func (s *Store) Chain(ctx context.Context, seq int64, limit int) ([]audit.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []audit.Entry{}
	for _, e := range s.entries {
		if e.Seq > seq && len(out) < limit {
			out = append(out, clone(e))
		}
	}
	return out, nil
}

// Ends implements [audit.Store].
func (s *Store) Ends(ctx context.Context) (base, head audit.Mark, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.base, s.head, ctx.Err()
}

// Prune implements [audit.Store].
func (s *Store) Prune(ctx context.Context, before time.Time, hold []string, limit int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n < min(limit, len(s.entries)) {
		e := s.entries[n]
		if !e.At.Before(before) || slices.ContainsFunc(hold, func(token string) bool { return slices.Contains(tokensOf(e), token) }) {
			break
		}
		s.base = audit.Mark{Seq: e.Seq, Hash: e.Hash}
		n++
	}
	gone := slices.Clone(s.entries[:n])
	s.entries = slices.Delete(s.entries, 0, n)
	s.forgetUnused(gone)
	return n, nil
}

// forgetUnused drops the names of the tokens in gone that no other entry has.
func (s *Store) forgetUnused(gone []audit.Entry) {
	used := map[string]bool{}
	for _, e := range s.entries {
		for _, token := range tokensOf(e) {
			used[token] = true
		}
	}
	for _, e := range gone {
		for _, token := range tokensOf(e) {
			if !used[token] {
				delete(s.names, token)
			}
		}
	}
}

// Name implements [audit.Store].
func (s *Store) Name(ctx context.Context, token, person string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(token, person); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.names[token]; taken {
		return errs.Conflict
	}
	s.names[token] = person
	return nil
}

// Tokens implements [audit.Store].
func (s *Store) Tokens(ctx context.Context, person string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []string
	for token, who := range s.names {
		if who == person {
			out = append(out, token)
		}
	}
	slices.Sort(out)
	return out, ctx.Err()
}

// Persons implements [audit.Store].
func (s *Store) Persons(ctx context.Context, tokens []string) (map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]string{}
	for _, token := range tokens {
		if person, ok := s.names[token]; ok {
			out[token] = person
		}
	}
	return out, ctx.Err()
}

// Rename implements [audit.Store].
func (s *Store) Rename(ctx context.Context, person, pseudonym string) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := stored.CheckText(person, pseudonym); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, who := range s.names {
		if who != person {
			continue
		}
		n++
		if s.names[token] = pseudonym; pseudonym == "" {
			delete(s.names, token)
		}
	}
	return n, nil
}

func tokensOf(e audit.Entry) []string { return []string{e.Actor, e.Behalf, e.Person} }

func textsOf(e audit.Entry) []string {
	texts := []string{
		e.Action, string(e.Outcome), e.Actor, string(e.As), e.Behalf, e.Person, e.Subject, e.Account, e.Session, e.Network, e.Why,
	}
	for _, c := range e.Changes {
		texts = append(texts, c.Field, c.From, c.To)
	}
	return texts
}

func clone(e audit.Entry) audit.Entry {
	e.Changes = slices.Clone(e.Changes)
	if len(e.Changes) == 0 {
		e.Changes = nil
	}
	return e
}
