package i18n_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func TestCalendar(t *testing.T) {
	c, err := i18n.New(nil)
	require.NoError(t, err)
	for locale, want := range map[i18n.Locale][3]string{
		"en":    {"Sun", "Sunday", "November 2026"},
		"en-GB": {"Mon", "Monday", "November 2026"},
		"de":    {"Mo.", "Montag", "November 2026"},
		"es":    {"lun.", "lunes", "noviembre de 2026"},
		"ja":    {"日", "日曜日", "2026年11月"},
		"ar":    {"السبت", "السبت", "نوفمبر 2026"},
	} {
		p := c.In(locale)
		short, long := p.Weekdays(i18n.StyleShort), p.Weekdays(i18n.StyleFull)
		require.Len(t, short, 7)
		require.Equal(t, want, [3]string{short[0], long[0], p.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))}, locale)
	}
	sydney, err := time.LoadLocation("Australia/Sydney")
	require.NoError(t, err)
	require.Equal(t, "December 2026", c.In("en").InZone(sydney).Month(time.Date(2026, 11, 30, 20, 0, 0, 0, time.UTC)))
}
