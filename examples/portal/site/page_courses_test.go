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

const (
	coldChain = "/en/courses/cold-chain-basics"
	mapping   = "/en/courses/temperature-mapping-in-a-day"
)

// answersTo reads an open quiz as a learner does, and answers it: rightly, but
// for what is said to be wrong.
func answersTo(t *testing.T, body string, wrong bool) url.Values {
	t.Helper()
	attempt := regexp.MustCompile(`name="attempt" value="(\d+)"`).FindStringSubmatch(body)
	require.NotNil(t, attempt)
	form := url.Values{"do": {"answer"}, "attempt": {attempt[1]}, "q.cold-q3": {" 8 °C "}}
	for _, pick := range regexp.MustCompile(`name="(q\.[^"]+)" value="(\d)"[^>]*> <span>([^<]+)<`).FindAllStringSubmatch(body, -1) {
		switch pick[3] {
		case "Freezing", "In the door", "Under the light":
			form.Add(pick[1], pick[2])
		}
	}
	places := map[string]string{"Confirm the alarm": "1", "Close the door and wait": "2", "Move the goods": "3", "Look for the fault": "4"}
	for _, line := range regexp.MustCompile(`<label for="q-\d-\d">([^<]+)</label><select id="[^"]+" name="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		form.Set(line[2], places[line[1]])
	}
	if wrong {
		form.Set("q.cold-q3", "9")
		form.Del("q.cold-q2")
		for _, pick := range regexp.MustCompile(`name="(q\.cold-q2)" value="(\d)"[^>]*> <span>In the middle`).FindAllStringSubmatch(body, -1) {
			form.Set(pick[1], pick[2])
		}
	}
	return form
}

// TestCourse takes the free course from the catalogue to the certificate, with
// mistakes and everything sent twice.
func TestCourse(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	anyone, tom := as(""), as("tom")
	list := anyone.get("/de/courses?price=free")
	require.Contains(t, list.Body, "Grundlagen der Kühlkette")
	require.NotContains(t, list.Body, "Temperaturverteilung")
	require.Contains(t, anyone.get("/courses?topic=none").Body, "No course matches")
	require.Equal(t, 422, anyone.get("/courses?after=x").Status)
	page := anyone.get(coldChain)
	require.Contains(t, page.Body, "Please sign in to enrol")
	require.NotContains(t, page.Body, coldChain+"/lessons/")
	require.Equal(t, 303, anyone.get(coldChain+"/lessons/cold-range").Status)
	require.Equal(t, 404, anyone.get("/en/courses/none").Status)

	require.Equal(t, 403, tom.get(coldChain+"/lessons/cold-range").Status)
	for range 2 {
		require.Equal(t, 303, tom.post(coldChain, url.Values{"do": {"enrol"}}).Status)
	}
	require.Equal(t, 422, tom.post(coldChain, url.Values{"do": {"nonsense"}}).Status)
	require.Contains(t, tom.get("/ja/courses/cold-chain-basics").Body, "コースを始める")
	for _, lesson := range []string{"cold-range", "cold-place", "cold-alarm"} {
		require.Contains(t, tom.get(coldChain+"/lessons/"+lesson).Body, "Finished, on to the next")
		for range 2 {
			require.Equal(t, 303, tom.post(coldChain+"/lessons/"+lesson, url.Values{"do": {"finish"}}).Status)
		}
	}
	quiz := coldChain + "/lessons/cold-check"
	require.NotContains(t, tom.get(quiz).Body, "What spoils", "questions come when it is begun")
	require.Equal(t, 303, tom.post(quiz, url.Values{"do": {"begin"}}).Status)
	asked := tom.get(quiz).Body
	for _, word := range []string{"Ice breaks", "cold-q1b", "8 °C is", "acht"} {
		require.NotContains(t, asked, word)
	}
	half := answersTo(t, asked, false)
	half.Del("q.cold-q1")
	half.Set("q.cold-q3", "<b>eight")
	again := tom.post(quiz, half)
	require.Equal(t, 422, again.Status)
	for _, text := range []string{"Please choose one answer.", `value="&lt;b&gt;eight"`, `aria-describedby="q-`, "<option selected>1</option>"} {
		require.Contains(t, again.Body, text)
	}
	require.Equal(t, 303, tom.post(quiz, answersTo(t, asked, true)).Status)
	failed := tom.get(quiz).Body
	for _, text := range []string{"50", "not passed", "The door is warmest", "Try again"} {
		require.Contains(t, failed, text)
	}
	require.NotContains(t, failed, "The right answer")
	require.Equal(t, 303, tom.post(quiz, url.Values{"do": {"begin"}}).Status)
	right := answersTo(t, tom.get(quiz).Body, false)
	for range 2 {
		require.Equal(t, 303, tom.post(quiz, right).Status)
	}
	require.Contains(t, tom.get(coldChain).Body, "You have finished this course.")
	mine := tom.get("/en/account/learning").Body
	number := regexp.MustCompile(`/en/certificates/([A-Z2-7-]{19})`).FindStringSubmatch(mine)
	require.Len(t, number, 2)
	require.Equal(t, 1, strings.Count(mine, number[0]))
	checkCertificate(t, as, "/en/certificates/"+number[1])
}

// checkCertificate looks at a certificate as its holder and as others do.
func checkCertificate(t *testing.T, as func(string) *client, path string) {
	t.Helper()
	tom, anyone := as("tom"), as("")
	seen := anyone.get(path)
	require.Equal(t, 200, seen.Status)
	require.Contains(t, seen.Body, "Cold chain basics")
	require.NotContains(t, seen.Body, "Whitlock")
	require.Equal(t, "no-referrer", seen.Header.Get("Referrer-Policy"))
	long := tom.post(path, url.Values{"name": {strings.Repeat("x", 500)}})
	require.Equal(t, 422, long.Status)
	require.Contains(t, long.Body, strings.Repeat("x", 500))
	require.Equal(t, 404, as("mateo").post(path, url.Values{"name": {"M"}}).Status)
	require.Equal(t, 303, tom.post(path, url.Values{"name": {"Tom W."}}).Status)
	require.Contains(t, anyone.get(path).Body, "Tom W.")
	require.Equal(t, 303, tom.post(path, url.Values{"name": {"Tom W."}, "hidden": {"yes"}}).Status)
	require.Equal(t, 404, anyone.get(path).Status)
	require.Equal(t, 200, tom.get(path).Status)
	require.Equal(t, 404, anyone.get("/en/certificates/AAAA-AAAA-AAAA-AAAA").Status)
}

// TestCourseForAFee: nothing opens before it is paid; then there are seats, and a
// line behind them.
func TestCourseForAFee(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	tom, priya := as("tom"), as("priya")
	id, _, err := s.school.Find(t.Context(), system, "temperature-mapping-in-a-day")
	require.NoError(t, err)
	for _, c := range []*client{tom, priya} {
		require.Contains(t, c.get(mapping).Body, "Order for")
		require.Equal(t, 303, c.post(mapping, url.Values{"do": {"enrol"}}).Status)
	}
	require.Equal(t, 403, tom.get(mapping+"/lessons/map-plan").Status)
	require.Equal(t, 303, tom.post(mapping, url.Values{"do": {"pay"}}).Status)
	require.Contains(t, tom.get(mapping).Body, "We send you an invoice")
	learners, _, err := s.school.Learners(t.Context(), system, id, []courses.State{courses.StateUnpaid}, "", 0)
	require.NoError(t, err)
	require.Len(t, learners, 2)
	for _, e := range learners {
		_, err := s.school.Confirm(t.Context(), courses.Payment{Order: e.Order.ID, Amount: e.Order.Amount})
		require.NoError(t, err)
	}
	require.Equal(t, 409, tom.post(mapping, url.Values{"do": {"pay"}}).Status)
	require.Equal(t, 200, tom.get(mapping+"/lessons/map-plan").Status)
	require.Equal(t, 403, tom.get(mapping+"/lessons/map-check").Status, "it waits for the lesson before")
	dates, err := s.school.AllSessions(t.Context(), system, id)
	require.NoError(t, err)
	last := dates[1]
	seat := mapping + "/sessions/" + last.ID
	for range 2 {
		require.Contains(t, tom.post(seat, url.Values{"do": {"book"}}).Header.Get("Location"), "done=booked")
	}
	require.Contains(t, priya.post(seat, url.Values{"do": {"book"}}).Header.Get("Location"), "done=queued")
	require.Contains(t, priya.get(mapping).Body, "You are next in line")
	require.Equal(t, 409, tom.post(mapping, url.Values{"do": {"leave"}}).Status)
	file := tom.get(seat + "/calendar")
	require.Equal(t, "text/calendar; charset=utf-8", file.Header.Get("Content-Type"))
	require.Contains(t, file.Body, "BEGIN:VEVENT")
	require.Equal(t, 303, tom.post(seat, url.Values{"do": {"unbook"}}).Status)
	require.Contains(t, priya.get(mapping).Body, "You have a seat")
	_, err = s.notifier.Drain(t.Context())
	require.NoError(t, err)
	require.Contains(t, priya.get("/en/account/notices").Body, "You have a seat now")
	require.NotContains(t, tom.get("/en/account/notices").Body, "You have a seat now")
}

// TestCoursesAreForThoseWhoMay: a course for partners is nowhere for anybody else,
// not even for those who are in it.
func TestCoursesAreForThoseWhoMay(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	const canary = "zqcoursezq"
	word := courses.Words{"en": canary}
	shown := write(t, s, draft("What it shows", profile.Public(), anyCategory(t, s)))
	c, err := s.school.Create(t.Context(), system, courses.Draft{
		Settings: courses.Settings{Slug: "hidden-one", Audience: profile.NewAudience("partner"), Topics: []string{canary}},
		Content: courses.Content{Title: word, Summary: word, About: word, Modules: []courses.Module{{ID: "m", Title: word, Lessons: []courses.Lesson{
			{ID: "hidden-lesson", Kind: courses.LessonText, Title: word, Body: word}, {ID: "hidden-date", Kind: courses.LessonSession, Title: word},
			{ID: "hidden-article", Kind: courses.LessonArticle, Title: word, Article: shown.ID}}}}},
	})
	require.NoError(t, err)
	_, err = s.school.Publish(t.Context(), system, c.ID, c.Version)
	require.NoError(t, err)
	now := s.cfg.Now()
	date, err := s.school.SaveSession(t.Context(), system, courses.Session{Course: c.ID, Starts: now.AddDate(0, 0, 9), Ends: now.AddDate(0, 0, 10), Zone: "UTC", Place: canary, Seats: 3}, "")
	require.NoError(t, err)
	once := profile.Actor{ID: "tom", Segments: []string{"partner"}}
	_, err = s.school.Enrol(t.Context(), once, c.ID)
	require.NoError(t, err)
	_, err = s.school.Book(t.Context(), once, date.ID)
	require.NoError(t, err)
	date.Place = canary + "2"
	_, err = s.school.SaveSession(t.Context(), system, date, "")
	require.NoError(t, err)
	_, err = s.notifier.Drain(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.engine.Refresh(t.Context()))
	base := "/courses/hidden-one"
	paths := []string{
		"/courses", "/de/courses?topic=" + canary, base, base + "/lessons/hidden-lesson", base + "/sessions/" + date.ID + "/calendar", "/account/learning", "/account/notices", "/search?q=" + canary,
		"/desk/courses", "/desk/courses/" + c.ID, "/desk/courses/" + c.ID + "/lessons/hidden-lesson", "/desk/courses/" + c.ID + "/learners", "/search/suggestions?q=zqcour", "/sitemap.xml", "/sitemaps/en-1.xml", "/api/v1/courses", "/api/v1/courses/" + c.ID, "/api/v1/courses/" + c.ID + "/sessions", "/api/v1/courses/" + c.ID + "/manuscript",
		"/api/v1/courses/" + c.ID + "/learners", "/api/v1/courses/" + c.ID + "/lessons/hidden-lesson", "/api/v1/learning", "/api/v1/search?q=" + canary,
		"/desk/articles/" + shown.ID + "/links", "/desk/articles/" + shown.ID + "/en", "/api/v1/manuscripts/" + shown.ID + "/backlinks",
	}
	for _, person := range []string{"", "tom", "mateo", "jonas"} {
		for _, path := range paths {
			seen := as(person).get(path)
			require.False(t, reveals(strings.ToLower(seen.All()), path, canary), "%s by %q", path, person)
		}
	}
	for _, path := range paths[:1] {
		require.Contains(t, as("sverre").get(path).Body, canary, path)
	}
	require.Contains(t, as("ruth").get("/desk/articles/"+shown.ID+"/links").Body, canary)
	require.Contains(t, as("sverre").get("/search?q="+canary).Body, base)
	for _, form := range []string{base, base + "/lessons/hidden-lesson", base + "/sessions/" + date.ID} {
		require.Equal(t, 404, as("mateo").post(form, url.Values{"do": {"enrol"}}).Status)
	}
}

// TestCoursesInTheBrowser looks at the pages as people see them, with the
// keyboard and in every look.
func TestCoursesInTheBrowser(t *testing.T) {
	slow(t)
	s := open(t)
	tom := profile.Actor{ID: "tom"}
	id, _, err := s.school.Find(t.Context(), tom, "cold-chain-basics")
	require.NoError(t, err)
	_, err = s.school.Enrol(t.Context(), tom, id)
	require.NoError(t, err)
	_, err = s.school.Begin(t.Context(), tom, id, "cold-check")
	require.NoError(t, err)
	inEveryLook(t, s, "tom", func(_ *testing.T, p *browser.Page, to, check func(string)) {
		to("/courses")
		check("courses")
		to("/courses/cold-chain-basics")
		check("course")
		to("/courses/cold-chain-basics/lessons/cold-range")
		check("lesson")
		to("/courses/cold-chain-basics/lessons/cold-check")
		check("quiz")
		p.Submit(`button[value="answer"]`)
		check("quiz with faults")
		to("/courses/temperature-mapping-in-a-day")
		check("course with dates")
		to("/account/learning")
		check("my courses")
	})
}
