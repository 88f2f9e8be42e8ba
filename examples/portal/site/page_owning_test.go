package site

import (
	"context"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

// TestOwning goes through the pages of what people have, as those who have
// something, those who look after it, those who have nothing and strangers.
func TestOwning(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	require.Equal(t, 303, as("").get("/en/account/products").Status)
	for _, c := range []struct {
		person, path string
		has, not     []string
	}{
		{"tom", "/en/account/products", []string{"HB2-88B1-2D40", "Travel fridge", "Warranty until", "<meter"}, []string{"Planta nueva", "HB1-20D4-93AF"}},
		{"mateo", "/de/account/products", []string{"HB1-20D4-93AF", "Garantie"}, []string{"Travel fridge"}},
		{"layla", "/ar/account/products", []string{`dir="rtl"`, "T1-4F2A-09C3"}, []string{"Travel fridge"}},
		{"jonas", "/en/account/purchases", []string{"There are no purchases"}, []string{"SO-26-1187"}},
		{"ines", "/en/account/products", []string{"No products are registered yet"}, []string{"Harrogate"}},
		{"ines", "/en/account/purchases", []string{"There are no purchases"}, []string{"SO-2"}},
		{"ines", "/en/account/entitlements", []string{"You have no support package"}, []string{"Regulated"}},
		{"tom", "/en/account/purchases", []string{"SO-26-0712"}, []string{"SO-26-1187", "£131.00"}},
		{"priya", "/en/account/purchases", []string{"SO-26-0712", "SO-26-1187", "£131.00", "On its way", "Tom Whitlock"}, []string{"SO-26-0099"}},
		{"lucia", "/es/account/purchases", []string{"202,30", "SO-26-0420"}, []string{"SO-26-1187"}},
		{"lucia", "/es/account/purchases/SO-26-1502", []string{"Hub 1 trade-in", "-86,70"}, nil},
		{"tom", "/en/account/entitlements", []string{"Regulated Care", "12.8 of 20 hours left", "2 of 3 cases left", "Ended"}, []string{"Partner desk"}},
		{"mateo", "/de/account/entitlements", []string{"0 von 10 Fällen", "Aufgebraucht", "Standard"}, nil},
		{"tom", "/en/account/products/ald-hub-1", []string{"Harrogate, back office", "Regulated Care", "/en/search?product=hub-2"}, []string{"Take off the list"}},
		{"priya", "/en/account/products/ald-hub-1", []string{"Take off the list", "Who uses it", "Tom Whitlock"}, nil},
		{"mateo", "/en/account/products/bri-hub1", []string{"Warranty ended"}, nil},
		{"jonas", "/en/admin/people/tom", []string{"What they have", "Travel fridge", "Regulated Care", "SO-26-0712"}, []string{"SO-26-1187"}},
	} {
		a := as(c.person).get(c.path)
		require.Equal(t, 200, a.Status, c.path)
		text := strings.NewReplacer("\u2068", "", "\u2069", "", "\u00a0", " ", "\u2212", "-").Replace(a.Body)
		for _, word := range c.has {
			require.Contains(t, text, word, "%s of %s", c.path, c.person)
		}
		for _, word := range c.not {
			require.NotContains(t, text, word, "%s of %s", c.path, c.person)
		}
	}
	for _, path := range []string{"/en/account/products/tom-t1", "/en/account/purchases/SO-26-0712", "/en/account/products/none", "/api/v1/products/ald-hub-1", "/api/v1/purchases/SO-26-0712", "/api/v1/entitlements/ald-care"} {
		require.Equal(t, 404, as("mateo").get(path).Status, path)
	}
	require.Contains(t, as("tom").get("/api/v1/products").Body, "T1-5C91-0B4E")
	require.Contains(t, as("tom").get("/api/v1/cover?product=t1&channel=phone").Body, `"level":"regulated-care"`)
	require.Contains(t, as("").get("/openapi.json").Body, "/api/v1/entitlements/{id}/spendings")
}

// TestRegistering registers a product, twice by mistake, changes it, hands it on
// and takes it off again.
func TestRegistering(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("tom")
	form := url.Values{"serial": {"t1 4f2a 09c3x"}, "site": {"Harrogate <b>"}, "installed_at": {"2099-01-01"}, "key": {"form-1"}}
	wrong := c.post("/de/account/products", form)
	require.Equal(t, 422, wrong.Status)
	for _, text := range []string{"f-serial-fault", "f-installed_at-fault", `value="t1 4f2a 09c3x"`, "Harrogate &lt;b&gt;", `value="form-1"`, "Bitte geben Sie die Seriennummer"} {
		require.Contains(t, wrong.Body, text)
	}
	form.Set("serial", "T1-4F2A-09C3")
	form.Set("installed_at", "2026-11-01")
	taken := as("mateo").post("/en/account/products", form)
	require.Equal(t, 422, taken.Status)
	require.Contains(t, taken.Body, "cannot be registered")
	require.NotContains(t, taken.Body, "dispensary")
	form.Set("serial", "t1\u22120000 0001")
	form.Set("serial", "t1\u22120000-0001")
	first := c.post("/en/account/products", form)
	require.Equal(t, 303, first.Status, first.Body)
	require.Equal(t, first.Header.Get("Location"), c.post("/en/account/products", form).Header.Get("Location"), "a retry is the same")
	at, _, _ := strings.Cut(first.Header.Get("Location"), "?")
	page := c.get(at + "?saved=new")
	for _, text := range []string{"T1-0000-0001", "The product is registered.", "Not confirmed yet", "Warranty until", "Harrogate &lt;b&gt;"} {
		require.Contains(t, page.Body, text)
	}
	change := url.Values{"version": {"1"}, "name": {"N"}, "site": {"S"}, "installed_at": {"2026-11-01"}, "person": {"mateo"}}
	require.Equal(t, 422, c.post(at, change).Status, "not to strangers")
	change.Set("person", "")
	change.Set("name", strings.Repeat("x", 500))
	long := c.post(at, change)
	require.Equal(t, 422, long.Status)
	require.Contains(t, long.Body, strings.Repeat("x", 500))
	change.Set("name", "Fridge")
	require.Equal(t, 303, c.post(at, change).Status)
	require.Equal(t, 409, c.post(at, change).Status)
	require.Equal(t, 403, as("layla").post(at, change).Status)
	require.Equal(t, 404, as("mateo").post(at, change).Status)
	require.Equal(t, 303, c.post(at+"/unregister", url.Values{"version": {"2"}}).Status)
	require.Equal(t, 303, c.post(at+"/unregister", url.Values{"version": {"2"}}).Status, "a retry is no error")
	require.Equal(t, 404, c.get(at).Status)
	require.Equal(t, 303, c.post("/en/account/products", url.Values{"serial": {"T1-0000-0001"}, "key": {"form-9"}}).Status)
}

// TestOwningIsErased: with the person goes what is only theirs, and the
// organisation keeps its own.
func TestOwningIsErased(t *testing.T) {
	s := open(t)
	_, err := s.people.EraseEverything(t.Context(), system, "tom", "delete")
	require.NoError(t, err)
	a, err := s.inventory.Asset(t.Context(), system, "tom-t1")
	require.NoError(t, err)
	require.Equal(t, assets.Holder{Person: assets.Gone, Account: "aldergate"}, a.Holder)
	page := serve(t, s)("priya").get("/en/account/purchases")
	require.Contains(t, page.Body, "SO-26-0712")
	require.NotContains(t, page.Body, "Tom Whitlock")
	require.NotContains(t, page.Body, assets.Gone)
}

// TestOwningInTheBrowser looks at the pages as people see them.
func TestOwningInTheBrowser(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "priya", func(t *testing.T, p *browser.Page, to, check func(string)) {
		for _, path := range []string{"/account/products/ald-hub-1", "/account/purchases", "/account/purchases/SO-26-1540", "/account/entitlements", "/account/products"} {
			to(path)
			check(path)
		}
		require.Empty(t, p.CSPViolations())
		p.Fill("#f-serial", "nonsense")
		require.Equal(t, 422, p.Follow("#register ~ form button"))
		check("products with errors")
		p.Fill("#f-serial", "hb2-0000-0001")
		require.Equal(t, 200, p.Follow("#register ~ form button"))
		require.Contains(t, p.Text(".particulars"), "HB2-0000-0001")
		p.Follow(`form[action$="/unregister"] button`)
	})
}

// A crm is the portal's own store with rules of a CRM before it.
type crm struct {
	*sqlprofile.Store
	down atomic.Bool
}

// DataRules implements [profile.DataRules].
func (c *crm) DataRules(_ context.Context, of profile.FieldOf) ([]profile.DataRule, error) {
	if c.down.Load() {
		return nil, profile.ErrUnavailable
	}
	if of == profile.FieldOfAccount {
		return []profile.DataRule{
			{Property: "attributes.vat", Pattern: `[A-Z]{2}[0-9]+`, Example: "NL1"}, {Property: "attributes.address.city", Max: 40},
		}, nil
	}
	return []profile.DataRule{
		{Property: "name", Required: true, Max: 30, Pattern: `[^0-9]+`, Example: "Tom"},
		{Property: "attributes.size", Required: true, Values: []string{"m", "l"}},
	}, nil
}

// SavePerson refuses what only the CRM knows.
func (c *crm) SavePerson(ctx context.Context, p profile.Person) error {
	if p.Name == "Tom Blocked" {
		return profile.Refuse(profile.Refused{Property: "name", Why: profile.RefusalOther, Text: "duplicate of <C-17>"}, profile.Refused{Property: "elsewhere", Why: profile.RefusalRequired})
	}
	return c.Store.SavePerson(ctx, p)
}

// TestAccountOfACRM: the form says what the CRM asks, refuses by it, and shows
// at the field what only the CRM refuses; nothing typed is lost.
func TestAccountOfACRM(t *testing.T) {
	s := open(t)
	askFor(t, s)
	store := &crm{Store: s.keeping}
	now := time.Now()
	s.people = profile.NewDirectory(store, &profile.Options{Now: func() time.Time { return now }})
	c := serve(t, s)("tom")
	page := c.get("/en/account")
	for _, text := range []string{`pattern="[^0-9]&#43;"`, `maxlength="30"`, `autocomplete="name"`, `inputmode="tel"`, `<option value="m">m</option>`} {
		require.Contains(t, page.Body, text)
	}
	require.NotContains(t, page.Body, "Small", "the CRM does not take it")
	form := url.Values{"version": {version(t, page.Body)}, "name": {"Tom 2"}, "attributes.phone": {"+4930123456"}, "attributes.size": {"s"}}
	wrong := c.post("/de/account", form)
	require.Equal(t, 422, wrong.Status)
	for _, text := range []string{"f-name-fault", "f-attributes-size-fault", `value="Tom 2"`, "in der richtigen Form ein"} {
		require.Contains(t, wrong.Body, text)
	}
	form.Set("name", "Tom Blocked")
	form.Set("attributes.size", "m")
	refused := c.post("/en/account", form)
	require.Equal(t, 422, refused.Status)
	for _, text := range []string{"f-name-fault", "duplicate of &lt;C-17&gt;", "Tom Blocked", "Please fill this in."} {
		require.Contains(t, refused.Body, text)
	}
	store.down.Store(true)
	now = now.Add(2 * time.Hour)
	away := c.post("/en/account", form)
	require.Equal(t, 503, away.Status)
	require.Contains(t, away.Body, "Nothing you typed is lost")
	require.Contains(t, away.Body, "Tom Blocked")
	store.down.Store(false)
	form.Set("name", "Tom Good")
	require.Equal(t, 303, c.post("/en/account", form).Status)
}
