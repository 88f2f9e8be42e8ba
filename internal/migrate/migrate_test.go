package migrate_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// files returns the same steps in both dialects; a step's name is its place.
func files(steps ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i, text := range steps {
		for _, d := range []sqldb.Dialect{sqldb.DialectPostgres, sqldb.DialectSQLite} {
			m[fmt.Sprintf("%s/%03d_step.sql", d, i+1)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return m
}

const (
	createThing = `create table thing (id text primary key); create table part (id text primary key);`
	fillThing   = `insert into thing (id) values ('a')`
	widenThing  = `alter table thing add column name text not null default ''`
)

func TestUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		all := files(createThing, fillThing, widenThing)
		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", files(createThing)))
		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", all))
		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", all), "a second run changes nothing")
		require.NoError(t, migrate.Up(t.Context(), db.DB, "others", files(`create table other (id text)`)), "lines do not mix")

		var n int
		require.NoError(t, db.Get(&n, `select count(*) from thing where name = ''`))
		require.Equal(t, 1, n)
		require.NoError(t, db.Get(&n, `select count(*) from stoa_migration where line = 'things' and applied_at is not null`))
		require.Equal(t, 3, n)
	})
}

func TestFailedStepLeavesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		err := migrate.Up(t.Context(), db.DB, "things", files(createThing, `create table half (id text); insert into nowhere values (1)`))
		require.ErrorContains(t, err, "migrate things to 002_step")
		require.ErrorIs(t, migrate.Validate(t.Context(), db.DB, "things", files(createThing, fillThing)), migrate.ErrOlder)
		require.NoError(t, migrate.Validate(t.Context(), db.DB, "things", files(createThing)))
		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", files(createThing, `create table half (id text)`)))
	})
}

func TestValidate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		one, two := files(createThing), files(createThing, fillThing)
		err := migrate.Validate(t.Context(), db.DB, "things", one)
		require.ErrorIs(t, err, migrate.ErrOlder, "nothing was ever migrated")
		require.ErrorContains(t, err, "run the migration")

		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", one))
		require.ErrorIs(t, migrate.Validate(t.Context(), db.DB, "things", two), migrate.ErrOlder)
		require.NoError(t, migrate.Up(t.Context(), db.DB, "things", two))
		require.NoError(t, migrate.Validate(t.Context(), db.DB, "things", two))

		for name, err := range map[string]error{
			"validate": migrate.Validate(t.Context(), db.DB, "things", one),
			"up":       migrate.Up(t.Context(), db.DB, "things", one),
		} {
			require.ErrorIs(t, err, migrate.ErrNewer, name)
			require.ErrorContains(t, err, "deploy the newer program", name)
		}

		renamed := fstest.MapFS{}
		for name, f := range two {
			renamed[filepath.Join(filepath.Dir(name), filepath.Base(name)[:4]+"other.sql")] = f
		}
		require.ErrorContains(t, migrate.Up(t.Context(), db.DB, "things", renamed), "applied 001_step where the program has 001_other")
	})
}

func TestStepsRefuse(t *testing.T) {
	file := &fstest.MapFile{Data: []byte(`select 1`)}
	for name, c := range map[string]struct {
		names []string
		says  string
	}{
		"a gap":          {[]string{"sqlite/001_a.sql", "sqlite/003_b.sql", "postgres/001_a.sql"}, "want number 002"},
		"a twin":         {[]string{"sqlite/001_a.sql", "sqlite/001_b.sql", "postgres/001_a.sql"}, "want number 002"},
		"no number":      {[]string{"sqlite/a.sql", "postgres/a.sql"}, "want a name like"},
		"no name":        {[]string{"sqlite/001.sql", "postgres/001.sql"}, "want a name like"},
		"only one":       {[]string{"sqlite/001_a.sql"}, "no files in postgres"},
		"one is ahead":   {[]string{"sqlite/001_a.sql", "postgres/001_a.sql", "postgres/002_b.sql"}, "but postgres has [001_a 002_b]"},
		"another name":   {[]string{"sqlite/001_a.sql", "postgres/001_b.sql"}, "but postgres has [001_b]"},
		"nothing at all": {nil, "no files"},
	} {
		t.Run(name, func(t *testing.T) {
			m := fstest.MapFS{}
			for _, n := range c.names {
				m[n] = file
			}
			_, err := migrate.Steps(m, sqldb.DialectSQLite)
			require.ErrorContains(t, err, c.says)
		})
	}
}

const (
	racers = 8
	rounds = 12
)

// race starts racers migrators, each with a pool of its own, and checks that
// all succeed and the steps ran once.
func race(t *testing.T, open func() *sql.DB, up func(context.Context, *sql.DB, string, fs.FS) error) (failures int) {
	steps := files(`create table thing (id text primary key)`, fillThing, widenThing)
	pools := make([]*sql.DB, racers)
	for i := range pools {
		pools[i] = open()
		defer pools[i].Close()
	}
	start := make(chan struct{})
	results := make([]error, racers)
	var wg sync.WaitGroup
	for i, db := range pools {
		wg.Go(func() {
			<-start
			results[i] = up(t.Context(), db, "things", steps)
		})
	}
	close(start)
	wg.Wait()
	for _, err := range results {
		if err != nil {
			t.Log(err)
			failures++
		}
	}
	if failures == 0 {
		var n int
		require.NoError(t, pools[0].QueryRow(`select count(*) from thing`).Scan(&n))
		require.Equal(t, 1, n, "a step ran twice")
	}
	return failures
}

// places says how the racing pools of one round are opened.
func places(t *testing.T) map[string]func() func() *sql.DB {
	open := func(driver, dsn string) func() *sql.DB {
		return func() *sql.DB {
			db, err := sql.Open(driver, dsn)
			require.NoError(t, err)
			return db
		}
	}
	file := func() string { return filepath.Join(t.TempDir(), "test.db") }
	return map[string]func() func() *sql.DB{
		"sqlite":                  func() func() *sql.DB { return open("sqlite", sqldb.SQLiteDSN(file(), sqldb.SQLiteOptions{})) },
		"sqlite opened plainly":   func() func() *sql.DB { return open("sqlite", file()) },
		"sqlite deferred and WAL": func() func() *sql.DB { return open("sqlite", file()+"?_pragma=journal_mode(wal)") },
		"postgres":                func() func() *sql.DB { return open("postgres", testdb.PostgresDSN(t)) },
	}
}

func TestManyAtOnce(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				testdb.PostgresDSN(t) // skips this subtest alone
			}
			for range rounds {
				require.Zero(t, race(t, place(), migrate.Up))
			}
		})
	}
}

// TestRaceFindsTheUsualWay checks that the race above is one: read the version,
// then apply.
func TestRaceFindsTheUsualWay(t *testing.T) {
	usual := func(ctx context.Context, db *sql.DB, line string, files fs.FS) error {
		if err := migrate.Validate(ctx, db, line, files); err == nil {
			return nil
		}
		steps, err := migrate.Steps(files, sqldb.DialectSQLite)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if _, err := db.ExecContext(ctx, s.SQL); err != nil {
				return err
			}
		}
		return nil
	}
	failures := 0
	for range rounds {
		failures += race(t, places(t)["sqlite"](), usual)
	}
	require.NotZero(t, failures)
}

func TestCancelledMigratorHoldsNoLock(t *testing.T) {
	db := testdb.Postgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- migrate.Up(ctx, db.DB, "slow", files(`select pg_sleep(30)`)) }()
	require.Eventually(t, func() bool {
		var running bool
		err := db.Get(&running, `select exists (select from pg_stat_activity where query = 'select pg_sleep(30)')`)
		return err == nil && running
	}, 20*time.Second, 5*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, migrate.Up(t.Context(), db.DB, "next", files(createThing)))
}

// TestLine: what a line needs is made before it and looked at with it.
func TestLine(t *testing.T) {
	in := func(all fstest.MapFS) fstest.MapFS {
		m := fstest.MapFS{}
		for name, f := range all {
			m["migrations/"+name] = f
		}
		return m
	}
	line := func(steps ...string) migrate.Line {
		return migrate.Line{
			Name: "parts", Embedded: in(files(`insert into part (id) select id from thing`)),
			Needs: []migrate.Line{{Name: "things", Embedded: in(files(steps...))}},
		}
	}
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		l := line(createThing, fillThing)
		require.ErrorIs(t, l.Validate(t.Context(), db.DB), migrate.ErrOlder)
		require.NoError(t, l.Up(t.Context(), db.DB))
		require.NoError(t, l.Validate(t.Context(), db.DB))
		var n int
		require.NoError(t, db.Get(&n, `select count(*) from part`))
		require.Equal(t, 1, n)

		newer := line(createThing, fillThing, widenThing)
		require.ErrorContains(t, newer.Validate(t.Context(), db.DB), "things is at version 2")
	})
}
