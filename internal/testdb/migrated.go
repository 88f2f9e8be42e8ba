package testdb

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// migrated has the pools on schemas that tests are through with, by what
// migrated them. Nobody can hand it to a test, so it is a variable.
var migrated struct {
	mu   sync.Mutex
	idle map[string][]*sqlx.DB
}

// Migrated returns a pool on a schema that migrate was run on and that has no
// rows. It is emptied after the test and serves the next one that asks by the
// same name: to run all migrations takes longer than most tests. migrate must
// put no rows into what it makes, and the test must change no table.
func Migrated(t testing.TB, name string, migrate func(context.Context, *sql.DB) error) *sqlx.DB {
	t.Helper()
	if os.Getenv("STOA_TEST_POSTGRES") != "" { // nothing stays on a server that does
		db := Postgres(t)
		require.NoError(t, migrate(t.Context(), db.DB))
		return db
	}
	db := idle(name)
	if db == nil {
		db = newMigrated(t, migrate)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		// A transaction that a test forgot must not hang the others.
		if _, err := db.ExecContext(ctx, `set lock_timeout = '10s'; `+emptying(ctx, t, db)+`; reset lock_timeout`); err != nil {
			t.Errorf("the schema cannot be emptied: %v", err)
			_ = db.Close() // it serves nobody any more
			return
		}
		migrated.mu.Lock()
		defer migrated.mu.Unlock()
		migrated.idle[name] = append(migrated.idle[name], db)
	})
	return db
}

// idle returns a pool that nobody uses, or nil.
func idle(name string) *sqlx.DB {
	migrated.mu.Lock()
	defer migrated.mu.Unlock()
	if migrated.idle == nil {
		migrated.idle = map[string][]*sqlx.DB{}
	}
	list := migrated.idle[name]
	if len(list) == 0 {
		return nil
	}
	migrated.idle[name] = list[:len(list)-1]
	return list[len(list)-1]
}

func newMigrated(t testing.TB, migrate func(context.Context, *sql.DB) error) *sqlx.DB {
	t.Helper()
	server := serverDSN(t)
	schema := schemaName()
	require.NoError(t, admin(t.Context(), server, `create schema `+schema))
	db, err := sqlx.Open("postgres", withSearchPath(server, schema))
	require.NoError(t, err)
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(5)
	require.NoError(t, migrate(t.Context(), db.DB))
	for _, table := range tablesOf(t.Context(), t, db) {
		var rows int
		require.NoError(t, db.GetContext(t.Context(), &rows, `select count(*) from `+table))
		require.Zero(t, rows, "migrations put rows into %s, which would be lost", table)
	}
	return db
}

// tablesOf returns all that a schema has but the list of migrations.
func tablesOf(ctx context.Context, t testing.TB, db *sqlx.DB) (list []string) {
	t.Helper()
	require.NoError(t, db.SelectContext(ctx, &list,
		`select quote_ident(tablename) from pg_tables where schemaname = current_schema() and tablename <> 'stoa_migration' order by 1`))
	return list
}

// emptying returns statements that leave a schema as its migrations did. To
// truncate what is empty anyway would cost as much as to make it.
func emptying(ctx context.Context, t testing.TB, db *sqlx.DB) string {
	t.Helper()
	script := `set session_replication_role = replica` // rows go in any order
	for _, table := range tablesOf(ctx, t, db) {
		script += `; delete from ` + table
	}
	var used []string
	require.NoError(t, db.SelectContext(ctx, &used,
		`select quote_ident(sequencename) from pg_sequences where schemaname = current_schema() and last_value is not null`))
	for _, sequence := range used {
		script += `; alter sequence ` + sequence + ` restart`
	}
	return script + `; reset session_replication_role`
}

// Migrates checks on a database of each kind that a store which has no tables yet
// is not valid, is once it was migrated, and may be migrated again.
func Migrates(t *testing.T, migrate, validate func(context.Context, *sql.DB) error) {
	t.Helper()
	Each(t, func(t *testing.T, db *sqlx.DB) {
		require.Error(t, validate(t.Context(), db.DB))
		require.NoError(t, migrate(t.Context(), db.DB))
		require.NoError(t, migrate(t.Context(), db.DB))
		require.NoError(t, validate(t.Context(), db.DB))
	})
}
