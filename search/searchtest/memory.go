package searchtest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stoa-go/stoa/search"
)

// A Source is a [search.Source] in memory for tests, which can be made to fail
// and to lose its latest changes. It is safe for concurrent use.
type Source struct {
	name string

	mu      sync.Mutex
	epoch   int
	log     []search.Change
	err     error
	changed chan struct{} // closed at the next change
}

// NewSource returns an empty source.
func NewSource(name string) *Source { return &Source{name: name, changed: make(chan struct{})} }

var _ search.Source = (*Source)(nil)

// Name implements [search.Source].
func (s *Source) Name() string { return s.name }

// Put makes the documents all versions of their groups.
func (s *Source) Put(docs ...search.Document) { s.write(changes(docs...)...) }

// Remove takes a group away.
func (s *Source) Remove(group string) { s.write(search.Change{Group: group}) }

func (s *Source) write(changes ...search.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, changes...)
	s.wake()
}

func (s *Source) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Fail makes Changes return err until it is called with nil.
func (s *Source) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	s.wake()
}

// Restore forgets all changes but the first n, as when an old backup is put
// back: cursors from before it are not valid any more.
func (s *Source) Restore(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = slices.Clone(s.log[:n])
	s.epoch++
	s.wake()
}

// Changes implements [search.Source].
func (s *Source) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	if s.err != nil {
		return nil, "", s.err
	}
	seq, err := s.position(after)
	if err != nil {
		return nil, "", err
	}
	end := min(seq+limit, len(s.log))
	return slices.Clone(s.log[seq:end]), fmt.Sprintf("%d/%d", s.epoch, end), nil
}

// position returns how many changes come before a cursor.
func (s *Source) position(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	epoch, seq, ok := strings.Cut(cursor, "/")
	n, err := strconv.Atoi(seq)
	if !ok || err != nil || epoch != strconv.Itoa(s.epoch) || n < 0 || n > len(s.log) {
		return 0, fmt.Errorf("cursor %q: %w", cursor, search.ErrRebuild)
	}
	return n, nil
}

// Wait implements [search.Source].
func (s *Source) Wait(ctx context.Context, after string) error {
	s.mu.Lock()
	n, err := s.position(after)
	ready, changed := err != nil || s.err != nil || n < len(s.log), s.changed
	s.mu.Unlock()
	if ready {
		return ctx.Err()
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
