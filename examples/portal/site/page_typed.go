package site

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
)

// readTypes reads what content consists of, if the configuration says so.
func (s *Site) readTypes(context.Context) error {
	if s.cfg.Types == "" {
		return nil
	}
	file, err := os.ReadFile(s.cfg.Types)
	if err != nil {
		return fmt.Errorf("-types: %w", err)
	}
	if s.types, err = kb.ReadTypes(bytes.NewReader(file)); err != nil {
		return fmt.Errorf("-types %s: %w", s.cfg.Types, err)
	}
	return nil
}

// readPatterns reads what a team takes out of texts besides what is known to say
// who somebody is, if the configuration says so.
func (s *Site) readPatterns(context.Context) error {
	if s.cfg.Redact == "" {
		return nil
	}
	file, err := os.ReadFile(s.cfg.Redact)
	if err != nil {
		return fmt.Errorf("-redact: %w", err)
	}
	if s.redactor, err = kb.ReadRedactor(bytes.NewReader(file)); err != nil {
		return fmt.Errorf("-redact %s: %w", s.cfg.Redact, err)
	}
	return nil
}

// A detail is a field of an article as its page shows it.
type detail struct {
	Name string
	Text string
	Href string    // where it leads, or empty
	At   time.Time // if it is a time
	Zone string    // that At is told in

	Frame string // address of a frame that shows it, or empty

	Film, Said template.HTML // if it is a film of ours: it, and what is said in it
}

// kindName returns what content of a kind is called.
func (s *Site) kindName(locale i18n.Locale, kind string) string {
	switch kind {
	case courseKind:
		return s.catalog.In(locale).T("courses.kind")
	case cases.DocumentKind:
		return s.catalog.In(locale).T("cases.kind")
	case pageKind:
		return s.catalog.In(locale).T("sources.kind")
	}
	return s.library.Type(kb.Kind(kind)).Names.In(string(locale))
}

// factsOf returns what there is to say of an article beside its text. What can
// be watched stands apart.
func (s *Site) factsOf(v *visit, kind kb.Kind, fields map[string]string) (facts, watch []detail) {
	for _, f := range s.library.Type(kind).Fields {
		value := fields[f.Key]
		if value == "" || f.Kind == kb.FieldMedia || strings.HasPrefix(value, ownFilm) {
			continue
		}
		said := said(v, f, value)
		said.Name = f.Names.In(string(v.Locale))
		if f.Kind == kb.FieldEmbed {
			if frame, ok := s.library.Frame(value); ok {
				said.Frame, said.Text = frame.Address, frame.Provider
			}
			watch = append(watch, said)
			continue
		}
		facts = append(facts, said)
	}
	return facts, watch
}

// ownFilm is what a field begins with that names a film of ours.
const ownFilm = "media:"

// filmsOf returns the films that the fields of an article name, each with what is
// said in it unless the text has that.
func (s *Site) filmsOf(v *visit, a kb.Page) []detail {
	var out []detail
	for _, f := range a.Films {
		if f.Field == "" {
			continue
		}
		field, _ := s.library.Type(a.Kind).Field(f.Field)
		one := detail{Name: field.Names.In(string(v.Locale)), Film: f.HTML(cmp.Or(f.About, a.Title))}
		if transcriptOf(a) == nil {
			one.Said = f.Transcript(s.word(string(v.Locale), kb.SectionTranscript))
		}
		out = append(out, one)
	}
	return out
}

// transcriptOf returns the part of a text that says what is said in its film, or
// nil.
func transcriptOf(a kb.Page) *kb.Part {
	for _, p := range a.Parts {
		if p.Key == kb.SectionTranscript {
			return &p
		}
	}
	return nil
}

// wordsOf returns the words of a piece of a page.
func wordsOf(text template.HTML) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(string(text))); z.Next() != html.ErrorToken; {
		if t := z.Token(); t.Type == html.TextToken {
			b.WriteString(t.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// said returns a value in the words of a visitor's language, times in their zone.
func said(v *visit, f kb.Field, value string) detail {
	switch f.Kind {
	case kb.FieldURL, kb.FieldEmbed:
		u, err := url.Parse(value)
		if err != nil {
			return detail{Text: value}
		}
		return detail{Text: u.Hostname(), Href: value}
	case kb.FieldDate:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return detail{Text: v.P.InZone(time.UTC).Date(day, i18n.StyleLong)}
		}
	case kb.FieldTime:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return detail{Text: v.P.DateTime(at, i18n.StyleFull), At: at, Zone: v.P.Zone().String()}
		}
	case kb.FieldDuration:
		if d, err := time.ParseDuration(value); err == nil {
			return detail{Text: v.P.Duration(d)}
		}
	case kb.FieldChoice:
		for _, c := range f.Choices {
			if c.Key == value {
				return detail{Text: c.Names.In(string(v.Locale))}
			}
		}
	}
	return detail{Text: value}
}

// questionsOf returns the parts of an FAQ of several questions, for readers to
// open one by one; of any other article, nothing.
func questionsOf(a kb.Page) []kb.Part {
	if a.Kind != kb.KindFAQ {
		return nil
	}
	for _, p := range a.Parts {
		if p.ID != "" {
			return a.Parts
		}
	}
	return nil
}

// Fields by which an article is known to take place at a time.
const (
	startsField = "starts"
	endsField   = "ends"
)

// event returns when an article takes place. What has no end lasts an hour.
func (s *Site) event(a kb.Page) (starts, ends time.Time, ok bool) {
	f, has := s.library.Type(a.Kind).Field(startsField)
	starts, err := time.Parse(time.RFC3339, a.Fields[startsField])
	if !has || f.Kind != kb.FieldTime || err != nil {
		return time.Time{}, time.Time{}, false
	}
	if ends, err = time.Parse(time.RFC3339, a.Fields[endsField]); err != nil || !ends.After(starts) {
		ends = starts.Add(time.Hour)
	}
	return starts, ends, true
}

// calendar serves when an article takes place, for calendars.
func (s *Site) calendar(w http.ResponseWriter, r *http.Request) error {
	found, moved, err := s.findArticle(w, r)
	if err != nil || moved {
		return err
	}
	v := visitOf(r.Context())
	a, err := s.library.Article(r.Context(), v.By, found.ID, string(v.Wanted))
	if err != nil {
		return err
	}
	starts, ends, ok := s.event(a)
	if !ok {
		return kb.ErrNotFound
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="event.ics"`)
	h.Set("Cache-Control", "private, no-cache")
	_, err = w.Write([]byte(calendarFile(s.cfg.Brand, s.canonical(v, a), a, starts, ends)))
	return err
}

// calendarFile returns one event in the words of RFC 5545.
func calendarFile(brand, address string, a kb.Page, starts, ends time.Time) string {
	const stamp = "20060102T150405Z"
	var b strings.Builder
	for _, line := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//" + calendarText(brand) + "//Help centre//EN", "BEGIN:VEVENT",
		"UID:" + a.Article + "@" + hostOf(address), "DTSTAMP:" + a.UpdatedAt.UTC().Format(stamp),
		"DTSTART:" + starts.UTC().Format(stamp), "DTEND:" + ends.UTC().Format(stamp),
		"SUMMARY:" + calendarText(a.Title), "DESCRIPTION:" + calendarText(a.Summary), "URL:" + address,
		"END:VEVENT", "END:VCALENDAR",
	} {
		b.WriteString(folded(line) + "\r\n")
	}
	return b.String()
}

func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "").Replace(s)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// folded breaks a line after at most 75 bytes, never within a letter.
func folded(line string) string {
	var b strings.Builder
	width := 0
	for _, r := range line {
		n := len(string(r))
		if width+n > 74 {
			b.WriteString("\r\n ")
			width = 1
		}
		b.WriteRune(r)
		width += n
	}
	return b.String()
}

// unlessOwn returns an address, unless it is a film of ours.
func unlessOwn(value string) string {
	if strings.HasPrefix(value, ownFilm) {
		return ""
	}
	return value
}
