package courses_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

type failing struct{ err error }

func (f failing) notify(context.Context, profile.Occurrence) error { return f.err }

// TestDesk: who may write, publish and see what at the desk.
func TestDesk(t *testing.T) {
	w := newWorld(t)
	d := courses.Draft{Key: "k", Settings: courses.Settings{Audience: profile.NewAudience("staff")}, Content: courses.Content{Title: en("My Course!")}}
	_, err := w.Create(t.Context(), ann, d)
	require.ErrorIs(t, err, courses.ErrForbidden)
	c, err := w.Create(t.Context(), walt, d)
	require.NoError(t, err)
	again, err := w.Create(t.Context(), walt, d)
	require.NoError(t, err)
	require.Equal(t, c.ID, again.ID)
	require.Equal(t, []any{"my-course", courses.StatusDraft, "walt", 0, 1}, []any{c.Slug, c.Status, c.Owner, c.Live, c.Head})
	d.Slug = "other"
	_, err = w.Create(t.Context(), walt, d)
	require.ErrorIs(t, err, courses.ErrConflict)
	_, err = w.Create(t.Context(), walt, courses.Draft{Settings: courses.Settings{Slug: "my-course"}, Content: d.Content})
	require.Equal(t, map[string]string{"slug": "error.course.slug"}, wrong(t, err))

	_, err = w.Publish(t.Context(), walt, c.ID, c.Version)
	require.ErrorIs(t, err, courses.ErrForbidden)
	_, err = w.Publish(t.Context(), rosa, c.ID, c.Version)
	require.Equal(t, map[string]string{"modules": "error.course.lessons"}, wrong(t, err))
	c, err = w.Save(t.Context(), walt, c.ID, 1, courses.Draft{Settings: c.Settings, Content: courses.Content{Title: en("T"), Modules: lessons()}})
	require.NoError(t, err)
	require.Equal(t, 2, c.Head)
	_, err = w.Save(t.Context(), walt, c.ID, 1, courses.Draft{Settings: c.Settings, Content: courses.Content{Title: en("T")}})
	require.ErrorIs(t, err, courses.ErrConflict)
	c, err = w.Publish(t.Context(), rosa, c.ID, c.Version)
	require.NoError(t, err)
	open := c.Settings
	open.Audience = profile.Public()
	_, rev, err := w.Manuscript(t.Context(), walt, c.ID)
	require.NoError(t, err)
	_, err = w.Save(t.Context(), walt, c.ID, c.Version, courses.Draft{Settings: open, Content: rev.Content})
	require.ErrorIs(t, err, courses.ErrForbidden, "who sees a published course is not for authors")
	c, err = w.Save(t.Context(), walt, c.ID, c.Version, courses.Draft{Settings: c.Settings, Content: rev.Content})
	require.NoError(t, err)
	require.Equal(t, 2, c.Head, "what did not change is no revision")

	hidden := w.course(t, "hidden", func(d *courses.Draft) { d.Audience = profile.NewAudience("partner") })
	_, _, err = w.Manuscript(t.Context(), walt, hidden)
	require.ErrorIs(t, err, courses.ErrNotFound)
	for by, n := range map[string]int{"walt": 1, "rosa": 2} {
		list, _, err := w.Desk(t.Context(), map[string]profile.Actor{"walt": walt, "rosa": rosa}[by], "", 0)
		require.NoError(t, err)
		require.Len(t, list, n, by)
	}
	_, _, err = w.Desk(t.Context(), ann, "", 0)
	require.ErrorIs(t, err, courses.ErrForbidden)
}

// TestMoved: an old address leads to the new one.
func TestMoved(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "old")
	c, rev, err := w.Manuscript(t.Context(), rosa, id)
	require.NoError(t, err)
	c.Slug = "new"
	_, err = w.Save(t.Context(), rosa, id, c.Version, courses.Draft{Settings: c.Settings, Content: rev.Content})
	require.NoError(t, err)
	found, slug, err := w.Find(t.Context(), nobody, "old")
	require.NoError(t, err)
	require.Equal(t, []string{id, "new"}, []string{found, slug})
}

// TestBadDrafts: what is wrong is said where it is, and nothing is saved.
func TestBadDrafts(t *testing.T) {
	w := newWorld(t)
	lesson := func(change func(*courses.Lesson)) func(*courses.Draft) {
		return func(d *courses.Draft) { change(&d.Modules[0].Lessons[1]) }
	}
	for field, change := range map[string]func(*courses.Draft){
		"title": func(d *courses.Draft) { d.Title = nil }, "title.x_y": func(d *courses.Draft) { d.Title["x_y"] = "x" }, "slug": func(d *courses.Draft) { d.Slug = "A b" },
		"entry": func(d *courses.Draft) { d.Entry = "other" }, "price": func(d *courses.Draft) { d.Price = i18n.Money{Amount: -1, Currency: "EUR"} },
		"currency": func(d *courses.Draft) { d.Price = i18n.Money{Amount: 1, Currency: "euro"} }, "audience": func(d *courses.Draft) { d.Audience = profile.Audience{"a b+"} },
		"months": func(d *courses.Draft) { d.Months = -1 }, "topics": func(d *courses.Draft) { d.Topics = strings.Split(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1), "") },
		"modules[0].lessons[1].kind":                        lesson(func(l *courses.Lesson) { l.Kind = "film" }),
		"modules[0].lessons[1]":                             lesson(func(l *courses.Lesson) { l.ID = "read" }),
		"modules[0].lessons[1].minutes":                     lesson(func(l *courses.Lesson) { l.Minutes = -1 }),
		"modules[0].lessons[1].quiz.pass":                   lesson(func(l *courses.Lesson) { l.Quiz.Pass = 101 }),
		"modules[0].lessons[1].quiz.questions[0].kind":      lesson(func(l *courses.Lesson) { l.Quiz.Questions[0].Kind = "essay" }),
		"modules[0].lessons[1].quiz.questions[0].options":   lesson(func(l *courses.Lesson) { l.Quiz.Questions[0].Options = make([]courses.Option, 13) }),
		"modules[0].lessons[1].quiz.questions[0].prompt.en": lesson(func(l *courses.Lesson) { l.Quiz.Questions[0].Prompt["en"] = strings.Repeat("x", 9000) }),
	} {
		d := courses.Draft{Settings: courses.Settings{Slug: "bad", Audience: profile.Public()}, Content: courses.Content{Title: en("T"), Modules: lessons()}}
		change(&d)
		_, err := w.Create(t.Context(), rosa, d)
		require.Contains(t, wrong(t, err), field)
	}
	for _, change := range []func(*courses.Question){
		func(q *courses.Question) { q.Options[0].Right = true }, func(q *courses.Question) { q.Options[1].Right = false }, func(q *courses.Question) { q.Prompt = nil },
		func(q *courses.Question) { q.Options = q.Options[1:2] }, func(q *courses.Question) { q.Options[0].Text = nil }, func(q *courses.Question) { q.Kind = courses.QuestionText },
	} {
		d := courses.Draft{Settings: courses.Settings{Audience: profile.Public()}, Content: courses.Content{Title: en("T"), Modules: lessons()}}
		change(&d.Modules[0].Lessons[1].Quiz.Questions[0])
		c, err := w.Create(t.Context(), rosa, d)
		require.NoError(t, err, "a draft may be unfinished")
		_, err = w.Publish(t.Context(), rosa, c.ID, 1)
		require.Equal(t, map[string]string{"modules[0].lessons[1].quiz.questions[0]": "error.course.question"}, wrong(t, err))
	}
}

// TestResults are what became of learners.
func TestResults(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	for _, by := range []profile.Actor{ann, bob, cem} {
		w.enrol(t, by, id)
		w.finish(t, by, id, "read")
	}
	w.take(t, ann, id, "text")
	w.take(t, bob, id, "text", "one", "many")
	w.take(t, bob, id)
	require.NoError(t, w.Leave(t.Context(), cem, id))
	r, err := w.Results(t.Context(), rosa, id, "de")
	require.NoError(t, err)
	require.Equal(t, map[courses.State]int{courses.StateActive: 2, courses.StateLeft: 1}, r.States)
	require.Equal(t, []int{2, 3}, []int{r.Lessons[0].Learners, r.Lessons[0].Finished})
	q := r.Lessons[1].Quiz
	require.Equal(t, []int{3, 2, 1, 1, 1}, []int{q.Attempts, q.Passed, q.Scores[2], q.Scores[7], q.Scores[9]})
	require.Equal(t, []int{3, 1}, []int{q.Questions[2].Asked, q.Questions[2].Good})
	_, err = w.Results(t.Context(), walt, id, "de")
	require.ErrorIs(t, err, courses.ErrForbidden)
}

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		s := memcourses.New()
		for _, person := range []string{"zqann", "zqann2"} {
			rev := &courses.Revision{Course: "of-" + person[2:], Number: 1, Author: person}
			require.NoError(t, s.SaveCourse(t.Context(), courses.Course{ID: rev.Course, Settings: courses.Settings{Slug: rev.Course}, Owner: person, Version: 1}, rev))
			require.NoError(t, s.SaveEnrolment(t.Context(), courses.Enrolment{
				ID: "e-" + person[2:], Course: "c", Person: person, State: courses.StateFinished, AskedAt: now, Version: 1,
				Attempts:     []courses.Attempt{{Lesson: "l", Number: 1, Given: map[string][]string{"q": {"answer of " + person}}}},
				Certificates: []courses.Certificate{{Number: "n" + person[2:], Shown: courses.Shown{Name: "name of " + person}}},
			}))
			_, err := s.SaveSession(t.Context(), courses.Session{ID: "s-" + person[2:], Course: "c", Starts: now.Add(time.Hour), Seats: 1, Version: 1})
			require.NoError(t, err)
			_, err = s.Book(t.Context(), courses.Booking{Session: "s-" + person[2:], Course: "c", Person: person, At: now})
			require.NoError(t, err)
		}
		return courses.NewSchool(s, nil).Keeper(), []string{"answer of zqann\"", "name of zqann\""}
	})
}

// TestSource runs the contract that search has with its sources.
func TestSource(t *testing.T) {
	searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
		w := newWorld(t)
		p := &putter{ctx: t.Context(), w: w, ids: map[string]string{}}
		return w.Source(), searchtest.Fixture{Put: p.put, Remove: p.remove}
	})
}

// A putter keeps courses by keys of the suite's.
type putter struct {
	ctx context.Context
	w   *world
	mu  sync.Mutex
	ids map[string]string
}

func (p *putter) put(key, text string) (string, error) {
	p.mu.Lock()
	id := p.ids[key]
	p.mu.Unlock()
	content := courses.Content{Title: en("T"), About: en(text), Modules: lessons()}
	if id == "" {
		c, err := p.w.Create(p.ctx, rosa, courses.Draft{Settings: courses.Settings{Audience: profile.Public()}, Content: content})
		if err == nil {
			_, err = p.w.Publish(p.ctx, rosa, c.ID, 1)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ids[key] = c.ID
		return "course/" + c.ID, err
	}
	c, _, err := p.w.Manuscript(p.ctx, rosa, id)
	if err == nil {
		c, err = p.w.Save(p.ctx, rosa, id, c.Version, courses.Draft{Settings: c.Settings, Content: content})
	}
	if err == nil {
		_, err = p.w.Publish(p.ctx, rosa, id, c.Version)
	}
	return "course/" + id, err
}

func (p *putter) remove(key string) error {
	p.mu.Lock()
	id := p.ids[key]
	p.mu.Unlock()
	c, _, err := p.w.Manuscript(p.ctx, rosa, id)
	if err == nil {
		_, err = p.w.Close(p.ctx, rosa, id, c.Version)
	}
	return err
}

// TestFound: outlines are found, lessons and answers are not.
func TestFound(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	changes, _, err := w.Source().Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, changes[0].Documents, 2)
	d := changes[0].Documents[1]
	require.Equal(t, []string{"course/" + id + "@de", "Titel von start", "/courses/start"}, []string{d.ID, d.Title, d.Path})
	require.Equal(t, []string{"de"}, d.Serves)
	require.Equal(t, []string{"en", "ar"}, changes[0].Documents[0].Serves)
	require.Contains(t, d.Body, "Lies mich")
	for _, word := range []string{"Ein Text", "Which", "option", "because"} {
		require.NotContains(t, d.Body, word)
	}
	visible, err := w.Source().(search.Rechecker).Visible(t.Context(), nobody, []string{"course/" + id, "course/none", "article/1"})
	require.NoError(t, err)
	require.Equal(t, []string{"course/" + id}, visible)
}

// TestHandler is the API, request by request.
func TestHandler(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	w.course(t, "secret", func(d *courses.Draft) { d.Audience = profile.NewAudience("partner") })
	one := w.session(t, id, 48)
	h, check := w.Handler(), webtest.NewChecker(t, w.API().OpenAPI(""))
	base := "/courses/" + id
	for _, c := range []struct {
		name         string
		by           profile.Actor
		method, path string
		body, header string
		status       int
		has, not     []string
	}{
		{"list", nobody, "GET", "/courses?locale=de", "", "", 200, []string{`"title":"Titel von start"`, `"next":""`}, []string{"secret"}},
		{"free ones", nobody, "GET", "/courses?free=false", "", "", 200, []string{`"courses":[]`}, nil},
		{"a bad token", nobody, "GET", "/courses?after=x", "", "", 422, nil, nil},
		{"course", nobody, "GET", base, "", "", 200, []string{`"open":false`, `"place":""`}, []string{"because", `"audience"`, `"owner"`}},
		{"none", nobody, "GET", "/courses/none", "", "", 404, nil, nil},
		{"sessions", nobody, "GET", base + "/sessions", "", "", 200, []string{`"free":1`, `"link":""`}, []string{"meet.example"}},
		{"lesson of nobody", nobody, "GET", base + "/lessons/read", "", "", 401, nil, nil},
		{"enrol nobody", nobody, "PUT", base + "/enrolment", "", "", 401, nil, nil},
		{"enrol", ann, "PUT", base + "/enrolment", "", "", 200, []string{`"state":"active"`, `"of":3`}, nil},
		{"enrol again", ann, "PUT", base + "/enrolment", "", "", 200, []string{`"state":"active"`}, nil},
		{"nothing due", ann, "POST", base + "/checkout", "", "", 409, nil, nil},
		{"lesson", ann, "GET", base + "/lessons/read?locale=de", "", "", 200, []string{`Lies mich`, `"quiz":null`}, nil},
		{"finish", ann, "PUT", base + "/lessons/read/finish", "", "", 200, []string{`"done":1`}, nil},
		{"begin", ann, "PUT", base + "/lessons/quiz/attempt", "", "", 200, []string{`"number":1`, `"open":true`}, nil},
		{"quiz", ann, "GET", base + "/lessons/quiz", "", "", 200, []string{`"attempt":1`, `"value":"1"`}, []string{"because", "Eight"}},
		{"no answers", ann, "PUT", base + "/lessons/quiz/attempts/1", `{"answers":[]}`, "", 422, []string{"q.one"}, nil},
		{"no attempt", ann, "PUT", base + "/lessons/quiz/attempts/x", `{"answers":[]}`, "", 404, nil, nil},
		{"seat", ann, "PUT", base + "/sessions/" + one.ID + "/seat", "", "", 200, []string{`"seat":"taken"`}, nil},
		{"link", ann, "GET", base + "/sessions", "", "", 200, []string{"meet.example"}, nil},
		{"give back", ann, "DELETE", base + "/sessions/" + one.ID + "/seat", "", "", 204, nil, nil},
		{"learning", ann, "GET", "/learning", "", "", 200, []string{`"state":"active"`}, nil},
		{"learning of nobody", nobody, "GET", "/learning", "", "", 401, nil, nil},
		{"certificate", nobody, "GET", "/certificates/NONE", "", "", 404, nil, nil},
		{"learners", rosa, "GET", base + "/learners?state=active", "", "", 200, []string{`"person":"ann"`}, nil},
		{"learners to a learner", ann, "GET", base + "/learners", "", "", 404, nil, []string{"ann"}},
		{"manuscript", rosa, "GET", base + "/manuscript", "", "", 200, []string{`"version":2`, "because-one"}, nil},
		{"manuscript to a learner", ann, "GET", base + "/manuscript", "", "", 404, nil, []string{"because"}},
		{"create", walt, "POST", "/courses", `{"settings":{"audience":["staff"]},"content":{"title":{"en":"New"},"summary":{},"about":{},"modules":[]}}`, "Idempotency-Key: c1", 201, []string{`"status":"draft"`}, nil},
		{"create with nonsense", walt, "POST", "/courses", `{"settings":{"entry":"x"},"content":{"title":{"en":"New"},"summary":{},"about":{},"modules":[]}}`, "Idempotency-Key: c2", 422, []string{"entry"}, nil},
		{"add a session", rosa, "POST", base + "/sessions", `{"starts":"2026-04-01T09:00:00Z","ends":"2026-04-01T10:00:00Z","zone":"UTC","seats":3}`, "Idempotency-Key: s1", 201, []string{`"free":3`}, nil},
		{"close without a version", rosa, "PUT", base + "/closure", "", "", 428, nil, nil},
		{"close an old one", rosa, "PUT", base + "/closure", "", `If-Match: "1"`, 412, nil, nil},
		{"close", rosa, "PUT", base + "/closure", "", `If-Match: "2"`, 200, []string{`"status":"closed"`}, nil},
		{"leave", ann, "DELETE", base + "/enrolment", "", "", 204, nil, nil},
		{"gone", ann, "GET", base, "", "", 404, nil, nil},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		if c.body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r.WithContext(profile.NewContext(t.Context(), c.by)))
		require.Equal(t, c.status, answer.Code, "%s: %s", c.name, answer.Body)
		require.NoError(t, check.Exchange(c.method, c.path, c.body, answer), c.name)
		for _, text := range c.has {
			require.Contains(t, answer.Body.String(), text, c.name)
		}
		for _, text := range c.not {
			require.NotContains(t, answer.Body.String(), text, c.name)
		}
	}
	require.NotEmpty(t, web.ETag(1))
}
