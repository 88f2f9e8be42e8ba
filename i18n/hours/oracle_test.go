package hours_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n/hours"
)

// An oracle knows for each minute of some days whether it is open, by looking at
// a clock on the wall at each of them. It shares no code with what it judges.
type oracle struct {
	start time.Time // the first minute that it can be asked about
	open  []bool
}

const margin = 4 * 24 * 60 // minutes, in which hours begin or end that reach into the days

func ask(t testing.TB, plan hours.Plan, start time.Time, days int) oracle {
	t.Helper()
	zone, err := time.LoadLocation(plan.Zone)
	require.NoError(t, err)
	first := start.Add(-margin * time.Minute)
	shown := make([]time.Time, 2*margin+days*24*60) // what the clock shows, as if it were UTC
	for i := range shown {
		y, m, d := first.Add(time.Duration(i) * time.Minute).In(zone).Date()
		at := first.Add(time.Duration(i) * time.Minute).In(zone)
		shown[i] = time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, time.UTC)
	}
	open := make([]bool, len(shown))
	for day := range days + 8 {
		date := start.AddDate(0, 0, day-4)
		midnight := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
		for _, text := range hoursOn(plan, midnight) {
			from, to := bounds(t, text)
			opens, closes := len(shown), 0
			for i := len(shown) - 1; i >= 0; i-- {
				if !shown[i].Before(midnight.Add(from)) {
					opens = i
				}
			}
			for i := range shown {
				if shown[i].Before(midnight.Add(to)) {
					closes = i + 1
				}
			}
			for i := opens; i < closes; i++ {
				open[i] = true
			}
		}
	}
	return oracle{start, open[margin : len(open)-margin]}
}

func hoursOn(plan hours.Plan, midnight time.Time) []string {
	for _, form := range []string{"2006-01-02", "01-02"} {
		for _, d := range plan.Days {
			if d.Date == midnight.Format(form) {
				return d.Hours
			}
		}
	}
	return plan.Week[strings.ToLower(midnight.Format("Mon"))]
}

func bounds(t testing.TB, text string) (from, to time.Duration) {
	t.Helper()
	a, b, _ := strings.Cut(text, "-")
	from, err := time.ParseDuration(strings.Replace(a, ":", "h", 1) + "m")
	require.NoError(t, err)
	to, err = time.ParseDuration(strings.Replace(b, ":", "h", 1) + "m")
	require.NoError(t, err)
	return from, to
}

func (o oracle) at(i int) time.Time { return o.start.Add(time.Duration(i) * time.Minute) }

// between counts the open minutes from one to another that do not wait.
func (o oracle) between(from, to int, waits []hours.Wait) time.Duration {
	n := 0
	for i := from; i < to; i++ {
		if o.open[i] && !o.waits(i, waits) {
			n++
		}
	}
	return time.Duration(n) * time.Minute
}

func (o oracle) waits(i int, waits []hours.Wait) bool {
	for _, w := range waits {
		if !o.at(i).Before(w.From) && (w.To.IsZero() || o.at(i).Before(w.To)) {
			return true
		}
	}
	return false
}

// add returns the minute by which so many were open since one, or -1.
func (o oracle) add(from, minutes int, waits []hours.Wait) int {
	for i := from; i < len(o.open); i++ {
		if minutes == 0 {
			return i
		}
		if o.open[i] && !o.waits(i, waits) {
			minutes--
		}
	}
	return -1
}

// next returns the first minute from one on that is open, or closed, or -1.
func (o oracle) next(from int, open bool) int {
	for i := from; i < len(o.open); i++ {
		if o.open[i] == open {
			return i
		}
	}
	return -1
}
