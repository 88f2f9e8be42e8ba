package site

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb/courses"
)

type lessonBody struct {
	courses.LessonPage
	Course        string // its address
	Action        string
	Before, After string // addresses
	Steps         []lessonStep
	Questions     []questionRow
	Results       []resultRow
	Fault         string
	Faults        bool
	Notice        string
	Where         string // "lesson 2 of 5"
	Time          string
}

// A lessonStep is a lesson in the outline beside another.
type lessonStep struct {
	Title      courses.Said
	Href       string // "" if it is not open yet
	Done, Here bool
}

// A questionRow is a question with what was typed.
type questionRow struct {
	courses.Asked
	Number  int
	Name    string // of its inputs
	Typed   string
	Error   string
	Choices []choiceRow
	Hint    string
}

type choiceRow struct {
	courses.Choice
	Picked bool
	Place  string   // of a question of order: "1", "2", ... or ""
	Places []string // that there are
}

type resultRow struct {
	courses.Result
	Title string
	When  string
}

// lessonPage shows a lesson.
func (s *Site) lessonPage(w http.ResponseWriter, r *http.Request) error {
	id, moved, err := s.courseAt(w, r)
	if err != nil || moved {
		return err
	}
	return s.showLesson(w, r, http.StatusOK, id, nil, nil, "")
}

func (s *Site) showLesson(w http.ResponseWriter, r *http.Request, status int, id string, typed url.Values, faults map[string]string, fault string) error {
	v := visitOf(r.Context())
	l, err := s.school.Lesson(r.Context(), v.By, id, r.PathValue("lesson"), string(v.Wanted))
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return s.showCourse(w, r, web.Status(err), id, v.P.Message(says.Message))
	}
	if err != nil {
		return err
	}
	path := coursePath(l.Page.Slug)
	at := func(lesson string) string {
		if lesson == "" {
			return ""
		}
		return v.link(path + "/lessons/" + escape(lesson))
	}
	b := lessonBody{
		LessonPage: l, Course: v.link(path), Action: at(l.ID), Before: at(l.Before), After: at(l.After), Fault: fault, Faults: len(faults) > 0,
		Where: v.P.T("courses.lesson_of", "n", l.Number, "of", l.Page.Lessons),
	}
	if l.Minutes > 0 {
		b.Time = minutes(v, l.Minutes)
	}
	b.steps(at)
	b.fill(v, typed, faults)
	p := s.newPage(r, l.Title.Text)
	p.NoIndex, p.Body = true, b
	p.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("courses.title"), Href: v.link("/courses")}, crumb{Title: l.Page.Title.Text, Href: b.Course, Locale: l.Page.Title.Locale})
	return s.show(w, r, status, "lesson", p)
}

func (b *lessonBody) steps(at func(string) string) {
	for _, m := range b.Page.Modules {
		for _, l := range m.Lessons {
			step := lessonStep{Title: l.Title, Done: l.Done, Here: l.ID == b.ID}
			if l.Open {
				step.Href = at(l.ID)
			}
			b.Steps = append(b.Steps, step)
		}
	}
}

// fill puts the questions of an open attempt, with what was typed, and the
// results of ended ones.
func (b *lessonBody) fill(v *visit, typed url.Values, faults map[string]string) {
	if b.Quiz == nil {
		return
	}
	for _, result := range b.Quiz.Results {
		row := resultRow{Result: result, Title: v.P.T("courses.attempt", "n", result.Attempt), When: v.P.DateTime(result.EndedAt, "medium")}
		b.Results = append(b.Results, row)
	}
	if b.Quiz.Sheet == nil {
		return
	}
	for i, q := range b.Quiz.Sheet.Questions {
		row := questionRow{Asked: q, Number: i + 1, Name: "q." + q.ID, Typed: typed.Get("q." + q.ID), Error: faults["q."+q.ID], Hint: v.P.T("courses.how_" + string(q.Kind))}
		for _, c := range q.Choices {
			choice := choiceRow{Choice: c, Picked: slices.Contains(typed[row.Name], c.Value), Place: typed.Get(row.Name + "." + c.Value)}
			for n := range q.Choices {
				choice.Places = append(choice.Places, strconv.Itoa(n+1))
			}
			row.Choices = append(row.Choices, choice)
		}
		b.Questions = append(b.Questions, row)
	}
}

// lessonAct finishes a lesson, begins a quiz or answers it.
func (s *Site) lessonAct(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	id, _, err := s.courseAt(w, r)
	if err != nil {
		return err
	}
	v, lesson := visitOf(r.Context()), r.PathValue("lesson")
	to := v.link(coursePath(r.PathValue("slug")) + "/lessons/" + escape(lesson))
	switch r.PostFormValue("do") {
	case "finish":
		_, err = s.school.Finish(r.Context(), v.By, id, lesson)
		to = s.onward(r, id, lesson, to)
	case "begin":
		_, err = s.school.Begin(r.Context(), v.By, id, lesson)
		to += "#quiz"
	case "answer":
		attempt, _ := strconv.Atoi(r.PostFormValue("attempt"))
		_, err = s.school.Answer(r.Context(), v.By, id, lesson, attempt, answersOf(r.PostForm))
		to += "#results"
	default:
		err = errs.Invalid
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return s.showLesson(w, r, http.StatusUnprocessableEntity, id, r.PostForm, v.P.Fields(wrong), "")
	}
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return s.showLesson(w, r, web.Status(err), id, r.PostForm, nil, v.P.Message(says.Message))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// onward returns where somebody goes on who has finished a lesson: to the next
// one, or to the course after the last.
func (s *Site) onward(r *http.Request, id, lesson, otherwise string) string {
	v := visitOf(r.Context())
	l, err := s.school.Lesson(r.Context(), v.By, id, lesson, string(v.Wanted))
	switch {
	case err != nil:
		return otherwise
	case l.After == "":
		return v.link(coursePath(l.Page.Slug))
	}
	return v.link(coursePath(l.Page.Slug) + "/lessons/" + escape(l.After))
}

// answersOf returns the answers in a form by question. What is put in order comes
// as a place for each choice.
func answersOf(form url.Values) map[string][]string {
	out := map[string][]string{}
	placed := map[string]map[string]string{} // by question: choice by place
	for name, values := range form {
		rest, ok := strings.CutPrefix(name, "q.")
		if !ok || len(values) == 0 {
			continue
		}
		question, choice, ordered := strings.Cut(rest, ".")
		if !ordered {
			out[rest] = values
			continue
		}
		if placed[question] == nil {
			placed[question] = map[string]string{}
		}
		placed[question][values[0]] = choice
	}
	for question, byPlace := range placed {
		for n := range len(byPlace) {
			if choice, ok := byPlace[strconv.Itoa(n+1)]; ok {
				out[question] = append(out[question], choice)
			}
		}
	}
	return out
}
