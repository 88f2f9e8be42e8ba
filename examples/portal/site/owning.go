package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/sqlassets"
)

// demoModels are the serial numbers of the demo's products.
var demoModels = []assets.Model{
	{Product: "hub-2", Serial: `HB2-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "HB2-88B1-2D40"},
	{Product: "hub-1", Serial: `HB1-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "HB1-20D4-93AF"},
	{Product: "t1", Serial: `T1-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "T1-4F2A-09C3"},
	{Product: "t2-probe", Serial: `T2-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "T2-6A0E-5512"},
	{Product: "h1", Serial: `H1-[0-9A-F]{4}-[0-9A-F]{4}`, Example: "H1-77E0-1A05"},
}

// openAssets opens the inventory of what customers have. A portal with a CRM
// gives it the CRM's ports in the place of the tables.
func (s *Site) openAssets() (err error) {
	s.things = sqlassets.New(s.db.write)
	opts := &assets.Options{
		Policy: s.policy, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Secret: s.secret,
		Member: s.memberOf, Line: s.lineOf, Currencies: []string{"EUR", "GBP", "JPY"},
	}
	if s.cfg.Demo {
		opts.Models, opts.Confirm = demoModels, demoWarranty
	}
	s.inventory, err = assets.NewInventory(assets.PortsOf(s.things), opts)
	return err
}

// memberOf reports whether somebody is of an organisation.
func (s *Site) memberOf(ctx context.Context, account, person string) (bool, error) {
	p, err := s.people.Person(ctx, system, person)
	if errors.Is(err, profile.ErrNotFound) {
		return false, nil
	}
	return err == nil && !p.Disabled && p.Account == account, err
}

// lineOf returns the line of products that one belongs to.
func (s *Site) lineOf(product string) string {
	for _, p := range s.world.Products {
		if p.ID == product {
			return p.Group
		}
	}
	return ""
}

// demoWarranty is what the demo's maker promises of every product. Whether a
// number is whose who types it, it cannot tell.
func demoWarranty(_ context.Context, a assets.Asset) (bool, []assets.Warranty, error) {
	if a.InstalledAt.IsZero() {
		return false, nil, nil
	}
	return false, warranty(a.InstalledAt, 24), nil
}

func warranty(from time.Time, months int) []assets.Warranty {
	return []assets.Warranty{{Kind: "maker", From: from, To: from.AddDate(0, months, 0)}}
}

// demoThings is the setting that says that the demo's things have come.
const demoThings = "demo things"

// seedThings gives the demo's people what they have, the first time.
func (s *Site) seedThings(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoThings)
	if err != nil || state == "done" {
		return err
	}
	for _, p := range s.world.Things.Products {
		_, err := s.inventory.SaveAsset(ctx, system, assets.Asset{
			ID: p.ID, Holder: assets.Holder{Person: p.Person, Account: p.Account}, Serial: p.Serial, Product: p.Product, Name: p.Name, Site: p.Site,
			InstalledAt: p.Installed, RegisteredAt: p.Installed, Confirmed: true, Warranties: warranty(p.Installed, p.Warranty),
		})
		if unlessThere(err) != nil {
			return fmt.Errorf("demo product %s: %w", p.ID, err)
		}
	}
	for _, p := range s.world.Things.Purchases {
		if _, err := s.inventory.SavePurchase(ctx, system, s.demoPurchase(p)); unlessThere(err) != nil {
			return fmt.Errorf("demo purchase %s: %w", p.ID, err)
		}
	}
	for _, e := range s.world.Things.Entitlements {
		if _, err := s.inventory.SaveEntitlement(ctx, system, demoEntitlement(e)); unlessThere(err) != nil {
			return fmt.Errorf("demo entitlement %s: %w", e.ID, err)
		}
	}
	return s.db.set(ctx, demoThings, "done")
}

func (s *Site) demoPurchase(p demo.Purchase) assets.Purchase {
	out := assets.Purchase{
		ID: p.ID, Holder: assets.Holder{Person: p.Person, Account: p.Account}, Number: p.ID, At: p.At, Status: assets.Status(p.Status),
		Total: i18n.Money{Currency: p.Currency},
	}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, assets.Line{
			Product: l.Product, Title: cmp.Or(l.Title, s.productName(l.Product)), Quantity: l.N, Price: i18n.Money{Amount: l.Price, Currency: p.Currency},
		})
		out.Total.Amount += l.Price
	}
	return out
}

func demoEntitlement(e demo.Entitlement) assets.Entitlement {
	out := assets.Entitlement{
		ID: e.ID, Holder: assets.Holder{Person: e.Person, Account: e.Account}, Title: e.Title, Level: e.Level, Rank: e.Rank,
		Channels: e.Channels, Products: e.Products, From: e.From, To: e.To,
	}
	for _, q := range []struct {
		unit assets.Unit
		of   []int
	}{{assets.UnitMinute, e.Minutes}, {assets.UnitCase, e.Cases}} {
		if len(q.of) == 2 {
			out.Quotas = append(out.Quotas, assets.Quota{Unit: q.unit, Granted: q.of[0], Used: q.of[1]})
		}
	}
	return out
}
