package profile_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the table is about the rules of zones, wherever it runs

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

func TestQuietHours(t *testing.T) {
	for _, c := range []struct {
		zone, from, to, now, until string // no until: not quiet
	}{
		// Ordinary nights, across midnight and not.
		{"Europe/Vienna", "22:00", "07:30", "2026-03-01T21:30:00+01:00", ""},
		{"Europe/Vienna", "22:00", "07:30", "2026-03-01T22:00:00+01:00", "2026-03-02T07:30:00+01:00"},
		{"Europe/Vienna", "22:00", "07:30", "2026-03-02T07:29:59.999999+01:00", "2026-03-02T07:30:00+01:00"},
		{"Europe/Vienna", "22:00", "07:30", "2026-03-02T07:30:00+01:00", ""},
		{"Europe/Vienna", "22:00", "07:30", "2026-12-31T23:59:59+01:00", "2027-01-01T07:30:00+01:00"},
		{"Europe/Vienna", "12:00", "14:00", "2026-03-01T11:59:00+01:00", ""},
		{"Europe/Vienna", "12:00", "14:00", "2026-03-01T13:00:00+01:00", "2026-03-01T14:00:00+01:00"},
		{"Europe/Vienna", "00:00", "06:00", "2026-03-01T00:00:00+01:00", "2026-03-01T06:00:00+01:00"},
		{"Europe/Vienna", "22:00", "00:00", "2026-03-01T23:00:00+01:00", "2026-03-02T00:00:00+01:00"},
		// The reader's clock counts, not the server's.
		{"Asia/Tokyo", "22:00", "07:00", "2026-03-01T13:00:00Z", "2026-03-01T22:00:00Z"},
		{"Asia/Tokyo", "22:00", "07:00", "2026-03-01T22:00:00Z", ""},
		{"Asia/Kathmandu", "22:00", "07:00", "2026-03-01T16:15:00Z", "2026-03-02T01:15:00Z"},
		{"America/St_Johns", "22:00", "07:00", "2026-01-10T02:00:00Z", "2026-01-10T10:30:00Z"},
		{"", "22:00", "07:00", "2026-03-01T23:00:00Z", "2026-03-02T07:00:00Z"},
		// Clocks go forward: the night is an hour shorter.
		{"Europe/Vienna", "22:00", "07:30", "2026-03-28T23:00:00+01:00", "2026-03-29T07:30:00+02:00"},
		{"Europe/Vienna", "01:00", "02:30", "2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Vienna", "02:15", "02:45", "2026-03-29T01:59:00+01:00", ""},
		{"Europe/Vienna", "02:15", "02:45", "2026-03-29T03:00:00+02:00", ""},
		{"Europe/Vienna", "02:30", "04:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"},
		{"America/New_York", "22:00", "07:00", "2026-03-08T01:30:00-05:00", "2026-03-08T07:00:00-04:00"},
		{"Asia/Beirut", "22:00", "06:00", "2026-03-28T23:30:00+02:00", "2026-03-29T06:00:00+03:00"}, // midnight is left out
		{"Asia/Beirut", "22:00", "00:00", "2026-03-28T23:30:00+02:00", "2026-03-29T01:00:00+03:00"},
		{"Australia/Lord_Howe", "22:00", "07:00", "2026-10-03T23:00:00+10:30", "2026-10-04T07:00:00+11:00"}, // by half an hour
		// Clocks go back: the night is an hour longer, and what comes twice is quiet twice.
		{"Europe/Vienna", "22:00", "07:30", "2026-10-24T23:00:00+02:00", "2026-10-25T07:30:00+01:00"},
		{"Europe/Vienna", "22:00", "03:00", "2026-10-25T02:59:00+02:00", "2026-10-25T03:00:00+01:00"},
		{"Europe/Vienna", "22:00", "02:30", "2026-10-25T02:10:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"Europe/Vienna", "22:00", "02:30", "2026-10-25T02:40:00+02:00", ""},
		{"Europe/Vienna", "22:00", "02:30", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"},
		{"Europe/Vienna", "02:15", "02:45", "2026-10-25T02:20:00+02:00", "2026-10-25T02:45:00+02:00"},
		{"Europe/Vienna", "02:15", "02:45", "2026-10-25T02:20:00+01:00", "2026-10-25T02:45:00+01:00"},
		{"America/New_York", "22:00", "07:00", "2026-11-01T01:30:00-04:00", "2026-11-01T07:00:00-05:00"},
		{"America/Sao_Paulo", "22:00", "06:00", "2018-02-17T23:30:00-02:00", "2018-02-18T06:00:00-03:00"}, // midnight came twice
		{"Australia/Lord_Howe", "22:00", "07:00", "2026-04-04T23:00:00+11:00", "2026-04-05T07:00:00+10:30"},
		// A day that a zone left out, and clocks that never change.
		{"Pacific/Apia", "22:00", "07:00", "2011-12-29T23:00:00-10:00", "2011-12-31T07:00:00+14:00"},
		{"Africa/Casablanca", "22:00", "07:00", "2026-02-14T23:00:00+01:00", "2026-02-15T07:00:00+00:00"}, // Ramadan begins
		{"Asia/Riyadh", "22:00", "07:00", "2026-03-28T23:00:00+03:00", "2026-03-29T07:00:00+03:00"},
		// What is no pair of times is never quiet.
		{"Europe/Vienna", "", "", "2026-03-01T23:00:00+01:00", ""},
		{"Europe/Vienna", "22:00", "", "2026-03-01T23:00:00+01:00", ""},
		{"Europe/Vienna", "22:00", "22:00", "2026-03-01T23:00:00+01:00", ""},
		{"Europe/Vienna", "25:00", "07:00", "2026-03-01T23:00:00+01:00", ""},
		{"Europe/Vienna", "9:00", "17:00", "2026-03-01T12:00:00+01:00", ""},
	} {
		var loc *time.Location
		if c.zone != "" {
			loc = zone(t, c.zone)
		}
		until, quiet := profile.Quiet{From: c.from, To: c.to}.Until(instant(t, c.now), loc)
		require.Equal(t, c.until != "", quiet, "%+v", c)
		if quiet {
			require.Equal(t, instant(t, c.until).UTC(), until, "%+v", c)
		}
	}
}

// In every zone and each hour of two years, quiet hours end after now at an
// instant that is not quiet, and it is quiet all the time until then.
func TestQuietHoursEnd(t *testing.T) {
	for _, name := range []string{"Europe/Vienna", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Europe/Dublin"} {
		loc := zone(t, name)
		for _, q := range []profile.Quiet{{From: "22:00", To: "07:30"}, {From: "00:00", To: "00:30"}, {From: "02:15", To: "02:45"}, {From: "01:30", To: "23:45"}} {
			for now := instant(t, "2026-01-01T00:20:00Z"); now.Year() < 2028; now = now.Add(time.Hour) {
				until, quiet := q.Until(now, loc)
				clock := now.In(loc).Format("15:04")
				want := q.From <= clock && clock < q.To || q.From > q.To && (q.From <= clock || clock < q.To)
				require.Equal(t, want, quiet, "%s %+v at %s", name, q, now)
				if !quiet {
					continue
				}
				require.True(t, until.After(now) && until.Sub(now) < 25*time.Hour, "%s %+v at %s until %s", name, q, now, until)
				_, still := q.Until(until, loc)
				require.False(t, still, "%s %+v at %s until %s", name, q, now, until)
				end, before := q.Until(until.Add(-time.Microsecond), loc)
				require.True(t, before && end.Equal(until), "%s %+v at %s until %s", name, q, now, until)
			}
		}
	}
}

func TestDigestTimes(t *testing.T) {
	for _, c := range []struct {
		zone   string
		digest profile.Digest
		first  time.Weekday
		now    string
		next   string
	}{
		{"Europe/Vienna", profile.DigestDaily, time.Monday, "2026-03-01T07:59:59+01:00", "2026-03-01T08:00:00+01:00"},
		{"Europe/Vienna", profile.DigestDaily, time.Monday, "2026-03-01T08:00:00+01:00", "2026-03-02T08:00:00+01:00"},
		{"Europe/Vienna", profile.DigestDaily, time.Monday, "2026-12-31T09:00:00+01:00", "2027-01-01T08:00:00+01:00"},
		{"Asia/Tokyo", profile.DigestDaily, time.Monday, "2026-03-01T22:59:00Z", "2026-03-01T23:00:00Z"},
		{"Asia/Tokyo", profile.DigestDaily, time.Monday, "2026-03-01T23:00:00Z", "2026-03-02T23:00:00Z"},
		{"Pacific/Kiritimati", profile.DigestDaily, time.Monday, "2026-03-01T17:00:00Z", "2026-03-01T18:00:00Z"},
		{"Pacific/Niue", profile.DigestDaily, time.Monday, "2026-03-01T17:00:00Z", "2026-03-01T19:00:00Z"},
		{"", profile.DigestDaily, time.Monday, "2026-03-01T09:00:00+03:00", "2026-03-01T08:00:00Z"},
		// The first day of the week is the reader's.
		{"Europe/Vienna", profile.DigestWeekly, time.Monday, "2026-03-01T12:00:00+01:00", "2026-03-02T08:00:00+01:00"},
		{"America/New_York", profile.DigestWeekly, time.Sunday, "2026-02-28T12:00:00-05:00", "2026-03-01T08:00:00-05:00"},
		{"America/New_York", profile.DigestWeekly, time.Sunday, "2026-03-01T08:00:00-05:00", "2026-03-08T08:00:00-04:00"},
		{"Asia/Riyadh", profile.DigestWeekly, time.Saturday, "2026-03-01T12:00:00+03:00", "2026-03-07T08:00:00+03:00"},
		{"Asia/Tokyo", profile.DigestWeekly, time.Monday, "2026-03-01T22:30:00Z", "2026-03-01T23:00:00Z"}, // Monday there already
		// Clocks change between now and then.
		{"Europe/Vienna", profile.DigestDaily, time.Monday, "2026-03-28T08:00:00+01:00", "2026-03-29T08:00:00+02:00"},
		{"Europe/Vienna", profile.DigestDaily, time.Monday, "2026-10-24T08:00:00+02:00", "2026-10-25T08:00:00+01:00"},
		{"Europe/Vienna", profile.DigestWeekly, time.Monday, "2026-03-23T08:00:00+01:00", "2026-03-30T08:00:00+02:00"},
		{"Australia/Lord_Howe", profile.DigestDaily, time.Monday, "2026-10-03T12:00:00+10:30", "2026-10-04T08:00:00+11:00"},
		// A zone left out a day: the next one comes after it.
		{"Pacific/Apia", profile.DigestDaily, time.Monday, "2011-12-29T09:00:00-10:00", "2011-12-31T08:00:00+14:00"},
		{"Pacific/Apia", profile.DigestWeekly, time.Friday, "2011-12-29T09:00:00-10:00", "2012-01-06T08:00:00+14:00"},
		// What is no digest is sent at once.
		{"Europe/Vienna", "", time.Monday, "2026-03-01T12:00:00+01:00", "2026-03-01T12:00:00+01:00"},
		{"Europe/Vienna", "hourly", time.Monday, "2026-03-01T12:00:00+01:00", "2026-03-01T12:00:00+01:00"},
	} {
		var loc *time.Location
		if c.zone != "" {
			loc = zone(t, c.zone)
		}
		require.Equal(t, instant(t, c.next).UTC(), c.digest.Next(instant(t, c.now), loc, c.first), "%+v", c)
	}
}

// Digests come at eight by the clock, once a day or once a week.
func TestDigestsCome(t *testing.T) {
	for _, name := range []string{"Europe/Vienna", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tokyo"} {
		loc, at := zone(t, name), instant(t, "2026-01-01T00:00:00Z")
		for range 730 {
			next := profile.DigestDaily.Next(at, loc, time.Monday)
			require.Equal(t, "08:00:00", next.In(loc).Format(time.TimeOnly), "%s after %s", name, at)
			require.True(t, next.After(at) && next.Sub(at) <= 32*time.Hour, "%s after %s", name, at)
			at = next
		}
		for range 104 {
			next := profile.DigestWeekly.Next(at, loc, time.Sunday)
			require.Equal(t, "Sun 08:00", next.In(loc).Format("Mon 15:04"), "%s after %s", name, at)
			require.True(t, next.After(at) && next.Sub(at) <= 8*24*time.Hour, "%s after %s", name, at)
			at = next
		}
	}
}
