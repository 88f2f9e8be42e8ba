package i18n

import (
	"strings"

	"github.com/go-playground/locales"
)

// shipped builds the conventions that come with the library, one locale at a
// time: most portals ask for a few of them.
//
// The figures are CLDR's. Where they differ from go-playground/locales, which
// gives the names, a test lists the difference and why.
var shipped = map[Locale]func() Conventions{
	"en": english, "en-GB": britishEnglish, "en-IN": indianEnglish,
	"de": german, "de-AT": austrianGerman, "de-CH": swissGerman,
	"fr": french, "it": italian, "nl": dutch, "el": greek, "tr": turkish,
	"es": spanish, "es-MX": mexicanSpanish, "pt": portuguese, "pt-PT": europeanPortuguese,
	"sv": swedish, "da": danish, "nb": norwegian, "fi": finnish,
	"pl": polish, "cs": czech, "ru": russian, "uk": ukrainian, "hu": hungarian, "ro": romanian,
	"ja": japanese, "zh": simplifiedChinese, "zh-Hant": traditionalChinese, "ko": korean,
	"th": thai, "vi": vietnamese, "id": indonesian, "hi": hindi,
	"ar": arabic, "he": hebrew, "fa": persian,
}

// figures are how a locale writes numbers. A space in them does not break.
type figures struct{ decimal, group, percent, money string }

// days are the patterns of dates.
type days struct{ short, medium, long, full string }

// habits puts the rows of a locale together.
func habits(names locales.Translator, f figures, d days, clock, join string) Conventions {
	return Conventions{
		Decimal: f.decimal, Group: firm(f.group), Percent: firm(f.percent), Money: firm(f.money),
		Months: names.MonthsWide(), MonthsShort: names.MonthsAbbreviated(),
		Days: names.WeekdaysWide(), DaysShort: names.WeekdaysAbbreviated(),
		DateShort: d.short, DateMedium: d.medium, DateLong: d.long, DateFull: d.full,
		TimeShort: clock, TimeMedium: withSeconds(clock), DateTime: join,
	}
}

// firm makes spaces unbreakable.
func firm(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// withSeconds turns "H:mm" into "H:mm:ss", with the sign that is there.
func withSeconds(clock string) string {
	minutes := strings.Index(clock, "mm")
	sign := clock[minutes-1 : minutes]
	return clock[:minutes] + "mm" + sign + "ss" + clock[minutes+2:]
}

// words sets how lists are joined: "a, b and c", "a, b or c".
func (c Conventions) words(and, or string) Conventions {
	c.And = Joiner{" " + and + " ", ", ", " " + and + " "}
	c.Or = Joiner{" " + or + " ", ", ", " " + or + " "}
	return c
}

// serial sets a comma before the last word too: "a, b, and c".
func (c Conventions) serial() Conventions {
	c.And.Last, c.Or.Last = ","+c.And.Last, ","+c.Or.Last
	return c
}

// symbols sets currency symbols, as code and symbol in turn.
func (c Conventions) symbols(pairs ...string) Conventions {
	c.Symbols = make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		c.Symbols[pairs[i]] = pairs[i+1]
	}
	return c
}

// halves sets the words for before and after noon.
func (c Conventions) halves(am, pm string) Conventions {
	c.AM, c.PM = am, pm
	return c
}
