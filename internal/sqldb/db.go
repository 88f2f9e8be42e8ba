package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// A DB is where a store keeps its rows: a pool of connections, or a
// transaction of the caller's. It is safe for concurrent use if what it was
// made from is, and must not be copied.
type DB struct {
	writer  sqlx.ExtContext
	reader  sqlx.ExtContext // nil: the writer reads too
	dialect atomic.Pointer[Dialect]
	commits *Signal
}

// New returns a DB on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction that the caller ends.
func New(db sqlx.ExtContext) *DB { return &DB{writer: db, commits: &Signal{}} }

// WithReader returns a DB that writes where d does and reads from r, such as
// the read-only pool of a SQLite program or a replica. A replica may lag.
func (d *DB) WithReader(r sqlx.ExtContext) *DB {
	return &DB{writer: d.writer, reader: r, commits: d.commits}
}

// Committed returns a channel that closes at the next Write of d that commits,
// for those who wait for new rows. What is written inside a transaction of the
// caller's closes nothing, as its end is not seen here.
func (d *DB) Committed() <-chan struct{} { return d.commits.Next() }

// Read returns what to read from outside of Write.
func (d *DB) Read() sqlx.QueryerContext {
	if d.reader != nil {
		return d.reader
	}
	return d.writer
}

// Dialect returns the dialect of the database, which is asked once.
func (d *DB) Dialect(ctx context.Context) (Dialect, error) {
	if known := d.dialect.Load(); known != nil {
		return *known, nil
	}
	found, err := DialectOf(ctx, d.Read())
	if err != nil {
		return "", err
	}
	d.dialect.Store(&found)
	return found, nil
}

// A beginner is a pool.
type beginner interface {
	BeginTxx(ctx context.Context, opts *sql.TxOptions) (*sqlx.Tx, error)
}

// Write runs f in a transaction and commits it if f returns nil. If f fails or
// panics, nothing of what it wrote remains.
//
// On a transaction of the caller's, f runs inside a savepoint: its failure
// leaves that transaction as it was before, and usable. Such a DB serves one
// goroutine at a time.
//
// The error of f comes back with its class, see [Err]. After an error of the
// commit itself the rows may be there or not.
func (d *DB) Write(ctx context.Context, f func(tx sqlx.ExtContext) error) error {
	pool, ok := d.writer.(beginner)
	if !ok {
		return Err(ctx, inSavepoint(ctx, d.writer, f), "")
	}
	err := inTransaction(ctx, pool, f)
	if err == nil {
		d.commits.Wake()
		return nil
	}
	if primaryCode(err) == sqliteIOErr {
		d.discard(ctx)
	}
	return Err(ctx, err, "")
}

func inTransaction(ctx context.Context, pool beginner, f func(tx sqlx.ExtContext) error) (err error) {
	tx, err := pool.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		// After a commit this does nothing. It runs on a panic too.
		if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
			err = errors.Join(err, e)
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func inSavepoint(ctx context.Context, tx sqlx.ExtContext, f func(tx sqlx.ExtContext) error) (err error) {
	if _, err := tx.ExecContext(ctx, `savepoint stoa`); err != nil {
		return err
	}
	released := false
	defer func() {
		if !released {
			err = errors.Join(err, undo(ctx, tx))
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `release savepoint stoa`)
	released = err == nil
	return err
}

// undo takes the transaction back to the savepoint, even if ctx is cancelled.
func undo(ctx context.Context, tx sqlx.ExtContext) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, q := range []string{`rollback to savepoint stoa`, `release savepoint stoa`} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			if errors.Is(err, sql.ErrTxDone) {
				return nil // nothing is left to undo
			}
			return err
		}
	}
	return nil
}

// discard drops the writer's connection. After a failed sync SQLite may show
// one state in the connection and have another on disk; a new one reads what
// is there. It is exact where the pool has one connection, as it should.
func (d *DB) discard(ctx context.Context) {
	pool, ok := d.writer.(interface {
		Conn(context.Context) (*sql.Conn, error)
	})
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	c, err := pool.Conn(ctx)
	if err != nil {
		return // the next write finds out
	}
	_ = c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.Close()
}
