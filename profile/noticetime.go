package profile

import "time"

// quietUntil returns when the quiet hours end that now is in, if it is in any.
func quietUntil(q Quiet, now time.Time, zone *time.Location) (time.Time, bool) {
	from, err1 := time.Parse("15:04", q.From)
	to, err2 := time.Parse("15:04", q.To)
	if err1 != nil || err2 != nil || q.From == q.To {
		return time.Time{}, false
	}
	local := now.In(zone)
	// The hours that began yesterday may last until today.
	for _, day := range []int{-1, 0} {
		at := func(clock time.Time, more int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day()+day+more, clock.Hour(), clock.Minute(), 0, 0, zone)
		}
		begin, end := at(from, 0), at(to, 0)
		if !to.After(from) {
			end = at(to, 1)
		}
		if !local.Before(begin) && local.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// digestHour is when digests are sent, where the reader is.
const digestHour = 8

// nextDigest returns when the next digest after now is sent.
func nextDigest(d Digest, now time.Time, zone *time.Location, firstDay time.Weekday) time.Time {
	local := now.In(zone)
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, digestHour, 0, 0, 0, zone)
		if at.After(now) && (d != DigestWeekly || at.Weekday() == firstDay) {
			return at
		}
	}
}
