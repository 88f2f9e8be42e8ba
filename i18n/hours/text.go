package hours

import (
	"cmp"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
)

// Text returns the hours of an ordinary week in the printer's language and zone,
// as they are around a time: "Mon–Fri 9:00–17:00 CET". A printer in the zone of
// the calendar shows them as they were written down; one in the reader's own
// shows when that is where they are.
func (c *Calendar) Text(p *i18n.Printer, at time.Time) string {
	switch c.ordinary {
	case 0:
		return p.T("hours.closed")
	case weekMins * 60:
		return p.T("hours.always")
	}
	names, times := p.Weekdays(i18n.StyleShort), c.weekTimes(p, at)
	first := int(p.FirstWeekday())
	text := ""
	for i := 0; i < 7; {
		end := i
		for end < 6 && times[(first+end+1)%7] == times[(first+i)%7] {
			end++
		}
		if hours := times[(first+i)%7]; hours != "" {
			days := names[i]
			if end > i {
				days = p.T("hours.range", "from", days, "to", names[end])
			}
			text = join(p, text, p.T("hours.line", "days", days, "times", hours))
		}
		i = end + 1
	}
	return p.T("hours.zoned", "hours", text, "zone", i18n.ZoneName(at.In(p.Zone())))
}

func join(p *i18n.Printer, text, next string) string {
	if text == "" {
		return next
	}
	return p.T("hours.join", "first", text, "next", next)
}

// weekTimes returns the texts of the hours that begin on each day, in the
// printer's zone.
func (c *Calendar) weekTimes(p *i18n.Printer, at time.Time) [7]string {
	_, here := at.In(c.zone).Zone()
	_, there := at.In(p.Zone()).Zone()
	var all []span
	for day, spans := range c.week {
		for _, s := range spans {
			from := ((day*dayMins+s.from+(there-here)/60)%weekMins + weekMins) % weekMins
			all = append(all, span{from, from + s.to - s.from})
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var texts [7]string
	for _, s := range all {
		day := s.from / dayMins
		texts[day] = join(p, texts[day], spanText(p.InZone(time.UTC), date(0).Add(minute(s.from)), date(0).Add(minute(s.to))))
	}
	return texts
}

func minute(n int) time.Duration { return time.Duration(n) * time.Minute }

// spanText returns the text of a time of opening and one of closing.
func spanText(p *i18n.Printer, from, to time.Time) string {
	from, to = from.In(p.Zone()), to.In(p.Zone())
	if from.Hour() == 0 && from.Minute() == 0 && from.AddDate(0, 0, 1).Equal(to) {
		return p.T("hours.all_day")
	}
	return p.T("hours.range", "from", p.Time(from, i18n.StyleShort), "to", p.Time(to, i18n.StyleShort))
}

// Ahead returns the days that differ from one time to another, each as a text in
// the printer's language and zone: "Dec 24, 2026 (Christmas Eve): 9:00–12:00". It
// returns no more than limit.
func (c *Calendar) Ahead(p *i18n.Printer, from, to time.Time, limit int) []string {
	var out []string
	last := min(dayOf(to.In(c.zone)), lastDay)
	for day := c.nextSpecial(max(firstDay, dayOf(from.In(c.zone)))); day <= last && len(out) < limit; day = c.nextSpecial(day + 1) {
		out = append(out, c.dayText(p, day))
	}
	return out
}

func (c *Calendar) dayText(p *i18n.Printer, day int) string {
	e, _ := c.special(day)
	on, hours := p.InZone(time.UTC).Date(date(day), i18n.StyleMedium), ""
	w := &walk{c: c, clock: clock{zone: c.zone}, day: day, next: day, open: day, until: never}
	periods, _ := w.step()
	for i, open := range periods {
		from := time.Unix(open.from, 0)
		if i == 0 {
			on = p.Date(from, i18n.StyleMedium) // where the reader is it may be another day
		}
		hours = join(p, hours, spanText(p, from, time.Unix(open.to, 0)))
	}
	if hours == "" {
		hours = p.T("hours.closed")
	}
	if name := e.names.In(string(p.Locale())); name != "" {
		return p.T("hours.named", "date", on, "name", name, "hours", hours)
	}
	return p.T("hours.differs", "date", on, "hours", hours)
}
