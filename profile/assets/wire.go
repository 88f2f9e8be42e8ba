package assets

import (
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

type listParams struct {
	Person  string `query:"person" doc:"Only what this person has."`
	Account string `query:"account" doc:"Only what this organisation and its people have."`
	After   string `query:"after" doc:"Token from the page before."`
	Limit   int    `query:"limit" min:"1" max:"200" doc:"How many; 50 by default."`
}

func (p listParams) query() Query {
	q := Query{After: p.After, Limit: p.Limit}
	switch {
	case p.Person != "":
		q.Of = Scope{Person: p.Person, Account: p.Account}
	case p.Account != "":
		q.Of = Scope{Account: p.Account, Members: true}
	}
	return q
}

type idParams struct {
	ID string `path:"id" doc:"The record's id."`
}

type coverParams struct {
	Asset   string `query:"product_id" doc:"Id of an installed product."`
	Product string `query:"product" doc:"What it is one of, if none is said."`
	Channel string `query:"channel" doc:"By which they ask."`
}

type moneyWire struct {
	Amount   int64  `json:"amount" doc:"In the smallest unit of the currency."`
	Currency string `json:"currency" doc:"ISO 4217."`
}

type productsWire struct {
	Products []productWire `json:"products"`
	Next     string        `json:"next" doc:"Token of the next page, empty on the last."`
}

type productWire struct {
	ID          string         `json:"id"`
	Serial      string         `json:"serial"`
	Product     string         `json:"product" doc:"What it is one of."`
	Name        string         `json:"name"`
	Site        string         `json:"site"`
	InstalledAt string         `json:"installed_at" doc:"A day, or empty."`
	Person      string         `json:"person" doc:"Whose it is, or empty."`
	Account     string         `json:"account" doc:"The organisation whose it is, or empty."`
	Confirmed   bool           `json:"confirmed" doc:"Whether somebody who knows says that it is theirs."`
	State       WarrantyState  `json:"warranty_state"`
	Warranties  []warrantyWire `json:"warranties"`
	Version     int            `json:"version"`
}

type warrantyWire struct {
	Kind  string        `json:"kind"`
	From  time.Time     `json:"from"`
	To    time.Time     `json:"to" doc:"It ends before this time."`
	State WarrantyState `json:"state"`
}

func (i *Inventory) wireOfAsset(a Asset) productWire {
	now := i.clock()
	return productWire{
		ID: a.ID, Serial: a.Serial, Product: a.Product, Name: a.Name, Site: a.Site, InstalledAt: dateOf(a.InstalledAt), Person: a.Person, Account: a.Account,
		Confirmed: a.Confirmed, State: a.WarrantyState(now), Version: a.Version,
		Warranties: mapped(a.Warranties, func(w Warranty) warrantyWire { return warrantyWire{w.Kind, w.From, w.To, w.State(now)} }),
	}
}

type registrationWire struct {
	Serial      string `json:"serial" doc:"As it is printed on the product." validate:"required,max=64"`
	Name        string `json:"name,omitempty" validate:"text=name"`
	Site        string `json:"site,omitempty" validate:"text=name"`
	InstalledAt string `json:"installed_at,omitempty" doc:"A day, 2026-11-30." validate:"max=10"`
	Private     bool   `json:"private,omitempty" doc:"It is the reader's own and not of their organisation."`
}

func (w registrationWire) registration() (Registration, error) {
	at, err := dateIn(w.InstalledAt)
	return Registration{Serial: w.Serial, Name: w.Name, Site: w.Site, InstalledAt: at, Private: w.Private}, err
}

type changeWire struct {
	Name        string `json:"name,omitempty" validate:"text=name"`
	Site        string `json:"site,omitempty" validate:"text=name"`
	InstalledAt string `json:"installed_at,omitempty" doc:"A day, 2026-11-30." validate:"max=10"`
	Person      string `json:"person,omitempty" doc:"Whose it is within the organisation; empty for the organisation's as a whole." validate:"max=128"`
}

func (w changeWire) change() (Change, error) {
	at, err := dateIn(w.InstalledAt)
	return Change{Name: w.Name, Site: w.Site, InstalledAt: at, Person: w.Person}, err
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func dateIn(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, errs.Field("installed_at", "error.field.bad_date", nil)
	}
	return t, nil
}

type purchasesWire struct {
	Purchases []purchaseWire `json:"purchases"`
	Next      string         `json:"next" doc:"Token of the next page, empty on the last."`
}

type purchaseWire struct {
	ID      string     `json:"id"`
	Number  string     `json:"number"`
	At      time.Time  `json:"at"`
	Status  Status     `json:"status"`
	Total   moneyWire  `json:"total"`
	Lines   []lineWire `json:"lines"`
	Person  string     `json:"person" doc:"Who bought it, or empty."`
	Account string     `json:"account" doc:"The organisation that bought it, or empty."`
}

type lineWire struct {
	Product  string    `json:"product" doc:"Id of the product, if it is one that the portal knows."`
	Title    string    `json:"title"`
	Quantity int       `json:"quantity"`
	Price    moneyWire `json:"price" doc:"Of the whole line."`
}

func wireOfPurchase(p Purchase) purchaseWire {
	return purchaseWire{
		ID: p.ID, Number: p.Number, At: p.At, Status: p.Status, Total: moneyWire(p.Total), Person: p.Person, Account: p.Account,
		Lines: mapped(p.Lines, func(l Line) lineWire { return lineWire{l.Product, l.Title, l.Quantity, moneyWire(l.Price)} }),
	}
}

type entitlementsWire struct {
	Entitlements []entitlementWire `json:"entitlements"`
	Next         string            `json:"next" doc:"Token of the next page, empty on the last."`
}

type entitlementWire struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Level    string      `json:"level"`
	Channels []string    `json:"channels" doc:"Empty means by all."`
	Products []string    `json:"products" doc:"Empty means for all."`
	Asset    string      `json:"product_id" doc:"The one installed product that it is for, or empty."`
	Quotas   []quotaWire `json:"quotas" doc:"Empty means as much as is needed."`
	From     time.Time   `json:"from"`
	To       *time.Time  `json:"to" doc:"It is valid until before this time; null means without end."`
	Valid    bool        `json:"valid"`
	Person   string      `json:"person" doc:"Whose it is, or empty."`
	Account  string      `json:"account" doc:"The organisation whose it is, or empty."`
}

type quotaWire struct {
	Unit    Unit `json:"unit"`
	Granted int  `json:"granted"`
	Left    int  `json:"left"`
}

func (i *Inventory) wireOfEntitlement(e Entitlement) entitlementWire {
	out := entitlementWire{
		ID: e.ID, Title: e.Title, Level: e.Level, Channels: append([]string{}, e.Channels...), Products: append([]string{}, e.Products...), Asset: e.Asset,
		From: e.From, Valid: e.Valid(i.clock()), Person: e.Person, Account: e.Account,
		Quotas: mapped(e.Quotas, func(q Quota) quotaWire { return quotaWire{q.Unit, q.Granted, q.Left()} }),
	}
	if !e.To.IsZero() {
		out.To = &e.To
	}
	return out
}

type useWire struct {
	Unit Unit   `json:"unit" doc:"minute or case." validate:"required,max=20"`
	N    int    `json:"n" doc:"How much." validate:"min=1"`
	Ref  string `json:"ref,omitempty" doc:"What for, as kind/id." validate:"max=128"`
}

type coverWire struct {
	Level string            `json:"level" doc:"Empty if nothing covers it."`
	Why   Uncovered         `json:"why" doc:"What is missing, if nothing covers it."`
	By    []entitlementWire `json:"by" doc:"What covers it, the best first."`
}
