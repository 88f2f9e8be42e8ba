// Package coursestest checks implementations of [courses.Store]:
//
//	func TestStore(t *testing.T) {
//		coursestest.TestStore(t, func(t *testing.T) courses.Store { return mylms.New(newFake(t)) })
//	}
package coursestest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// TestStore runs the contract of [courses.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) courses.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[courses.Store] {
	return []suitetest.Promise[courses.Store]{
		{"RoundTrip", "what was saved comes back as it was, with times in UTC", checkRoundTrip},
		{"Versions", "Save keeps the rules of versions, and of concurrent ones exactly one wins", checkVersions},
		{"WholeCourse", "SaveCourse saves a course with its revision, or neither", checkWhole},
		{"Slugs", "a course is found by the slugs that it has and had, and no other course gets them", checkSlugs},
		{"Circles", "no course comes to need one that needs it, at whatever remove and however many save at once", checkCircles},
		{"Sight", "lists and counts hold what the sight admits or the owner owns, and nothing else", checkSight},
		{"Filters", "each filter selects what it says, alone and with others", checkFilters},
		{"Leads", "courses are found by the articles that their newest or live revision shows or leads to, and by no others", checkLeads},
		{"Tags", "Tags counts what a query selects, whatever its topic, language and page", checkTags},
		{"Pages", "pages hold everything once, in order, with ties in byte order", checkPages},
		{"Token", "a position that was not given out is ErrInvalid", checkToken},
		{"NoAliasing", "changing what was given to or got from a store changes nothing inside it", checkAliasing},
		{"Changes", "each saved course is a change after the cursor, once however often it changed", checkChanges},
		{"Enrolments", "there is one enrolment of a person in a course, found by its order and certificates too", checkEnrolments},
		{"EnrolmentSight", "enrolments are listed in courses that are seen and no drafts", checkEnrolmentSight},
		{"Sessions", "sessions are listed by start, with who has a seat and who waits counted", checkSessions},
		{"Seats", "Book gives seats, then places in line; Unbook gives them to the first in line", checkSeats},
		{"MoreSeats", "more seats go to those in line, fewer take none away", checkMoreSeats},
		{"SeatRace", "of those who book at once as many as there are seats get one, and all others a place in line of their own", checkSeatRace},
		{"BookOnce", "of the same booking sent at once one counts", checkBookOnce},
		{"Attend", "Attend says of a seat that is taken whether somebody was there", checkAttend},
		{"Forget", "Forget removes what is only a person's, frees their seats that are ahead, and touches nobody else", checkForget},
		{"Pseudonym", "Forget with a pseudonym keeps records under it, without words of the person's", checkPseudonym},
		{"OddText", "text survives as it is and is only text; a NUL or what is not UTF-8 is ErrInvalid", checkText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func newCourse(id string, change ...func(*courses.Course)) courses.Course {
	c := courses.Course{
		ID: id, Source: "en", Owner: "rosa", Status: courses.StatusPublished, Live: 1, Head: 1, Minutes: 30, Lessons: 2,
		Settings: courses.Settings{
			Slug: "slug-" + id, Audience: profile.Public(), Topics: []string{"care", "start"}, Rank: 5, Entry: courses.EntrySegment, Admits: profile.NewAudience("partner+region-eu"),
			Price: i18n.Money{Amount: 4900, Currency: "EUR"}, Needs: []string{"other"}, InOrder: true, Certificate: true, Months: 24,
		},
		Title: courses.Words{"en": "It's \"here\" <b> $1 ?", "de": "Łódź"}, Summary: courses.Words{"en": "s"},
		Created: t0, Updated: t0, Since: t0, Version: 1, Origin: "hash",
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func newRevision(course string, number int) courses.Revision {
	return courses.Revision{
		Course: course, Number: number, Author: "rosa", Note: "why", At: t0,
		Content: courses.Content{
			Title: courses.Words{"en": "T", "ar": "\u0627\u0644"}, Summary: courses.Words{"en": "S"}, About: courses.Words{"en": "# A"},
			Modules: []courses.Module{{ID: "m", Title: courses.Words{"en": "M"}, Lessons: []courses.Lesson{
				{ID: "l1", Kind: courses.LessonText, Title: courses.Words{"en": "L"}, Body: courses.Words{"en": "B"}, Minutes: 10},
				{ID: "l2", Kind: courses.LessonQuiz, Title: courses.Words{"en": "Q"}, Quiz: courses.Quiz{Pass: 50, Attempts: 3, Shuffle: true, Questions: []courses.Question{
					{ID: "q", Kind: courses.QuestionSingle, Prompt: courses.Words{"en": "?"}, Points: 2, Accept: []string{"x"}, Explain: courses.Words{"en": "!"}, Options: []courses.Option{{ID: "o", Text: courses.Words{"en": "o"}, Right: true}}},
				}}},
			}}},
		},
	}
}

func newEnrolment(id, course, person string, change ...func(*courses.Enrolment)) courses.Enrolment {
	e := courses.Enrolment{
		ID: id, Course: course, Person: person, Account: "acme", State: courses.StateActive, Revision: 1, Lessons: 2, Finished: map[string]time.Time{"l1": t0}, Place: "l2",
		Attempts:     []courses.Attempt{{Lesson: "l2", Number: 1, Revision: 1, BegunAt: t0, EndedAt: t0, Given: map[string][]string{"q": {"words of " + person}}, Points: 1, Of: 2, Passed: true}},
		Order:        &courses.Order{ID: "order-" + id, Course: course, Person: person, Amount: i18n.Money{Amount: 4900, Currency: "EUR"}, At: t0, PaidAt: t0, Ref: "r"},
		Certificates: []courses.Certificate{{Number: "N-" + id, Title: courses.Words{"en": "T"}, Source: "en", Minutes: 5, IssuedAt: t0, ExpiresAt: t0.AddDate(1, 0, 0), Shown: courses.Shown{Name: "Name of " + person, Hidden: true}}},
		AskedAt:      t0, StartedAt: t0, FinishedAt: t0, UpdatedAt: t0, Version: 1,
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func newSession(id, course string, change ...func(*courses.Session)) courses.Session {
	s := courses.Session{
		ID: id, Course: course, Title: courses.Words{"en": "S"}, Starts: t0, Ends: t0.Add(2 * time.Hour), Zone: "Europe/Berlin", Place: "Room \"1\"", Link: "https://example.com/x", Language: "de",
		Seats: 2, Until: t0.Add(-time.Hour), RemindedAt: t0.Add(-2 * time.Hour), Version: 1,
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func book(t *testing.T, s courses.Store, session, person string) courses.Booking {
	t.Helper()
	b, err := s.Book(t.Context(), courses.Booking{Session: session, Course: "c", Person: person, At: t0})
	require.NoError(t, err)
	return b
}

// seats returns who has which seat at a session.
func seats(t *testing.T, s courses.Store, session string) map[string]courses.Seat {
	t.Helper()
	list, next, err := s.Bookings(t.Context(), courses.BookingQuery{Session: session, Limit: 100})
	require.NoError(t, err)
	require.Empty(t, next)
	out := map[string]courses.Seat{}
	for _, b := range list {
		out[b.Person] = b.Seat
	}
	return out
}

func people(list []courses.Booking) (out []string) {
	for _, b := range list {
		out = append(out, b.Person)
	}
	return out
}

// each returns the IDs of all pages of a list.
func each[T any](t *testing.T, limit int, page func(after string, limit int) ([]T, string, error), id func(T) string) (out []string) {
	t.Helper()
	for after, n := "", 0; ; n++ {
		list, next, err := page(after, limit)
		require.NoError(t, err)
		require.Less(t, n, 100)
		if limit > 0 {
			require.LessOrEqual(t, len(list), limit)
		}
		for _, v := range list {
			out = append(out, id(v))
		}
		if after = next; next == "" {
			return out
		}
	}
}

func courseIDs(t *testing.T, s courses.Store, q courses.CourseQuery) []string {
	t.Helper()
	return each(t, q.Limit, func(after string, _ int) ([]courses.Course, string, error) {
		q.After = after
		return s.Courses(t.Context(), q)
	}, func(c courses.Course) string { return c.ID })
}

func sight(segments ...string) *profile.Sight {
	s := profile.Actor{ID: "x", Segments: segments}.Sight()
	return &s
}

func numbered(n int) string { return fmt.Sprintf("p%02d", n) }
