package coursestest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

func checkRoundTrip(t *testing.T, s courses.Store) {
	ctx := t.Context()
	for _, full := range []bool{true, false} {
		id := fmt.Sprint("x", full)
		c, rev, e, one := newCourse(id), newRevision(id, 1), newEnrolment("e"+id, id, "ann"), newSession("s"+id, id)
		if !full {
			c = courses.Course{ID: id, Source: "en", Settings: courses.Settings{Slug: id}, Status: courses.StatusDraft, Version: 1}
			rev = courses.Revision{Course: id, Number: 1}
			e = courses.Enrolment{ID: "e" + id, Course: id, Person: "ann", State: courses.StateLeft, AskedAt: t0, Version: 1}
			one = courses.Session{ID: "s" + id, Course: id, Starts: t0, Ends: t0, Version: 1}
		}
		given, kept, asked, dated := c.Clone(), rev.Clone(), e.Clone(), one
		given.Updated, kept.At, asked.AskedAt, dated.Starts = suitetest.Elsewhere(given.Updated), suitetest.Elsewhere(kept.At), suitetest.Elsewhere(asked.AskedAt), suitetest.Elsewhere(dated.Starts)
		if !full {
			given.Updated, kept.At = time.Time{}, time.Time{}
		} else {
			asked.Finished["l1"], asked.Order.PaidAt, asked.Attempts[0].EndedAt = suitetest.Elsewhere(t0), suitetest.Elsewhere(t0), suitetest.Elsewhere(t0)
		}
		require.NoError(t, s.SaveCourse(ctx, given, &kept))
		require.NoError(t, s.SaveEnrolment(ctx, asked))
		_, err := s.SaveSession(ctx, dated)
		require.NoError(t, err)
		gotC, err := s.Course(ctx, id)
		require.NoError(t, err)
		require.Equal(t, c, gotC)
		gotR, err := s.Revision(ctx, id, 1)
		require.NoError(t, err)
		require.Equal(t, rev, gotR)
		gotE, err := s.Enrolment(ctx, id, "ann")
		require.NoError(t, err)
		require.Equal(t, e, gotE)
		gotS, err := s.Session(ctx, "s"+id)
		require.NoError(t, err)
		require.Equal(t, one, gotS)
	}
	for _, id := range []string{"", "none", "XTRUE", "a\x00b"} {
		checkMissing(t, s, id)
	}
}

func checkMissing(t *testing.T, s courses.Store, id string) {
	t.Helper()
	ctx := t.Context()
	_, err := s.Course(ctx, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.CourseAt(ctx, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.Revision(ctx, id, 1)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.Enrolment(ctx, "xtrue", id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.EnrolmentOfOrder(ctx, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.EnrolmentOfCertificate(ctx, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.Session(ctx, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.Unbook(ctx, id, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	require.ErrorIs(t, s.Attend(ctx, id, id, true), courses.ErrNotFound)
	if id != "a\x00b" {
		_, err = s.Book(ctx, courses.Booking{Session: id, Course: "c", Person: "ann", At: t0})
		require.ErrorIs(t, err, courses.ErrNotFound)
	}
}

func checkVersions(t *testing.T, s courses.Store) {
	ctx := t.Context()
	for name, save := range map[string]func(version int, text string) error{
		"course": func(version int, text string) error {
			return s.SaveCourse(ctx, newCourse("x", func(c *courses.Course) { c.Version, c.Owner = version, text }), nil)
		},
		"enrolment": func(version int, text string) error {
			return s.SaveEnrolment(ctx, newEnrolment("x", "c", "ann", func(e *courses.Enrolment) { e.Version, e.Place = version, text }))
		},
		"session": func(version int, text string) error {
			_, err := s.SaveSession(ctx, newSession("x", "c", func(one *courses.Session) { one.Version, one.Place = version, text }))
			return err
		},
	} {
		require.ErrorIs(t, save(2, "early"), courses.ErrNotFound, name)
		suitetest.Race(t, courses.ErrConflict, func(n int) error { return save(1, fmt.Sprint(n)) })
		suitetest.Race(t, courses.ErrConflict, func(n int) error { return save(2, fmt.Sprint(n)) })
		require.ErrorIs(t, save(2, "late"), courses.ErrConflict, name)
		require.ErrorIs(t, save(4, "ahead"), courses.ErrConflict, name)
		require.NoError(t, save(3, "third"), name)
	}
	e, err := s.Enrolment(ctx, "c", "ann")
	require.NoError(t, err)
	require.Equal(t, newEnrolment("x", "c", "ann", func(e *courses.Enrolment) { e.Version, e.Place = 3, "third" }), e)
}

func checkCircles(t *testing.T, s courses.Store) {
	ctx := t.Context()
	needing := func(id string, version int, needs ...string) error {
		return s.SaveCourse(ctx, newCourse(id, func(c *courses.Course) { c.Version, c.Needs = version, needs }), nil)
	}
	const ring = 6 // as many as race
	for n := range ring {
		require.NoError(t, needing(fmt.Sprint("r", n), 1))
	}
	require.ErrorIs(t, needing("r0", 2, "r0"), courses.ErrConflict, "itself")
	require.NoError(t, needing("r0", 2, "r1", "none"))
	require.ErrorIs(t, needing("r1", 2, "r0"), courses.ErrConflict, "each other")
	require.NoError(t, needing("r1", 2, "r2"))
	require.ErrorIs(t, needing("r2", 2, "r0"), courses.ErrConflict, "at a remove")
	c, err := s.Course(ctx, "r2")
	require.NoError(t, err)
	require.Equal(t, 1, c.Version)
	for n := range ring - 1 {
		id := fmt.Sprint("r", n)
		c, err := s.Course(ctx, id)
		require.NoError(t, err)
		require.NoError(t, needing(id, c.Version+1))
	}
	faults := make([]error, ring)
	var wg sync.WaitGroup
	for n := range ring {
		c, err := s.Course(ctx, fmt.Sprint("r", n))
		require.NoError(t, err)
		wg.Go(func() { faults[n] = needing(c.ID, c.Version+1, fmt.Sprint("r", (n+1)%ring)) })
	}
	wg.Wait()
	refused := 0
	for _, err := range faults {
		if err != nil {
			require.ErrorIs(t, err, courses.ErrConflict)
			refused++
		}
	}
	require.Equal(t, 1, refused, "whoever is last would close the ring: %v", faults)
}

func checkWhole(t *testing.T, s courses.Store) {
	ctx := t.Context()
	rev := newRevision("x", 1)
	require.NoError(t, s.SaveCourse(ctx, newCourse("x"), &rev))
	again := newCourse("x", func(c *courses.Course) { c.Version, c.Owner = 2, "other" })
	require.ErrorIs(t, s.SaveCourse(ctx, again, &rev), courses.ErrConflict, "revisions never change")
	c, err := s.Course(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, newCourse("x"), c)
	taken := newCourse("y", func(c *courses.Course) { c.Slug = "slug-x" })
	first := newRevision("y", 1)
	require.ErrorIs(t, s.SaveCourse(ctx, taken, &first), courses.ErrConflict)
	_, err = s.Revision(ctx, "y", 1)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = s.Course(ctx, "y")
	require.ErrorIs(t, err, courses.ErrNotFound)
	second := newRevision("x", 2)
	require.NoError(t, s.SaveCourse(ctx, again, &second))
	for n := range 2 {
		got, err := s.Revision(ctx, "x", n+1)
		require.NoError(t, err)
		require.Equal(t, newRevision("x", n+1), got)
	}
}

func checkSlugs(t *testing.T, s courses.Store) {
	ctx := t.Context()
	at := func(slug string) string {
		id, err := s.CourseAt(ctx, slug)
		if err != nil {
			require.ErrorIs(t, err, courses.ErrNotFound)
		}
		return id
	}
	slugged := func(id, slug string, version int) courses.Course {
		return newCourse(id, func(c *courses.Course) { c.Slug, c.Version = slug, version })
	}
	suitetest.Race(t, courses.ErrConflict, func(n int) error { return s.SaveCourse(ctx, slugged(fmt.Sprint("r", n), "race", 1), nil) })
	require.NoError(t, s.SaveCourse(ctx, slugged("a", "one", 1), nil))
	require.NoError(t, s.SaveCourse(ctx, slugged("a", "two", 2), nil))
	require.Equal(t, "a", at("one"))
	require.Equal(t, "a", at("two"))
	require.ErrorIs(t, s.SaveCourse(ctx, slugged("b", "one", 1), nil), courses.ErrConflict, "it was another's once")
	require.NoError(t, s.SaveCourse(ctx, slugged("a", "one", 3), nil))
	require.Empty(t, at("ONE"))
}

// openings are audiences by ID of a course.
var openings = map[string]profile.Audience{
	"public": profile.Public(), "partner": profile.NewAudience("partner"), "both": profile.NewAudience("partner+region-eu"), "either": profile.NewAudience("partner", "region-eu"), "nobody": nil,
}

func saveOpenings(t *testing.T, s courses.Store) {
	t.Helper()
	for id, audience := range openings {
		require.NoError(t, s.SaveCourse(t.Context(), newCourse(id, func(c *courses.Course) { c.Audience, c.Owner = audience, "of-"+id }), nil))
	}
}

func checkSight(t *testing.T, s courses.Store) {
	saveOpenings(t, s)
	for name, c := range map[string]struct {
		q    courses.CourseQuery
		want []string
	}{
		"all":     {courses.CourseQuery{}, []string{"both", "either", "nobody", "partner", "public"}},
		"anybody": {courses.CourseQuery{Sight: sight()}, []string{"public"}},
		"partner": {courses.CourseQuery{Sight: sight("partner")}, []string{"either", "partner", "public"}},
		"region":  {courses.CourseQuery{Sight: sight("region-eu")}, []string{"either", "public"}},
		"both":    {courses.CourseQuery{Sight: sight("partner", "region-eu")}, []string{"both", "either", "partner", "public"}},
		"alike":   {courses.CourseQuery{Sight: sight("Partner", "partner2")}, []string{"public"}},
		"owner":   {courses.CourseQuery{Sight: sight(), Owner: "of-nobody"}, []string{"nobody", "public"}},
	} {
		require.Equal(t, c.want, courseIDs(t, s, c.q), name)
		c.q.Limit = 2
		require.Equal(t, c.want, courseIDs(t, s, c.q), name)
		tags, err := s.Tags(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, courses.Tag{Kind: courses.TagLanguage, Value: "de", N: len(c.want)}, tags[0], name)
	}
	closed := newCourse("partner", func(c *courses.Course) { c.Audience, c.Version = profile.NewAudience("region-eu"), 2 })
	require.NoError(t, s.SaveCourse(t.Context(), closed, nil))
	require.Equal(t, []string{"either", "public"}, courseIDs(t, s, courses.CourseQuery{Sight: sight("partner")}), "what was taken away is away")
}

func checkFilters(t *testing.T, s courses.Store) {
	free, fee := true, false
	for id, change := range map[string]func(*courses.Course){
		"a": func(c *courses.Course) { c.Price.Amount, c.Topics = 0, []string{"care"} },
		"b": func(c *courses.Course) { c.Topics, c.Title = []string{"start"}, courses.Words{"en": "B"} },
		"c": func(c *courses.Course) { c.Status, c.Topics = courses.StatusDraft, nil },
	} {
		require.NoError(t, s.SaveCourse(t.Context(), newCourse(id, change), nil))
	}
	for name, c := range map[string]struct {
		q    courses.CourseQuery
		want []string
	}{
		"free": {courses.CourseQuery{Free: &free}, []string{"a"}}, "fee": {courses.CourseQuery{Free: &fee}, []string{"b", "c"}},
		"topic": {courses.CourseQuery{Topic: "start"}, []string{"b"}}, "language": {courses.CourseQuery{Language: "de"}, []string{"a", "c"}},
		"own language": {courses.CourseQuery{Language: "en"}, []string{"a", "b", "c"}},
		"status":       {courses.CourseQuery{Statuses: []courses.Status{courses.StatusDraft, courses.StatusClosed}}, []string{"c"}},
		"no status":    {courses.CourseQuery{Statuses: []courses.Status{}}, nil},
		"ids":          {courses.CourseQuery{IDs: []string{"c", "a", "z"}}, []string{"a", "c"}}, "no ids": {courses.CourseQuery{IDs: []string{}}, nil},
		"together": {courses.CourseQuery{Free: &fee, Language: "de", Sight: sight()}, []string{"c"}},
		"odd":      {courses.CourseQuery{Topic: "a\x00"}, nil}, "alike": {courses.CourseQuery{Topic: "Start"}, nil},
	} {
		require.Equal(t, c.want, courseIDs(t, s, c.q), name)
	}
}

func checkLeads(t *testing.T, s courses.Store) {
	ctx := t.Context()
	shown := courses.Lesson{ID: "l", Kind: courses.LessonArticle, Article: "shown", Title: courses.Words{"en": "L"}}
	leading := func(course string, number int, l courses.Lesson, to ...string) *courses.Revision {
		rev := newRevision(course, number)
		rev.Modules[0].Lessons[0] = l
		for _, id := range to {
			rev.Leads = append(rev.Leads, courses.Lead{Lesson: "l2", Article: id}, courses.Lead{Article: id})
		}
		return &rev
	}
	found := func(article string) []string { return courseIDs(t, s, courses.CourseQuery{Article: article}) }
	numbers := func(head, live int) func(*courses.Course) {
		return func(c *courses.Course) { c.Head, c.Live, c.Version = head, live, c.Version+head-1 }
	}
	require.NoError(t, s.SaveCourse(ctx, newCourse("a"), leading("a", 1, shown, "both")))
	require.NoError(t, s.SaveCourse(ctx, newCourse("b", func(c *courses.Course) { c.Audience = nil }), leading("b", 1, courses.Lesson{ID: "l", Article: "shown", Kind: courses.LessonText}, "both")))
	require.Equal(t, []string{"a"}, found("shown"), "a lesson that is no article shows none")
	require.Equal(t, []string{"a", "b"}, found("both"))
	require.Equal(t, []string{"a"}, courseIDs(t, s, courses.CourseQuery{Article: "both", Sight: sight()}))
	tags, err := s.Tags(ctx, courses.CourseQuery{Article: "shown"})
	require.NoError(t, err)
	require.Equal(t, 1, tags[0].N)
	for _, odd := range []string{"Shown", "none", "sh\x00", "a"} {
		require.Empty(t, found(odd))
	}
	require.NoError(t, s.SaveCourse(ctx, newCourse("a", numbers(2, 1)), leading("a", 2, courses.Lesson{ID: "l"}, "new")))
	require.Equal(t, []string{"a"}, found("shown"), "learners are still given it")
	require.Equal(t, []string{"a"}, found("new"), "of a draft")
	require.NoError(t, s.SaveCourse(ctx, newCourse("a", numbers(3, 3)), leading("a", 3, courses.Lesson{ID: "l"}, "newest")))
	require.Empty(t, found("shown"))
	require.Empty(t, found("new"))
	got, err := s.Revision(ctx, "a", 3)
	require.NoError(t, err)
	require.Equal(t, *leading("a", 3, courses.Lesson{ID: "l"}, "newest"), got)
}

func checkTags(t *testing.T, s courses.Store) {
	ctx := t.Context()
	require.NoError(t, s.SaveCourse(ctx, newCourse("a"), nil))
	require.NoError(t, s.SaveCourse(ctx, newCourse("b", func(c *courses.Course) { c.Topics, c.Title = []string{"care"}, courses.Words{"en": "B", "fr": ""} }), nil))
	require.NoError(t, s.SaveCourse(ctx, newCourse("d", func(c *courses.Course) { c.Status = courses.StatusDraft }), nil))
	want := []courses.Tag{{Kind: "language", Value: "de", N: 1}, {Kind: "language", Value: "en", N: 2}, {Kind: "topic", Value: "care", N: 2}, {Kind: "topic", Value: "start", N: 1}}
	q := courses.CourseQuery{Statuses: []courses.Status{courses.StatusPublished}, Topic: "start", Language: "de", Limit: 1}
	got, err := s.Tags(ctx, q)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, s.SaveCourse(ctx, newCourse("a", func(c *courses.Course) { c.Version, c.Topics = 2, []string{"new"} }), nil))
	got, err = s.Tags(ctx, q)
	require.NoError(t, err)
	require.Equal(t, []courses.Tag{want[0], want[1], {Kind: "topic", Value: "care", N: 1}, {Kind: "topic", Value: "new", N: 1}}, got)
}

func checkPages(t *testing.T, s courses.Store) {
	var want, last []string
	for _, rank := range []int{-3, 1, 20} {
		for _, id := range []string{"A", "B", "a", "b"} {
			want = append(want, fmt.Sprint(id, rank))
			require.NoError(t, s.SaveCourse(t.Context(), newCourse(fmt.Sprint(id, rank), func(c *courses.Course) { c.Rank = rank }), nil))
		}
	}
	for _, hours := range []int{3, 2, 1} {
		for _, id := range []string{"A", "B", "a", "b"} {
			name := fmt.Sprint(id, hours)
			last = append(last, name)
			require.NoError(t, s.SaveEnrolment(t.Context(), newEnrolment(name, "c", name, func(e *courses.Enrolment) { e.AskedAt = t0.Add(time.Duration(hours) * time.Hour) })))
			_, err := s.SaveSession(t.Context(), newSession(name, "c", func(one *courses.Session) { one.Starts = t0.Add(-time.Duration(hours) * time.Hour) }))
			require.NoError(t, err)
		}
	}
	for _, limit := range []int{1, 2, 5, 12, 50, 0} {
		require.Equal(t, want, courseIDs(t, s, courses.CourseQuery{Limit: limit}), limit)
		require.Equal(t, last, each(t, limit, func(after string, n int) ([]courses.Enrolment, string, error) {
			return s.Enrolments(t.Context(), courses.EnrolmentQuery{After: after, Limit: n})
		}, func(e courses.Enrolment) string { return e.ID }), limit)
		require.Equal(t, last, each(t, limit, func(after string, n int) ([]courses.Session, string, error) {
			return s.Sessions(t.Context(), courses.SessionQuery{After: after, Limit: n})
		}, func(one courses.Session) string { return one.ID }), limit)
	}
	var asked []string
	for _, session := range []string{"A1", "a1"} {
		for n := range 3 {
			book(t, s, session, numbered(3-n))
			asked = append(asked, session+numbered(3-n))
		}
	}
	for _, limit := range []int{1, 2, 6, 0} {
		require.Equal(t, asked, each(t, limit, func(after string, n int) ([]courses.Booking, string, error) {
			return s.Bookings(t.Context(), courses.BookingQuery{After: after, Limit: n})
		}, func(b courses.Booking) string { return b.Session + b.Person }), limit)
	}
}

func checkToken(t *testing.T, s courses.Store) {
	_, _, err := s.Courses(t.Context(), courses.CourseQuery{After: "nonsense"})
	require.ErrorIs(t, err, courses.ErrInvalid)
	_, _, err = s.Enrolments(t.Context(), courses.EnrolmentQuery{After: "nonsense"})
	require.ErrorIs(t, err, courses.ErrInvalid)
	_, _, err = s.Sessions(t.Context(), courses.SessionQuery{After: "nonsense"})
	require.ErrorIs(t, err, courses.ErrInvalid)
	_, _, err = s.Bookings(t.Context(), courses.BookingQuery{After: "nonsense"})
	require.ErrorIs(t, err, courses.ErrInvalid)
}

func checkAliasing(t *testing.T, s courses.Store) {
	ctx := t.Context()
	c, rev, e, one := newCourse("x"), newRevision("x", 1), newEnrolment("x", "x", "ann"), newSession("x", "x")
	require.NoError(t, s.SaveCourse(ctx, c, &rev))
	require.NoError(t, s.SaveEnrolment(ctx, e))
	_, err := s.SaveSession(ctx, one)
	require.NoError(t, err)
	spoil := func(c courses.Course, rev courses.Revision, e courses.Enrolment, one courses.Session) {
		c.Title["en"], c.Topics[0], c.Audience[0], c.Needs[0] = "spoilt", "spoilt", "spoilt", "spoilt"
		l := rev.Modules[0].Lessons
		l[0].Body["en"], l[1].Quiz.Questions[0].Options[0].Text["en"], l[1].Quiz.Questions[0].Accept[0] = "spoilt", "spoilt", "spoilt"
		e.Finished["spoilt"], e.Attempts[0].Given["q"][0], e.Certificates[0].Title["en"], e.Order.Ref = t0, "spoilt", "spoilt", "spoilt"
		one.Title["en"] = "spoilt"
	}
	spoil(c, rev, e, one)
	for range 2 {
		gotC, err := s.Course(ctx, "x")
		require.NoError(t, err)
		require.Equal(t, newCourse("x"), gotC)
		gotR, err := s.Revision(ctx, "x", 1)
		require.NoError(t, err)
		require.Equal(t, newRevision("x", 1), gotR)
		gotE, err := s.Enrolment(ctx, "x", "ann")
		require.NoError(t, err)
		require.Equal(t, newEnrolment("x", "x", "ann"), gotE)
		gotS, err := s.Session(ctx, "x")
		require.NoError(t, err)
		require.Equal(t, newSession("x", "x"), gotS)
		spoil(gotC, gotR, gotE, gotS)
	}
}

func checkChanges(t *testing.T, s courses.Store) {
	ctx := t.Context()
	for _, id := range []string{"a", "b"} {
		require.NoError(t, s.SaveCourse(ctx, newCourse(id), nil))
	}
	ids, next := follow(t, s, "")
	require.ElementsMatch(t, []string{"a", "b"}, ids)
	ids, same := follow(t, s, next)
	require.Empty(t, ids)
	require.NoError(t, s.SaveCourse(ctx, newCourse("a", func(c *courses.Course) { c.Version = 2 }), nil))
	require.NoError(t, s.SaveCourse(ctx, newCourse("a", func(c *courses.Course) { c.Version = 3 }), nil))
	require.Error(t, s.SaveCourse(ctx, newCourse("b", func(c *courses.Course) { c.Version = 7 }), nil))
	require.NoError(t, s.WaitChanges(ctx, same))
	ids, _ = follow(t, s, same)
	require.Equal(t, []string{"a"}, ids)
	_, _, err := s.Changes(ctx, "nonsense", 10)
	require.Error(t, err)
}

func follow(t *testing.T, s courses.Store, after string) (ids []string, next string) {
	t.Helper()
	for range 20 {
		some, to, err := s.Changes(t.Context(), after, 10)
		require.NoError(t, err)
		if ids = append(ids, some...); to == after {
			break
		}
		after = to
	}
	return ids, after
}

func checkText(t *testing.T, s courses.Store) {
	ctx := t.Context()
	for n, text := range suitetest.OddTexts() {
		id := fmt.Sprint("x", n)
		c := newCourse(id, func(c *courses.Course) { c.Title["en"], c.Topics = text, []string{text} })
		e := newEnrolment(id, id, text, func(e *courses.Enrolment) { e.Certificates[0].Number, e.Order.ID = text, text })
		require.NoError(t, s.SaveCourse(ctx, c, nil))
		require.NoError(t, s.SaveEnrolment(ctx, e))
		require.Equal(t, []string{id}, courseIDs(t, s, courses.CourseQuery{Topic: text}))
		for name, find := range map[string]func() (courses.Enrolment, error){
			"person":      func() (courses.Enrolment, error) { return s.Enrolment(ctx, id, text) },
			"order":       func() (courses.Enrolment, error) { return s.EnrolmentOfOrder(ctx, text) },
			"certificate": func() (courses.Enrolment, error) { return s.EnrolmentOfCertificate(ctx, text) },
		} {
			got, err := find()
			require.NoError(t, err, name)
			require.Equal(t, e, got, name)
		}
	}
	for _, text := range []string{"a\x00b", "\xff"} {
		rev := newRevision("bad", 1)
		rev.Modules[0].Lessons[1].Quiz.Questions[0].Explain["en"] = text
		require.ErrorIs(t, s.SaveCourse(ctx, newCourse("bad"), &rev), courses.ErrInvalid)
		require.ErrorIs(t, s.SaveCourse(ctx, newCourse("bad", func(c *courses.Course) { c.Title["de"] = text }), nil), courses.ErrInvalid)
		require.ErrorIs(t, s.SaveEnrolment(ctx, newEnrolment("bad", "c", "p", func(e *courses.Enrolment) { e.Attempts[0].Given["q"][0] = text })), courses.ErrInvalid)
		_, err := s.SaveSession(ctx, newSession("bad", "c", func(one *courses.Session) { one.Place = text }))
		require.ErrorIs(t, err, courses.ErrInvalid)
		_, err = s.Book(ctx, courses.Booking{Session: "s", Course: "c", Person: text, At: t0})
		require.ErrorIs(t, err, courses.ErrInvalid)
		_, _, err = s.Forget(ctx, "ann", text, t0)
		require.ErrorIs(t, err, courses.ErrInvalid)
	}
}

func checkCancelled(t *testing.T, s courses.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := []error{s.SaveCourse(ctx, newCourse("x"), nil), s.SaveEnrolment(ctx, newEnrolment("x", "c", "p")), s.Attend(ctx, "x", "p", true), s.WaitChanges(ctx, "")}
	keep := func(_ any, err error) { calls = append(calls, err) }
	keep(s.Course(ctx, "x"))
	keep(s.CourseAt(ctx, "x"))
	keep(s.Revision(ctx, "x", 1))
	keep(s.Tags(ctx, courses.CourseQuery{}))
	keep(s.Enrolment(ctx, "x", "p"))
	keep(s.EnrolmentOfOrder(ctx, "x"))
	keep(s.Session(ctx, "x"))
	keep(s.SaveSession(ctx, newSession("x", "c")))
	keep(s.Book(ctx, courses.Booking{Session: "x", Course: "c", Person: "p", At: t0}))
	keep(s.Unbook(ctx, "x", "p"))
	keep(s.Written(ctx, "p"))
	keep(s.OwnedBy(ctx, "p"))
	_, _, err := s.Forget(ctx, "p", "", t0)
	keep(nil, err)
	_, _, err = s.Courses(ctx, courses.CourseQuery{})
	keep(nil, err)
	for n, err := range calls {
		if n != 3 { // waiting for what is there already need not ask
			require.ErrorIs(t, err, context.Canceled, n)
		}
	}
	require.Empty(t, courseIDs(t, s, courses.CourseQuery{}))
}
