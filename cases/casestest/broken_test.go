package casestest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/casestest"
	"github.com/stoa-go/stoa/cases/memcases"
	"github.com/stoa-go/stoa/internal/suitetest"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	cases.Store
	read    func(ctx context.Context, id string) (cases.Case, error)
	refer   func(ctx context.Context, reference string) (string, error)
	save    func(ctx context.Context, list []cases.Case, entries []cases.Entry) error
	list    func(ctx context.Context, q cases.Query) ([]cases.Case, string, error)
	count   func(ctx context.Context, q cases.Query, most int) (int, error)
	said    func(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error)
	changes func(ctx context.Context, after string, limit int) ([]string, string, error)
	wait    func(ctx context.Context, after string) error
	forget  func(ctx context.Context, person, pseudonym string) (int, error)
	naming  func(ctx context.Context, person, after string, limit int) ([]string, error)
	purge   func(ctx context.Context, versions map[string]int) (int, error)
}

func (f *faulty) Case(ctx context.Context, id string) (cases.Case, error) {
	if f.read != nil {
		return f.read(ctx, id)
	}
	return f.Store.Case(ctx, id)
}

func (f *faulty) Reference(ctx context.Context, reference string) (string, error) {
	if f.refer != nil {
		return f.refer(ctx, reference)
	}
	return f.Store.Reference(ctx, reference)
}

func (f *faulty) Save(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
	if f.save != nil {
		return f.save(ctx, list, entries)
	}
	return f.Store.Save(ctx, list, entries)
}

func (f *faulty) Cases(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.Store.Cases(ctx, q)
}

func (f *faulty) Count(ctx context.Context, q cases.Query, most int) (int, error) {
	if f.count != nil {
		return f.count(ctx, q, most)
	}
	return f.Store.Count(ctx, q, most)
}

func (f *faulty) Entries(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error) {
	if f.said != nil {
		return f.said(ctx, of, internal, after, limit)
	}
	return f.Store.Entries(ctx, of, internal, after, limit)
}

func (f *faulty) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	if f.changes != nil {
		return f.changes(ctx, after, limit)
	}
	return f.Store.Changes(ctx, after, limit)
}

func (f *faulty) WaitChanges(ctx context.Context, after string) error {
	if f.wait != nil {
		return f.wait(ctx, after)
	}
	return f.Store.WaitChanges(ctx, after)
}

func (f *faulty) Naming(ctx context.Context, person, after string, limit int) ([]string, error) {
	if f.naming != nil {
		return f.naming(ctx, person, after, limit)
	}
	return f.Store.Naming(ctx, person, after, limit)
}

func (f *faulty) Forget(ctx context.Context, person, pseudonym string) (int, error) {
	if f.forget != nil {
		return f.forget(ctx, person, pseudonym)
	}
	return f.Store.Forget(ctx, person, pseudonym)
}

func (f *faulty) Purge(ctx context.Context, versions map[string]int) (int, error) {
	if f.purge != nil {
		return f.purge(ctx, versions)
	}
	return f.Store.Purge(ctx, versions)
}

// TestSuiteCatches wants the suite to find what is wrong with each twin, by the
// promise that it breaks.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, twins(), func(t *testing.T, w twin) {
		for _, p := range casestest.Contract() {
			if p.Name == w.breaks {
				suitetest.Run(t, []suitetest.Promise[cases.Store]{p}, func(*testing.T) cases.Store {
					f := &faulty{Store: memcases.New()}
					w.fault(f.Store, f)
					return f
				})
			}
		}
	})
}

// TestEveryPromiseIsBroken wants a twin for each promise.
func TestEveryPromiseIsBroken(t *testing.T) {
	broken := map[string]bool{}
	for _, w := range twins() {
		broken[w.breaks] = true
	}
	for _, p := range casestest.Contract() {
		require.True(t, broken[p.Name], p.Name)
	}
}

func TestFailing(t *testing.T) {
	s := memcases.New()
	f := casestest.NewFailing(s, 2, casestest.FaultAfter)
	_, err := f.Case(t.Context(), "c1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	require.ErrorIs(t, f.Save(t.Context(), []cases.Case{casestest.NewCase("c1")}, nil), casestest.ErrInjected)
	_, err = f.Case(t.Context(), "c1")
	require.NoError(t, err, "it was done")
	require.Equal(t, 3, f.Calls())
	f = casestest.NewFailing(s, 1, casestest.FaultBefore)
	require.ErrorIs(t, f.Save(t.Context(), []cases.Case{casestest.NewCase("c2")}, nil), casestest.ErrInjected)
	_, err = f.Case(t.Context(), "c2")
	require.ErrorIs(t, err, cases.ErrNotFound)
}

// TestFailingPassesOn runs the suite on a store that never fails.
func TestFailingPassesOn(t *testing.T) {
	casestest.TestStore(t, func(*testing.T) cases.Store { return casestest.NewFailing(memcases.New(), 0, casestest.FaultBefore) })
}
