package courses

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// content returns a revision's content, which the caller must not change.
func (s *School) content(ctx context.Context, course string, number int) (Content, error) {
	key := contentKey{course, number}
	if c, ok := s.taughts.Load(key); ok {
		return c, nil
	}
	rev, err := s.store.Revision(ctx, course, number)
	if err == nil {
		s.taughts.Store(key, rev.Content)
	}
	return rev.Content, err
}

// seen returns a course that by may know of as a reader.
func (s *School) seen(ctx context.Context, by profile.Actor, id string) (Course, error) {
	c, err := s.store.Course(ctx, id)
	if err != nil {
		return Course{}, absent(err)
	}
	if c.Status == StatusDraft || !by.Sight().Admits(c.Audience) {
		return Course{}, ErrNotFound
	}
	if c.Status == StatusClosed {
		if e, err := s.mine(ctx, by, id); err != nil || !e.State.In() {
			return Course{}, absent(errors.Join(err, ErrNotFound))
		}
	}
	return c, nil
}

// mine returns the actor's enrolment in a course, the zero one if there is none.
func (s *School) mine(ctx context.Context, by profile.Actor, course string) (Enrolment, error) {
	if by.Anonymous() {
		return Enrolment{}, nil
	}
	e, err := s.store.Enrolment(ctx, course, by.ID)
	if errors.Is(err, ErrNotFound) {
		return Enrolment{}, nil
	}
	return e, err
}

// Find returns the ID of the course that has a slug, or once had it, and the slug
// that it has now. One that the actor may not see is ErrNotFound.
func (s *School) Find(ctx context.Context, by profile.Actor, slug string) (id, now string, err error) {
	id, err = s.store.CourseAt(ctx, slug)
	var c Course
	if err == nil {
		c, err = s.seen(ctx, by, id)
	}
	return c.ID, c.Slug, wrap(absent(err), "course", slug)
}

// A Listed is a course as lists show it to somebody.
type Listed struct {
	ID          string
	Slug        string
	Title       Said
	Summary     Said
	Languages   []string
	Topics      []string
	Lessons     int
	Minutes     int
	Price       i18n.Money
	Entry       Entry
	Certificate bool
	State       State // of the actor; "" if they have nothing to do with it
	Progress    Progress
	Next        time.Time // start of the next session that one can still book; zero if there is none
}

func (s *School) listed(c Course, e Enrolment, locale string) Listed {
	in := s.pick(locale, c.Languages())
	l := Listed{
		ID: c.ID, Slug: c.Slug, Title: c.Title.In(in, c.Source), Summary: c.Summary.In(in, c.Source), Languages: c.Languages(), Topics: c.Topics,
		Lessons: c.Lessons, Minutes: c.Minutes, Price: c.Price, Entry: c.Entry, Certificate: c.Certificate, State: e.State,
	}
	if e.State.In() {
		l.Progress = e.Progress()
	}
	return l
}

// A Query selects courses of the catalogue.
type Query struct {
	Locale   string // of the reader
	Topic    string // "" means all
	Language string // "" means all
	Free     *bool  // only free ones, or only those with a price; nil means all
	After    string // token from the page before
	Limit    int    // 0 means DefaultLimit
}

func (q Query) of(by profile.Actor) CourseQuery {
	sight := by.Sight()
	return CourseQuery{Sight: &sight, Statuses: []Status{StatusPublished}, Topic: q.Topic, Language: q.Language, Free: q.Free, Limit: limit(q.Limit)}
}

// Catalogue returns a page of the courses that the actor may see, with how far
// they are in each.
func (s *School) Catalogue(ctx context.Context, by profile.Actor, q Query) ([]Listed, string, error) {
	free := ""
	if q.Free != nil {
		free = fmt.Sprint(*q.Free)
	}
	scope := fmt.Sprintf("courses.list|%s|%q|%q|%s", by.ID, q.Topic, q.Language, free)
	cq := q.of(by)
	var err error
	if cq.After, err = s.tokens.Open(scope, q.After); err != nil {
		return nil, "", wrap(err, "catalogue", "courses")
	}
	page, next, err := s.store.Courses(ctx, cq)
	if err != nil {
		return nil, "", wrap(err, "catalogue", "courses")
	}
	out := make([]Listed, len(page))
	for i, c := range page {
		e, err := s.mine(ctx, by, c.ID)
		if err != nil {
			return nil, "", wrap(err, "catalogue", "courses")
		}
		out[i] = s.listed(c, e, q.Locale)
	}
	return out, s.tokens.Seal(scope, next), wrap(s.dates(ctx, out), "catalogue", "courses")
}

// dates says of each course when its next session is.
func (s *School) dates(ctx context.Context, list []Listed) error {
	at, ids := map[string]int{}, make([]string, len(list))
	for i, l := range list {
		at[l.ID], ids[i] = i, l.ID
	}
	if len(ids) == 0 {
		return nil
	}
	for one, err := range all(func(after string) ([]Session, string, error) {
		return s.store.Sessions(ctx, SessionQuery{Courses: ids, From: s.clock(), After: after, Limit: maxLimit})
	}) {
		if err != nil {
			return err
		}
		if l := &list[at[one.Course]]; !one.Cancelled && !one.Begun(s.clock()) && l.Next.IsZero() {
			l.Next = one.Starts
		}
	}
	return nil
}

// Tags counts the topics and languages of the courses that the actor may see.
func (s *School) Tags(ctx context.Context, by profile.Actor) ([]Tag, error) {
	tags, err := s.store.Tags(ctx, Query{}.of(by))
	return tags, wrap(err, "catalogue", "courses")
}

// Learning returns a page of the courses that the actor takes or took, those
// enrolled in last first, as far as they may still see them.
func (s *School) Learning(ctx context.Context, by profile.Actor, locale, after string, n int) ([]Studied, string, error) {
	if by.Anonymous() {
		return nil, "", wrap(ErrForbidden, "learning", "")
	}
	scope := "courses.learning|" + by.ID
	position, err := s.tokens.Open(scope, after)
	if err != nil {
		return nil, "", wrap(err, "learning", by.ID)
	}
	sight := by.Sight()
	page, next, err := s.store.Enrolments(ctx, EnrolmentQuery{Person: by.ID, Sight: &sight, After: position, Limit: limit(n)})
	if err != nil {
		return nil, "", wrap(err, "learning", by.ID)
	}
	var out []Studied
	for _, e := range page {
		c, err := s.seen(ctx, by, e.Course)
		if errors.Is(err, ErrNotFound) {
			continue // it was closed, and they are not in
		}
		if err != nil {
			return nil, "", wrap(err, "learning", by.ID)
		}
		out = append(out, Studied{s.listed(c, e, locale), e})
	}
	return out, s.tokens.Seal(scope, next), nil
}

// A Studied is a course with what the actor has to do with it.
type Studied struct {
	Listed
	Enrolment Enrolment
}

// A Page is a course as its readers see it.
type Page struct {
	Listed
	Locale  string // language that it is shown in
	About   template.HTML
	AboutIn string // language of About
	InOrder bool
	Modules []PageModule
	Needs   []Need
	Mine    Enrolment // the zero one if the actor has nothing to do with the course
	Place   string    // lesson to go on with; "" if there is none
	Newer   bool      // there is a newer revision than the one they learn from
	Closed  bool      // nobody can enrol any more
	Months  int       // for which a certificate holds
	Admits  bool      // the actor is among those for whom it is
}

// A PageModule is a module in a course's outline.
type PageModule struct {
	Title   Said
	Lessons []PageLesson
}

// A PageLesson is a lesson in a course's outline.
type PageLesson struct {
	ID      string
	Kind    LessonKind
	Title   Said
	Minutes int
	Done    bool
	Open    bool // the actor may read it now
}

// A Need is a course that has to be finished before, if the actor may see it.
type Need struct {
	Slug  string // "" for one that they may not see
	Title Said
	Done  bool
}

// Course returns a course as the actor may see it.
func (s *School) Course(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	p, err := s.page(ctx, by, id, locale)
	if err != nil {
		return Page{}, wrap(err, "course", id)
	}
	s.record(ctx, by, "course.viewed", SubjectCourse+id)
	return p, nil
}

func (s *School) page(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	c, err := s.seen(ctx, by, id)
	if err != nil {
		return Page{}, err
	}
	e, err := s.mine(ctx, by, id)
	if err != nil {
		return Page{}, err
	}
	revision := c.Live
	if e.State.In() {
		revision = e.Revision
	}
	content, err := s.content(ctx, id, revision)
	if err != nil {
		return Page{}, err
	}
	in := s.pick(locale, content.Title.languages(c.Source))
	p := Page{
		Listed: s.listed(c, e, locale), Locale: in, InOrder: c.InOrder, Mine: e, Months: c.Months, Closed: c.Status == StatusClosed,
		Newer: e.State.In() && e.Revision != c.Live, Admits: c.Entry != EntrySegment || by.Sight().Admits(c.Admits),
	}
	p.Title, p.Summary = content.Title.In(in, c.Source), content.Summary.In(in, c.Source)
	p.Lessons, p.Minutes = content.Size()
	about := content.About.In(in, c.Source)
	p.About, p.AboutIn = s.draw(about), about.Locale
	p.outline(c, content, in)
	dated := []Listed{p.Listed}
	if err := s.dates(ctx, dated); err != nil {
		return Page{}, err
	}
	p.Next = dated[0].Next
	p.Needs, err = s.needs(ctx, by, c, locale)
	return p, err
}

// outline lists the lessons, and which of them the actor may read.
func (p *Page) outline(c Course, content Content, in string) {
	open := p.Mine.State.In()
	for _, m := range content.Modules {
		pm := PageModule{Title: m.Title.In(in, c.Source)}
		for _, l := range m.Lessons {
			_, done := p.Mine.Finished[l.ID]
			pm.Lessons = append(pm.Lessons, PageLesson{l.ID, l.Kind, l.Title.In(in, c.Source), l.Minutes, done, open || done && p.Mine.State.In()})
			if open && !done && p.Place == "" {
				p.Place = l.ID
			}
			open = open && (done || !c.InOrder)
		}
		p.Modules = append(p.Modules, pm)
	}
	// Where they were, unless they have finished it.
	if _, there := content.Lesson(p.Mine.Place); there && p.Mine.State.In() && !c.InOrder {
		if _, done := p.Mine.Finished[p.Mine.Place]; !done {
			p.Place = p.Mine.Place
		}
	}
}

func (s *School) needs(ctx context.Context, by profile.Actor, c Course, locale string) ([]Need, error) {
	var out []Need
	for _, id := range c.Needs {
		var n Need
		if other, err := s.seen(ctx, by, id); err == nil {
			n.Slug, n.Title = other.Slug, s.listed(other, Enrolment{}, locale).Title
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		e, err := s.mine(ctx, by, id)
		if err != nil {
			return nil, err
		}
		n.Done = !e.FinishedAt.IsZero() || len(e.Certificates) > 0
		out = append(out, n)
	}
	return out, nil
}
