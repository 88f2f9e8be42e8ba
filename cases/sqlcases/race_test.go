package sqlcases_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/casestest"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

const (
	raceDriver = "STOA_RACE_DRIVER"
	raceSource = "STOA_RACE_SOURCE"
	raceNumber = "STOA_RACE_NUMBER"
	raceRounds = "STOA_RACE_ROUNDS" // of each of its people; 10 by default

	crowd = 3 // people of each process
)

func rounds(t *testing.T) int {
	text := os.Getenv(raceRounds)
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// targets are the cases that somebody adds to at once.
func targets(n int) []string {
	return [][]string{{"c1"}, {"c1", "c2"}, {"c2", "c1"}, {"c2"}}[n%4]
}

// TestRacer is one of two processes that add to the same cases, started by
// TestTwoProcesses: now to one of them, now to both at once.
func TestRacer(t *testing.T) {
	driver := os.Getenv(raceDriver)
	if driver == "" {
		t.Skip("runs in a process of its own, started by TestTwoProcesses")
	}
	db, err := sqlx.Open(driver, os.Getenv(raceSource))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	s := sqlcases.New(db)
	var wg sync.WaitGroup
	for n := range crowd {
		wg.Go(func() {
			for round := range rounds(t) {
				name := fmt.Sprintf("%s-%d-%d", os.Getenv(raceNumber), n, round)
				if err := casestest.AddEntries(t.Context(), s, name, targets(n+round)...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// TestTwoProcesses: however many add to the same cases, none of what they add is
// lost, nor there twice, nor out of order.
func TestTwoProcesses(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		source := sqldb.SQLiteDSN(t.TempDir()+"/race.db", sqldb.SQLiteOptions{})
		db, err := sqlx.Open("sqlite", source)
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		raceOn(t, db, "sqlite", source)
	})
	t.Run("postgres", func(t *testing.T) {
		source := testdb.PostgresDSN(t)
		db, err := sqlx.Open("postgres", source)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		raceOn(t, db, "postgres", source)
	})
}

func raceOn(t *testing.T, db *sqlx.DB, driver, source string) {
	require.NoError(t, sqlcases.Migrate(t.Context(), db.DB))
	s := sqlcases.New(db)
	require.NoError(t, s.Save(t.Context(), []cases.Case{casestest.NewCase("c1"), casestest.NewCase("c2")}, nil))
	self, err := os.Executable()
	require.NoError(t, err)
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestRacer$", "-test.count=1")
			cmd.Env = append(os.Environ(), raceDriver+"="+driver, raceSource+"="+source, raceNumber+"="+strconv.Itoa(n))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	want := map[string]int{}
	for n := range crowd {
		for round := range rounds(t) {
			for _, id := range targets(n + round) {
				want[id] += 2
			}
		}
	}
	for id, total := range want {
		c, err := s.Case(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, []int{total, total + 1}, []int{c.Last, c.Version}, id)
		entries, err := s.Entries(t.Context(), id, true, 0, total+1)
		require.NoError(t, err)
		seen := map[string]bool{}
		for n, e := range entries {
			require.Equal(t, n+1, e.Number)
			seen[e.ID] = true
		}
		require.Len(t, seen, total, "none is lost or there twice")
	}
}
