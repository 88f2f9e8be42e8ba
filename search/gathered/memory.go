package gathered

import (
	"cmp"
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"sync"

	"github.com/stoa-go/stoa/search"
)

// A Memory is a [Store] that ends with the process.
type Memory struct {
	epoch string

	mu      sync.Mutex
	entries map[string]Entry
	numbers numbers
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{epoch: rand.Text(), entries: map[string]Entry{}, numbers: newNumbers()}
}

// Epoch implements [Store].
func (m *Memory) Epoch(context.Context) (string, error) { return m.epoch, nil }

// Put implements [Store].
func (m *Memory) Put(_ context.Context, e Entry, groups ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.Document = own(e.Document)
	m.entries[e.Key] = e
	if e.Empty() {
		delete(m.entries, e.Key)
	}
	m.numbers.touch(groups)
	return nil
}

// Entry implements [Store].
func (m *Memory) Entry(_ context.Context, key string) (Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok {
		return Entry{}, ErrNotFound
	}
	e.Document = own(e.Document)
	return e, nil
}

// Notes implements [Store].
func (m *Memory) Notes(context.Context) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]string, len(m.entries))
	for key, e := range m.entries {
		out[key] = e.Note
	}
	return out, nil
}

// Group implements [Store].
func (m *Memory) Group(_ context.Context, group string) (list []Entry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if e.Document.ID != "" && e.Document.Group == group {
			e.Document = own(e.Document)
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

// Touched implements [Store].
func (m *Memory) Touched(_ context.Context, above int64, limit int) ([]Touch, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.numbers.above(above, limit), m.numbers.last, nil
}

// own returns a document that shares nothing with another.
func own(d search.Document) search.Document {
	d.Serves, d.Keywords, d.Audience = slices.Clone(d.Serves), slices.Clone(d.Keywords), slices.Clone(d.Audience)
	d.Facets = maps.Clone(d.Facets)
	for name, values := range d.Facets {
		d.Facets[name] = slices.Clone(values)
	}
	return d
}

// numbers say in which order groups were touched last.
type numbers struct {
	of   map[string]int64
	last int64
}

func newNumbers() numbers { return numbers{of: map[string]int64{}} }

func (n *numbers) touch(groups []string) {
	for _, g := range groups {
		n.last++
		n.of[g] = n.last
	}
}

func (n *numbers) above(above int64, limit int) (list []Touch) {
	for g, number := range n.of {
		if number > above {
			list = append(list, Touch{g, number})
		}
	}
	slices.SortFunc(list, func(a, b Touch) int { return cmp.Compare(a.Number, b.Number) })
	return list[:min(max(limit, 0), len(list))]
}
