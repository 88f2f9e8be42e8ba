package analytics

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an event in bytes and entries. What is longer is cut: an event that
// says a little less is better than none.
const (
	maxName     = 64
	maxID       = 64
	maxField    = 128
	maxSubject  = 256
	maxText     = 512
	maxPath     = 512
	maxArms     = 16
	maxProps    = 16
	maxProp     = 64
	maxPropText = 256
)

// tidy returns e as it may be kept, sharing nothing with its maker, and whether
// it may be kept at all. now is when it was received.
func tidy(e Event, now time.Time, redact func(string) string) (Event, bool) {
	if !validName(e.Name) {
		return Event{}, false
	}
	if !validID(e.ID) {
		e.ID = ""
	}
	for _, s := range []*string{&e.Visitor, &e.Session, &e.User, &e.Account, &e.Search, &e.Locale, &e.Device, &e.Channel} {
		*s = clean(*s, maxField)
	}
	e.Subject = clean(e.Subject, maxSubject)
	if e.Text != "" {
		// Redacted before it is cut, or half an address would stay.
		e.Text = clean(redact(clean(e.Text, 4*maxText)), maxText)
	}
	e.Path = clean(withoutQuery(e.Path), maxPath)
	e.Referrer = clean(withoutQuery(e.Referrer), maxPath)
	e.Rank, e.Hits = max(e.Rank, 0), max(e.Hits, 0)
	e.Received = now
	if e.At.IsZero() || e.At.After(now) {
		e.At = now // no clock but ours is ahead of ours
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Arms, e.Props = tidyArms(e.Arms), tidyProps(e.Props)
	return e, true
}

// validName reports whether a name is like "noun.verb_past".
func validName(name string) bool {
	if name == "" || len(name) > maxName || strings.IndexByte(name, '.') <= 0 || name[len(name)-1] == '.' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func validID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// clean returns s as UTF-8 without NUL, cut to max bytes between two runes.
func clean(s string, max int) string {
	if s == "" {
		return s
	}
	if len(s) > max+utf8.UTFMax {
		s = s[:max+utf8.UTFMax] // whatever is done next is bounded
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// withoutQuery drops what may hold names, tokens and searches.
func withoutQuery(address string) string {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		return address[:i]
	}
	return address
}

func tidyArms(arms []string) []string {
	if len(arms) == 0 {
		return nil
	}
	out := make([]string, min(len(arms), maxArms))
	for i := range out {
		out[i] = clean(arms[i], maxField)
	}
	return out
}

func tidyProps(props map[string]string) map[string]string {
	if len(props) == 0 {
		return nil
	}
	out := make(map[string]string, min(len(props), maxProps))
	if len(props) <= maxProps {
		for k, v := range props {
			out[clean(k, maxProp)] = clean(v, maxPropText)
		}
		return out
	}
	for _, k := range slices.Sorted(maps.Keys(props))[:maxProps] {
		out[clean(k, maxProp)] = clean(props[k], maxPropText)
	}
	return out
}
