package layout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// may reports whether an actor arranges the site for others.
func (a *Arranger) may(by profile.Actor) bool {
	return a.opts.Policy.May(by, profile.PermissionSegmentsRead) && a.opts.Policy.May(by, profile.PermissionSegmentsWrite)
}

// Rules returns the newest rulebook, which may be a moment from coming into
// force. It takes [profile.PermissionSegmentsWrite], as all that follows.
func (a *Arranger) Rules(ctx context.Context, by profile.Actor) (Rulebook, error) {
	if !a.may(by) {
		return Rulebook{}, fmt.Errorf("rules: %w", ErrForbidden)
	}
	book, err := a.store.Rulebook(ctx, time.Time{})
	if err != nil {
		return Rulebook{}, fmt.Errorf("rules: %w", err)
	}
	return book, nil
}

// SaveRule adds r if r.Version is 0, and otherwise replaces the rule that has
// r.ID and r.Version. Visits that begin Options.Delay later go by it; in those
// that have begun nothing moves. Adding the same rule again answers with the
// first.
func (a *Arranger) SaveRule(ctx context.Context, by profile.Actor, r Rule) (Rule, error) {
	if !a.may(by) {
		return Rule{}, a.denied(ctx, by, "rule", r.ID, savedAct(r.Version))
	}
	r = r.Clone()
	r.ID, r.Ref = strings.TrimSpace(r.ID), strings.TrimSpace(r.Ref)
	if err := r.check(a.site); err != nil {
		return Rule{}, wrap(err, "rule", r.ID)
	}
	old, err := a.ruleNow(ctx, r.ID)
	if err == nil && r.Version == 0 && same(r, old) {
		return old, nil
	}
	saved := r
	if err == nil {
		deed := profile.Deed{Action: savedAs("rule", r.Version+1), Subject: "rule/" + r.ID, Changes: changesOf(old, r)}
		err = a.audited(ctx, by, deed, func() error {
			return a.rewrite(ctx, func(book *Rulebook) (bool, error) {
				saved = r
				saved.SavedBy, saved.SavedAt, saved.Version = by.ID, a.clock(), r.Version+1
				return book.put(&saved)
			})
		})
	}
	if err != nil {
		return Rule{}, wrap(err, "rule", r.ID)
	}
	return saved, nil
}

// ruleNow returns a rule of the newest rulebook, the zero Rule if it has none.
func (a *Arranger) ruleNow(ctx context.Context, id string) (Rule, error) {
	book, err := a.store.Rulebook(ctx, time.Time{})
	if i := book.find(id); err == nil && i >= 0 {
		return book.Rules[i], nil
	}
	return Rule{}, err
}

// put adds a rule or replaces its last version, and reports whether b changed.
// A rule that is there as it is comes back in r.
func (b *Rulebook) put(r *Rule) (bool, error) {
	i := b.find(r.ID)
	switch {
	case i < 0 && r.Version > 1:
		return false, ErrNotFound
	case i < 0 && len(b.Rules) >= maxRules:
		return false, errs.Field("id", "error.field.too_many", map[string]any{"max": maxRules})
	case i < 0:
		b.Rules = append(b.Rules, *r)
	case r.Version == 1 && same(*r, b.Rules[i]):
		*r = b.Rules[i]
		return false, nil
	case b.Rules[i].Version != r.Version-1:
		return false, ErrConflict
	default:
		b.Rules[i] = *r
	}
	sortRules(b.Rules)
	return true, nil
}

// RemoveRule forgets a rule, for visits that begin Options.Delay later.
func (a *Arranger) RemoveRule(ctx context.Context, by profile.Actor, id string, version int) error {
	if !a.may(by) {
		return a.denied(ctx, by, "rule", id, "removed")
	}
	return wrap(a.audited(ctx, by, profile.Deed{Action: "rule.removed", Subject: "rule/" + id}, func() error {
		return a.rewrite(ctx, func(book *Rulebook) (bool, error) {
			i := book.find(id)
			if i < 0 {
				return false, ErrNotFound
			}
			if book.Rules[i].Version != version {
				return false, ErrConflict
			}
			book.Rules = slices.Delete(book.Rules, i, i+1)
			return true, nil
		})
	}), "rule", id)
}

// rewrite makes the next rulebook. Where somebody else was faster it begins
// again: only a change of the same rule is a conflict.
func (a *Arranger) rewrite(ctx context.Context, change func(*Rulebook) (bool, error)) error {
	var err error
	for range tries {
		var book Rulebook
		if book, err = a.store.Rulebook(ctx, time.Time{}); err != nil {
			return err
		}
		before := book.From
		book = book.Clone()
		changed, failed := change(&book)
		if failed != nil || !changed {
			return failed
		}
		now := a.clock()
		book.Revision++
		book.From = now.Add(a.opts.Delay)
		// Clocks that differ must not put a newer book before an older one.
		if !book.From.After(before) {
			book.From = before.Add(time.Microsecond)
		}
		if err = a.store.SaveRulebook(ctx, book, now.Add(-keepBooks)); err == nil {
			a.rules.Store(nil)
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

// Promotions returns all promotions, by ID.
func (a *Arranger) Promotions(ctx context.Context, by profile.Actor) ([]Promotion, error) {
	if !a.may(by) {
		return nil, fmt.Errorf("promotions: %w", ErrForbidden)
	}
	list, err := a.store.Promotions(ctx)
	if err != nil {
		return nil, fmt.Errorf("promotions: %w", err)
	}
	return list, nil
}

// SavePromotion adds p if p.Version is 0, and otherwise replaces the promotion
// that has p.ID and p.Version. Adding the same one again answers with the first.
func (a *Arranger) SavePromotion(ctx context.Context, by profile.Actor, p Promotion) (Promotion, error) {
	if !a.may(by) {
		return Promotion{}, a.denied(ctx, by, "promotion", p.ID, savedAct(p.Version))
	}
	p = p.Clone()
	p.ID, p.Slot = strings.TrimSpace(p.ID), strings.TrimSpace(p.Slot)
	if err := a.CheckPromotion(p); err != nil {
		return Promotion{}, wrap(err, "promotion", p.ID)
	}
	p.Audience = canonical(p.Audience)
	p.SavedBy, p.SavedAt = by.ID, a.clock()
	p.Version++
	saved, err := a.keepPromotion(ctx, by, p)
	if err != nil {
		return Promotion{}, wrap(err, "promotion", p.ID)
	}
	a.deck.Store(nil)
	return saved, nil
}

// CheckPromotion reports what [Arranger.SavePromotion] would find wrong in p,
// for forms that have more to say.
func (a *Arranger) CheckPromotion(p Promotion) error {
	return p.check(func(slot string) bool { return a.site.offers[slot] > 0 })
}

func (a *Arranger) keepPromotion(ctx context.Context, by profile.Actor, p Promotion) (Promotion, error) {
	list, err := a.store.Promotions(ctx)
	if err != nil {
		return p, err
	}
	var old Promotion
	if i := slices.IndexFunc(list, func(o Promotion) bool { return o.ID == p.ID }); i >= 0 {
		old = list[i]
	}
	switch {
	case p.Version > 1:
	case old.ID != "" && samePromotion(p, old):
		return old, nil
	case old.ID != "":
		return p, ErrConflict
	case len(list) >= maxPromotions:
		return p, errs.Field("id", "error.field.too_many", map[string]any{"max": maxPromotions})
	}
	deed := profile.Deed{Action: savedAs("promotion", p.Version), Subject: "promotion/" + p.ID, Changes: changesOf(old, p)}
	return p, a.audited(ctx, by, deed, func() error { return a.store.SavePromotion(ctx, p) })
}

// RemovePromotion forgets a promotion. What people saw of it stays in their
// trails until it is too old.
func (a *Arranger) RemovePromotion(ctx context.Context, by profile.Actor, id string) error {
	if !a.may(by) {
		return a.denied(ctx, by, "promotion", id, "removed")
	}
	deed := profile.Deed{Action: "promotion.removed", Subject: "promotion/" + id}
	if err := a.audited(ctx, by, deed, func() error { return a.store.RemovePromotion(ctx, id) }); err != nil {
		return wrap(err, "promotion", id)
	}
	a.deck.Store(nil)
	return nil
}

// Preview returns what somebody would see of a page whose visit began now, by
// the newest rules: somebody of the given segments, roles and organisation, of
// whose use nothing is known. Nothing is counted.
func (a *Arranger) Preview(ctx context.Context, by, as profile.Actor, brand, page string) (Layout, error) {
	if !a.may(by) {
		return Layout{}, fmt.Errorf("preview: %w", ErrForbidden)
	}
	book, err := a.store.Rulebook(ctx, time.Time{})
	if err != nil {
		return Layout{}, fmt.Errorf("preview: %w", err)
	}
	all, err := a.store.Promotions(ctx)
	if err != nil {
		return Layout{}, fmt.Errorf("preview: %w", err)
	}
	now, sight := a.clock(), as.Sight()
	segments := membership(as, sight)
	e := &eye{sight: sight, segments: segments, orders: orders{rules: book.apply(segments), moves: a.opts.Moves}}
	l := a.lay(e, brand, page)
	d := deck{all: slices.DeleteFunc(all, func(p Promotion) bool { return p.Off })}
	for i := range d.all {
		d.all[i].PerPerson, d.all[i].PerDay, d.all[i].Holdout = 0, 0, 0
	}
	a.offer(ctx, &chooser{eye: e, began: now, now: now}, as, &l, d, false)
	l.Key = l.key(&e.orders, d.revision)
	return l, nil
}

// same reports whether two rules say the same, whoever saved them when.
func same(a, b Rule) bool { return idem.Hash(a.plain()) == idem.Hash(b.plain()) }

func (r Rule) plain() Rule {
	r.SavedBy, r.SavedAt, r.Version = "", time.Time{}, 0
	return r
}

func samePromotion(a, b Promotion) bool { return idem.Hash(a.plain()) == idem.Hash(b.plain()) }

func (p Promotion) plain() Promotion {
	p.SavedBy, p.SavedAt, p.Version = "", time.Time{}, 0
	return p
}
