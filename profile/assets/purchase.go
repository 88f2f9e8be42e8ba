package assets

import (
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Purchase is an order.
type Purchase struct {
	ID        string     `json:"id"` // of letters, digits and _.-; empty in a new one means a random one
	Holder               // whose it is
	Number    string     `json:"number"` // what the customer knows it by: "SO-10423"
	At        time.Time  `json:"at"`     // when it was ordered
	Status    Status     `json:"status"`
	Total     i18n.Money `json:"total"`
	Lines     []Line     `json:"lines"`
	UpdatedAt time.Time  `json:"updated_at"` // set by the Inventory
	Version   int        `json:"version"`    // 0 in a new one; each change adds 1

	Origin string `json:"origin,omitempty"` // hash of what it was created from; stores keep it, nobody else needs it
}

// A Line is one position of an order.
type Line struct {
	Product  string     `json:"product,omitempty"` // its ID, if it is one that the portal knows
	Title    string     `json:"title"`
	Quantity int        `json:"quantity"`
	Price    i18n.Money `json:"price"` // of the whole line
}

// A Status says how far an order is.
type Status string

// How far orders are.
const (
	StatusOrdered   Status = "ordered"
	StatusShipped   Status = "shipped"
	StatusDelivered Status = "delivered"
	StatusCancelled Status = "cancelled"
	StatusReturned  Status = "returned"
)

// Statuses returns all of them.
func Statuses() []Status {
	return []Status{StatusOrdered, StatusShipped, StatusDelivered, StatusCancelled, StatusReturned}
}

// Kept reports whether the customer has, or will have, what was ordered.
func (s Status) Kept() bool { return s != StatusCancelled && s != StatusReturned }

// Clone returns a copy that shares no slices with p.
func (p Purchase) Clone() Purchase {
	p.Lines = slices.Clone(p.Lines)
	return p
}

// Key returns the ID, the holder and the time that lists go by.
func (p Purchase) Key() (string, Holder, time.Time) { return p.ID, p.Holder, p.At }

// Texts returns every text in p.
func (p Purchase) Texts() []string {
	out := []string{p.ID, p.Person, p.Account, p.Number, string(p.Status), p.Total.Currency, p.Origin}
	for _, l := range p.Lines {
		out = append(out, l.Product, l.Title, l.Price.Currency)
	}
	return out
}

const maxLines = 500

func (p Purchase) check() error {
	f := errs.Fields{}
	checkID(f, p.ID)
	checkHolder(f, p.Holder)
	checkText(f, "number", p.Number, valid.TextTag)
	checkTime(f, "at", p.At)
	if !slices.Contains(Statuses(), p.Status) {
		f.Add("status", "error.field.choice", map[string]any{"choices": "empty"})
	}
	checkMoney(f, "total", p.Total)
	if len(p.Lines) > maxLines {
		f.Add("lines", "error.field.too_many", map[string]any{"max": maxLines})
		return f
	}
	for i, l := range p.Lines {
		at := "lines[" + strconv.Itoa(i) + "]."
		checkText(f, at+"title", l.Title, valid.TextTitle)
		valid.Note(f, at+"product", valid.Text(l.Product, valid.TextID))
		checkMoney(f, at+"price", l.Price)
		if l.Quantity < 1 {
			f.Add(at+"quantity", "error.field.too_small", map[string]any{"min": 1})
		}
	}
	return f.Err()
}

func checkMoney(f errs.Fields, field string, m i18n.Money) {
	if len(m.Currency) != 3 || !madeOf(m.Currency, 'A', 'Z') {
		f.Add(field+".currency", "error.asset.currency", nil)
	}
}
