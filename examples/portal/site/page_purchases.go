package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

type purchasesBody struct {
	Purchases   []purchaseRow
	First, Next string
	Away        bool
}

// A purchaseRow is an order as lists show it.
type purchaseRow struct {
	assets.Purchase
	Href  string
	Whose string // who bought it, for those who see others'
	What  string // the first things in it
}

// purchaseList shows people what was bought.
func (s *Site) purchaseList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b purchasesBody
	list, next, err := s.inventory.Purchases(r.Context(), v.By, s.ownThings(v))
	if b.Away = away(err); err != nil && !b.Away {
		return err
	}
	if b.Purchases, err = s.purchaseRows(r.Context(), v, list); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("owning.purchases"))
	b.First, b.Next = pager(p, next)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "purchases", p)
}

func (s *Site) purchaseRows(ctx context.Context, v *visit, list []assets.Purchase) ([]purchaseRow, error) {
	names := map[string]string{}
	out := make([]purchaseRow, len(list))
	for i, p := range list {
		if _, known := names[p.Person]; !known {
			name, err := s.nameOf(ctx, v, p.Person)
			if err != nil {
				return nil, err
			}
			names[p.Person] = name
		}
		var titles []string
		for _, l := range p.Lines {
			titles = append(titles, l.Title)
		}
		out[i] = purchaseRow{p, v.link("/account/purchases/" + escape(p.ID)), names[p.Person], strings.Join(titles, " · ")}
	}
	return out, nil
}

// nameOf returns what somebody is called, and of those whom the visitor does not
// see nothing.
func (s *Site) nameOf(ctx context.Context, v *visit, person string) (string, error) {
	if person == "" || person == assets.Gone {
		return "", nil
	}
	p, err := s.people.Person(ctx, v.By, person)
	if errors.Is(err, profile.ErrNotFound) {
		return "", nil
	}
	return p.Name, err
}

// purchasePage shows one order.
func (s *Site) purchasePage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	one, err := s.inventory.Purchase(r.Context(), v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	rows, err := s.purchaseRows(r.Context(), v, []assets.Purchase{one})
	if err != nil {
		return err
	}
	p := s.newPage(r, one.Number)
	p.NoIndex, p.Body = true, rows[0]
	p.Crumbs = append(s.accountCrumbs(v), crumb{Title: v.P.T("owning.purchases"), Href: v.link("/account/purchases")})
	return s.show(w, r, http.StatusOK, "purchase", p)
}

type entitlementsBody struct {
	Valid, Over []entitlementRow
	First, Next string
	Away        bool
}

// An entitlementRow is a support package as pages draw it.
type entitlementRow struct {
	assets.Entitlement
	Ahead  bool
	Over   bool
	Quotas []quotaRow
	Covers string // names of products; "" means all
	By     string // names of channels; "" means all
}

type quotaRow struct {
	assets.Quota
	Text string // what is left
}

// entitlementList shows people what support they are entitled to.
func (s *Site) entitlementList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b entitlementsBody
	list, next, err := s.inventory.Entitlements(r.Context(), v.By, s.ownThings(v))
	if b.Away = away(err); err != nil && !b.Away {
		return err
	}
	for _, e := range list {
		row := s.entitlementRow(v, e)
		if row.Over {
			b.Over = append(b.Over, row)
		} else {
			b.Valid = append(b.Valid, row)
		}
	}
	p := s.newPage(r, v.P.T("owning.entitlements"))
	b.First, b.Next = pager(p, next)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "entitlements", p)
}

func (s *Site) entitlementRow(v *visit, e assets.Entitlement) entitlementRow {
	now := s.cfg.Now()
	row := entitlementRow{Entitlement: e, Ahead: now.Before(e.From), Over: !e.To.IsZero() && !now.Before(e.To)}
	for _, q := range e.Quotas {
		text := v.P.T("owning.left_cases", "left", q.Left(), "granted", q.Granted)
		if q.Unit == assets.UnitMinute {
			text = v.P.T("owning.left_hours", "left", hours(v, q.Left()), "granted", hours(v, q.Granted))
		}
		row.Quotas = append(row.Quotas, quotaRow{q, text})
	}
	var products, channels []string
	for _, id := range e.Products {
		products = append(products, s.productName(id))
	}
	for _, c := range e.Channels {
		name := c
		if key := "owning.channel_" + underscored(c); v.P.Has(key) {
			name = v.P.T(key)
		}
		channels = append(channels, name)
	}
	row.Covers, row.By = v.P.List(products...), v.P.List(channels...)
	return row
}

// hours writes minutes as hours, with a decimal if they are not whole.
func hours(v *visit, minutes int) string {
	if minutes%60 == 0 {
		return v.P.Number(minutes / 60)
	}
	return v.P.Decimal(float64(minutes)/60, 1)
}

// An owningPart is what staff sees of what somebody has.
type owningPart struct {
	Products     []productRow
	Purchases    []purchaseRow
	Entitlements []entitlementRow
	Away, More   bool
}

// owningOf returns what somebody has, for those who see it. What cannot be asked
// now is left out, and the page says so.
func (s *Site) owningOf(ctx context.Context, v *visit, p profile.Person) (*owningPart, error) {
	if !s.policy.May(v.By, profile.PermissionAssetsRead) {
		return nil, nil
	}
	o := s.inventory.Overview(ctx, v.By, assets.Of(p), 5)
	out := &owningPart{More: o.More}
	for _, err := range []error{o.AssetsErr, o.PurchasesErr, o.EntitlementsErr} {
		if err != nil && !away(err) {
			return nil, err
		}
		out.Away = out.Away || err != nil
	}
	for _, a := range o.Assets {
		out.Products = append(out.Products, s.productRow(v, a))
	}
	for _, e := range o.Entitlements {
		out.Entitlements = append(out.Entitlements, s.entitlementRow(v, e))
	}
	var err error
	out.Purchases, err = s.purchaseRows(ctx, v, o.Purchases)
	return out, err
}
