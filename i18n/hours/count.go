package hours

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// ErrNever is returned for a time that never comes: a calendar that is not open
// any more, or that never closes, or a wait that has no end yet.
var ErrNever = errors.New("hours: that time never comes")

// A Wait is a time that does not count, such as one in which a team waits for its
// customer. It is half open.
type Wait struct {
	From time.Time
	To   time.Time // zero means that it goes on
}

// Open reports whether it is open at a time.
func (c *Calendar) Open(at time.Time) bool {
	opening, err := c.NextOpening(at)
	return err == nil && opening.Equal(at)
}

// NextOpening returns the first time from at on at which it is open: at itself if
// it is open then. Without any it is ErrNever.
func (c *Calendar) NextOpening(at time.Time) (time.Time, error) {
	for w := c.walk(at.Unix()); ; {
		periods, ok := w.step()
		if !ok {
			return time.Time{}, ErrNever
		}
		for _, p := range periods {
			if to := time.Unix(p.to, 0); at.Before(to) {
				return later(at, time.Unix(p.from, 0)), nil
			}
		}
	}
}

// NextClosing returns the first time from at on at which it is closed: at itself
// if it is closed then. Where there is none for years, it is ErrNever.
func (c *Calendar) NextClosing(at time.Time) (time.Time, error) {
	end := at
	for w := c.walk(at.Unix()); w.day < dayOf(at)+idle; {
		periods, ok := w.step()
		if !ok {
			return end.UTC(), nil
		}
		for _, p := range periods {
			from, to := time.Unix(p.from, 0), time.Unix(p.to, 0)
			if from.After(end) {
				return end.UTC(), nil
			}
			end = later(end, to)
		}
	}
	return time.Time{}, ErrNever
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		a = b
	}
	return a.UTC()
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Between returns how long it was open from one time to another, without what did
// not count. It is 0 if the second is not after the first, and at most the longest
// Duration.
func (c *Calendar) Between(from, to time.Time, waits ...Wait) time.Duration {
	var sum time.Duration
	for _, p := range without(from, to, waits) {
		sum = plus(sum, c.between(p.From, p.To))
	}
	return sum
}

func (c *Calendar) between(from, to time.Time) time.Duration {
	var sum time.Duration
	for w := c.walk(from.Unix()); ; {
		sum = plus(sum, times(w.leap(from.Unix(), to.Unix(), math.MaxInt64), c.ordinary))
		periods, ok := w.step()
		if !ok {
			return sum
		}
		for _, p := range periods {
			a, b := time.Unix(p.from, 0), time.Unix(p.to, 0)
			if !a.Before(to) {
				return sum
			}
			sum = plus(sum, max(0, earlier(b, to).Sub(later(a, from))))
		}
		if int64(w.day)*daySecs-reach > to.Unix() {
			return sum
		}
	}
}

// Add returns the earliest time by which it has been open for so long since at,
// without what did not count. Where it never will have been, it is ErrNever;
// a duration below zero is Invalid.
func (c *Calendar) Add(at time.Time, d time.Duration, waits ...Wait) (time.Time, error) {
	if d < 0 {
		return time.Time{}, fmt.Errorf("hours: %v to come: %w", d, ErrInvalid)
	}
	if d == 0 {
		return at.UTC(), nil
	}
	rest := without(at, time.Time{}, waits)
	for _, p := range rest {
		if p.To.IsZero() {
			return c.add(p.From, d)
		}
		if have := c.between(p.From, p.To); have < d {
			d -= have
			continue
		}
		return c.add(p.From, d)
	}
	return time.Time{}, ErrNever
}

func (c *Calendar) add(at time.Time, d time.Duration) (time.Time, error) {
	for w := c.walk(at.Unix()); ; {
		if c.ordinary > 0 {
			most := (int64(d) - 1) / int64(time.Second) / c.ordinary // not the last week, in which it ends
			d -= times(w.leap(at.Unix(), -never, most), c.ordinary)
		}
		periods, ok := w.step()
		if !ok {
			return time.Time{}, ErrNever
		}
		for _, p := range periods {
			from, to := later(at, time.Unix(p.from, 0)), time.Unix(p.to, 0)
			have := max(0, to.Sub(from))
			if have >= d {
				return from.Add(d), nil
			}
			d -= have
		}
	}
}

// without returns what is left of a time, in order, when waits are taken out. A
// zero end is none.
func without(from, to time.Time, waits []Wait) []Wait {
	waits = slices.Clone(waits)
	slices.SortFunc(waits, func(a, b Wait) int { return a.From.Compare(b.From) })
	var out []Wait
	add := func(end time.Time) {
		if end.IsZero() || from.Before(end) {
			out = append(out, Wait{from, end})
		}
	}
	for _, w := range waits {
		if !to.IsZero() && !w.From.Before(to) {
			break
		}
		if w.From.After(from) {
			add(w.From)
			from = w.From
		}
		if w.To.IsZero() {
			return out
		}
		from = later(from, w.To)
	}
	add(to)
	return out
}

// plus adds, up to the longest Duration.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// times returns n times so many seconds, up to the longest Duration.
func times(n, seconds int64) time.Duration {
	if seconds > 0 && n > math.MaxInt64/int64(time.Second)/seconds {
		return math.MaxInt64
	}
	return time.Duration(n * seconds * int64(time.Second))
}
