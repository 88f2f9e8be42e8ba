package testdb_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
)

func TestEach(t *testing.T) {
	var kinds []string
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		kinds = append(kinds, filepath.Base(t.Name()))
		_, err := db.ExecContext(t.Context(), `create table thing (id integer primary key)`)
		require.NoError(t, err)
	})
	require.Contains(t, kinds, "sqlite")
}

func TestDatabasesAreSeparate(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				_, err := open(t).ExecContext(t.Context(), `create table thing (id integer primary key)`)
				require.NoError(t, err, "the second one must be empty")
			}
		})
	}
}

func TestMigratedIsEmptyForTheNext(t *testing.T) {
	times := 0
	migrate := func(ctx context.Context, db *sql.DB) error {
		times++
		_, err := db.ExecContext(ctx, `create table thing (id integer generated always as identity, name text); create table stoa_migration (version integer); insert into stoa_migration values (1)`)
		return err
	}
	for range 3 {
		t.Run("", func(t *testing.T) {
			db := testdb.Migrated(t, "things", migrate)
			var id, version int
			require.NoError(t, db.Get(&id, `insert into thing (name) values ('x') returning id`))
			require.Equal(t, 1, id, "nothing is left of the test before")
			require.NoError(t, db.Get(&version, `select version from stoa_migration`))
		})
	}
	first, second := testdb.Migrated(t, "things", migrate), testdb.Migrated(t, "things", migrate)
	first.MustExec(`insert into thing (name) values ('x')`)
	var rows int
	require.NoError(t, second.Get(&rows, `select count(*) from thing`))
	require.Zero(t, rows, "two at once are two")
	if os.Getenv("STOA_TEST_POSTGRES") == "" {
		require.Equal(t, 2, times)
	}
}

func TestSQLiteReaderOnlyReads(t *testing.T) {
	writer, reader := testdb.SQLitePair(t)
	_, err := writer.ExecContext(t.Context(), `create table thing (id integer primary key)`)
	require.NoError(t, err)
	_, err = reader.ExecContext(t.Context(), `insert into thing values (1)`)
	require.ErrorContains(t, err, "readonly")

	// While the writer holds its lock, readers begin and read.
	tx := writer.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`insert into thing values (1)`)
	read := reader.MustBegin()
	defer read.Rollback()
	var n int
	require.NoError(t, read.Get(&n, `select count(*) from thing`))
	require.Zero(t, n)
}

func TestPostgresCommitsAndSortsByLanguage(t *testing.T) {
	db := testdb.Postgres(t)
	if os.Getenv("STOA_TEST_POSTGRES") != "" {
		t.Skip("the server is not ours")
	}
	var commit, fsync string
	require.NoError(t, db.Get(&commit, `show synchronous_commit`))
	require.Equal(t, "on", commit, "what was answered is seen by everybody")
	require.NoError(t, db.Get(&fsync, `show fsync`))
	require.Equal(t, "off", fsync, "no test waits for a disk")
	var lower bool
	require.NoError(t, db.Get(&lower, `select 'a' < 'B'`))
	require.True(t, lower, "by bytes 'B' comes first; a missing collate \"C\" would go unnoticed")
}

// TestKilled kills a process that holds a cluster and waits for the cluster
// and its files to go.
func TestKilled(t *testing.T) {
	if os.Getenv("STOA_TEST_POSTGRES") != "" {
		t.Skip("STOA_TEST_POSTGRES is set, so no cluster is started")
	}
	if os.Getenv("TESTDB_CHILD") != "" {
		var dir string
		require.NoError(t, testdb.Postgres(t).Get(&dir, `show data_directory`))
		fmt.Printf("up %s %s\n", testdb.PostgresDSN(t), filepath.Dir(dir))
		select {}
	}
	testdb.Postgres(t) // skips where there is none
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "TESTDB_CHILD=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var dsn, dir string
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "up %s %s", &dsn, &dir)
	}
	require.DirExists(t, dir)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()

	u, err := url.Parse(dsn)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", u.Host)
		if err == nil {
			c.Close()
		}
		_, statErr := os.Stat(dir)
		return err != nil && os.IsNotExist(statErr)
	}, 20*time.Second, 10*time.Millisecond, "the cluster outlives its process")
}

// TestRequire runs this binary where no cluster can be made.
func TestRequire(t *testing.T) {
	if os.Getenv("TESTDB_CHILD") != "" {
		testdb.Postgres(t)
		return
	}
	for want, required := range map[string]string{"SKIP": "chromium", "FAIL": "chromium,postgres"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRequire$", "-test.v")
		cmd.Env = []string{"TESTDB_CHILD=1", "STOA_TEST_REQUIRE=" + required, "TMPDIR=" + filepath.Join(t.TempDir(), "none")}
		out, _ := cmd.CombinedOutput()
		require.Contains(t, string(out), "--- "+want+": TestRequire")
		require.True(t, strings.Contains(string(out), "no PostgreSQL: STOA_TEST_POSTGRES is not set"), "%s", out)
	}
}
