package i18n

import (
	"strconv"
	"time"
)

// Size returns a number of bytes in the unit that reads best, with one digit
// after the point below ten: "512 B", "1.5 MB". A kilobyte is 1,000 bytes.
func (p *Printer) Size(bytes int64) string {
	return p.conv().size(wholeDecimal(strconv.FormatInt(bytes, 10), 0, false))
}

func (c *Conventions) size(d decimal) string {
	n, unit := d.float(), 0
	for (n >= 999.5 || n <= -999.5) && unit < len(c.Bytes)-1 {
		n, unit = n/1000, unit+1
	}
	places := 0
	if unit > 0 && n > -9.95 && n < 9.95 {
		places = 1
	}
	out := c.appendNumber(nil, floatDecimal(n, places, false))
	return string(append(out, "\u00a0"+c.Bytes[unit]...))
}

// Duration returns the two largest units of d that are not zero: "2 hours 5
// minutes", "1 day 3 hours", "40 seconds". Days have 24 hours. The words come
// from the texts duration.day, .hour, .minute and .second; in a language
// without them the units are symbols: "2 h 5 min".
func (p *Printer) Duration(d time.Duration) string { return p.tongue.duration(p.formats, d) }

var units = []struct {
	key, symbol string
	size        time.Duration
}{
	{"duration.day", "d", 24 * time.Hour},
	{"duration.hour", "h", time.Hour},
	{"duration.minute", "min", time.Minute},
	{"duration.second", "s", time.Second},
}

func (t *tongue) duration(f Formats, d time.Duration) string {
	var out string
	if d < 0 {
		out = t.conv.Minus
	}
	d = d.Abs().Round(time.Second)
	for i, u := range units {
		n := d / u.size
		if n == 0 && u.size > time.Second {
			continue
		}
		out += t.counted(f, u.key, u.symbol, int64(n))
		if i+1 < len(units) {
			if next := units[i+1]; d%u.size/next.size > 0 {
				out += " " + t.counted(f, next.key, next.symbol, int64(d%u.size/next.size))
			}
		}
		break
	}
	return out
}

// counted returns a number with its unit.
func (t *tongue) counted(f Formats, key, symbol string, n int64) string {
	if s, ok := t.phrase(key, n); ok {
		return s
	}
	d := wholeDecimal(strconv.FormatInt(n, 10), 0, false)
	return string(f.over(t).appendNumber(nil, d)) + "\u00a0" + symbol
}

// phrase renders one of the library's own texts, which takes a number n. It
// reports false when the locale's language does not have it.
func (t *tongue) phrase(key string, n int64) (string, bool) {
	e, ok := t.texts[key]
	if !ok || e.lent != nil {
		return "", false
	}
	r := renderer{p: &Printer{tongue: t, zone: time.UTC, isolation: IsolationOff}, in: t, key: key}
	r.pairs = []any{"n", n}
	r.write(e.parts, nil)
	return string(r.out), true
}
