package hours_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n/hours"
)

// odd are places and weeks in which clocks are changed in ways of their own.
var odd = []struct{ zone, start string }{
	{"America/New_York", "2026-03-05"}, {"America/New_York", "2026-10-29"}, {"Europe/Berlin", "2026-03-26"}, {"Europe/Berlin", "2026-10-22"},
	{"America/Santiago", "2026-09-03"}, {"Africa/Cairo", "2026-04-21"}, {"Asia/Beirut", "2026-03-26"}, // without midnight
	{"Australia/Lord_Howe", "2026-04-01"}, {"Asia/Kathmandu", "2026-01-01"}, {"Pacific/Apia", "2011-12-28"}, // half an hour; no 30th
	{"America/Asuncion", "2026-01-01"}, {"Africa/Casablanca", "2026-02-12"}, {"", "2028-02-26"},
}

func clockText(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// drawHours draws the hours of a day: none, the day's, a night's, or all of it.
func drawHours(r *rand.Rand) []string {
	at := func(low, high int) string { return clockText(low*60 + r.IntN((high-low)*4)*15) }
	switch r.IntN(7) {
	case 0:
		return nil
	case 1:
		return []string{"00:00-24:00"}
	case 2:
		return []string{at(18, 24) + "-" + at(25, 28)} // closes before the next day's begin
	case 3:
		return []string{"00:00-" + at(1, 4), at(20, 23) + "-24:00"}
	case 4:
		return []string{"01:30-02:30", "02:30-" + at(3, 5)}
	}
	return []string{at(4, 11) + "-" + at(11, 13), at(13, 15) + "-" + at(15, 24)}
}

func draw(r *rand.Rand, zone string, start time.Time) hours.Plan {
	plan := hours.Plan{Zone: zone, Week: map[string][]string{}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		plan.Week[day] = drawHours(r)
	}
	for i := range 3 {
		form := []string{"2006-01-02", "01-02"}[r.IntN(2)]
		plan.Days = append(plan.Days, hours.Day{Date: start.AddDate(0, 0, 3*i+r.IntN(3)).Format(form), Hours: drawHours(r)})
	}
	return plan
}

// drawWaits draws waits, which may overlap, and the last of which may go on.
func drawWaits(r *rand.Rand, o oracle) []hours.Wait {
	var out []hours.Wait
	for range r.IntN(4) {
		from := o.at(r.IntN(len(o.open)))
		out = append(out, hours.Wait{From: from, To: from.Add(time.Duration(r.IntN(3000)) * time.Minute)})
	}
	if r.IntN(5) == 0 {
		out = append(out, hours.Wait{From: o.at(r.IntN(len(o.open)))})
	}
	return out
}

// TestOracle: every answer is that of somebody who looks at the clock each minute.
func TestOracle(t *testing.T) {
	const days = 10
	r := rand.New(rand.NewPCG(11, 377))
	drawn := 0
	for drawn < 60 {
		place := odd[r.IntN(len(odd))]
		start, err := time.Parse("2006-01-02", place.start)
		require.NoError(t, err)
		plan := draw(r, place.zone, start)
		c, err := hours.New(plan)
		if err != nil {
			continue // a night ran into the next day
		}
		drawn++
		o := ask(t, plan, start, days)
		for range 60 {
			compare(t, r, plan, c, o)
		}
	}
}

func compare(t *testing.T, r *rand.Rand, plan hours.Plan, c *hours.Calendar, o oracle) {
	t.Helper()
	waits := drawWaits(r, o)
	from, to := r.IntN(len(o.open)), r.IntN(len(o.open))
	says := fmt.Sprintf("%+v at %v, to %v, without %v", plan, o.at(from), o.at(to), waits)
	require.Equal(t, o.open[from], c.Open(o.at(from)), says)
	require.Equal(t, o.between(from, to, waits), c.Between(o.at(from), o.at(to), waits...), says)
	minutes := 1 + r.IntN(3000)
	due, err := c.Add(o.at(from), time.Duration(minutes)*time.Minute, waits...)
	if want := o.add(from, minutes, waits); want >= 0 {
		require.NoError(t, err, says)
		require.Equal(t, o.at(want), due, says)
	}
	opening, err := c.NextOpening(o.at(from))
	if want := o.next(from, true); want >= 0 {
		require.NoError(t, err, says)
		require.Equal(t, o.at(want), opening, says)
	}
	closing, err := c.NextClosing(o.at(from))
	if want := o.next(from, false); want >= 0 {
		require.NoError(t, err, says)
		require.Equal(t, o.at(want), closing, says)
	}
}

// TestParts: what is open in two times that meet is open in both together, over
// years, so that weeks that were counted and weeks that were walked through are
// worth the same.
func TestParts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	at := func() time.Time { return start.Add(time.Duration(r.Int64N(int64(30 * 365 * 24 * time.Hour)))) }
	for range 300 {
		place := odd[r.IntN(len(odd))]
		c, err := hours.New(draw(r, place.zone, at()))
		if err != nil {
			continue
		}
		from, to := at(), at()
		if to.Before(from) {
			from, to = to, from
		}
		sum := time.Duration(0)
		for part := from; part.Before(to); {
			next := part.Add(5*24*time.Hour + time.Duration(r.IntN(99999))) // too short for whole weeks
			if next.After(to) {
				next = to
			}
			sum += c.Between(part, next)
			part = next
		}
		require.Equal(t, sum, c.Between(from, to), "%+v from %v to %v", c.Plan(), from, to)
		if sum == 0 {
			continue
		}
		due, err := c.Add(from, sum)
		require.NoError(t, err)
		require.False(t, due.After(to))
		require.Equal(t, sum, c.Between(from, due))
		require.Equal(t, sum-1, c.Between(from, due.Add(-1)))
	}
}

// FuzzRead: whatever is read, a calendar answers, and its answers fit together.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"zone":"Europe/Berlin","week":{"mon":["09:00-17:00"]},"days":[{"date":"12-24"}]}`), int64(1_800_000_000), int64(time.Hour))
	f.Add([]byte(`{"zone":"America/Santiago","week":{"sat":["22:00-30:00"]},"days":[{"date":"02-29","hours":["00:00-24:00"]}]}`), int64(0), int64(1e18))
	f.Add([]byte(`{"zone":"","week":{},"days":[{"date":"9999-12-31","hours":["23:00-47:00"]}]}`), int64(-1<<40), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, at, d int64) {
		c, err := hours.Read(data)
		if err != nil {
			return
		}
		from := time.Unix(at, 0)
		if opening, err := c.NextOpening(from); err == nil {
			require.True(t, c.Open(opening))
		}
		if closing, err := c.NextClosing(from); err == nil {
			require.False(t, c.Open(closing))
		}
		if due, err := c.Add(from, time.Duration(d)); err == nil {
			require.Equal(t, time.Duration(d), c.Between(from, due))
		}
	})
}
