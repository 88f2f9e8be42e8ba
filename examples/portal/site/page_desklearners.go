package site

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/kb/courses"
)

// typedTime reads a date and time as browsers send it, in a zone.
func typedTime(f errs.Fields, form url.Values, name string) time.Time {
	text := form.Get(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", text, zoneNamed(form.Get("zone")))
	if err != nil {
		f.Add(name, "error.field.bad_date", nil)
	}
	return t
}

// saveDate adds a session.
func (s *Site) saveDate(r *http.Request, course string) error {
	form, f := r.PostForm, errs.Fields{}
	one := courses.Session{
		Course: course, Starts: typedTime(f, form, "starts"), Ends: typedTime(f, form, "ends"), Until: typedTime(f, form, "until"),
		Zone: form.Get("zone"), Place: strings.TrimSpace(form.Get("place")), Link: strings.TrimSpace(form.Get("link")),
	}
	one.Seats, _ = strconv.Atoi(form.Get("seats"))
	if err := f.Err(); err != nil {
		return err
	}
	_, err := s.school.SaveSession(r.Context(), visitOf(r.Context()).By, one, form.Get("key"))
	return err
}

// cancelDate says that a session does not take place.
func (s *Site) cancelDate(r *http.Request, course string) error {
	one, _, err := s.school.Roll(r.Context(), visitOf(r.Context()).By, r.PostFormValue("date"))
	if err != nil || one.Course != course || one.Cancelled {
		return err
	}
	one.Cancelled = true
	_, err = s.school.SaveSession(r.Context(), visitOf(r.Context()).By, one, "")
	return err
}

type deskLessonBody struct {
	Title  string
	Form   *sheet
	Notice string
	Kind   courses.LessonKind
	Action string
}

// deskLesson shows the form of a lesson.
func (s *Site) deskLesson(w http.ResponseWriter, r *http.Request) error {
	return s.showDeskLesson(w, r, http.StatusOK, nil, nil)
}

// lessonIn finds a lesson in content.
func lessonIn(c courses.Content, id string) (module, lesson int, ok bool) {
	for i, m := range c.Modules {
		for j, l := range m.Lessons {
			if l.ID == id {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

func (s *Site) showDeskLesson(w http.ResponseWriter, r *http.Request, status int, typed url.Values, faults map[string]string) error {
	v := visitOf(r.Context())
	c, rev, err := s.school.Manuscript(r.Context(), v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	i, j, ok := lessonIn(rev.Content, r.PathValue("lesson"))
	if !ok {
		return courses.ErrNotFound
	}
	l, in, base := rev.Modules[i].Lessons[j], s.courseWrittenIn(v, c), "/desk/courses/"+escape(c.ID)
	b := deskLessonBody{Title: l.Title.In(in, c.Source).Text, Kind: l.Kind, Action: v.link(base+"/lessons/"+escape(l.ID)) + "?in=" + in}
	if v.Query.Get("done") != "" && status == http.StatusOK {
		b.Notice = v.P.T("teach.done_saved")
	}
	b.Form = lessonSheet(v, l, in, typed)
	b.Form.Action, b.Form.Version, b.Form.Wrong = b.Action, c.Version, len(faults) > 0
	b.Form.Faults = note(faults, b.Form.Basics)
	p := s.deskPage(r, b.Title, crumb{Title: v.P.T("courses.title"), Href: v.link("/desk/courses")}, crumb{Title: c.Title.In(in, c.Source).Text, Href: v.link(base) + "?in=" + in})
	p.Body = b
	return s.show(w, r, status, "desk-lesson", p)
}

func lessonSheet(v *visit, l courses.Lesson, in string, typed url.Values) *sheet {
	out := &sheet{Submit: v.P.T("form.save"), Basics: []input{
		{Name: "title", Label: v.P.T("teach.lesson_title"), Kind: "text", Value: typedOr(typed, "title", l.Title[in]), Max: 200},
		{Name: "minutes", Label: v.P.T("teach.minutes"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "minutes", strconv.Itoa(l.Minutes)), Max: 4},
	}}
	if l.Kind == courses.LessonArticle {
		out.Basics = append(out.Basics, input{Name: "article", Label: v.P.T("teach.article"), Kind: "text", Value: typedOr(typed, "article", l.Article), Max: 128})
	} else {
		out.Basics = append(out.Basics, input{Name: "body", Label: v.P.T("teach.body"), Hint: v.P.T("teach.markdown"), Kind: "lines", Value: typedOr(typed, "body", l.Body[in])})
	}
	if l.Kind == courses.LessonQuiz {
		shuffle := ""
		if l.Quiz.Shuffle {
			shuffle = "yes"
		}
		out.Basics = append(out.Basics,
			input{Name: "quiz", Label: v.P.T("teach.questions"), Hint: v.P.T("teach.quiz_note"), Kind: "lines", Value: typedOr(typed, "quiz", quizText(l.Quiz, in))},
			input{Name: "pass", Label: v.P.T("teach.pass"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "pass", strconv.Itoa(l.Quiz.Mark())), Max: 3},
			input{Name: "attempts", Label: v.P.T("teach.attempts"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "attempts", strconv.Itoa(l.Quiz.Tries())), Max: 2},
			input{Name: "shuffle", Label: v.P.T("teach.shuffle"), Kind: "checkbox", Value: typedOr(typed, "shuffle", shuffle)},
		)
	}
	return out
}

// saveDeskLesson saves a lesson, moves it or takes it out.
func (s *Site) saveDeskLesson(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v, id := r.Context(), visitOf(r.Context()), r.PathValue("id")
	c, rev, err := s.school.Manuscript(ctx, v.By, id)
	if err != nil {
		return err
	}
	content, in := rev.Content.Clone(), s.courseWrittenIn(v, c)
	i, j, ok := lessonIn(content, r.PathValue("lesson"))
	if !ok {
		return courses.ErrNotFound
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	list, to := &content.Modules[i].Lessons, "/desk/courses/"+escape(id)
	switch r.PostFormValue("do") {
	case "remove":
		if *list = slices.Delete(*list, j, j+1); len(*list) == 0 {
			content.Modules = slices.Delete(content.Modules, i, i+1)
		}
	case "up":
		if j > 0 {
			(*list)[j-1], (*list)[j] = (*list)[j], (*list)[j-1]
		}
	default:
		to += "/lessons/" + escape(r.PathValue("lesson"))
		(*list)[j], err = typedLesson((*list)[j], r.PostForm, in)
	}
	if err == nil {
		_, err = s.school.Save(ctx, v.By, id, version, courses.Draft{Settings: c.Settings, Content: content})
	}
	err = here(err, "modules["+strconv.Itoa(i)+"].lessons["+strconv.Itoa(j)+"].")
	return s.afterForm(w, r, err, to+"?in="+in+"&done=saved", func(status int, faults map[string]string) error {
		return s.showDeskLesson(w, r, status, r.PostForm, faults)
	})
}

// here names the fields of one part as its own form does.
func here(err error, prefix string) error {
	wrong, ok := errors.AsType[errs.Fields](err)
	if !ok {
		return err
	}
	out := errs.Fields{}
	for name, m := range wrong {
		name, _, _ = strings.Cut(strings.TrimPrefix(name, prefix), ".")
		name, _, _ = strings.Cut(name, "[")
		out[name] = m
	}
	return out
}

func typedLesson(l courses.Lesson, form url.Values, in string) (courses.Lesson, error) {
	for name, words := range map[string]*courses.Words{"title": &l.Title, "body": &l.Body} {
		*words = without(*words, in)
		if text := strings.TrimSpace(valid.Newlines(form.Get(name))); text != "" {
			(*words)[in] = text
		}
	}
	f := errs.Fields{}
	number := func(name string, into *int) {
		n, err := strconv.Atoi(strings.TrimSpace(form.Get(name)))
		if err != nil {
			f.Add(name, "error.field.range", map[string]any{"min": 0, "max": 1440})
		}
		*into = n
	}
	number("minutes", &l.Minutes)
	if l.Kind == courses.LessonArticle {
		l.Article = strings.TrimSpace(form.Get("article"))
	}
	if l.Kind == courses.LessonQuiz {
		quiz, err := parseQuiz(form.Get("quiz"), in, l.Quiz)
		if err != nil {
			return l, err
		}
		l.Quiz = quiz
		number("pass", &l.Quiz.Pass)
		number("attempts", &l.Quiz.Attempts)
		l.Quiz.Shuffle = form.Get("shuffle") == "yes"
	}
	return l, f.Err()
}

type deskLearnersBody struct {
	Rows        []learnerRow
	Figures     []learnFigure
	Lessons     []lessonFigures
	Rolls       []roll
	Action      string
	First, Next string
	Notice      string
}

type learnerRow struct {
	courses.Enrolment
	Name, State string
	Unpaid      bool
}

// A learnFigure is a number with a bar, of 100.
type learnFigure struct {
	Name  string
	N     int
	Width int
}

type lessonFigures struct {
	Title   courses.Said
	Done    learnFigure
	Quiz    string // what came of it in words, "" if it is none
	Scores  []learnFigure
	Answers []learnFigure
}

type roll struct {
	ID, When string
	Begun    bool
	People   []rollRow
}

type rollRow struct {
	courses.Booking
	Name, Seat string
}

// deskLearners shows who learns what, and what came of it.
func (s *Site) deskLearners(w http.ResponseWriter, r *http.Request) error {
	ctx, v, id := r.Context(), visitOf(r.Context()), r.PathValue("id")
	list, next, err := s.school.Learners(ctx, v.By, id, nil, v.Query.Get("after"), 50)
	if err != nil {
		return err
	}
	results, err := s.school.Results(ctx, v.By, id, string(v.Wanted))
	if err != nil {
		return err
	}
	base := "/desk/courses/" + escape(id)
	b := deskLearnersBody{Action: v.link(base + "/learners")}
	if v.Query.Get("done") != "" {
		b.Notice = v.P.T("teach.done_saved")
	}
	for _, e := range list {
		b.Rows = append(b.Rows, learnerRow{e, s.learnerName(r, e.Person), "courses.state_" + string(e.State), e.State == courses.StateUnpaid})
	}
	b.draw(v, results)
	if err := s.addRolls(r, id, &b); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("teach.learners"), crumb{Title: v.P.T("courses.title"), Href: v.link("/desk/courses")}, crumb{Title: results.Title.Text, Href: v.link(base), Locale: results.Title.Locale})
	b.First, b.Next = pager(p, next)
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-learners", p)
}

// learnerName returns what somebody is called, or their ID to those who may not see
// the directory.
func (s *Site) learnerName(r *http.Request, person string) string {
	p, err := s.people.Person(r.Context(), visitOf(r.Context()).By, person)
	if err != nil || p.Name == "" {
		return person
	}
	return p.Name
}

func share(n, of int) int {
	if of == 0 {
		return 0
	}
	return min(100, n*100/of)
}

// draw makes figures of results.
func (b *deskLearnersBody) draw(v *visit, r courses.Results) {
	all := 0
	for _, n := range r.States {
		all += n
	}
	for _, state := range courses.States() {
		if n := r.States[state]; n > 0 {
			b.Figures = append(b.Figures, learnFigure{v.P.T("courses.state_" + string(state)), n, share(n, all)})
		}
	}
	for _, l := range r.Lessons {
		f := lessonFigures{Title: l.Title, Done: learnFigure{v.P.T("courses.finished"), l.Finished, share(l.Finished, max(l.Learners, l.Finished))}}
		if q := l.Quiz; q != nil && q.Attempts > 0 {
			f.Quiz = v.P.T("teach.quiz_result", "n", q.Attempts, "passed", q.Passed)
			for n, count := range q.Scores {
				f.Scores = append(f.Scores, learnFigure{v.P.T("teach.score", "from", n*10, "to", []int{n*10 + 9, 100}[n/9]), count, share(count, q.Attempts)})
			}
			for _, one := range q.Questions {
				f.Answers = append(f.Answers, learnFigure{one.Prompt.Text, share(one.Good, one.Asked), share(one.Good, one.Asked)})
			}
		}
		b.Lessons = append(b.Lessons, f)
	}
}

func (s *Site) addRolls(r *http.Request, id string, b *deskLearnersBody) error {
	v := visitOf(r.Context())
	dates, err := s.school.AllSessions(r.Context(), v.By, id)
	if err != nil {
		return err
	}
	for _, one := range dates {
		_, list, err := s.school.Roll(r.Context(), v.By, one.ID)
		if err != nil {
			return err
		}
		out := roll{ID: one.ID, When: s.sessionText(v.P, one), Begun: one.Begun(s.cfg.Now())}
		for _, booking := range list {
			out.People = append(out.People, rollRow{booking, s.learnerName(r, booking.Person), "teach.seat_" + string(booking.Seat)})
		}
		b.Rolls = append(b.Rolls, out)
	}
	return nil
}

// actOnLearner decides, says what is paid, or who was there.
func (s *Site) actOnLearner(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v, id, person := r.Context(), visitOf(r.Context()), r.PathValue("id"), r.PostFormValue("person")
	var err error
	switch do := r.PostFormValue("do"); do {
	case "admit", "refuse":
		_, err = s.school.Decide(ctx, v.By, id, person, do == "admit")
	case "paid":
		_, err = s.school.Paid(ctx, v.By, r.PostFormValue("order"))
	case "attended", "absent":
		err = s.school.Attend(ctx, v.By, r.PostFormValue("date"), person, do == "attended")
	default:
		err = errs.Invalid
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/courses/"+escape(id)+"/learners")+"?done=1", http.StatusSeeOther)
	return nil
}
