package i18n

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Conventions are the habits of one locale: how it writes numbers, money,
// dates and lists. About thirty locales come with the library; a host adds or
// changes others through Options.Locales, best by editing what
// ConventionsFor returns for a relative. An empty field means what
// the locale's parent does, and in the end ISO 8601 dates and 1,234.5.
type Conventions struct {
	Digits    string // the ten digits from zero, "" means 0123456789
	Decimal   string // between whole and fraction
	Group     string // between groups of digits
	Grouping  []int  // sizes of the groups from the right, the last repeats
	GroupFrom int    // a number of Grouping[0]+GroupFrom digits is the first to be grouped
	Minus     string // before a negative number
	Percent   string // "#%", where # is the number

	Money   string            // "# ¤", where # is the number and ¤ the symbol; "¤ -#" places the sign
	Symbols map[string]string // ISO 4217 code to symbol, before the common ones

	Months, MonthsShort []string // twelve each, in the form a date takes
	Days, DaysShort     []string // seven each, from Sunday
	AM, PM              string

	// The patterns of dates are CLDR's letters: y yy M MM MMM MMMM d dd EEE
	// EEEE; those of times are H HH h hh mm ss a. Text stands in apostrophes.
	DateShort, DateMedium, DateLong, DateFull string
	TimeShort, TimeMedium                     string
	DateTime                                  string // between a date and its time

	And, Or Joiner
	Bytes   []string // symbols of byte, kilobyte, megabyte, gigabyte, terabyte
}

// A Joiner says what stands between the items of a list.
type Joiner struct {
	Pair  string // between two
	Comma string // between the items of a longer list
	Last  string // before its last item
}

// neutral is what is left when nothing is known of a locale.
func neutral() Conventions {
	return Conventions{
		Digits: "0123456789", Decimal: ".", Group: ",", Grouping: []int{3}, GroupFrom: 1, Minus: "-",
		Percent: "#%", Money: "¤\u00a0#",
		Months: numerals(12), MonthsShort: numerals(12), Days: numerals(7), DaysShort: numerals(7),
		AM: "AM", PM: "PM",
		DateShort: "y-MM-dd", DateMedium: "y-MM-dd", DateLong: "y-MM-dd", DateFull: "y-MM-dd",
		TimeShort: "HH:mm", TimeMedium: "HH:mm:ss", DateTime: " ",
		And: Joiner{", ", ", ", ", "}, Or: Joiner{" / ", " / ", " / "},
		Bytes: []string{"B", "kB", "MB", "GB", "TB"},
	}
}

func numerals(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i + 1)
	}
	return out
}

// over returns c with its empty fields filled from base.
func (c Conventions) over(base Conventions) Conventions {
	for _, f := range []struct{ to, from *string }{
		{&c.Digits, &base.Digits}, {&c.Decimal, &base.Decimal}, {&c.Group, &base.Group}, {&c.Minus, &base.Minus},
		{&c.Percent, &base.Percent}, {&c.Money, &base.Money}, {&c.AM, &base.AM}, {&c.PM, &base.PM},
		{&c.DateShort, &base.DateShort}, {&c.DateMedium, &base.DateMedium}, {&c.DateLong, &base.DateLong},
		{&c.DateFull, &base.DateFull}, {&c.TimeShort, &base.TimeShort}, {&c.TimeMedium, &base.TimeMedium},
		{&c.DateTime, &base.DateTime},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	for _, f := range []struct{ to, from *[]string }{
		{&c.Months, &base.Months}, {&c.MonthsShort, &base.MonthsShort},
		{&c.Days, &base.Days}, {&c.DaysShort, &base.DaysShort}, {&c.Bytes, &base.Bytes},
	} {
		if *f.to == nil {
			*f.to = *f.from
		}
	}
	return c.overRest(base)
}

func (c Conventions) overRest(base Conventions) Conventions {
	if c.Grouping == nil {
		c.Grouping = base.Grouping
	}
	if c.GroupFrom == 0 {
		c.GroupFrom = base.GroupFrom
	}
	if c.Symbols == nil {
		c.Symbols = base.Symbols
	}
	if c.And == (Joiner{}) {
		c.And = base.And
	}
	if c.Or == (Joiner{}) {
		c.Or = base.Or
	}
	return c
}

// check finds what would make formatting fail.
func (c Conventions) check() error {
	for _, f := range []struct {
		name  string
		items []string
		want  int
	}{
		{"Months", c.Months, 12}, {"MonthsShort", c.MonthsShort, 12},
		{"Days", c.Days, 7}, {"DaysShort", c.DaysShort, 7}, {"Bytes", c.Bytes, 5},
	} {
		if len(f.items) != f.want {
			return fmt.Errorf("%s has %d entries, not %d: %w", f.name, len(f.items), f.want, ErrInvalid)
		}
	}
	if utf8.RuneCountInString(c.Digits) != 10 {
		return fmt.Errorf("Digits has not ten digits: %w", ErrInvalid)
	}
	if len(c.Grouping) == 0 || slices.Min(c.Grouping) < 1 || c.GroupFrom < 1 {
		return fmt.Errorf("Grouping and GroupFrom start at one: %w", ErrInvalid)
	}
	for _, pattern := range []string{
		c.DateShort, c.DateMedium, c.DateLong, c.DateFull, c.TimeShort, c.TimeMedium,
	} {
		if err := checkPattern(pattern); err != nil {
			return err
		}
	}
	return nil
}

// sameAs maps a locale to the one whose conventions it takes whole.
var sameAs = map[Locale]Locale{
	"no": "nb", "nn": "nb", "cmn": "zh", "pt-BR": "pt", "en-001": "en-GB", "es-419": "es-MX", "zh-Hans": "zh",
	"es-AR": "es", "es-BO": "es", "es-CL": "es", "es-CO": "es", "es-CR": "es",
	"es-EC": "es", "es-PY": "es", "es-UY": "es", "es-VE": "es",
}

// ConventionsFor returns the library's conventions of a locale, complete: its
// own over its parents' over neutral ones. It reports false when neither the
// locale nor a parent of it is among them.
func ConventionsFor(l Locale) (Conventions, bool) {
	return conventionsFor(l, nil)
}

func conventionsFor(l Locale, own map[Locale]Conventions) (Conventions, bool) {
	var c Conventions
	found := false
	for _, at := range l.lineage() {
		if mine, ok := own[at]; ok {
			c, found = c.over(mine), true
		}
		if same, ok := sameAs[at]; ok {
			at = same
		}
		if build, ok := shipped[at]; ok {
			c, found = c.over(build()), true
		}
	}
	return c.over(neutral()), found
}
