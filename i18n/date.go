package i18n

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Style is a length of dates and times; "" is medium for dates and short
// for times.
type Style string

// The styles, as English has them.
const (
	StyleShort  Style = "short"  // 11/1/26, 4:05 PM
	StyleMedium Style = "medium" // Nov 1, 2026, 4:05:09 PM
	StyleLong   Style = "long"   // November 1, 2026, 4:05:09 PM UTC+1
	StyleFull   Style = "full"   // Sunday, November 1, 2026, 4:05:09 PM UTC+1
)

// ParseZone returns the time zone with an IANA name. What is not in the
// database, names of more than 64 bytes and "Local" are Invalid; "" is UTC.
func ParseZone(name string) (*time.Location, error) {
	if len(name) > 64 || name == "Local" {
		return nil, fmt.Errorf("time zone %.64q: %w", name, ErrInvalid)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", name, ErrInvalid)
	}
	return zone, nil
}

// Date returns the day of t in the printer's zone, in the Gregorian calendar.
func (p *Printer) Date(t time.Time, style Style) string {
	return p.conv().date(t.In(p.zone), style)
}

// Time returns the time of day of t in the printer's zone. The long and full
// styles add the distance from UTC, which reads the same in every language.
func (p *Printer) Time(t time.Time, style Style) string {
	return p.conv().time(t.In(p.zone), style)
}

// DateTime returns day and time of t; style is the date's, the time is short.
func (p *Printer) DateTime(t time.Time, style Style) string {
	return p.conv().dateTime(t.In(p.zone), style)
}

func (c *Conventions) dateTime(t time.Time, style Style) string {
	return c.date(t, style) + c.DateTime + c.time(t, StyleShort)
}

func (c *Conventions) date(t time.Time, style Style) string {
	pattern := c.DateMedium
	switch style {
	case StyleShort:
		pattern = c.DateShort
	case StyleLong:
		pattern = c.DateLong
	case StyleFull:
		pattern = c.DateFull
	}
	return string(c.appendMoment(nil, pattern, t))
}

func (c *Conventions) time(t time.Time, style Style) string {
	switch style {
	case StyleMedium:
		return string(c.appendMoment(nil, c.TimeMedium, t))
	case StyleLong, StyleFull:
		b := c.appendMoment(nil, c.TimeMedium, t)
		return string(append(b, "\u00a0"+offset(t)...))
	}
	return string(c.appendMoment(nil, c.TimeShort, t))
}

// offset returns the distance from UTC: "UTC", "UTC+1", "UTC-3:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	hours, minutes := seconds/3600, seconds%3600/60
	if minutes == 0 {
		return fmt.Sprintf("UTC%c%d", sign, hours)
	}
	return fmt.Sprintf("UTC%c%d:%02d", sign, hours, minutes)
}

// ZoneName returns what people call the zone of t at that time, "CET", where its
// database has a name for it, and otherwise the distance from UTC.
func ZoneName(t time.Time) string {
	name, _ := t.Zone()
	if name == "" || strings.ContainsAny(name, "+-0123456789") {
		return offset(t)
	}
	return name
}

// appendMoment writes t by a pattern of CLDR's letters.
func (c *Conventions) appendMoment(b []byte, pattern string, t time.Time) []byte {
	start := len(b)
	for pattern != "" {
		if pattern[0] == '\'' {
			quoted, rest, _ := strings.Cut(pattern[1:], "'")
			b, pattern = append(b, quoted...), rest
			continue
		}
		n := run(pattern)
		b = c.appendField(b, pattern[:n], t)
		pattern = pattern[n:]
	}
	return c.nativeDigits(b, start)
}

// run returns how many times the first byte is repeated.
func run(pattern string) int {
	n := 1
	for n < len(pattern) && pattern[n] == pattern[0] && pattern[0] < 0x80 {
		n++
	}
	return n
}

// checkPattern refuses letters that stand for nothing.
func checkPattern(pattern string) error {
	for i := 0; i < len(pattern); {
		if pattern[i] == '\'' {
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return fmt.Errorf("pattern %q: a quotation is not closed: %w", pattern, ErrInvalid)
			}
			i += end + 2
			continue
		}
		n := run(pattern[i:])
		if isLetter(rune(pattern[i])) && !slices.Contains(fields, pattern[i:i+n]) {
			return fmt.Errorf("pattern %q: %q is no field; text stands in apostrophes: %w", pattern, pattern[i:i+n], ErrInvalid)
		}
		i += n
	}
	return nil
}

var fields = []string{"y", "yy", "M", "MM", "MMM", "MMMM", "d", "dd", "EEE", "EEEE", "H", "HH", "h", "hh", "mm", "ss", "a"}

func (c *Conventions) appendField(b []byte, field string, t time.Time) []byte {
	switch field {
	case "y":
		return strconv.AppendInt(b, int64(t.Year()), 10)
	case "yy":
		return appendTwo(b, t.Year()%100)
	case "M":
		return strconv.AppendInt(b, int64(t.Month()), 10)
	case "MM":
		return appendTwo(b, int(t.Month()))
	case "MMM":
		return append(b, c.MonthsShort[t.Month()-1]...)
	case "MMMM":
		return append(b, c.Months[t.Month()-1]...)
	case "d":
		return strconv.AppendInt(b, int64(t.Day()), 10)
	case "dd":
		return appendTwo(b, t.Day())
	case "EEE":
		return append(b, c.DaysShort[t.Weekday()]...)
	case "EEEE":
		return append(b, c.Days[t.Weekday()]...)
	}
	return c.appendClock(b, field, t)
}

func (c *Conventions) appendClock(b []byte, field string, t time.Time) []byte {
	switch field {
	case "H":
		return strconv.AppendInt(b, int64(t.Hour()), 10)
	case "HH":
		return appendTwo(b, t.Hour())
	case "h":
		return strconv.AppendInt(b, int64((t.Hour()+11)%12+1), 10)
	case "hh":
		return appendTwo(b, (t.Hour()+11)%12+1)
	case "mm":
		return appendTwo(b, t.Minute())
	case "ss":
		return appendTwo(b, t.Second())
	case "a":
		if t.Hour() < 12 {
			return append(b, c.AM...)
		}
		return append(b, c.PM...)
	}
	return append(b, field...)
}

func appendTwo(b []byte, n int) []byte {
	return append(b, byte('0'+n/10), byte('0'+n%10))
}
