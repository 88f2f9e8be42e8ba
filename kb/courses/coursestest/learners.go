package coursestest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

func checkEnrolments(t *testing.T, s courses.Store) {
	ctx := t.Context()
	suitetest.Race(t, courses.ErrConflict, func(n int) error { return s.SaveEnrolment(ctx, newEnrolment(fmt.Sprint("r", n), "c", "ann")) })
	require.NoError(t, s.SaveEnrolment(ctx, newEnrolment("bob", "c", "bob", func(e *courses.Enrolment) { e.State, e.Order, e.Certificates = courses.StateRequested, nil, nil })))
	require.NoError(t, s.SaveEnrolment(ctx, newEnrolment("d", "d", "ann", func(e *courses.Enrolment) { e.State, e.Order, e.Certificates = courses.StateLeft, nil, nil })))
	twice := newEnrolment("twice", "e", "ann", func(e *courses.Enrolment) {
		e.Certificates = append(e.Certificates, courses.Certificate{Number: "second"})
	})
	require.NoError(t, s.SaveEnrolment(ctx, twice))
	for _, number := range []string{"N-twice", "second"} {
		e, err := s.EnrolmentOfCertificate(ctx, number)
		require.NoError(t, err)
		require.Equal(t, twice, e)
	}
	e, err := s.EnrolmentOfOrder(ctx, "order-twice")
	require.NoError(t, err)
	require.Equal(t, twice, e)
	_, err = s.EnrolmentOfOrder(ctx, "")
	require.ErrorIs(t, err, courses.ErrNotFound, "what is free has no order")
	stolen := newEnrolment("thief", "f", "bob", func(e *courses.Enrolment) { e.Certificates[0].Number, e.Order = "second", nil })
	if err := s.SaveEnrolment(ctx, stolen); err == nil {
		e, err = s.EnrolmentOfCertificate(ctx, "second")
		require.NoError(t, err)
		require.Contains(t, []string{"twice", "thief"}, e.ID)
	}
	count := func(q courses.EnrolmentQuery) int {
		list, _, err := s.Enrolments(ctx, q)
		require.NoError(t, err)
		return len(list)
	}
	require.Equal(t, 2, count(courses.EnrolmentQuery{Course: "c"}))
	require.Equal(t, 3, count(courses.EnrolmentQuery{Person: "ann"}))
	require.Equal(t, 1, count(courses.EnrolmentQuery{Course: "c", Person: "ann"}))
	require.Equal(t, 1, count(courses.EnrolmentQuery{Course: "c", States: []courses.State{courses.StateRequested, courses.StateLeft}}))
	require.Equal(t, 0, count(courses.EnrolmentQuery{States: []courses.State{}}))
	require.Equal(t, 0, count(courses.EnrolmentQuery{Person: "Ann"}))
}

func checkEnrolmentSight(t *testing.T, s courses.Store) {
	saveOpenings(t, s)
	require.NoError(t, s.SaveCourse(t.Context(), newCourse("draft", func(c *courses.Course) { c.Status = courses.StatusDraft }), nil))
	require.NoError(t, s.SaveCourse(t.Context(), newCourse("closed", func(c *courses.Course) { c.Status = courses.StatusClosed }), nil))
	for _, course := range []string{"public", "partner", "both", "either", "nobody", "draft", "closed", "gone"} {
		require.NoError(t, s.SaveEnrolment(t.Context(), newEnrolment(course, course, "ann")))
	}
	for name, c := range map[string]struct {
		sight *profile.Sight
		want  []string
	}{
		"all": {nil, []string{"both", "closed", "draft", "either", "gone", "nobody", "partner", "public"}}, "anybody": {sight(), []string{"closed", "public"}},
		"partner": {sight("partner"), []string{"closed", "either", "partner", "public"}},
	} {
		for _, limit := range []int{0, 1} {
			got := each(t, limit, func(after string, n int) ([]courses.Enrolment, string, error) {
				return s.Enrolments(t.Context(), courses.EnrolmentQuery{Person: "ann", Sight: c.sight, After: after, Limit: n})
			}, func(e courses.Enrolment) string { return e.ID })
			require.Equal(t, c.want, got, name)
		}
	}
}

func checkSessions(t *testing.T, s courses.Store) {
	at := func(hours int) time.Time { return t0.Add(time.Duration(hours) * time.Hour) }
	for id, change := range map[string]func(*courses.Session){
		"past":     func(one *courses.Session) { one.Starts, one.Ends = at(-10), at(-9) },
		"soon":     func(one *courses.Session) { one.Starts, one.Ends, one.RemindedAt = at(2), at(4), time.Time{} },
		"reminded": func(one *courses.Session) { one.Starts, one.Ends = at(3), at(4) },
		"off": func(one *courses.Session) {
			one.Starts, one.Ends, one.RemindedAt, one.Cancelled = at(4), at(5), time.Time{}, true
		},
		"late": func(one *courses.Session) {
			one.Starts, one.Ends, one.RemindedAt, one.Course = at(90), at(91), time.Time{}, "d"
		},
	} {
		_, err := s.SaveSession(t.Context(), newSession(id, "c", change))
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		q    courses.SessionQuery
		want []string
	}{
		"all":    {courses.SessionQuery{}, []string{"past", "soon", "reminded", "off", "late"}},
		"from":   {courses.SessionQuery{From: at(-9)}, []string{"soon", "reminded", "off", "late"}},
		"under":  {courses.SessionQuery{From: suitetest.Elsewhere(at(3)), To: at(4)}, []string{"soon", "reminded"}},
		"to":     {courses.SessionQuery{To: at(2)}, []string{"past"}},
		"remind": {courses.SessionQuery{From: at(0), To: at(24), Unasked: true}, []string{"soon"}},
		"course": {courses.SessionQuery{Courses: []string{"d", "x"}}, []string{"late"}}, "of none": {courses.SessionQuery{Courses: []string{}}, nil},
	} {
		list, _, err := s.Sessions(t.Context(), c.q)
		require.NoError(t, err)
		var got []string
		for _, one := range list {
			got = append(got, one.ID)
		}
		require.Equal(t, c.want, got, name)
	}
	for n := range 5 {
		book(t, s, "soon", numbered(n))
	}
	_, err := s.Unbook(t.Context(), "soon", numbered(4))
	require.NoError(t, err)
	list, _, err := s.Sessions(t.Context(), courses.SessionQuery{To: at(3), From: at(0)})
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, []int{list[0].Taken, list[0].Waiting})
}

func checkSeats(t *testing.T, s courses.Store) {
	ctx := t.Context()
	_, err := s.SaveSession(ctx, newSession("x", "c"))
	require.NoError(t, err)
	_, err = s.SaveSession(ctx, newSession("y", "c"))
	require.NoError(t, err)
	require.Equal(t, courses.SeatTaken, book(t, s, "y", "ann").Seat)
	given := courses.Booking{Session: "x", Course: "c", Person: "ann", At: suitetest.Elsewhere(t0)}
	first, err := s.Book(ctx, given)
	require.NoError(t, err)
	require.Equal(t, courses.Booking{Session: "x", Course: "c", Person: "ann", Seat: courses.SeatTaken, Line: first.Line, At: t0}, first)
	require.Equal(t, courses.SeatTaken, book(t, s, "x", "bob").Seat)
	for _, person := range []string{"cem", "dora", "eva"} {
		require.Equal(t, courses.SeatWaiting, book(t, s, "x", person).Seat)
	}
	_, err = s.Book(ctx, given)
	require.ErrorIs(t, err, courses.ErrConflict)
	moved, err := s.Unbook(ctx, "x", "dora")
	require.NoError(t, err)
	require.Empty(t, moved, "nobody moves up for a place in line")
	moved, err = s.Unbook(ctx, "x", "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"cem"}, people(moved))
	require.Equal(t, courses.SeatTaken, moved[0].Seat)
	_, err = s.Unbook(ctx, "x", "ann")
	require.ErrorIs(t, err, courses.ErrNotFound)
	require.Equal(t, courses.SeatWaiting, book(t, s, "x", "ann").Seat, "who comes back is last in line")
	moved, err = s.Unbook(ctx, "x", "bob")
	require.NoError(t, err)
	require.Equal(t, []string{"eva"}, people(moved))
	require.Equal(t, map[string]courses.Seat{"ann": courses.SeatWaiting, "bob": courses.SeatCancelled, "cem": courses.SeatTaken, "dora": courses.SeatCancelled, "eva": courses.SeatTaken}, seats(t, s, "x"))
	require.Equal(t, map[string]courses.Seat{"ann": courses.SeatTaken}, seats(t, s, "y"))
	list, _, err := s.Bookings(ctx, courses.BookingQuery{Person: "ann", Course: "c", Seats: []courses.Seat{courses.SeatTaken}})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "y", list[0].Session)
}

func checkMoreSeats(t *testing.T, s courses.Store) {
	ctx := t.Context()
	resize := func(version, n int) []string {
		moved, err := s.SaveSession(ctx, newSession("x", "c", func(one *courses.Session) { one.Version, one.Seats = version, n }))
		require.NoError(t, err)
		return people(moved)
	}
	require.Empty(t, resize(1, 1))
	for n := range 5 {
		book(t, s, "x", numbered(n))
	}
	require.Equal(t, []string{"p01", "p02"}, resize(2, 3))
	require.Empty(t, resize(3, 1))
	require.Equal(t, courses.SeatTaken, seats(t, s, "x")["p02"])
	moved, err := s.Unbook(ctx, "x", "p00")
	require.NoError(t, err)
	require.Empty(t, moved, "there are fewer seats than people still")
	require.Equal(t, []string{"p03"}, resize(4, 3))
	require.Empty(t, resize(5, 3))
}

func checkSeatRace(t *testing.T, s courses.Store) {
	const seatsThere, crowd = 3, 12
	_, err := s.SaveSession(t.Context(), newSession("x", "c", func(one *courses.Session) { one.Seats = seatsThere }))
	require.NoError(t, err)
	var wg sync.WaitGroup
	got := make([]courses.Booking, crowd)
	for n := range crowd {
		wg.Go(func() {
			b, err := s.Book(t.Context(), courses.Booking{Session: "x", Course: "c", Person: numbered(n), At: t0})
			if err == nil {
				got[n] = b
			}
		})
	}
	wg.Wait()
	taken, lines := 0, map[int]bool{}
	for n, b := range got {
		require.NotEmpty(t, b.Seat, n)
		lines[b.Line] = true
		if b.Seat == courses.SeatTaken {
			taken++
		}
	}
	require.Equal(t, seatsThere, taken)
	require.Len(t, lines, crowd)
	for n := range crowd {
		wg.Go(func() {
			if n%2 == 0 {
				_, _ = s.Unbook(t.Context(), "x", numbered(n))
			}
		})
	}
	wg.Wait()
	one, err := s.Session(t.Context(), "x")
	require.NoError(t, err)
	require.Equal(t, []int{seatsThere, crowd/2 - seatsThere}, []int{one.Taken, one.Waiting})
	var line []courses.Booking
	for _, seat := range []courses.Seat{courses.SeatTaken, courses.SeatWaiting} {
		list, _, err := s.Bookings(t.Context(), courses.BookingQuery{Session: "x", Seats: []courses.Seat{seat}})
		require.NoError(t, err)
		line = append(line, list...)
	}
	require.True(t, slices.IsSortedFunc(line[seatsThere:], func(a, b courses.Booking) int { return a.Line - b.Line }))
}

func checkBookOnce(t *testing.T, s courses.Store) {
	_, err := s.SaveSession(t.Context(), newSession("x", "c"))
	require.NoError(t, err)
	suitetest.Race(t, courses.ErrConflict, func(int) error {
		_, err := s.Book(t.Context(), courses.Booking{Session: "x", Course: "c", Person: "ann", At: t0})
		return err
	})
	suitetest.Race(t, courses.ErrNotFound, func(int) error { _, err := s.Unbook(t.Context(), "x", "ann"); return err })
}

func checkAttend(t *testing.T, s courses.Store) {
	ctx := t.Context()
	_, err := s.SaveSession(ctx, newSession("x", "c", func(one *courses.Session) { one.Seats = 1 }))
	require.NoError(t, err)
	book(t, s, "x", "ann")
	book(t, s, "x", "bob")
	was := func() bool {
		list, _, err := s.Bookings(ctx, courses.BookingQuery{Session: "x", Person: "ann"})
		require.NoError(t, err)
		return list[0].Attended
	}
	require.False(t, was())
	for _, is := range []bool{true, true, false, true} {
		require.NoError(t, s.Attend(ctx, "x", "ann", is))
		require.Equal(t, is, was())
	}
	require.ErrorIs(t, s.Attend(ctx, "x", "bob", true), courses.ErrNotFound, "who waits was not there")
	require.ErrorIs(t, s.Attend(ctx, "x", "cem", true), courses.ErrNotFound)
	_, err = s.Unbook(ctx, "x", "ann")
	require.NoError(t, err)
	require.False(t, was())
}

// keepPeople keeps something of two people: ann and, so alike, ann2.
func keepPeople(t *testing.T, s courses.Store) {
	t.Helper()
	ctx := t.Context()
	for _, person := range []string{"ann", "ann2"} {
		rev := newRevision("of-"+person, 1)
		rev.Author = person
		require.NoError(t, s.SaveCourse(ctx, newCourse("of-"+person, func(c *courses.Course) { c.Owner = person }), &rev))
		require.NoError(t, s.SaveEnrolment(ctx, newEnrolment("e-"+person, "c", person)))
	}
	for id, starts := range map[string]time.Time{"past": t0.Add(-time.Hour), "ahead": t0.Add(time.Hour)} {
		_, err := s.SaveSession(ctx, newSession(id, "c", func(one *courses.Session) { one.Seats, one.Starts = 1, starts }))
		require.NoError(t, err)
		book(t, s, id, "ann")
		book(t, s, id, "ann2")
	}
}

func checkForget(t *testing.T, s courses.Store) {
	ctx := t.Context()
	keepPeople(t, s)
	other := whole(t, s, "ann2")
	removed, renamed, err := s.Forget(ctx, "ann", "", t0)
	require.NoError(t, err)
	require.Equal(t, []int{3, 2}, []int{removed, renamed})
	_, err = s.Enrolment(ctx, "c", "ann")
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.EnrolmentOfCertificate(ctx, "N-e-ann")
	require.ErrorIs(t, err, courses.ErrNotFound)
	require.Equal(t, map[string]courses.Seat{"ann2": courses.SeatTaken}, seats(t, s, "ahead"), "whoever waited has the seat")
	require.Equal(t, map[string]courses.Seat{"ann2": courses.SeatWaiting}, seats(t, s, "past"))
	require.Equal(t, other, whole(t, s, "ann2"))
	c, err := s.Course(ctx, "of-ann")
	require.NoError(t, err)
	require.Equal(t, []any{"", 2}, []any{c.Owner, c.Version})
	rev, err := s.Revision(ctx, "of-ann", 1)
	require.NoError(t, err)
	require.Empty(t, rev.Author)
	require.Equal(t, []int{0, 0, 0}, whole(t, s, "ann").counts())
	removed, renamed, err = s.Forget(ctx, "ann", "", t0)
	require.NoError(t, err)
	require.Zero(t, removed+renamed)
	_, _, err = s.Forget(ctx, "", "", t0)
	require.ErrorIs(t, err, courses.ErrInvalid)
}

func checkPseudonym(t *testing.T, s courses.Store) {
	ctx := t.Context()
	keepPeople(t, s)
	other := whole(t, s, "ann2")
	removed, renamed, err := s.Forget(ctx, "ann", "gone-1", t0)
	require.NoError(t, err)
	require.Equal(t, []int{0, 5}, []int{removed, renamed})
	e, err := s.EnrolmentOfCertificate(ctx, "N-e-ann")
	require.NoError(t, err)
	require.Equal(t, courses.Pseudonymous(newEnrolment("e-ann", "c", "ann"), "gone-1"), e)
	require.Equal(t, map[string]courses.Seat{"ann2": courses.SeatTaken, "gone-1": courses.SeatCancelled}, seats(t, s, "ahead"))
	require.Equal(t, map[string]courses.Seat{"ann2": courses.SeatWaiting, "gone-1": courses.SeatTaken}, seats(t, s, "past"))
	require.Equal(t, other, whole(t, s, "ann2"))
	require.Equal(t, []int{0, 0, 0}, whole(t, s, "ann").counts())
	require.Equal(t, []int{1, 1, 1}, whole(t, s, "gone-1").counts())
}

// A person is what a store keeps of somebody, their seats apart.
type person struct {
	enrolments []courses.Enrolment
	written    []courses.Revision
	owned      []string
}

func (p person) counts() []int { return []int{len(p.enrolments), len(p.written), len(p.owned)} }

func whole(t *testing.T, s courses.Store, of string) (p person) {
	t.Helper()
	var err error
	p.enrolments, _, err = s.Enrolments(t.Context(), courses.EnrolmentQuery{Person: of})
	require.NoError(t, err)
	p.written, err = s.Written(t.Context(), of)
	require.NoError(t, err)
	p.owned, err = s.OwnedBy(t.Context(), of)
	require.NoError(t, err)
	return p
}
