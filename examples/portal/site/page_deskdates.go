package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
)

// A deskDate is a session of a course at the desk.
type deskDate struct {
	When, Seats string
	Cancelled   bool
	ID          string
	Form        *sheet // changes it; nil for what is over
}

// addDates adds the sessions of a course, and the forms to change them and to add
// another.
func (s *Site) addDates(ctx context.Context, v *visit, c courses.Course, b *deskCourseBody, f courseForm) error {
	list, err := s.school.AllSessions(ctx, v.By, c.ID)
	if err != nil {
		return err
	}
	for i, one := range list {
		d := deskDate{
			When: s.sessionText(v.P, one), Seats: v.P.T("teach.seats_of", "n", one.Taken, "of", one.Seats, "waiting", one.Waiting),
			Cancelled: one.Cancelled, ID: one.ID,
		}
		if !one.Begun(s.cfg.Now()) {
			d.Form = s.dateSheet(v, b, one, i+1, f)
		}
		b.Dates = append(b.Dates, d)
	}
	b.AddDate = s.dateSheet(v, b, courses.Session{Zone: v.P.Zone().String(), Seats: 10}, 0, f)
	return nil
}

// dateSheet asks for a session: a new one if it has no ID. row tells its
// questions from those of the others on the page.
func (s *Site) dateSheet(v *visit, b *deskCourseBody, one courses.Session, row int, f courseForm) *sheet {
	typed, faults := f.of("date")
	if typed.Get("date") != one.ID {
		typed, faults = nil, nil
	}
	key, submit := s.memory.formKey, v.P.T("teach.add_date")
	if typed.Get("key") != "" {
		key = typed.Get("key")
	}
	if one.ID != "" {
		submit = v.P.T("form.save")
	}
	spoken := append([]option{{"", v.P.T("form.none")}}, s.tongueChoices(v)...)
	if !slices.ContainsFunc(spoken, func(o option) bool { return o.Value == one.Language }) {
		spoken = append(spoken, option{one.Language, i18n.Locale(one.Language).Name(v.Locale)})
	}
	out := &sheet{Action: b.Action, Submit: submit, Version: one.Version, Hidden: []option{{"do", "date"}, {"key", key}, {"date", one.ID}}, Wrong: len(faults) > 0, Basics: []input{
		{Name: "starts", Label: v.P.T("teach.starts"), Kind: "datetime-local", Value: typedOr(typed, "starts", clockText(one.Starts, one.Zone)), Required: true},
		{Name: "ends", Label: v.P.T("teach.ends"), Kind: "datetime-local", Value: typedOr(typed, "ends", clockText(one.Ends, one.Zone)), Required: true},
		{Name: "zone", Label: v.P.T("teach.zone"), Kind: "zone", Value: typedOr(typed, "zone", one.Zone), Max: 60},
		{Name: "title." + b.In, Label: v.P.T("teach.date_title"), Hint: v.P.T("teach.date_title_note"), Kind: "text", Value: typedOr(typed, "title."+b.In, one.Title[b.In]), Max: 200},
		{Name: "place", Label: v.P.T("teach.place"), Kind: "text", Value: typedOr(typed, "place", one.Place), Max: 200},
		{Name: "link", Label: v.P.T("teach.link"), Hint: v.P.T("teach.link_note"), Kind: "url", Value: typedOr(typed, "link", one.Link), Max: 1000},
		{Name: "language", Label: v.P.T("teach.spoken"), Kind: "select", Value: typedOr(typed, "language", one.Language), Choices: spoken},
		{Name: "seats", Label: v.P.T("teach.seats"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "seats", strconv.Itoa(one.Seats)), Required: true, Max: 6},
		{Name: "until", Label: v.P.T("teach.until"), Kind: "datetime-local", Value: typedOr(typed, "until", clockText(one.Until, one.Zone))},
	}}
	if faults != nil && faults["version"] == "" { // after a conflict, sending it again goes on from what is there now
		out.Version, _ = strconv.Atoi(typed.Get("version"))
	}
	for i := range out.Basics {
		out.Basics[i].Row = row
	}
	out.Faults = note(faults, out.Basics)
	return out
}

// timeFormat is how browsers send a date with a time.
const timeFormat = "2006-01-02T15:04"

// clockText returns a time as a form has it, in a zone.
func clockText(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zoneNamed(zone)).Format(timeFormat)
}

// typedTime reads a date and time as browsers send it, in a zone.
func typedTime(f errs.Fields, form url.Values, name string) time.Time {
	text := form.Get(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(timeFormat, text, zoneNamed(form.Get("zone")))
	if err != nil {
		f.Add(name, "error.field.bad_date", nil)
	}
	return t
}

// saveDate adds a session, or changes one.
func (s *Site) saveDate(r *http.Request, course, in string) error {
	form, f, v := r.PostForm, errs.Fields{}, visitOf(r.Context())
	one := courses.Session{Course: course}
	if id := form.Get("date"); id != "" {
		old, _, err := s.school.Roll(r.Context(), v.By, id)
		if err != nil {
			return err
		}
		one = old
		if one.Version, _ = strconv.Atoi(form.Get("version")); one.Version < 1 || old.Course != course {
			return courses.ErrConflict
		}
	}
	one.Starts, one.Ends, one.Until = typedTime(f, form, "starts"), typedTime(f, form, "ends"), typedTime(f, form, "until")
	one.Zone, one.Place, one.Link, one.Language = form.Get("zone"), strings.TrimSpace(form.Get("place")), strings.TrimSpace(form.Get("link")), form.Get("language")
	one.Title = reworded(one.Title, in, form.Get("title."+in))
	one.Seats, _ = strconv.Atoi(form.Get("seats"))
	if err := f.Err(); err != nil {
		return err
	}
	_, err := s.school.SaveSession(r.Context(), v.By, one, form.Get("key"))
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
