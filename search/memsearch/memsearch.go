// Package memsearch is a [search.Index] in memory, for tests and for portals
// with no more than a few thousand documents. It reads every document for each
// search, which is why it needs no index files, and why whatever an asker may
// not see has no influence on what they get: statistics are taken over the
// documents they may see.
//
// It ranks with textbook BM25 over the whole text and half of it again over the
// title, halved for texts that are not in the reader's language. Words are folded to lower case without accents; scripts without spaces
// are cut into pairs of characters. It knows no grammar.
package memsearch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/search"
)

// An Index is a [search.Index]. Make one with [New].
type Index struct {
	mu     sync.Mutex // held by whoever writes
	state  atomic.Pointer[state]
	parent *Index // whom Fresh was called on
}

// state is never changed once it is in an Index, but for its vocabulary.
type state struct {
	groups  map[string][]*entry
	sorted  []*entry // all of them by ID
	cursors map[string]string

	vocabulary *vocabulary // filled when it is first needed
}

func newState(groups map[string][]*entry, cursors map[string]string) *state {
	return &state{groups: groups, cursors: cursors, vocabulary: newVocabulary()}
}

// New returns an empty index.
func New() *Index {
	x := &Index{}
	x.state.Store(newState(map[string][]*entry{}, map[string]string{}))
	return x
}

var _ search.Index = (*Index)(nil)

// open returns the content, or an error if x is closed or was swapped away.
func (x *Index) open(ctx context.Context) (*state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := x.state.Load()
	if s == nil {
		return nil, fmt.Errorf("memsearch: closed: %w", search.ErrUnavailable)
	}
	return s, nil
}

// Apply implements [search.Index].
func (x *Index) Apply(ctx context.Context, batch search.Batch) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	old, err := x.open(ctx)
	if err != nil {
		return err
	}
	next := newState(maps.Clone(old.groups), maps.Clone(old.cursors))
	for _, c := range batch.Changes {
		entries := make([]*entry, 0, len(c.Documents))
		for _, d := range c.Documents {
			if d.ID == "" || d.Group != c.Group {
				return fmt.Errorf("document %q of group %q: %w", d.ID, c.Group, search.ErrInvalid)
			}
			entries = append(entries, newEntry(clone(d)))
		}
		if next.groups[c.Group] = entries; len(entries) == 0 {
			delete(next.groups, c.Group)
		}
	}
	maps.Copy(next.cursors, batch.Cursors)
	for _, entries := range next.groups {
		next.sorted = append(next.sorted, entries...)
	}
	slices.SortFunc(next.sorted, func(a, b *entry) int { return cmp.Compare(a.doc.ID, b.doc.ID) })
	x.state.Store(next)
	return nil
}

// clone returns a copy that shares nothing with d.
func clone(d search.Document) search.Document {
	d.UpdatedAt = d.UpdatedAt.UTC().Truncate(time.Microsecond)
	d.Serves, d.Keywords, d.Audience = slices.Clone(d.Serves), slices.Clone(d.Keywords), slices.Clone(d.Audience)
	d.Facets = maps.Clone(d.Facets)
	for name, values := range d.Facets {
		d.Facets[name] = slices.Clone(values)
	}
	return d
}

// Cursors implements [search.Index].
func (x *Index) Cursors(ctx context.Context) (map[string]string, error) {
	s, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	return maps.Clone(s.cursors), nil
}

// Count implements [search.Index].
func (x *Index) Count(ctx context.Context) (int, error) {
	s, err := x.open(ctx)
	if err != nil {
		return 0, err
	}
	return len(s.sorted), nil
}

// Fresh implements [search.Index].
func (x *Index) Fresh(ctx context.Context) (search.Index, error) {
	if _, err := x.open(ctx); err != nil {
		return nil, err
	}
	fresh := New()
	fresh.parent = x
	return fresh, nil
}

// Swap implements [search.Index].
func (x *Index) Swap(ctx context.Context, fresh search.Index) error {
	f, ok := fresh.(*Index)
	if !ok || f.parent != x {
		return fmt.Errorf("memsearch: swap with an index that is not from Fresh: %w", search.ErrInvalid)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, err := x.open(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.open(ctx); err != nil {
		return err
	}
	x.state.Store(f.state.Swap(nil))
	return nil
}

// Close implements [search.Index].
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.state.Store(nil)
	return nil
}
