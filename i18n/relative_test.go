package i18n_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// relativeTo returns a catalog whose clock stands still.
func relativeTo(t testing.TB, now time.Time) *i18n.Catalog {
	t.Helper()
	return newCatalog(t, &i18n.Options{Now: func() time.Time { return now }})
}

func TestRelative(t *testing.T) {
	now := time.Date(2026, time.November, 15, 12, 0, 0, 0, time.UTC)
	catalog := relativeTo(t, now)
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{now, "just now"},
		{now.Add(-59 * time.Second), "just now"},
		{now.Add(59 * time.Second), "just now"},
		{now.Add(-time.Minute), "1 minute ago"},
		{now.Add(-59*time.Minute - 59*time.Second), "59 minutes ago"},
		{now.Add(5 * time.Minute), "in 5 minutes"},
		{now.Add(-time.Hour), "1 hour ago"},
		{now.Add(-23 * time.Hour), "23 hours ago"},
		{now.Add(-24 * time.Hour), "yesterday"},
		{now.Add(24 * time.Hour), "tomorrow"},
		{time.Date(2026, 11, 12, 23, 59, 0, 0, time.UTC), "3 days ago"},
		{time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC), "6 days ago"},
		{time.Date(2026, 11, 8, 23, 0, 0, 0, time.UTC), "1 week ago"},
		{time.Date(2026, 10, 16, 12, 0, 0, 0, time.UTC), "4 weeks ago"},
		{time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC), "1 month ago"},
		{time.Date(2025, 11, 16, 12, 0, 0, 0, time.UTC), "11 months ago"},
		{time.Date(2025, 11, 15, 12, 0, 0, 0, time.UTC), "1 year ago"},
		{time.Date(2029, 1, 15, 12, 0, 0, 0, time.UTC), "in 2 years"},
		{time.Time{}, "2,025 years ago"},
	} {
		require.Equal(t, tt.want, catalog.In("en").Relative(tt.at), "%v", tt.at)
	}
}

func TestRelativeInLanguages(t *testing.T) {
	now := time.Date(2026, time.November, 15, 12, 0, 0, 0, time.UTC)
	catalog := relativeTo(t, now)
	day := 24 * time.Hour
	for l, want := range map[i18n.Locale][5]string{
		"de": {"gestern", "vor 3 Tagen", "in 2 Stunden", "vor 1 Monat", "gerade eben"},
		"es": {"ayer", "hace 3 días", "dentro de 2 horas", "hace 1 mes", "ahora mismo"},
		"ja": {"昨日", "3 日前", "2 時間後", "1 か月前", "たった今"},
		"ar": {"أمس", "قبل 3 أيام", "بعد ساعتين", "قبل شهر واحد", "الآن"},
		// Without words of its own, a language shows the date.
		"fr": {"14 nov. 2026", "12 nov. 2026", "15 nov. 2026", "15 oct. 2026", "15 nov. 2026"},
	} {
		p := catalog.In(l)
		require.Equal(t, want, [5]string{
			p.Relative(now.Add(-day)), p.Relative(now.Add(-3 * day)), p.Relative(now.Add(2 * time.Hour)),
			p.Relative(now.Add(-31 * day)), p.Relative(now),
		}, "%s", l)
	}
}

// TestRelativeArabicPlurals goes through the six forms.
func TestRelativeArabicPlurals(t *testing.T) {
	now := time.Date(2026, time.November, 15, 12, 0, 0, 0, time.UTC)
	p := relativeTo(t, now).In("ar")
	for minutes, want := range map[int]string{
		1: "قبل دقيقة واحدة", 2: "قبل دقيقتين", 3: "قبل 3 دقائق", 10: "قبل 10 دقائق", 11: "قبل 11 دقيقة", 59: "قبل 59 دقيقة",
	} {
		require.Equal(t, want, p.Relative(now.Add(-time.Duration(minutes)*time.Minute)))
	}
}

// TestRelativeCountsDaysOfTheReader: 23:30 in Tokyo is yesterday there a day
// and an hour later, whatever day it is in UTC.
func TestRelativeCountsDaysOfTheReader(t *testing.T) {
	tokyo, err := i18n.ParseZone("Asia/Tokyo")
	require.NoError(t, err)
	now := time.Date(2026, 11, 15, 0, 30, 0, 0, tokyo)
	at := time.Date(2026, 11, 13, 23, 30, 0, 0, tokyo)
	catalog := relativeTo(t, now)
	require.Equal(t, "2 days ago", catalog.In("en").InZone(tokyo).Relative(at))
	require.Equal(t, "yesterday", catalog.In("en").Relative(at))
}

// TestRelativeAcrossDaylightSaving: a day of 25 hours has not two days in it.
func TestRelativeAcrossDaylightSaving(t *testing.T) {
	berlin, err := i18n.ParseZone("Europe/Berlin")
	require.NoError(t, err)
	now := time.Date(2026, 10, 25, 23, 45, 0, 0, berlin)
	catalog := relativeTo(t, now)
	require.Equal(t, "yesterday", catalog.In("en").InZone(berlin).Relative(now.Add(-24*time.Hour)))
}
