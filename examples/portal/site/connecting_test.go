package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
)

// secretIn returns the secret that a page shows.
func secretIn(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `value="stoa-`)
	require.True(t, ok, body)
	secret, _, _ := strings.Cut(rest, `"`)
	return "stoa-" + secret
}

// connectAs makes a connection on its page and returns its secret.
func connectAs(t *testing.T, c *client, form url.Values) string {
	t.Helper()
	if form.Get("kind") == "" {
		form.Set("kind", "directory")
	}
	a := c.post("/en/admin/connections", form)
	require.Equal(t, 200, a.Status, a.Body)
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	return secretIn(t, a.Body)
}

// scim calls the SCIM service.
func scim(c *client, token, method, path, body string) (answer, map[string]any) {
	c.t.Helper()
	a := c.do(method, "/scim/v2"+path, body, "Authorization", "Bearer "+token, "Content-Type", "application/scim+json")
	var v map[string]any
	_ = json.Unmarshal([]byte(a.Body), &v)
	return a, v
}

func TestConnectionsAreForAdministrators(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ruth := as("ruth")
	connectAs(t, ruth, url.Values{"name": {"Entra of Aldergate"}, "account": {"aldergate"}})
	_, rest, _ := strings.Cut(ruth.get("/en/admin/connections").Body, "/en/admin/connections/")
	id, _, _ := strings.Cut(rest, "/renew")
	for _, person := range []string{"", "tom", "priya", "jonas", "ines"} {
		c := as(person)
		require.Equal(t, 404, c.get("/en/admin/connections").Status, person)
		require.Equal(t, 404, c.post("/en/admin/connections", url.Values{"name": {"X"}, "staff": {"yes"}}).Status, person)
		require.Equal(t, 404, c.post("/en/admin/connections/"+id+"/end", nil).Status, person)
		require.NotContains(t, c.get("/en/admin").Body, "/admin/connections")
	}
	require.Contains(t, ruth.get("/en/admin").Body, "/en/admin/connections")
}

func TestConnectionPages(t *testing.T) {
	s := open(t)
	ruth := serve(t, s)("ruth")
	for field, form := range map[string]url.Values{
		"f-name-fault":    {"name": {" "}, "account": {"aldergate"}},
		"f-account-fault": {"name": {"Okta"}},
		"f-account":       {"name": {"Okta"}, "account": {"nowhere"}},
	} {
		form.Set("kind", "directory")
		a := ruth.post("/en/admin/connections", form)
		require.Equal(t, 422, a.Status, field)
		require.Contains(t, a.Body, field)
		require.Contains(t, a.Body, `value="`+form.Get("name")+`"`, "what was typed stays")
		require.NotContains(t, a.Body, "stoa-", "and nothing is made")
	}
	secret := connectAs(t, ruth, url.Values{"name": {"Okta <b>"}, "account": {"aldergate"}, "key": {"k1"}})
	require.Equal(t, 422, ruth.post("/en/admin/connections", url.Values{"name": {"X"}, "account": {"aldergate"}, "kind": {"door"}}).Status)
	again := ruth.post("/en/admin/connections", url.Values{"kind": {"directory"}, "name": {"Okta <b>"}, "account": {"aldergate"}, "key": {"k1"}})
	require.Equal(t, 409, again.Status)
	require.Contains(t, again.Body, "This form was sent before")
	page := ruth.get("/en/admin/connections").Body
	require.NotContains(t, page, secret, "it is shown once")
	require.Equal(t, 1, strings.Count(page, "Okta &lt;b&gt;</bdi>"))
	require.Contains(t, page, "Not used yet")
	require.Contains(t, page, "made by Ruth")
	var kept []string
	require.NoError(t, s.db.read.SelectContext(t.Context(), &kept, `select secret from stoa_connection`))
	require.Len(t, kept, 1)
	require.NotContains(t, kept[0], secret[5:])

	a, _ := scim(ruth, secret, "GET", "/Users", "")
	require.Equal(t, 200, a.Status)
	page = ruth.get("/en/admin/connections").Body
	require.Contains(t, page, "Last used")
	_, rest, _ := strings.Cut(page, `action="/en/admin/connections/`)
	id, _, _ := strings.Cut(rest, "/renew")
	require.Equal(t, 303, ruth.post("/en/admin/connections/"+id+"/end", nil).Status)
	require.Equal(t, 404, ruth.post("/en/admin/connections/"+id+"/end", nil).Status)
	a, _ = scim(ruth, secret, "GET", "/Users", "")
	require.Equal(t, 401, a.Status, "from the next request on")
	page = ruth.get("/en/admin/connections?done=ended").Body
	require.Contains(t, page, "opens nothing any more")
	require.Contains(t, page, "ended ")
	require.NotContains(t, page, id+"/end")
}

func TestPeopleFromADirectory(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("")
	theirs := connectAs(t, as("ruth"), url.Values{"name": {"Entra"}, "account": {"aldergate"}})
	ours := connectAs(t, as("ruth"), url.Values{"name": {"Ours"}, "account": {"kelvane"}, "staff": {"yes"}})
	for _, wrong := range []string{"", "demo-ruth", strings.ToUpper(theirs), theirs + "x"} {
		a, _ := scim(c, wrong, "GET", "/Users", "")
		require.Equal(t, 401, a.Status, wrong)
	}
	a, list := scim(c, theirs, "GET", "/Users", "")
	require.Equal(t, 200, a.Status)
	require.Contains(t, a.Body, "tom.whitlock@aldergate")
	require.NotContains(t, a.Body, "lucia", "of another organisation")
	require.NotContains(t, a.Body, "ruth")
	require.NotZero(t, list["totalResults"])

	made, user := scim(c, theirs, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"nia@aldergate.example.com","name":{"givenName":"Nia","familyName":"Price"},"title":"Buyer","roles":[{"value":"admin"}]}`)
	require.Equal(t, 201, made.Status, made.Body)
	id, _ := user["id"].(string)
	p, err := s.people.Person(t.Context(), system, id)
	require.NoError(t, err)
	require.Equal(t, "aldergate", p.Account)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, p.Roles, "nobody becomes more by saying so")
	require.Equal(t, []string{"Buyer"}, p.Attributes["title"])

	// A company says who manages there, and not who is staff.
	member := func(token, group string) int {
		a, _ := scim(c, token, "PATCH", "/Groups/"+group, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"`+id+`"}]}]}`)
		return a.Status
	}
	require.Less(t, member(theirs, "manager"), 300)
	for _, group := range []string{"admin", "agent", "reviewer", "partner"} {
		require.GreaterOrEqual(t, member(theirs, group), 400, group)
	}
	require.GreaterOrEqual(t, member(ours, "agent"), 400, "nor do others reach her")
	p, err = s.people.Person(t.Context(), system, id)
	require.NoError(t, err)
	require.Equal(t, []profile.Role{profile.RoleCustomer, profile.RoleManager}, p.Roles)

	// Bad input is told apart, and nothing comes of it.
	for body, status := range map[string]int{"": 400, "{": 400, `[]`: 400, `{"userName":""}`: 400, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`: 400} {
		a, _ := scim(c, theirs, "POST", "/Users", body)
		require.Equal(t, status, a.Status, body)
		require.Equal(t, "application/scim+json", a.Header.Get("Content-Type"))
	}
	a, _ = scim(c, theirs, "GET", "/nowhere", "")
	require.Equal(t, 404, a.Status)
	a, _ = scim(c, theirs, "GET", "/Users/ruth", "")
	require.Equal(t, 404, a.Status)
	require.Equal(t, 200, c.get("/en/", "Authorization", "Bearer "+theirs).Status, "on pages it is nobody's")
	require.NotContains(t, c.get("/api/v1/me", "Authorization", "Bearer "+theirs).Body, `"id":"scim"`)
}

// TestDisabledByADirectory: whoever a company's directory disables is out of
// every instance within a second, streams that were open included.
func TestDisabledByADirectory(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	first, second := running(t, on(dsn)), running(t, on(dsn))
	one, other := serve(t, first), serve(t, second)
	token := connectAs(t, one("ruth"), url.Values{"name": {"Entra"}, "account": {"aldergate"}})
	_, here := signIn(t, one(""), "tom")
	_, there := signIn(t, other(""), "tom")
	streams := map[string]listener{
		"here": listenWith(t, one(""), "/api/v1/live?article=none", here), "there": listenWith(t, other(""), "/api/v1/live?article=none", there),
	}
	require.Equal(t, 200, other("").get("/api/v1/me", "Cookie", there).Status)
	began := time.Now()
	a, _ := scim(one(""), token, http.MethodPatch, "/Users/tom", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}`)
	require.Less(t, a.Status, 300, a.Body)
	for name, session := range map[string]string{"here": here, "there": there} {
		c := map[string]*client{"here": one(""), "there": other("")}[name]
		require.Equal(t, 401, c.get("/api/v1/me", "Cookie", session).Status, "from the next request on, "+name)
	}
	t.Logf("the next requests were refused %v after the call began", time.Since(began).Round(time.Millisecond))
	for name, stream := range streams {
		stream.ends(t)
		t.Logf("the open stream %s had ended after %v", name, time.Since(began).Round(time.Millisecond))
	}
	require.Less(t, time.Since(began), 3*time.Second, "it is a fraction of a second on a machine that does nothing else")

	// And who is let in again is in, on the other instance too.
	a, _ = scim(other(""), token, http.MethodPatch, "/Users/tom", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":true}]}`)
	require.Less(t, a.Status, 300, a.Body)
	_, session := signIn(t, one(""), "tom")
	require.Equal(t, 200, other("").get("/api/v1/me", "Cookie", session).Status)
}

func TestConnectionsAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/connections")
		check("connections")
		p.Fill("#f-name", "Half a form")
		require.Equal(t, 200, p.Submit(`.sheet button`))
		require.Contains(t, p.Address(), "/account/confirm")
		require.Equal(t, 200, p.Submit(`.sheet button`))
		require.Equal(t, "Half a form", p.Value("#f-name"), "what was typed is there")
		check("connections after confirming")
		require.Equal(t, 422, p.Submit(`.sheet button`))
		check("connections with errors")
		p.Fill("#f-name", "Entra ID of Aldergate")
		p.Eval(`document.querySelector("#f-account").value = "aldergate"`, nil)
		require.Equal(t, 200, p.Submit(`.sheet button`))
		check("connections with a new one")
		p.Eval(`document.querySelector("#f-kind").value = "widget"; document.querySelector("#f-account").value = "aldergate"`, nil)
		p.Fill("#f-name", "Shop")
		require.Equal(t, 200, p.Submit(`.sheet button`))
		check("connections with a widget")
		require.Equal(t, 200, p.Submit(`form[action$="/renew"] button`))
		require.Equal(t, 200, p.Submit(`form[action$="/end"] button`))
		check("connections after one has ended")
		require.Empty(t, p.CSPViolations())
	})
}
