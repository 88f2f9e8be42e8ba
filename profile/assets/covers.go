package assets

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Matter is what somebody wants help with.
type Matter struct {
	Asset   string    // ID of the product, or ""
	Product string    // ID of what it is one of, if no Asset is said, or ""
	Channel string    // by which they ask: "web", "phone"; "" means by any
	At      time.Time // zero means now
}

// A Cover says whether something is covered.
type Cover struct {
	By  []Entitlement // what covers it, the best first; empty if nothing does
	Why Uncovered     // what is missing, if nothing covers it
}

// Level returns the level at which it is covered, "" if it is not.
func (c Cover) Level() string {
	if len(c.By) == 0 {
		return ""
	}
	return c.By[0].Level
}

// An Uncovered is a reason why nothing covers something. They are in order: the
// nearest to being covered counts.
type Uncovered string

// Why nothing covers something.
const (
	UncoveredNone    Uncovered = ""
	UncoveredNothing Uncovered = "nothing" // there is no entitlement
	UncoveredProduct Uncovered = "product" // none is for the product
	UncoveredTime    Uncovered = "time"    // none of these is valid then
	UncoveredChannel Uncovered = "channel" // none of these by the channel
	UncoveredSpent   Uncovered = "spent"   // nothing is left
)

// Uncovereds returns all reasons.
func Uncovereds() []Uncovered {
	return []Uncovered{UncoveredNothing, UncoveredProduct, UncoveredTime, UncoveredChannel, UncoveredSpent}
}

// Covers returns what covers a matter of the actor's: of what they and their
// organisation have. A product that they may not see is ErrNotFound; an answer
// is never made up while the entitlements cannot be asked.
func (i *Inventory) Covers(ctx context.Context, by profile.Actor, m Matter) (Cover, error) {
	if m.Asset != "" {
		a, err := i.Asset(ctx, by, m.Asset)
		if err != nil {
			return Cover{}, err
		}
		m.Product = a.Product
	}
	if m.At.IsZero() {
		m.At = i.clock()
	}
	c := Cover{Why: UncoveredNothing}
	q := Query{Of: Scope{Person: by.ID, Account: by.Account, Shared: true}, Limit: maxLimit}
	for {
		page, next, err := i.Entitlements(ctx, by, q)
		if err != nil {
			return Cover{}, err
		}
		for _, e := range page {
			c.add(e, m)
		}
		if q.After = next; next == "" {
			break
		}
	}
	slices.SortStableFunc(c.By, func(a, b Entitlement) int { return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.ID, b.ID)) })
	return c, nil
}

func (c *Cover) add(e Entitlement, m Matter) {
	why := e.lacks(m)
	if why == UncoveredNone {
		c.By, c.Why = append(c.By, e), UncoveredNone
		return
	}
	if order := Uncovereds(); len(c.By) == 0 && slices.Index(order, why) > slices.Index(order, c.Why) {
		c.Why = why
	}
}

// lacks returns why e does not cover a matter.
func (e Entitlement) lacks(m Matter) Uncovered {
	switch {
	case e.Asset != "" && e.Asset != m.Asset, len(e.Products) > 0 && !slices.Contains(e.Products, m.Product):
		return UncoveredProduct
	case !e.Valid(m.At):
		return UncoveredTime
	case m.Channel != "" && len(e.Channels) > 0 && !slices.Contains(e.Channels, m.Channel):
		return UncoveredChannel
	case e.Spent():
		return UncoveredSpent
	}
	return UncoveredNone
}
