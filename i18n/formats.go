package i18n

import "strings"

// Formats are how one reader wants dates, times and numbers written, in whatever
// language. The zero value is the language's own way, and so is a value that
// nobody knows.
type Formats struct {
	Clock   string // ClockTwelve, ClockTwentyFour
	Dates   string // DatesDayFirst, DatesMonthFirst, DatesYearFirst: dates in figures
	Numbers string // NumbersPoint, NumbersComma, NumbersSpace
}

// What can be asked for.
const (
	ClockTwelve     = "h12"   // 2:30 PM
	ClockTwentyFour = "h23"   // 14:30
	DatesDayFirst   = "dmy"   // 31/12/2026, with the language's own separator
	DatesMonthFirst = "mdy"   // 12/31/2026
	DatesYearFirst  = "ymd"   // 2026-12-31
	NumbersPoint    = "point" // 1,234.5
	NumbersComma    = "comma" // 1.234,5
	NumbersSpace    = "space" // 1 234,5
)

// WithFormats returns a Printer that writes dates, times and numbers as said,
// also within texts.
func (p *Printer) WithFormats(f Formats) *Printer {
	q := *p
	q.formats = f
	return &q
}

// conv returns the conventions that the printer's own language is written by.
func (p *Printer) conv() *Conventions { return p.formats.over(p.tongue) }

// over returns the conventions of a language with what the reader asks for.
func (f Formats) over(t *tongue) *Conventions {
	if f == (Formats{}) {
		return &t.conv
	}
	c := t.conv
	f.setClock(&c)
	f.setDates(&c)
	f.setNumbers(&c)
	return &c
}

func (f Formats) setClock(c *Conventions) {
	twelve := strings.Contains(c.TimeShort, "a")
	switch {
	case f.Clock == ClockTwelve && !twelve:
		c.TimeShort, c.TimeMedium = "h:mm\u00a0a", "h:mm:ss\u00a0a"
	case f.Clock == ClockTwentyFour && twelve:
		c.TimeShort, c.TimeMedium = "HH:mm", "HH:mm:ss"
	}
}

func (f Formats) setDates(c *Conventions) {
	separator := "/"
	if i := strings.IndexAny(c.DateShort, "./-"); i >= 0 {
		separator = c.DateShort[i : i+1]
	}
	switch f.Dates {
	case DatesDayFirst:
		c.DateShort = strings.Join([]string{"dd", "MM", "y"}, separator)
	case DatesMonthFirst:
		c.DateShort = strings.Join([]string{"MM", "dd", "y"}, separator)
	case DatesYearFirst:
		c.DateShort = "y-MM-dd"
	}
}

func (f Formats) setNumbers(c *Conventions) {
	switch f.Numbers {
	case NumbersPoint:
		c.Decimal, c.Group = ".", ","
	case NumbersComma:
		c.Decimal, c.Group = ",", "."
	case NumbersSpace:
		c.Decimal, c.Group = ",", "\u202f"
	default:
		return
	}
	c.Grouping, c.GroupFrom = []int{3}, 1
}
