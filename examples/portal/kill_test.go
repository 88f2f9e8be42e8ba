package main

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// rounds is how often an import is killed, each time later or earlier in it.
const rounds = 3

// TestKilledImport kills the program with SIGKILL in the middle of an import,
// again and again, and lets the last run finish: the library then holds what it
// holds after an undisturbed import, nothing twice and nothing missing.
func TestKilledImport(t *testing.T) {
	if testing.Short() {
		t.Skip("imports a help centre many times")
	}
	from := data(t, "kb/logingov-help")
	t.Run("sqlite", func(t *testing.T) {
		calm, folder := t.TempDir(), t.TempDir()
		took := undisturbed(t, from, "-data", calm)
		killed(t, took, from, "-data", folder)
		same(t, look(t, calm), look(t, folder))
	})
	t.Run("postgres", func(t *testing.T) {
		calm, dsn := testdb.PostgresDSN(t), testdb.PostgresDSN(t)
		took := undisturbed(t, from, "-db", calm, "-data", t.TempDir())
		killed(t, took, from, "-db", dsn, "-data", t.TempDir())
		same(t, postgres(t, calm), postgres(t, dsn))
	})
}

func importing(t testing.TB, from string, args []string) *process {
	t.Helper()
	return launch(t, append([]string{"-demo=false", "-log", "off", "-import", from}, args...)...)
}

// undisturbed imports once and returns how long it took.
func undisturbed(t *testing.T, from string, args ...string) time.Duration {
	t.Helper()
	began := time.Now()
	start(t, append([]string{"-demo=false", "-log", "off", "-import", from}, args...)...).stop()
	return time.Since(began)
}

// killed kills imports at random moments, and then lets one finish.
func killed(t *testing.T, took time.Duration, from string, args ...string) {
	t.Helper()
	cut := 0
	for range rounds {
		p := importing(t, from, args)
		select {
		case <-time.After(rand.N(took + took/2)): // while it imports, and while the index reads
			cut++
		case <-p.ended:
		}
		require.NoError(t, p.cmd.Process.Kill())
		p.wait()
		require.NotContains(t, p.err.String(), "panic")
	}
	t.Logf("killed %d times within %s", cut, took.Round(time.Millisecond))
	require.Greater(t, cut, rounds/2)
	p := start(t, append([]string{"-demo=false", "-log", "off", "-import", from}, args...)...)
	require.Contains(t, p.out.String(), "55 articles in 220 texts: ")
	require.Contains(t, p.out.String(), ", 0 changed, ", "what was imported was imported whole")
	require.Contains(t, p.out.String(), " 0 problems; ")
	p.caughtUp()
	require.Contains(t, p.get("/metrics").body, "\nstoa_search_documents 220\n")
	p.stop()
}

// same requires that two databases hold the same library.
func same(t *testing.T, calm, other *sqlx.DB) {
	t.Helper()
	want, got := stored(t, calm), stored(t, other)
	require.Len(t, want["stoa_article"], 55)
	require.Len(t, want["stoa_translation"], 220)
	require.Len(t, want["stoa_redirect"], 760)
	for _, table := range content {
		require.Equal(t, want[table], got[table], table)
	}
	// Each article changed once, when it was imported: nothing is read twice.
	require.Equal(t, 55, count(t, other, `select count(*) from stoa_article where version = 1`))
}

func postgres(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestKilledFirstStart kills the program while it puts the demo in, each time a
// little later: the next start completes it.
func TestKilledFirstStart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many times")
	}
	calm, folder := t.TempDir(), t.TempDir()
	start(t, "-data", calm, "-log", "off").stop()
	all := count(t, look(t, calm), `select count(*) from stoa_article`)
	for i := range 4 {
		p := launch(t, "-data", folder, "-log", "off")
		p.until("some of the demo is there", func() bool { return articles(folder) > i*all/5 })
		require.NoError(t, p.cmd.Process.Kill())
		p.wait()
	}
	require.Less(t, articles(folder), all)
	start(t, "-data", folder, "-log", "off").stop()
	want, got := stored(t, look(t, calm)), stored(t, look(t, folder))
	for _, table := range []string{"stoa_article", "stoa_translation", "stoa_category", "stoa_media", "stoa_redirect"} {
		require.Len(t, got[table], len(want[table]), table)
	}
}

// articles returns how many there are in a folder whose portal may be running.
func articles(folder string) (n int) {
	db, err := sqlx.Open("sqlite", sqldb.SQLiteDSN(filepath.Join(folder, "portal.db"), sqldb.SQLiteOptions{ReadOnly: true}))
	if err != nil {
		return 0
	}
	defer db.Close()
	_ = db.Get(&n, `select count(*) from stoa_article`) // there may be no such table yet
	return n
}
