package layout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Choice returns what an actor has chosen of the arrangement.
func (a *Arranger) Choice(ctx context.Context, by profile.Actor) (Choice, error) {
	if by.Anonymous() {
		return Choice{}, fmt.Errorf("choice: %w", ErrForbidden)
	}
	c, err := a.store.Choice(ctx, WhoPerson(by.ID))
	if err != nil {
		return Choice{}, fmt.Errorf("choice: %w", err)
	}
	return c, nil
}

// Arranged reports whether anything may be arranged for an actor: nothing is for
// visitors whom nobody knows, and for those who have switched it off. It remembers
// what they chose as Arrange does, and is for whatever else goes by what is known
// of somebody, such as the order of search results.
func (a *Arranger) Arranged(ctx context.Context, by profile.Actor) (bool, error) {
	if by.Anonymous() {
		return false, nil
	}
	c, err := a.choice(ctx, WhoPerson(by.ID), a.clock())
	if err != nil {
		return false, fmt.Errorf("choice: %w", err)
	}
	return !c.Off, nil
}

// Reset forgets what an actor has used, so that everything stands as for
// somebody new. It takes effect at once, on other instances within
// Options.RulesFor.
func (a *Arranger) Reset(ctx context.Context, by profile.Actor) error {
	_, err := a.choose(ctx, by, func(*Choice) {})
	return err
}

// Personal switches the arrangement on or off for an actor. Without it nothing
// moves for them, promotions are those for everybody, what they use is no longer
// counted, and what was counted is forgotten.
func (a *Arranger) Personal(ctx context.Context, by profile.Actor, on bool) (Choice, error) {
	return a.choose(ctx, by, func(c *Choice) { c.Off = !on })
}

func (a *Arranger) choose(ctx context.Context, by profile.Actor, change func(*Choice)) (Choice, error) {
	if by.Anonymous() {
		return Choice{}, fmt.Errorf("choice: %w", ErrForbidden)
	}
	who := WhoPerson(by.ID)
	a.drop(who)
	c, err := a.change(ctx, who, func(c *Choice) { change(c); c.Forget = true })
	if err != nil {
		return Choice{}, fmt.Errorf("choice: %w", err)
	}
	c.Forget = false
	return c, nil
}

// tries is how often a choice is changed anew when another change was faster.
const tries = 5

// change makes a new version of a choice, by which every instance sees that what
// it remembers of somebody is no longer right.
func (a *Arranger) change(ctx context.Context, who Who, change func(*Choice)) (Choice, error) {
	var err error
	for range tries {
		var c Choice
		if c, err = a.store.Choice(ctx, who); err != nil {
			return Choice{}, err
		}
		c.Who, c.At = who, a.clock()
		c.Version++
		change(&c)
		if err = a.store.SaveChoice(ctx, c); err == nil {
			kept := c
			kept.Forget = false
			a.picks.Store(who, fresher[Choice]{kept, a.clock().Add(a.opts.RulesFor)})
			return c, nil
		}
		if !errors.Is(err, ErrConflict) {
			return Choice{}, err
		}
	}
	return Choice{}, err
}

// Used counts that an actor has used something: an item, a block, or whatever is
// given to [Arranger.Order]. It never blocks and never fails; it counts from the
// next day on. Nothing is counted of anonymous visitors, of those who want
// nothing arranged, and of whoever views the portal as somebody else.
func (a *Arranger) Used(ctx context.Context, by profile.Actor, ref string) {
	who, now := WhoPerson(by.ID), a.clock()
	if by.Anonymous() || by.Viewer != "" || !a.site.knows(ref) {
		return
	}
	// A choice that cannot be read may be the one not to be counted.
	if c, err := a.choice(ctx, who, now); err != nil || c.Off {
		return
	}
	a.wait(Use{Who: who, Ref: ref}, 1)
}

// Opened counts that an actor has opened an address for each item of a menu that
// leads there and could move: Used for those who know paths and not IDs. Addresses are compared
// as they were declared, without language or query.
func (a *Arranger) Opened(ctx context.Context, by profile.Actor, address string) {
	for _, ref := range a.site.links[address] {
		a.Used(ctx, by, ref)
	}
}

// Offer returns a promotion that an actor may see, wherever it is shown: for
// links that count a click and then lead on.
func (a *Arranger) Offer(ctx context.Context, by profile.Actor, promotion string) (Offer, error) {
	d, err := a.promotions(ctx, a.clock())
	if err != nil {
		return Offer{}, wrap(err, "promotion", promotion)
	}
	i, sight := slices.IndexFunc(d.all, func(p Promotion) bool { return p.ID == promotion }), by.Sight()
	if i < 0 || !sight.Admits(d.all[i].Audience) {
		return Offer{}, wrap(ErrNotFound, "promotion", promotion)
	}
	return d.all[i].offer(), nil
}

// Clicked notes that a visitor has followed a promotion.
func (a *Arranger) Clicked(ctx context.Context, by profile.Actor, v Visit, promotion string) error {
	_, err := a.answer(ctx, by, v, promotion, "promotion.clicked", func(s *Show) { s.ClickedAt = s.At })
	return wrap(err, "promotion", promotion)
}

// Dismiss takes a promotion out of a visitor's sight for good: for a person as
// long as the portal knows them, for an anonymous visitor as long as their
// browser is known.
func (a *Arranger) Dismiss(ctx context.Context, by profile.Actor, v Visit, promotion string) error {
	who, err := a.answer(ctx, by, v, promotion, "promotion.dismissed", func(s *Show) { s.DismissedAt = s.At })
	if err == nil && who != "" {
		_, err = a.change(ctx, who, func(*Choice) {})
	}
	return wrap(err, "promotion", promotion)
}

// answer notes what a visitor did with a promotion that they may see.
func (a *Arranger) answer(ctx context.Context, by profile.Actor, v Visit, id, event string, did func(*Show)) (Who, error) {
	now, who := a.clock(), v.who(by)
	d, err := a.promotions(ctx, now)
	if err != nil {
		return who, err
	}
	sight := by.Sight()
	if !slices.ContainsFunc(d.all, func(p Promotion) bool { return p.ID == id && sight.Admits(p.Audience) }) {
		return who, ErrNotFound
	}
	a.record(ctx, by, event, id, now)
	if who == "" {
		return who, nil
	}
	s := Show{Who: who, Promotion: id, Visit: v.ID, At: now}
	if len(s.Visit) > maxVisit {
		return who, errs.Field("visit", "error.field.too_long", map[string]any{"max": maxVisit})
	}
	did(&s)
	return who, a.store.SaveShow(ctx, s)
}

// Export returns all that is kept of a person, for themselves to read.
func (a *Arranger) Export(ctx context.Context, person string) (Trail, error) {
	if person == "" {
		return Trail{}, fmt.Errorf("export: %w", ErrNotFound)
	}
	if err := a.Flush(ctx); err != nil {
		return Trail{}, fmt.Errorf("export: %w", err)
	}
	t, err := a.store.Trail(ctx, WhoPerson(person))
	if err != nil {
		return Trail{}, fmt.Errorf("export: %w", err)
	}
	return t, nil
}

// Erase forgets a person: what they used, saw, chose, and their visits. It
// returns how many rows that were. What another instance has counted in the last
// moments may still arrive there: erase once more after Options.Flush, when the
// person can no longer sign in.
func (a *Arranger) Erase(ctx context.Context, person string) (int, error) {
	who := WhoPerson(person)
	if who == "" {
		return 0, nil
	}
	waited := a.drop(who)
	n, err := a.store.Forget(ctx, who)
	a.picks.Store(who, fresher[Choice]{})
	a.epoch.Add(1)
	if err != nil {
		return 0, fmt.Errorf("erase: %w", err)
	}
	return n + waited, nil
}
