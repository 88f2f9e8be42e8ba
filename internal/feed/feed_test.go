package feed_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// A bench is a feed with the means to write to it.
type bench struct {
	feed.Reader
	add   func(...feed.Change)
	prune func(before time.Time) int
	db    *sqldb.DB // nil in memory
}

func put(refs ...string) (changes []feed.Change) {
	for _, r := range refs {
		changes = append(changes, feed.Change{Topic: "article", Ref: r})
	}
	return changes
}

// each runs f on an empty feed of each kind.
func each(t *testing.T, f func(t *testing.T, b bench)) {
	t.Run("memory", func(t *testing.T) {
		m := feed.NewMemory(nil)
		f(t, bench{Reader: m, add: m.Append, prune: m.Prune})
	})
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) { f(t, inDatabase(t, db)) })
}

func inDatabase(t *testing.T, db *sqlx.DB) bench {
	require.NoError(t, feed.Migrate(t.Context(), db.DB))
	require.NoError(t, feed.Validate(t.Context(), db.DB))
	d := sqldb.New(db)
	l := feed.New(d, nil)
	return bench{Reader: l, db: d,
		add: func(changes ...feed.Change) {
			write(t, d, changes...)
			readable(t, l)
		},
		prune: func(before time.Time) int {
			n, err := l.Prune(t.Context(), before)
			require.NoError(t, err)
			return n
		},
	}
}

func write(t *testing.T, d *sqldb.DB, changes ...feed.Change) {
	t.Helper()
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error { return feed.Append(t.Context(), tx, changes...) }))
}

// readable waits until every entry can be read: others may use the cluster too.
func readable(t *testing.T, l *feed.Log) {
	t.Helper()
	require.Eventually(t, func() bool {
		d, err := l.Stalled(t.Context())
		return err == nil && d == 0
	}, 30*time.Second, time.Millisecond)
}

func refs(entries []feed.Entry) (list []string) {
	for _, e := range entries {
		list = append(list, e.Ref)
	}
	return list
}

// read reads everything after the cursor, limit at a time.
func read(t *testing.T, r feed.Reader, after feed.Cursor, limit int, topics ...string) ([]feed.Entry, feed.Cursor) {
	t.Helper()
	var all []feed.Entry
	for {
		entries, next, err := r.Read(t.Context(), after, topics, limit)
		require.NoError(t, err)
		if next == after {
			require.Empty(t, entries)
			return all, next
		}
		all, after = append(all, entries...), next
	}
}

func TestReadInOrder(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		entries, start := read(t, b, feed.Cursor{}, 0)
		require.Empty(t, entries)
		before := time.Now().Add(-time.Minute)
		b.add(feed.Change{Topic: "article", Ref: "a"}, feed.Change{Topic: "topic", Ref: "b"})
		b.add(feed.Change{Topic: "article", Ref: "a", Op: feed.OpDelete})
		for _, from := range []feed.Cursor{{}, start} {
			for limit := range 4 {
				entries, _ = read(t, b, from, limit)
				require.Equal(t, []string{"a", "b", "a"}, refs(entries))
			}
		}
		require.Equal(t, []feed.Op{feed.OpPut, feed.OpPut, feed.OpDelete}, []feed.Op{entries[0].Op, entries[1].Op, entries[2].Op})
		for i, e := range entries {
			require.True(t, e.At.After(before) && e.At.Before(before.Add(2*time.Minute)), e.At)
			rest, _ := read(t, b, e.Cursor, 0)
			require.Equal(t, refs(entries[i+1:]), refs(rest), "an entry's cursor continues after it")
		}
	})
}

func TestTopics(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.add(feed.Change{Topic: "article", Ref: "a"}, feed.Change{Topic: "topic", Ref: "b"}, feed.Change{Topic: "course", Ref: "c"})
		entries, _ := read(t, b, feed.Cursor{}, 1, "article", "course")
		require.Equal(t, []string{"a", "c"}, refs(entries))

		head, err := b.Head(t.Context())
		require.NoError(t, err)
		entries, next, err := b.Read(t.Context(), feed.Cursor{}, []string{"nothing"}, 10)
		require.NoError(t, err)
		require.Empty(t, entries)
		require.Equal(t, head, next, "the cursor moves past what is not asked for")
	})
}

func TestHeadThenRead(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for _, ref := range []string{"a", "b"} { // the first head is that of an empty feed
			head, err := b.Head(t.Context())
			require.NoError(t, err)
			require.False(t, head.IsZero())
			b.add(put(ref)...)
			entries, _ := read(t, b, head, 0)
			require.Equal(t, []string{ref}, refs(entries))
		}
	})
}

func TestAppendMany(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		var want []string
		for i := range 2500 {
			want = append(want, fmt.Sprint(i))
		}
		b.add(put(want...)...)
		b.add()
		entries, _ := read(t, b, feed.Cursor{}, 0)
		require.Equal(t, want, refs(entries))
	})
}

func TestAppendIsPartOfTheTransaction(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		b := inDatabase(t, db)
		tx := db.MustBegin()
		require.NoError(t, feed.Append(t.Context(), tx, put("never")...))
		require.NoError(t, tx.Rollback())
		require.ErrorIs(t, b.db.Write(t.Context(), func(tx sqlx.ExtContext) error {
			require.NoError(t, feed.Append(t.Context(), tx, put("nor this")...))
			return feed.Append(t.Context(), tx, put("a\x00b")...)
		}), errs.Invalid)
		entries, _ := read(t, b, feed.Cursor{}, 0)
		require.Empty(t, entries)
	})
}

func TestPrune(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		future := time.Now().Add(time.Hour)
		require.Zero(t, b.prune(future))
		b.add(put("a", "b", "c")...)
		entries, head := read(t, b, feed.Cursor{}, 0)
		require.Zero(t, b.prune(time.Now().Add(-time.Hour)), "they are younger")
		require.Equal(t, 3, b.prune(future))

		for name, c := range map[string]feed.Cursor{"the beginning": {}, "the first": entries[0].Cursor, "the last but one": entries[1].Cursor} {
			_, _, err := b.Read(t.Context(), c, nil, 0)
			require.ErrorIs(t, err, feed.ErrRebuild, name)
		}
		now, err := b.Head(t.Context())
		require.NoError(t, err)
		require.Equal(t, head, now, "nothing after it was lost")
		b.add(put("d")...)
		entries, _ = read(t, b, head, 0)
		require.Equal(t, []string{"d"}, refs(entries))
		require.Equal(t, 1, b.prune(future))
		_, _, err = b.Read(t.Context(), head, nil, 0)
		require.ErrorIs(t, err, feed.ErrRebuild)
	})
}

func TestPruneKeepsTheYounger(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		b := inDatabase(t, db)
		b.add(put("a", "b", "c", "d")...)
		// By the clock b is young, so nothing from it on may go.
		age(t, b.db, "a", "c", "d")
		require.Equal(t, 1, b.prune(time.Now().Add(-time.Hour)))
		require.Zero(t, b.prune(time.Now().Add(-time.Hour)))
		head, err := b.Head(t.Context())
		require.NoError(t, err)
		var left []string
		require.NoError(t, db.Select(&left, `select ref from stoa_feed order by seq`))
		require.Equal(t, []string{"b", "c", "d"}, left)
		_, _, err = b.Read(t.Context(), head, nil, 0)
		require.NoError(t, err)
	})
}

// TestPrunersTakeTurns has one prune while another, which wants less, has begun
// to. If the latter had chosen its last row before, the place up to which the
// feed is pruned would move back, and a cursor there would skip rows.
func TestPrunersTakeTurns(t *testing.T) {
	db := testdb.Postgres(t)
	b := inDatabase(t, db)
	b.add(put("a", "b", "c")...)
	age(t, b.db, "a")
	entries, _ := read(t, b, feed.Cursor{}, 0)

	tx := db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`update stoa_feed_epoch set epoch = epoch`)
	less := make(chan int)
	go func() {
		n, _ := feed.New(b.db, nil).Prune(t.Context(), time.Now().Add(-time.Hour))
		less <- n
	}()
	require.Eventually(t, func() bool {
		var waiting bool
		err := db.Get(&waiting, `select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%stoa_feed_epoch%')`)
		return err == nil && waiting
	}, 20*time.Second, time.Millisecond)
	more, err := feed.New(sqldb.New(tx), nil).Prune(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	require.Equal(t, []int{3, 0}, []int{more, <-less})
	_, _, err = b.Read(t.Context(), entries[0].Cursor, nil, 0)
	require.ErrorIs(t, err, feed.ErrRebuild)
}

// age makes entries two hours old.
func age(t *testing.T, d *sqldb.DB, refs ...string) {
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
		w := sqldb.In(sqldb.NewWhere(sqldb.At(time.Now().Add(-2*time.Hour))), "ref", refs)
		_, err := sqldb.Exec(t.Context(), tx, `update stoa_feed set at = $1 `+w.String(), w.Args()...)
		return err
	}))
}

func TestAnotherPastIsNoticed(t *testing.T) {
	for name, history := range map[string]func(t *testing.T, b bench, cursor feed.Entry){
		"the row is gone": func(t *testing.T, b bench, e feed.Entry) {
			exec(t, b, `delete from stoa_feed where ref = $1`, e.Ref)
		},
		"the row is another": func(t *testing.T, b bench, e feed.Entry) {
			exec(t, b, `update stoa_feed set ref = 'other' where ref = $1`, e.Ref)
		},
		"the row is of another time": func(t *testing.T, b bench, e feed.Entry) { age(t, b.db, e.Ref) },
		"the epoch is another": func(t *testing.T, b bench, _ feed.Entry) {
			exec(t, b, `update stoa_feed_epoch set epoch = 'other'`)
		},
		"the cluster is another": func(t *testing.T, b bench, _ feed.Entry) {
			exec(t, b, `update stoa_feed_epoch set system = 'other'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
				b := inDatabase(t, db)
				b.add(put("a", "b", "c")...)
				entries, _ := read(t, b, feed.Cursor{}, 0)
				history(t, b, entries[1])
				_, same, err := b.Read(t.Context(), entries[1].Cursor, nil, 0)
				require.ErrorIs(t, err, feed.ErrRebuild)
				require.Equal(t, entries[1].Cursor, same)

				head, err := b.Head(t.Context())
				require.NoError(t, err)
				b.add(put("d")...)
				after, _ := read(t, b, head, 0)
				require.Equal(t, []string{"d"}, refs(after), "a rebuild goes on from the head")
			})
		})
	}
}

func exec(t *testing.T, b bench, query string, args ...any) {
	require.NoError(t, b.db.Write(t.Context(), func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(t.Context(), tx, query, args...)
		return err
	}))
}

// TestRestoredIntoAnotherCluster has rows whose transactions lie in the future
// of the cluster they find themselves in: without a new epoch nothing of the
// old would be seen, and what is new would come before it.
func TestRestoredIntoAnotherCluster(t *testing.T) {
	b := inDatabase(t, testdb.Postgres(t))
	log := b.Reader.(*feed.Log)
	b.add(put("a", "b")...)
	before, err := log.Epoch(t.Context())
	require.NoError(t, err)
	_, old := read(t, b, feed.Cursor{}, 0)
	exec(t, b, `update stoa_feed set xid = '9000000000000000'`)
	exec(t, b, `update stoa_feed_epoch set system = '1'`)

	_, _, err = b.Read(t.Context(), feed.Cursor{}, nil, 0)
	require.ErrorIs(t, err, feed.ErrRebuild, "even the beginning is not that of all content")
	_, _, err = b.Read(t.Context(), old, nil, 0)
	require.ErrorIs(t, err, feed.ErrRebuild)
	after, err := log.Epoch(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	again, err := log.Epoch(t.Context())
	require.NoError(t, err)
	require.Equal(t, after, again)

	head, err := b.Head(t.Context())
	require.NoError(t, err)
	b.add(put("c")...)
	entries, _ := read(t, b, head, 0)
	require.Equal(t, []string{"c"}, refs(entries))
}

func TestStalled(t *testing.T) {
	db := testdb.Postgres(t)
	b := inDatabase(t, db)
	log := b.Reader.(*feed.Log)
	stalled := func() time.Duration {
		d, err := log.Stalled(t.Context())
		require.NoError(t, err)
		return d
	}
	require.Zero(t, stalled())
	open := db.MustBegin()
	defer open.Rollback()
	open.MustExec(`create temporary table takes_a_number (id text)`)
	write(t, b.db, put("a")...)
	entries, _ := read(t, b, feed.Cursor{}, 0)
	require.Empty(t, entries, "an older transaction is open")
	require.Positive(t, stalled())
	age(t, b.db, "a")
	require.InDelta(t, 2*time.Hour, stalled(), float64(time.Minute))
	require.NoError(t, open.Rollback())
	readable(t, log)
	entries, _ = read(t, b, feed.Cursor{}, 0)
	require.Equal(t, []string{"a"}, refs(entries))
	require.Zero(t, stalled())

	lite := inDatabase(t, testdb.SQLite(t)).Reader.(*feed.Log)
	d, err := lite.Stalled(t.Context())
	require.NoError(t, err)
	require.Zero(t, d)
}

// TestLeastPrivilege runs the feed as a role that may only use its tables.
func TestLeastPrivilege(t *testing.T) {
	db := testdb.Postgres(t)
	b := inDatabase(t, db)
	role := "stoa_" + strings.ToLower(rand.Text())
	for _, q := range []string{
		`create role ` + role,
		`do $$ begin execute format('grant usage on schema %I to ` + role + `', current_schema()); end $$`,
		`grant select, insert, update, delete on stoa_feed, stoa_feed_epoch to ` + role,
	} {
		exec(t, b, q)
	}
	defer exec(t, b, `drop owned by `+role+` cascade; drop role `+role)
	tx := db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`set local role ` + role)
	require.NoError(t, feed.Append(t.Context(), tx, put("a")...))
	_, err := feed.New(sqldb.New(tx), nil).Head(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
}

func TestCancelled(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := b.Read(ctx, feed.Cursor{}, nil, 0)
		require.ErrorIs(t, err, context.Canceled)
		_, err = b.Head(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, b.Wait(ctx, feed.Cursor{}), context.Canceled)
	})
}
