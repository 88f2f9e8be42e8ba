package profile

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
)

// Preferences are how somebody wants the portal to look and to write to them.
// The zero value is the portal's own way. Language and time zone are with the
// [Person].
type Preferences struct {
	Theme    Theme               // light or dark; "" follows the device
	Contrast Contrast            // "" follows the device
	Motion   Motion              // "" follows the device
	TextSize int                 // of ordinary text in per cent, 80 to 200; 0 means 100
	Clock    Clock               // "" follows the language
	Dates    DateOrder           // of dates in figures; "" follows the language
	Numbers  NumberStyle         // "" follows the language
	Notices  map[string][]string // channels for each kind of notice; none means nowhere; a kind that is missing goes where the portal sends it
	Digests  map[string]Digest   // how often a channel may write; one that is missing writes at once
	Quiet    Quiet               // when no channel may make a noise
	Unnoted  bool                // nothing that is looked at is put into lists of what was viewed
	Version  int                 // 0 where nothing was saved; each change adds 1
	SavedAt  time.Time           // set by the Directory
}

// A Theme is the brightness of pages.
type Theme string

// The themes.
const (
	ThemeLight Theme = "light"
	ThemeDark  Theme = "dark"
)

// A Contrast is how far letters stand out.
type Contrast string

// ContrastMore makes edges and letters stand out more.
const ContrastMore Contrast = "more"

// A Motion is how much moves on pages.
type Motion string

// MotionLess stops everything that moves by itself.
const MotionLess Motion = "less"

// A Clock is how the time of day is written.
type Clock string

// The clocks.
const (
	Clock12 Clock = "h12" // 2:30 PM
	Clock24 Clock = "h23" // 14:30
)

// A DateOrder is the order in which dates in figures are written.
type DateOrder string

// The orders.
const (
	DatesDayFirst   DateOrder = "dmy" // 31/12/2026
	DatesMonthFirst DateOrder = "mdy" // 12/31/2026
	DatesYearFirst  DateOrder = "ymd" // 2026-12-31
)

// A NumberStyle says what stands in numbers between thousands and before
// decimals.
type NumberStyle string

// The styles.
const (
	NumbersPoint NumberStyle = "point" // 1,234.5
	NumbersComma NumberStyle = "comma" // 1.234,5
	NumbersSpace NumberStyle = "space" // 1 234,5
)

// A Digest says how often a channel may write.
type Digest string

// The digests. They are sent at eight in the morning where the reader is,
// weekly ones on the first day of the week.
const (
	DigestDaily  Digest = "daily"
	DigestWeekly Digest = "weekly"
)

// Quiet are the hours in which nothing rings, in the time zone of the person.
// Notices wait until they are over. The zero value is no quiet hours.
type Quiet struct {
	From string // "22:00"
	To   string // "07:30"; earlier than From means the next day
}

// Clone returns a copy that shares no maps or slices with p.
func (p Preferences) Clone() Preferences {
	p.Notices = maps.Clone(p.Notices)
	for kind, channels := range p.Notices {
		p.Notices[kind] = slices.Clone(channels)
	}
	p.Digests = maps.Clone(p.Digests)
	return p
}

// A PreferenceStore keeps what people prefer.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, a kind of notice
//     with no channels apart from one that is missing, and may treat empty maps
//     as nil;
//   - must not share maps or slices with their callers;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestPreferenceStore.
type PreferenceStore interface {
	// Preferences returns what a person prefers, or ErrNotFound if nothing was
	// saved.
	Preferences(ctx context.Context, person string) (Preferences, error)

	// SavePreferences keeps p, as [PersonStore].SavePerson does with the person
	// as ID.
	SavePreferences(ctx context.Context, person string, p Preferences) error

	// RemovePreferences forgets what a person prefers, or returns ErrNotFound.
	RemovePreferences(ctx context.Context, person string) error
}

// Data returns what style sheets select by, for data attributes of a page's
// root element: {"theme": "dark", "text-size": "125"}. It has only what differs
// from the portal's own way, and only values that this package knows.
func (p Preferences) Data() map[string]string {
	data := map[string]string{}
	if p.Theme == ThemeLight || p.Theme == ThemeDark {
		data["theme"] = string(p.Theme)
	}
	if p.Contrast == ContrastMore {
		data["contrast"] = string(p.Contrast)
	}
	if p.Motion == MotionLess {
		data["motion"] = string(p.Motion)
	}
	if n := p.textSize(); n != 100 {
		data["text-size"] = strconv.Itoa(n)
	}
	return data
}

// CSS returns declarations for the root element, "color-scheme: dark;
// font-size: 125%;", or nothing. Under a content policy without inline styles
// it is served as a style sheet.
func (p Preferences) CSS() string {
	var all []string
	if p.Theme == ThemeLight || p.Theme == ThemeDark {
		all = append(all, "color-scheme: "+string(p.Theme)+";")
	}
	if n := p.textSize(); n != 100 {
		all = append(all, "font-size: "+strconv.Itoa(n)+"%;")
	}
	return strings.Join(all, " ")
}

// Formats returns how dates, times and numbers are to be written.
func (p Preferences) Formats() i18n.Formats {
	return i18n.Formats{Clock: string(p.Clock), Dates: string(p.Dates), Numbers: string(p.Numbers)}
}

// textSize returns the size of text in per cent, within what is allowed.
func (p Preferences) textSize() int {
	if p.TextSize == 0 {
		return 100
	}
	return min(max(p.TextSize, minTextSize), maxTextSize)
}
