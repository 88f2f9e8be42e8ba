package courses_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// TestLearning takes a course from the catalogue to the certificate.
func TestLearning(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start", func(d *courses.Draft) { d.Months, d.InOrder = 12, true })
	list, _, err := w.Catalogue(t.Context(), cem, courses.Query{Locale: "de"})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, courses.Said{Text: "Titel von start", Locale: "de"}, list[0].Title)
	require.Equal(t, courses.Said{Text: "Summary of start", Locale: "en"}, list[0].Summary, "what a language lacks is in the course's own")
	require.Equal(t, []int{3, 16}, []int{list[0].Lessons, list[0].Minutes})

	_, err = w.Lesson(t.Context(), ann, id, "read", "en")
	says(t, err, courses.ErrForbidden, "enrol")
	require.Equal(t, courses.StateActive, w.enrol(t, ann, id).State)
	p, err := w.Course(t.Context(), ann, id, "de-AT")
	require.NoError(t, err)
	require.Equal(t, []string{"de", "read"}, []string{p.Locale, p.Place})
	require.Equal(t, []bool{true, false, false}, []bool{p.Modules[0].Lessons[0].Open, p.Modules[0].Lessons[1].Open, p.Modules[1].Lessons[0].Open})
	_, err = w.Lesson(t.Context(), ann, id, "quiz", "en")
	says(t, err, courses.ErrForbidden, "order")

	l, err := w.Lesson(t.Context(), ann, id, "read", "de")
	require.NoError(t, err)
	require.Contains(t, string(l.HTML), "<em>Text</em>")
	require.Equal(t, []any{1, "", ""}, []any{l.Number, l.Before, l.After})
	w.finish(t, ann, id, "read", "read")
	require.Equal(t, 1, w.count("lesson.finished"))
	_, err = w.Finish(t.Context(), ann, id, "quiz")
	says(t, err, courses.ErrForbidden, "kind")
	require.True(t, w.take(t, ann, id, "one").Passed, "three of four")
	e := w.finish(t, ann, id, "last")
	require.Equal(t, courses.StateFinished, e.State)
	require.Equal(t, 100, e.Progress().Percent())
	require.Len(t, e.Certificates, 1)
	require.Equal(t, now.AddDate(1, 0, 0), e.Certificates[0].ExpiresAt)
	for _, name := range []string{"course.enrolled", "quiz.begun", "quiz.passed", "course.finished", "certificate.issued"} {
		require.Equal(t, 1, w.count(name), name)
	}
	mine, _, err := w.Learning(t.Context(), ann, "en", "", 0)
	require.NoError(t, err)
	require.Len(t, mine, 1)
	require.Equal(t, 3, mine[0].Progress.Done)
	mine, _, err = w.Learning(t.Context(), bob, "en", "", 0)
	require.NoError(t, err)
	require.Empty(t, mine)
}

// TestAnswersAreNotSent looks for what is right in all that is sent before a quiz
// is answered, and while it can be tried again.
func TestAnswersAreNotSent(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	w.enrol(t, ann, id)
	_, err := w.Begin(t.Context(), ann, id, "quiz")
	require.NoError(t, err)
	look := func() string {
		l, err := w.Lesson(t.Context(), ann, id, "quiz", "en")
		require.NoError(t, err)
		l.Page.Mine, l.Page.Place = courses.Enrolment{}, "" // what they gave is theirs
		text, err := json.Marshal(l)
		require.NoError(t, err)
		return string(text)
	}
	before := look()
	for _, word := range []string{"because", "Eight", "8 °C", "right", "Right", `"s2"`, `"o1"`, `"x1"`} {
		require.NotContains(t, before, word)
	}
	require.Equal(t, before, look(), "the order is that of the attempt")
	w.take(t, ann, id, "one", "text", "order")
	after := look()
	require.Contains(t, after, "because-text")
	require.NotContains(t, after, "Eight", "it can be tried again")
	w.take(t, ann, id, "one", "text", "order")
	require.False(t, w.take(t, ann, id, "one", "text", "order").Passed)
	require.Contains(t, look(), "Eight", "no attempt is left")
	_, err = w.Begin(t.Context(), ann, id, "quiz")
	says(t, err, courses.ErrTooMany, "attempts")
	_, err = w.Finish(t.Context(), ann, id, "quiz")
	require.ErrorIs(t, err, courses.ErrForbidden)
}

// TestOrderIsOfTheAttempt: choices come in another order each time and each for
// whom, and what is to be put in order is never put so.
func TestOrderIsOfTheAttempt(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start", func(d *courses.Draft) { d.Modules[0].Lessons[1].Quiz.Attempts = 20 })
	orders := map[string]bool{}
	for n := range 12 {
		by := actor(fmt.Sprint("p", n), profile.RoleCustomer)
		w.enrol(t, by, id)
		_, err := w.Begin(t.Context(), by, id, "quiz")
		require.NoError(t, err)
		l, err := w.Lesson(t.Context(), by, id, "quiz", "en")
		require.NoError(t, err)
		seen := ""
		for _, q := range l.Quiz.Sheet.Questions {
			seen += q.ID
			if q.ID != "order" {
				continue
			}
			var texts []string
			for _, c := range q.Choices {
				texts = append(texts, c.Text.Text)
			}
			require.NotEqual(t, []string{"option o1", "option o2", "option o3", "option o4"}, texts)
			seen += strings.Join(texts, "")
		}
		orders[seen] = true
	}
	require.Greater(t, len(orders), 6)
}

// TestBadAnswers: what is no answer keeps the attempt open and says where.
func TestBadAnswers(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	w.enrol(t, ann, id)
	a, err := w.Begin(t.Context(), ann, id, "quiz")
	require.NoError(t, err)
	for _, bad := range []map[string][]string{
		nil, {"one": {"1", "2"}, "many": {"9"}, "text": {"  "}, "order": {"1", "2", "3"}}, {"one": {"0"}, "many": {"1", "1"}, "text": {"a", "b"}, "order": {"1", "1", "2", "3"}},
		{"one": {"+1"}, "many": {"s2"}, "text": {strings.Repeat("x", 5000)}, "order": {"1", "2", "3", "4", "5"}}, {"one": {"01"}, "many": {}, "text": {"a\x00"}, "order": {"4", "3", "2", ""}},
	} {
		_, err := w.Answer(t.Context(), ann, id, "quiz", a.Number, bad)
		require.Equal(t, map[string]string{
			"q.one": "error.course.answer_single", "q.many": "error.course.answer_multiple", "q.text": "error.course.answer_text", "q.order": "error.course.answer_order",
		}, wrong(t, err))
	}
	_, err = w.Answer(t.Context(), ann, id, "quiz", 7, nil)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = w.Begin(t.Context(), ann, id, "read")
	require.ErrorIs(t, err, courses.ErrNotFound)
	again, err := w.Begin(t.Context(), ann, id, "quiz")
	require.NoError(t, err)
	require.Equal(t, 1, again.Number)
	require.True(t, w.take(t, ann, id).Passed)
}

// TestSentTwice does everything from several tabs at once: each counts once.
func TestSentTwice(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	together := func(do func() error) {
		t.Helper()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	together(func() error { _, err := w.Enrol(t.Context(), ann, id); return err })
	together(func() error { _, err := w.Finish(t.Context(), ann, id, "read"); return err })
	together(func() error { _, err := w.Begin(t.Context(), ann, id, "quiz"); return err })
	l, err := w.Lesson(t.Context(), ann, id, "quiz", "en")
	require.NoError(t, err)
	given := answers(t, l.Quiz.Sheet)
	together(func() error { _, err := w.Answer(t.Context(), ann, id, "quiz", 1, given); return err })
	late, err := w.Answer(t.Context(), ann, id, "quiz", 1, answers(t, l.Quiz.Sheet, "one", "many"))
	require.NoError(t, err)
	require.Equal(t, 100, late.Percent(), "the first answers count")
	together(func() error { _, err := w.Finish(t.Context(), ann, id, "last"); return err })
	e := w.enrol(t, ann, id)
	require.Len(t, e.Attempts, 1)
	require.Len(t, e.Certificates, 1)
	require.Equal(t, courses.StateFinished, e.State)
	for name, n := range map[string]int{"course.enrolled": 1, "lesson.finished": 3, "quiz.begun": 1, "quiz.passed": 1, "course.finished": 1, "certificate.issued": 1} {
		require.Equal(t, n, w.count(name), name)
	}
}

// TestResume: people go on where they were.
func TestResume(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	place := func() string {
		p, err := w.Course(t.Context(), ann, id, "en")
		require.NoError(t, err)
		return p.Place
	}
	w.enrol(t, ann, id)
	_, err := w.Lesson(t.Context(), ann, id, "last", "en")
	require.NoError(t, err)
	require.Equal(t, "last", place())
	viewer := ann
	viewer.Viewer = "rosa"
	_, err = w.Lesson(t.Context(), viewer, id, "quiz", "en")
	require.NoError(t, err)
	require.Equal(t, "last", place(), "who looks on moves nothing")
	for _, call := range []func() error{
		func() error { _, err := w.Finish(t.Context(), viewer, id, "read"); return err },
		func() error { _, err := w.Begin(t.Context(), viewer, id, "quiz"); return err },
		func() error { return w.Leave(t.Context(), viewer, id) },
		func() error { _, err := w.Enrol(t.Context(), viewer, id); return err },
	} {
		require.ErrorIs(t, call(), courses.ErrForbidden)
	}
	w.finish(t, ann, id, "last")
	require.Equal(t, "read", place())
}

// TestRevisions: learners keep the revision that they began with until they take
// over the new one.
func TestRevisions(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	w.enrol(t, ann, id)
	w.finish(t, ann, id, "read", "last")
	newer := lessons()
	newer[0].Lessons[0].Body = en("Other words.")
	newer[1].Lessons = []courses.Lesson{{Kind: courses.LessonText, Title: en("New"), Body: en("N")}, {Kind: courses.LessonText, Title: en("Newer"), Body: en("N")}}
	w.revise(t, id, newer)
	l, err := w.Lesson(t.Context(), ann, id, "read", "en")
	require.NoError(t, err)
	require.Contains(t, string(l.HTML), "Some <em>text</em>")
	require.True(t, l.Page.Newer)
	w.enrol(t, bob, id)
	l, err = w.Lesson(t.Context(), bob, id, "read", "en")
	require.NoError(t, err)
	require.Contains(t, string(l.HTML), "Other words")
	require.False(t, l.Page.Newer)
	_, err = w.Lesson(t.Context(), bob, id, "last", "en")
	require.ErrorIs(t, err, courses.ErrNotFound)

	e, err := w.TakeOver(t.Context(), ann, id)
	require.NoError(t, err)
	require.Equal(t, courses.Progress{Done: 1, Of: 4}, e.Progress())
	require.Contains(t, e.Finished, "read")
	_, err = w.TakeOver(t.Context(), ann, id)
	require.NoError(t, err)
	require.Equal(t, 1, w.count("course.taken_over"))
	_, err = w.TakeOver(t.Context(), actor("dora"), id)
	require.ErrorIs(t, err, courses.ErrNotFound)
}

// TestCertificates: what is shown is what the holder chose.
func TestCertificates(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start", func(d *courses.Draft) { d.Months = 6 })
	w.enrol(t, ann, id)
	w.finish(t, ann, id, "read", "last")
	w.take(t, ann, id)
	number := w.enrol(t, ann, id).Certificates[0].Number
	require.Regexp(t, `^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$`, number)
	c, err := w.Certificate(t.Context(), nobody, " "+strings.ToLower(number), "de")
	require.NoError(t, err)
	require.Equal(t, []any{"", true, false, "Titel von start"}, []any{c.Name, c.Valid, c.Mine, c.Title.Text})
	require.NoError(t, w.Show(t.Context(), ann, number, courses.Shown{Name: " Ann Lee "}))
	c, err = w.Certificate(t.Context(), bob, number, "en")
	require.NoError(t, err)
	require.Equal(t, "Ann Lee", c.Name)
	require.ErrorIs(t, w.Show(t.Context(), bob, number, courses.Shown{Name: "Bob"}), courses.ErrNotFound)
	require.Equal(t, map[string]string{"name": "error.field.too_long"}, wrong(t, w.Show(t.Context(), ann, number, courses.Shown{Name: strings.Repeat("x", 900)})))
	require.NoError(t, w.Show(t.Context(), ann, number, courses.Shown{Name: "Ann Lee", Hidden: true}))
	_, err = w.Certificate(t.Context(), rosa, number, "en")
	require.ErrorIs(t, err, courses.ErrNotFound)
	c, err = w.Certificate(t.Context(), ann, number, "en")
	require.NoError(t, err)
	require.True(t, c.Mine)
	w.now = now.AddDate(0, 6, 0)
	c, err = w.Certificate(t.Context(), ann, number, "en")
	require.NoError(t, err)
	require.False(t, c.Valid)

	e, err := w.Restart(t.Context(), ann, id)
	require.NoError(t, err)
	require.Equal(t, []any{courses.StateActive, 0, 1}, []any{e.State, e.Progress().Done, len(e.Certificates)})
	w.finish(t, ann, id, "read", "last")
	w.take(t, ann, id)
	require.Len(t, w.enrol(t, ann, id).Certificates, 2)
	for _, odd := range []string{"", "AAAA", "a\x00"} {
		_, err = w.Certificate(t.Context(), ann, odd, "en")
		require.ErrorIs(t, err, courses.ErrNotFound)
	}
}

// TestArticles: an article is a lesson for those who may read it.
func TestArticles(t *testing.T) {
	w := newWorld(t, func(o *courses.Options) {
		o.Article = articles{"a1": "Words of an article"}.read
	})
	modules := []courses.Module{{Title: en("M"), Lessons: []courses.Lesson{
		{ID: "one", Kind: courses.LessonArticle, Title: en("One"), Article: "a1"}, {ID: "two", Kind: courses.LessonArticle, Title: en("Two"), Article: "hidden"},
	}}}
	id := w.course(t, "start", func(d *courses.Draft) { d.Modules = modules })
	w.enrol(t, ann, id)
	l, err := w.Lesson(t.Context(), ann, id, "one", "en")
	require.NoError(t, err)
	require.Contains(t, string(l.HTML), "Words of an article")
	l, err = w.Lesson(t.Context(), ann, id, "two", "en")
	require.NoError(t, err)
	require.True(t, l.Missing)
	require.Equal(t, courses.StateFinished, w.finish(t, ann, id, "one", "two").State)
	require.Equal(t, time.Time{}, w.enrol(t, ann, id).Certificates[0].ExpiresAt)
}
