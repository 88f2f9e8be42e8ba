package site

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// calendarRoutes are the pages of what is planned and due.
func (s *Site) calendarRoutes() []route {
	return []route{{"GET /desk/calendar", "desk", s.deskCalendar}}
}

type calendarBody struct {
	Month      string
	Prev, Next string // addresses
	Today      string // address, "" in this month
	Heads      []string
	Weeks      [][]calendarDay
	More       bool // there is more than the page shows
}

// A calendarDay is a day of the month, or one beside it that fills the week.
type calendarDay struct {
	Date    time.Time
	Number  string
	Outside bool
	Today   bool
	Events  []calendarEvent
}

type calendarEvent struct {
	What   string // what is done or due
	Look   string
	Time   string // of the day, "" if it is for the day
	Title  string
	Locale string
	Href   string
}

const localMonth = "2006-01"

// mostInMonth is how many things of each kind a month shows.
const mostInMonth = 200

type calendarParams struct {
	Month string `query:"month" max:"7"`
}

// deskCalendar shows a month with what is planned, and what has to be verified.
func (s *Site) deskCalendar(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[calendarParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	now := s.cfg.Now().In(v.P.Zone())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, v.P.Zone())
	if asked, err := time.ParseInLocation(localMonth, q.Month, v.P.Zone()); err == nil && asked.Year() > 1970 && asked.Year() < 9000 {
		month = asked
	}
	p := s.deskPage(r, v.P.T("process.calendar"))
	b := calendarBody{Month: v.P.Month(month), Heads: v.P.Weekdays(i18n.StyleShort)}
	b.Prev, b.Next = p.With("month", month.AddDate(0, -1, 0).Format(localMonth)), p.With("month", month.AddDate(0, 1, 0).Format(localMonth))
	if month.Year() != now.Year() || month.Month() != now.Month() {
		b.Today = p.With("month", "")
	}
	days, more, err := s.monthOf(r.Context(), p, month)
	if err != nil {
		return err
	}
	b.More = more
	for d := range daysAround(month, v.P.FirstWeekday()) {
		if len(b.Weeks) == 0 || len(b.Weeks[len(b.Weeks)-1]) == 7 {
			b.Weeks = append(b.Weeks, nil)
		}
		last := len(b.Weeks) - 1
		key := d.Format(time.DateOnly)
		b.Weeks[last] = append(b.Weeks[last], calendarDay{
			Date: d, Number: v.P.Number(d.Day()), Outside: d.Month() != month.Month(), Today: key == now.Format(time.DateOnly), Events: days[key],
		})
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-calendar", p)
}

// daysAround ranges over the days of the weeks that a month is in.
func daysAround(month time.Time, first time.Weekday) func(func(time.Time) bool) {
	from := month.AddDate(0, 0, -int((month.Weekday()-first+7)%7))
	end := month.AddDate(0, 1, 0)
	return func(yield func(time.Time) bool) {
		for d := from; d.Before(end) || (d.Weekday() != first); d = d.AddDate(0, 0, 1) {
			if !yield(d) {
				return
			}
		}
	}
}

// monthOf returns what is planned and due in the weeks of a month, by day.
func (s *Site) monthOf(ctx context.Context, p *page, month time.Time) (map[string][]calendarEvent, bool, error) {
	from, until := month.AddDate(0, 0, -6), month.AddDate(0, 1, 7)
	plans, more, err := s.library.Plans(ctx, p.By, kb.PlanList{
		From: from, Until: until, States: []kb.PlanState{kb.PlanWaiting, kb.PlanDone, kb.PlanFailed}, Limit: mostInMonth,
	})
	if err != nil {
		return nil, false, err
	}
	due, rest, err := s.library.Expiring(ctx, p.By, kb.ExpiryList{From: from, Until: until, Limit: mostInMonth})
	if err != nil {
		return nil, false, err
	}
	var ids []string
	for _, plan := range plans {
		ids = append(ids, plan.Article)
	}
	for _, d := range due {
		ids = append(ids, d.Article)
	}
	days := map[string][]calendarEvent{}
	for chunk := range slices.Chunk(ids, mostInMonth) {
		articles, err := s.manuscriptsOf(ctx, p.visit, chunk)
		if err != nil {
			return nil, false, err
		}
		s.addPlans(p, days, plans, articles)
		s.addDue(p, days, due, articles)
	}
	return days, more != "" || rest != "", nil
}

func (s *Site) addPlans(p *page, days map[string][]calendarEvent, plans []kb.Plan, articles map[string]kb.Article) {
	for _, plan := range plans {
		a, ok := articles[plan.Article]
		if !ok {
			continue
		}
		at, t := plan.At.In(p.P.Zone()), a.Translations[0]
		if in, ok := a.In(plan.Locale); ok {
			t = in
		}
		e := calendarEvent{
			What: "process.event_" + string(plan.Do), Look: planLooks[plan.State], Time: p.P.Time(at, i18n.StyleShort), Title: t.Title, Locale: t.Locale,
			Href: p.link(processPath(a.ID, t.Locale)),
		}
		if plan.State == kb.PlanFailed {
			e.What = "process.plan_failed"
		}
		key := at.Format(time.DateOnly)
		days[key] = append(days[key], e)
	}
}

func (s *Site) addDue(p *page, days map[string][]calendarEvent, due []kb.Verification, articles map[string]kb.Article) {
	for _, d := range due {
		a, ok := articles[d.Article]
		if !ok {
			continue
		}
		t, _ := a.In(a.Source)
		e := calendarEvent{What: "process.event_verify", Title: t.Title, Locale: t.Locale, Href: p.link(processPath(a.ID, t.Locale))}
		if !d.Holds(s.cfg.Now()) {
			e.Look = "tag-lock"
		}
		key := d.Until.In(p.P.Zone()).Format(time.DateOnly)
		days[key] = append(days[key], e)
	}
}
