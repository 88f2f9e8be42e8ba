package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/hours"
)

func TestTexts(t *testing.T) {
	catalog, err := i18n.New(nil)
	require.NoError(t, err)
	office := calendar(t, hours.Plan{Zone: berlin, Week: working("09:00-17:00")})
	two := working("09:00-12:00", "13:00-17:00")
	two["sat"] = []string{"22:00-30:00"}
	split := calendar(t, hours.Plan{Zone: berlin, Week: two})
	weekend := calendar(t, hours.Plan{Zone: berlin, Week: map[string][]string{"sun": {"00:00-24:00"}, "sat": {"00:00-24:00"}}})
	always := calendar(t, hours.Plan{Week: daily("00:00-24:00")})
	for _, c := range []struct {
		calendar           *hours.Calendar
		locale, zone, want string
	}{
		{office, "en-GB", berlin, "Mon–Fri 09:00–17:00 CET"},
		{office, "en", newYork, "Mon–Fri 3:00\u00a0AM–11:00\u00a0AM EST"},
		{office, "de", berlin, "Mo.–Fr. 09:00–17:00 CET"},
		{office, "ja", "Asia/Tokyo", "月～金 17:00～1:00（JST）"},
		{office, "es", "America/Sao_Paulo", "lun.–vie. 5:00–13:00 UTC-3"},
		{office, "en-GB", "Pacific/Auckland", "Mon–Fri 21:00–05:00 NZDT"},
		{split, "en-GB", berlin, "Mon–Fri 09:00–12:00, 13:00–17:00, Sat 22:00–06:00 CET"},
		{weekend, "en-GB", berlin, "Sat–Sun 24 hours CET"},
		{weekend, "en-GB", "Pacific/Honolulu", "Fri–Sat 13:00–13:00 HST"},
		{always, "de", berlin, "Rund um die Uhr, jeden Tag"},
		{calendar(t, hours.Plan{}), "es", berlin, "Cerrado"},
	} {
		zone, err := time.LoadLocation(c.zone)
		require.NoError(t, err)
		p := catalog.In(i18n.Locale(c.locale)).InZone(zone).WithIsolation(i18n.IsolationOff)
		require.Equal(t, c.want, c.calendar.Text(p, at(t, berlin, "2026-01-15 12:00")))
	}
	summer := catalog.In("en-GB").InZone(office.Zone())
	require.Equal(t, "Mon–Fri 09:00–17:00 CEST", office.Text(summer, at(t, berlin, "2026-07-15 12:00")))
}

func TestAhead(t *testing.T) {
	catalog, err := i18n.New(nil)
	require.NoError(t, err)
	c := calendar(t, hours.Plan{Zone: berlin, Week: working("09:00-17:00"), Days: []hours.Day{
		{Date: "12-24", Hours: []string{"09:00-12:00"}, Names: i18n.Words{"en": "Christmas Eve", "de": "Heiligabend"}}, {Date: "2026-12-25"},
	}})
	from, to := at(t, berlin, "2026-12-01 00:00"), at(t, berlin, "2027-12-31 00:00")
	require.Equal(t, []string{
		"24 Dec 2026 (Christmas Eve): 09:00–12:00", "25 Dec 2026: Closed", "24 Dec 2027 (Christmas Eve): 09:00–12:00",
	}, c.Ahead(catalog.In("en-GB").InZone(c.Zone()), from, to, 10))
	honolulu, err := time.LoadLocation("Pacific/Honolulu")
	require.NoError(t, err)
	require.Equal(t, []string{"23.12.2026 (Heiligabend): 22:00–01:00"}, c.Ahead(catalog.In("de").InZone(honolulu), from, to, 1))
}
