package kb

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Errors that a Library and every Store return, alone or wrapped.
var (
	ErrNotFound  = errs.NotFound  // no such thing, or none that the actor may know of
	ErrConflict  = errs.Conflict  // it changed since it was read, or a name is taken
	ErrForbidden = errs.Forbidden // the actor may not do this
	ErrInvalid   = errs.Invalid   // an argument cannot be accepted as it is
	ErrTooMany   = errs.TooMany   // more opinions than an article takes at a time
)

// A Kind says what an article does for its reader.
type Kind string

// The kinds of [DefaultTypes].
const (
	KindHowTo           Kind = "how-to"          // steps to a goal
	KindTroubleshooting Kind = "troubleshooting" // from a symptom to its fix
	KindFAQ             Kind = "faq"             // a short answer to one question
	KindReference       Kind = "reference"       // facts to look up
	KindManual          Kind = "manual"          // all about one thing
	KindGuide           Kind = "guide"           // the way into a subject
	KindVideo           Kind = "video"           //
	KindWebinar         Kind = "webinar"         // a lesson at a time, and its recording
	KindLiveStream      Kind = "live-stream"     // something to watch at a time
	KindPost            Kind = "post"            // news
	KindReleaseNote     Kind = "release-note"    // what changed
	KindSeries          Kind = "series"          // articles to read one after the other
)

// Kinds returns the kinds of [DefaultTypes] in the order in which they are offered.
func Kinds() []Kind {
	return []Kind{
		KindHowTo, KindTroubleshooting, KindFAQ, KindReference, KindManual, KindGuide, KindVideo, KindWebinar, KindLiveStream,
		KindPost, KindReleaseNote, KindSeries,
	}
}

// A Status is where a translation stands.
type Status string

// The statuses of a translation.
const (
	StatusDraft     Status = "draft"     // not yet shown to readers
	StatusPublished Status = "published" // its live revision is shown
	StatusArchived  Status = "archived"  // no longer shown, kept
)

// Statuses returns the statuses in the order in which texts go through them.
func Statuses() []Status { return []Status{StatusDraft, StatusPublished, StatusArchived} }

// An Article is one answer, in however many languages it exists.
type Article struct {
	ID           string            // stable over languages, moves and new titles
	Category     string            // ID of the category it stands in
	Kind         Kind              //
	Audience     profile.Audience  // who may see it, within the audiences of its categories
	Products     []string          // keys of the products it is about
	Tags         []string          // words it should be found by
	Related      []string          // IDs of articles to read next
	Fields       map[string]string // what there is to say of it beside its text, by the keys of its type's fields
	Media        []string          // names of the media that its fields name, sorted
	Order        int               // position in its category, low first
	Source       string            // language it is written in first
	Owner        string            // person who answers for it
	External     string            // name in the system it was imported from, or empty
	Input        string            // hash of what it was created from, for retries
	CreatedAt    time.Time
	UpdatedAt    time.Time     // of anything in it
	ShownAt      time.Time     // last change that readers see, zero if they never saw it
	DeletedAt    time.Time     // when it was put into the bin, zero if it is not there
	DeletedBy    string        // person who put it there
	Version      int           // incremented by every change
	Translations []Translation // by language, in order
}

// A Translation is an article in one language; the article in its source
// language is one as well.
type Translation struct {
	Locale      string
	Slug        string    // its name in URLs, which no other article has in any language
	Status      Status    //
	Live        int       // revision that readers are shown, 0 if none
	Head        int       // newest revision; above Live, there is an unpublished draft
	Based       int       // live revision of the source that Live was translated from; 0 means one before all that are kept
	Title       string    // of the live revision, or of the newest if none is live
	Summary     string    // likewise
	PublishedAt time.Time // first time
	UpdatedAt   time.Time // of what readers are shown
	NewsAt      time.Time // last change that its followers are told of, zero if there is none
}

// A Revision is the text of a translation as somebody saved it. It never changes.
type Revision struct {
	Article string
	Locale  string
	Number  int // from 1
	Title   string
	Summary string
	Body    string   // Markdown
	Media   []string // names of the media that Body shows, sorted
	Blocks  []string // names of the blocks that Body includes itself, sorted
	Links   []Link   // what Body leads to, sorted; nil means that nobody has looked yet
	Based   int      // live revision of the source it was translated from, see [Translation]
	Author  string   // person's id
	Note    string   // why, for colleagues
	At      time.Time

	SEOTitle    string // what search engines are told in the place of Title; empty means that
	Description string // and in the place of Summary
}

// In returns the translation into locale.
func (a Article) In(locale string) (Translation, bool) {
	for _, t := range a.Translations {
		if t.Locale == locale {
			return t, true
		}
	}
	return Translation{}, false
}

// Binned reports whether a is in the bin: for readers, and for the lists of the
// desk, it is not there.
func (a Article) Binned() bool { return !a.DeletedAt.IsZero() }

// Live returns the languages that readers are shown, in order.
func (a Article) Live() []string {
	if a.Binned() {
		return nil
	}
	var out []string
	for _, t := range a.Translations {
		if t.Visible() {
			out = append(out, t.Locale)
		}
	}
	return out
}

// Visible reports whether readers are shown t.
func (t Translation) Visible() bool { return t.Status == StatusPublished && t.Live > 0 }

// Stale reports whether the source has gone on since t was translated.
func (a Article) Stale(t Translation) bool {
	src, ok := a.In(a.Source)
	return ok && t.Locale != a.Source && t.Based < src.Live
}

// put replaces or adds a translation, keeping the order.
func (a *Article) put(t Translation) {
	i, found := slices.BinarySearchFunc(a.Translations, t.Locale, func(t Translation, l string) int { return cmp.Compare(t.Locale, l) })
	if found {
		a.Translations[i] = t
		return
	}
	a.Translations = slices.Insert(a.Translations, i, t)
}

// clone returns a copy that shares nothing with a.
func (a Article) clone() Article {
	a.Audience = slices.Clone(a.Audience)
	a.Products, a.Tags, a.Related = slices.Clone(a.Products), slices.Clone(a.Tags), slices.Clone(a.Related)
	a.Fields, a.Media, a.Translations = maps.Clone(a.Fields), slices.Clone(a.Media), slices.Clone(a.Translations)
	return a
}
