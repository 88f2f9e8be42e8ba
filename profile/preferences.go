package profile

import (
	"maps"
	"slices"
	"time"
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
	Notices  map[string][]string // channels for each kind of notice; a kind that is missing goes where the portal sends it
	Digests  map[string]Digest   // how often a channel may write; one that is missing writes at once
	Quiet    Quiet               // when no channel may make a noise
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
