package matrix_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// holders are whose the things are, by state; one's own are everybody's who is
// signed in.
var holders = map[string]assets.Holder{
	"shared": {Account: "acme"}, "colleague-has": {Person: "bob", Account: "acme"}, "foreign": {Person: "sven", Account: "globex"},
}

// stock gives things to everybody, and makes the Inventory that a build asks for.
func (w *world) stock(t *testing.T, b build) {
	t.Helper()
	inventory, err := assets.NewInventory(assets.PortsOf(w.things), &assets.Options{Now: w.now.time})
	require.NoError(t, err)
	keep := func(id string, h assets.Holder) {
		ctx, admin, at := t.Context(), people["admin"], w.now.time()
		_, err := inventory.SaveAsset(ctx, admin, assets.Asset{ID: id, Holder: h, Serial: "S-" + id, Product: "p", Name: "canary-asset-" + id})
		require.NoError(t, err)
		_, err = inventory.SavePurchase(ctx, admin, assets.Purchase{
			ID: id, Holder: h, Number: "canary-order-" + id, At: at, Status: assets.StatusOrdered, Total: i18n.Money{Currency: "EUR"},
		})
		require.NoError(t, err)
		_, err = inventory.SaveEntitlement(ctx, admin, assets.Entitlement{
			ID: id, Holder: h, Title: "canary-entitlement-" + id, Level: "l", From: at, Quotas: []assets.Quota{{Unit: assets.UnitCase, Granted: 1000}},
		})
		require.NoError(t, err)
	}
	for state, h := range holders {
		keep(state, h)
	}
	for _, by := range people {
		if !by.Anonymous() {
			keep("of-"+by.ID, assets.Holder{Person: by.ID, Account: by.Account})
		}
	}
	used := assets.Store(w.things)
	if b.things != nil {
		used = b.things(used)
	}
	w.inventory, err = assets.NewInventory(assets.PortsOf(used), &assets.Options{Policy: b.policy, Events: w.events, Now: w.now.time})
	require.NoError(t, err)
}

// holding returns the ID of the thing in a state, as by has it.
func holding(by profile.Actor, state string) string {
	if state == "mine" && !by.Anonymous() {
		return "of-" + by.ID
	}
	return state
}

// assetCanaries returns the words on things that a role must never read.
func assetCanaries(p policy, role string) (out []string) {
	for state := range holders {
		for kind, op := range map[string]string{"asset": "assets.Asset", "order": "assets.Purchase", "entitlement": "assets.Entitlement"} {
			if !p.knows(role, state, op) {
				out = append(out, "canary-"+kind+"-"+state)
			}
		}
	}
	return out
}

func assetOperations() []operation {
	return slices.Concat(assetsShown(), assetsChanged())
}

func among[T interface {
	Key() (string, assets.Holder, time.Time)
}](list []T, by profile.Actor, state string) bool {
	return slices.ContainsFunc(list, func(v T) bool {
		id, _, _ := v.Key()
		return id == holding(by, state)
	})
}

func assetsShown() []operation {
	everything := assets.Query{Limit: 200}
	return []operation{
		{name: "assets.Asset", on: "holding", routes: []string{"assets.product"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			a, err := w.inventory.Asset(ctx, by, holding(by, state))
			return a, err == nil, err
		}},
		{name: "assets.Assets", on: "holding", routes: []string{"assets.products"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			page, _, err := w.inventory.Assets(ctx, by, everything)
			return page, among(page, by, state), err
		}},
		{name: "assets.Purchase", on: "holding", routes: []string{"assets.purchase"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			p, err := w.inventory.Purchase(ctx, by, holding(by, state))
			return p, err == nil, err
		}},
		{name: "assets.Purchases", on: "holding", routes: []string{"assets.purchases"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			page, _, err := w.inventory.Purchases(ctx, by, everything)
			return page, among(page, by, state), err
		}},
		{name: "assets.Entitlement", on: "holding", routes: []string{"assets.entitlement"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			e, err := w.inventory.Entitlement(ctx, by, holding(by, state))
			return e, err == nil, err
		}},
		{name: "assets.Entitlements", on: "holding", routes: []string{"assets.entitlements"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			page, _, err := w.inventory.Entitlements(ctx, by, everything)
			return page, among(page, by, state), err
		}},
		{name: "assets.Overview", on: "holding", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			o := w.inventory.Overview(ctx, by, assets.Scope{}, 200)
			return o, among(o.Assets, by, state), o.AssetsErr
		}},
		{name: "assets.Covers", on: "holding", routes: []string{"assets.cover"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			c, err := w.inventory.Covers(ctx, by, assets.Matter{Asset: holding(by, state)})
			return c, err == nil && len(c.By) > 0, err
		}},
	}
}

func assetsChanged() []operation {
	save := func(name string, call func(ctx context.Context, w *world, by profile.Actor) error) operation {
		return overall("assets."+name, call)
	}
	return []operation{
		overall("assets.Register", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.inventory.Register(ctx, by, assets.Registration{Serial: "NEW-" + by.ID})
			return err
		}, "assets.register"),
		overall("assets.Register/viewing", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.inventory.Register(ctx, viewing(by), assets.Registration{Serial: "NEW-" + by.ID})
			return err
		}),
		{name: "assets.Change", on: "holding", routes: []string{"assets.change"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			to := by.ID
			if by.Account == "" && state != "mine" {
				to = "" // who is of no organisation takes nothing of one
			}
			a, err := w.inventory.Change(ctx, by, holding(by, state), assets.Change{Name: "changed", Person: to, Version: 1})
			return a, err == nil, err
		}},
		{name: "assets.Unregister", on: "holding", routes: []string{"assets.unregister"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			id := holding(by, state)
			version := 1
			if a, err := w.things.Asset(ctx, id); err == nil {
				version = a.Version // somebody may have changed it before
			}
			err := w.inventory.Unregister(ctx, by, id, version)
			return nil, err == nil, err
		}},
		{name: "assets.Changes", on: "holding", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			a, err := w.things.Asset(ctx, holding(by, state))
			return nil, err == nil && w.inventory.Changes(by, a), nil
		}},
		{name: "assets.Spend", on: "holding", routes: []string{"assets.spend"}, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			e, err := w.inventory.Spend(ctx, by, holding(by, state), assets.Use{Unit: assets.UnitCase, N: 1, Key: "k" + by.ID + state})
			return e, err == nil, err
		}},
		save("SaveAsset", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.inventory.SaveAsset(ctx, by, assets.Asset{ID: "new", Holder: holders["shared"], Serial: "new", Product: "p"})
			return err
		}),
		save("SavePurchase", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.inventory.SavePurchase(ctx, by, assets.Purchase{
				ID: "new", Holder: holders["shared"], Number: "n", At: w.now.time(), Status: assets.StatusOrdered, Total: i18n.Money{Currency: "EUR"},
			})
			return err
		}),
		save("SaveEntitlement", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.inventory.SaveEntitlement(ctx, by, assets.Entitlement{ID: "new", Holder: holders["shared"], Title: "t", Level: "l", From: w.now.time()})
			return err
		}),
	}
}

// An openInventory store admits everybody to everything.
type openInventory struct{ assets.Store }

func (s openInventory) Purchase(ctx context.Context, id string) (assets.Purchase, error) {
	p, err := s.Store.Purchase(ctx, id)
	p.Holder = assets.Holder{Account: "acme", Person: "ann"}
	return p, err
}

func assetTwins() []twin {
	return []twin{
		{"customers see what their organisation paid", build{policy: generous(profile.RoleCustomer, profile.PermissionHoldingsRead)}, []string{"assets.Purchases"}, leaking},
		{"customers give away what is everybody's", build{policy: generous(profile.RoleCustomer, profile.PermissionHoldingsWrite)}, []string{"assets.Change"}, wrong},
		{"authors see what everybody has", build{policy: generous(profile.RoleAuthor, profile.PermissionAssetsRead)}, []string{"assets.Assets"}, leaking},
		{"orders have no holder", build{policy: profile.DefaultPolicy(), things: func(s assets.Store) assets.Store { return openInventory{s} }}, []string{"assets.Purchase"}, leaking},
	}
}
