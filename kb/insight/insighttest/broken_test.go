package insighttest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/insighttest"
	"github.com/stoa-go/stoa/kb/insight/meminsight"
)

// A twin is a good store with a fault: a function that is set takes the place of
// the method.
type twin struct {
	insight.Store
	count  func(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error
	items  func(ctx context.Context, q insight.ItemQuery) ([]insight.Item, string, error)
	save   func(ctx context.Context, items ...insight.Item) error
	sums   func(ctx context.Context, q insight.SumQuery) ([]insight.Row, string, error)
	days   func(ctx context.Context, series insight.Series, subject, from, until string) ([]insight.Row, error)
	prune  func(ctx context.Context, day string) (int, error)
	forget func(ctx context.Context, person, pseudonym string) (int, error)
}

func (t twin) Count(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error {
	if t.count != nil {
		return t.count(ctx, name, from, until, rows)
	}
	return t.Store.Count(ctx, name, from, until, rows)
}

func (t twin) Items(ctx context.Context, q insight.ItemQuery) ([]insight.Item, string, error) {
	if t.items != nil {
		return t.items(ctx, q)
	}
	return t.Store.Items(ctx, q)
}

func (t twin) SaveItems(ctx context.Context, items ...insight.Item) error {
	if t.save != nil {
		return t.save(ctx, items...)
	}
	return t.Store.SaveItems(ctx, items...)
}

func (t twin) Sums(ctx context.Context, q insight.SumQuery) ([]insight.Row, string, error) {
	if t.sums != nil {
		return t.sums(ctx, q)
	}
	return t.Store.Sums(ctx, q)
}

func (t twin) Days(ctx context.Context, series insight.Series, subject, from, until string) ([]insight.Row, error) {
	if t.days != nil {
		return t.days(ctx, series, subject, from, until)
	}
	return t.Store.Days(ctx, series, subject, from, until)
}

func (t twin) Prune(ctx context.Context, day string) (int, error) {
	if t.prune != nil {
		return t.prune(ctx, day)
	}
	return t.Store.Prune(ctx, day)
}

func (t twin) ForgetPerson(ctx context.Context, person, pseudonym string) (int, error) {
	if t.forget != nil {
		return t.forget(ctx, person, pseudonym)
	}
	return t.Store.ForgetPerson(ctx, person, pseudonym)
}

var broken = []struct {
	name, caughtBy string
	fault          func(s insight.Store) twin
}{
	{"counts again what was counted", "Progress", func(s insight.Store) twin {
		return twin{count: func(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error {
			err := s.Count(ctx, name, from, until, rows)
			if errors.Is(err, insight.ErrConflict) {
				now, _ := s.Progress(ctx, name)
				return errors.Join(err, s.Count(ctx, name, now, now, rows))
			}
			return err
		}}
	}},
	{"sums all days", "Sums", func(s insight.Store) twin {
		return twin{sums: func(ctx context.Context, q insight.SumQuery) ([]insight.Row, string, error) {
			q.From, q.Until = "", ""
			return s.Sums(ctx, q)
		}}
	}},
	{"tells of the day after", "Days", func(s insight.Store) twin {
		return twin{days: func(ctx context.Context, series insight.Series, subject, from, _ string) ([]insight.Row, error) {
			return s.Days(ctx, series, subject, from, "9")
		}}
	}},
	{"lists without a filter", "Items", func(s insight.Store) twin {
		return twin{items: func(ctx context.Context, q insight.ItemQuery) ([]insight.Item, string, error) {
			q.Labels = nil
			return s.Items(ctx, q)
		}}
	}},
	{"keeps half of what it refuses", "Text", func(s insight.Store) twin {
		return twin{save: func(ctx context.Context, items ...insight.Item) error {
			for _, i := range items {
				if err := s.SaveItems(ctx, i); err != nil {
					return err
				}
			}
			return nil
		}}
	}},
	{"keeps counts for ever", "Drop", func(insight.Store) twin {
		return twin{prune: func(ctx context.Context, _ string) (int, error) { return 0, ctx.Err() }}
	}},
	{"forgets nobody", "Forget", func(insight.Store) twin {
		return twin{forget: func(ctx context.Context, person, _ string) (int, error) {
			if person == "" {
				return 0, insight.ErrInvalid
			}
			return 1, ctx.Err()
		}}
	}},
	{"counts for whoever has left", "Cancelled", func(s insight.Store) twin {
		return twin{count: func(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error {
			return s.Count(context.WithoutCancel(ctx), name, from, until, rows)
		}}
	}},
}

func TestSuiteCatches(t *testing.T) {
	for _, b := range broken {
		for _, p := range insighttest.Promises() {
			if p.Name == b.caughtBy {
				good := meminsight.New()
				bad := b.fault(good)
				bad.Store = good
				require.True(t, suitetest.Fails(t, func(t testing.TB) { p.Check(t, bad) }), "a store that %s passes", b.name)
				require.False(t, suitetest.Fails(t, func(t testing.TB) { p.Check(t, meminsight.New()) }), p.Name)
			}
		}
	}
}
