package sqldb_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

var errBoom = errors.New("boom")

// things returns a database with one table.
func things(t *testing.T, db *sqlx.DB) *sqlx.DB {
	d := sqldb.New(db)
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(t.Context(), `create table thing (id text primary key, body text)`)
		return err
	}))
	return db
}

func insert(ctx context.Context, ids ...string) func(sqlx.ExtContext) error {
	return func(tx sqlx.ExtContext) error {
		for _, id := range ids {
			if _, err := sqldb.Exec(ctx, tx, `insert into thing (id) values ($1)`, id); err != nil {
				return err
			}
		}
		return nil
	}
}

func ids(t *testing.T, q sqlx.QueryerContext) (list []string) {
	require.NoError(t, sqldb.Select(t.Context(), q, &list, `select id from thing order by id`))
	return list
}

func TestWriteCommitsOrLeavesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		require.NoError(t, d.Write(t.Context(), insert(t.Context(), "a", "b")))
		require.ErrorIs(t, d.Write(t.Context(), insert(t.Context(), "c", "b")), errs.Conflict)
		require.ErrorIs(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
			require.NoError(t, insert(t.Context(), "d")(tx))
			return errBoom
		}), errBoom)
		require.PanicsWithValue(t, "ouch", func() {
			_ = d.Write(t.Context(), func(tx sqlx.ExtContext) error {
				require.NoError(t, insert(t.Context(), "e")(tx))
				panic("ouch")
			})
		})
		require.Equal(t, []string{"a", "b"}, ids(t, db))
	})
}

func TestWriteInsideTheCallersTransaction(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		things(t, db)
		tx, err := db.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback()
		d := sqldb.New(tx)
		require.NoError(t, d.Write(t.Context(), insert(t.Context(), "a")))
		require.ErrorIs(t, d.Write(t.Context(), insert(t.Context(), "b", "a")), errs.Conflict)
		require.Panics(t, func() {
			_ = d.Write(t.Context(), func(tx sqlx.ExtContext) error {
				require.NoError(t, insert(t.Context(), "c")(tx))
				panic("ouch")
			})
		})
		// A store that calls another one: the inner failure is the inner's alone.
		require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
			require.NoError(t, insert(t.Context(), "d")(tx))
			require.ErrorIs(t, sqldb.New(tx).Write(t.Context(), insert(t.Context(), "e", "a")), errs.Conflict)
			return insert(t.Context(), "f")(tx)
		}))
		require.Equal(t, []string{"a", "d", "f"}, ids(t, d.Read()), "it reads its own writes")
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{"a", "d", "f"}, ids(t, db))
	})
}

func TestWriteNoticesASwallowedError(t *testing.T) {
	swallow := func(tx sqlx.ExtContext) error {
		_ = insert(t.Context(), "a")(tx) // it is there already
		return nil
	}
	db := things(t, testdb.Postgres(t))
	require.NoError(t, sqldb.New(db).Write(t.Context(), insert(t.Context(), "a")))
	require.Error(t, sqldb.New(db).Write(t.Context(), swallow), "PostgreSQL rolls such a transaction back")

	tx, err := db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	require.Error(t, sqldb.New(tx).Write(t.Context(), swallow))
	require.NoError(t, sqldb.New(tx).Write(t.Context(), insert(t.Context(), "b")), "the caller's transaction goes on")
}

func TestWriteWhenCancelled(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		ctx, cancel := context.WithCancel(t.Context())
		require.ErrorIs(t, d.Write(ctx, func(tx sqlx.ExtContext) error {
			require.NoError(t, insert(ctx, "a")(tx))
			cancel()
			return insert(ctx, "b")(tx)
		}), context.Canceled)
		require.ErrorIs(t, d.Write(ctx, insert(ctx, "c")), context.Canceled)

		// The caller's transaction has a context of its own and goes on.
		tx, err := db.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback()
		ctx, cancel = context.WithCancel(t.Context())
		require.ErrorIs(t, sqldb.New(tx).Write(ctx, func(tx sqlx.ExtContext) error {
			require.NoError(t, insert(ctx, "d")(tx))
			cancel()
			return ctx.Err()
		}), context.Canceled)
		require.NoError(t, sqldb.New(tx).Write(t.Context(), insert(t.Context(), "e")))
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{"e"}, ids(t, db))
	})
}

func TestReader(t *testing.T) {
	writer, reader := testdb.SQLitePair(t)
	d := sqldb.New(things(t, writer)).WithReader(reader)
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
		require.NoError(t, insert(t.Context(), "a")(tx))
		require.Empty(t, ids(t, d.Read()), "the reader does not wait for the writer")
		return nil
	}))
	require.Equal(t, []string{"a"}, ids(t, d.Read()))
}

func TestCommitted(t *testing.T) {
	closed := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		one, two := d.Committed(), d.Committed()
		require.Error(t, d.Write(t.Context(), insert(t.Context(), "a", "a")))
		require.False(t, closed(one))
		require.NoError(t, d.Write(t.Context(), insert(t.Context(), "a")))
		require.True(t, closed(one) && closed(two))
		three := d.Committed()
		require.False(t, closed(three))
		require.NoError(t, d.WithReader(db).Write(t.Context(), insert(t.Context(), "b")))
		require.True(t, closed(three), "it is the same database")
	})
}

func TestDialect(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		want := sqldb.DialectSQLite
		if db.DriverName() == "postgres" {
			want = sqldb.DialectPostgres
		}
		tx := db.MustBegin()
		got, err := sqldb.New(tx).Dialect(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.NoError(t, sqldb.New(tx).Write(t.Context(), func(sqlx.ExtContext) error { return nil }), "asking does no harm to a transaction")
		require.NoError(t, tx.Commit())

		ctx, cancel := context.WithCancel(t.Context())
		d := sqldb.New(db)
		cancel()
		_, err = d.Dialect(ctx)
		require.ErrorIs(t, err, context.Canceled)
		got, err = d.Dialect(t.Context())
		require.NoError(t, err, "a failure is not remembered")
		require.Equal(t, want, got)
	})
}

// An ioError is what SQLite returns when a sync fails.
type ioError struct{}

func (ioError) Error() string { return "disk I/O error" }
func (ioError) Code() int     { return 10 | 4<<8 }

func TestIOErrorDropsTheConnection(t *testing.T) {
	d := sqldb.New(things(t, testdb.SQLite(t)))
	// Temporary tables live in the connection, so they tell one from another.
	mark := func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(t.Context(), `create temporary table mark (id text)`)
		return err
	}
	require.NoError(t, d.Write(t.Context(), mark))
	require.ErrorContains(t, d.Write(t.Context(), mark), "already exists", "other errors keep it")
	require.ErrorIs(t, d.Write(t.Context(), func(sqlx.ExtContext) error { return ioError{} }), errs.Unavailable)
	require.NoError(t, d.Write(t.Context(), mark))
}
