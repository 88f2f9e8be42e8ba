package assets

import (
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// An Entitlement is a support package that somebody has.
type Entitlement struct {
	ID        string    `json:"id"` // as in [Purchase]
	Holder              // whose it is
	Asset     string    `json:"asset,omitempty"` // the one product that it is for; "" means all of the holder's
	Products  []string  `json:"products"`        // IDs of the products that it is for; nil means all
	Title     string    `json:"title"`           // what people call it: "Priority support"
	Level     string    `json:"level"`           // for rules and service levels: "priority"
	Rank      int       `json:"rank"`            // of several that cover something the highest counts
	Channels  []string  `json:"channels"`        // by which one may ask: "web", "phone"; nil means all
	Quotas    []Quota   `json:"quotas"`          // what there is of it; nil means as much as is needed
	From      time.Time `json:"from"`            // when it becomes valid
	To        time.Time `json:"to"`              // it is valid until before To; zero means without end
	UpdatedAt time.Time `json:"updated_at"`      // set by the Inventory
	Version   int       `json:"version"`         // 0 in a new one; each change adds 1, and spending none

	Origin string `json:"origin,omitempty"` // hash of what it was created from; stores keep it, nobody else needs it
}

// A Quota is an amount that can be used up.
type Quota struct {
	Unit    Unit `json:"unit"`
	Granted int  `json:"granted"`
	Used    int  `json:"used"`
}

// Left returns what is left.
func (q Quota) Left() int { return max(0, q.Granted-q.Used) }

// A Unit is what is counted.
type Unit string

// What is counted.
const (
	UnitMinute Unit = "minute" // of work
	UnitCase   Unit = "case"
)

// A Spending is some of an entitlement that was used up.
type Spending struct {
	ID          string // derived from who spends and their key
	Entitlement string
	Unit        Unit
	N           int
	Ref         string // what for, as "kind/id": "case/42"
	Person      string // who spent it
	At          time.Time

	Origin string // hash of what it was made from
}

// Clone returns a copy that shares no slices with e.
func (e Entitlement) Clone() Entitlement {
	e.Products, e.Channels, e.Quotas = slices.Clone(e.Products), slices.Clone(e.Channels), slices.Clone(e.Quotas)
	return e
}

// Key returns the ID, the holder and the time that lists go by.
func (e Entitlement) Key() (string, Holder, time.Time) { return e.ID, e.Holder, e.From }

// Texts returns every text in e.
func (e Entitlement) Texts() []string {
	out := slices.Concat([]string{e.ID, e.Person, e.Account, e.Asset, e.Title, e.Level, e.Origin}, e.Products, e.Channels)
	for _, q := range e.Quotas {
		out = append(out, string(q.Unit))
	}
	return out
}

// Valid reports whether e is valid at a time.
func (e Entitlement) Valid(at time.Time) bool {
	return !at.Before(e.From) && (e.To.IsZero() || at.Before(e.To))
}

// Spent reports whether a quota of e is used up.
func (e Entitlement) Spent() bool {
	return slices.ContainsFunc(e.Quotas, func(q Quota) bool { return q.Left() == 0 })
}

const (
	maxListed = 200
	maxQuota  = 10_000_000
)

func (e Entitlement) check() error {
	f := errs.Fields{}
	checkID(f, e.ID)
	checkHolder(f, e.Holder)
	checkText(f, "title", e.Title, valid.TextTitle)
	checkText(f, "level", e.Level, valid.TextKey)
	valid.Note(f, "asset", valid.Text(e.Asset, valid.TextID))
	checkTexts(f, "products", e.Products)
	checkTexts(f, "channels", e.Channels)
	checkTime(f, "from", e.From)
	if !e.To.IsZero() && !e.To.After(e.From) {
		f.Add("to", "error.asset.period", nil)
	}
	seen := map[Unit]bool{}
	for i, q := range e.Quotas {
		at := "quotas[" + strconv.Itoa(i) + "]"
		switch {
		case q.Unit != UnitMinute && q.Unit != UnitCase:
			f.Add(at+".unit", "error.field.choice", map[string]any{"choices": "empty"})
		case seen[q.Unit]:
			f.Add(at+".unit", "error.field.duplicate", nil)
		case q.Granted < 0 || q.Granted > maxQuota || q.Used < 0 || q.Used > maxQuota:
			f.Add(at+".granted", "error.field.out_of_range", map[string]any{"min": 0, "max": maxQuota})
		}
		seen[q.Unit] = true
	}
	return f.Err()
}
