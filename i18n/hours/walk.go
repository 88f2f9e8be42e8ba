package hours

// A walk goes through the days of a calendar and finds when it is open.
type walk struct {
	c     *Calendar
	clock clock
	day   int // the next
	past  int // until when, in days, some that differ are behind or under way
	next  int // the next that differs
	open  int // the last that was open, or the one with which the walk began
	until int64
	out   []period
}

// A period is one in which it is open: seconds since 1970, half open.
type period struct{ from, to int64 }

// before is how many days earlier hours may have begun that last at a time: they
// end on the day after at the latest, and clocks may skip a day.
const before = 3

func (c *Calendar) walk(unix int64) *walk {
	day := int(max(firstDay, min(lastDay+1, unix/daySecs-before)))
	return &walk{c: c, clock: clock{zone: c.zone}, day: day, past: day + before, next: c.nextSpecial(day), open: day, until: never}
}

// idle is how many days without any hours mean that none will come: more than
// there are between two 29ths of February.
const idle = 9 * 366

// step returns when it is open in the hours that begin on the next day, and false
// when no hours come any more. Periods are in order and share no time. The slice
// is valid until the next step.
func (w *walk) step() ([]period, bool) {
	if w.c.ordinary == 0 && w.next > w.day {
		w.day = w.next
	}
	if w.day > lastDay || w.idle() {
		return nil, false
	}
	day := w.day
	w.day++
	spans := w.c.week[weekday(day)]
	if day == w.next {
		spans = w.c.spansOf(day)
		w.past, w.next = day+before, w.c.nextSpecial(w.day)
	}
	w.out = w.out[:0]
	for _, s := range spans {
		w.add(int64(day)*daySecs+int64(s.from)*60, int64(day)*daySecs+int64(s.to)*60)
	}
	if len(w.out) > 0 {
		w.open = day
	}
	return w.out, true
}

// idle reports whether nothing has been open for so long that nothing will.
func (w *walk) idle() bool {
	last := w.open
	if n := len(w.c.dated); n > 0 {
		last = max(last, w.c.dated[n-1].on)
	}
	return w.day > last+idle
}

// add notes hours, as far as they are not open already.
func (w *walk) add(from, to int64) {
	first, _ := w.clock.shows(from)
	_, last := w.clock.shows(to)
	if first = max(first, w.until); first < last {
		w.out, w.until = append(w.out, period{first, last}), last
	}
}

// leap passes as many whole weeks as are like any other, have all their hours
// from one time to another, and are at most so many. It returns how many.
func (w *walk) leap(from, to, most int64) int64 {
	start := int64(w.day-before)*daySecs - reach
	if w.c.ordinary == 0 || w.day < w.past || start < from || !w.clock.steady(start, start) {
		return 0
	}
	end := min(to, w.clock.now.to)/daySecs - before
	n := min(most, (min(end, int64(w.next-before), lastDay)-int64(w.day))/7)
	if n <= 0 {
		return 0
	}
	w.day += int(n) * 7
	w.open = w.day
	w.until = never // hours of ordinary weeks share no time
	return n
}
