package layout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// A chooser decides which promotions a visitor sees. Like the order of a menu,
// what it decides follows from what was known when the visit began.
type chooser struct {
	eye   *eye
	who   Who
	visit string
	off   bool // the visitor wants nothing chosen for them
	began time.Time
	now   time.Time
	shows []Show
}

// choose returns the promotions for a slot that shows n of them, and those that
// the visitor would have seen if they were not in the holdout.
func (c *chooser) choose(all []Promotion, slot string, n int) (chosen, withheld []Promotion) {
	for _, p := range all {
		switch {
		case p.Slot != slot || !c.eligible(p):
		case c.heldOut(p):
			withheld = append(withheld, p)
		default:
			chosen = append(chosen, p)
		}
	}
	slices.SortFunc(chosen, func(p, q Promotion) int {
		return cmp.Or(-compareBool(c.here(p), c.here(q)), -cmp.Compare(p.Priority, q.Priority),
			cmp.Compare(c.visits(p, ""), c.visits(q, "")), cmp.Compare(p.ID, q.ID))
	})
	return chosen[:min(n, len(chosen))], withheld
}

// heldOut reports whether the visitor is in the share that never sees p.
func (c *chooser) heldOut(p Promotion) bool {
	return p.Holdout > 0 && share("promotion", p.ID, cmp.Or(string(c.who), c.visit)) < p.Holdout
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (c *chooser) eligible(p Promotion) bool {
	from, to, ok := p.schedule()
	switch {
	case !ok, !from.IsZero() && c.began.Before(from), !to.IsZero() && !c.now.Before(to):
		return false
	case !c.eye.sight.Admits(p.Audience) || !p.For.meets(c.eye.segments):
		return false
	case c.off && !p.For.Everybody():
		return false
	case c.who == "" && (p.PerPerson > 0 || p.PerDay > 0):
		return false // nobody would know how often
	}
	return !c.dismissed(p) && c.below(p)
}

func (c *chooser) dismissed(p Promotion) bool {
	return slices.ContainsFunc(c.shows, func(s Show) bool { return s.Promotion == p.ID && !s.DismissedAt.IsZero() })
}

// here reports whether this visit has seen p.
func (c *chooser) here(p Promotion) bool {
	return slices.ContainsFunc(c.shows, func(s Show) bool { return s.Promotion == p.ID && s.Visit == c.visit })
}

// below reports whether p may be shown once more. A visit that has seen it goes
// on seeing it.
func (c *chooser) below(p Promotion) bool {
	return (p.PerPerson == 0 || c.visits(p, "") < p.PerPerson) &&
		(p.PerDay == 0 || c.visits(p, c.began.Format(time.DateOnly)) < p.PerDay)
}

// visits returns how many other visits have seen p, of a day unless it is "".
func (c *chooser) visits(p Promotion, day string) int {
	n := 0
	for _, s := range c.shows {
		if s.Promotion == p.ID && s.Visit != c.visit && (day == "" || s.At.Format(time.DateOnly) == day) {
			n++
		}
	}
	return n
}

// offer chooses promotions for the slots of a page and returns when the first
// of them ends. Where tell is set they count as shown.
func (a *Arranger) offer(ctx context.Context, c *chooser, by profile.Actor, l *Layout, d deck, tell bool) (until time.Time) {
	for _, p := range d.all {
		n := a.site.offers[p.Slot]
		page, slot := splitSlot(p.Slot)
		if page != l.Page || n == 0 || l.Shown[slot] != nil {
			continue
		}
		chosen, withheld := c.choose(d.all, p.Slot, n)
		l.Shown[slot] = []Offer{}
		for _, p := range chosen {
			l.Shown[slot] = append(l.Shown[slot], p.offer())
			if _, to, _ := p.schedule(); !to.IsZero() && (until.IsZero() || to.Before(until)) {
				until = to
			}
		}
		if tell {
			a.tell(ctx, c, by, chosen, withheld)
		}
	}
	return until
}

func (p Promotion) offer() Offer {
	p = p.Clone()
	return Offer{ID: p.ID, Title: p.Title, Text: p.Text, Action: p.Action, Address: p.Address}
}

// tell records what a visit sees for the first time.
func (a *Arranger) tell(ctx context.Context, c *chooser, by profile.Actor, chosen, withheld []Promotion) {
	for _, p := range chosen {
		if c.here(p) {
			continue
		}
		a.record(ctx, by, "promotion.shown", p.ID, c.now)
		if c.who == "" || c.visit == "" {
			continue
		}
		if err := a.store.SaveShow(ctx, Show{Who: c.who, Promotion: p.ID, Visit: c.visit, At: c.now}); err != nil {
			a.opts.Logger.WarnContext(ctx, "a promotion that was shown is not counted", "promotion", p.ID, "error", err)
		}
	}
	for _, p := range withheld {
		a.record(ctx, by, "promotion.withheld", p.ID, c.now)
	}
}

func (a *Arranger) record(ctx context.Context, by profile.Actor, name, promotion string, at time.Time) {
	a.opts.Events.Record(ctx, analytics.Event{Name: name, At: at, User: by.ID, Account: by.Account, Subject: "promotion/" + promotion})
}
