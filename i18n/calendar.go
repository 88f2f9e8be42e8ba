package i18n

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// FirstWeekday returns the day with which weeks begin where the printer's
// language is spoken.
func (p *Printer) FirstWeekday() time.Weekday {
	region, _ := language.Make(string(p.Locale())).Region()
	switch code := region.String(); {
	case strings.Contains(saturdays, code):
		return time.Saturday
	case strings.Contains(sundays, code):
		return time.Sunday
	}
	return time.Monday
}

// Where weeks do not begin on Monday, by Unicode's CLDR.
const (
	saturdays = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"
	sundays   = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
)

// Weekdays returns the names of the seven days from the first of the week on.
// The short style abbreviates them.
func (p *Printer) Weekdays(style Style) []string {
	names := p.conv().Days
	if style == StyleShort {
		names = p.conv().DaysShort
	}
	first := int(p.FirstWeekday())
	return slices.Concat(names[first:], names[:first])
}

// Month returns month and year of t in the printer's zone, as a heading.
func (p *Printer) Month(t time.Time) string {
	pattern := "MMMM y"
	switch base, _, _ := strings.Cut(string(p.Locale()), "-"); base {
	case "ja", "zh":
		pattern = "y年M月"
	case "ko":
		pattern = "y년 M월"
	case "es", "pt":
		pattern = "MMMM 'de' y"
	}
	return string(p.conv().appendMoment(nil, pattern, t.In(p.zone)))
}
