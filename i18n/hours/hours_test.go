package hours_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests are about zones, wherever they run

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/hours"
	"github.com/stoa-go/stoa/internal/errs"
)

func calendar(t testing.TB, plan hours.Plan) *hours.Calendar {
	t.Helper()
	c, err := hours.New(plan)
	require.NoError(t, err)
	return c
}

// at reads a time in a zone.
func at(t testing.TB, zone, text string) time.Time {
	t.Helper()
	where, err := time.LoadLocation(zone)
	require.NoError(t, err)
	when, err := time.ParseInLocation("2006-01-02 15:04", text, where)
	require.NoError(t, err)
	return when
}

func daily(spans ...string) map[string][]string {
	return map[string][]string{"mon": spans, "tue": spans, "wed": spans, "thu": spans, "fri": spans, "sat": spans, "sun": spans}
}

func working(spans ...string) map[string][]string {
	week := daily(spans...)
	delete(week, "sat")
	delete(week, "sun")
	return week
}

const newYork, berlin = "America/New_York", "Europe/Berlin"

// TestDays are the ways in which others have counted wrong.
func TestDays(t *testing.T) {
	for name, c := range map[string]struct {
		zone, from, to string
		week           map[string][]string
		want           time.Duration
	}{
		"nine is nine when clocks are put forward": {newYork, "2026-03-08 09:00", "2026-03-08 17:00", daily("09:00-17:00"), 8 * time.Hour},
		"and so is five":                        {newYork, "2026-03-08 00:00", "2026-03-08 23:00", daily("09:00-17:00"), 8 * time.Hour},
		"a night is an hour longer":             {newYork, "2026-10-31 12:00", "2026-11-01 12:00", map[string][]string{"sat": {"22:00-30:00"}}, 9 * time.Hour},
		"and one shorter":                       {newYork, "2026-03-07 12:00", "2026-03-08 12:00", map[string][]string{"sat": {"22:00-30:00"}}, 7 * time.Hour},
		"an hour that comes twice counts twice": {newYork, "2026-11-01 00:00", "2026-11-02 00:00", map[string][]string{"sun": {"01:00-02:00"}}, 2 * time.Hour},
		"one that does not come does not":       {newYork, "2026-03-08 00:00", "2026-03-09 00:00", map[string][]string{"sun": {"02:00-03:00"}}, 0},
		"a day without midnight":                {"America/Santiago", "2026-09-06 01:00", "2026-09-07 00:00", daily("00:00-24:00"), 23 * time.Hour},
		"another":                               {"Africa/Cairo", "2026-04-24 01:00", "2026-04-24 09:00", daily("00:00-08:00"), 7 * time.Hour},
		"and another":                           {"Asia/Beirut", "2026-03-28 12:00", "2026-03-29 12:00", map[string][]string{"sat": {"20:00-24:00"}, "sun": {"00:00-04:00"}}, 7 * time.Hour},
		"a day that was left out":               {"Pacific/Apia", "2011-12-29 00:00", "2012-01-01 00:00", daily("09:00-17:00"), 16 * time.Hour},
		"half an hour":                          {"Australia/Lord_Howe", "2026-04-05 00:00", "2026-04-06 00:00", daily("00:00-24:00"), 24*time.Hour + 30*time.Minute},
		"midnight is no gap":                    {berlin, "2026-06-01 23:50", "2026-06-02 00:10", daily("00:00-24:00"), 20 * time.Minute},
		"the weekday is the zone's":             {"Pacific/Auckland", "2026-06-01 00:00", "2026-06-02 00:00", map[string][]string{"mon": {"09:00-17:00"}}, 8 * time.Hour},
		"backwards is nothing":                  {berlin, "2026-06-02 00:00", "2026-06-01 00:00", daily("00:00-24:00"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := calendar(t, hours.Plan{Zone: c.zone, Week: c.week}).Between(at(t, c.zone, c.from), at(t, c.zone, c.to))
			require.Equal(t, c.want, got)
		})
	}
}

// TestOpenAllDay: nobody is sent away between 23:59 and 24:00.
func TestOpenAllDay(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: berlin, Week: daily("00:00-24:00")})
	for minute := range 2 * 24 * 60 {
		require.True(t, c.Open(at(t, berlin, "2026-10-24 12:00").Add(time.Duration(minute)*time.Minute)))
	}
	_, err := c.NextClosing(at(t, berlin, "2026-10-24 12:00"))
	require.ErrorIs(t, err, hours.ErrNever)
}

func TestHalfOpen(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: berlin, Week: working("09:00-17:00")})
	nine, five := at(t, berlin, "2026-06-01 09:00"), at(t, berlin, "2026-06-01 17:00")
	require.False(t, c.Open(nine.Add(-1)))
	require.True(t, c.Open(nine))
	require.True(t, c.Open(five.Add(-1)))
	require.False(t, c.Open(five))
	due, err := c.Add(nine, 8*time.Hour)
	require.NoError(t, err)
	require.Equal(t, five.UTC(), due, "the earliest time by which it was worked")
	due, err = c.Add(nine, 8*time.Hour+1)
	require.NoError(t, err)
	require.Equal(t, at(t, berlin, "2026-06-02 09:00").Add(1).UTC(), due)
	due, err = c.Add(five, 0)
	require.NoError(t, err)
	require.Equal(t, five.UTC(), due)
	_, err = c.Add(nine, -1)
	require.ErrorIs(t, err, hours.ErrInvalid)
}

// TestLastOfLeapYear: the standard library says that the summer of that day ended
// before it began, and a loop that believes it never ends.
func TestLastOfLeapYear(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: berlin, Week: daily("09:00-17:00")})
	require.Equal(t, 24*time.Hour, c.Between(at(t, berlin, "2040-12-30 00:00"), at(t, berlin, "2041-01-02 00:00")))
}

func TestNights(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: newYork, Week: map[string][]string{"sat": {"22:00-30:00"}}})
	due, err := c.Add(at(t, newYork, "2026-10-31 20:00"), 8*time.Hour)
	require.NoError(t, err)
	require.Equal(t, at(t, newYork, "2026-11-01 05:00").UTC(), due)
	closing, err := c.NextClosing(at(t, newYork, "2026-11-01 03:00"))
	require.NoError(t, err)
	require.Equal(t, at(t, newYork, "2026-11-01 06:00").UTC(), closing)
	opening, err := c.NextOpening(closing)
	require.NoError(t, err)
	require.Equal(t, at(t, newYork, "2026-11-07 22:00").UTC(), opening)
}

func TestDaysThatDiffer(t *testing.T) {
	week := working("09:00-17:00")
	week["fri"] = []string{"09:00-17:00", "22:00-30:00"}
	c := calendar(t, hours.Plan{Zone: berlin, Week: week, Days: []hours.Day{
		{Date: "12-25"}, {Date: "12-24", Hours: []string{"09:00-12:00"}}, {Date: "2027-12-24"}, {Date: "02-29"}, {Date: "2026-12-05", Hours: []string{"05:00-10:00"}},
	}})
	whole := func(day string) time.Duration {
		from := at(t, berlin, day+" 00:00")
		return c.Between(from, from.AddDate(0, 0, 1))
	}
	require.Equal(t, 3*time.Hour, whole("2026-12-24"))
	require.Zero(t, whole("2027-12-24"), "a date goes before what is each year")
	require.Equal(t, 6*time.Hour, whole("2028-12-25")+whole("2026-11-28"), "a holiday, and the night of a Friday")
	require.Zero(t, whole("2028-02-29"))
	require.Equal(t, 8*time.Hour, whole("2027-03-01"))
	require.Equal(t, 10*time.Hour, whole("2026-12-05"), "the night goes on; what is open already is open once")
}

func TestWaits(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: berlin, Week: working("09:00-17:00")})
	ten := at(t, berlin, "2026-06-01 10:00")
	wait := hours.Wait{From: ten.Add(time.Hour), To: ten.Add(25 * time.Hour)} // 11:00 to 11:00
	twice := hours.Wait{From: ten.Add(2 * time.Hour), To: ten.Add(3 * time.Hour)}
	require.Equal(t, 7*time.Hour, c.Between(ten, ten.Add(31*time.Hour), wait, twice))
	due, err := c.Add(ten, 2*time.Hour, twice, wait)
	require.NoError(t, err)
	require.Equal(t, at(t, berlin, "2026-06-02 12:00").UTC(), due)
	_, err = c.Add(ten, 2*time.Hour, hours.Wait{From: ten.Add(time.Hour)})
	require.ErrorIs(t, err, hours.ErrNever, "nobody knows when the customer answers")
	due, err = c.Add(ten, time.Hour, hours.Wait{From: ten.Add(time.Hour)})
	require.NoError(t, err)
	require.Equal(t, ten.Add(time.Hour).UTC(), due)
}

// TestNever: what is never open says so, at once.
func TestNever(t *testing.T) {
	closed := []hours.Day{}
	for day := time.Date(2028, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2028; day = day.AddDate(0, 0, 1) {
		closed = append(closed, hours.Day{Date: day.Format("01-02")})
	}
	for name, plan := range map[string]hours.Plan{
		"no hours":                   {},
		"only in the past":           {Days: []hours.Day{{Date: "2020-01-01", Hours: []string{"09:00-17:00"}}}},
		"only holidays":              {Days: []hours.Day{{Date: "12-25"}}},
		"every day is a holiday":     {Week: daily("09:00-17:00"), Days: closed},
		"an hour that is not there":  {Zone: newYork, Days: []hours.Day{{Date: "2026-03-08", Hours: []string{"02:10-02:50"}}}},
		"a day that there never was": {Zone: "Pacific/Apia", Days: []hours.Day{{Date: "2011-12-30", Hours: []string{"09:00-17:00"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := calendar(t, plan)
			now := at(t, "UTC", "2026-01-01 00:00")
			if strings.Contains(name, "there never was") {
				now = at(t, "UTC", "2011-01-01 00:00")
			}
			_, err := c.NextOpening(now)
			require.ErrorIs(t, err, hours.ErrNever)
			_, err = c.Add(now, 1)
			require.ErrorIs(t, err, hours.ErrNever)
			require.Zero(t, c.Between(now, now.AddDate(7000, 0, 0)))
			require.False(t, c.Open(now))
			closing, err := c.NextClosing(now)
			require.NoError(t, err)
			require.Equal(t, now.UTC(), closing)
		})
	}
}

// TestFar: what is far away is counted, and what never comes is not waited for.
func TestFar(t *testing.T) {
	c := calendar(t, hours.Plan{Zone: berlin, Week: working("09:00-17:00"), Days: []hours.Day{{Date: "12-25"}, {Date: "01-01"}}})
	year := at(t, berlin, "9998-01-01 00:00")
	require.Positive(t, c.Between(year, at(t, berlin, "9999-01-01 00:00")))
	require.Equal(t, time.Duration(math.MaxInt64), calendar(t, hours.Plan{Week: daily("00:00-24:00")}).Between(time.Time{}, year), "no Duration is longer")
	due, err := c.Add(at(t, berlin, "2026-01-01 00:00"), 1_000_000*time.Hour)
	require.NoError(t, err)
	require.Equal(t, 2507, due.Year())
	_, err = c.Add(year, 10_000*time.Hour)
	require.ErrorIs(t, err, hours.ErrNever, "nothing is open after the year 9999")
	leap := calendar(t, hours.Plan{Days: []hours.Day{{Date: "02-29", Hours: []string{"09:00-10:00"}}}})
	opening, err := leap.NextOpening(at(t, "UTC", "2096-03-01 00:00"))
	require.NoError(t, err)
	require.Equal(t, at(t, "UTC", "2104-02-29 09:00").UTC(), opening)
}

func fields(err error) map[string]string {
	out := map[string]string{}
	wrong, _ := err.(errs.Fields) //nolint:errorlint // that is what New returns
	for field, m := range wrong {
		out[field] = m.Key
	}
	return out
}

func TestFaults(t *testing.T) {
	_, err := hours.New(hours.Plan{
		Zone: "Mars/Olympus",
		Week: map[string][]string{
			"mon": {"09:00-17:00", "16:00-18:00"}, "tue": {"9:00-17:00"}, "wed": {"17:00-09:00", "24:00-25:00", "08:00-33:00", "10:00-10:00", "09:60-10:00", "+9:00-10:00"},
			"funday": {}, "thu": make([]string, 20),
		},
		Days: []hours.Day{{Date: "2026-02-29"}, {Date: "12-24"}, {Date: "12-24"}, {Date: "13-01", Hours: []string{"x"}}, {Date: "02-29", Names: i18n.Words{"en": strings.Repeat("x", 101)}}},
	})
	require.ErrorIs(t, err, hours.ErrInvalid)
	require.Equal(t, map[string]string{
		"zone": "error.profile.zone", "week.mon[1]": "error.hours.overlap", "week.tue[0]": "error.hours.span",
		"week.wed[0]": "error.hours.span", "week.wed[1]": "error.hours.span", "week.wed[2]": "error.hours.span", "week.wed[3]": "error.hours.span",
		"week.wed[4]": "error.hours.span", "week.wed[5]": "error.hours.span", "week.funday": "error.field.choice", "week.thu": "error.field.too_many",
		"days[0].date": "error.hours.date", "days[2].date": "error.field.duplicate", "days[3].date": "error.hours.date", "days[3].hours[0]": "error.hours.span",
		"days[4].names.en": "error.field.too_long",
	}, fields(err))
	_, err = hours.New(hours.Plan{Week: map[string][]string{"sat": {"22:00-30:00"}, "sun": {"05:00-10:00"}}})
	require.Equal(t, map[string]string{"week.sat[0]": "error.hours.overlap"}, fields(err))
	_, err = hours.New(hours.Plan{Days: make([]hours.Day, hours.MaxDays+1)})
	require.Equal(t, map[string]string{"days": "error.field.too_many"}, fields(err))
	_, err = hours.NewBook(map[string]hours.Plan{"europe": {Zone: "x"}, "A B": {}})
	require.Equal(t, map[string]string{"europe.zone": "error.profile.zone", "A B": "error.hours.name"}, fields(err))
}

func TestRead(t *testing.T) {
	text := `{"zone":"Europe/Berlin","week":{"mon":["09:00-17:00"]},"days":[{"date":"12-24","hours":["09:00-12:00"],"names":{"en":"Christmas Eve"}}]}`
	c, err := hours.Read([]byte(text))
	require.NoError(t, err)
	again, err := json.Marshal(c.Plan())
	require.NoError(t, err)
	require.JSONEq(t, text, string(again))
	book, err := hours.ReadBook([]byte(`{"europe":` + text + `,"night":{"zone":"","week":{}}}`))
	require.NoError(t, err)
	require.Equal(t, berlin, book["europe"].Zone().String())
	for _, bad := range []string{
		"", "[]", `{"zone":"UTC","week":{},"weekend":{}}`, `{"zone":"UTC","week":{"mon":["09:00-10:00"],"mon":[]}}`, `{"zone":"UTC","week":{}} x`,
		`{"zone":1,"week":{}}`, `{"Zone":"UTC","week":{}}`, strings.Repeat(" ", hours.MaxSize+1),
	} {
		_, err := hours.Read([]byte(bad))
		require.ErrorIs(t, err, hours.ErrInvalid, "%.40s", bad)
	}
}
