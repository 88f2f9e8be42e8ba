package matrix_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// entries are who may see what belongs to an entry, by state.
var entries = map[string]string{"open": "public", "signed-in": "signed-in", "staff": "staff", "acme": "account:acme"}

// site returns a portal with an item, a block and a place for a promotion of
// each state.
func site() layout.Site {
	menu, slot := layout.Menu{Name: "main"}, layout.Slot{Name: "main"}
	for _, state := range states["entry"] {
		if entries[state] == "" {
			continue
		}
		label, audience := layout.Label{Texts: map[string]string{"en": "canary-entry-" + state}}, profile.NewAudience(entries[state])
		menu.Items = append(menu.Items, layout.Item{ID: "item-" + state, Label: label, Address: "/" + state, Audience: audience})
		slot.Blocks = append(slot.Blocks, layout.Block{ID: "block-" + state, Kind: "card", Title: label, Audience: audience})
	}
	aside := layout.Slot{Name: "aside", Offers: len(entries) + 1}
	return layout.Site{Menus: []layout.Menu{menu}, Pages: []layout.Page{{Name: "home", Slots: []layout.Slot{slot, aside}}}}
}

// arrange makes an Arranger over what administrators have written, and begins a
// visit of everybody, so that looking leaves no traces any more.
func (w *world) arrange(t *testing.T, b build) {
	t.Helper()
	ctx, admin := t.Context(), people["admin"]
	opts := layout.Options{Now: w.now.time}
	good, err := layout.NewArranger(site(), w.pages, &opts)
	require.NoError(t, err)
	_, err = good.SaveRule(ctx, admin, layout.Rule{ID: "first", Do: layout.ActionPromote, Ref: "item-staff"})
	require.NoError(t, err)
	for state, audience := range entries {
		_, err := good.SavePromotion(ctx, admin, layout.Promotion{
			ID: "offer-" + state, Slot: "home/aside", Title: map[string]string{"en": "canary-entry-" + state}, Audience: profile.NewAudience(audience),
		})
		require.NoError(t, err)
	}
	w.now.add()
	kept := layout.Store(w.pages)
	if b.pages != nil {
		kept = b.pages(kept)
	}
	opts.Policy, opts.Events = b.policy, w.events
	w.arranger, err = layout.NewArranger(site(), kept, &opts)
	require.NoError(t, err)
	w.visits = w.now.time()
	for _, role := range roles {
		w.arranger.Arrange(ctx, people[role], w.visit(people[role]), "home")
		w.arranger.Order(ctx, people[role], w.visit(people[role]), []string{"category/a", "category/b"})
	}
	require.NoError(t, w.arranger.Flush(ctx))
}

// visit returns the one visit of an actor.
func (w *world) visit(by profile.Actor) layout.Visit {
	return layout.Visit{ID: "visit-" + by.ID, Visitor: "browser-" + by.ID, Began: w.visits}
}

// layoutCanaries returns the words on pages that a role must never read.
func layoutCanaries(p policy, role string) []string {
	var out []string
	for _, state := range states["entry"] {
		if !p.knows(role, state, "layout.Arrange") && !p.knows(role, "-", "layout.Promotions") {
			out = append(out, "canary-entry-"+state)
		}
	}
	return out
}
