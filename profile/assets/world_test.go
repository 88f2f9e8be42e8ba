package assets_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/memassets"
)

var now = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

func actor(id, account string, roles ...profile.Role) profile.Actor {
	return profile.Actor{ID: id, Account: account, Roles: roles}
}

var (
	root = actor("root", "", profile.RoleAdmin)
	gus  = actor("gus", "", profile.RoleAgent)
	ann  = actor("ann", "acme", profile.RoleCustomer)
	bob  = actor("bob", "acme", profile.RoleCustomer)
	mia  = actor("mia", "acme", profile.RoleManager)
	cem  = actor("cem", "globex", profile.RoleCustomer)
	dora = actor("dora", "", profile.RoleCustomer)
)

// A shop is an inventory over a store, by a clock.
type shop struct {
	*assets.Inventory
	store *memassets.Store
	now   time.Time
}

func newShop(t *testing.T, change ...func(*assets.Ports, *assets.Options)) *shop {
	t.Helper()
	s := &shop{store: memassets.New(), now: now}
	ports, opts := assets.PortsOf(s.store), assets.Options{
		Now: func() time.Time { return s.now }, Secret: []byte("0123456789abcdef"),
		Models: []assets.Model{{Product: "hub-2", Serial: `HB2-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "HB2-88B1-2D40"}, {Product: "t1", Serial: `T1-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "T1-4F2A-09C3"}},
		Line:   func(product string) string { return map[string]string{"hub-2": "gateway", "t1": "sensor"}[product] },
	}
	for _, c := range change {
		c(&ports, &opts)
	}
	var err error
	s.Inventory, err = assets.NewInventory(ports, &opts)
	require.NoError(t, err)
	return s
}

func (s *shop) asset(t *testing.T, id string, h assets.Holder, change ...func(*assets.Asset)) assets.Asset {
	t.Helper()
	a := assets.Asset{ID: id, Holder: h, Serial: "HB2-" + id, Product: "hub-2", Confirmed: true, Warranties: []assets.Warranty{{Kind: "maker", From: now.AddDate(-1, 0, 0), To: now.AddDate(1, 0, 0)}}}
	for _, c := range change {
		c(&a)
	}
	a, err := s.SaveAsset(t.Context(), root, a)
	require.NoError(t, err)
	return a
}

func (s *shop) purchase(t *testing.T, id string, h assets.Holder, change ...func(*assets.Purchase)) assets.Purchase {
	t.Helper()
	p := assets.Purchase{
		ID: id, Holder: h, Number: "SO-" + id, At: now.AddDate(0, 0, -10), Status: assets.StatusDelivered, Total: i18n.Money{Amount: 15800, Currency: "EUR"},
		Lines: []assets.Line{{Product: "t1", Title: "T1", Quantity: 2, Price: i18n.Money{Amount: 15800, Currency: "EUR"}}},
	}
	for _, c := range change {
		c(&p)
	}
	p, err := s.SavePurchase(t.Context(), root, p)
	require.NoError(t, err)
	return p
}

func (s *shop) entitlement(t *testing.T, id string, h assets.Holder, change ...func(*assets.Entitlement)) assets.Entitlement {
	t.Helper()
	e := assets.Entitlement{
		ID: id, Holder: h, Title: "Priority", Level: "priority", Channels: []string{"web", "phone"}, From: now.AddDate(0, -1, 0), To: now.AddDate(0, 11, 0),
		Quotas: []assets.Quota{{Unit: assets.UnitMinute, Granted: 120}},
	}
	for _, c := range change {
		c(&e)
	}
	e, err := s.SaveEntitlement(t.Context(), root, e)
	require.NoError(t, err)
	return e
}

// A reader is the reading side of a store, as a CRM has that cannot be written.
type reader struct{ s *memassets.Store }

func (r reader) Asset(ctx context.Context, id string) (assets.Asset, error) {
	return r.s.Asset(ctx, id)
}
func (r reader) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	return r.s.Assets(ctx, q)
}
