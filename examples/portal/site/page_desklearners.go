package site

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
)

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
