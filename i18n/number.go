package i18n

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decimal is a number as the digits that are shown of it, so that the plural
// form and the text agree.
type decimal struct {
	negative bool
	whole    string
	fraction string
	odd      string // what to print instead: NaN, infinities, 1e+300
}

// decimalOf reads any Go number, and one written out. Fractions are rounded to at most places
// digits; with exact they have just so many.
func decimalOf(v any, places int, exact bool) (decimal, bool) {
	switch n := v.(type) {
	case int:
		return wholeDecimal(strconv.Itoa(n), places, exact), true
	case int64:
		return wholeDecimal(strconv.FormatInt(n, 10), places, exact), true
	case float64:
		return floatDecimal(n, places, exact), true
	case json.Number:
		return numberDecimal(string(n), places, exact)
	case string:
		return numberDecimal(n, places, exact)
	case nil:
		return decimal{}, false
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return wholeDecimal(strconv.FormatInt(r.Int(), 10), places, exact), true
	case r.CanUint():
		return wholeDecimal(strconv.FormatUint(r.Uint(), 10), places, exact), true
	case r.CanFloat():
		return floatDecimal(r.Float(), places, exact), true
	}
	return decimal{}, false
}

func numberDecimal(s string, places int, exact bool) (decimal, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return wholeDecimal(strconv.FormatInt(n, 10), places, exact), true
	}
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return decimal{}, false // ParseFloat also takes words and hexadecimal
	}
	f, err := strconv.ParseFloat(s, 64)
	return floatDecimal(f, places, exact), err == nil
}

func wholeDecimal(s string, places int, exact bool) decimal {
	d := decimal{whole: strings.TrimPrefix(s, "-"), negative: s[0] == '-'}
	if exact {
		d.fraction = strings.Repeat("0", places)
	}
	return d
}

func floatDecimal(f float64, places int, exact bool) decimal {
	if math.IsNaN(f) || math.Abs(f) >= 1e21 {
		return decimal{odd: strconv.FormatFloat(f, 'g', -1, 64), negative: f < 0}
	}
	s := strconv.FormatFloat(math.Abs(f), 'f', places, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	if !exact {
		fraction = strings.TrimRight(fraction, "0")
	}
	zero := strings.Trim(whole+fraction, "0") == ""
	return decimal{whole: whole, fraction: fraction, negative: f < 0 && !zero}
}

// float returns the number as far as it is shown.
func (d decimal) float() float64 {
	f, _ := strconv.ParseFloat(d.whole+"."+d.fraction, 64)
	if d.negative {
		return -f
	}
	return f
}

// appendUnsigned writes the digits of d without its sign.
func (c *Conventions) appendUnsigned(b []byte, d decimal) []byte {
	if d.odd != "" {
		return append(b, strings.TrimPrefix(d.odd, "-")...)
	}
	start := len(b)
	for i := range len(d.whole) {
		if i > 0 && c.splits(len(d.whole), len(d.whole)-i) {
			b = append(b, c.Group...)
		}
		b = append(b, d.whole[i])
	}
	if d.fraction != "" {
		b = append(append(b, c.Decimal...), d.fraction...)
	}
	return c.nativeDigits(b, start)
}

// splits reports whether a separator stands before the last rest digits of a
// number of n digits.
func (c *Conventions) splits(n, rest int) bool {
	if n < c.Grouping[0]+c.GroupFrom {
		return false
	}
	for i := 0; rest > 0; i++ {
		rest -= c.Grouping[min(i, len(c.Grouping)-1)]
	}
	return rest == 0
}

// nativeDigits replaces 0 to 9 from start on by the digits of the locale.
func (c *Conventions) nativeDigits(b []byte, start int) []byte {
	if c.Digits == "0123456789" {
		return b
	}
	var out []byte
	native := []rune(c.Digits)
	for _, ch := range b[start:] {
		if '0' <= ch && ch <= '9' {
			out = utf8.AppendRune(out, native[ch-'0'])
		} else {
			out = append(out, ch)
		}
	}
	return append(b[:start], out...)
}

// appendNumber writes d with its sign.
func (c *Conventions) appendNumber(b []byte, d decimal) []byte {
	if d.negative {
		b = append(b, c.Minus...)
	}
	return c.appendUnsigned(b, d)
}

// appendPattern writes d where # is in pattern. The sign comes first unless
// the pattern shows its place: "¤ -#".
func (c *Conventions) appendPattern(b []byte, pattern string, d decimal) []byte {
	before, after, _ := strings.Cut(pattern, "#")
	before, inside := strings.CutSuffix(before, "-")
	if d.negative && !inside {
		b = append(b, c.Minus...)
	}
	b = append(b, before...)
	if d.negative && inside {
		b = append(b, c.Minus...)
	}
	b = c.appendUnsigned(b, d)
	return append(b, after...)
}

// fractionDigits is how many digits a number shows after the point when the
// caller does not say: 0.333.
const fractionDigits = 3

// Number returns a Go number of any kind with separators and at most three
// digits after the point: "1,234.5", "1.234,5". Anything else prints as is.
func (p *Printer) Number(v any) string {
	d, ok := decimalOf(v, fractionDigits, false)
	if !ok {
		return plain(v)
	}
	return string(p.conv().appendNumber(nil, d))
}

// Decimal returns v with exactly so many digits after the point.
func (p *Printer) Decimal(v float64, places int) string {
	return string(p.conv().appendNumber(nil, floatDecimal(v, clamp(places), true)))
}

// Percent returns the ratio v as a percentage: 0.455 with one place is
// "45.5%", "45,5 %".
func (p *Printer) Percent(v float64, places int) string {
	return string(p.conv().appendPercent(nil, floatDecimal(v*100, clamp(places), true)))
}

func (c *Conventions) appendPercent(b []byte, d decimal) []byte {
	return c.appendPattern(b, c.Percent, d)
}

// clamp keeps a number of places within what a float64 can mean.
func clamp(places int) int { return min(max(places, 0), 15) }
