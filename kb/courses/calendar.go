package courses

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/profile"
)

// Calendar returns a session as a calendar file (RFC 5545). Its link is in it for
// those who have a seat. address is of the page of its course, in full.
func (s *School) Calendar(ctx context.Context, by profile.Actor, id, locale, address string) ([]byte, error) {
	by.Locale = locale
	d, p, err := s.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	title := p.Title
	if said := d.Title.In(p.Locale, p.Title.Locale); said.Text != "" {
		title.Text = p.Title.Text + ": " + said.Text
	}
	status := "CONFIRMED"
	if d.Cancelled {
		status = "CANCELLED"
	}
	where := d.Place
	if d.Link != "" {
		where = strings.Trim(where+" "+d.Link, " ")
	}
	var c calendar
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Stoa//Courses//EN")
	c.line("CALSCALE", "GREGORIAN")
	c.line("BEGIN", "VEVENT")
	c.line("UID", quoted(d.ID+"@"+s.opts.Base))
	c.line("SEQUENCE", strconv.Itoa(d.Version))
	c.line("DTSTAMP", stamp(s.clock()))
	c.line("DTSTART", stamp(d.Starts))
	c.line("DTEND", stamp(d.Ends))
	c.line("SUMMARY", quoted(title.Text))
	c.line("DESCRIPTION", quoted(p.Summary.Text))
	if where != "" {
		c.line("LOCATION", quoted(where))
	}
	if address != "" {
		c.line("URL", address)
	}
	c.line("STATUS", status)
	c.line("END", "VEVENT")
	c.line("END", "VCALENDAR")
	return []byte(c.b.String()), nil
}

// A calendar is lines as the format wants them.
type calendar struct{ b strings.Builder }

// line writes a line, folded after 75 bytes and never inside a character.
func (c *calendar) line(name, value string) {
	text, room := name+":"+clean(value), 75
	for len(text) > room {
		end := room
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		c.b.WriteString(text[:end] + "\r\n ")
		text, room = text[end:], 74
	}
	c.b.WriteString(text + "\r\n")
}

// clean keeps a value on its line, whatever is in it.
func clean(value string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, value)
}

// quoted is a text as a value.
func quoted(text string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n").Replace(text)
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
