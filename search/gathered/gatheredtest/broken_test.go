package gatheredtest_test

import (
	"context"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/gathered/gatheredtest"
)

func TestMemory(t *testing.T) {
	gatheredtest.TestStore(t, func(*testing.T) gathered.Store { return gathered.NewMemory() })
}

// A broken store has a fault in what is set.
type broken struct {
	gathered.Store

	put     func(e gathered.Entry, groups []string) (gathered.Entry, []string)
	touched func(list []gathered.Touch, last int64) ([]gathered.Touch, int64)
	entry   func(gathered.Entry, error) (gathered.Entry, error)
}

func (b broken) Put(ctx context.Context, e gathered.Entry, groups ...string) error {
	if b.put != nil {
		e, groups = b.put(e, groups)
	}
	return b.Store.Put(ctx, e, groups...)
}

func (b broken) Touched(ctx context.Context, above int64, limit int) ([]gathered.Touch, int64, error) {
	list, last, err := b.Store.Touched(ctx, above, limit)
	if b.touched != nil {
		list, last = b.touched(list, last)
	}
	return list, last, err
}

func (b broken) Entry(ctx context.Context, key string) (gathered.Entry, error) {
	e, err := b.Store.Entry(ctx, key)
	if b.entry != nil {
		return b.entry(e, err)
	}
	return e, err
}

// TestBroken: the suite finds what is wrong with a store.
func TestBroken(t *testing.T) {
	suitetest.Catches(t, map[string]broken{
		"RoundTrip": {put: func(e gathered.Entry, g []string) (gathered.Entry, []string) {
			e.Document.UpdatedAt = e.Document.UpdatedAt.Local()
			e.Document.Body = e.Document.Title
			return e, g
		}},
		"Missing": {entry: func(e gathered.Entry, _ error) (gathered.Entry, error) { return e, nil }},
		"Numbers": {put: func(e gathered.Entry, g []string) (gathered.Entry, []string) { return e, append(g, e.Document.Group) }},
		"Groups": {put: func(e gathered.Entry, g []string) (gathered.Entry, []string) {
			e.Document.Group = g0(g, e)
			return e, g
		}},
		"Limit": {touched: func(list []gathered.Touch, last int64) ([]gathered.Touch, int64) { return list, lastOf(list, last) }},
	}, func(t *testing.T, b broken) {
		b.Store = gathered.NewMemory()
		gatheredtest.TestStore(t, func(*testing.T) gathered.Store { return broken{gathered.NewMemory(), b.put, b.touched, b.entry} })
	})
}

func g0(groups []string, e gathered.Entry) string {
	if len(groups) > 0 {
		return groups[0]
	}
	return e.Document.Group
}

func lastOf(list []gathered.Touch, last int64) int64 {
	if len(list) > 0 {
		return list[len(list)-1].Number
	}
	return last
}
