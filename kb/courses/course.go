package courses

import (
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// Words are a text in languages, by language tag.
type Words map[string]string

// In returns the text in a language, or in the other one if there is none, with
// the language it is in.
func (w Words) In(locale, other string) Said {
	if text := w[locale]; text != "" {
		return Said{text, locale}
	}
	return Said{w[other], other}
}

// Said is a text with the language it is in.
type Said struct{ Text, Locale string }

// A Status is where a course stands.
type Status string

// The statuses.
const (
	StatusDraft     Status = "draft"     // only those at the desk know of it
	StatusPublished Status = "published" // its audience sees it
	StatusClosed    Status = "closed"    // only those who are enrolled go on with it
)

// An Entry is how people get into a course.
type Entry string

// The ways in.
const (
	EntryOpen     Entry = "open"     // whoever sees it enrols
	EntryApproval Entry = "approval" // somebody decides
	EntrySegment  Entry = "segment"  // those whom Course.Admits enrol, nobody else
)

// Entries returns all ways in.
func Entries() []Entry { return []Entry{EntryOpen, EntryApproval, EntrySegment} }

// A Course is what can be learned, without its content.
type Course struct {
	ID       string    `json:"id"`
	Source   string    `json:"source"` // language that texts fall back to
	Owner    string    `json:"owner"`  // person who looks after it
	Settings           // what those at the desk decide
	Status   Status    `json:"status"`
	Live     int       `json:"live"` // revision that those who enrol get; 0 while there is none
	Head     int       `json:"head"` // the newest revision
	Title    Words     `json:"title"`
	Summary  Words     `json:"summary"`
	Minutes  int       `json:"minutes"` // of all lessons
	Lessons  int       `json:"lessons"`
	Created  time.Time `json:"created_at"`
	Updated  time.Time `json:"updated_at"`
	Since    time.Time `json:"published_at"`     // zero while it never was
	Version  int       `json:"version"`          // 1 in a new one; each change adds 1
	Origin   string    `json:"origin,omitempty"` // hash of what it was created from
}

// Settings are what is decided about a course, apart from its content. They hold
// for everybody at once, whichever revision they learn from.
type Settings struct {
	Slug        string           `json:"slug"` // readable part of its address
	Audience    profile.Audience `json:"audience"`
	Topics      []string         `json:"topics"`
	Rank        int              `json:"rank"` // place in the catalogue; smaller comes first
	Entry       Entry            `json:"entry"`
	Admits      profile.Audience `json:"admits"`      // of EntrySegment
	Price       i18n.Money       `json:"price"`       // an amount of 0 is free
	Needs       []string         `json:"needs"`       // IDs of courses to be finished before
	InOrder     bool             `json:"in_order"`    // a lesson opens when the one before is finished
	Certificate bool             `json:"certificate"` // who finishes it gets one
	Months      int              `json:"months"`      // for which a certificate holds; 0 is without end
}

// Free reports whether the course costs nothing.
func (s Settings) Free() bool { return s.Price.Amount == 0 }

func (s Settings) clone() Settings {
	s.Audience, s.Admits = slices.Clone(s.Audience), slices.Clone(s.Admits)
	s.Topics, s.Needs = slices.Clone(s.Topics), slices.Clone(s.Needs)
	return s
}

// Clone returns a copy that shares nothing with c.
func (c Course) Clone() Course {
	c.Settings = c.Settings.clone()
	c.Title, c.Summary = maps.Clone(c.Title), maps.Clone(c.Summary)
	return c
}

// Languages returns the languages that the course has a title in, its own first.
func (c Course) Languages() []string { return c.Title.languages(c.Source) }

func (w Words) languages(source string) []string {
	out := []string{source}
	for _, tag := range slices.Sorted(maps.Keys(w)) {
		if tag != source && w[tag] != "" {
			out = append(out, tag)
		}
	}
	return out
}

// Texts returns every text in c.
func (c Course) Texts() []string {
	out := slices.Concat([]string{c.ID, c.Source, c.Owner, c.Slug, string(c.Entry), string(c.Status), c.Price.Currency, c.Origin}, c.Audience, c.Admits, c.Topics, c.Needs)
	return append(out, c.Title.texts(c.Summary)...)
}

func (w Words) texts(more ...Words) (out []string) {
	for _, words := range append([]Words{w}, more...) {
		for tag, text := range words {
			out = append(out, tag, text)
		}
	}
	return out
}
