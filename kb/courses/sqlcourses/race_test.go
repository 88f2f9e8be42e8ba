package sqlcourses_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/sqlcourses"
	"github.com/stoa-go/stoa/profile"
)

const (
	raceDriver = "STOA_RACE_DRIVER"
	raceSource = "STOA_RACE_SOURCE"
	raceNumber = "STOA_RACE_NUMBER"

	rounds = 12 // sessions that everybody wants
	crowd  = 6  // people of each process
	places = 3  // seats of each session
)

var raceTime = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func raceSchool(db *sqlx.DB) *courses.School {
	return courses.NewSchool(sqlcourses.New(db), &courses.Options{Now: func() time.Time { return raceTime }})
}

// TestRacer is one of two processes that want the same seats, started by
// TestTwoProcesses. Half of its people give theirs back.
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
	school, number := raceSchool(db), os.Getenv(raceNumber)
	var wg sync.WaitGroup
	for n := range crowd {
		wg.Go(func() {
			by := profile.Actor{ID: "p" + number + "-" + strconv.Itoa(n), Roles: []profile.Role{profile.RoleCustomer}}
			if _, err := school.Enrol(t.Context(), by, "c"); err != nil {
				t.Error(err)
			}
			for round := range rounds {
				id := "s" + strconv.Itoa(round)
				if _, err := school.Book(t.Context(), by, id); err != nil {
					t.Error(err)
				}
				if n%2 == 0 {
					if err := school.Unbook(t.Context(), by, id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestTwoProcesses: however seats are wanted and given back at once, as many are
// taken as there are, and nobody waits while one is free.
func TestTwoProcesses(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/race.db"
		db, err := sqlx.Open("sqlite", sqldb.SQLiteDSN(path, sqldb.SQLiteOptions{}))
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		raceOn(t, db, "sqlite", sqldb.SQLiteDSN(path, sqldb.SQLiteOptions{}))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := testdb.PostgresDSN(t)
		db, err := sqlx.Open("postgres", dsn)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		raceOn(t, db, "postgres", dsn)
	})
}

func raceOn(t *testing.T, db *sqlx.DB, driver, source string) {
	require.NoError(t, sqlcourses.Migrate(t.Context(), db.DB))
	s := sqlcourses.New(db)
	rev := &courses.Revision{Course: "c", Number: 1}
	require.NoError(t, s.SaveCourse(t.Context(), courses.Course{
		ID: "c", Source: "en", Settings: courses.Settings{Slug: "c", Audience: profile.Public()}, Status: courses.StatusPublished, Live: 1, Head: 1, Title: courses.Words{"en": "C"}, Version: 1,
	}, rev))
	for round := range rounds {
		_, err := s.SaveSession(t.Context(), courses.Session{ID: fmt.Sprint("s", round), Course: "c", Starts: raceTime.Add(time.Hour), Ends: raceTime.Add(2 * time.Hour), Zone: "UTC", Seats: places, Version: 1})
		require.NoError(t, err)
	}
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
	for round := range rounds {
		one, err := s.Session(t.Context(), fmt.Sprint("s", round))
		require.NoError(t, err)
		require.Equal(t, []int{places, crowd - places}, []int{one.Taken, one.Waiting}, "%s", one.ID)
	}
}
