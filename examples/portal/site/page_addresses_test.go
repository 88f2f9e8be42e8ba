package site

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// addressSent is what the form about one's own address sends.
func addressSent(t *testing.T, c *client, whose string, change ...string) url.Values {
	t.Helper()
	form := url.Values{"whose": {whose}, "version": {versionOf(t, c, whose)}, "do": {"save"}}
	for i := 0; i+1 < len(change); i += 2 {
		name := change[i]
		if name != "do" && name != "find" && name != "version" && name != "at" && name != "label" {
			name = "attributes.address." + name
		}
		form.Set(name, change[i+1])
	}
	return form
}

// versionOf returns the version that the form about an address has.
func versionOf(t *testing.T, c *client, whose string) string {
	t.Helper()
	_, rest, ok := strings.Cut(c.get("/en/account/addresses").Body, `name="whose" value="`+whose+`"><input type="hidden" name="version" value="`)
	if !ok {
		return "1"
	}
	version, _, _ := strings.Cut(rest, `"`)
	return version
}

// says fails without dumping a page that lacks a text.
func says(t *testing.T, a answer, status int, texts ...string) {
	t.Helper()
	require.Equal(t, status, a.Status)
	for _, text := range texts {
		require.True(t, strings.Contains(a.Body, text), "%q is not on the page", text)
	}
}

func TestAddresses(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	const path = "/en/account/addresses"
	priya, tom := as("priya"), as("tom") // who looks after their organisation, and who does not
	t.Run("one's own, looked up and kept as the country writes it", func(t *testing.T) {
		says(t, as("").get(path), 303)
		says(t, tom.get(path), 200, "There is no address yet.", `<option value="JP">Japan</option>`)
		found := tom.post(path, addressSent(t, tom, "person", "do", "find", "find", "damrak"))
		says(t, found, 200, "1 address found", `value="pick 3"`, "Damrak 1, 1012 LG Amsterdam", `value="damrak"`)
		says(t, tom.post(path, addressSent(t, tom, "person", "do", "find", "find", "damrak", "country", "DE")), 200, "Nothing was found")
		picked := tom.post(path, addressSent(t, tom, "person", "do", "pick 3"))
		says(t, picked, 200, "Damrak 1", `value="1012 LG"`, `<option value="NL" selected>`)
		says(t, tom.get(path), 200, "There is no address yet.")
		says(t, tom.post(path, addressSent(t, tom, "person", "do", "pick 99")), 200, "Please type the address")
		saved := tom.post(path, addressSent(t, tom, "person", "country", "nl", "street", "Damrak 1\r\n\r\n3rd floor", "postal_code", "1012lg", "city", " Amsterdam "))
		says(t, saved, 303)
		says(t, tom.get(path), 200, "Damrak 1<br>3rd floor<br>1012 LG Amsterdam<br>Netherlands")
		p, err := s.people.Person(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, profile.Address{Street: []string{"Damrak 1", "3rd floor"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"}, profile.AddressOf(p.Attributes))
	})
	t.Run("questions go by the country", func(t *testing.T) {
		japan := tom.post(path, addressSent(t, tom, "person", "do", "country", "country", "JP", "city", "Typed before")).Body
		at := func(part string) int { return strings.Index(japan, `name="attributes.address.`+part) }
		require.Less(t, at("postal_code"), at("region"))
		require.Less(t, at("city"), at("street"))
		require.Contains(t, japan, "Typed before")
		require.NotContains(t, tom.post(path, addressSent(t, tom, "person", "do", "country", "country", "AE")).Body, `name="attributes.address.postal_code"`+` type="text" value="1012 LG"`)
	})
	t.Run("what is wrong stands where it is wrong, and what was typed stays", func(t *testing.T) {
		for fault, change := range map[string][]string{
			"f-attributes-address-postal_code-1-fault": {"country", "NL", "street", "Damrak 1", "postal_code", "99999", "city", "Amsterdam"},
			"f-attributes-address-city-1-fault":        {"country", "DE", "street", "Weg 1", "postal_code", "10115"},
			"f-attributes-address-country-1-fault":     {"country", "ZZZ", "street", "<b>Weg 1", "postal_code", "10115", "city", "Berlin"},
			"f-attributes-address-street-1-fault":      {"country", "DE", "street", "a\nb\nc\nd", "postal_code", "10115", "city", "Berlin"},
		} {
			a := tom.post(path, addressSent(t, tom, "person", change...))
			says(t, a, 422, fault, change[3][:1])
			require.NotContains(t, a.Body, "<b>Weg")
		}
		says(t, tom.post(path, addressSent(t, tom, "person", "version", "1", "country", "DE", "street", "Weg 1", "postal_code", "10115", "city", "Berlin")), 409, "Weg 1")
	})
	t.Run("other forms leave it alone", func(t *testing.T) {
		page := tom.get("/en/account")
		require.NotContains(t, page.Body, "attributes.address")
		says(t, tom.post("/en/account", url.Values{"name": {"Tom W"}, "version": {version(t, page.Body)}}), 303)
		says(t, as("ruth").get("/en/admin/people/tom"), 200, "Damrak 1")
		says(t, tom.get(path), 200, "1012 LG Amsterdam")
	})
	t.Run("the organisation's for those who look after it", func(t *testing.T) {
		form := addressSent(t, priya, "account", "country", "GB", "street", "Station Parade 3", "postal_code", "hg11ub", "city", "Harrogate")
		says(t, priya.post(path, form), 303)
		says(t, priya.get(path), 200, "Station Parade 3<br>Harrogate<br>HG1 1UB<br>United Kingdom")
		p, err := s.people.Person(t.Context(), system, "priya")
		require.NoError(t, err)
		for person, want := range map[string]int{"tom": 404, "": 303} {
			require.Equal(t, want, as(person).post(path, form).Status, person)
		}
		require.NotContains(t, as("lucia").get(path).Body, "Station Parade", "of another organisation")
		require.NotEmpty(t, p.Account)
	})
	t.Run("several, with a name and a default one", func(t *testing.T) {
		first := tom.get(path).Body
		require.Contains(t, first, "?at=person.1#person", "another may be added")
		says(t, tom.get(path+"?at=person.1"), 200, `name="at" value="1"`)
		another := addressSent(t, tom, "person", "at", "1", "label", "Office <b>", "country", "DE", "street", "Weg 1", "postal_code", "10115", "city", "Berlin")
		bad := addressSent(t, tom, "person", "at", "1", "label", "Office", "country", "DE", "street", "Weg 1", "postal_code", "1", "city", "Berlin")
		says(t, tom.post(path, bad), 422, "f-attributes-address-postal_code-1-fault", `value="Office"`)
		says(t, tom.post(path, another), 303)
		says(t, tom.post(path, another), 409, "Weg 1")
		says(t, tom.get(path), 200, "Office &lt;b&gt;", "Weg 1<br>10115 Berlin", "1012 LG Amsterdam", `value="default"`)
		says(t, tom.post(path, addressSent(t, tom, "person", "at", "1", "do", "default")), 303)
		p, err := s.people.Person(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, "Berlin", profile.AddressOf(p.Attributes).City)
		require.Equal(t, []string{"Office <b>", ""}, []string{profile.AddressesOf(p.Attributes)[0].Label, profile.AddressesOf(p.Attributes)[1].Label})
		for _, at := range []string{"7", "-1", "x", "3"} {
			says(t, tom.post(path, addressSent(t, tom, "person", "at", at, "do", "delete")), 404)
			says(t, tom.get(path+"?at=person."+at), 200)
		}
		says(t, tom.post(path, addressSent(t, tom, "person", "at", "0", "do", "delete")), 303)
		says(t, tom.get(path), 200, "Damrak 1<br>3rd floor<br>1012 LG Amsterdam")
	})
	t.Run("deleted", func(t *testing.T) {
		says(t, tom.post(path, addressSent(t, tom, "person", "do", "delete", "country", "NL")), 303)
		says(t, tom.get(path), 200, "There is no address yet.")
		says(t, tom.post(path, url.Values{"whose": {"nobody"}}), 404)
	})
	t.Run("a service that is away holds nobody up", func(t *testing.T) {
		s.lookup = profile.NewAddresses(profile.AddressFuncs{SuggestFunc: func(context.Context, profile.AddressQuery) ([]profile.AddressSuggestion, error) {
			return nil, profile.ErrUnavailable
		}}, &profile.AddressOptions{PerMinute: 2})
		again := func(want string) {
			says(t, tom.post(path, addressSent(t, tom, "person", "do", "find", "find", "damrak", "city", "Still there")), 200, want, "Still there")
		}
		again("cannot be looked up")
		again("cannot be looked up")
		again("You have looked up many addresses")
	})
}

// TestFormsOfACRM: what a CRM asks is said, and refused, on the forms about
// members, about organisations, of staff, and about addresses.
func TestFormsOfACRM(t *testing.T) {
	s := open(t)
	store := &crm{Store: s.keeping}
	s.people = profile.NewDirectory(store, nil)
	_, err := s.people.SaveField(t.Context(), system, profile.Field{Of: profile.FieldOfAccount, Name: "vat", Label: map[string]string{"en": "VAT"}, Edit: profile.FieldBySelf})
	require.NoError(t, err)
	as := serve(t, s)
	p, err := s.people.Person(t.Context(), system, "priya")
	require.NoError(t, err)
	for person, path := range map[string]string{"ruth": "/en/admin/people/tom", "priya": "/en/account/organisation/people/" + memberOf(t, s, p)} {
		page := as(person).get(path)
		says(t, page, 200, `maxlength="30"`, `pattern="[^0-9]&#43;"`)
		says(t, as(person).post(path, url.Values{"name": {"Tom 2"}, "version": {version(t, page.Body)}, "role.customer": {"yes"}}), 422, "f-name-fault", `value="Tom 2"`)
	}
	says(t, as("priya").get("/en/account/organisation"), 200, `pattern="[A-Z]{2}[0-9]&#43;"`)
	says(t, as("priya").get("/en/account/addresses"), 200, `maxlength="40"`)
	says(t, as("priya").post("/en/account/addresses", addressSent(t, as("priya"), "account", "country", "GB", "street", "Station Parade 3", "postal_code", "HG1 1UB", "city", strings.Repeat("x", 41))), 422, "f-attributes-address-city-2-fault")
}

// memberOf returns somebody else of a person's organisation whom they look after.
func memberOf(t *testing.T, s *Site, p profile.Person) string {
	t.Helper()
	list, _, err := s.people.People(t.Context(), system, profile.PersonQuery{Account: p.Account})
	require.NoError(t, err)
	for _, one := range list {
		if one.ID != p.ID {
			return one.ID
		}
	}
	t.Fatal("nobody else is there")
	return ""
}

// TestAddressesAreAskedForByFields: a portal without such fields has no page of
// addresses, and says nothing of one.
func TestAddressesAreAskedForByFields(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	priya := serve(t, s)("priya")
	says(t, priya.get("/en/account"), 200, `href="/en/account/addresses"`)
	for _, of := range []profile.FieldOf{profile.FieldOfPerson, profile.FieldOfAccount} {
		for _, part := range addressParts {
			require.NoError(t, s.people.RemoveField(t.Context(), system, of, addressPrefix+string(part)))
		}
	}
	clock.pass(2 * time.Minute)
	require.NotContains(t, priya.get("/en/account").Body, "/account/addresses")
	says(t, priya.get("/en/account/addresses"), 404)
}

func TestAddressesAccessible(t *testing.T) {
	slow(t)
	inEveryLook(t, open(t), "priya", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/account/addresses")
		check("addresses")
		p.Fill("#f-find-1", "harrogate")
		p.Submit(`#person button[value="find"]`)
		check("addresses found")
		p.Submit(`#person button[value^="pick"]`)
		check("addresses picked")
		p.Submit(`#person button.button[value="save"]`)
		if strings.HasSuffix(t.Name(), "/Arabic") {
			return // they are the same person's in all looks
		}
		to("/account/addresses?at=person.1#person")
		p.Fill("#f-label-1", "Büro")
		p.Fill("#f-find-1", "station parade")
		p.Submit(`#person button[value="find"]`)
		p.Submit(`#person button[value^="pick"]`)
		p.Submit(`#person button.button[value="save"]`)
		check("several addresses")
		p.Submit(`#person button[value="default"]`)
		require.Contains(t, p.Text("#person .row:first-child"), "Station Parade")
		require.Empty(t, p.CSPViolations())
	})
}
