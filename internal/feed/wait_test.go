package feed_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

func TestWaitReturnsAtOnceIfThereIsMore(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		head, err := b.Head(t.Context())
		require.NoError(t, err)
		b.add(put("a")...)
		require.NoError(t, b.Wait(t.Context(), head))
		require.NoError(t, b.Wait(t.Context(), feed.Cursor{}))
	})
}

// waiting waits for more in the background.
func waiting(t *testing.T, r feed.Reader) <-chan error {
	head, err := r.Head(t.Context())
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- r.Wait(t.Context(), head) }()
	return done
}

func TestWaitInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := feed.NewMemory(nil)
		for range 3 {
			done := waiting(t, m)
			synctest.Wait()
			select {
			case <-done:
				require.Fail(t, "there was nothing to return for")
			default:
			}
			m.Append(put("a")...)
			require.NoError(t, <-done)
		}
	})
}

// TestWaitIsWoken has a poll interval that the test would not survive.
func TestWaitIsWoken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, feed.Migrate(t.Context(), db.DB))
		d := sqldb.New(db)
		l := feed.New(d, &feed.Options{Poll: 24 * time.Hour})
		for range 5 {
			done := waiting(t, l)
			require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error { return feed.Append(t.Context(), tx, put("a")...) }))
			require.NoError(t, <-done)
		}
	})
}

// TestWaitSeesAnotherInstance takes the best of three: the machine may be busy.
func TestWaitSeesAnotherInstance(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		b := inDatabase(t, db)
		other := feed.New(sqldb.New(db), nil)
		best := time.Hour
		for range 3 {
			done := waiting(t, other)
			b.add(put("a")...)
			start := time.Now()
			require.NoError(t, <-done)
			best = min(best, time.Since(start))
		}
		require.Less(t, best, time.Second)
	})
}

func TestWaitEnds(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		head, err := b.Head(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, b.Wait(ctx, head), context.DeadlineExceeded)
	})
}
