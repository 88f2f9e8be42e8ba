package courses_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// session adds a session of two seats that starts in some hours.
func (w *world) session(t *testing.T, course string, hours int, change ...func(*courses.Session)) courses.Session {
	t.Helper()
	starts := w.now.Add(time.Duration(hours) * time.Hour)
	one := courses.Session{Course: course, Starts: starts, Ends: starts.Add(time.Hour), Zone: "Europe/Berlin", Place: "Room 1", Link: "https://meet.example/zq", Seats: 1, Until: starts.Add(-2 * time.Hour)}
	for _, c := range change {
		c(&one)
	}
	one, err := w.SaveSession(t.Context(), rosa, one, "")
	require.NoError(t, err)
	return one
}

// dated teaches at a date.
func dated(d *courses.Draft) {
	d.Modules = []courses.Module{{Title: en("Days"), Lessons: []courses.Lesson{
		{ID: "day1", Kind: courses.LessonSession, Title: en("First")}, {ID: "day2", Kind: courses.LessonSession, Title: en("Second")},
	}}}
}

// TestSeats books, waits, moves up and gives back.
func TestSeats(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "day", dated)
	one := w.session(t, id, 48)
	_, err := w.Book(t.Context(), ann, one.ID)
	says(t, err, courses.ErrForbidden, "enrol")
	w.enrol(t, ann, id)
	w.enrol(t, bob, id)
	for range 2 {
		b, err := w.Book(t.Context(), ann, one.ID)
		require.NoError(t, err)
		require.Equal(t, courses.SeatTaken, b.Seat)
	}
	b, err := w.Book(t.Context(), bob, one.ID)
	require.NoError(t, err)
	require.Equal(t, courses.SeatWaiting, b.Seat)
	seen := func(by profile.Actor) courses.Dated {
		list, err := w.Sessions(t.Context(), by, id)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0]
	}
	require.Equal(t, "https://meet.example/zq", seen(ann).Link)
	require.Equal(t, []any{"", courses.SeatWaiting, 0, 1}, []any{seen(bob).Link, seen(bob).Seat, seen(bob).Ahead, seen(bob).Waiting})
	require.Empty(t, seen(nobody).Link)
	says(t, w.Leave(t.Context(), ann, id), courses.ErrConflict, "seat_first")
	for range 2 {
		require.NoError(t, w.Unbook(t.Context(), ann, one.ID))
	}
	require.Equal(t, []string{"course.seat to bob"}, w.notices())
	require.Equal(t, courses.SeatTaken, seen(bob).Seat)
	require.NoError(t, w.Leave(t.Context(), ann, id))
	w.now = now.Add(47 * time.Hour)
	says(t, w.Unbook(t.Context(), bob, one.ID), courses.ErrConflict, "deadline")
	w.enrol(t, ann, id)
	_, err = w.Book(t.Context(), ann, one.ID)
	require.NoError(t, err)
	require.NoError(t, w.Unbook(t.Context(), ann, one.ID), "who waits may leave the line at any time")
	w.now = now.Add(48 * time.Hour)
	_, err = w.Book(t.Context(), ann, one.ID)
	says(t, err, courses.ErrConflict, "begun")
	for _, name := range []string{"session.booked", "session.moved_up"} {
		require.Equal(t, 1, w.count(name), name)
	}
}

// TestAttendance finishes lessons that are sessions, one for each that somebody
// was at.
func TestAttendance(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "day", dated)
	first, second := w.session(t, id, 24), w.session(t, id, 48)
	w.enrol(t, ann, id)
	for _, one := range []courses.Session{first, second} {
		_, err := w.Book(t.Context(), ann, one.ID)
		require.NoError(t, err)
	}
	says(t, w.Attend(t.Context(), rosa, first.ID, "ann", true), courses.ErrConflict, "not_begun")
	w.now = now.Add(25 * time.Hour)
	require.ErrorIs(t, w.Attend(t.Context(), walt, first.ID, "ann", true), courses.ErrForbidden)
	require.ErrorIs(t, w.Attend(t.Context(), ann, first.ID, "ann", true), courses.ErrNotFound)
	for range 2 {
		require.NoError(t, w.Attend(t.Context(), rosa, first.ID, "ann", true))
	}
	require.Equal(t, 1, w.enrol(t, ann, id).Progress().Done)
	_, err := w.Finish(t.Context(), ann, id, "day2")
	says(t, err, courses.ErrForbidden, "kind")
	w.now = now.Add(49 * time.Hour)
	require.NoError(t, w.Attend(t.Context(), rosa, second.ID, "ann", true))
	require.Equal(t, courses.StateFinished, w.enrol(t, ann, id).State)
	one, roll, err := w.Roll(t.Context(), rosa, second.ID)
	require.NoError(t, err)
	require.Equal(t, []any{1, true}, []any{one.Taken, roll[0].Attended})
	_, _, err = w.Roll(t.Context(), ann, second.ID)
	require.ErrorIs(t, err, courses.ErrNotFound)
}

// TestReminders are sent once, on however many instances, and again if the
// session moves.
func TestReminders(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "day", dated)
	one := w.session(t, id, 48, func(one *courses.Session) { one.Seats = 2 })
	for _, by := range []profile.Actor{ann, bob} {
		w.enrol(t, by, id)
		_, err := w.Book(t.Context(), by, one.ID)
		require.NoError(t, err)
	}
	require.NoError(t, w.RemindAll(t.Context()))
	require.Empty(t, w.notices())
	w.now = now.Add(30 * time.Hour)
	for range 3 {
		require.NoError(t, w.RemindAll(t.Context()))
	}
	require.Equal(t, []string{"course.reminder to ann", "course.reminder to bob"}, w.notices())
	one, _, err := w.Roll(t.Context(), rosa, one.ID)
	require.NoError(t, err)
	one.Starts, one.Ends = one.Starts.Add(time.Hour), one.Ends.Add(time.Hour)
	one, err = w.SaveSession(t.Context(), rosa, one, "")
	require.NoError(t, err)
	require.Equal(t, []string{"course.moved to ann", "course.moved to bob"}, w.notices())
	require.NoError(t, w.RemindAll(t.Context()))
	require.Equal(t, []string{"course.reminder to ann", "course.reminder to bob"}, w.notices())
	one.Version, one.Cancelled = one.Version+1, true
	one, err = w.SaveSession(t.Context(), rosa, one, "")
	require.NoError(t, err)
	require.Equal(t, []string{"course.cancelled to ann", "course.cancelled to bob"}, w.notices())
	_, err = w.SaveSession(t.Context(), rosa, courses.Session{ID: one.ID, Course: id, Version: 1, Starts: one.Starts, Ends: one.Ends, Zone: one.Zone, Seats: 1}, "")
	require.ErrorIs(t, err, courses.ErrConflict)
}

// TestBadSessions: what is wrong is said where it is.
func TestBadSessions(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "day", dated)
	for field, change := range map[string]func(*courses.Session){
		"ends": func(one *courses.Session) { one.Ends = one.Starts }, "starts": func(one *courses.Session) { one.Starts = w.now.Add(-time.Minute) },
		"zone": func(one *courses.Session) { one.Zone = "Nowhere/Land" }, "seats": func(one *courses.Session) { one.Seats = 0 },
		"until": func(one *courses.Session) { one.Until = one.Starts.Add(time.Hour) }, "link": func(one *courses.Session) { one.Link = "javascript:alert(1)" },
		"place": func(one *courses.Session) { one.Place = strings.Repeat("x", 5000) },
	} {
		one := courses.Session{Course: id, Starts: now.Add(time.Hour), Ends: now.Add(2 * time.Hour), Zone: "UTC", Seats: 1}
		change(&one)
		_, err := w.SaveSession(t.Context(), rosa, one, "")
		require.Contains(t, wrong(t, err), field)
	}
	one := courses.Session{Course: id, Starts: now.Add(time.Hour), Ends: now.Add(2 * time.Hour), Zone: "UTC", Seats: 1}
	first, err := w.SaveSession(t.Context(), rosa, one, "k")
	require.NoError(t, err)
	again, err := w.SaveSession(t.Context(), rosa, one, "k")
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	_, err = w.SaveSession(t.Context(), walt, one, "")
	require.ErrorIs(t, err, courses.ErrForbidden)
}

// TestCalendar: the file is what calendars read, whatever is in the texts.
func TestCalendar(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "day", dated, func(d *courses.Draft) {
		d.Title = courses.Words{"en": "A; b, c\\ " + strings.Repeat("ü", 60)}
		d.Summary = en("two\nlines")
	})
	one := w.session(t, id, 48)
	file, err := w.Calendar(t.Context(), nobody, one.ID, "en", "https://help.example/courses/day")
	require.NoError(t, err)
	text := string(file)
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.NotContains(t, line, "\n")
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	for _, line := range []string{
		"BEGIN:VCALENDAR", "DTSTART:20260312T090000Z", "DTEND:20260312T100000Z", `SUMMARY:A\; b\, c\\ ` + strings.Repeat("ü", 60), `DESCRIPTION:two\nlines`, "LOCATION:Room 1",
		"UID:" + one.ID + "@help.example", "SEQUENCE:1", "STATUS:CONFIRMED", "URL:https://help.example/courses/day", "END:VCALENDAR",
	} {
		require.Contains(t, unfolded, line+"\r\n")
	}
	require.NotContains(t, text, "meet.example", "the link is for those with a seat")
	w.enrol(t, ann, id)
	_, err = w.Book(t.Context(), ann, one.ID)
	require.NoError(t, err)
	file, err = w.Calendar(t.Context(), ann, one.ID, "en", "")
	require.NoError(t, err)
	require.Contains(t, string(file), "Room 1 https://meet.example/zq")
	_, err = w.Calendar(t.Context(), ann, "none", "en", "")
	require.ErrorIs(t, err, courses.ErrNotFound)
}

// TestNotToldNow: what cannot be told undoes nothing; reminders are tried again.
func TestNotToldNow(t *testing.T) {
	down := errors.New("down")
	w := newWorld(t)
	id := w.course(t, "day", dated)
	one := w.session(t, id, 10)
	w.enrol(t, ann, id)
	_, err := w.Book(t.Context(), ann, one.ID)
	require.NoError(t, err)
	broken := w.over(w.store, func(o *courses.Options) { o.Notify = failing{down}.notify })
	require.ErrorIs(t, broken.RemindAll(t.Context()), down)
	require.NoError(t, w.RemindAll(t.Context()))
	require.Len(t, w.notices(), 1)
	one, _, err = w.Roll(t.Context(), rosa, one.ID)
	require.NoError(t, err)
	one.Cancelled = true
	_, err = broken.SaveSession(t.Context(), rosa, one, "")
	require.NoError(t, err)
}
