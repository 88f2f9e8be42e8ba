package layout

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

type planKey struct {
	visit, page, brand string
	who                Who
	sight              string // what they may see, exactly
	version            int
	deck               uint64
	epoch              int64
}

// A plan is a layout and how long it is right.
type plan struct {
	layout Layout
	until  time.Time // zero means for the whole visit
}

// Arrange returns what an actor sees of a page, and of all menus, during a
// visit. What they may not see leaves no trace: the rest is as if it did not
// exist.
//
// Within a visit nothing moves, on whichever instance, unless what they may see
// changes, or they reset their layout. Arrange never fails: where the store
// cannot answer, everything stands as it was declared. A page that the site
// does not have has no slots. What Arrange returns counts as shown, unless
// somebody views the portal in the actor's place.
func (a *Arranger) Arrange(ctx context.Context, by profile.Actor, v Visit, page string) Layout {
	now, who, sight := a.clock(), v.who(by), by.Sight()
	d, err := a.promotions(ctx, now)
	if err != nil {
		return a.declared(ctx, by, sight, v, page, err)
	}
	var choice Choice
	// All that browsers choose is which promotions they do not want.
	if who.Person() || a.offersOn(page, d) {
		if choice, err = a.choice(ctx, who, now); err != nil {
			return a.declared(ctx, by, sight, v, page, err)
		}
	}
	key := planKey{v.ID, page, v.Brand, who, sight.Key(), choice.Version, d.revision, a.epoch.Load()}
	if p, ok := a.plans.Load(key); ok && v.ID != "" && (p.until.IsZero() || now.Before(p.until)) {
		return p.layout
	}
	p, err := a.plan(ctx, by, sight, v, page, choice, d, now)
	if err != nil {
		return a.declared(ctx, by, sight, v, page, err)
	}
	if v.ID != "" {
		a.plans.Store(key, p)
	}
	return p.layout
}

func (a *Arranger) plan(ctx context.Context, by profile.Actor, sight profile.Sight, v Visit, page string, choice Choice, d deck, now time.Time) (*plan, error) {
	facts, err := a.facts(ctx, by, sight, v, choice, now)
	if err != nil {
		return nil, err
	}
	who := v.who(by)
	still := a.still(v, who, choice)
	e := &eye{sight: sight, segments: facts.segments, orders: orders{rules: facts.rules, scores: facts.scores, moves: a.opts.Moves, still: still}}
	p := &plan{layout: a.lay(e, v.Brand, page)}
	if !a.offersOn(page, d) {
		p.layout.Key = p.layout.key(&e.orders, 0)
		return p, nil
	}
	c := &chooser{eye: e, who: who, visit: v.ID, off: choice.Off, began: facts.began, now: now}
	if who != "" {
		trail, err := a.store.Trail(ctx, who)
		if err != nil {
			return nil, err
		}
		c.shows = trail.Shows
	}
	p.until = a.offer(ctx, c, by, &p.layout, d, by.Viewer == "")
	p.layout.Key = p.layout.key(&e.orders, d.revision)
	return p, nil
}

// offersOn reports whether a page could show any promotion.
func (a *Arranger) offersOn(page string, d deck) bool {
	return slices.ContainsFunc(d.all, func(p Promotion) bool { at, _ := splitSlot(p.Slot); return at == page })
}

// lay arranges the menus of a brand and the slots of a page.
func (a *Arranger) lay(e *eye, brand, page string) Layout {
	v := a.site.view(brand)
	l := Layout{Brand: v.brand.ID, Page: page, Arm: ArmArranged, Menus: make(map[string][]Link, len(v.menus)), Slots: map[string][]Panel{}, Shown: map[string][]Offer{}}
	if e.orders.still {
		l.Arm = ArmDeclared
	}
	for _, m := range v.menus {
		l.Menus[m.Name] = e.links(m.Items, m.Fixed)
	}
	if p, ok := a.site.page(page); ok {
		for _, s := range p.Slots {
			l.Slots[s.Name] = e.panels(s.Blocks, s.Fixed)
		}
	}
	return l
}

// declared returns what an actor may see, as it was declared, and says why.
func (a *Arranger) declared(ctx context.Context, by profile.Actor, sight profile.Sight, v Visit, page string, err error) Layout {
	if ctx.Err() == nil {
		a.opts.Logger.WarnContext(ctx, "the layout cannot be arranged and is as declared", "error", err)
	}
	e := &eye{sight: sight, segments: membership(by, sight), orders: orders{still: true}}
	l := a.lay(e, v.Brand, page)
	l.Key = l.key(&e.orders, 0)
	return l
}

// Order arranges a list that the site does not declare, such as the categories
// that somebody may see, named "category/hub": by the same rules and counts, as
// fixed for a visit. The list comes in the order in which it is shown to those
// for whom nothing moves, and holds nothing that the actor may not see.
func (a *Arranger) Order(ctx context.Context, by profile.Actor, v Visit, ids []string) []Place {
	now, sight := a.clock(), by.Sight()
	o := orders{still: true}
	var choice Choice
	var err error
	if who := v.who(by); who.Person() {
		choice, err = a.choice(ctx, who, now)
	}
	if err == nil {
		var f *visitFacts
		if f, err = a.facts(ctx, by, sight, v, choice, now); err == nil {
			o = orders{rules: f.rules, scores: f.scores, moves: a.opts.Moves, still: a.still(v, v.who(by), choice)}
		}
	}
	if err != nil && ctx.Err() == nil {
		a.opts.Logger.WarnContext(ctx, "a list cannot be arranged and is as given", "error", err)
	}
	list := make([]entry, len(ids))
	for i, id := range ids {
		list[i] = entry{id: id}
	}
	out := make([]Place, 0, len(ids))
	for _, p := range o.place(list) {
		out = append(out, Place{ID: ids[p.at], Reason: p.reason})
	}
	return out
}
