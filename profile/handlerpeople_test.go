package profile_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestPeopleOverHTTP(t *testing.T) {
	c := newCounter(t)
	const bob = `{"name":"Bob","email":"bob@acme.example","account":"acme","roles":["customer"]`
	c.run(t,
		line{who: "bob", url: "/people/bob", status: 200, want: `"version":1 "email":"bob@acme.example" "attributes":{} "disabled":false`, not: "secret"},
		line{who: "gus", url: "/people/bob", status: 200, want: `"note":["secret`},
		line{who: "ann", url: "/people?limit=2", status: 200, want: `"next":"`, not: "carl"},
		line{who: "ann", url: "/people?account=zeta", status: 200, want: `{"people":[],"next":""}`},
		line{who: "gus", url: "/people?role=partner", status: 200, want: `"id":"pia"`, not: `"id":"bob"`},
		line{who: "gus", url: "/people?after=forged", status: 422, want: "page_token"},
		line{who: "gus", url: "/people?account=a&account=b", status: 422},

		// What is left out stays, where leaving it out could let somebody in or lose what is known.
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 1", body: bob + `,"attributes":{"phone":["+43 1 234567"]}}`, status: 200, want: `"version":2 "phone":["+431234567"]`},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 1", body: bob + `}`, status: 412},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 0", body: bob + `}`, status: 412},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 2", body: bob + `,"zone":"Europe/Vienna"}`, status: 200, want: `"version":3 "phone":["+431234567"] "zone":"Europe/Vienna"`},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 3", body: strings.Replace(bob, `"customer"`, `"manager"`, 1) + `}`, status: 403},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 3", body: bob + `,"attributes":{"phone":["x"]}}`, status: 422, want: `"attributes.phone"`},
		line{who: "bob", method: "PUT", url: "/people/bob", header: "If-Match: 3", body: `{"name":"","zone":"Mars"}`, status: 403},
		line{who: "root", method: "PUT", url: "/people/bob", header: "If-Match: 3", body: strings.Replace(bob, "Bob", "", 1) + `,"zone":"Mars"}`, status: 422, want: `"name" "zone"`},
		line{who: "carl", method: "PUT", url: "/people/bob", header: "If-Match: 3", body: bob + `}`, status: 404},

		line{who: "ann", method: "PUT", url: "/people/bob/disabled", status: 200, want: `"disabled":true`},
		line{who: "ann", method: "PUT", url: "/people/bob/disabled", status: 200, want: `"version":4`},
		line{who: "ann", method: "PUT", url: "/people/bob", header: "If-Match: 4", body: bob + `}`, status: 200, want: `"disabled":true "version":5`},
		line{who: "gus", url: "/people/bob/access", status: 200, want: `{"signs_in":false,"roles":[],"permissions":[],"segments":[],"from":{},"declared":[]}`},
		line{who: "gus", url: "/people/nobody/access", status: 404},
		line{who: "ann", method: "DELETE", url: "/people/bob/disabled", status: 200, want: `"disabled":false`},
		line{who: "ann", method: "PUT", url: "/people/ann/disabled", status: 403},
		line{who: "bob", method: "PUT", url: "/people/ann/disabled", status: 404},

		line{who: "gus", url: "/people/bob/access", status: 200, want: `"signs_in":true "permissions":[] "big" "account:acme"`},
		line{who: "gus", method: "POST", url: "/people/bob/access", body: `{"name":"Bob","account":"zeta","roles":["manager"]}`, status: 200, want: `"members.write" "account:zeta"`, not: `"big"`},
		line{who: "gus", method: "POST", url: "/people/bob/access", body: `{"name":"Bob","disabled":true}`, status: 200, want: `"signs_in":false`},
		line{who: "gus", method: "POST", url: "/people/bob/access", body: `{"name":"Bob","roles":["king of"]}`, status: 422, want: `"roles`},
		line{who: "gus", url: "/people/bob", status: 200, want: `"roles":["customer"]`},

		line{who: "ann", method: "POST", url: "/people", header: "Idempotency-Key: k1", body: `{"name":"New","email":"n@acme.example","roles":["customer"]}`, status: 201, want: `"account":"acme" "version":1`},
		line{who: "ann", method: "POST", url: "/people", header: "Idempotency-Key: k1", body: `{"name":"New","email":"n@acme.example","roles":["customer"]}`, status: 201, want: `"version":1`},
		line{who: "ann", method: "POST", url: "/people", header: "Idempotency-Key: k1", body: `{"name":"Other"}`, status: 409},
		line{who: "ann", method: "POST", url: "/people", body: `{"name":"New","account":"zeta"}`, status: 403},
		line{who: "root", method: "POST", url: "/people", body: `{"id":"a b","name":"New","account":"nowhere"}`, status: 422, want: `"id"`},
		line{who: "root", method: "POST", url: "/people", body: `{"id":"eve","name":"Eve","roles":["agent"]}`, status: 403, want: "profile.assurance"},
		line{who: "root!", method: "POST", url: "/people", body: `{"id":"eve","name":"Eve","roles":["agent"]}`, status: 201},
		line{who: "root", method: "PUT", url: "/people/eve", header: "If-Match: 1", body: `{"name":"Eva","roles":["agent"]}`, status: 200},
		line{who: "root", method: "PUT", url: "/people/eve", header: "If-Match: 2", body: `{"name":"Eva","roles":["agent","author"]}`, status: 403, want: "profile.assurance"},
		line{who: "root", method: "DELETE", url: "/people/eve", status: 403, want: "profile.assurance"},
		line{who: "root!", method: "DELETE", url: "/people/eve", status: 204},
		line{who: "root!", method: "DELETE", url: "/people/eve", status: 404},
		line{who: "root!", method: "DELETE", url: "/people/root", status: 403},
		line{who: "root", method: "PATCH", url: "/people/bob", status: 405},
		line{who: "root", url: "/people/", status: 404},
		line{who: "root", url: "/people/" + strings.Repeat("x", 600), status: 404},
	)
	people, _, err := c.People(t.Context(), root, profile.PersonQuery{Account: "acme"})
	require.NoError(t, err)
	require.Len(t, people, 4, "the same key made one")
}

func TestAccountsOverHTTP(t *testing.T) {
	c := newCounter(t)
	_, err := c.SaveField(t.Context(), root, profile.Field{Name: "vat", Of: profile.FieldOfAccount, Label: label("VAT"), Edit: profile.FieldByManager})
	require.NoError(t, err)
	const acme = `{"name":"Acme","plan":"enterprise","country":"AT"`
	c.run(t,
		line{who: "bob", url: "/accounts/acme", status: 200, want: `"plan":"enterprise" "products":[]`, not: "risk"},
		line{who: "gus", url: "/accounts/acme", status: 200, want: `"risk":["high"]`},
		line{who: "bob", url: "/accounts/zeta", status: 404},
		line{who: "gus", url: "/accounts?limit=1", status: 200, want: `"next":"`},
		line{who: "ann", method: "PUT", url: "/accounts/acme", header: "If-Match: 1", body: acme + `,"attributes":{"vat":["U1"]}}`, status: 200, want: `"vat":["U1"] "version":2`},
		line{who: "ann", method: "PUT", url: "/accounts/acme", header: "If-Match: 2", body: `{"name":"Mine"}`, status: 403},
		line{who: "ann", method: "PUT", url: "/accounts/zeta", header: "If-Match: 1", body: `{"name":"Mine"}`, status: 403},
		line{who: "root", method: "PUT", url: "/accounts/acme", header: "If-Match: 2", body: `{"name":"Acme","country":"Austria"}`, status: 422, want: `"country"`},
		line{who: "root", method: "PUT", url: "/accounts/acme", header: "If-Match: 2", body: acme + `,"disabled":true}`, status: 200, want: `"disabled":true "risk":["high"]`},
		line{who: "root", method: "PUT", url: "/accounts/acme", header: "If-Match: 3", body: acme + `}`, status: 200, want: `"disabled":true`},
		line{who: "root", method: "POST", url: "/people/bob/access", body: `{"name":"Bob","account":"acme"}`, status: 200, want: `"signs_in":false`},
		line{who: "root", method: "PUT", url: "/accounts/us", header: "If-Match: 1", body: `{"name":"Us","disabled":true}`, status: 403},
		line{who: "root", method: "PUT", url: "/accounts/none", header: "If-Match: 1", body: `{"name":"Us"}`, status: 404},
		line{who: "root", method: "POST", url: "/accounts", body: `{"id":"new","name":"New"}`, status: 201, want: `"id":"new"`},
		line{who: "root", method: "POST", url: "/accounts", body: `{"id":"new","name":"New"}`, status: 201, want: `"version":1`},
		line{who: "root", method: "POST", url: "/accounts", body: `{"id":"new","name":"Other"}`, status: 409},
	)
}

func TestSegmentsOverHTTP(t *testing.T) {
	c := newCounter(t)
	const rule = `{"any":[{"fact":"country","op":"in","values":["AT"]},{"all":[{"fact":"plan","op":"known"}]}]}`
	c.run(t,
		line{who: "gus", url: "/segments", status: 200, want: `"name":"big" "rule":{"fact":"plan","op":"in","values":["enterprise"]}`},
		line{who: "gus", url: "/segments/none", status: 404},
		line{who: "bob", url: "/segments/none", status: 403},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"eu","title":"EU","rule":` + rule + `}`, status: 201, want: `"version":1 "all":[{"fact":"plan","op":"known"}]`},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"eu","title":"EU","rule":` + rule + `}`, status: 201, want: `"version":1`},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"eu","title":"Europe","rule":` + rule + `}`, status: 409},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"staff","title":"","rule":{"any":[]}}`, status: 422, want: `"name" "title" "rule`},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"x","title":"X","rule":{"any":[{"fact":"plan","op":"is"}]}}`, status: 422, want: `"rule.any[0].op"`},
		line{who: "root", method: "POST", url: "/segments", body: `{"name":"x","title":"X","rule":{"any":[{"fact":"plan","oops":"is"}]}}`, status: 422, want: `"rule.any[0].oops"`},
		line{who: "root", method: "PUT", url: "/segments/big", header: "If-Match: 1", body: `{"title":"Bigger","rule":` + rule + `}`, status: 200, want: `"title":"Bigger" "version":2`},
		line{who: "root", method: "PUT", url: "/segments/big", header: "If-Match: 1", body: `{"title":"Bigger","rule":` + rule + `}`, status: 412},
		line{who: "root", method: "PUT", url: "/segments/none", header: "If-Match: 1", body: `{"title":"Bigger","rule":` + rule + `}`, status: 404},
		line{who: "root", method: "POST", url: "/segments/new/trial", body: `{"rule":{"fact":"account","op":"in","values":["zeta"]}}`, status: 200,
			want: `"opens":true "in":{"people":1,"accounts":1,"sample":[{"id":"carl" "was":{"people":0 "looked":6 "more":false`},
		line{who: "root", method: "POST", url: "/segments/new/trial", body: `{"rule":{}}`, status: 422, want: `"rule"`},
		line{who: "gus", url: "/segment-facts", status: 200, want: `"name":"plan" "name":"person.phone" "declared":true "name":"person.score"`},
		line{who: "gus", method: "DELETE", url: "/segments/eu", status: 403},
		line{who: "root", method: "DELETE", url: "/segments/eu", status: 204},
		line{who: "root", method: "DELETE", url: "/segments/eu", status: 404},
	)
}

func TestFieldsOverHTTP(t *testing.T) {
	c := newCounter(t)
	const city = `{"name":"city","label":{"en":"City"},"hint":{},"type":"choice","choices":[{"value":"v","label":{"de":"Wien"}}],"many":2,"edit":"self","order":3}`
	c.run(t,
		line{who: "bob", url: "/fields/person", status: 200, want: `"name":"phone" "of":"person" "edit":"self"`, not: "score"},
		line{who: "bob", url: "/fields/person/score", status: 404},
		line{who: "gus", url: "/fields/person/score", status: 200, want: `"edit":"hidden"`},
		line{who: "gus", url: "/fields/account", status: 200, want: `{"fields":[]}`},
		line{who: "gus", url: "/fields/case", status: 404},
		line{who: "bob", url: "/form-rules/person?country=DE", status: 200, want: `"attributes.phone":{ "input_mode":"tel" "autocomplete":"email"`, not: "score"},
		line{who: "bob", url: "/form-rules/account", status: 200, want: `"country":{`},
		line{who: "bob", url: "/form-rules/other", status: 404},
		line{who: "root", method: "POST", url: "/fields/person", body: city, status: 201, want: `"version":1 "many":2 "choices":[{"value":"v","label":{"de":"Wien"}}]`},
		line{who: "root", method: "POST", url: "/fields/person", body: city, status: 201, want: `"version":1`},
		line{who: "root", method: "POST", url: "/fields/person", body: strings.Replace(city, "City", "Town", 1), status: 409},
		line{who: "root", method: "POST", url: "/fields/account", body: `{"name":"a b","label":{},"type":"colour","pattern":"("}`, status: 422, want: `"name" "label" "type" "pattern"`},
		line{who: "root", method: "PUT", url: "/fields/person/phone", header: "If-Match: 1", body: `{"label":{"en":"Phone"},"required":true}`, status: 200, want: `"required":true "type":"text" "edit":"staff" "version":2`},
		line{who: "root", method: "PUT", url: "/fields/person/phone", header: "If-Match: 1", body: `{"label":{"en":"Phone"}}`, status: 412},
		line{who: "root", method: "POST", url: "/fields/person/note/trial", body: `{"label":{"en":"Note"},"max":3}`, status: 200, want: `"valued":6,"broken":6 "sample":[{"id":"ann" "looked":6`},
		line{who: "root", method: "DELETE", url: "/fields/person/phone", status: 204},
		line{who: "root", method: "DELETE", url: "/fields/person/phone", status: 404},
	)
}

// TestPagesOverHTTP follows the tokens from page to page.
func TestPagesOverHTTP(t *testing.T) {
	c := newCounter(t)
	var ids []string
	for after := ""; ; {
		r := httptest.NewRequest("GET", below+"/people?limit=2&after="+after, nil)
		w := httptest.NewRecorder()
		c.ServeHTTP(w, c.as(t, "gus")(r))
		var page struct {
			People []struct{ ID string }
			Next   string
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"), "it is about other people")
		require.LessOrEqual(t, len(page.People), 2)
		for _, p := range page.People {
			ids = append(ids, p.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, []string{"ann", "bob", "carl", "gus", "pia", "root"}, ids)
}

func TestRolesOverHTTP(t *testing.T) {
	c := newCounter(t)
	const lead = `{"key":"staff.lead","name":{"en":"Lead"},"permissions":["directory.read"]}`
	c.run(t,
		line{who: "bob", url: "/roles", status: 200, want: `"key":"customer" "fixed":true`, not: "buyer admin"},
		line{who: "gus", url: "/roles/member.buyer", status: 200, want: `"kind":"member" "name":{"en":"Buyer"} "fixed":false "changeable":false "version":1`},
		line{who: "root", url: "/roles/agent", status: 200, want: `"fixed":true "created_at":null "grantable":true "changeable":false "version":0`},
		line{who: "root", url: "/roles/member.none", status: 404},
		line{who: "bob", url: "/permissions", status: 200, want: `"permission":"members.read" "group":"members" "members":true`},
		line{who: "root", method: "POST", url: "/roles", body: lead, status: 403, want: "profile.assurance"},
		line{who: "root!", method: "POST", url: "/roles", body: lead, status: 201, want: `"changeable":true "permissions":["directory.read"]`},
		line{who: "root!", method: "POST", url: "/roles", body: lead, status: 201, want: `"version":1`},
		line{who: "root!", method: "POST", url: "/roles", body: strings.Replace(lead, "Lead", "Chief", 1), status: 409},
		line{who: "root!", method: "POST", url: "/roles", body: `{"key":"lead","name":{},"permissions":["no.such"]}`, status: 422, want: `"key" "name" "permissions"`},
		line{who: "root!", method: "PUT", url: "/roles/staff.lead", header: "If-Match: 1", body: `{"name":{"en":"Lead"},"permissions":["segments.read"]}`, status: 200, want: `["segments.read"] "version":2`},
		line{who: "root!", method: "PUT", url: "/roles/staff.lead", header: "If-Match: 1", body: `{"name":{"en":"Lead"}}`, status: 412},
		line{who: "root!", method: "PUT", url: "/roles/agent", header: "If-Match: 1", body: `{"name":{"en":"Agent"}}`, status: 422},
		line{who: "root!", method: "PUT", url: "/people/carl", header: "If-Match: 1", body: `{"name":"Carl","email":"carl@zeta.example","account":"zeta","roles":["member.buyer"]}`, status: 200},
		line{who: "root", url: "/people/carl/access", status: 200, want: `"from":{"members.read":["member.buyer"]}`},
		line{who: "root", method: "POST", url: "/roles/member.buyer/trial", body: `{"permissions":["members.write"]}`, status: 200,
			want: `"gains":[{"permission":"members.write","people":1}] "loses":[{"permission":"members.read","people":1}] "id":"carl"`},
		line{who: "root", url: "/roles/member.buyer/removal?instead=customer", status: 200, want: `"gains":[] "people":{"people":1`},
		line{who: "root!", method: "DELETE", url: "/roles/member.buyer", status: 409},
		line{who: "root", method: "DELETE", url: "/roles/member.buyer?instead=customer", status: 403},
		line{who: "root!", method: "DELETE", url: "/roles/member.buyer?instead=customer", status: 204},
		line{who: "root!", method: "DELETE", url: "/roles/member.buyer", status: 404},
		line{who: "root!", method: "DELETE", url: "/roles/agent", status: 403},
		line{who: "root", url: "/people/carl", status: 200, want: `"roles":["customer"]`},
	)
}
