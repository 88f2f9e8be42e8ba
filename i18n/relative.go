package i18n

import "time"

// Relative returns how far t is from now, by the Catalog's clock: "3 days
// ago", "in 5 minutes", "yesterday". Minutes and hours are counted whole; from
// 24 hours on the days of the printer's calendar count, then weeks of seven
// days, months and years. The words come from the texts relative.*; in a
// language without them it is the date.
func (p *Printer) Relative(t time.Time) string {
	return p.tongue.relative(p.formats, t.In(p.zone), p.tongue.catalog.opts.Now())
}

func (t *tongue) relative(f Formats, at, now time.Time) string {
	key, n := distance(at, now.In(at.Location()))
	if s, ok := t.phrase(key, n); ok {
		return s
	}
	return f.over(t).date(at, StyleMedium)
}

// distance names the text for the way from now to at, and its number.
func distance(at, now time.Time) (string, int64) {
	tense, from, to := ".past", at, now
	if at.After(now) {
		tense, from, to = ".future", now, at
	}
	switch d := to.Sub(from); {
	case d < time.Minute:
		return "relative.now", 0
	case d < time.Hour:
		return "relative.minute" + tense, int64(d / time.Minute)
	case d < 24*time.Hour:
		return "relative.hour" + tense, int64(d / time.Hour)
	}
	unit, n := calendarDistance(from, to)
	return "relative." + unit + tense, n
}

// calendarDistance counts the days, weeks, months or years between two days.
func calendarDistance(from, to time.Time) (string, int64) {
	days := max(dayNumber(to)-dayNumber(from), 1)
	months := int64(to.Year()-from.Year())*12 + int64(to.Month()-from.Month())
	if to.Day() < from.Day() {
		months--
	}
	switch {
	case days < 7:
		return "day", days
	case months < 1:
		return "week", days / 7
	case months < 12:
		return "month", months
	}
	return "year", months / 12
}

// dayNumber counts days, so that daylight saving does not.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
