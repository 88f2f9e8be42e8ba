package sqldb_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
)

func TestSQLiteSettings(t *testing.T) {
	writer, reader, err := sqldb.OpenSQLite("sqlite", filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	defer writer.Close()
	defer reader.Close()
	things(t, writer)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		for pool, db := range map[string]*sqlx.DB{"writer": writer, "reader": reader} {
			var got string
			require.NoError(t, db.Get(&got, `pragma `+pragma))
			require.Equal(t, want, got, "%s of the %s", pragma, pool)
		}
	}
	var secure string
	require.NoError(t, writer.Get(&secure, `pragma secure_delete`))
	require.Equal(t, "1", secure, "what is deleted is written over")
	require.Equal(t, 1, writer.Stats().MaxOpenConnections)
	_, err = writer.Exec(`select "text" from thing`)
	require.Error(t, err, "a name in double quotes is not text")
}

func TestSQLitePaths(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "what?.db", "100%.db", "a#b&c=d.db", "übung.db", "a:b.db", "a%3fb.db"} {
		path := filepath.Join(t.TempDir(), name)
		writer, reader, err := sqldb.OpenSQLite("sqlite", path)
		require.NoError(t, err)
		things(t, writer)
		require.Empty(t, ids(t, reader), name)
		require.FileExists(t, path)
		require.NoError(t, reader.Close())
		require.NoError(t, writer.Close())
	}
	t.Chdir(t.TempDir())
	writer, _, err := sqldb.OpenSQLite("sqlite", "portal.db")
	require.NoError(t, err)
	things(t, writer)
	require.FileExists(t, "portal.db")
	require.NoError(t, writer.Close())
}

// TestReadThenWriteAtOnce has two programs on one file do what fails nine times
// in ten where transactions begin without the lock.
func TestReadThenWriteAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	programs := make([]*sqldb.DB, 2)
	for i := range programs {
		writer, reader, err := sqldb.OpenSQLite("sqlite", path)
		require.NoError(t, err)
		defer writer.Close()
		defer reader.Close()
		if i == 0 {
			things(t, writer)
		}
		programs[i] = sqldb.New(writer).WithReader(reader)
	}
	require.NoError(t, programs[0].Write(t.Context(), insert(t.Context(), "counter")))
	const goroutines, rounds = 16, 10
	errs := make([]error, goroutines)
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() {
			for range rounds {
				errs[i] = errors.Join(errs[i], programs[i%2].Write(t.Context(), func(tx sqlx.ExtContext) error { return count(t.Context(), tx) }))
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	var n int
	require.NoError(t, programs[1].Get(t.Context(), &n, "", `select length(body) from thing`))
	require.Equal(t, goroutines*rounds, n)
}

// count reads a row and then writes it.
func count(ctx context.Context, tx sqlx.ExtContext) error {
	var n int
	if err := sqldb.Get(ctx, tx, &n, "", `select coalesce(length(body), 0) from thing`); err != nil {
		return err
	}
	_, err := sqldb.Exec(ctx, tx, `update thing set body = $1`, strings.Repeat("x", n+1))
	return err
}
