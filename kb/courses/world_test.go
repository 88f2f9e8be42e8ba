package courses_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
	"github.com/stoa-go/stoa/profile"
)

var now = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

func actor(id string, roles ...profile.Role) profile.Actor {
	return profile.Actor{ID: id, Roles: roles, Locale: "en"}
}

var (
	rosa   = actor("rosa", profile.RoleReviewer)
	walt   = actor("walt", profile.RoleAuthor)
	ann    = actor("ann", profile.RoleCustomer)
	bob    = actor("bob", profile.RoleCustomer)
	cem    = profile.Actor{ID: "cem", Roles: []profile.Role{profile.RolePartner}, Segments: []string{"partner"}, Locale: "de"}
	nobody = profile.Actor{}
)

// A world is a school over a store, by a clock, with what it recorded and whom it
// told.
type world struct {
	*courses.School
	store courses.Store
	now   time.Time
	mu    sync.Mutex
	heard []string
	told  []profile.Occurrence
}

func newWorld(t *testing.T, change ...func(*courses.Options)) *world {
	t.Helper()
	w := &world{store: memcourses.New(), now: now}
	w.School = w.over(w.store, change...)
	return w
}

func (w *world) over(store courses.Store, change ...func(*courses.Options)) *courses.School {
	opts := courses.Options{
		Now: func() time.Time { return w.now }, Secret: []byte("0123456789abcdef"), Locales: []string{"en", "de", "ar"}, Base: "help.example",
		Events: analytics.RecorderFunc(func(_ context.Context, e analytics.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.heard = append(w.heard, e.Name)
		}),
		Notify: func(_ context.Context, o profile.Occurrence) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, o)
			return nil
		},
	}
	for _, c := range change {
		c(&opts)
	}
	return courses.NewSchool(store, &opts)
}

// count returns how often an event was recorded.
func (w *world) count(name string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.heard {
		if one == name {
			n++
		}
	}
	return n
}

// notices returns who was told what, in order.
func (w *world) notices() (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.told {
		out = append(out, o.Kind+" to "+o.To[0])
	}
	w.told = nil
	return out
}

func en(text string) courses.Words { return courses.Words{"en": text} }

// lessons are one that is read, a quiz of all kinds of questions, and another.
func lessons() []courses.Module {
	return []courses.Module{
		{ID: "m1", Title: en("Basics"), Lessons: []courses.Lesson{
			{ID: "read", Kind: courses.LessonText, Title: courses.Words{"en": "Read me", "de": "Lies mich"}, Body: courses.Words{"en": "Some *text*.", "de": "Ein *Text*."}, Minutes: 5},
			{ID: "quiz", Kind: courses.LessonQuiz, Title: en("Check"), Minutes: 10, Quiz: courses.Quiz{Pass: 75, Attempts: 3, Shuffle: true, Questions: questions()}},
		}},
		{ID: "m2", Title: en("More"), Lessons: []courses.Lesson{{ID: "last", Kind: courses.LessonText, Title: en("The end"), Body: en("Bye."), Minutes: 1}}},
	}
}

func questions() []courses.Question {
	option := func(id string, right bool) courses.Option {
		return courses.Option{ID: id, Text: en("option " + id), Right: right}
	}
	return []courses.Question{
		{ID: "one", Kind: courses.QuestionSingle, Prompt: en("Which?"), Explain: en("because-one"), Options: []courses.Option{option("s1", false), option("s2", true), option("s3", false), option("s4", false)}},
		{ID: "many", Kind: courses.QuestionMultiple, Prompt: en("Which all?"), Explain: en("because-many"), Options: []courses.Option{option("x1", true), option("x2", false), option("x3", true)}},
		{ID: "text", Kind: courses.QuestionText, Prompt: en("Say it"), Explain: en("because-text"), Accept: []string{"Eight  degrees", "8 °C"}},
		{ID: "order", Kind: courses.QuestionOrder, Prompt: en("In order"), Explain: en("because-order"), Options: []courses.Option{option("o1", false), option("o2", false), option("o3", false), option("o4", false)}},
	}
}

// course publishes a course and returns its ID.
func (w *world) course(t *testing.T, slug string, change ...func(*courses.Draft)) string {
	t.Helper()
	d := courses.Draft{
		Settings: courses.Settings{Slug: slug, Audience: profile.Public(), Certificate: true, Topics: []string{"care"}},
		Content:  courses.Content{Title: courses.Words{"en": "Title of " + slug, "de": "Titel von " + slug}, Summary: en("Summary of " + slug), About: en("# About"), Modules: lessons()},
	}
	for _, c := range change {
		c(&d)
	}
	c, err := w.Create(t.Context(), rosa, d)
	require.NoError(t, err)
	c, err = w.Publish(t.Context(), rosa, c.ID, c.Version)
	require.NoError(t, err)
	return c.ID
}

// revise publishes other modules.
func (w *world) revise(t *testing.T, id string, modules []courses.Module) {
	t.Helper()
	c, rev, err := w.Manuscript(t.Context(), rosa, id)
	require.NoError(t, err)
	content := rev.Content
	content.Modules = modules
	c, err = w.Save(t.Context(), rosa, id, c.Version, courses.Draft{Settings: c.Settings, Content: content})
	require.NoError(t, err)
	_, err = w.Publish(t.Context(), rosa, id, c.Version)
	require.NoError(t, err)
}

// answers are the right values for an open attempt, but for the questions named.
func answers(t *testing.T, sheet *courses.Sheet, wrong ...string) map[string][]string {
	t.Helper()
	require.NotNil(t, sheet)
	right := map[string][]string{"one": {"option s2"}, "many": {"option x1", "option x3"}, "order": {"option o1", "option o2", "option o3", "option o4"}}
	out := map[string][]string{}
	for _, q := range sheet.Questions {
		for _, text := range right[q.ID] {
			for _, c := range q.Choices {
				if c.Text.Text == text {
					out[q.ID] = append(out[q.ID], c.Value)
				}
			}
		}
		if q.ID == "text" {
			out[q.ID] = []string{" ＥIGHT degrees "}
		}
		if slices.Contains(wrong, q.ID) {
			out[q.ID] = mistake(out[q.ID], q)
		}
	}
	return out
}

func mistake(right []string, q courses.Asked) []string {
	switch q.Kind {
	case courses.QuestionText:
		return []string{"nine"}
	case courses.QuestionOrder:
		wrong := slices.Clone(right)
		slices.Reverse(wrong)
		return wrong
	}
	for _, c := range q.Choices {
		if !slices.Contains(right, c.Value) {
			return []string{c.Value}
		}
	}
	return nil
}

// take answers the quiz, wrongly where it is said.
func (w *world) take(t *testing.T, by profile.Actor, course string, wrong ...string) courses.Attempt {
	t.Helper()
	a, err := w.Begin(t.Context(), by, course, "quiz")
	require.NoError(t, err)
	l, err := w.Lesson(t.Context(), by, course, "quiz", "en")
	require.NoError(t, err)
	a, err = w.Answer(t.Context(), by, course, "quiz", a.Number, answers(t, l.Quiz.Sheet, wrong...))
	require.NoError(t, err)
	return a
}

func (w *world) enrol(t *testing.T, by profile.Actor, course string) courses.Enrolment {
	t.Helper()
	e, err := w.Enrol(t.Context(), by, course)
	require.NoError(t, err)
	return e
}

func (w *world) finish(t *testing.T, by profile.Actor, course string, lessons ...string) (e courses.Enrolment) {
	t.Helper()
	for _, l := range lessons {
		var err error
		e, err = w.Finish(t.Context(), by, course, l)
		require.NoError(t, err)
	}
	return e
}

// says requires that an error explains itself by a message.
func says(t *testing.T, err, class error, key string) {
	t.Helper()
	require.ErrorIs(t, err, class)
	var s *errs.Says
	require.ErrorAs(t, err, &s)
	require.Equal(t, "error.course."+key, s.Message.Key)
}

// wrong returns the fields that an error names, with their messages.
func wrong(t *testing.T, err error) map[string]string {
	t.Helper()
	var f errs.Fields
	require.ErrorAs(t, err, &f)
	out := map[string]string{}
	for name, m := range f {
		out[name] = m.Key
	}
	return out
}
