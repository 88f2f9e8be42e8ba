package profile

import "time"

// Preferences as the wire spells them.
type preferencesWire struct {
	Theme    Theme               `json:"theme" doc:"light or dark; empty follows the device."`
	Contrast Contrast            `json:"contrast" doc:"more; empty follows the device."`
	Motion   Motion              `json:"motion" doc:"less; empty follows the device."`
	TextSize int                 `json:"text_size" doc:"Of ordinary text in per cent, 80 to 200; 0 means 100."`
	Clock    Clock               `json:"clock" doc:"h12 or h23; empty follows the language."`
	Dates    DateOrder           `json:"dates" doc:"dmy, mdy or ymd, for dates in figures; empty follows the language."`
	Numbers  NumberStyle         `json:"numbers" doc:"point (1,234.5), comma (1.234,5) or space (1 234,5); empty follows the language."`
	Notices  map[string][]string `json:"notices" doc:"Channels for each kind of notice; an empty list means none, a missing kind goes where the portal sends it."`
	Digests  map[string]Digest   `json:"digests" doc:"How often a channel may write: daily or weekly. A missing channel writes at once."`
	Quiet    quietWire           `json:"quiet"`
	Unnoted  bool                `json:"unnoted" doc:"Nothing that is looked at is put on lists of what was viewed."`
}

type quietWire struct {
	From string `json:"from" doc:"When quiet hours begin, 22:00, in the person's time zone, or empty."`
	To   string `json:"to" doc:"When they end; earlier than from means the next day."`
}

// preferencesAsWire shows empty maps and lists as such.
func preferencesAsWire(p Preferences) preferencesWire {
	p = p.Clone()
	if p.Notices == nil {
		p.Notices = map[string][]string{}
	}
	for kind, channels := range p.Notices {
		p.Notices[kind] = append([]string{}, channels...)
	}
	if p.Digests == nil {
		p.Digests = map[string]Digest{}
	}
	return preferencesWire{p.Theme, p.Contrast, p.Motion, p.TextSize, p.Clock, p.Dates, p.Numbers, p.Notices, p.Digests, quietWire(p.Quiet), p.Unnoted}
}

func (w preferencesWire) preferences() Preferences {
	return Preferences{
		Theme: w.Theme, Contrast: w.Contrast, Motion: w.Motion, TextSize: w.TextSize, Clock: w.Clock, Dates: w.Dates, Numbers: w.Numbers,
		Notices: w.Notices, Digests: w.Digests, Quiet: Quiet(w.Quiet), Unnoted: w.Unnoted,
	}
}

type newConsentWire struct {
	Purpose string `json:"purpose" validate:"required" doc:"What it is about."`
	Wording string `json:"wording" validate:"required" doc:"Which text was shown, with its version."`
	Given   bool   `json:"given" doc:"False refuses, or withdraws what was given."`
}

type consentWire struct {
	ID      string    `json:"id"`
	Purpose string    `json:"purpose"`
	Wording string    `json:"wording"`
	Given   bool      `json:"given"`
	Via     string    `json:"via" doc:"How it was said."`
	At      time.Time `json:"at"`
}

func consentAsWire(c Consent) consentWire {
	return consentWire{c.ID, c.Purpose, c.Wording, c.Given, c.Via, c.At}
}

type consentsWire struct {
	Current []consentWire `json:"current" doc:"What counts now, by purpose; on the first page only."`
	History []consentWire `json:"history" doc:"All that was said, the newest first."`
	Next    string        `json:"next" doc:"Token of the next page, empty on the last."`
}

func consentsAsWire(list []Consent) []consentWire {
	out := make([]consentWire, len(list))
	for i, c := range list {
		out[i] = consentAsWire(c)
	}
	return out
}

type newItemWire struct {
	Ref   string            `json:"ref" validate:"required" doc:"What it is, as kind/id."`
	Title string            `json:"title"`
	Level string            `json:"level" doc:"How closely it is followed; empty means the list's first level."`
	Data  map[string]string `json:"data" doc:"Anything else, small."`
}

type itemWire struct {
	Ref   string            `json:"ref"`
	Title string            `json:"title"`
	Level string            `json:"level"`
	Data  map[string]string `json:"data"`
	At    *time.Time        `json:"at" doc:"Null for what is not noted because the person wishes so."`
}

func itemAsWire(i ShelfItem) itemWire {
	w := itemWire{Ref: i.Ref, Title: i.Title, Level: i.Level, Data: i.Data}
	if w.Data == nil {
		w.Data = map[string]string{}
	}
	if !i.At.IsZero() {
		w.At = &i.At
	}
	return w
}

type itemsWire struct {
	Items []itemWire `json:"items"`
	Next  string     `json:"next" doc:"Token of the next page, empty on the last. A page may be short before that."`
}
