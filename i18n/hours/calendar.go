package hours

import (
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
)

// A Calendar is business hours that can be counted with. It does not change and
// is safe for concurrent use.
type Calendar struct {
	plan     Plan
	zone     *time.Location
	week     [7][]span   // by time.Weekday
	ordinary int64       // seconds of a week without days that differ
	dated    []exception // by day
	yearly   []exception // by month and day
}

// An exception is a day with hours of its own.
type exception struct {
	on    int // the number of a day, or each year month*100+day
	spans []span
	names i18n.Words
}

// Plan returns what the calendar was made from.
func (c *Calendar) Plan() Plan { return c.plan }

// Zone returns the zone of the hours.
func (c *Calendar) Zone() *time.Location { return c.zone }

const (
	daySecs  = 24 * 60 * 60
	lastDay  = 2932896 // 9999-12-31
	firstDay = -719893 // a year before the year 1, where zero times are
)

// dayOf returns the number of the day that t shows, from 1970-01-01.
func dayOf(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySecs)
}

// date returns the day with a number, at midnight UTC.
func date(day int) time.Time { return time.Unix(int64(day)*daySecs, 0).UTC() }

func weekday(day int) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

func byDay(e exception, on int) int { return e.on - on }

// special returns what differs on a day. A date goes before what is each year.
func (c *Calendar) special(day int) (exception, bool) {
	if i, ok := slices.BinarySearchFunc(c.dated, day, byDay); ok {
		return c.dated[i], true
	}
	if len(c.yearly) == 0 {
		return exception{}, false
	}
	_, m, d := date(day).Date()
	if i, ok := slices.BinarySearchFunc(c.yearly, int(m)*100+d, byDay); ok {
		return c.yearly[i], true
	}
	return exception{}, false
}

// spansOf returns the hours that begin on a day.
func (c *Calendar) spansOf(day int) []span {
	if e, ok := c.special(day); ok {
		return e.spans
	}
	return c.week[weekday(day)]
}

// nextSpecial returns the first day from day on that differs, or one that never
// comes.
func (c *Calendar) nextSpecial(day int) int {
	next := lastDay + 1
	if i, _ := slices.BinarySearchFunc(c.dated, day, byDay); i < len(c.dated) {
		next = c.dated[i].on
	}
	return min(next, c.nextYearly(day))
}

// leapYears is how long a 29th of February can take to come again.
const leapYears = 8

func (c *Calendar) nextYearly(day int) int {
	y, m, d := date(day).Date()
	on := int(m)*100 + d
	for year := y; year <= y+leapYears && len(c.yearly) > 0; year, on = year+1, 0 {
		i, _ := slices.BinarySearchFunc(c.yearly, on, byDay)
		for _, e := range c.yearly[i:] {
			if t := time.Date(year, time.Month(e.on/100), e.on%100, 0, 0, 0, 0, time.UTC); t.Day() == e.on%100 {
				return dayOf(t)
			}
		}
	}
	return lastDay + 1
}
