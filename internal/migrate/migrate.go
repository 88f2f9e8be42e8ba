// Package migrate applies the numbered SQL files that each SQL store embeds.
//
// Steps only go forward. Each runs in a transaction of its own together with
// its row in the table stoa_migration, so that it is applied whole or not at
// all, and once: a step's row is claimed before its SQL runs. Every store has
// its own line of versions in that table.
//
// Any number of programs may call [Up] at once. On PostgreSQL they queue for an
// advisory lock that ends with the transaction, which holds through connection
// poolers too. On SQLite a migrator that finds the file locked tries again.
//
// A rolling deploy means that the previous program runs on the next schema for
// a while: add first, and drop what nothing reads in a later release.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// What [Validate] may find. Up returns ErrNewer too.
var (
	ErrOlder = errors.New("the schema is older than the program")
	ErrNewer = errors.New("the schema is newer than the program")
)

// patience is how long a migrator tries to get at a locked SQLite file.
const patience = time.Minute

// Up applies the steps in files that line has not seen. It fails with ErrNewer
// if the database has seen steps that are not in files.
func Up(ctx context.Context, db *sql.DB, line string, files fs.FS) error {
	dialect, err := dialectOf(ctx, db)
	if err != nil {
		return err
	}
	steps, err := Steps(files, dialect)
	if err != nil {
		return err
	}
	if err := inTransaction(ctx, db, dialect, createTable(dialect)); err != nil {
		return fmt.Errorf("migrate %s: %w", line, err)
	}
	for _, s := range steps {
		if err := inTransaction(ctx, db, dialect, apply(line, s)); err != nil {
			return fmt.Errorf("migrate %s to %s: %w", line, s, err)
		}
	}
	return Validate(ctx, db, line, files)
}

// Validate returns nil if the database has seen exactly the steps in files, and
// otherwise an error that says what to do.
func Validate(ctx context.Context, db *sql.DB, line string, files fs.FS) error {
	dialect, err := dialectOf(ctx, db)
	if err != nil {
		return err
	}
	steps, err := Steps(files, dialect)
	if err != nil {
		return err
	}
	var seen map[int]string
	err = patiently(ctx, func() error {
		seen, err = applied(ctx, db, dialect, line)
		return err
	})
	if err != nil {
		return fmt.Errorf("validate %s: %w", line, err)
	}
	return compare(line, steps, seen)
}

func compare(line string, steps []Step, seen map[int]string) error {
	for _, s := range steps {
		name, ok := seen[s.Version]
		if !ok {
			return fmt.Errorf("%s is at version %d and the program needs %d: %w; run the migration before the program serves",
				line, s.Version-1, len(steps), ErrOlder)
		}
		if name != s.Name {
			return fmt.Errorf("%s has applied %03d_%s where the program has %s: two versions of the program made different steps; restore a backup or run the program that made it",
				line, s.Version, name, s)
		}
	}
	if len(seen) > len(steps) {
		return fmt.Errorf("%s is at version %d and the program knows %d: %w; deploy the newer program or restore a backup",
			line, len(seen), len(steps), ErrNewer)
	}
	return nil
}

// applied returns the names of the steps that line has seen, by version.
func applied(ctx context.Context, db *sql.DB, dialect sqldb.Dialect, line string) (_ map[int]string, err error) {
	seen := map[int]string{}
	if ok, err := hasTable(ctx, db, dialect); err != nil || !ok {
		return seen, err
	}
	rows, err := db.QueryContext(ctx, `select version, name from stoa_migration where line = $1`, line)
	if err != nil {
		return nil, sqldb.Err(ctx, err, "")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var version int
		var name string
		if err := rows.Scan(&version, &name); err != nil {
			return nil, err
		}
		seen[version] = name
	}
	return seen, sqldb.Err(ctx, rows.Err(), "")
}

func hasTable(ctx context.Context, db *sql.DB, dialect sqldb.Dialect) (ok bool, err error) {
	query := `select to_regclass('stoa_migration') is not null`
	if dialect == sqldb.DialectSQLite {
		query = `select count(*) > 0 from sqlite_schema where name = 'stoa_migration'`
	}
	err = db.QueryRowContext(ctx, query).Scan(&ok)
	return ok, sqldb.Err(ctx, err, "")
}

func dialectOf(ctx context.Context, db *sql.DB) (dialect sqldb.Dialect, err error) {
	err = patiently(ctx, func() error {
		dialect, err = sqldb.DialectOf(ctx, db)
		return err
	})
	return dialect, err
}

// createTable makes the table of versions.
func createTable(dialect sqldb.Dialect) func(context.Context, *sql.Tx) error {
	at := `timestamptz`
	if dialect == sqldb.DialectSQLite {
		at = `timestamp`
	}
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `create table if not exists stoa_migration (
			line text not null, version integer not null, name text not null,
			applied_at `+at+` not null default current_timestamp,
			primary key (line, version))`)
		return err
	}
}

// apply claims the step before it runs it, so that of two programs one waits
// and then finds nothing to do. The claim is the first statement because in
// SQLite a transaction that begins with a write waits for the lock.
func apply(line string, s Step) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `insert into stoa_migration (line, version, name)
			values ($1, $2, $3) on conflict (line, version) do nothing`, line, s.Version, s.Name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, s.SQL)
		return err
	}
}

// lockKey is "stoa" in ASCII, then a number of ours.
const lockKey = 0x73746f61_0001

func inTransaction(ctx context.Context, db *sql.DB, dialect sqldb.Dialect, f func(context.Context, *sql.Tx) error) error {
	return patiently(ctx, func() error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return sqldb.Err(ctx, err, "")
		}
		defer func() { _ = tx.Rollback() }() // after a commit it does nothing
		if dialect == sqldb.DialectPostgres {
			// Even "create table if not exists" fails when two run it at once.
			if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(lockKey)); err != nil {
				return sqldb.Err(ctx, err, "")
			}
		}
		if err := f(ctx, tx); err != nil {
			return sqldb.Err(ctx, err, "")
		}
		return sqldb.Err(ctx, tx.Commit(), "")
	})
}

// patiently runs f again for as long as SQLite says that the file is locked. A
// host may have opened it without a busy timeout, and even with one the first
// switch to a write-ahead log does not wait.
func patiently(ctx context.Context, f func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := f()
		if err == nil || !sqldb.IsBusy(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Millisecond + rand.N(20*time.Millisecond)):
		}
	}
}
