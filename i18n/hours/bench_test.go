package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n/hours"
)

// BenchmarkAdd finds a deadline 40 working hours away, and one 2,000 away, beside
// a loop that looks at the clock on the wall each minute.
func BenchmarkAdd(b *testing.B) {
	c := calendar(b, hours.Plan{Zone: berlin, Week: working("09:00-17:00"), Days: []hours.Day{{Date: "12-25"}, {Date: "12-26"}, {Date: "01-01"}}})
	start := at(b, berlin, "2026-03-20 15:00")
	for name, d := range map[string]time.Duration{"Week": 40 * time.Hour, "Year": 2000 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := c.Add(start, d)
				require.NoError(b, err)
			}
		})
		b.Run(name+"Naive", func(b *testing.B) {
			for b.Loop() {
				naive(start, d)
			}
		})
	}
}

func naive(at time.Time, d time.Duration) time.Time {
	for d > 0 {
		if day := at.Weekday(); day != time.Saturday && day != time.Sunday && at.Hour() >= 9 && at.Hour() < 17 {
			d -= time.Minute
		}
		at = at.Add(time.Minute)
	}
	return at
}

// BenchmarkBetween counts fifty years.
func BenchmarkBetween(b *testing.B) {
	c := calendar(b, hours.Plan{Zone: berlin, Week: working("09:00-17:00"), Days: []hours.Day{{Date: "12-25"}, {Date: "12-26"}, {Date: "01-01"}}})
	from, to := at(b, berlin, "2000-01-01 00:00"), at(b, berlin, "2050-01-01 00:00")
	for b.Loop() {
		require.Positive(b, c.Between(from, to))
	}
}
