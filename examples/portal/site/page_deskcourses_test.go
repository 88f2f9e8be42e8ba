package site

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// versionIn returns the version that the first form of a page is of.
func versionIn(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(body)
	require.NotNil(t, found)
	return found[1]
}

// TestCoursesAtTheDesk makes a course from nothing, publishes it, and looks after
// its learners.
func TestCoursesAtTheDesk(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	desk, tom := as("ruth"), as("tom")
	require.Equal(t, 404, tom.get("/en/desk/courses").Status)
	require.Contains(t, desk.get("/en/desk/courses").Body, "Cold chain basics")
	require.Equal(t, 422, desk.post("/en/desk/courses", url.Values{"title": {" "}, "source": {"en"}, "key": {"k1"}}).Status)
	form := url.Values{"title": {"Doors <b>"}, "source": {"en"}, "key": {"k2"}}
	added := desk.post("/en/desk/courses", form)
	require.Equal(t, 303, added.Status, added.Body)
	at := added.Header.Get("Location")
	require.Equal(t, at, desk.post("/en/desk/courses", form).Header.Get("Location"), "a retry is the same")
	do := func(what string, more url.Values) answer {
		v := url.Values{"do": {what}, "version": {versionIn(t, desk.get(at).Body)}}
		for name, values := range more {
			v[name] = values
		}
		return desk.post(at, v)
	}
	require.Contains(t, desk.get(at).Body, "Doors &lt;b&gt;")
	early := do("publish", nil)
	require.Equal(t, 422, early.Status)
	require.Contains(t, early.Body, "A course needs at least one lesson.")
	bad := do("settings", url.Values{"audience": {"public"}, "entry": {"approval"}, "price": {"a lot"}, "slug": {"doors"}, "months": {"0"}})
	require.Equal(t, 422, bad.Status)
	for _, text := range []string{"f-price-fault", `value="a lot"`} {
		require.Contains(t, bad.Body, text)
	}
	require.Equal(t, 303, do("settings", url.Values{"audience": {"public"}, "entry": {"approval"}, "price": {"12,50 eur"}, "slug": {"doors"}, "months": {"6"}, "certificate": {"yes"}}).Status)
	require.Equal(t, 422, do("part", url.Values{"lesson_title": {"Why"}, "kind": {"quiz"}}).Status)
	require.Equal(t, 303, do("part", url.Values{"module_title": {"All"}, "lesson_title": {"Why"}, "kind": {"quiz"}}).Status)
	lesson := regexp.MustCompile(`/desk/courses/[a-z0-9]+/lessons/[a-z0-9]+`).FindString(desk.get(at).Body)
	require.NotEmpty(t, lesson)
	writeQuiz(t, desk, "/en"+lesson)
	require.Equal(t, 303, do("publish", nil).Status)
	require.Equal(t, 409, desk.post(at, url.Values{"do": {"publish"}, "version": {"1"}}).Status)

	require.Equal(t, 303, tom.post("/en/courses/doors", url.Values{"do": {"enrol"}}).Status)
	learners := at + "/learners"
	require.Contains(t, desk.get(learners).Body, "Tom Whitlock")
	for range 2 {
		require.Equal(t, 303, desk.post(learners, url.Values{"do": {"admit"}, "person": {"tom"}}).Status)
	}
	order := regexp.MustCompile(`name="order" value="([a-z0-9]+)"`).FindStringSubmatch(desk.get(learners).Body)
	require.Len(t, order, 2)
	for range 2 {
		require.Equal(t, 303, desk.post(learners, url.Values{"do": {"paid"}, "order": {order[1]}}).Status)
	}
	require.Equal(t, 404, tom.post(learners, url.Values{"do": {"paid"}, "order": {order[1]}}).Status)
	require.Contains(t, tom.get("/de/courses/doors").Body, "Kurs beginnen")

	past := do("date", url.Values{"starts": {"2001-01-01T09:00"}, "ends": {"2001-01-01T10:00"}, "zone": {"Europe/Berlin"}, "seats": {"3"}, "key": {"d1"}, "place": {"Room 7"}})
	require.Equal(t, 422, past.Status)
	require.Contains(t, past.Body, `value="Room 7"`)
	for range 2 {
		require.Equal(t, 303, do("date", url.Values{"starts": {"2099-01-01T09:00"}, "ends": {"2099-01-01T10:00"}, "zone": {"Europe/Berlin"}, "seats": {"3"}, "key": {"d2"}, "place": {"Room 7"}}).Status)
	}
	require.Equal(t, 1, strings.Count(desk.get(at).Body, "Call it off"))
	require.Contains(t, tom.get("/en/courses/doors").Body, "Room 7")
	date := regexp.MustCompile(`name="date" value="([a-z0-9]+)"`).FindStringSubmatch(desk.get(at).Body)[1]
	stale := url.Values{"date": {date}, "version": {"1"}, "starts": {"2099-01-01T09:30"}, "ends": {"2099-01-01T10:30"}, "zone": {"Europe/Berlin"}, "seats": {"4"}, "place": {"Hall"}, "language": {"de"}, "title.en": {"Doors in person"}}
	require.Equal(t, 303, do("date", stale).Status)
	for _, text := range []string{"Hall", "Doors in person"} {
		require.Contains(t, tom.get("/en/courses/doors").Body, text)
	}
	late := do("date", stale)
	require.Equal(t, 409, late.Status, "somebody changed it meanwhile")
	require.Contains(t, late.Body, `name="version" value="2"`)
	require.Equal(t, 303, do("cancel_date", url.Values{"date": {date}}).Status)
	require.NotContains(t, tom.get("/en/courses/doors").Body, "Hall")
	require.Equal(t, 303, do("close", nil).Status)
	require.Equal(t, 404, as("mateo").get("/en/courses/doors").Status)
	require.Equal(t, 200, tom.get("/en/courses/doors").Status)
}

// TestCourseDeskInTheBrowser looks at the pages of the desk in every look.
func TestCourseDeskInTheBrowser(t *testing.T) {
	slow(t)
	s := open(t)
	tom := profile.Actor{ID: "tom"}
	id, _, err := s.school.Find(t.Context(), tom, "cold-chain-basics")
	require.NoError(t, err)
	_, err = s.school.Enrol(t.Context(), tom, id)
	require.NoError(t, err)
	a, err := s.school.Begin(t.Context(), tom, id, "cold-check")
	require.NoError(t, err)
	_, err = s.school.Answer(t.Context(), tom, id, "cold-check", a.Number, map[string][]string{"cold-q1": {"1"}, "cold-q2": {"1"}, "cold-q3": {"8"}, "cold-q4": {"1", "2", "3", "4"}})
	require.NoError(t, err)
	day, _, err := s.school.Find(t.Context(), tom, "temperature-mapping-in-a-day")
	require.NoError(t, err)
	_, err = s.school.Enrol(t.Context(), tom, day)
	require.NoError(t, err)
	inEveryLook(t, s, "ruth", func(_ *testing.T, p *browser.Page, to, check func(string)) {
		for what, path := range map[string]string{
			"desk courses": "", "desk course": "/" + day, "desk quiz": "/" + id + "/lessons/cold-check", "learners": "/" + id + "/learners", "learners who pay": "/" + day + "/learners",
		} {
			to("/desk/courses" + path)
			check(what)
		}
	})
}

// writeQuiz makes the questions of a quiz with the buttons of its page.
func writeQuiz(t *testing.T, desk *client, path string) {
	t.Helper()
	form := url.Values{"title": {"Why"}, "minutes": {"3"}, "pass": {"50"}, "attempts": {"2"}, "version": {versionIn(t, desk.get(path).Body)}}
	press := func(do string) answer {
		t.Helper()
		form.Set("do", do)
		got := desk.post(path, form)
		require.Equal(t, 200, got.Status, got.Body)
		require.Contains(t, got.Body, "Nothing is kept until you save it.")
		return got
	}
	form.Set("new_kind", "single")
	require.Contains(t, press("question_add").Body, `name="q.0.o.2.text"`)
	for name, value := range map[string]string{"q.0.kind": "single", "q.0.prompt": "Open or shut?", "q.0.o.0.text": "Open", "q.0.o.1.text": "Shut", "q.0.o.1.right": "yes", "q.0.o.2.text": "", "q.0.points": "101"} {
		form.Set(name, value)
	}
	form.Set("new_kind", "text")
	require.Contains(t, press("question_add").Body, `name="q.1.accept"`)
	for name, value := range map[string]string{"q.1.kind": "text", "q.1.prompt": "How cold?", "q.1.accept": "4\r\nfour\r\n", "q.1.points": "1"} {
		form.Set(name, value)
	}
	form.Set("do", "save")
	wrong := desk.post(path, form)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-q-0-points-fault")
	require.Contains(t, wrong.Body, `<option value="101" selected>`)
	require.Contains(t, press("option_up.0.1").Body, `name="q.0.o.0.text" type="text" value="Shut"`)
	require.NotContains(t, press("question_remove.0").Body, "Open or shut?")
	form.Set("q.0.points", "2")
	form.Set("do", "save")
	require.Equal(t, 303, desk.post(path, form).Status)
	require.Equal(t, 409, desk.post(path, form).Status)

	ids := regexp.MustCompile(`name="(q[0-9.o]+id)" value="([a-z0-9]+)"`).FindAllStringSubmatch(desk.get(path+"?in=de").Body, -1)
	require.Len(t, ids, 4, "two questions and the answers that were filled in")
	german := url.Values{"title": {"Warum"}, "minutes": {"3"}, "pass": {"50"}, "attempts": {"2"}, "version": {versionIn(t, desk.get(path).Body)}, "do": {"save"}}
	for _, id := range ids {
		german.Set(id[1], id[2])
	}
	// In the other language the answers come the other way round, and keep what they were.
	for name, value := range map[string]string{"q.0.kind": "single", "q.0.prompt": "Auf oder zu?", "q.0.points": "2", "q.1.kind": "text", "q.1.prompt": "Wie kalt?", "q.1.points": "1", "q.1.accept": "4\nvier",
		"q.0.o.0.id": german.Get("q.0.o.1.id"), "q.0.o.0.text": "Zu", "q.0.o.0.right": "yes", "q.0.o.1.id": german.Get("q.0.o.0.id"), "q.0.o.1.text": "Auf"} {
		german.Set(name, value)
	}
	require.Equal(t, 303, desk.post(path+"?in=de", german).Status)
	english := desk.get(path + "?in=en").Body
	for _, text := range []string{"Open or shut?", `name="q.0.o.0.text" type="text" value="Shut"`, "4\nvier"} {
		require.Contains(t, english, text)
	}
}

// TestQuizForm: parts keep their IDs wherever they are moved, and nobody makes
// some up.
func TestQuizForm(t *testing.T) {
	old := courses.Quiz{Pass: 70, Questions: []courses.Question{{ID: "q1", Kind: courses.QuestionSingle, Prompt: courses.Words{"en": "One?", "de": "Eins?"}, Options: []courses.Option{
		{ID: "o1", Text: courses.Words{"en": "a", "de": "A"}}, {ID: "o2", Text: courses.Words{"en": "b"}, Right: true},
	}}}}
	got := typedQuiz(url.Values{
		"q.0.kind": {"order"}, "q.0.id": {"foreign"}, "q.0.prompt": {"New"}, "q.1.kind": {"multiple"}, "q.1.id": {"q1"}, "q.1.prompt": {"One more?"}, "q.1.points": {"3"},
		"q.1.o.0.text": {"b2"}, "q.1.o.0.id": {"o2"}, "q.1.o.1.text": {"c"}, "q.1.o.1.id": {"o2"}, "q.1.o.2.text": {"a"}, "q.1.o.2.id": {"o1"}, "q.1.o.2.right": {"yes"},
		"q.7.kind": {"single"}, "q.7.prompt": {"after a gap"},
	}, "en", old)
	require.Equal(t, 70, got.Pass)
	require.Equal(t, []courses.Question{
		{Kind: courses.QuestionOrder, Prompt: courses.Words{"en": "New"}, Explain: courses.Words{}},
		{ID: "q1", Kind: courses.QuestionMultiple, Prompt: courses.Words{"en": "One more?", "de": "Eins?"}, Explain: courses.Words{}, Points: 3, Options: []courses.Option{
			{ID: "o2", Text: courses.Words{"en": "b2"}}, {Text: courses.Words{"en": "c"}}, {ID: "o1", Text: courses.Words{"en": "a", "de": "A"}, Right: true},
		}},
	}, got.Questions)
	for _, tt := range []struct {
		button string
		good   bool
	}{
		{"option_remove.1.2", true}, {"option_remove.1.2", false}, {"option_up.1.-1", false}, {"option_up.1.x", false}, {"question_down.9", false}, {"question_up", false}, {"nonsense.0", false},
		{"question_up.1", true}, {"option_up.0.1", true}, {"question_remove.0", true}, {"question_remove.1", false},
	} {
		require.Equal(t, tt.good, pressed(&got, tt.button, nil) == nil, tt.button)
	}
	require.Equal(t, "q.3.o.2.text", questionField("quiz.questions[3].options[2].text.en"))
	require.Equal(t, "q.3.prompt", questionField("quiz.questions[3].prompt.en"))
}

// TestOutlineForm: lessons go through the modules, and a module with nothing in it
// goes.
func TestOutlineForm(t *testing.T) {
	c := courses.Content{Modules: []courses.Module{{ID: "m1", Lessons: []courses.Lesson{{ID: "a"}}}, {ID: "m2", Lessons: []courses.Lesson{{ID: "b"}, {ID: "c"}}}}}
	outline := func() (out string) {
		for _, m := range c.Modules {
			out += m.ID + ":"
			for _, l := range m.Lessons {
				out += l.ID
			}
			out += " "
		}
		return out
	}
	for _, step := range []struct{ do, of, want string }{
		{"lesson_up", "c", "m1:a m2:cb "}, {"lesson_up", "c", "m1:ac m2:b "}, {"lesson_up", "a", "m1:ac m2:b "}, {"lesson_down", "c", "m1:a m2:cb "},
		{"lesson_down", "b", "m1:a m2:cb "}, {"module_down", "m1", "m2:cb m1:a "}, {"module_up", "m2", "m2:cb m1:a "}, {"lesson_up", "a", "m2:cba "},
	} {
		require.NoError(t, arrangeOutline(&c, step.do, url.Values{"lesson": {step.of}, "module": {step.of}}, "en"))
		require.Equal(t, step.want, outline(), "%s %s", step.do, step.of)
	}
	require.ErrorIs(t, arrangeOutline(&c, "lesson_up", url.Values{"lesson": {"x"}}, "en"), courses.ErrNotFound)
}
