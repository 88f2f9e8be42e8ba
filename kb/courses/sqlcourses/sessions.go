package sqlcourses

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses"
)

type sessionRow struct {
	ID      string
	Starts  sqldb.Time
	Seats   int
	Doc     sqldb.JSON[courses.Session]
	Taken   int
	Waiting int
}

func (r sessionRow) session() courses.Session {
	one := r.Doc.V
	one.Taken, one.Waiting = r.Taken, r.Waiting
	return one
}

const sessions = `
	select id, starts, seats, session as doc,
		(select count(*) from stoa_course_booking b where b.session = stoa_course_session.id and b.seat = 'taken') as taken,
		(select count(*) from stoa_course_booking b where b.session = stoa_course_session.id and b.seat = 'waiting') as waiting
	from stoa_course_session `

// Session implements [courses.SessionStore].
func (s *Store) Session(ctx context.Context, id string) (courses.Session, error) {
	var row sessionRow
	err := s.get(ctx, &row, sessions+`where id = $1`, id)
	return row.session(), err
}

// Sessions implements [courses.SessionStore].
func (s *Store) Sessions(ctx context.Context, q courses.SessionQuery) (out []courses.Session, next string, err error) {
	w, n := sqldb.NewWhere(), limited(q.Limit)
	if q.Courses != nil {
		sqldb.In(w, "course", storable(q.Courses))
	}
	if !q.From.IsZero() {
		w.And("ends > ?", sqldb.At(q.From))
	}
	if !q.To.IsZero() {
		w.And("starts < ?", sqldb.At(q.To))
	}
	if q.Unasked {
		w.And("cancelled = 0 and reminded is null")
	}
	if err := timed(w, q.After, "starts", ">"); err != nil {
		return nil, "", err
	}
	bound := w.Arg(n + 1)
	var rows []sessionRow
	if err := s.db.Select(ctx, &rows, sessions+w.String()+` order by starts, id limit `+bound, w.Args()...); err != nil {
		return nil, "", err
	}
	rows, next = cutPage(rows, n, func(r sessionRow) string { return cursor.Encode(cursor.FormatTime(r.Starts.Time), r.ID) })
	for _, r := range rows {
		out = append(out, r.session())
	}
	return out, next, nil
}

// SaveSession implements [courses.SessionStore].
func (s *Store) SaveSession(ctx context.Context, one courses.Session) (moved []courses.Booking, err error) {
	if err := sqldb.CheckText(one.Texts()...); err != nil {
		return nil, err
	}
	one.Starts, one.Ends, one.Until, one.RemindedAt, one.Taken, one.Waiting = stored(one.Starts), stored(one.Ends), stored(one.Until), stored(one.RemindedAt), 0, 0
	if len(one.Title) == 0 {
		one.Title = nil
	}
	off := 0
	if one.Cancelled {
		off = 1
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		moved = nil
		err := write(ctx, tx, "stoa_course_session", one.ID, one.Version,
			`insert into stoa_course_session (id, course, starts, ends, seats, cancelled, reminded, session, version, line) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) on conflict do nothing`,
			`update stoa_course_session set course = $2, starts = $3, ends = $4, seats = $5, cancelled = $6, reminded = $7, session = $8, version = $9 where id = $1 and version = $9 - 1`,
			one.ID, one.Course, sqldb.At(one.Starts), sqldb.At(one.Ends), one.Seats, off, sqldb.At(one.RemindedAt), sqldb.JSON[courses.Session]{V: one}, one.Version)
		if err != nil {
			return err
		}
		moved, err = moveUp(ctx, tx, one.ID)
		return err
	})
	return moved, err
}

// A hold is a session whose row is locked: until the transaction ends nobody else
// gives or takes a seat of it.
type hold struct {
	Seats int
	Line  int
	Taken int
}

// lock locks a session's row and returns how full it is. It also counts a place
// in line.
func lock(ctx context.Context, tx sqlx.ExtContext, session string) (h hold, err error) {
	res, err := sqldb.Exec(ctx, tx, `update stoa_course_session set line = line + 1 where id = $1`, session)
	if err != nil {
		return h, err
	}
	if err := sqldb.Affected(res, errs.NotFound); err != nil {
		return h, err
	}
	err = sqldb.Get(ctx, tx, &h, "", `
		select seats, line, (select count(*) from stoa_course_booking b where b.session = stoa_course_session.id and b.seat = 'taken') as taken
		from stoa_course_session where id = $1`, session)
	return h, err
}

type bookingRow struct {
	Session, Course, Person string
	Seat                    courses.Seat
	Line                    int
	At                      sqldb.Time
	Attended                int
}

func (r bookingRow) booking() courses.Booking {
	return courses.Booking{Session: r.Session, Course: r.Course, Person: r.Person, Seat: r.Seat, Line: r.Line, At: r.At.Time, Attended: r.Attended != 0}
}

const bookings = `select session, course, person, seat, line, at, attended from stoa_course_booking `

// moveUp gives the seats that are free to those who are first in line.
func moveUp(ctx context.Context, tx sqlx.ExtContext, session string) (moved []courses.Booking, err error) {
	h, err := lock(ctx, tx, session)
	if err != nil || h.Taken >= h.Seats {
		return nil, err
	}
	var rows []bookingRow
	err = sqldb.Select(ctx, tx, &rows, bookings+`where session = $1 and seat = 'waiting' order by line limit $2`, session, h.Seats-h.Taken)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, err := sqldb.Exec(ctx, tx, `update stoa_course_booking set seat = 'taken' where session = $1 and person = $2`, session, r.Person); err != nil {
			return nil, err
		}
		r.Seat = courses.SeatTaken
		moved = append(moved, r.booking())
	}
	return moved, nil
}

// Book implements [courses.SessionStore].
func (s *Store) Book(ctx context.Context, b courses.Booking) (courses.Booking, error) {
	if err := sqldb.CheckText(b.Session, b.Course, b.Person); err != nil {
		return courses.Booking{}, err
	}
	b.At, b.Attended = stored(b.At), false
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		h, err := lock(ctx, tx, b.Session)
		if err != nil {
			return err
		}
		if b.Line, b.Seat = h.Line, courses.SeatTaken; h.Taken >= h.Seats {
			b.Seat = courses.SeatWaiting
		}
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_course_booking (session, course, person, seat, line, at, attended) values ($1, $2, $3, $4, $5, $6, 0)
			on conflict (session, person) do update set seat = excluded.seat, line = excluded.line, at = excluded.at, attended = 0
			where stoa_course_booking.seat = 'cancelled'`, b.Session, b.Course, b.Person, b.Seat, b.Line, sqldb.At(b.At))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
	if err != nil {
		return courses.Booking{}, err
	}
	return b, nil
}

// Unbook implements [courses.SessionStore].
func (s *Store) Unbook(ctx context.Context, session, person string) (moved []courses.Booking, err error) {
	if sqldb.CheckText(session, person) != nil {
		return nil, errs.NotFound
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		moved = nil
		if _, err := lock(ctx, tx, session); err != nil {
			return err
		}
		res, err := sqldb.Exec(ctx, tx, `update stoa_course_booking set seat = 'cancelled', attended = 0 where session = $1 and person = $2 and seat <> 'cancelled'`, session, person)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.NotFound); err != nil {
			return err
		}
		moved, err = moveUp(ctx, tx, session)
		return err
	})
	return moved, err
}

// Attend implements [courses.SessionStore].
func (s *Store) Attend(ctx context.Context, session, person string, was bool) error {
	if sqldb.CheckText(session, person) != nil {
		return errs.NotFound
	}
	n := 0
	if was {
		n = 1
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `update stoa_course_booking set attended = $3 where session = $1 and person = $2 and seat = 'taken'`, session, person, n)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

// Bookings implements [courses.SessionStore].
func (s *Store) Bookings(ctx context.Context, q courses.BookingQuery) (out []courses.Booking, next string, err error) {
	w, n := sqldb.NewWhere(), limited(q.Limit)
	for column, value := range map[string]string{"session": q.Session, "course": q.Course, "person": q.Person} {
		if value != "" {
			w.And(column+" = ?", value)
		}
	}
	if q.Seats != nil {
		sqldb.In(w, "seat", q.Seats)
	}
	if err := numbered(w, q.After, "session", "line", 1); err != nil {
		return nil, "", err
	}
	bound := w.Arg(n + 1)
	var rows []bookingRow
	if err := s.db.Select(ctx, &rows, bookings+w.String()+` order by session, line limit `+bound, w.Args()...); err != nil {
		return nil, "", err
	}
	rows, next = cutPage(rows, n, func(r bookingRow) string { return cursor.Encode(r.Session, cursor.FormatInt(int64(r.Line))) })
	for _, r := range rows {
		out = append(out, r.booking())
	}
	return out, next, nil
}
