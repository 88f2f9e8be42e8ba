package site

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb/courses"
)

// courseRoutes are for those who learn.
func (s *Site) courseRoutes() []route {
	return []route{
		{"GET /courses", "courses", s.courseList},
		{"GET /courses/{slug}", "courses", s.coursePage},
		{"POST /courses/{slug}", "courses", s.signedIn(s.courseAct)},
		{"GET /courses/{slug}/lessons/{lesson}", "courses", s.signedIn(s.lessonPage)},
		{"POST /courses/{slug}/lessons/{lesson}", "courses", s.signedIn(s.lessonAct)},
		{"POST /courses/{slug}/sessions/{id}", "courses", s.signedIn(s.seatAct)},
		{"GET /courses/{slug}/sessions/{id}/calendar", "courses", s.courseCalendar},
		{"GET /account/learning", nothing + "one's own", s.signedIn(s.learning)},
		{"GET /certificates/{number}", nothing + "what its holder shows to who has its number", s.certificate},
		{"POST /certificates/{number}", nothing + "one's own", s.signedIn(s.showCertificate)},
	}
}

const coursesPerPage = 24

// A courseCard is a course as lists show it.
type courseCard struct {
	courses.Listed
	Href  string
	Facts []string // how long, what it costs, and so on
	State string   // message key of how the visitor stands to it, "" if they have nothing to do with it
}

func (s *Site) courseCard(v *visit, l courses.Listed) courseCard {
	c := courseCard{Listed: l, Href: v.link(coursePath(l.Slug)), Facts: []string{v.P.T("courses.lessons", "n", l.Lessons)}}
	if l.Minutes > 0 {
		c.Facts = append(c.Facts, minutes(v, l.Minutes))
	}
	c.Facts = append(c.Facts, price(v, l.Price))
	if l.Certificate {
		c.Facts = append(c.Facts, v.P.T("courses.with_certificate"))
	}
	if !l.Next.IsZero() {
		c.Facts = append(c.Facts, v.P.T("courses.next", "when", v.P.Date(l.Next, "medium")))
	}
	if l.State != "" {
		c.State = "courses.state_" + string(l.State)
	}
	return c
}

func minutes(v *visit, n int) string { return v.P.Duration(time.Duration(n) * time.Minute) }

func price(v *visit, m i18n.Money) string {
	if m.Amount == 0 {
		return v.P.T("courses.free")
	}
	return v.P.Money(m)
}

type coursesBody struct {
	Filters     []input
	Cards       []courseCard
	First, Next string
	Filtered    bool
}

// courseList is the catalogue.
func (s *Site) courseList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	q := courses.Query{Locale: string(v.Wanted), Topic: v.Query.Get("topic"), Language: v.Query.Get("language"), After: v.Query.Get("after"), Limit: coursesPerPage}
	if cost := v.Query.Get("price"); cost == "free" || cost == "fee" {
		free := cost == "free"
		q.Free = &free
	}
	list, next, err := s.school.Catalogue(r.Context(), v.By, q)
	if err != nil {
		return err
	}
	tags, err := s.school.Tags(r.Context(), v.By)
	if err != nil {
		return err
	}
	b := coursesBody{Filters: courseFilters(v, tags), Filtered: q.Topic != "" || q.Language != "" || q.Free != nil}
	for _, l := range list {
		b.Cards = append(b.Cards, s.courseCard(v, l))
	}
	p := s.newPage(r, v.P.T("courses.title"))
	p.Description = v.P.T("courses.intro")
	b.First, b.Next = pager(p, next)
	p.Body, p.Crumbs, p.NoIndex = b, s.crumbs(v), q.After != ""
	return s.show(w, r, http.StatusOK, "courses", p)
}

// courseFilters are the questions by which the catalogue is narrowed. Only what
// the visitor may see is offered.
func courseFilters(v *visit, tags []courses.Tag) []input {
	topic := input{Name: "topic", Label: v.P.T("courses.topic"), Kind: "select", Value: v.Query.Get("topic"), Choices: []option{{"", v.P.T("courses.any")}}}
	language := input{Name: "language", Label: v.P.T("nav.language"), Kind: "select", Value: v.Query.Get("language"), Choices: []option{{"", v.P.T("courses.any")}}}
	for _, tag := range tags {
		count := " (" + v.P.Number(tag.N) + ")"
		if tag.Kind == courses.TagTopic {
			topic.Choices = append(topic.Choices, option{tag.Value, tag.Value + count})
		} else {
			language.Choices = append(language.Choices, option{tag.Value, i18n.Locale(tag.Value).Name(v.Locale) + count})
		}
	}
	cost := input{Name: "price", Label: v.P.T("courses.price"), Kind: "select", Value: v.Query.Get("price"), Choices: []option{
		{"", v.P.T("courses.any")}, {"free", v.P.T("courses.free")}, {"fee", v.P.T("courses.fee")},
	}}
	return []input{topic, language, cost}
}

type courseBody struct {
	courses.Page
	Card     courseCard
	Action   string
	Go       string // address of the lesson to go on with
	Key      string
	Notice   string
	Fault    string
	Sessions []dateRow
	Way      string // what can be done about enrolling: "enrol", "ask", "pay", "sign_in", "" for nothing
	SignIn   string
	Lesson   func(id string) string
	Long     func(n int) string // how long so many minutes are
}

// A dateRow is a session as its course shows it.
type dateRow struct {
	courses.Dated
	When, Until, Action, Calendar, Seats string
	Title                                courses.Said
}

// courseAt finds the course that an address leads to. An old address leads on.
func (s *Site) courseAt(w http.ResponseWriter, r *http.Request) (id string, moved bool, err error) {
	v, slug := visitOf(r.Context()), r.PathValue("slug")
	id, now, err := s.school.Find(r.Context(), v.By, slug)
	if err != nil || now == slug || r.Method == http.MethodPost {
		return id, false, err
	}
	path := strings.Replace(v.Path, coursePath(slug), coursePath(now), 1)
	http.Redirect(w, r, v.link(path), http.StatusMovedPermanently)
	return "", true, nil
}

// coursePage shows a course.
func (s *Site) coursePage(w http.ResponseWriter, r *http.Request) error {
	id, moved, err := s.courseAt(w, r)
	if err != nil || moved {
		return err
	}
	return s.showCourse(w, r, http.StatusOK, id, "")
}

func (s *Site) showCourse(w http.ResponseWriter, r *http.Request, status int, id, fault string) error {
	v := visitOf(r.Context())
	c, err := s.school.Course(r.Context(), v.By, id, string(v.Wanted))
	if err != nil {
		return err
	}
	path := coursePath(c.Slug)
	b := courseBody{Page: c, Card: s.courseCard(v, c.Listed), Action: v.link(path), Key: s.memory.formKey, Fault: fault, SignIn: s.signInAt(v, v.link(path))}
	b.Lesson = func(lesson string) string { return v.link(path + "/lessons/" + escape(lesson)) }
	b.Long = func(n int) string { return minutes(v, n) }
	if c.Place != "" {
		b.Go = b.Lesson(c.Place)
	}
	b.Way = wayInto(v, c)
	if done := v.Query.Get("done"); slices.Contains([]string{"enrolled", "requested", "ordered", "invoiced", "left", "booked", "queued", "unbooked", "taken_over", "restarted"}, done) {
		b.Notice = v.P.T("courses.done_" + done)
	}
	if b.Sessions, err = s.dateRows(r, v, c, path); err != nil {
		return err
	}
	p := s.newPage(r, c.Title.Text)
	p.Description, p.Body, p.NoIndex = c.Summary.Text, b, status != http.StatusOK
	p.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("courses.title"), Href: v.link("/courses")})
	p.Alternates, p.Canonical = courseLanguages(c.Slug, c.Languages, s.offered(v)), v.Origin+i18n.JoinPath(i18n.Locale(c.Locale), path)
	p.tell(s.courseData(v, p, b)...)
	return s.show(w, r, status, "course", p)
}

// wayInto returns what a visitor can do to get into a course.
func wayInto(v *visit, c courses.Page) string {
	switch {
	case c.State == courses.StateUnpaid:
		return "pay"
	case c.State != "" && c.State != courses.StateLeft || c.Closed:
		return ""
	case v.By.Anonymous():
		return "sign_in"
	case c.Entry == courses.EntryApproval && c.Mine.StartedAt.IsZero():
		return "ask"
	case !c.Admits:
		return ""
	}
	return "enrol"
}

func (s *Site) dateRows(r *http.Request, v *visit, c courses.Page, path string) ([]dateRow, error) {
	list, err := s.school.Sessions(r.Context(), v.By, c.ID)
	if err != nil {
		return nil, err
	}
	var out []dateRow
	for _, d := range list {
		base, zone := path+"/sessions/"+escape(d.ID), v.P.InZone(zoneNamed(d.Zone))
		row := dateRow{Dated: d, Action: v.link(base), Calendar: v.link(base + "/calendar"), Title: d.Title.In(c.Locale, c.Title.Locale)}
		row.When = v.P.T("courses.from_to", "from", zone.DateTime(d.Starts, "medium"), "to", zone.DateTime(d.Ends, "medium"), "zone", d.Zone)
		row.Until = v.P.T("courses.until", "when", zone.DateTime(d.Deadline(), "medium"))
		row.Seats = v.P.T("courses.seats_free", "n", d.Free())
		if d.Free() == 0 {
			row.Seats = v.P.T("courses.seats_none", "n", d.Waiting)
		}
		out = append(out, row)
	}
	return out, nil
}

// courseAct does what the buttons of a course say.
func (s *Site) courseAct(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	id, _, err := s.courseAt(w, r)
	if err != nil {
		return err
	}
	done, to, err := s.actOnCourse(r, id)
	if to != "" && err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	return s.afterCourse(w, r, id, done, err)
}

// actOnCourse returns what was done, and where else the visitor goes on.
func (s *Site) actOnCourse(r *http.Request, id string) (done, to string, err error) {
	ctx, by := r.Context(), visitOf(r.Context()).By
	switch r.PostFormValue("do") {
	case "enrol":
		e, err := s.school.Enrol(ctx, by, id)
		return map[courses.State]string{courses.StateRequested: "requested", courses.StateUnpaid: "ordered"}[e.State], "", err
	case "pay":
		c, err := s.school.Checkout(ctx, by, id)
		return "invoiced", c.URL, err
	case "leave":
		return "left", "", s.school.Leave(ctx, by, id)
	case "take_over":
		_, err = s.school.TakeOver(ctx, by, id)
		return "taken_over", "", err
	case "restart":
		_, err = s.school.Restart(ctx, by, id)
		return "restarted", "", err
	}
	return "", "", errs.Invalid
}

// afterCourse goes back to the course, or shows it with why something was not
// done.
func (s *Site) afterCourse(w http.ResponseWriter, r *http.Request, id, done string, err error) error {
	v := visitOf(r.Context())
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return s.showCourse(w, r, web.Status(err), id, v.P.Message(says.Message))
	}
	if err != nil {
		return err
	}
	if done == "" {
		done = "enrolled"
	}
	_, slug, err := s.school.Find(r.Context(), v.By, r.PathValue("slug"))
	if errors.Is(err, courses.ErrNotFound) { // who left a closed course does not see it any more
		http.Redirect(w, r, v.link("/account/learning"), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(coursePath(slug))+"?done="+done, http.StatusSeeOther)
	return nil
}

// seatAct takes a seat, or gives it back.
func (s *Site) seatAct(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	id, _, err := s.courseAt(w, r)
	if err != nil {
		return err
	}
	by, done := visitOf(r.Context()).By, "unbooked"
	switch r.PostFormValue("do") {
	case "book":
		var b courses.Booking
		b, err = s.school.Book(r.Context(), by, r.PathValue("id"))
		done = map[courses.Seat]string{courses.SeatTaken: "booked", courses.SeatWaiting: "queued"}[b.Seat]
	case "unbook":
		err = s.school.Unbook(r.Context(), by, r.PathValue("id"))
	default:
		err = errs.Invalid
	}
	return s.afterCourse(w, r, id, done, err)
}

// courseCalendar serves a session as a file for calendars.
func (s *Site) courseCalendar(w http.ResponseWriter, r *http.Request) error {
	_, moved, err := s.courseAt(w, r)
	if err != nil || moved {
		return err
	}
	v := visitOf(r.Context())
	file, err := s.school.Calendar(r.Context(), v.By, r.PathValue("id"), string(v.Wanted), v.Origin+v.link(coursePath(r.PathValue("slug"))))
	if err != nil {
		return err
	}
	web.NoStore(w)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="session.ics"`)
	_, err = w.Write(file)
	return err
}
