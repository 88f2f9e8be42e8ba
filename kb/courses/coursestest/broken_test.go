package coursestest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/coursestest"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	courses.Store
	list    func(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error)
	tags    func(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error)
	save    func(ctx context.Context, c courses.Course, rev *courses.Revision) error
	learner func(ctx context.Context, q courses.EnrolmentQuery) ([]courses.Enrolment, string, error)
	enrol   func(ctx context.Context, e courses.Enrolment) error
	dates   func(ctx context.Context, q courses.SessionQuery) ([]courses.Session, string, error)
	session func(ctx context.Context, one courses.Session) ([]courses.Booking, error)
	book    func(ctx context.Context, b courses.Booking) (courses.Booking, error)
	unbook  func(ctx context.Context, session, person string) ([]courses.Booking, error)
	attend  func(ctx context.Context, session, person string, was bool) error
	forget  func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error)
	order   func(ctx context.Context, order string) (courses.Enrolment, error)
}

func (f faulty) Courses(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.Store.Courses(ctx, q)
}

func (f faulty) Tags(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error) {
	if f.tags != nil {
		return f.tags(ctx, q)
	}
	return f.Store.Tags(ctx, q)
}

func (f faulty) SaveCourse(ctx context.Context, c courses.Course, rev *courses.Revision) error {
	if f.save != nil {
		return f.save(ctx, c, rev)
	}
	return f.Store.SaveCourse(ctx, c, rev)
}

func (f faulty) Enrolments(ctx context.Context, q courses.EnrolmentQuery) ([]courses.Enrolment, string, error) {
	if f.learner != nil {
		return f.learner(ctx, q)
	}
	return f.Store.Enrolments(ctx, q)
}

func (f faulty) SaveEnrolment(ctx context.Context, e courses.Enrolment) error {
	if f.enrol != nil {
		return f.enrol(ctx, e)
	}
	return f.Store.SaveEnrolment(ctx, e)
}

func (f faulty) Sessions(ctx context.Context, q courses.SessionQuery) ([]courses.Session, string, error) {
	if f.dates != nil {
		return f.dates(ctx, q)
	}
	return f.Store.Sessions(ctx, q)
}

func (f faulty) SaveSession(ctx context.Context, one courses.Session) ([]courses.Booking, error) {
	if f.session != nil {
		return f.session(ctx, one)
	}
	return f.Store.SaveSession(ctx, one)
}

func (f faulty) Book(ctx context.Context, b courses.Booking) (courses.Booking, error) {
	if f.book != nil {
		return f.book(ctx, b)
	}
	return f.Store.Book(ctx, b)
}

func (f faulty) Unbook(ctx context.Context, session, person string) ([]courses.Booking, error) {
	if f.unbook != nil {
		return f.unbook(ctx, session, person)
	}
	return f.Store.Unbook(ctx, session, person)
}

func (f faulty) Attend(ctx context.Context, session, person string, was bool) error {
	if f.attend != nil {
		return f.attend(ctx, session, person, was)
	}
	return f.Store.Attend(ctx, session, person, was)
}

func (f faulty) Forget(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
	if f.forget != nil {
		return f.forget(ctx, person, pseudonym, at)
	}
	return f.Store.Forget(ctx, person, pseudonym, at)
}

func (f faulty) EnrolmentOfOrder(ctx context.Context, order string) (courses.Enrolment, error) {
	if f.order != nil {
		return f.order(ctx, order)
	}
	return f.Store.EnrolmentOfOrder(ctx, order)
}

// asked is a store that asks another question.
func asked(change func(*courses.CourseQuery)) func(courses.Store) faulty {
	return func(s courses.Store) faulty {
		return faulty{list: func(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error) {
			change(&q)
			return s.Courses(ctx, q)
		}}
	}
}

// forgets is a store that forgets in another way.
func forgets(do func(ctx context.Context, s courses.Store, person, pseudonym string, at time.Time) (int, int, error)) func(courses.Store) faulty {
	return func(s courses.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, pseudonym string, at time.Time) (int, int, error) {
			return do(ctx, s, person, pseudonym, at)
		}}
	}
}

// circling takes the circles that are so of a course and of the first that it needs.
func circling(so func(c, needed courses.Course) bool) func(courses.Store) faulty {
	return func(s courses.Store) faulty {
		return faulty{save: func(ctx context.Context, c courses.Course, rev *courses.Revision) error {
			err := s.SaveCourse(ctx, c, rev)
			if errors.Is(err, courses.ErrConflict) && rev == nil && c.Version > 1 && len(c.Needs) > 0 {
				if needed, there := s.Course(ctx, c.Needs[0]); there == nil && so(c, needed) {
					return nil
				}
			}
			return err
		}}
	}
}

var broken = map[string]func(courses.Store) faulty{
	"sight: everything is seen": asked(func(q *courses.CourseQuery) { q.Sight = nil }),
	"sight: nothing of owners":  asked(func(q *courses.CourseQuery) { q.Owner = "" }),
	"sight: tags of everything": func(s courses.Store) faulty {
		return faulty{tags: func(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error) {
			q.Sight = nil
			return s.Tags(ctx, q)
		}}
	},
	"filter: no topic":       asked(func(q *courses.CourseQuery) { q.Topic = "" }),
	"filter: no price":       asked(func(q *courses.CourseQuery) { q.Free = nil }),
	"filter: no status":      asked(func(q *courses.CourseQuery) { q.Statuses = nil }),
	"filter: no ids":         asked(func(q *courses.CourseQuery) { q.IDs = nil }),
	"filter: no language":    asked(func(q *courses.CourseQuery) { q.Language = "" }),
	"leads: of every course": asked(func(q *courses.CourseQuery) { q.Article = "" }),
	"leads: no tags": func(s courses.Store) faulty {
		return faulty{tags: func(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error) {
			q.Article = ""
			return s.Tags(ctx, q)
		}}
	},
	"leads: only of lessons that are articles": func(s courses.Store) faulty {
		return faulty{save: func(ctx context.Context, c courses.Course, rev *courses.Revision) error {
			if rev != nil {
				without := rev.Clone()
				without.Leads = nil
				rev = &without
			}
			return s.SaveCourse(ctx, c, rev)
		}}
	},
	"leads: of the newest revision only": func(s courses.Store) faulty {
		return faulty{list: func(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error) {
			page, next, err := s.Courses(ctx, q)
			return slices.DeleteFunc(page, func(c courses.Course) bool {
				rev, _ := s.Revision(ctx, c.ID, c.Head)
				leads := slices.ContainsFunc(rev.Leading(), func(l courses.Lead) bool { return l.Article == q.Article })
				return q.Article != "" && !leads
			}), next, err
		}}
	},
	"pages: never end early": asked(func(q *courses.CourseQuery) { q.Limit = 3 }),
	"pages: in another order": func(s courses.Store) faulty {
		return faulty{list: func(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error) {
			page, next, err := s.Courses(ctx, q)
			slices.Reverse(page)
			return page, next, err
		}}
	},
	"save: a course without its revision": func(s courses.Store) faulty {
		return faulty{save: func(ctx context.Context, c courses.Course, rev *courses.Revision) error {
			if err := s.SaveCourse(ctx, c, nil); err != nil || rev == nil {
				return err
			}
			c.Version++
			return s.SaveCourse(ctx, c, rev)
		}}
	},
	"save: any version": func(s courses.Store) faulty {
		return faulty{save: func(ctx context.Context, c courses.Course, rev *courses.Revision) error {
			if old, err := s.Course(ctx, c.ID); err == nil {
				c.Version = old.Version + 1
			}
			return s.SaveCourse(ctx, c, rev)
		}}
	},
	"save: a course may need itself": circling(func(c, _ courses.Course) bool { return slices.Contains(c.Needs, c.ID) }),
	"save: a circle of two":          circling(func(c, needed courses.Course) bool { return slices.Contains(needed.Needs, c.ID) }),
	"save: a circle at a remove": circling(func(c, needed courses.Course) bool {
		return !slices.Contains(c.Needs, c.ID) && !slices.Contains(needed.Needs, c.ID)
	}),
	"save: nanoseconds": func(s courses.Store) faulty {
		return faulty{enrol: func(ctx context.Context, e courses.Enrolment) error {
			e.AskedAt = e.AskedAt.Truncate(time.Second)
			return s.SaveEnrolment(ctx, e)
		}}
	},
	"enrolments: twice in one course": func(s courses.Store) faulty {
		return faulty{enrol: func(ctx context.Context, e courses.Enrolment) error {
			if _, err := s.Enrolment(ctx, e.Course, e.Person); err == nil && e.Version == 1 {
				return nil
			}
			return s.SaveEnrolment(ctx, e)
		}}
	},
	"enrolments: in drafts and hidden courses": func(s courses.Store) faulty {
		return faulty{learner: func(ctx context.Context, q courses.EnrolmentQuery) ([]courses.Enrolment, string, error) {
			q.Sight = nil
			return s.Enrolments(ctx, q)
		}}
	},
	"enrolments: of everybody": func(s courses.Store) faulty {
		return faulty{learner: func(ctx context.Context, q courses.EnrolmentQuery) ([]courses.Enrolment, string, error) {
			q.Person = ""
			return s.Enrolments(ctx, q)
		}}
	},
	"enrolments: an order of nobody": func(s courses.Store) faulty {
		return faulty{order: func(ctx context.Context, order string) (courses.Enrolment, error) {
			e, err := s.EnrolmentOfOrder(ctx, order)
			if order == "" {
				return e, ctx.Err()
			}
			return e, err
		}}
	},
	"sessions: also those reminded of": func(s courses.Store) faulty {
		return faulty{dates: func(ctx context.Context, q courses.SessionQuery) ([]courses.Session, string, error) {
			q.Unasked = false
			return s.Sessions(ctx, q)
		}}
	},
	"sessions: those that are over": func(s courses.Store) faulty {
		return faulty{dates: func(ctx context.Context, q courses.SessionQuery) ([]courses.Session, string, error) {
			q.From = time.Time{}
			return s.Sessions(ctx, q)
		}}
	},
	"seats: for everybody": func(s courses.Store) faulty {
		return faulty{session: func(ctx context.Context, one courses.Session) ([]courses.Booking, error) {
			one.Seats += 100
			return s.SaveSession(ctx, one)
		}}
	},
	"seats: says that there is one": func(s courses.Store) faulty {
		return faulty{book: func(ctx context.Context, b courses.Booking) (courses.Booking, error) {
			kept, err := s.Book(ctx, b)
			if err == nil {
				kept.Seat = courses.SeatTaken
			}
			return kept, err
		}}
	},
	"seats: nobody moves up": func(s courses.Store) faulty {
		return faulty{unbook: func(ctx context.Context, session, person string) ([]courses.Booking, error) {
			moved, err := s.Unbook(ctx, session, person)
			for _, b := range moved {
				_, _ = s.Unbook(ctx, session, b.Person)
			}
			return nil, err
		}}
	},
	"seats: who moved up is not told": func(s courses.Store) faulty {
		return faulty{unbook: func(ctx context.Context, session, person string) ([]courses.Booking, error) {
			_, err := s.Unbook(ctx, session, person)
			return nil, err
		}}
	},
	"seats: a second booking is the first": func(s courses.Store) faulty {
		return faulty{book: func(ctx context.Context, b courses.Booking) (courses.Booking, error) {
			kept, err := s.Book(ctx, b)
			if err != nil {
				return b, ctx.Err()
			}
			return kept, nil
		}}
	},
	"attend: who waits too": func(s courses.Store) faulty {
		return faulty{attend: func(ctx context.Context, session, person string, was bool) error {
			_ = s.Attend(ctx, session, person, was)
			return ctx.Err()
		}}
	},
	"forget: nothing": forgets(func(ctx context.Context, _ courses.Store, _, _ string, _ time.Time) (int, int, error) {
		return 0, 0, ctx.Err()
	}),
	"forget: no pseudonym": forgets(func(ctx context.Context, s courses.Store, person, _ string, at time.Time) (int, int, error) {
		return s.Forget(ctx, person, "", at)
	}),
	"forget: others too": forgets(func(ctx context.Context, s courses.Store, person, pseudonym string, at time.Time) (int, int, error) {
		_, _, _ = s.Forget(ctx, person+"2", pseudonym, at)
		return s.Forget(ctx, person, pseudonym, at)
	}),
	"forget: seats stay taken": forgets(func(ctx context.Context, s courses.Store, person, pseudonym string, _ time.Time) (int, int, error) {
		return s.Forget(ctx, person, pseudonym, time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC))
	}),
	"does not notice a cancelled context": func(s courses.Store) faulty {
		return faulty{attend: func(ctx context.Context, session, person string, was bool) error {
			return s.Attend(context.WithoutCancel(ctx), session, person, was)
		}}
	},
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(courses.Store) faulty) {
		coursestest.TestStore(t, func(*testing.T) courses.Store {
			good := memcourses.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
