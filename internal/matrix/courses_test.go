package matrix_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// audiences are who courses are for, by state.
var audiences = map[string]string{"open": "public", "staff": "staff", "acme": "account:acme", "draft": "public"}

// teach makes a course in each state, in which everybody is, and one that
// everybody still has to pay for.
func (w *world) teach(t *testing.T, b build) {
	t.Helper()
	for state, audience := range audiences {
		w.course(t, state, audience, 0)
	}
	w.course(t, "fee", "public", 100)
	store := courses.Store(w.lessons)
	if b.lessons != nil {
		store = b.lessons(store)
	}
	w.school = courses.NewSchool(store, &courses.Options{Policy: b.policy, Events: w.events, Now: w.now.time, Secret: []byte("0123456789abcdef")})
}

func (w *world) course(t *testing.T, state, audience string, price int64) {
	t.Helper()
	ctx, id, at := t.Context(), "c-"+state, w.now.time()
	said := courses.Words{"en": "canary-course-" + state}
	c := courses.Course{
		ID: id, Source: "en", Owner: "ines", Status: courses.StatusPublished, Live: 1, Head: 2, Title: said, Version: 1,
		Settings: courses.Settings{Slug: id, Audience: profile.NewAudience(audience), Topics: []string{"canary-course-" + state}, Entry: courses.EntryOpen},
	}
	if price > 0 {
		c.Price = i18n.Money{Amount: price, Currency: "EUR"}
	}
	if state == "draft" {
		c.Status = courses.StatusDraft
	}
	quiz := courses.Quiz{Questions: []courses.Question{{ID: "q" + state, Kind: courses.QuestionText, Prompt: said, Accept: []string{"x"}}}}
	rev := courses.Revision{Course: id, Number: 1, At: at, Leads: []courses.Lead{{Lesson: "text", Article: "shown"}}, Content: courses.Content{Title: said, About: said, Modules: []courses.Module{{ID: "m", Title: said, Lessons: []courses.Lesson{
		{ID: "text", Kind: courses.LessonText, Title: said, Body: said}, {ID: "quiz", Kind: courses.LessonQuiz, Title: said, Quiz: quiz},
	}}}}}
	require.NoError(t, w.lessons.SaveCourse(ctx, c, &rev))
	c.Version, rev.Number = 2, 2
	rev.Modules = rev.Clone().Modules
	rev.Modules[0].Lessons[0].Minutes = 5
	require.NoError(t, w.lessons.SaveCourse(ctx, c, &rev))
	for session, hours := range map[string]int{"ahead-": 48, "mine-": 72, "held-": -1} {
		starts := at.Add(time.Duration(hours) * time.Hour)
		_, err := w.lessons.SaveSession(ctx, courses.Session{ID: session + state, Course: id, Starts: starts, Ends: starts.Add(30 * time.Hour), Zone: "UTC", Place: "canary-course-" + state, Seats: 100, Version: 1})
		require.NoError(t, err)
	}
	for _, by := range people {
		if !by.Anonymous() {
			w.place(t, id, state, by)
		}
	}
}

// place puts somebody into a course, with an open attempt, a certificate and
// seats.
func (w *world) place(t *testing.T, id, state string, by profile.Actor) {
	t.Helper()
	ctx, at := t.Context(), w.now.time()
	e := courses.Enrolment{
		ID: state + by.ID, Course: id, Person: by.ID, State: courses.StateActive, Revision: 1, Lessons: 2, AskedAt: at, StartedAt: at, Version: 1,
		Attempts:     []courses.Attempt{{Lesson: "quiz", Number: 1, Revision: 1, BegunAt: at}},
		Certificates: []courses.Certificate{{Number: number(state, by.ID), Title: courses.Words{"en": "T"}, Source: "en", IssuedAt: at, Shown: courses.Shown{Hidden: true}}},
		Order:        &courses.Order{ID: "o-" + state + by.ID, Course: id, Person: by.ID, Amount: i18n.Money{Amount: 100, Currency: "EUR"}, PaidAt: at},
	}
	if state == "fee" {
		e.State, e.Order.PaidAt = courses.StateUnpaid, time.Time{}
	}
	require.NoError(t, w.lessons.SaveEnrolment(ctx, e))
	if state == "fee" {
		return
	}
	for _, session := range []string{"mine-", "held-"} {
		_, err := w.lessons.Book(ctx, courses.Booking{Session: session + state, Course: id, Person: by.ID, At: at})
		require.NoError(t, err)
	}
}

// courseCanaries returns the words on courses that a role must never read.
func courseCanaries(p policy, role string) (out []string) {
	for state := range audiences {
		if !p.knows(role, state, "courses.Course", "courses.Manuscript") {
			out = append(out, "canary-course-"+state)
		}
	}
	return out
}

// on is an operation on a course in each state.
func onCourse[T any](name string, call func(ctx context.Context, w *world, by profile.Actor, state string) (T, error), routes ...string) operation {
	return operation{name: "courses." + name, on: "course", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		got, err := call(ctx, w, by, state)
		return got, err == nil, err
	}}
}

// course returns what a course is now, somebody may have changed it.
func (w *world) version(ctx context.Context, state string) courses.Course {
	c, _ := w.lessons.Course(ctx, "c-"+state)
	return c
}

func courseOperations() []operation {
	return slices.Concat(coursesRead(), coursesTaken(), coursesDated(), coursesWritten(), coursesTaught())
}

func coursesRead() []operation {
	isHere := func(state string) func(courses.Listed) bool {
		return func(l courses.Listed) bool { return l.ID == "c-"+state }
	}
	return []operation{
		onCourse("Course", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Page, error) {
			return w.school.Course(ctx, by, "c-"+state, "en")
		}, "courses.course"),
		onCourse("Find", func(ctx context.Context, w *world, by profile.Actor, state string) (string, error) {
			id, _, err := w.school.Find(ctx, by, "c-"+state)
			return id, err
		}),
		{name: "courses.Catalogue", on: "course", routes: []string{"courses.list"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.school.Catalogue(ctx, by, courses.Query{})
			return list, lists(list, isHere(state)), err
		}},
		{name: "courses.Tags", on: "course", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			tags, err := w.school.Tags(ctx, by)
			return tags, lists(tags, func(t courses.Tag) bool { return t.Value == "canary-course-"+state }), err
		}},
		{name: "courses.Learning", on: "course", routes: []string{"courses.learning"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.school.Learning(ctx, by, "en", "", 200)
			return list, lists(list, func(s courses.Studied) bool { return s.ID == "c-"+state }), err
		}},
		{name: "courses.Certificate", on: "portal", routes: []string{"courses.certificate"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			c, err := w.school.Certificate(ctx, by, number("open", by.ID), "en")
			return c, err == nil, err
		}},
		{name: "courses.Certificate/another", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			c, err := w.school.Certificate(ctx, by, number("open", another(by)), "en")
			return c, err == nil, err
		}},
		overall("courses.Show", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.school.Show(ctx, by, number("open", by.ID), courses.Shown{Name: "x"})
		}, "courses.show"),
		overall("courses.Show/another", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.school.Show(ctx, by, number("open", another(by)), courses.Shown{Name: "x"})
		}),
	}
}

// another returns the ID of somebody else.
func another(by profile.Actor) string {
	if by.ID == "ann" {
		return "cem"
	}
	return "ann"
}

func coursesTaken() []operation {
	return []operation{
		onCourse("Enrol", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.Enrol(ctx, by, "c-"+state)
		}, "courses.enrol"),
		onCourse("Enrol/viewing", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.Enrol(ctx, viewing(by), "c-"+state)
		}),
		overall("courses.Leave", func(ctx context.Context, w *world, by profile.Actor) error { return w.school.Leave(ctx, by, "c-fee") }, "courses.leave"),
		overall("courses.Checkout", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.school.Checkout(ctx, by, "c-fee")
			return err
		}, "courses.checkout"),
		overall("courses.Lesson/unpaid", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.school.Lesson(ctx, by, "c-fee", "text", "en")
			return err
		}),
		onCourse("Lesson", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.LessonPage, error) {
			return w.school.Lesson(ctx, by, "c-"+state, "text", "en")
		}, "courses.lesson"),
		onCourse("Finish", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.Finish(ctx, by, "c-"+state, "text")
		}, "courses.finish"),
		onCourse("Begin", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Attempt, error) {
			return w.school.Begin(ctx, by, "c-"+state, "quiz")
		}, "courses.begin"),
		onCourse("Answer", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Attempt, error) {
			return w.school.Answer(ctx, by, "c-"+state, "quiz", 1, map[string][]string{"q" + state: {"x"}})
		}, "courses.answer"),
		onCourse("TakeOver", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.TakeOver(ctx, by, "c-"+state)
		}),
		onCourse("Restart", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.Restart(ctx, by, "c-"+state)
		}),
	}
}

func coursesDated() []operation {
	return []operation{
		onCourse("Sessions", func(ctx context.Context, w *world, by profile.Actor, state string) ([]courses.Dated, error) {
			return w.school.Sessions(ctx, by, "c-"+state)
		}, "courses.sessions"),
		onCourse("Session", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Dated, error) {
			d, _, err := w.school.Session(ctx, by, "ahead-"+state)
			return d, err
		}),
		onCourse("Calendar", func(ctx context.Context, w *world, by profile.Actor, state string) (string, error) {
			file, err := w.school.Calendar(ctx, by, "ahead-"+state, "en", "")
			return string(file), err
		}),
		onCourse("Book", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Booking, error) {
			return w.school.Book(ctx, by, "ahead-"+state)
		}, "courses.book"),
		onCourse("Unbook", func(ctx context.Context, w *world, by profile.Actor, state string) (any, error) {
			return nil, w.school.Unbook(ctx, by, "mine-"+state)
		}, "courses.unbook"),
	}
}

func coursesWritten() []operation {
	return []operation{
		overall("courses.Create", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.school.Create(ctx, by, courses.Draft{Settings: courses.Settings{Slug: "new-" + by.ID}, Content: courses.Content{Title: courses.Words{"en": "New"}}})
			return err
		}, "courses.create"),
		{name: "courses.Desk", on: "course", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.school.Desk(ctx, by, "", 200)
			return list, lists(list, func(c courses.Course) bool { return c.ID == "c-"+state }), err
		}},
		{name: "courses.LessonsTo", on: "course", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, err := w.school.LessonsTo(ctx, by, "shown")
			return list, lists(list, func(l courses.LeadingLesson) bool { return l.Course == "c-"+state }), err
		}},
		onCourse("Manuscript", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Revision, error) {
			_, rev, err := w.school.Manuscript(ctx, by, "c-"+state)
			return rev, err
		}, "courses.manuscript"),
		onCourse("Save", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Course, error) {
			c := w.version(ctx, state)
			return w.school.Save(ctx, by, "c-"+state, c.Version, courses.Draft{Settings: c.Settings, Content: courses.Content{Title: courses.Words{"en": "by " + by.ID}}})
		}, "courses.save"),
		onCourse("Save/audience", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Course, error) {
			c := w.version(ctx, state)
			c.Audience = profile.NewAudience("public", "account:globex")
			c.Rank++
			return w.school.Save(ctx, by, "c-"+state, c.Version, courses.Draft{Settings: c.Settings, Content: courses.Content{Title: courses.Words{"en": "T"}}})
		}),
		onCourse("Publish", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Course, error) {
			return w.school.Publish(ctx, by, "c-"+state, w.version(ctx, state).Version)
		}, "courses.publish"),
		onCourse("Close", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Course, error) {
			return w.school.Close(ctx, by, "c-"+state, w.version(ctx, state).Version)
		}, "courses.close"),
		onCourse("AllSessions", func(ctx context.Context, w *world, by profile.Actor, state string) ([]courses.Session, error) {
			return w.school.AllSessions(ctx, by, "c-"+state)
		}),
	}
}

func coursesTaught() []operation {
	return []operation{
		onCourse("Learners", func(ctx context.Context, w *world, by profile.Actor, state string) ([]courses.Enrolment, error) {
			list, _, err := w.school.Learners(ctx, by, "c-"+state, nil, "", 0)
			return list, err
		}, "courses.learners"),
		onCourse("Results", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Results, error) {
			return w.school.Results(ctx, by, "c-"+state, "en")
		}),
		onCourse("Decide", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Enrolment, error) {
			return w.school.Decide(ctx, by, "c-"+state, "ann", true)
		}, "courses.decide"),
		overall("courses.Paid", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.school.Paid(ctx, by, "o-feeann")
			return err
		}),
		onCourse("SaveSession", func(ctx context.Context, w *world, by profile.Actor, state string) (courses.Session, error) {
			starts := w.now.time().Add(time.Hour)
			return w.school.SaveSession(ctx, by, courses.Session{Course: "c-" + state, Starts: starts, Ends: starts.Add(time.Hour), Zone: "UTC", Seats: 1}, "")
		}, "courses.add_session"),
		onCourse("Roll", func(ctx context.Context, w *world, by profile.Actor, state string) ([]courses.Booking, error) {
			_, list, err := w.school.Roll(ctx, by, "held-"+state)
			return list, err
		}),
		onCourse("Attend", func(ctx context.Context, w *world, by profile.Actor, state string) (any, error) {
			return nil, w.school.Attend(ctx, by, "held-"+state, "ann", true)
		}),
	}
}

// number returns that of somebody's certificate.
func number(state, person string) string { return strings.ToUpper("N-" + state + "-" + person) }
