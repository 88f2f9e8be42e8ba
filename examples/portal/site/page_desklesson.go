package site

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
)

type deskLessonBody struct {
	Title    string
	Form     *sheet
	Quiz     []quizQuestion
	AddKind  input // of another question
	Settings []input
	Notice   string
	Unsaved  bool // a button changed the form, and nothing is saved yet
	Kind     courses.LessonKind
	Action   string
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
	if typed != nil && faults["version"] == "" { // after a conflict, sending it again goes on from what is there now
		b.Form.Version, _ = strconv.Atoi(typed.Get("version"))
	}
	if l.Kind == courses.LessonQuiz {
		if err := b.addQuiz(v, l.Quiz, in, typed, faults); err != nil {
			return err
		}
	}
	b.Form.Faults = note(faults, b.Form.Basics, b.Settings)
	p := s.deskPage(r, b.Title, crumb{Title: v.P.T("courses.title"), Href: v.link("/desk/courses")}, crumb{Title: c.Title.In(in, c.Source).Text, Href: v.link(base) + "?in=" + in})
	p.Body = b
	return s.show(w, r, status, "desk-lesson", p)
}

// addQuiz adds the questions of a quiz to the form of its lesson.
func (b *deskLessonBody) addQuiz(v *visit, quiz courses.Quiz, in string, typed url.Values, faults map[string]string) error {
	if typed != nil {
		quiz = typedQuiz(typed, in, quiz)
		if do := typed.Get("do"); saves(do) {
			filledIn(&quiz)
		} else if err := pressed(&quiz, do, typed); err != nil {
			return err
		}
		b.Unsaved = len(faults) == 0
	}
	b.Quiz = quizForm(v, quiz, in, faults)
	b.AddKind = input{Name: "new_kind", Label: v.P.T("teach.question_kind"), Kind: "select", Value: typed.Get("new_kind"), Choices: append(questionKinds(v, false), questionKinds(v, true)...)}
	b.Settings = []input{
		{Name: "pass", Label: v.P.T("teach.pass"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "pass", strconv.Itoa(quiz.Mark())), Max: 3},
		{Name: "attempts", Label: v.P.T("teach.attempts"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "attempts", strconv.Itoa(quiz.Tries())), Max: 2},
		{Name: "shuffle", Label: v.P.T("teach.shuffle"), Kind: "checkbox", Value: typedOr(typed, "shuffle", yes(quiz.Shuffle))},
	}
	return nil
}

// saves reports whether a form is sent to be kept, and not only to be changed.
func saves(do string) bool { return do == "" || do == "save" }

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
	l, to := &content.Modules[i].Lessons[j], "/desk/courses/"+escape(id)
	switch do := r.PostFormValue("do"); {
	case do == "remove":
		dropLesson(&content, i, j)
	case saves(do):
		to += "/lessons/" + escape(r.PathValue("lesson"))
		*l, err = typedLesson(*l, r.PostForm, in)
	default:
		return s.showDeskLesson(w, r, http.StatusOK, r.PostForm, nil)
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
		name = strings.TrimPrefix(name, prefix)
		if strings.HasPrefix(name, "quiz.questions[") {
			out[questionField(name)] = m
			continue
		}
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "quiz."), ".")
		name, _, _ = strings.Cut(name, "[")
		out[name] = m
	}
	return out
}

func typedLesson(l courses.Lesson, form url.Values, in string) (courses.Lesson, error) {
	l.Title, l.Body = reworded(l.Title, in, form.Get("title")), reworded(l.Body, in, form.Get("body"))
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
		l.Quiz = typedQuiz(form, in, l.Quiz)
		filledIn(&l.Quiz)
		number("pass", &l.Quiz.Pass)
		number("attempts", &l.Quiz.Attempts)
		l.Quiz.Shuffle = form.Get("shuffle") == "yes"
	}
	return l, f.Err()
}
