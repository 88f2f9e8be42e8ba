package sqldb_test

import (
	"path/filepath"
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

// TestReadThenWriteAtOnce is what fails nine times in ten in a pool that
// begins its transactions without the lock.
func TestReadThenWriteAtOnce(t *testing.T) {
	writer, reader, err := sqldb.OpenSQLite("sqlite", filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	defer writer.Close()
	defer reader.Close()
	d := sqldb.New(things(t, writer)).WithReader(reader)
	require.NoError(t, d.Write(t.Context(), insert(t.Context(), "counter")))
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			for range 10 {
				errs[i] = d.Write(t.Context(), func(tx sqlx.ExtContext) error {
					var n int
					if err := sqldb.Get(t.Context(), tx, &n, "", `select coalesce(length(body), 0) from thing`); err != nil {
						return err
					}
					_, err := sqldb.Exec(t.Context(), tx, `update thing set body = coalesce(body, '') || 'x'`)
					return err
				})
				if errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	var n int
	require.NoError(t, d.Get(t.Context(), &n, "", `select length(body) from thing`))
	require.Equal(t, 160, n)
}
