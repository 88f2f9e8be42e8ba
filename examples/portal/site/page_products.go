package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// owningRoutes are about what people have.
func (s *Site) owningRoutes() []route {
	return []route{
		{"GET /account/products", "owning", s.signedIn(s.productList)},
		{"POST /account/products", "owning", s.signedIn(s.register)},
		{"GET /account/products/{id}", "owning", s.signedIn(s.productPage)},
		{"POST /account/products/{id}", "owning", s.signedIn(s.saveProduct)},
		{"POST /account/products/{id}/unregister", nothing + "leads back", s.signedIn(s.unregister)},
		{"GET /account/purchases", "owning", s.signedIn(s.purchaseList)},
		{"GET /account/purchases/{id}", "owning", s.signedIn(s.purchasePage)},
		{"GET /account/entitlements", "owning", s.signedIn(s.entitlementList)},
	}
}

// thingsPerPage is how many things a page of a list has.
const thingsPerPage = 20

// A productRow is an installed product as lists show it.
type productRow struct {
	assets.Asset
	Title  string // what it is called
	Model  string // what it is one of
	Href   string
	State  assets.WarrantyState
	Until  time.Time
	Left   int    // of the warranty, in percent
	Search string // address of the texts about it
}

func (s *Site) productRow(v *visit, a assets.Asset) productRow {
	now := s.cfg.Now()
	row := productRow{
		Asset: a, Model: s.productName(a.Product), Href: v.link("/account/products/" + escape(a.ID)), State: a.WarrantyState(now),
		Search: v.link("/search") + "?product=" + url.QueryEscape(a.Product),
	}
	row.Title = a.Name
	if row.Title == "" {
		row.Title = row.Model
	}
	if w, ok := a.Warranty(now); ok {
		row.Until, row.Left = w.To, int(100*w.Left(now)+0.5)
	}
	return row
}

type productsBody struct {
	Products    []productRow
	Form        []input
	Key         string
	Action      string
	First, Next string
	Notice      string
	Faults      bool
	Away        bool // what knows of products cannot be asked now
}

// ownThings asks for what a visitor and their organisation have, even of those
// who see everybody's.
func (s *Site) ownThings(v *visit) assets.Query {
	return assets.Query{
		Of:    thingsOf(v.By),
		After: v.Query.Get("after"), Limit: thingsPerPage,
	}
}

// thingsOf is what somebody and their organisation have.
func thingsOf(by profile.Actor) assets.Scope {
	return assets.Scope{Person: by.ID, Account: by.Account, Shared: true, Members: true}
}

// away reports whether an error only says that a port cannot be asked now, which
// takes no page down.
func away(err error) bool { return errors.Is(err, assets.ErrUnavailable) }

// productList shows people what is installed, and asks for more.
func (s *Site) productList(w http.ResponseWriter, r *http.Request) error {
	return s.showProducts(w, r, http.StatusOK, nil, nil)
}

func (s *Site) showProducts(w http.ResponseWriter, r *http.Request, status int, typed url.Values, faults map[string]string) error {
	v := visitOf(r.Context())
	b := productsBody{Action: v.link("/account/products"), Key: s.memory.formKey, Faults: len(faults) > 0}
	if key := typed.Get("key"); key != "" {
		b.Key = key
	}
	list, next, err := s.inventory.Assets(r.Context(), v.By, s.ownThings(v))
	if b.Away = away(err); err != nil && !b.Away {
		return err
	}
	for _, a := range list {
		b.Products = append(b.Products, s.productRow(v, a))
	}
	if v.Query.Get("gone") != "" {
		b.Notice = v.P.T("owning.unregistered")
	}
	b.Form = s.registrationInputs(v, typed)
	note(faults, b.Form)
	p := s.newPage(r, v.P.T("owning.products"))
	b.First, b.Next = pager(p, next)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, status, "products", p)
}

// pager returns the addresses of the first and the next page.
func pager(p *page, next string) (first, after string) {
	if next != "" {
		after = p.With("after", next)
	}
	if p.Query.Get("after") != "" {
		first = p.With()
	}
	return first, after
}

func (s *Site) registrationInputs(v *visit, typed url.Values) []input {
	example := ""
	if models := s.inventory.Models(); len(models) > 0 {
		example = models[0].Example
	}
	serial := input{Name: "serial", Label: v.P.T("owning.serial"), Kind: "serial", Value: typed.Get("serial"), Required: true, Max: 64}
	if example != "" {
		serial.Hint = v.P.T("owning.serial_note", "example", example)
	}
	out := []input{
		serial,
		{Name: "name", Label: v.P.T("owning.name"), Hint: v.P.T("owning.name_note"), Kind: "text", Value: typed.Get("name"), Max: 120},
		{Name: "site", Label: v.P.T("owning.site"), Hint: v.P.T("owning.site_note"), Kind: "text", Value: typed.Get("site"), Max: 120},
		{Name: "installed_at", Label: v.P.T("owning.installed"), Kind: "date", Value: typed.Get("installed_at")},
	}
	if v.By.Account != "" {
		out = append(out, input{Name: "private", Label: v.P.T("owning.private"), Hint: v.P.T("owning.private_note"), Kind: "checkbox", Value: typed.Get("private")})
	}
	return out
}

// register adds a product of the visitor's.
func (s *Site) register(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	at, err := typedDay(r.PostFormValue("installed_at"))
	if err == nil {
		var a assets.Asset
		a, err = s.inventory.Register(r.Context(), v.By, assets.Registration{
			Serial: r.PostFormValue("serial"), Name: r.PostFormValue("name"), Site: r.PostFormValue("site"), InstalledAt: at,
			Private: r.PostFormValue("private") == "yes", Key: r.PostFormValue("key"),
		})
		if err == nil {
			http.Redirect(w, r, v.link("/account/products/"+escape(a.ID))+"?saved=new", http.StatusSeeOther)
			return nil
		}
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return s.showProducts(w, r, http.StatusUnprocessableEntity, r.PostForm, v.P.Fields(wrong))
	}
	if says, ok := errors.AsType[*errs.Says](err); ok && errors.Is(err, assets.ErrTooMany) {
		return s.showProducts(w, r, http.StatusTooManyRequests, r.PostForm, v.P.Fields(errs.Fields{"serial": says.Message}))
	}
	return err
}

func typedDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, errs.Field("installed_at", "error.field.bad_date", nil)
	}
	return t, nil
}

type productBody struct {
	Product    productRow
	Warranties []warrantyRow
	Covered    *coverRow // nil where it cannot be told now
	Form       *sheet    // nil for those who may not change it
	Unregister string
	Notice     string
}

type warrantyRow struct {
	assets.Warranty
	State assets.WarrantyState
	Left  int
}

type coverRow struct {
	By  []assets.Entitlement
	Why string // message key
}

// productPage shows one product.
func (s *Site) productPage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.inventory.Asset(r.Context(), visitOf(r.Context()).By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showProduct(w, r, http.StatusOK, a, productForm(a), nil)
}

// productForm returns what a form says of a product that nobody has changed.
func productForm(a assets.Asset) url.Values {
	at := ""
	if !a.InstalledAt.IsZero() {
		at = a.InstalledAt.Format(time.DateOnly)
	}
	return url.Values{"name": {a.Name}, "site": {a.Site}, "installed_at": {at}, "person": {a.Person}, "version": {strconv.Itoa(a.Version)}}
}

func (s *Site) showProduct(w http.ResponseWriter, r *http.Request, status int, a assets.Asset, typed url.Values, faults map[string]string) error {
	ctx, v, now := r.Context(), visitOf(r.Context()), s.cfg.Now()
	b := productBody{Product: s.productRow(v, a)}
	for _, one := range a.Warranties {
		b.Warranties = append(b.Warranties, warrantyRow{one, one.State(now), int(100*one.Left(now) + 0.5)})
	}
	switch v.Query.Get("saved") {
	case "new":
		b.Notice = v.P.T("owning.registered")
	case "1":
		b.Notice = v.P.T("account.saved")
	}
	c, err := s.inventory.Covers(ctx, v.By, assets.Matter{Asset: a.ID})
	if err == nil {
		b.Covered = &coverRow{By: c.By}
		if len(c.By) == 0 {
			b.Covered.Why = "owning.uncovered_" + string(c.Why)
		}
	} else if !away(err) {
		return err
	}
	if s.inventory.Changes(v.By, a) {
		if b.Form, err = s.productSheet(ctx, v, a, typed, faults); err != nil {
			return err
		}
		b.Unregister = v.link("/account/products/" + escape(a.ID) + "/unregister")
	}
	p := s.newPage(r, b.Product.Title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = append(s.accountCrumbs(v), crumb{Title: v.P.T("owning.products"), Href: v.link("/account/products")})
	return s.show(w, r, status, "product", p)
}

func (s *Site) productSheet(ctx context.Context, v *visit, a assets.Asset, typed url.Values, faults map[string]string) (*sheet, error) {
	version, _ := strconv.Atoi(typed.Get("version"))
	f := &sheet{Action: v.link("/account/products/" + escape(a.ID)), Version: version, Submit: v.P.T("form.save"), Wrong: len(faults) > 0}
	f.Basics = s.registrationInputs(v, typed)[1:4]
	if a.Account != "" {
		whose := input{Name: "person", Label: v.P.T("owning.whose"), Kind: "select", Value: typed.Get("person")}
		people, err := s.colleagues(ctx, v, a)
		if err != nil {
			return nil, err
		}
		whose.Choices = append([]option{{"", v.P.T("owning.everybodys")}}, people...)
		f.Basics = append(f.Basics, whose)
	}
	f.Faults = note(faults, f.Basics)
	return f, nil
}

// colleagues are the people to whom a product of an organisation can be given:
// those whom the visitor sees, and whose it is.
func (s *Site) colleagues(ctx context.Context, v *visit, a assets.Asset) ([]option, error) {
	var out []option
	for p, err := range s.people.AllPeople(ctx, v.By, profile.PersonQuery{Account: a.Account, Limit: 200}) {
		if err != nil {
			return nil, err
		}
		if !p.Disabled && p.Account == a.Account {
			out = append(out, option{p.ID, p.Name})
		}
	}
	if a.Person != "" && !slices.ContainsFunc(out, func(o option) bool { return o.Value == a.Person }) {
		out = append(out, option{a.Person, a.Person})
	}
	return out, nil
}

// saveProduct changes what is said of a product.
func (s *Site) saveProduct(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	a, err := s.inventory.Asset(ctx, v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	err = s.changeProduct(ctx, v, a, r.PostForm)
	return s.afterForm(w, r, err, "/account/products/"+escape(a.ID)+"?saved=1", func(status int, faults map[string]string) error {
		if status == http.StatusConflict {
			r.PostForm.Set("version", strconv.Itoa(a.Version))
		}
		return s.showProduct(w, r, status, a, r.PostForm, faults)
	})
}

func (s *Site) changeProduct(ctx context.Context, v *visit, a assets.Asset, form url.Values) error {
	at, err := typedDay(form.Get("installed_at"))
	if err != nil {
		return err
	}
	c := assets.Change{Name: form.Get("name"), Site: form.Get("site"), InstalledAt: at, Person: a.Person}
	c.Version, _ = strconv.Atoi(form.Get("version"))
	if a.Account != "" {
		c.Person = form.Get("person")
		people, err := s.colleagues(ctx, v, a)
		if err != nil {
			return err
		}
		if c.Person != "" && !slices.ContainsFunc(people, func(o option) bool { return o.Value == c.Person }) {
			return errs.Field("person", "error.field.choice", map[string]any{"choices": "empty"})
		}
	}
	_, err = s.inventory.Change(ctx, v.By, a.ID, c)
	return err
}

// unregister forgets a product.
func (s *Site) unregister(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	err := s.inventory.Unregister(r.Context(), v.By, r.PathValue("id"), version)
	// Sent twice, it is as it should be.
	if err != nil && !errors.Is(err, assets.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, v.link("/account/products")+"?gone=1", http.StatusSeeOther)
	return nil
}
