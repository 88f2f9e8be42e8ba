package site

import (
	"html"
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
	save := func(in, quiz string) answer {
		path := "/en" + lesson + "?in=" + in
		return desk.post(path, url.Values{"version": {versionIn(t, desk.get(path).Body)}, "title": {"Why"}, "minutes": {"3"}, "pass": {"50"}, "attempts": {"2"}, "quiz": {quiz}})
	}
	wrong := save("en", "? Open?\nmaybe")
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-quiz-fault")
	require.Contains(t, wrong.Body, "maybe</textarea>")
	require.Equal(t, 303, save("en", "? Open or shut?\r\n+ Shut\r\n- Open\r\n! It keeps the cold in.\r\n\r\n? How cold?\r\n= 4\r\n= four").Status)
	require.Equal(t, 303, save("de", "? Auf oder zu?\n+ Zu\n- Auf\n! So bleibt es kalt.\n\n? Wie kalt?\n= 4\n= vier").Status)
	require.Contains(t, html.UnescapeString(desk.get("/en"+lesson+"?in=en").Body), "? Open or shut?\n+ Shut\n- Open\n! It keeps the cold in.")
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
	require.Equal(t, 303, do("cancel_date", url.Values{"date": {date}}).Status)
	require.NotContains(t, tom.get("/en/courses/doors").Body, "Room 7")
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

// TestQuizText: what is written comes back, with what it had before.
func TestQuizText(t *testing.T) {
	text := "? One?\n- a\n+ b\n! why\n\n?? Some?\n+ c\n+ d\n\n? Said?\n= x y\n\n? Order?\n1. first\n1. second\n"
	q, err := parseQuiz(text, "en", courses.Quiz{Pass: 70})
	require.NoError(t, err)
	require.Equal(t, text, quizText(q, "en"))
	require.Equal(t, 70, q.Pass)
	q.Questions[0].ID, q.Questions[0].Options[1].ID = "q1", "o2"
	de, err := parseQuiz(strings.ReplaceAll(text, "One?", "Eins?"), "de", q)
	require.NoError(t, err)
	require.Equal(t, courses.Words{"en": "One?", "de": "Eins?"}, de.Questions[0].Prompt)
	require.Equal(t, []string{"q1", "o2"}, []string{de.Questions[0].ID, de.Questions[0].Options[1].ID})
	for _, bad := range []string{"+ first", "? q\nnonsense", "? q\n* a"} {
		_, err := parseQuiz(bad, "en", courses.Quiz{})
		require.Error(t, err, bad)
	}
}
