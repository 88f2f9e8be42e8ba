package i18n_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// TestFormats: a reader's own formats hold for everything a printer writes, also
// within texts, and nothing else changes.
func TestFormats(t *testing.T) {
	c, err := i18n.New(nil)
	require.NoError(t, err)
	at := time.Date(2026, 2, 1, 14, 5, 9, 0, time.UTC)
	for _, tt := range []struct {
		locale             i18n.Locale
		formats            i18n.Formats
		date, clock, money string
	}{
		{"en", i18n.Formats{}, "2/1/26", "2:05\u00a0PM", "€1,234.50"},
		{"en", i18n.Formats{Clock: i18n.ClockTwentyFour, Dates: i18n.DatesDayFirst, Numbers: i18n.NumbersComma}, "01/02/2026", "14:05", "€1.234,50"},
		{"en", i18n.Formats{Dates: i18n.DatesYearFirst, Numbers: i18n.NumbersSpace}, "2026-02-01", "2:05\u00a0PM", "€1\u202f234,50"},
		{"de", i18n.Formats{Clock: i18n.ClockTwelve, Dates: i18n.DatesMonthFirst, Numbers: i18n.NumbersPoint}, "02.01.2026", "2:05\u00a0PM", "1,234.50\u00a0€"},
		{"de", i18n.Formats{Clock: "h24", Dates: "x", Numbers: "y"}, "01.02.26", "14:05", "1.234,50\u00a0€"},
	} {
		p := c.In(tt.locale).WithFormats(tt.formats)
		got := []string{p.Date(at, i18n.StyleShort), p.Time(at, i18n.StyleShort), p.Money(i18n.Money{Amount: 123450, Currency: "EUR"})}
		require.Equal(t, []string{tt.date, tt.clock, tt.money}, got, "%s %+v", tt.locale, tt.formats)
	}
	require.Equal(t, "€1,234.50", c.In("en").Money(i18n.Money{Amount: 123450, Currency: "EUR"}), "other printers are as they were")
}
