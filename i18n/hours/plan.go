package hours

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// ErrInvalid is matched by what is wrong with a plan or an argument.
var ErrInvalid = errs.Invalid

// A Plan is business hours as a team writes them down. Hours are texts such as
// "09:00-12:30", which may end on the next day: "22:00-30:00".
type Plan struct {
	Zone string              `json:"zone"`           // of the hours: "Europe/Berlin"; empty means UTC
	Week map[string][]string `json:"week"`           // by day: "mon", "tue", "wed", "thu", "fri", "sat", "sun"; a day that is not there is closed
	Days []Day               `json:"days,omitempty"` // that differ: holidays, and days with other hours
}

// A Day is one that differs from its like.
type Day struct {
	Date  string     `json:"date"`            // "2026-12-24", or each year "12-24"
	Hours []string   `json:"hours,omitempty"` // empty means closed
	Names i18n.Words `json:"names,omitempty"` // what readers are told it is, by language
}

// Limits of a plan.
const (
	MaxDays   = 2000 // that differ
	MaxSpans  = 12   // of hours in one day
	MaxName   = 100  // characters
	MaxSize   = 1 << 20
	dayMins   = 24 * 60
	weekMins  = 7 * dayMins
	latestEnd = 2 * dayMins
)

// Read reads a plan as JSON and makes sure of it. It is strict: unknown and
// doubled names are refused.
func Read(data []byte) (*Calendar, error) {
	plan, err := parse[Plan](data)
	if err != nil {
		return nil, err
	}
	return New(plan)
}

func parse[T any](data []byte) (T, error) {
	if len(data) > MaxSize {
		var zero T
		return zero, fmt.Errorf("hours: %w", errs.Say(ErrInvalid, "error.too_large", nil))
	}
	v, err := web.Parse[T](data)
	if err != nil {
		return v, fmt.Errorf("hours: %w", err)
	}
	return v, nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// A span is hours of a day, in minutes since its midnight.
type span struct{ from, to int }

// New makes sure of a plan. What is wrong with it comes back by field, such as
// "week.mon[0]" and "days[3].date".
func New(plan Plan) (*Calendar, error) {
	f := errs.Fields{}
	c := &Calendar{plan: plan}
	var err error
	if c.zone, err = i18n.ParseZone(plan.Zone); err != nil {
		f.Add("zone", "error.profile.zone", nil)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Week)) {
		day := slices.Index(weekdays, name)
		if day < 0 {
			f.Add("week."+name, "error.field.choice", map[string]any{"choices": weekdays})
			continue
		}
		c.week[day] = spans(f, "week."+name, plan.Week[name])
	}
	c.days(f, plan.Days)
	if len(f) == 0 {
		c.total(f)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// days reads the days that differ.
func (c *Calendar) days(f errs.Fields, days []Day) {
	if len(days) > MaxDays {
		f.Add("days", "error.field.too_many", map[string]any{"max": MaxDays})
		return
	}
	seen := map[string]bool{}
	for i, d := range days {
		field := fmt.Sprintf("days[%d]", i)
		if seen[d.Date] {
			f.Add(field+".date", "error.field.duplicate", nil)
		}
		seen[d.Date] = true
		for tag, name := range d.Names {
			if len([]rune(name)) > MaxName {
				f.Add(field+".names."+tag, "error.field.too_long", map[string]any{"max": MaxName})
			}
		}
		e := exception{spans: spans(f, field+".hours", d.Hours), names: d.Names}
		if each, err := time.Parse("2006-01-02", "2000-"+d.Date); err == nil {
			e.on = int(each.Month())*100 + each.Day()
			c.yearly = append(c.yearly, e)
		} else if once, err := time.Parse("2006-01-02", d.Date); err == nil {
			e.on = dayOf(once)
			c.dated = append(c.dated, e)
		} else {
			f.Add(field+".date", "error.hours.date", nil)
		}
	}
	byDay := func(a, b exception) int { return cmp.Compare(a.on, b.on) }
	slices.SortFunc(c.dated, byDay)
	slices.SortFunc(c.yearly, byDay)
}

// spans reads the hours of a day, in order.
func spans(f errs.Fields, field string, texts []string) []span {
	if len(texts) > MaxSpans {
		f.Add(field, "error.field.too_many", map[string]any{"max": MaxSpans})
		return nil
	}
	out := make([]span, 0, len(texts))
	for i, text := range texts {
		s, ok := parseSpan(text)
		if !ok {
			f.Add(fmt.Sprintf("%s[%d]", field, i), "error.hours.span", nil)
			continue
		}
		if slices.ContainsFunc(out, s.overlaps) {
			f.Add(fmt.Sprintf("%s[%d]", field, i), "error.hours.overlap", nil)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

func (s span) overlaps(o span) bool { return s.from < o.to && o.from < s.to }

// parseSpan reads "09:00-17:00". It begins on its day and ends at most a day
// later.
func parseSpan(text string) (span, bool) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return span{}, false
	}
	a, okA := minutes(from)
	b, okB := minutes(to)
	return span{a, b}, okA && okB && a < dayMins && a < b && b <= a+dayMins
}

// minutes reads "09:30": two digits each, hours up to 48.
func minutes(text string) (int, bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	h, errH := strconv.ParseUint(text[:2], 10, 8)
	m, errM := strconv.ParseUint(text[3:], 10, 8)
	n := int(h)*60 + int(m)
	return n, errH == nil && errM == nil && m < 60 && n <= latestEnd
}

// total adds up an ordinary week, in which hours must not run into those of the
// next day.
func (c *Calendar) total(f errs.Fields) {
	for day, name := range weekdays {
		for i, s := range c.week[day] {
			next := c.week[(day+1)%7]
			c.ordinary += int64(s.to-s.from) * 60
			if len(next) > 0 && s.to-dayMins > next[0].from {
				f.Add(fmt.Sprintf("week.%s[%d]", name, i), "error.hours.overlap", nil)
			}
		}
	}
}
