package courses

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// steps are what a change did, to be told once it is kept.
type steps struct {
	events  []step
	notices []profile.Occurrence
}

type step struct {
	name, subject string
	props         []string
}

func (d *steps) add(name, subject string, props ...string) {
	d.events = append(d.events, step{name, subject, props})
}

// tries is how often a change is made again because another was quicker: all
// others are of the same person, or about them.
const tries = 30

// change changes an enrolment as one write, and starts over if another was
// quicker. do may be called more than once; errNothing leaves all as it is.
func (s *School) change(ctx context.Context, by profile.Actor, course, person string, do func(e *Enrolment, did *steps) error) (Enrolment, error) {
	err := ErrConflict
	for range tries {
		var e Enrolment
		if e, err = s.store.Enrolment(ctx, course, person); err != nil {
			return Enrolment{}, absent(err)
		}
		var did steps
		if err = do(&e, &did); errors.Is(err, errNothing) {
			return e, nil
		} else if err != nil {
			return Enrolment{}, err
		}
		e.UpdatedAt = s.clock()
		e.Version++
		if err = s.store.SaveEnrolment(ctx, e); err == nil {
			s.tell(ctx, by, did)
			return e, nil
		}
		if !errors.Is(err, ErrConflict) {
			break
		}
	}
	return Enrolment{}, err
}

func (s *School) tell(ctx context.Context, by profile.Actor, did steps) {
	for _, one := range did.events {
		s.record(ctx, by, one.name, one.subject, one.props...)
	}
	for _, o := range did.notices {
		s.notify(ctx, o)
	}
}

// Enrol enrols the actor in a course: at once, or as far as that somebody has to
// decide or that it has to be paid. Whoever is enrolled stays as they are; who
// left comes back to what they had done.
func (s *School) Enrol(ctx context.Context, by profile.Actor, course string) (Enrolment, error) {
	if !learns(by) {
		return Enrolment{}, wrap(ErrForbidden, "enrol in", course)
	}
	c, err := s.seen(ctx, by, course)
	if err == nil && c.Status == StatusPublished {
		err = s.mayEnter(ctx, by, c)
	}
	if err != nil {
		return Enrolment{}, wrap(err, "course", course)
	}
	e, err := s.enrol(ctx, by, c)
	return e, wrap(err, "course", course)
}

// mayEnter reports why somebody who sees a course cannot get into it.
func (s *School) mayEnter(ctx context.Context, by profile.Actor, c Course) error {
	if c.Entry == EntrySegment && !by.Sight().Admits(c.Admits) {
		return say(ErrForbidden, "segment")
	}
	for _, id := range c.Needs {
		e, err := s.store.Enrolment(ctx, id, by.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if e.FinishedAt.IsZero() && len(e.Certificates) == 0 {
			return say(ErrForbidden, "needs")
		}
	}
	return nil
}

func (s *School) enrol(ctx context.Context, by profile.Actor, c Course) (Enrolment, error) {
	enter := func(e *Enrolment, did *steps) error {
		switch e.State {
		case StateRefused:
			return say(ErrForbidden, "refused")
		case StateLeft, "":
		default:
			return errNothing
		}
		e.AskedAt = s.clock()
		if c.Entry == EntryApproval && e.StartedAt.IsZero() {
			e.State = StateRequested
			did.add("course.requested", SubjectCourse+c.ID)
			return nil
		}
		return s.due(ctx, c, e, did)
	}
	e := Enrolment{ID: idem.New(), Course: c.ID, Person: by.ID, Account: by.Account, UpdatedAt: s.clock(), Version: 1}
	var did steps
	if _, err := s.store.Enrolment(ctx, c.ID, by.ID); errors.Is(err, ErrNotFound) {
		if err := enter(&e, &did); err != nil {
			return Enrolment{}, err
		}
		switch err := s.store.SaveEnrolment(ctx, e); {
		case err == nil:
			s.tell(ctx, by, did)
			return e, nil
		case !errors.Is(err, ErrConflict):
			return Enrolment{}, err
		}
	}
	return s.change(ctx, by, c.ID, by.ID, enter)
}

// due lets somebody in who may enter, as soon as it is paid.
func (s *School) due(ctx context.Context, c Course, e *Enrolment, did *steps) error {
	if c.Free() && e.Order == nil || e.Order != nil && e.Order.Paid() {
		return s.admit(ctx, e, did)
	}
	if e.Order == nil {
		e.Order = &Order{ID: idem.New(), Course: c.ID, Person: e.Person, Amount: c.Price, At: s.clock()}
	}
	e.State = StateUnpaid
	did.add("course.ordered", SubjectCourse+c.ID, "order", e.Order.ID)
	return nil
}

// admit lets somebody in, with the revision that is live unless they have begun
// with another.
func (s *School) admit(ctx context.Context, e *Enrolment, did *steps) error {
	c, err := s.store.Course(ctx, e.Course)
	if err != nil {
		return err
	}
	e.State = StateActive
	if e.StartedAt.IsZero() {
		content, err := s.content(ctx, c.ID, c.Live)
		if err != nil {
			return err
		}
		e.StartedAt, e.Revision = s.clock(), c.Live
		e.Lessons, _ = content.Size()
	}
	if !e.FinishedAt.IsZero() {
		e.State = StateFinished
	}
	did.add("course.enrolled", SubjectCourse+e.Course)
	return nil
}

// Leave ends an enrolment. What was done stays, for those who come back. Whoever
// has a seat at a session that is to come gives it back first.
func (s *School) Leave(ctx context.Context, by profile.Actor, course string) error {
	if !learns(by) {
		return wrap(ErrForbidden, "leave", course)
	}
	for b, err := range all(func(after string) ([]Booking, string, error) {
		return s.store.Bookings(ctx, BookingQuery{Course: course, Person: by.ID, Seats: []Seat{SeatTaken, SeatWaiting}, After: after})
	}) {
		if err != nil {
			return wrap(err, "leave", course)
		}
		at, err := s.store.Session(ctx, b.Session)
		if err != nil {
			return wrap(err, "leave", course)
		}
		if !at.Cancelled && !at.Begun(s.clock()) {
			return wrap(say(ErrConflict, "seat_first"), "leave", course)
		}
	}
	_, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, did *steps) error {
		if e.State == StateLeft || e.State == StateRefused {
			return errNothing
		}
		e.State = StateLeft
		did.add("course.left", SubjectCourse+course)
		return nil
	})
	return wrap(err, "leave", course)
}

// Decide lets somebody in who asked, or refuses them. Deciding the same again
// does nothing. Whoever was refused can be let in after all; whoever is in cannot
// be refused, which is ErrConflict. It takes [profile.PermissionCoursesTeach].
func (s *School) Decide(ctx context.Context, by profile.Actor, course, person string, admit bool) (Enrolment, error) {
	c, err := s.taught(ctx, by, course)
	if err != nil {
		return Enrolment{}, wrap(err, "course", course)
	}
	e, err := s.change(ctx, by, course, person, func(e *Enrolment, did *steps) error {
		refused := e.State == StateRefused
		switch {
		case e.State != StateRequested && refused != admit:
			return errNothing
		case e.State != StateRequested && !refused:
			return say(ErrConflict, "decided")
		}
		kind := KindRefused
		if admit {
			kind = KindAdmitted
			if err := s.due(ctx, c, e, did); err != nil {
				return err
			}
			did.add("course.admitted", SubjectCourse+course)
		} else {
			e.State = StateRefused
			did.add("course.refused", SubjectCourse+course)
		}
		did.notices = append(did.notices, profile.Occurrence{Kind: kind, Subject: SubjectCourse + course, Key: e.ID + "@" + e.AskedAt.String(), By: by.ID, To: []string{person}})
		return nil
	})
	return e, wrap(err, "course", course)
}

// taught returns a course for those who look after its learners.
func (s *School) taught(ctx context.Context, by profile.Actor, course string) (Course, error) {
	c, err := s.atDesk(ctx, by, course)
	if err == nil && !s.teaches(by) {
		err = ErrForbidden
	}
	return c, err
}

// Learners returns a page of those who have to do with a course, in some states
// or all, those who asked last first. It takes [profile.PermissionCoursesTeach].
func (s *School) Learners(ctx context.Context, by profile.Actor, course string, states []State, after string, n int) ([]Enrolment, string, error) {
	if _, err := s.taught(ctx, by, course); err != nil {
		return nil, "", wrap(err, "learners of", course)
	}
	scope := "courses.learners|" + by.ID + "|" + course
	for _, state := range slices.Sorted(slices.Values(states)) {
		scope += "|" + string(state)
	}
	position, err := s.tokens.Open(scope, after)
	if err != nil {
		return nil, "", wrap(err, "learners of", course)
	}
	list, next, err := s.store.Enrolments(ctx, EnrolmentQuery{Course: course, States: states, After: position, Limit: limit(n)})
	return list, s.tokens.Seal(scope, next), wrap(err, "learners of", course)
}
