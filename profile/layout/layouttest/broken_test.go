package layouttest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/layouttest"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	layout.Store
	rulebook   func(ctx context.Context, at time.Time) (layout.Rulebook, error)
	saveBook   func(ctx context.Context, b layout.Rulebook, keep time.Time) error
	promotions func(ctx context.Context) ([]layout.Promotion, error)
	save       func(ctx context.Context, p layout.Promotion) error
	remove     func(ctx context.Context, id string) error
	choice     func(ctx context.Context, who layout.Who) (layout.Choice, error)
	saveChoice func(ctx context.Context, c layout.Choice) error
	trail      func(ctx context.Context, who layout.Who) (layout.Trail, error)
	addUses    func(ctx context.Context, uses []layout.Use) error
	begin      func(ctx context.Context, s layout.Start) (layout.Start, error)
	saveShow   func(ctx context.Context, s layout.Show) error
	forget     func(ctx context.Context, who layout.Who) (int, error)
	prune      func(ctx context.Context, h layout.Horizon) (int, error)
}

func (f faulty) Rulebook(ctx context.Context, at time.Time) (layout.Rulebook, error) {
	if f.rulebook != nil {
		return f.rulebook(ctx, at)
	}
	return f.Store.Rulebook(ctx, at)
}

func (f faulty) SaveRulebook(ctx context.Context, b layout.Rulebook, keep time.Time) error {
	if f.saveBook != nil {
		return f.saveBook(ctx, b, keep)
	}
	return f.Store.SaveRulebook(ctx, b, keep)
}

func (f faulty) Promotions(ctx context.Context) ([]layout.Promotion, error) {
	if f.promotions != nil {
		return f.promotions(ctx)
	}
	return f.Store.Promotions(ctx)
}

func (f faulty) SavePromotion(ctx context.Context, p layout.Promotion) error {
	if f.save != nil {
		return f.save(ctx, p)
	}
	return f.Store.SavePromotion(ctx, p)
}

func (f faulty) RemovePromotion(ctx context.Context, id string) error {
	if f.remove != nil {
		return f.remove(ctx, id)
	}
	return f.Store.RemovePromotion(ctx, id)
}

func (f faulty) Choice(ctx context.Context, who layout.Who) (layout.Choice, error) {
	if f.choice != nil {
		return f.choice(ctx, who)
	}
	return f.Store.Choice(ctx, who)
}

func (f faulty) SaveChoice(ctx context.Context, c layout.Choice) error {
	if f.saveChoice != nil {
		return f.saveChoice(ctx, c)
	}
	return f.Store.SaveChoice(ctx, c)
}

func (f faulty) Trail(ctx context.Context, who layout.Who) (layout.Trail, error) {
	if f.trail != nil {
		return f.trail(ctx, who)
	}
	return f.Store.Trail(ctx, who)
}

func (f faulty) AddUses(ctx context.Context, uses []layout.Use) error {
	if f.addUses != nil {
		return f.addUses(ctx, uses)
	}
	return f.Store.AddUses(ctx, uses)
}

func (f faulty) Begin(ctx context.Context, s layout.Start) (layout.Start, error) {
	if f.begin != nil {
		return f.begin(ctx, s)
	}
	return f.Store.Begin(ctx, s)
}

func (f faulty) SaveShow(ctx context.Context, s layout.Show) error {
	if f.saveShow != nil {
		return f.saveShow(ctx, s)
	}
	return f.Store.SaveShow(ctx, s)
}

func (f faulty) Forget(ctx context.Context, who layout.Who) (int, error) {
	if f.forget != nil {
		return f.forget(ctx, who)
	}
	return f.Store.Forget(ctx, who)
}

func (f faulty) Prune(ctx context.Context, h layout.Horizon) (int, error) {
	if f.prune != nil {
		return f.prune(ctx, h)
	}
	return f.Store.Prune(ctx, h)
}

// changedTrail returns a store that changes what it tells of somebody.
func changedTrail(change func(*layout.Trail)) func(layout.Store) faulty {
	return func(s layout.Store) faulty {
		return faulty{trail: func(ctx context.Context, who layout.Who) (layout.Trail, error) {
			t, err := s.Trail(ctx, who)
			change(&t)
			return t, err
		}}
	}
}

// changedPromotion returns a store that changes promotions before it keeps them.
func changedPromotion(change func(*layout.Promotion)) func(layout.Store) faulty {
	return func(s layout.Store) faulty {
		return faulty{save: func(ctx context.Context, p layout.Promotion) error {
			p = p.Clone()
			change(&p)
			return s.SavePromotion(ctx, p)
		}}
	}
}

// changedRule returns a store that changes rules before it keeps them.
func changedRule(change func(*layout.Rule)) func(layout.Store) faulty {
	return func(s layout.Store) faulty {
		return faulty{saveBook: func(ctx context.Context, b layout.Rulebook, keep time.Time) error {
			b = b.Clone()
			for i := range b.Rules {
				change(&b.Rules[i])
			}
			return s.SaveRulebook(ctx, b, keep)
		}}
	}
}

// broken lists the faults that the suite must catch.
var broken = map[string]func(layout.Store) faulty{
	"rules: drops reasons":         changedRule(func(r *layout.Rule) { r.Reason = nil }),
	"rules: drops whom they leave": changedRule(func(r *layout.Rule) { r.For.None = nil }),
	"rules: always on":             changedRule(func(r *layout.Rule) { r.Off = false }),
	"rules: forgets who saved":     changedRule(func(r *layout.Rule) { r.SavedBy = "" }),
	"rules: always the newest": func(s layout.Store) faulty {
		return faulty{rulebook: func(ctx context.Context, _ time.Time) (layout.Rulebook, error) {
			return s.Rulebook(ctx, time.Time{})
		}}
	},
	"rules: not before its time": func(s layout.Store) faulty {
		return faulty{rulebook: func(ctx context.Context, at time.Time) (layout.Rulebook, error) {
			if at.IsZero() {
				return s.Rulebook(ctx, at)
			}
			return s.Rulebook(ctx, at.Add(-time.Microsecond))
		}}
	},
	"rules: any revision": func(s layout.Store) faulty {
		return faulty{saveBook: func(ctx context.Context, b layout.Rulebook, keep time.Time) error {
			have, err := s.Rulebook(ctx, time.Time{})
			if err != nil {
				return err
			}
			b.Revision = have.Revision + 1
			return s.SaveRulebook(ctx, b, keep)
		}}
	},
	"rules: forgets too much": func(s layout.Store) faulty {
		return faulty{saveBook: func(ctx context.Context, b layout.Rulebook, keep time.Time) error {
			return s.SaveRulebook(ctx, b, keep.Add(time.Hour))
		}}
	},
	"promotions: drops the audience": changedPromotion(func(p *layout.Promotion) { p.Audience = p.Audience[:1] }),
	"promotions: drops the zone":     changedPromotion(func(p *layout.Promotion) { p.Zone = "" }),
	"promotions: drops caps":         changedPromotion(func(p *layout.Promotion) { p.PerDay = 0 }),
	"promotions: drops the holdout":  changedPromotion(func(p *layout.Promotion) { p.Holdout = 0 }),
	"promotions: keeps a local time": func(s layout.Store) faulty {
		return faulty{promotions: func(ctx context.Context) ([]layout.Promotion, error) {
			list, err := s.Promotions(ctx)
			for i := range list {
				list[i].SavedAt = list[i].SavedAt.In(time.FixedZone("x", 3600))
			}
			return list, err
		}}
	},
	"promotions: unsorted": func(s layout.Store) faulty {
		return faulty{promotions: func(ctx context.Context) ([]layout.Promotion, error) {
			list, err := s.Promotions(ctx)
			slices.Reverse(list)
			return list, err
		}}
	},
	"promotions: removes what is not there": func(s layout.Store) faulty {
		return faulty{remove: func(ctx context.Context, id string) error {
			_ = s.RemovePromotion(ctx, id)
			return ctx.Err()
		}}
	},
	"promotions: last one wins": func(s layout.Store) faulty {
		return faulty{save: func(ctx context.Context, p layout.Promotion) error {
			_ = s.SavePromotion(ctx, p)
			return ctx.Err()
		}}
	},
	"choice: says nobody's name": func(s layout.Store) faulty {
		return faulty{choice: func(ctx context.Context, who layout.Who) (layout.Choice, error) {
			c, err := s.Choice(ctx, who)
			c.Who = ""
			return c, err
		}}
	},
	"choice: never forgets": func(s layout.Store) faulty {
		return faulty{saveChoice: func(ctx context.Context, c layout.Choice) error {
			c.Forget = false
			return s.SaveChoice(ctx, c)
		}}
	},
	"choice: always forgets": func(s layout.Store) faulty {
		return faulty{saveChoice: func(ctx context.Context, c layout.Choice) error {
			c.Forget = true
			return s.SaveChoice(ctx, c)
		}}
	},
	"choice: last one wins": func(s layout.Store) faulty {
		return faulty{saveChoice: func(ctx context.Context, c layout.Choice) error {
			have, err := s.Choice(ctx, c.Who)
			if err != nil {
				return err
			}
			c.Version = have.Version + 1
			return s.SaveChoice(ctx, c)
		}}
	},
	"uses: replaces counts": changedTrail(func(t *layout.Trail) {
		for i := range t.Uses {
			t.Uses[i].N = 1
		}
	}),
	"uses: half of them": func(s layout.Store) faulty {
		return faulty{addUses: func(ctx context.Context, uses []layout.Use) error {
			for _, u := range uses {
				if err := s.AddUses(ctx, []layout.Use{u}); err != nil {
					return err
				}
			}
			return ctx.Err()
		}}
	},
	"uses: one too long a list": func(s layout.Store) faulty {
		return faulty{addUses: func(ctx context.Context, uses []layout.Use) error { return s.AddUses(ctx, uses[:min(1000, len(uses))]) }}
	},
	"starts: the last wins": func(s layout.Store) faulty {
		return faulty{begin: func(ctx context.Context, v layout.Start) (layout.Start, error) {
			_, err := s.Begin(ctx, v)
			return v, err
		}}
	},
	"starts: one for all": func(s layout.Store) faulty {
		return faulty{begin: func(ctx context.Context, v layout.Start) (layout.Start, error) {
			v.Who = "person:ann"
			return s.Begin(ctx, v)
		}}
	},
	"starts: drops segments": func(s layout.Store) faulty {
		return faulty{begin: func(ctx context.Context, v layout.Start) (layout.Start, error) {
			v.Segments = nil
			return s.Begin(ctx, v)
		}}
	},
	"shows: forgets clicks":     changedTrail(func(t *layout.Trail) { eachShow(t.Shows, func(v *layout.Show) { v.ClickedAt = time.Time{} }) }),
	"shows: forgets dismissals": changedTrail(func(t *layout.Trail) { eachShow(t.Shows, func(v *layout.Show) { v.DismissedAt = time.Time{} }) }),
	"shows: one for all visits": func(s layout.Store) faulty {
		return faulty{saveShow: func(ctx context.Context, v layout.Show) error {
			v.Visit = "v1"
			return s.SaveShow(ctx, v)
		}}
	},
	"trail: unsorted uses":    changedTrail(func(t *layout.Trail) { slices.Reverse(t.Uses) }),
	"trail: unsorted starts":  changedTrail(func(t *layout.Trail) { slices.Reverse(t.Starts) }),
	"trail: unsorted shows":   changedTrail(func(t *layout.Trail) { slices.Reverse(t.Shows) }),
	"trail: without a choice": changedTrail(func(t *layout.Trail) { t.Choice = layout.Choice{} }),
	"forget: everybody": func(s layout.Store) faulty {
		return faulty{forget: func(ctx context.Context, who layout.Who) (int, error) {
			_, _ = s.Forget(ctx, "visitor:bob")
			return s.Forget(ctx, who)
		}}
	},
	"forget: does not count": func(s layout.Store) faulty {
		return faulty{forget: func(ctx context.Context, who layout.Who) (int, error) {
			_, err := s.Forget(ctx, who)
			return 0, err
		}}
	},
	"prune: all of it": func(s layout.Store) faulty {
		return faulty{prune: func(ctx context.Context, h layout.Horizon) (int, error) {
			at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
			return s.Prune(ctx, layout.Horizon{Uses: at, Starts: at, Shows: at})
		}}
	},
	"prune: the day itself": func(s layout.Store) faulty {
		return faulty{prune: func(ctx context.Context, h layout.Horizon) (int, error) {
			if !h.Uses.IsZero() {
				h.Uses = h.Uses.AddDate(0, 0, 1)
			}
			return s.Prune(ctx, h)
		}}
	},
	"prune: nothing": func(layout.Store) faulty {
		return faulty{prune: func(ctx context.Context, _ layout.Horizon) (int, error) { return 0, ctx.Err() }}
	},
	"does not notice a cancelled context": func(s layout.Store) faulty {
		return faulty{saveShow: func(ctx context.Context, v layout.Show) error { return s.SaveShow(context.WithoutCancel(ctx), v) }}
	},
}

func eachShow(shows []layout.Show, change func(*layout.Show)) {
	for i := range shows {
		change(&shows[i])
	}
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(layout.Store) faulty) {
		layouttest.TestStore(t, func(*testing.T) layout.Store {
			good := memlayout.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
