package matrix_test

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

func layoutOperations() []operation {
	return slices.Concat(layoutShown(), layoutDesk(), layoutChoices())
}

// shows reports whether a page shows all that belongs to an entry.
func shows(l layout.Layout, state string) bool {
	return lists(l.Menus["main"], func(i layout.Link) bool { return i.ID == "item-"+state }) &&
		lists(l.Slots["main"], func(p layout.Panel) bool { return p.ID == "block-"+state }) &&
		lists(l.Shown["aside"], func(o layout.Offer) bool { return o.ID == "offer-"+state })
}

func layoutShown() []operation {
	answer := func(name, route string, call func(*layout.Arranger) func(context.Context, profile.Actor, layout.Visit, string) error) operation {
		return operation{name: "layout." + name, on: "entry", routes: []string{route}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			return nil, true, call(w.arranger)(ctx, by, w.visit(by), "offer-"+state)
		}}
	}
	return []operation{
		{name: "layout.Arrange", on: "entry", routes: []string{"layout.arrangement"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			l := w.arranger.Arrange(ctx, by, w.visit(by), "home")
			return l, shows(l, state), nil
		}},
		{name: "layout.Offer", on: "entry", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			offer, err := w.arranger.Offer(ctx, by, "offer-"+state)
			return offer, err == nil, err
		}},
		answer("Clicked", "layout.click", func(a *layout.Arranger) func(context.Context, profile.Actor, layout.Visit, string) error {
			return a.Clicked
		}),
		answer("Dismiss", "layout.dismiss", func(a *layout.Arranger) func(context.Context, profile.Actor, layout.Visit, string) error {
			return a.Dismiss
		}),
		{name: "layout.Arm", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			return nil, w.arranger.Arm(ctx, by, w.visit(by)) == layout.ArmArranged, nil
		}},
		{name: "layout.Arranged", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			on, err := w.arranger.Arranged(ctx, by)
			return on, on, err
		}},
		{name: "layout.Order", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			places := w.arranger.Order(ctx, by, w.visit(by), []string{"category/a", "category/b"})
			return places, len(places) == 2, nil
		}},
	}
}

func layoutDesk() []operation {
	rule := func(name string, r layout.Rule, routes ...string) operation {
		return overall("layout."+name, func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.arranger.SaveRule(ctx, by, r)
			return err
		}, routes...)
	}
	promotion := func(name string, p layout.Promotion, routes ...string) operation {
		return overall("layout."+name, func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.arranger.SavePromotion(ctx, by, p)
			return err
		}, routes...)
	}
	text := map[string]string{"en": "New"}
	return []operation{
		{name: "layout.Rules", on: "portal", routes: []string{"layout.rules"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			book, err := w.arranger.Rules(ctx, by)
			return book, len(book.Rules) == 1, err
		}},
		rule("SaveRule", layout.Rule{ID: "first", Do: layout.ActionDemote, Ref: "item-open", Version: 1}, "layout.save_rule"),
		rule("SaveRule/add", layout.Rule{ID: "second", Do: layout.ActionHide, Ref: "item-staff"}, "layout.add_rule"),
		overall("layout.RemoveRule", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.arranger.RemoveRule(ctx, by, "first", 1)
		}, "layout.remove_rule"),
		{name: "layout.Promotions", on: "portal", routes: []string{"layout.promotions"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := w.arranger.Promotions(ctx, by)
			return list, len(list) == len(entries), err
		}},
		{name: "layout.Promotion", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			p, err := w.arranger.Promotion(ctx, by, "offer-staff")
			return p, p.ID != "", err
		}},
		{name: "layout.Explain", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			e, err := w.arranger.Explain(ctx, by, people["agent"], "offer-staff")
			return e, e.Findings != nil, err
		}},
		promotion("SavePromotion", layout.Promotion{ID: "offer-open", Slot: "home/aside", Title: text, Audience: profile.Public(), Version: 1}, "layout.save_promotion"),
		promotion("SavePromotion/add", layout.Promotion{ID: "offer-new", Slot: "home/aside", Title: text, Audience: profile.Public()}, "layout.add_promotion"),
		overall("layout.RemovePromotion", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.arranger.RemovePromotion(ctx, by, "offer-open")
		}, "layout.remove_promotion"),
		{name: "layout.Preview", on: "portal", routes: []string{"layout.preview"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			l, err := w.arranger.Preview(ctx, by, people["agent"], "", "home")
			return l, shows(l, "staff"), err
		}},
	}
}

// used reports whether it is counted that somebody used something.
func (w *world) used(ctx context.Context, who layout.Who) (bool, error) {
	if err := w.arranger.Flush(ctx); err != nil {
		return false, err
	}
	trail, err := w.pages.Trail(ctx, who)
	return len(trail.Uses) > 0, err
}

func layoutChoices() []operation {
	personal := func(name string, on bool) operation {
		return overall("layout."+name, func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.arranger.Personal(ctx, by, on)
			return err
		}, "layout.choose")
	}
	counting := func(name string, call func(ctx context.Context, w *world, by profile.Actor), routes ...string) operation {
		return operation{name: "layout." + name, on: "portal", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			call(ctx, w, by)
			found, err := w.used(ctx, layout.WhoPerson(by.ID))
			return nil, found, err
		}}
	}
	return []operation{
		overall("layout.Choice", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.arranger.Choice(ctx, by)
			return err
		}, "layout.choice"),
		overall("layout.Reset", func(ctx context.Context, w *world, by profile.Actor) error { return w.arranger.Reset(ctx, by) }, "layout.reset"),
		personal("Personal", false), personal("Personal/on", true),
		counting("Used/viewing", func(ctx context.Context, w *world, by profile.Actor) { w.arranger.Used(ctx, viewing(by), "item-open") }, "layout.used"),
		counting("Opened/viewing", func(ctx context.Context, w *world, by profile.Actor) { w.arranger.Opened(ctx, viewing(by), "/open") }),
		{name: "layout.Arrange/viewing", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			v := layout.Visit{ID: "visit-of-viewer", Began: w.visits}
			l := w.arranger.Arrange(ctx, viewing(by), v, "home")
			trail, err := w.pages.Trail(ctx, layout.WhoPerson(by.ID))
			return l, lists(trail.Shows, func(s layout.Show) bool { return s.Visit == v.ID }), err
		}},
		counting("Used", func(ctx context.Context, w *world, by profile.Actor) { w.arranger.Used(ctx, by, "item-open") }, "layout.used"),
		counting("Opened", func(ctx context.Context, w *world, by profile.Actor) { w.arranger.Opened(ctx, by, "/open") }),
	}
}
