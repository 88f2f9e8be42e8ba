// Package testdb opens the databases that store tests run against.
//
// SQLite is always there. PostgreSQL is, in this order: the server that the
// environment variable STOA_TEST_POSTGRES names, a throw-away cluster started
// from the installed binaries, or absent. Where it is absent the test skips
// with the reason, or fails if STOA_TEST_REQUIRE contains "postgres".
//
// A cluster lives as long as the test binary that started it, however that
// ends, and costs a fraction of a second: it is a copy of a template that the
// first one made in the temporary directory. It sorts text by the rules of a
// language, as most production servers do, so that an id column without
// collate "C" does not go unnoticed. A commit is one when it is answered, but
// nothing waits for the disk: the cluster does not outlive the machine, and what
// outlives a killed client does not depend on it.
package testdb

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver "postgres"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// Each runs f as a subtest on an empty database of each kind.
func Each(t *testing.T, f func(t *testing.T, db *sqlx.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite returns the writer of an empty database that is gone after the test.
// It has one connection, as in production: code that reads from the pool while
// it holds a transaction will wait for ever.
func SQLite(t testing.TB) *sqlx.DB {
	t.Helper()
	writer, _ := SQLitePair(t)
	return writer
}

// SQLitePair returns the two pools of an empty database, see [sqldb.OpenSQLite].
func SQLitePair(t testing.TB) (writer, reader *sqlx.DB) {
	t.Helper()
	writer, reader, err := sqldb.OpenSQLite("sqlite", filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, reader.Close())
		require.NoError(t, writer.Close())
	})
	// The file must exist before the reader is used.
	require.NoError(t, writer.PingContext(t.Context()))
	return writer, reader
}

// Postgres returns a pool on an empty schema that is gone after the test.
func Postgres(t testing.TB) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("postgres", PostgresDSN(t))
	require.NoError(t, err)
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// PostgresDSN returns a data source name whose search path is an empty schema
// that is gone after the test, for tests that open the database themselves. It
// is a URL unless STOA_TEST_POSTGRES is none.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	server := serverDSN(t)
	schema := schemaName()
	require.NoError(t, admin(t.Context(), server, `create schema `+schema))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		// A transaction that a test forgot must not hang the others.
		if err := admin(ctx, server, `set lock_timeout = '10s'; drop schema `+schema+` cascade`); err != nil {
			t.Errorf("schema %s is left behind: %v", schema, err)
		}
	})
	return withSearchPath(server, schema)
}

func schemaName() string { return "t_" + strings.ToLower(rand.Text()) }

func admin(ctx context.Context, dsn, query string) error {
	db, err := sqlx.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, query)
	return err
}

// withSearchPath works on both forms of a data source name.
func withSearchPath(dsn, schema string) string {
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return dsn + " search_path=" + schema
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// serverDSN names the server, or ends the test where there is none.
func serverDSN(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv("STOA_TEST_POSTGRES"); dsn != "" {
		return dsn
	}
	dsn, err := cluster()
	if err != nil {
		missing(t, "postgres", fmt.Sprintf("no PostgreSQL: STOA_TEST_POSTGRES is not set and %v", err))
	}
	return dsn
}

// missing skips the test for want of tool, or fails it where STOA_TEST_REQUIRE
// says that the tool must be there.
func missing(t testing.TB, tool, reason string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("STOA_TEST_REQUIRE"), ","), tool) {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
