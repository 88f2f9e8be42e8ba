package courses

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A Dated is a session as somebody sees it.
type Dated struct {
	Session                   // without the link, unless they have a seat
	Seat                 Seat // theirs; "" if they have none
	Ahead                int  // how many are in line before them
	Bookable, Returnable bool
}

// Sessions returns the sessions of a course that have not ended, the next one
// first.
func (s *School) Sessions(ctx context.Context, by profile.Actor, course string) ([]Dated, error) {
	if _, err := s.seen(ctx, by, course); err != nil {
		return nil, wrap(err, "course", course)
	}
	e, err := s.mine(ctx, by, course)
	if err != nil {
		return nil, wrap(err, "course", course)
	}
	var out []Dated
	for one, err := range all(func(after string) ([]Session, string, error) {
		return s.store.Sessions(ctx, SessionQuery{Courses: []string{course}, From: s.clock(), After: after})
	}) {
		if err != nil {
			return nil, wrap(err, "course", course)
		}
		d, err := s.dated(ctx, by, one, e)
		if err != nil {
			return nil, wrap(err, "session", one.ID)
		}
		if !one.Cancelled || d.Seat == SeatTaken || d.Seat == SeatWaiting {
			out = append(out, d)
		}
	}
	return out, nil
}

// dated says how somebody stands to a session.
func (s *School) dated(ctx context.Context, by profile.Actor, one Session, e Enrolment) (Dated, error) {
	d := Dated{Session: one}
	now := s.clock()
	b, err := s.booking(ctx, by, one.ID)
	if err != nil {
		return d, err
	}
	if b.Seat != SeatCancelled {
		d.Seat = b.Seat
	}
	if d.Seat != SeatTaken {
		d.Link = ""
	}
	if d.Seat == SeatWaiting {
		if d.Ahead, err = s.ahead(ctx, b); err != nil {
			return d, err
		}
	}
	open := !one.Cancelled && !one.Begun(now)
	d.Bookable = open && d.Seat == "" && e.State.In()
	d.Returnable = open && d.Seat != "" && (d.Seat == SeatWaiting || now.Before(one.Deadline()))
	return d, nil
}

// booking returns the actor's booking, the zero one if there is none.
func (s *School) booking(ctx context.Context, by profile.Actor, session string) (Booking, error) {
	if by.Anonymous() {
		return Booking{}, nil
	}
	list, _, err := s.store.Bookings(ctx, BookingQuery{Session: session, Person: by.ID, Limit: 1})
	if err != nil || len(list) == 0 {
		return Booking{}, err
	}
	return list[0], nil
}

// ahead counts who is in line before a booking.
func (s *School) ahead(ctx context.Context, b Booking) (n int, err error) {
	for other, err := range s.bookings(ctx, BookingQuery{Session: b.Session, Seats: []Seat{SeatWaiting}}) {
		if err != nil {
			return 0, err
		}
		if other.Line < b.Line {
			n++
		}
	}
	return n, nil
}

func (s *School) bookings(ctx context.Context, q BookingQuery) func(yield func(Booking, error) bool) {
	q.Limit = maxLimit
	return all(func(after string) ([]Booking, string, error) {
		q.After = after
		return s.store.Bookings(ctx, q)
	})
}

// Session returns a session of a course that the actor may see.
func (s *School) Session(ctx context.Context, by profile.Actor, id string) (Dated, Page, error) {
	one, err := s.store.Session(ctx, id)
	if err != nil {
		return Dated{}, Page{}, wrap(absent(err), "session", id)
	}
	p, err := s.page(ctx, by, one.Course, by.Locale)
	if err != nil {
		return Dated{}, Page{}, wrap(err, "session", id)
	}
	d, err := s.dated(ctx, by, one, p.Mine)
	return d, p, wrap(err, "session", id)
}

// Book gives the actor, who is enrolled in its course, a seat at a session, or a
// place in line. Whoever has one keeps it.
func (s *School) Book(ctx context.Context, by profile.Actor, id string) (Booking, error) {
	if !learns(by) {
		return Booking{}, wrap(ErrForbidden, "session", id)
	}
	d, p, err := s.Session(ctx, by, id)
	if err != nil {
		return Booking{}, err
	}
	switch {
	case d.Seat != "":
		b, err := s.booking(ctx, by, id)
		return b, wrap(err, "session", id)
	case p.Mine.State == StateUnpaid:
		return Booking{}, wrap(say(ErrForbidden, "unpaid"), "session", id)
	case !p.Mine.State.In():
		return Booking{}, wrap(say(ErrForbidden, "enrol"), "session", id)
	case d.Cancelled:
		return Booking{}, wrap(say(ErrConflict, "off"), "session", id)
	case d.Begun(s.clock()):
		return Booking{}, wrap(say(ErrConflict, "begun"), "session", id)
	}
	b, err := s.store.Book(ctx, Booking{Session: id, Course: d.Course, Person: by.ID, At: s.clock()})
	if errors.Is(err, ErrConflict) {
		b, err = s.booking(ctx, by, id)
		return b, wrap(err, "session", id)
	}
	if err != nil {
		return Booking{}, wrap(err, "session", id)
	}
	name := "session.booked"
	if b.Seat == SeatWaiting {
		name = "session.queued"
	}
	s.record(ctx, by, name, SubjectSession+id, "course", d.Course)
	return b, nil
}

// Unbook gives the actor's seat or place in line back, until the session's
// deadline. Again, it does nothing. Who moves up is told.
func (s *School) Unbook(ctx context.Context, by profile.Actor, id string) error {
	if !learns(by) {
		return wrap(ErrForbidden, "session", id)
	}
	d, _, err := s.Session(ctx, by, id)
	if err != nil || d.Seat == "" {
		return err
	}
	if !d.Returnable {
		return wrap(say(ErrConflict, "deadline"), "session", id)
	}
	moved, err := s.store.Unbook(ctx, id, by.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return wrap(err, "session", id)
	}
	s.record(ctx, by, "session.unbooked", SubjectSession+id, "course", d.Course)
	s.movedUp(ctx, moved)
	return nil
}

// movedUp tells people that they have a seat now.
func (s *School) movedUp(ctx context.Context, moved []Booking) {
	for _, b := range moved {
		s.record(ctx, profile.Actor{ID: b.Person}, "session.moved_up", SubjectSession+b.Session, "course", b.Course)
		s.notify(ctx, profile.Occurrence{Kind: KindSeat, Subject: SubjectSession + b.Session, Key: b.Session + "@" + strconv.Itoa(b.Line), To: []string{b.Person}})
	}
}

// SaveSession adds a session if one.Version is 0, and otherwise replaces that
// version. More seats go to those in line; fewer take none away. Those who have
// one are told when it moves or is cancelled. It takes
// [profile.PermissionCoursesTeach]. key makes adding safe to repeat.
func (s *School) SaveSession(ctx context.Context, by profile.Actor, one Session, key string) (Session, error) {
	if _, err := s.taught(ctx, by, one.Course); err != nil {
		return Session{}, wrap(err, "course", one.Course)
	}
	one.Starts, one.Ends, one.Until, one.RemindedAt, one.Taken, one.Waiting = cut(one.Starts), cut(one.Ends), cut(one.Until), time.Time{}, 0, 0
	var old Session
	if one.Version == 0 {
		if key != "" {
			if err := idem.CheckKey(key); err != nil {
				return Session{}, err
			}
		}
		one.ID = idem.ID("courses.session", by.ID, key)
	} else {
		var err error
		if old, err = s.store.Session(ctx, one.ID); err == nil && old.Course != one.Course {
			err = ErrNotFound
		}
		if err != nil {
			return Session{}, wrap(absent(err), "session", one.ID)
		}
		if old.Starts.Equal(one.Starts) {
			one.RemindedAt = old.RemindedAt
		}
	}
	one.Version++
	if err := one.check(s.clock()); err != nil {
		return Session{}, wrap(err, "session", one.ID)
	}
	moved, err := s.store.SaveSession(ctx, one)
	if errors.Is(err, ErrConflict) && one.Version == 1 && key != "" {
		first, err := s.store.Session(ctx, one.ID)
		return first, wrap(err, "session", one.ID)
	}
	if err != nil {
		return Session{}, wrap(err, "session", one.ID)
	}
	s.record(ctx, by, "session.saved", SubjectSession+one.ID, "course", one.Course)
	s.movedUp(ctx, moved)
	if one.Version > 1 {
		s.tellMoved(ctx, by, old, one)
	}
	return one, nil
}

// tellMoved tells those who have a seat, or wait for one, what became of the
// session.
func (s *School) tellMoved(ctx context.Context, by profile.Actor, old, now Session) {
	kind := ""
	switch {
	case now.Cancelled && !old.Cancelled:
		kind = KindCancelled
	case !now.Cancelled && (!now.Starts.Equal(old.Starts) || now.Place != old.Place || now.Link != old.Link || old.Cancelled):
		kind = KindMoved
	}
	if kind == "" || now.Begun(s.clock()) {
		return
	}
	for b, err := range s.bookings(ctx, BookingQuery{Session: now.ID, Seats: []Seat{SeatTaken, SeatWaiting}}) {
		if err != nil {
			s.opts.Logger.ErrorContext(ctx, "bookings not read", "session", now.ID, "err", err)
			return
		}
		s.notify(ctx, profile.Occurrence{Kind: kind, Subject: SubjectSession + now.ID, Key: now.ID + "@" + strconv.Itoa(now.Version), By: by.ID, To: []string{b.Person}})
	}
}

// Roll returns everybody who has a seat at a session, waits for one or gave it
// back, in the order of asking. It takes [profile.PermissionCoursesTeach].
func (s *School) Roll(ctx context.Context, by profile.Actor, id string) (Session, []Booking, error) {
	one, err := s.store.Session(ctx, id)
	if err == nil {
		_, err = s.taught(ctx, by, one.Course)
	}
	if err != nil {
		return Session{}, nil, wrap(absent(err), "session", id)
	}
	var out []Booking
	for b, err := range s.bookings(ctx, BookingQuery{Session: id}) {
		if err != nil {
			return Session{}, nil, wrap(err, "session", id)
		}
		out = append(out, b)
	}
	return one, out, nil
}

// AllSessions returns all sessions of a course, for the desk, the next one first
// and those that are over last.
func (s *School) AllSessions(ctx context.Context, by profile.Actor, course string) ([]Session, error) {
	if _, err := s.atDesk(ctx, by, course); err != nil {
		return nil, wrap(err, "course", course)
	}
	var ahead, over []Session
	for one, err := range all(func(after string) ([]Session, string, error) {
		return s.store.Sessions(ctx, SessionQuery{Courses: []string{course}, After: after, Limit: maxLimit})
	}) {
		if err != nil {
			return nil, wrap(err, "course", course)
		}
		if s.clock().Before(one.Ends) {
			ahead = append(ahead, one)
		} else {
			over = append(over, one)
		}
	}
	return append(ahead, over...), nil
}

// Attend says whether somebody with a seat was at a session. Each session that
// they were at finishes one of the course's lessons of that kind, in order. It
// takes [profile.PermissionCoursesTeach].
func (s *School) Attend(ctx context.Context, by profile.Actor, session, person string, was bool) error {
	one, err := s.store.Session(ctx, session)
	if err == nil {
		_, err = s.taught(ctx, by, one.Course)
	}
	if err == nil && !one.Begun(s.clock()) {
		err = say(ErrConflict, "not_begun")
	}
	if err == nil {
		err = s.store.Attend(ctx, session, person, was)
	}
	if err != nil {
		return wrap(absent(err), "session", session)
	}
	s.record(ctx, by, "session.attended", SubjectSession+session, "course", one.Course, "was", strconv.FormatBool(was))
	return wrap(s.credit(ctx, by, one.Course, person), "session", session)
}

// credit finishes as many lessons that are sessions as somebody attended.
func (s *School) credit(ctx context.Context, by profile.Actor, course, person string) error {
	attended := 0
	for b, err := range s.bookings(ctx, BookingQuery{Course: course, Person: person}) {
		if err != nil {
			return err
		}
		if b.Attended && b.Seat == SeatTaken {
			attended++
		}
	}
	_, err := s.change(ctx, by, course, person, func(e *Enrolment, did *steps) error {
		if !e.State.In() {
			return errNothing
		}
		content, err := s.content(ctx, course, e.Revision)
		if err != nil {
			return err
		}
		n := 0
		for _, l := range content.Each {
			if _, done := e.Finished[l.ID]; l.Kind == LessonSession && n < attended {
				n++
				if done {
					continue
				}
				if err := s.finish(ctx, e, did, l.ID); err != nil {
					return err
				}
			}
		}
		if len(did.events) == 0 {
			return errNothing
		}
		return nil
	})
	return err
}

// Run reminds people of sessions until ctx is done.
func (s *School) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := s.RemindAll(ctx); err != nil && ctx.Err() == nil {
			s.opts.Logger.ErrorContext(ctx, "not reminded", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// RemindAll reminds everybody who has a seat at a session that begins soon, once.
// Several instances may do so at once: a notice with the same key is one notice.
func (s *School) RemindAll(ctx context.Context) error {
	now := s.clock()
	for one, err := range all(func(after string) ([]Session, string, error) {
		return s.store.Sessions(ctx, SessionQuery{From: now, To: now.Add(s.opts.Remind), Unasked: true, After: after})
	}) {
		if err != nil {
			return err
		}
		if one.Begun(now) {
			continue
		}
		if err := s.remind(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *School) remind(ctx context.Context, one Session) error {
	for b, err := range s.bookings(ctx, BookingQuery{Session: one.ID, Seats: []Seat{SeatTaken}}) {
		if err != nil {
			return err
		}
		if s.opts.Notify == nil {
			continue
		}
		o := profile.Occurrence{Kind: KindReminder, Subject: SubjectSession + one.ID, Key: one.ID + "@" + strconv.FormatInt(one.Starts.Unix(), 10), To: []string{b.Person}, Private: true}
		if err := s.opts.Notify(ctx, o); err != nil {
			return err // it is tried again before anybody is noted as reminded
		}
	}
	one.RemindedAt = s.clock()
	one.Version++
	moved, err := s.store.SaveSession(ctx, one)
	if errors.Is(err, ErrConflict) {
		return nil // another instance was quicker, or it changed: the next round sees it
	}
	s.movedUp(ctx, moved)
	return err
}
