package assetstest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/assets"
)

// holders are all kinds of them, by the ID of what they have.
func holders() map[string]assets.Holder {
	return map[string]assets.Holder{
		"h-ann": {Person: "ann"}, "h-ann-acme": {Person: "ann", Account: "acme"}, "h-ann-globex": {Person: "ann", Account: "globex"},
		"h-acme": {Account: "acme"}, "h-bob-acme": {Person: "bob", Account: "acme"}, "h-globex": {Account: "globex"},
		"h-Ann": {Person: "Ann"}, "h-ann2": {Person: "ann2"}, "h-acme2": {Account: "acme2"}, "h-bob": {Person: "bob"},
	}
}

// Filled returns a store's worth of things, one of each kind for each kind of
// holder.
func Filled() (products []assets.Asset, orders []assets.Purchase, entitlements []assets.Entitlement) {
	for _, id := range slices.Sorted(keys(holders())) {
		h := holders()[id]
		products = append(products, newAsset(id, func(a *assets.Asset) { a.Holder = h }))
		orders = append(orders, newPurchase(id, func(p *assets.Purchase) { p.Holder = h }))
		entitlements = append(entitlements, newEntitlement(id, func(e *assets.Entitlement) { e.Holder = h }))
	}
	return products, orders, entitlements
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// fill keeps what Filled returns.
func fill(t *testing.T, s assets.Store) {
	t.Helper()
	products, orders, entitlements := Filled()
	for n := range products {
		require.NoError(t, s.SaveAsset(t.Context(), products[n]))
		require.NoError(t, s.SavePurchase(t.Context(), orders[n]))
		require.NoError(t, s.SaveEntitlement(t.Context(), entitlements[n]))
	}
}

func scopes() []assets.Scope {
	return []assets.Scope{
		{}, {All: true}, {Person: "ann"}, {Person: "ann", Account: "acme"}, {Person: "ann", Account: "acme", Shared: true},
		{Person: "ann", Account: "acme", Shared: true, Members: true}, {Person: "bob", Account: "globex", Shared: true},
		{Account: "acme", Members: true}, {Account: "acme", Shared: true}, {Person: "nobody"}, {Account: "nowhere", Members: true}, {Shared: true, Members: true},
	}
}

func checkScopes(t *testing.T, s assets.Store) {
	fill(t, s)
	readScopes(t, assets.PortsOf(s))
}

func readers() []suitetest.Promise[assets.Ports] {
	return []suitetest.Promise[assets.Ports]{
		{"Scopes", "lists hold what both scopes admit, and nothing else", readScopes},
		{"About", "a list about a person holds what they have or registered, and nothing else", readAbout},
		{"One", "what is there is found by its ID as it is, and what is not is ErrNotFound", readOne},
		{"Pages", "pages hold everything once, and no more at a time than asked for", readPages},
		{"Cancelled", "a cancelled context stops a call, which returns its error", readCancelled},
	}
}

// ids lists all kinds of things by ID, through every page.
func ids(t *testing.T, p assets.Ports, q assets.Query) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	if p.Assets != nil {
		out["products"] = all(t, q, p.Assets.Assets)
	}
	if p.Purchases != nil {
		out["purchases"] = all(t, q, p.Purchases.Purchases)
	}
	if p.Entitlements != nil {
		out["entitlements"] = all(t, q, p.Entitlements.Entitlements)
	}
	return out
}

func all[T interface {
	Key() (string, assets.Holder, time.Time)
}](t *testing.T, q assets.Query, list func(context.Context, assets.Query) ([]T, string, error),
) []string {
	t.Helper()
	out := []string{}
	for range 1000 {
		page, next, err := list(t.Context(), q)
		require.NoError(t, err)
		if q.Limit > 0 {
			require.LessOrEqual(t, len(page), q.Limit)
		}
		for _, v := range page {
			id, _, _ := v.Key()
			out = append(out, id)
		}
		if next == "" {
			return out
		}
		q.After = next
	}
	require.Fail(t, "there is no last page")
	return out
}

func readScopes(t *testing.T, p assets.Ports) {
	for _, sees := range scopes() {
		for _, of := range scopes() {
			q := assets.Query{Sees: sees, Of: of, Limit: 200}
			want := []string{}
			for _, id := range slices.Sorted(keys(holders())) {
				if q.Admits(holders()[id]) {
					want = append(want, id)
				}
			}
			for kind, got := range ids(t, p, q) {
				require.Equal(t, want, got, "%s that %+v sees of %+v", kind, sees, of)
			}
		}
	}
}

func readOne(t *testing.T, p assets.Ports) {
	products, orders, entitlements := Filled()
	for n := range products {
		if p.Assets != nil {
			a, err := p.Assets.Asset(t.Context(), products[n].ID)
			require.NoError(t, err)
			a.Origin, products[n].Origin = "", ""
			require.Equal(t, products[n], a)
		}
		if p.Purchases != nil {
			v, err := p.Purchases.Purchase(t.Context(), orders[n].ID)
			require.NoError(t, err)
			v.Origin, orders[n].Origin = "", ""
			require.Equal(t, orders[n], v)
		}
		if p.Entitlements != nil {
			e, err := p.Entitlements.Entitlement(t.Context(), entitlements[n].ID)
			require.NoError(t, err)
			e.Origin, entitlements[n].Origin = "", ""
			require.Equal(t, entitlements[n], e)
		}
	}
	if p.Assets != nil {
		_, err := p.Assets.Asset(t.Context(), "none")
		require.ErrorIs(t, err, assets.ErrNotFound)
	}
	if p.Purchases != nil {
		_, err := p.Purchases.Purchase(t.Context(), "none")
		require.ErrorIs(t, err, assets.ErrNotFound)
	}
	if p.Entitlements != nil {
		_, err := p.Entitlements.Entitlement(t.Context(), "none")
		require.ErrorIs(t, err, assets.ErrNotFound)
	}
}

func readPages(t *testing.T, p assets.Ports) {
	want := slices.Sorted(keys(holders()))
	for _, limit := range []int{1, 3, len(want), 200} {
		for kind, got := range ids(t, p, assets.Query{Sees: assets.Scope{All: true}, Limit: limit}) {
			require.Equal(t, want, got, "%s, %d at a time", kind, limit)
		}
	}
}

func readCancelled(t *testing.T, p assets.Ports) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p.Assets != nil {
		_, _, err := p.Assets.Assets(ctx, assets.Query{Sees: assets.Scope{All: true}})
		require.ErrorIs(t, err, context.Canceled)
	}
	if p.Purchases != nil {
		_, _, err := p.Purchases.Purchases(ctx, assets.Query{Sees: assets.Scope{All: true}})
		require.ErrorIs(t, err, context.Canceled)
	}
	if p.Entitlements != nil {
		_, _, err := p.Entitlements.Entitlements(ctx, assets.Query{Sees: assets.Scope{All: true}})
		require.ErrorIs(t, err, context.Canceled)
	}
}
