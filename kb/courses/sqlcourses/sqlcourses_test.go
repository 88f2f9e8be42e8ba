package sqlcourses_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/coursestest"
	"github.com/stoa-go/stoa/kb/courses/sqlcourses"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlcourses.Migrate, open, coursestest.TestStore) }

func open(writer, reader sqlx.ExtContext) courses.Store {
	return sqlcourses.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlcourses.Migrate, sqlcourses.Validate) }

// TestNothingIsLeft erases somebody whose every text is a canary, and counts
// canaries in all tables.
func TestNothingIsLeft(t *testing.T) {
	const canary = "zqcanaryzq"
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for mode, pseudonym := range map[profile.EraseMode]string{profile.EraseModeDelete: "", profile.EraseModePseudonym: "gone-1"} {
		testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
			require.NoError(t, sqlcourses.Migrate(t.Context(), db.DB))
			s := sqlcourses.New(db)
			rev := &courses.Revision{Course: "c", Number: 1, Author: canary, At: at}
			require.NoError(t, s.SaveCourse(t.Context(), courses.Course{ID: "c", Source: "en", Owner: canary, Settings: courses.Settings{Slug: "c"}, Status: courses.StatusDraft, Version: 1}, rev))
			require.NoError(t, s.SaveEnrolment(t.Context(), courses.Enrolment{
				ID: "e", Course: "c", Person: canary, State: courses.StateFinished, AskedAt: at, Version: 1, Order: &courses.Order{ID: "o", Person: canary},
				Attempts:     []courses.Attempt{{Lesson: "l", Number: 1, Given: map[string][]string{"q": {canary}}}},
				Certificates: []courses.Certificate{{Number: "n", Shown: courses.Shown{Name: canary}}},
			}))
			for id, starts := range map[string]time.Time{"past": at.Add(-time.Hour), "ahead": at.Add(time.Hour)} {
				_, err := s.SaveSession(t.Context(), courses.Session{ID: id, Course: "c", Starts: starts, Ends: starts, Seats: 1, Version: 1})
				require.NoError(t, err)
				_, err = s.Book(t.Context(), courses.Booking{Session: id, Course: "c", Person: canary, At: at})
				require.NoError(t, err)
			}
			require.NotEmpty(t, profiletest.Census(t, db.DB, canary))
			school := courses.NewSchool(s, &courses.Options{Now: func() time.Time { return at }})
			done, err := school.Keeper().Erase(t.Context(), canary, profile.Erasure{Mode: mode, Pseudonym: pseudonym})
			require.NoError(t, err)
			require.Positive(t, done.Removed+done.Renamed)
			require.Empty(t, profiletest.Census(t, db.DB, canary))
		})
	}
}
