package assets

import (
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// An Asset is one product that is installed somewhere.
type Asset struct {
	ID           string     `json:"id"` // as in [Purchase]
	Holder                  // whose it is
	Serial       string     `json:"serial"`                  // as it is printed, see [Canonical]; there is one Asset of each, whoever has it
	Product      string     `json:"product"`                 // ID of what it is one of
	Name         string     `json:"name,omitempty"`          // what its owner calls it: "Fridge in the back room"
	Site         string     `json:"site,omitempty"`          // where it is: "Harrogate"
	InstalledAt  time.Time  `json:"installed_at"`            // the day, at midnight in UTC; zero means that it is not known
	RegisteredBy string     `json:"registered_by,omitempty"` // the person who registered it; empty if the company did
	RegisteredAt time.Time  `json:"registered_at"`           // set by the Inventory
	Confirmed    bool       `json:"confirmed"`               // somebody who knows says that it is the holder's
	Warranties   []Warranty `json:"warranties"`
	UpdatedAt    time.Time  `json:"updated_at"` // set by the Inventory
	Version      int        `json:"version"`    // 0 in a new one; each change adds 1

	Origin string `json:"origin,omitempty"` // hash of what it was created from; stores keep it, nobody else needs it
}

// A Warranty is a promise about a product for a time.
type Warranty struct {
	Kind string    `json:"kind"` // "maker", "extended"
	From time.Time `json:"from"`
	To   time.Time `json:"to"` // it ends before To
}

// A WarrantyState is how a warranty stands at a time.
type WarrantyState string

// How warranties stand.
const (
	WarrantyNone   WarrantyState = "none"   // there is none
	WarrantyAhead  WarrantyState = "ahead"  // it has not begun
	WarrantyActive WarrantyState = "active" // it holds
	WarrantyEnding WarrantyState = "ending" // it holds, and ends within 60 days
	WarrantyEnded  WarrantyState = "ended"
)

// WarrantyStates returns all of them.
func WarrantyStates() []WarrantyState {
	return []WarrantyState{WarrantyNone, WarrantyAhead, WarrantyActive, WarrantyEnding, WarrantyEnded}
}

// ending is how long before its end a warranty is ending.
const ending = 60 * 24 * time.Hour

// State returns how w stands at a time.
func (w Warranty) State(at time.Time) WarrantyState {
	switch {
	case at.Before(w.From):
		return WarrantyAhead
	case !at.Before(w.To):
		return WarrantyEnded
	case w.To.Sub(at) <= ending:
		return WarrantyEnding
	}
	return WarrantyActive
}

// Left returns how much of w is left at a time, from 1 to 0.
func (w Warranty) Left(at time.Time) float64 {
	whole := w.To.Sub(w.From)
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(w.To.Sub(at))/float64(whole)))
}

// Warranty returns the warranty that counts at a time: one that holds and ends
// last, else the next, else the one that ended last. ok is false if there is none.
func (a Asset) Warranty(at time.Time) (best Warranty, ok bool) {
	place := map[WarrantyState]int{WarrantyActive: 3, WarrantyEnding: 3, WarrantyAhead: 2, WarrantyEnded: 1}
	for _, w := range a.Warranties {
		better := place[w.State(at)] - place[best.State(at)]
		if !ok || better > 0 || better == 0 && w.To.After(best.To) {
			best, ok = w, true
		}
	}
	return best, ok
}

// WarrantyState returns how the warranty that counts stands at a time.
func (a Asset) WarrantyState(at time.Time) WarrantyState {
	w, ok := a.Warranty(at)
	if !ok {
		return WarrantyNone
	}
	return w.State(at)
}

// Clone returns a copy that shares no slices with a.
func (a Asset) Clone() Asset {
	a.Warranties = slices.Clone(a.Warranties)
	return a
}

// Key returns the ID, the holder and the time that lists go by.
func (a Asset) Key() (string, Holder, time.Time) { return a.ID, a.Holder, a.RegisteredAt }

// Texts returns every text in a.
func (a Asset) Texts() []string {
	out := []string{a.ID, a.Person, a.Account, a.Serial, a.Product, a.Name, a.Site, a.RegisteredBy, a.Origin}
	for _, w := range a.Warranties {
		out = append(out, w.Kind)
	}
	return out
}

const maxWarranties = 20

func (a Asset) check() error {
	f := errs.Fields{}
	checkID(f, a.ID)
	checkHolder(f, a.Holder)
	checkText(f, "serial", a.Serial, valid.TextKey)
	checkText(f, "product", a.Product, valid.TextID)
	valid.Note(f, "name", valid.Text(a.Name, valid.TextName))
	valid.Note(f, "site", valid.Text(a.Site, valid.TextName))
	if len(a.Warranties) > maxWarranties {
		f.Add("warranties", "error.field.too_many", map[string]any{"max": maxWarranties})
		return f
	}
	for i, w := range a.Warranties {
		at := "warranties[" + strconv.Itoa(i) + "]."
		checkText(f, at+"kind", w.Kind, valid.TextKey)
		checkTime(f, at+"from", w.From)
		if !w.To.After(w.From) {
			f.Add(at+"to", "error.asset.period", nil)
		}
	}
	return f.Err()
}
