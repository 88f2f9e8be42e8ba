package profile

import "time"

// digestClock is when digests are sent, by the reader's clock.
const digestClock = 8 * time.Hour

// Until reports whether now is within the quiet hours of somebody whose clocks
// show the time of zone, and when these end. A nil zone means UTC. It goes by
// what the clock shows: when clocks are changed, quiet hours are as much shorter
// or longer as the night is, and an hour that comes twice is quiet twice.
func (q Quiet) Until(now time.Time, zone *time.Location) (time.Time, bool) {
	from, err := parseClock(q.From)
	if err != nil {
		return time.Time{}, false
	}
	to, err := parseClock(q.To)
	if err != nil || from == to || !within(clockOf(now.In(orUTC(zone))), from, to) {
		return time.Time{}, false
	}
	// What is next: the end by the clock as it goes now, or the clock's change.
	// Each turn passes one change, and no zone has this many in a year.
	t := now.In(orUTC(zone))
	for range 64 {
		end := t.Add((to - clockOf(t) + 24*time.Hour) % (24 * time.Hour))
		_, change := t.ZoneBounds()
		if change.IsZero() || end.Before(change) {
			return end.UTC(), true
		}
		if t = change; !within(clockOf(t), from, to) {
			break
		}
	}
	return t.UTC(), true
}

// within reports whether a time of day is from one until before another, which
// may be on the next day.
func within(at, from, to time.Duration) bool {
	if from < to {
		return from <= at && at < to
	}
	return from <= at || at < to
}

// clockOf returns the time since midnight that a clock shows.
func clockOf(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// Next returns when a channel may write what has been collected by now: at eight
// in the morning after now where the clocks show the time of zone, for weekly
// digests on the first day of the week. The zero Digest writes at once. A nil
// zone means UTC.
func (g Digest) Next(now time.Time, zone *time.Location, firstDayOfWeek time.Weekday) time.Time {
	if g != DigestDaily && g != DigestWeekly {
		return now.UTC()
	}
	year, month, day := now.In(orUTC(zone)).Date()
	for i := range 15 { // a week, and another if the day is one that a zone left out
		date := time.Date(year, month, day+i, 0, 0, 0, 0, time.UTC)
		if g == DigestWeekly && date.Weekday() != firstDayOfWeek {
			continue
		}
		if at, ok := onDay(date, digestClock, orUTC(zone)); ok && at.After(now) {
			return at
		}
	}
	return now.UTC().AddDate(0, 0, 7) // not reached: no zone leaves out two such days
}

// onDay returns the first instant of a date at which clocks show a time of day,
// or a later one if that is left out. A date that is left out has none.
func onDay(date time.Time, clock time.Duration, zone *time.Location) (time.Time, bool) {
	wall := date.Add(clock) // as if the zone were UTC
	_, before := wall.Add(-26 * time.Hour).In(zone).Zone()
	_, after := wall.Add(26 * time.Hour).In(zone).Zone()
	first := wall.Add(-time.Duration(max(before, after)) * time.Second)
	for _, t := range []time.Time{first, wall.Add(-time.Duration(min(before, after)) * time.Second)} {
		if sameDate(t.In(zone), date) && clockOf(t.In(zone)) == clock {
			return t, true
		}
	}
	_, change := first.In(zone).ZoneBounds()
	return change.UTC(), sameDate(change, date)
}

func sameDate(t, date time.Time) bool {
	y, m, d := t.Date()
	return y == date.Year() && m == date.Month() && d == date.Day()
}
