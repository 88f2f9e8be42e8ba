package memcourses

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb/courses"
)

// Enrolment implements [courses.LearnerStore].
func (s *Store) Enrolment(ctx context.Context, course, person string) (courses.Enrolment, error) {
	return s.find(ctx, func(e courses.Enrolment) bool { return e.Course == course && e.Person == person })
}

// EnrolmentOfOrder implements [courses.LearnerStore].
func (s *Store) EnrolmentOfOrder(ctx context.Context, order string) (courses.Enrolment, error) {
	return s.find(ctx, func(e courses.Enrolment) bool { return e.Order != nil && e.Order.ID == order })
}

// EnrolmentOfCertificate implements [courses.LearnerStore].
func (s *Store) EnrolmentOfCertificate(ctx context.Context, number string) (courses.Enrolment, error) {
	return s.find(ctx, func(e courses.Enrolment) bool {
		return slices.ContainsFunc(e.Certificates, func(c courses.Certificate) bool { return c.Number == number })
	})
}

func (s *Store) find(ctx context.Context, is func(courses.Enrolment) bool) (courses.Enrolment, error) {
	if err := s.enter(ctx); err != nil {
		return courses.Enrolment{}, err
	}
	defer s.mu.Unlock()
	for _, e := range s.enrolments {
		if is(e) {
			return e.Clone(), nil
		}
	}
	return courses.Enrolment{}, errs.NotFound
}

// Enrolments implements [courses.LearnerStore].
func (s *Store) Enrolments(ctx context.Context, q courses.EnrolmentQuery) ([]courses.Enrolment, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	var rows []row[courses.Enrolment]
	for _, e := range s.enrolments {
		if s.selects(q, e) {
			rows = append(rows, row[courses.Enrolment]{[]string{sortable(-e.AskedAt.UnixMicro()), e.ID}, e.Clone()})
		}
	}
	return page(rows, q.After, q.Limit)
}

func (s *Store) selects(q courses.EnrolmentQuery, e courses.Enrolment) bool {
	switch {
	case q.Course != "" && e.Course != q.Course, q.Person != "" && e.Person != q.Person, q.States != nil && !slices.Contains(q.States, e.State):
		return false
	case q.Sight == nil:
		return true
	}
	c, ok := s.courses[e.Course]
	return ok && c.Status != courses.StatusDraft && q.Sight.Admits(c.Audience)
}

// SaveEnrolment implements [courses.LearnerStore].
func (s *Store) SaveEnrolment(ctx context.Context, e courses.Enrolment) error {
	if err := s.enter(ctx, e.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, found := s.enrolments[e.ID]
	if err := stored.Version(found, old.Version, e.Version); err != nil {
		return err
	}
	for _, other := range s.enrolments {
		if other.ID != e.ID && other.Course == e.Course && other.Person == e.Person {
			return errs.Conflict
		}
	}
	s.enrolments[e.ID] = e.AsKept()
	return nil
}

// Written implements [courses.PersonStore].
func (s *Store) Written(ctx context.Context, person string) ([]courses.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var rows []row[courses.Revision]
	for _, rev := range s.revisions {
		if rev.Author == person && person != "" {
			rows = append(rows, row[courses.Revision]{[]string{rev.Course, sortable(int64(rev.Number))}, rev.Clone()})
		}
	}
	out, _, err := page(rows, "", max(1, len(rows)))
	return out, err
}

// OwnedBy implements [courses.PersonStore].
func (s *Store) OwnedBy(ctx context.Context, person string) (out []string, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for _, c := range s.courses {
		if c.Owner == person && person != "" {
			out = append(out, c.ID)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Forget implements [courses.PersonStore].
func (s *Store) Forget(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error) {
	if err := s.enter(ctx, pseudonym); err != nil {
		return 0, 0, err
	}
	defer s.mu.Unlock()
	if person == "" {
		return 0, 0, errs.Invalid
	}
	for key, b := range s.bookings {
		if b.Person != person {
			continue
		}
		one := s.sessions[b.Session]
		delete(s.bookings, key)
		if pseudonym == "" {
			removed++
		} else {
			b.Person = pseudonym
			if !one.Begun(at) {
				b.Seat = courses.SeatCancelled
			}
			s.bookings[bookingKey{b.Session, pseudonym}] = b
			renamed++
		}
		if !one.Begun(at) {
			s.moveUp(b.Session, one.Seats-s.count(b.Session, courses.SeatTaken))
		}
	}
	gone, changed := s.forgetLearner(person, pseudonym)
	return removed + gone, renamed + changed + s.forgetAuthor(person, pseudonym), nil
}

func (s *Store) forgetLearner(person, pseudonym string) (removed, renamed int) {
	for id, e := range s.enrolments {
		switch {
		case e.Person != person:
		case pseudonym == "":
			delete(s.enrolments, id)
			removed++
		default:
			s.enrolments[id] = courses.Pseudonymous(e, pseudonym)
			renamed++
		}
	}
	return removed, renamed
}

func (s *Store) forgetAuthor(person, pseudonym string) (renamed int) {
	for key, rev := range s.revisions {
		if rev.Author == person {
			rev.Author = pseudonym
			s.revisions[key] = rev
			renamed++
		}
	}
	for id, c := range s.courses {
		if c.Owner == person {
			c.Owner = pseudonym
			c.Version++
			s.courses[id] = c
			s.log.Append(id)
			renamed++
		}
	}
	return renamed
}

// Session implements [courses.SessionStore].
func (s *Store) Session(ctx context.Context, id string) (courses.Session, error) {
	if err := s.enter(ctx); err != nil {
		return courses.Session{}, err
	}
	defer s.mu.Unlock()
	one, ok := s.sessions[id]
	if !ok {
		return one, errs.NotFound
	}
	return s.counted(one), nil
}

// counted returns a copy of one with who has a seat and who waits.
func (s *Store) counted(one courses.Session) courses.Session {
	title := courses.Words{}
	for tag, text := range one.Title {
		title[tag] = text
	}
	if one.Title = title; len(title) == 0 {
		one.Title = nil
	}
	one.Taken, one.Waiting = s.count(one.ID, courses.SeatTaken), s.count(one.ID, courses.SeatWaiting)
	return one
}

func (s *Store) count(session string, seat courses.Seat) (n int) {
	for _, b := range s.bookings {
		if b.Session == session && b.Seat == seat {
			n++
		}
	}
	return n
}

// Sessions implements [courses.SessionStore].
func (s *Store) Sessions(ctx context.Context, q courses.SessionQuery) ([]courses.Session, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	var rows []row[courses.Session]
	for _, one := range s.sessions {
		switch {
		case q.Courses != nil && !slices.Contains(q.Courses, one.Course), !q.From.IsZero() && !one.Ends.After(q.From),
			!q.To.IsZero() && !one.Starts.Before(q.To), q.Unasked && (one.Cancelled || !one.RemindedAt.IsZero()):
			continue
		}
		rows = append(rows, row[courses.Session]{[]string{sortable(one.Starts.UnixMicro()), one.ID}, s.counted(one)})
	}
	return page(rows, q.After, q.Limit)
}

// SaveSession implements [courses.SessionStore].
func (s *Store) SaveSession(ctx context.Context, one courses.Session) ([]courses.Booking, error) {
	if err := s.enter(ctx, one.Texts()...); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	old, found := s.sessions[one.ID]
	if err := stored.Version(found, old.Version, one.Version); err != nil {
		return nil, err
	}
	one = s.counted(one)
	one.Starts, one.Ends, one.Until, one.RemindedAt = stored.Time(one.Starts), stored.Time(one.Ends), stored.Time(one.Until), stored.Time(one.RemindedAt)
	s.sessions[one.ID] = one
	return s.moveUp(one.ID, one.Seats-one.Taken), nil
}

// moveUp gives up to n seats to those who are first in line.
func (s *Store) moveUp(session string, n int) (moved []courses.Booking) {
	var line []courses.Booking
	for _, b := range s.bookings {
		if b.Session == session && b.Seat == courses.SeatWaiting {
			line = append(line, b)
		}
	}
	slices.SortFunc(line, func(a, b courses.Booking) int { return a.Line - b.Line })
	for _, b := range line[:max(0, min(n, len(line)))] {
		b.Seat = courses.SeatTaken
		s.bookings[bookingKey{session, b.Person}] = b
		moved = append(moved, b)
	}
	return moved
}

// Book implements [courses.SessionStore].
func (s *Store) Book(ctx context.Context, b courses.Booking) (courses.Booking, error) {
	if err := s.enter(ctx, b.Session, b.Course, b.Person); err != nil {
		return courses.Booking{}, err
	}
	defer s.mu.Unlock()
	one, ok := s.sessions[b.Session]
	if !ok {
		return courses.Booking{}, errs.NotFound
	}
	key := bookingKey{b.Session, b.Person}
	if old, there := s.bookings[key]; there && old.Seat != courses.SeatCancelled {
		return courses.Booking{}, errs.Conflict
	}
	s.lines[b.Session]++
	b.Line, b.At, b.Seat, b.Attended = s.lines[b.Session], stored.Time(b.At), courses.SeatTaken, false
	if s.count(b.Session, courses.SeatTaken) >= one.Seats {
		b.Seat = courses.SeatWaiting
	}
	s.bookings[key] = b
	return b, nil
}

// Unbook implements [courses.SessionStore].
func (s *Store) Unbook(ctx context.Context, session, person string) ([]courses.Booking, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	key := bookingKey{session, person}
	b, there := s.bookings[key]
	if !there || b.Seat == courses.SeatCancelled {
		return nil, errs.NotFound
	}
	b.Seat, b.Attended = courses.SeatCancelled, false
	s.bookings[key] = b
	return s.moveUp(session, s.sessions[session].Seats-s.count(session, courses.SeatTaken)), nil
}

// Attend implements [courses.SessionStore].
func (s *Store) Attend(ctx context.Context, session, person string, was bool) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	key := bookingKey{session, person}
	b, there := s.bookings[key]
	if !there || b.Seat != courses.SeatTaken {
		return errs.NotFound
	}
	b.Attended = was
	s.bookings[key] = b
	return nil
}

// Bookings implements [courses.SessionStore].
func (s *Store) Bookings(ctx context.Context, q courses.BookingQuery) ([]courses.Booking, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	var rows []row[courses.Booking]
	for _, b := range s.bookings {
		switch {
		case q.Session != "" && b.Session != q.Session, q.Course != "" && b.Course != q.Course, q.Person != "" && b.Person != q.Person,
			q.Seats != nil && !slices.Contains(q.Seats, b.Seat):
			continue
		}
		rows = append(rows, row[courses.Booking]{[]string{b.Session, sortable(int64(b.Line))}, b})
	}
	return page(rows, q.After, q.Limit)
}
