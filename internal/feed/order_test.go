package feed_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// The proof that no change is skipped: writers that take their time, change
// their minds and commit out of order, and readers that give up and resume.

const writers = 16

var errChangedMind = errors.New("changed my mind")

// A ledger is what the writers know to have committed.
type ledger struct {
	mu   sync.Mutex
	refs map[string]bool
}

func (l *ledger) commit(refs []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range refs {
		l.refs[r] = true
	}
}

// work runs the writers, each with its own number of transactions, and returns
// what they committed. Each transaction writes a row of its own business first,
// so that it has its place in the order long before its entry has a number.
func work(t *testing.T, db *sqldb.DB, transactions int, nap time.Duration) *ledger {
	done := &ledger{refs: map[string]bool{}}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range transactions {
				var refs []string
				err := db.Write(t.Context(), func(tx sqlx.ExtContext) error {
					var err error
					refs, err = business(t.Context(), tx, fmt.Sprintf("%d-%d", w, i), nap)
					return err
				})
				if err == nil {
					done.commit(refs)
				} else if !errors.Is(err, errChangedMind) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return done
}

// business is one transaction; it returns the entries that count if it commits.
func business(ctx context.Context, tx sqlx.ExtContext, id string, nap time.Duration) (refs []string, err error) {
	if _, err := sqldb.Exec(ctx, tx, `insert into business (id) values ($1)`, id); err != nil {
		return nil, err
	}
	doze(nap)
	for part := range 1 + rand.N(3) {
		ref := fmt.Sprintf("%s-%d", id, part)
		undone := rand.N(5) == 0
		err := sqldb.New(tx).Write(ctx, func(tx sqlx.ExtContext) error {
			if err := feed.Append(ctx, tx, put(ref)...); err != nil {
				return err
			}
			if undone {
				return errChangedMind
			}
			return nil
		})
		switch {
		case err == nil:
			refs = append(refs, ref)
		case !undone:
			return nil, err
		}
	}
	doze(nap)
	if rand.N(10) == 0 {
		return nil, errChangedMind
	}
	return refs, nil
}

// doze sleeps now and then: the time in a transaction is what the proof varies.
func doze(nap time.Duration) {
	if nap > 0 && rand.N(5) == 0 {
		time.Sleep(rand.N(nap))
	}
}

// A follower is a reader in its pieces: it may be abandoned after a read whose
// cursor it did not keep, and another resumes from the cursor kept before.
type follower struct {
	read     func(ctx context.Context, after feed.Cursor, limit int) ([]feed.Entry, feed.Cursor, error)
	abandons bool
	seen     map[string]int
	kept     feed.Cursor
}

func (f *follower) follow(t *testing.T, stop <-chan struct{}) {
	for last := false; ; {
		entries, next, err := f.read(t.Context(), f.kept, 1+rand.N(40))
		if err != nil {
			t.Error(err)
			return
		}
		for _, e := range entries {
			f.seen[e.Ref]++
		}
		if !f.abandons || rand.N(3) > 0 {
			f.kept = next
		}
		if len(entries) > 0 {
			continue
		}
		if last {
			return
		}
		select {
		case <-stop:
			last = true // one more read after the last commit
		case <-time.After(time.Millisecond):
		}
	}
}

func (f *follower) skipped(done *ledger) (n int) {
	for ref := range done.refs {
		if f.seen[ref] == 0 {
			n++
		}
	}
	return n
}

// ghosts counts entries that were seen although they were rolled back.
func (f *follower) ghosts(done *ledger) (n int) {
	for ref := range f.seen {
		if !done.refs[ref] {
			n++
		}
	}
	return n
}

// run lets writers and followers loose on an empty feed.
func run(t *testing.T, db *sqldb.DB, transactions int, nap time.Duration, followers ...*follower) *ledger {
	require.NoError(t, db.Write(t.Context(), func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(t.Context(), `create table if not exists business (id text primary key)`)
		return err
	}))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, f := range followers {
		f.seen = map[string]int{}
		wg.Go(func() { f.follow(t, stop) })
	}
	done := work(t, db, transactions, nap)
	readable(t, feed.New(db, nil))
	close(stop)
	wg.Wait()
	return done
}

func TestNothingIsSkipped(t *testing.T) {
	prove := func(t *testing.T, db *sqldb.DB, pool *sqlx.DB, transactions int, nap time.Duration) {
		require.NoError(t, feed.Migrate(t.Context(), pool.DB))
		reader := func(abandons bool) *follower {
			l := feed.New(db, nil)
			return &follower{abandons: abandons, read: func(ctx context.Context, after feed.Cursor, limit int) ([]feed.Entry, feed.Cursor, error) {
				return l.Read(ctx, after, nil, limit)
			}}
		}
		steady := reader(false)
		followers := []*follower{steady, reader(true), reader(true)}
		start := time.Now()
		done := run(t, db, transactions, nap, followers...)
		t.Logf("%d entries of %d transactions in %v", len(done.refs), writers*transactions, time.Since(start).Round(time.Millisecond))
		for i, f := range followers {
			require.Zero(t, f.skipped(done), "reader %d skipped entries", i)
			require.Zero(t, f.ghosts(done), "reader %d saw what was rolled back", i)
		}
		for ref, n := range steady.seen {
			require.Equal(t, 1, n, "%s was read more than once", ref)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		writer, reader := testdb.SQLitePair(t)
		prove(t, sqldb.New(writer).WithReader(reader), writer, 40, time.Millisecond)
	})
	t.Run("postgres", func(t *testing.T) {
		db := testdb.Postgres(t)
		prove(t, sqldb.New(db), db, 60, 30*time.Millisecond)
	})
}

// TestTheUsualWaySkips checks that the proof can fail: a reader that asks for
// numbers above the last one it saw, and the half measure that waits for older
// transactions but still goes by the number.
func TestTheUsualWaySkips(t *testing.T) {
	pool := testdb.Postgres(t)
	require.NoError(t, feed.Migrate(t.Context(), pool.DB))
	db := sqldb.New(pool)
	byNumber := func(condition string) *follower {
		var last int64
		return &follower{read: func(ctx context.Context, after feed.Cursor, limit int) ([]feed.Entry, feed.Cursor, error) {
			var rows []struct {
				Seq int64
				Ref string
			}
			err := db.Select(ctx, &rows, `select seq, ref from stoa_feed where seq > $1 `+condition+` order by seq limit $2`, last, limit)
			entries := make([]feed.Entry, len(rows))
			for i, r := range rows {
				last, entries[i].Ref = r.Seq, r.Ref
			}
			return entries, feed.Cursor{}, err
		}}
	}
	naive, half := byNumber(""), byNumber("and xid < pg_snapshot_xmin(pg_current_snapshot())")
	done := run(t, db, 60, 30*time.Millisecond, naive, half)
	t.Logf("of %d entries the naive reader skipped %d, the half measure %d", len(done.refs), naive.skipped(done), half.skipped(done))
	require.NotZero(t, naive.skipped(done))
	require.NotZero(t, half.skipped(done))
}
