package layout

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Promotion is an offer or a call to action that a slot shows to those whom it
// is meant for: for a time, so often, and to all but a share of them that shows
// what it brings about.
type Promotion struct {
	ID       string            `json:"id" doc:"Its name, which never changes." validate:"required,max=64"`
	Slot     string            `json:"slot" doc:"The page and the slot it stands in: home/aside." validate:"required,max=130"`
	Title    map[string]string `json:"title" doc:"By language."`
	Text     map[string]string `json:"text,omitempty" doc:"By language."`
	Action   map[string]string `json:"action,omitempty" doc:"What its link says, by language."`
	Address  string            `json:"address,omitempty" doc:"Where its link leads: a path on this site or an http(s) address." validate:"max=2000"`
	Audience profile.Audience  `json:"audience" doc:"Who may see it."`
	For      Match             `json:"for,omitzero" doc:"Whom it is meant for."`

	From string `json:"from,omitempty" doc:"The minute it begins, on the clocks of the zone: 2026-12-01T09:00. Empty means at once."`
	To   string `json:"to,omitempty" doc:"The minute it ends. Empty means never."`
	Zone string `json:"zone,omitempty" doc:"IANA time zone of from and to. Empty means UTC."`

	PerPerson int  `json:"per_person,omitempty" doc:"In how many visits somebody sees it at most; 0 means in all." validate:"min=0,max=1000"`
	PerDay    int  `json:"per_day,omitempty" doc:"In how many visits of a day in UTC; 0 means in all." validate:"min=0,max=1000"`
	Priority  int  `json:"priority,omitempty" doc:"Of several, those with a higher number come first."`
	Holdout   int  `json:"holdout,omitempty" doc:"The share of people, per cent, who never see it." validate:"min=0,max=100"`
	Off       bool `json:"off,omitempty" doc:"Whether it is kept and not shown."`

	SavedBy string    `json:"saved_by,omitempty" doc:"Who saved it; set by the Arranger."`
	SavedAt time.Time `json:"saved_at,omitzero" doc:"When; set by the Arranger."`
	Version int       `json:"version,omitempty" doc:"0 in a new one; each change adds 1."`
}

// Clone returns a copy that shares nothing with p.
func (p Promotion) Clone() Promotion {
	p.Title, p.Text, p.Action = maps.Clone(p.Title), maps.Clone(p.Text), maps.Clone(p.Action)
	p.Audience, p.For = slices.Clone(p.Audience), p.For.clone()
	return p
}

const (
	maxPromotions = 200
	localMinute   = "2006-01-02T15:04"
)

// check reports what is wrong with p for a site with the given slots.
func (p Promotion) check(slot func(name string) bool) error {
	f := errs.Fields{}
	if !validID(p.ID) {
		f.Add("id", "error.layout.id", nil)
	}
	if !slot(p.Slot) {
		f.Add("slot", "error.layout.slot", nil)
	}
	if len(p.Title) == 0 {
		f.Add("title", "error.field.required", nil)
	}
	checkTexts("title", p.Title, valid.TextTitle, f)
	checkTexts("text", p.Text, valid.TextSummary, f)
	checkTexts("action", p.Action, valid.TextTitle, f)
	if p.Address != "" {
		checkAddress("address", p.Address, f)
	}
	if (p.Address == "") != (len(p.Action) == 0) {
		f.Add("action", "error.layout.action_address", nil)
	}
	checkAudience("", p.Audience, nil, f)
	p.For.check("for", f)
	p.checkSchedule(f)
	for name, n := range map[string]int{"per_person": p.PerPerson, "per_day": p.PerDay} {
		if n < 0 || n > 1000 {
			f.Add(name, "error.field.out_of_range", map[string]any{"min": 0, "max": 1000})
		}
	}
	if p.Holdout < 0 || p.Holdout > 100 {
		f.Add("holdout", "error.field.out_of_range", map[string]any{"min": 0, "max": 100})
	}
	// A place without a dot in front.
	if m, ok := f[".audience"]; ok {
		delete(f, ".audience")
		f["audience"] = m
	}
	return f.Err()
}

func (p Promotion) checkSchedule(f errs.Fields) {
	zone, err := i18n.ParseZone(p.Zone)
	if err != nil {
		f.Add("zone", "error.layout.zone", nil)
		return
	}
	for name, text := range map[string]string{"from": p.From, "to": p.To} {
		if _, ok := minute(text, zone); !ok {
			f.Add(name, "error.layout.minute", nil)
		}
	}
	from, to, ok := p.schedule()
	if ok && !from.IsZero() && !to.IsZero() && !from.Before(to) {
		f.Add("to", "error.layout.order", nil)
	}
}

func minute(text string, zone *time.Location) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	t, err := time.ParseInLocation(localMinute, text, zone)
	return t.UTC(), err == nil
}

// schedule returns when p begins and ends, zero for no limit.
func (p Promotion) schedule() (from, to time.Time, ok bool) {
	zone, err := i18n.ParseZone(p.Zone)
	if err != nil {
		return from, to, false
	}
	from, begins := minute(p.From, zone)
	to, ends := minute(p.To, zone)
	return from, to, begins && ends
}

// splitSlot returns page and slot of "home/aside".
func splitSlot(name string) (page, slot string) {
	page, slot, _ = strings.Cut(name, "/")
	return page, slot
}
