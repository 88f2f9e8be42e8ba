package hours

import (
	"math"
	"time"
)

// A clock tells when clocks on the wall of a zone show a time.
type clock struct {
	zone *time.Location
	now  stretch // the one that was needed last
}

// A stretch is the time in which a zone has one distance from UTC.
type stretch struct{ from, to, offset int64 } // seconds since 1970

// reach is more than any zone is away from UTC.
const reach = 26 * 60 * 60

// never is before and, negated, after every time that there is.
const never = math.MinInt64 / 4

func (c *clock) at(unix int64) stretch {
	t := time.Unix(unix, 0).In(c.zone)
	_, offset := t.Zone()
	from, to := t.ZoneBounds()
	s := stretch{never, -never, int64(offset)}
	if !from.IsZero() {
		s.from = from.Unix()
	}
	if !to.IsZero() {
		s.to = to.Unix()
	}
	if s.to <= unix { // so says Go 1.26 of the last day of leap years, on which no clock is changed
		s.to = unix + 60*60
	}
	return s
}

// steady reports whether clocks are not changed from one time to another.
func (c *clock) steady(from, to int64) bool {
	if from < c.now.from || from >= c.now.to {
		c.now = c.at(from)
	}
	return to < c.now.to
}

// shows returns when clocks first show a time or a later one, and when they show
// no earlier one any more. The time is in seconds, as if it were UTC.
func (c *clock) shows(wall int64) (first, last int64) {
	if c.steady(wall-reach, wall+reach) {
		return wall - c.now.offset, wall - c.now.offset
	}
	first = never
	for s := c.now; ; s = c.at(s.to) {
		if first == never && s.to+s.offset > wall {
			first = max(s.from, wall-s.offset)
		}
		if s.from+s.offset < wall {
			last = min(s.to, wall-s.offset)
		}
		if s.to > wall+reach {
			return first, last
		}
	}
}
