package courses

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A LessonPage is a lesson as somebody takes it.
type LessonPage struct {
	Page    Page // the course
	Module  Said
	ID      string
	Kind    LessonKind
	Title   Said
	HTML    template.HTML
	HTMLIn  string // language of HTML
	Path    string // of the article that it is, or ""
	Missing bool   // its article is not there for the actor
	Minutes int
	Done    bool
	Number  int    // from 1, of Page.Lessons
	Before  string // ID of the lesson before, or ""
	After   string // ID of the next one, or "" if there is none or it is not open yet
	Quiz    *QuizPage
}

// Lesson returns a lesson of a course that the actor is enrolled in, and notes
// that they are there.
func (s *School) Lesson(ctx context.Context, by profile.Actor, course, lesson, locale string) (LessonPage, error) {
	p, l, err := s.lesson(ctx, by, course, lesson, locale)
	if err != nil {
		return LessonPage{}, wrap(err, "lesson", lesson)
	}
	out := LessonPage{Page: p, ID: l.ID, Kind: l.Kind, Minutes: l.Minutes}
	out.place()
	if err := s.fill(ctx, by, &out, l, locale); err != nil {
		return LessonPage{}, wrap(err, "lesson", lesson)
	}
	if learns(by) && p.Mine.Place != lesson {
		s.visit(ctx, by, course, lesson)
	}
	s.record(ctx, by, "lesson.viewed", "lesson/"+lesson, "course", course)
	return out, nil
}

// visit notes where somebody is. That it could not be noted keeps nobody from
// reading.
func (s *School) visit(ctx context.Context, by profile.Actor, course, lesson string) {
	_, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, _ *steps) error {
		e.Place = lesson
		return nil
	})
	if err != nil {
		s.opts.Logger.WarnContext(ctx, "place not noted", "course", course, "err", err)
	}
}

// lesson returns a lesson that the actor may take now, with its course. One that
// waits for the lesson before it is ErrForbidden.
func (s *School) lesson(ctx context.Context, by profile.Actor, course, lesson, locale string) (Page, Lesson, error) {
	p, err := s.page(ctx, by, course, locale)
	if err != nil {
		return Page{}, Lesson{}, err
	}
	content, err := s.learnt(ctx, p.Mine, course)
	if err != nil {
		return Page{}, Lesson{}, err
	}
	l, ok := content.Lesson(lesson)
	if !ok {
		return Page{}, Lesson{}, ErrNotFound
	}
	for _, m := range p.Modules {
		for _, one := range m.Lessons {
			if one.ID == lesson && !one.Open {
				return Page{}, Lesson{}, say(ErrForbidden, "order")
			}
		}
	}
	return p, l, nil
}

// learnt returns the content that somebody learns from, and why they may not.
func (s *School) learnt(ctx context.Context, e Enrolment, course string) (Content, error) {
	switch e.State {
	case StateActive, StateFinished:
		return s.content(ctx, course, e.Revision)
	case StateUnpaid:
		return Content{}, say(ErrForbidden, "unpaid")
	case StateRequested:
		return Content{}, say(ErrForbidden, "waiting")
	}
	return Content{}, say(ErrForbidden, "enrol")
}

// place says where in its course a lesson is.
func (p *LessonPage) place() {
	var before string
	n, found := 0, false
	for _, m := range p.Page.Modules {
		for _, l := range m.Lessons {
			n++
			switch {
			case l.ID == p.ID:
				p.Module, p.Title, p.Done, p.Number, p.Before, found = m.Title, l.Title, l.Done, n, before, true
			case found && p.After == "":
				p.After = l.ID
				if !l.Open {
					p.After = ""
				}
				return
			}
			before = l.ID
		}
	}
}

// fill reads what there is to read, and how a quiz stands.
func (s *School) fill(ctx context.Context, by profile.Actor, p *LessonPage, l Lesson, locale string) error {
	source := p.Page.Title.Locale
	if c, err := s.store.Course(ctx, p.Page.ID); err == nil {
		source = c.Source
	}
	if said := l.Body.In(p.Page.Locale, source); strings.TrimSpace(said.Text) != "" {
		p.HTML, p.HTMLIn = s.draw(said), said.Locale
	}
	switch l.Kind {
	case LessonArticle:
		return s.article(ctx, by, p, l, locale)
	case LessonQuiz:
		quiz, err := s.quizPage(ctx, p.Page, l, source)
		p.Quiz = &quiz
		return err
	}
	return nil
}

func (s *School) article(ctx context.Context, by profile.Actor, p *LessonPage, l Lesson, locale string) error {
	p.Missing = true
	if s.opts.Article == nil {
		return nil
	}
	text, err := s.opts.Article(ctx, by, l.Article, locale)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Missing, p.HTML, p.HTMLIn, p.Path = false, text.HTML, text.Locale, text.Path
	return nil
}

// Finish notes that the actor has finished a lesson that is read. Again, it does
// nothing. Quizzes are finished by passing and sessions by attending.
func (s *School) Finish(ctx context.Context, by profile.Actor, course, lesson string) (Enrolment, error) {
	if !learns(by) {
		return Enrolment{}, wrap(ErrForbidden, "lesson", lesson)
	}
	_, l, err := s.lesson(ctx, by, course, lesson, by.Locale)
	if err == nil && l.Kind != LessonText && l.Kind != LessonArticle {
		err = say(ErrForbidden, "kind")
	}
	if err != nil {
		return Enrolment{}, wrap(err, "lesson", lesson)
	}
	e, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, did *steps) error {
		if _, done := e.Finished[lesson]; done {
			return errNothing
		}
		return s.finish(ctx, e, did, lesson)
	})
	return e, wrap(err, "lesson", lesson)
}

// finish notes a finished lesson, and with the last one the course.
func (s *School) finish(ctx context.Context, e *Enrolment, did *steps, lesson string) error {
	content, err := s.learnt(ctx, *e, e.Course)
	if err != nil {
		return err
	}
	if _, there := content.Lesson(lesson); !there {
		return ErrNotFound
	}
	if e.Finished == nil {
		e.Finished = map[string]time.Time{}
	}
	if _, done := e.Finished[lesson]; !done {
		e.Finished[lesson] = s.clock()
		did.add("lesson.finished", "lesson/"+lesson, "course", e.Course)
	}
	return s.conclude(ctx, e, did, content)
}

// conclude ends the course if every lesson is finished.
func (s *School) conclude(ctx context.Context, e *Enrolment, did *steps, content Content) error {
	e.Lessons, _ = content.Size()
	for _, l := range content.Each {
		if _, done := e.Finished[l.ID]; !done {
			return nil
		}
	}
	if e.State == StateFinished {
		return nil
	}
	c, err := s.store.Course(ctx, e.Course)
	if err != nil {
		return err
	}
	e.State, e.FinishedAt = StateFinished, s.clock()
	did.add("course.finished", SubjectCourse+e.Course)
	if c.Certificate {
		s.issue(e, did, c, content)
	}
	return nil
}

func (s *School) issue(e *Enrolment, did *steps, c Course, content Content) {
	cert := Certificate{Number: newNumber(), Title: content.Title, Source: c.Source, IssuedAt: s.clock()}
	_, cert.Minutes = content.Size()
	if c.Months > 0 {
		cert.ExpiresAt = cert.IssuedAt.AddDate(0, c.Months, 0)
	}
	e.Certificates = append(e.Certificates, cert)
	did.add("certificate.issued", "certificate/"+cert.Number, "course", c.ID)
}

// newNumber returns a number that cannot be guessed: 80 bits in four groups.
func newNumber() string {
	text := strings.ToUpper(idem.New())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}

// TakeOver moves the actor on to the revision that is live. What they finished
// counts on as far as the new revision has it.
func (s *School) TakeOver(ctx context.Context, by profile.Actor, course string) (Enrolment, error) {
	return s.moveOn(ctx, by, course, "course.taken_over", func(c Course, content Content, e *Enrolment) error {
		if e.Revision == c.Live {
			return errNothing
		}
		for lesson := range e.Finished {
			if _, there := content.Lesson(lesson); !there {
				delete(e.Finished, lesson)
			}
		}
		for _, l := range content.Each {
			if _, done := e.Finished[l.ID]; !done {
				e.State, e.FinishedAt = StateActive, time.Time{}
			}
		}
		return nil
	})
}

// Restart begins a finished course anew, with the revision that is live, such as
// when the certificate has run out. Certificates stay.
func (s *School) Restart(ctx context.Context, by profile.Actor, course string) (Enrolment, error) {
	return s.moveOn(ctx, by, course, "course.restarted", func(_ Course, _ Content, e *Enrolment) error {
		if e.State != StateFinished {
			return errNothing
		}
		e.State, e.FinishedAt, e.Finished, e.Attempts, e.Place = StateActive, time.Time{}, nil, nil, ""
		return nil
	})
}

func (s *School) moveOn(ctx context.Context, by profile.Actor, course, event string, do func(c Course, content Content, e *Enrolment) error) (Enrolment, error) {
	if !learns(by) {
		return Enrolment{}, wrap(ErrForbidden, "course", course)
	}
	c, err := s.seen(ctx, by, course)
	var content Content
	if err == nil {
		content, err = s.content(ctx, course, c.Live)
	}
	if err != nil {
		return Enrolment{}, wrap(err, "course", course)
	}
	e, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, did *steps) error {
		if !e.State.In() {
			return say(ErrForbidden, "enrol")
		}
		if err := do(c, content, e); err != nil {
			return err
		}
		e.Revision = c.Live
		did.add(event, SubjectCourse+course)
		return s.conclude(ctx, e, did, content)
	})
	return e, wrap(err, "course", course)
}

// Certificate is what somebody shows who has a certificate.
type PublicCertificate struct {
	Number    string
	Title     Said
	Name      string // "" if the holder does not show it
	IssuedAt  time.Time
	ExpiresAt time.Time // zero means never
	Valid     bool
	Mine      bool // the actor holds it
	Shown     Shown
	Minutes   int
}

// Certificate returns what the holder of a certificate shows of it to whoever has
// its number, and to themselves.
func (s *School) Certificate(ctx context.Context, by profile.Actor, number, locale string) (PublicCertificate, error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	e, err := s.store.EnrolmentOfCertificate(ctx, number)
	if err != nil {
		return PublicCertificate{}, wrap(absent(err), "certificate", number)
	}
	i := slices.IndexFunc(e.Certificates, func(c Certificate) bool { return c.Number == number })
	mine := !by.Anonymous() && e.Person == by.ID
	if i < 0 || e.Certificates[i].Hidden && !mine {
		return PublicCertificate{}, wrap(ErrNotFound, "certificate", number)
	}
	c := e.Certificates[i]
	out := PublicCertificate{
		Number: c.Number, Title: c.Title.In(s.pick(locale, c.Title.languages(c.Source)), c.Source), Name: c.Name, IssuedAt: c.IssuedAt, ExpiresAt: c.ExpiresAt,
		Valid: c.Valid(s.clock()), Mine: mine, Minutes: c.Minutes,
	}
	if mine {
		out.Shown = c.Shown
	}
	return out, nil
}

// Show says what the actor shows of a certificate of theirs.
func (s *School) Show(ctx context.Context, by profile.Actor, number string, shown Shown) error {
	if !learns(by) {
		return wrap(ErrForbidden, "certificate", number)
	}
	shown.Name = strings.TrimSpace(shown.Name)
	f := errs.Fields{}
	checkName(f, shown.Name)
	if err := f.Err(); err != nil {
		return wrap(err, "certificate", number)
	}
	e, err := s.store.EnrolmentOfCertificate(ctx, number)
	if err == nil && e.Person != by.ID {
		err = ErrNotFound
	}
	if err != nil {
		return wrap(absent(err), "certificate", number)
	}
	_, err = s.change(ctx, by, e.Course, by.ID, func(e *Enrolment, did *steps) error {
		i := slices.IndexFunc(e.Certificates, func(c Certificate) bool { return c.Number == number })
		if i < 0 {
			return ErrNotFound
		}
		if e.Certificates[i].Shown == shown {
			return errNothing
		}
		e.Certificates[i].Shown = shown
		did.add("certificate.shown", "certificate/"+number, "course", e.Course)
		return nil
	})
	return wrap(err, "certificate", number)
}
