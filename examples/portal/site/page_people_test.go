package site

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// ticked returns a form with boxes ticked for roles.
func ticked(form url.Values, roles ...string) url.Values {
	for _, role := range roles {
		form.Set("role."+role, "yes")
	}
	return form
}

// TestPeopleAreForThoseWhoSeeThem: to everybody else the pages do not exist.
func TestPeopleAreForThoseWhoSeeThem(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	for _, person := range []string{"", "tom", "priya", "ines", "marek"} {
		c := as(person)
		nowhere := c.get("/en/admin/nowhere").Body
		require.NotContains(t, c.get("/en/").Body, "/admin/people", person)
		for _, path := range []string{"/en/admin/people", "/en/admin/people/tom", "/en/admin/people/nobody"} {
			a := c.get(path)
			require.Equal(t, 404, a.Status, person)
			path = strings.TrimPrefix(path, "/en/")
			same := strings.NewReplacer(path, "admin/nowhere", strings.ReplaceAll(path, "/", "%2f"), "admin%2fnowhere", strings.ReplaceAll(path, "/", "%2F"), "admin%2Fnowhere").Replace(a.Body)
			require.Equal(t, nowhere, same, person)
		}
		for _, path := range []string{"/en/admin/people/tom", "/en/admin/people/tom/sessions/end", "/en/admin/people/tom/view"} {
			require.Equal(t, 404, c.post(path, ticked(url.Values{"version": {"1"}, "name": {"X"}}, "admin")).Status, person)
		}
	}
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, 1, tom.Version)
	require.Contains(t, as("ruth").get("/en/").Body, `href="/en/admin/people"`)
	require.Equal(t, 404, as("ruth").get("/en/admin/people/nobody").Status)
}

func TestPeopleList(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	page := c.get("/de/admin/people?account=aldergate&role=manager")
	require.Equal(t, 200, page.Status)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	require.Contains(t, page.Body, "Priya Nair")
	require.NotContains(t, page.Body, "Tom Whitlock")
	require.Contains(t, page.Body, `value="aldergate" selected`)
	require.Contains(t, c.get("/en/admin/people?account=none").Body, "Nobody matches this.")

	for i := range 60 {
		_, err := s.people.SavePerson(t.Context(), system, profile.Person{ID: fmt.Sprintf("many%02d", i), Name: fmt.Sprintf("Crowd <%02d>", i)})
		require.NoError(t, err)
	}
	seen, path, pages := map[string]bool{}, "/en/admin/people", 0
	for path != "" {
		body := c.get(path).Body
		for _, part := range strings.Split(body, `href="/en/admin/people/`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			require.False(t, seen[id], id)
			seen[id] = true
		}
		pages++
		path = ""
		if before, _, ok := strings.Cut(body, `" rel="next"`); ok {
			path = strings.ReplaceAll(before[strings.LastIndex(before, `"`)+1:], "&amp;", "&")
		}
	}
	require.Equal(t, 60+len(s.world.People), len(seen))
	require.Equal(t, 3, pages)
}

func TestPersonPage(t *testing.T) {
	s := open(t)
	askFor(t, s)
	c := serve(t, s)("ruth")
	page := c.get("/en/admin/people/tom")
	require.Equal(t, 200, page.Status)
	for _, text := range []string{"Tom Whitlock", "Aldergate Pharmacies", "canary-risk", "account:aldergate", "regulated", "Branch pharmacist in Harrogate", "f-role-admin"} {
		require.Contains(t, page.Body, text)
	}
	form := ticked(url.Values{
		"version": {version(t, page.Body)}, "name": {"Tomás"}, "attributes.phone": {"+34911234567"}, "attributes.tier": {"platinum"}, "attributes.risk": {"low"},
	}, "customer", "agent")

	form.Set("do", "try")
	tried := c.post("/en/admin/people/tom", form)
	require.Equal(t, 200, tried.Status)
	for _, text := range []string{"Nothing has been saved yet.", "kb.feedback", "role:agent", "added", `value="Tomás"`, `value="platinum"`} {
		require.Contains(t, tried.Body, text)
	}
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, 2, tom.Version, "nothing is kept")
	form.Set("disabled", "yes")
	require.Contains(t, c.post("/en/admin/people/tom", form).Body, "could not sign in at all")
	form.Del("disabled")

	form.Del("do")
	require.Equal(t, 303, c.post("/en/admin/people/tom", form).Status)
	tom, err = s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, []profile.Role{"agent", "customer"}, tom.Roles)
	require.Equal(t, "Tomás platinum low Branch pharmacist in Harrogate", strings.Join([]string{
		tom.Name, tom.Attributes["tier"][0], tom.Attributes["risk"][0], tom.Attributes["title"][0],
	}, " "), "what the form does not ask for stays")
	require.Contains(t, c.get("/en/admin/people/tom?saved=1").Body, "The changes have been saved.")

	form.Set("name", "Second try")
	late := c.post("/en/admin/people/tom", form)
	require.Equal(t, 409, late.Status)
	require.Contains(t, late.Body, `value="Second try"`)
	require.Contains(t, late.Body, "changed this at the same time")
	form.Set("version", version(t, late.Body))
	form.Set("name", "")
	form.Set("attributes.phone", "12")
	for _, do := range []string{"", "try"} {
		form.Set("do", do)
		wrong := c.post("/en/admin/people/tom", form)
		require.Equal(t, 422, wrong.Status)
		require.Contains(t, wrong.Body, `value="12"`)
		require.Contains(t, wrong.Body, "f-name-fault")
	}
}

// TestAgentsOnlyLook: who sees the directory and does not write it is offered
// nothing to change, and changes nothing.
func TestAgentsOnlyLook(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, jonas := signIn(t, c, "jonas")
	page := c.get("/en/admin/people/tom", "Cookie", jonas)
	require.Equal(t, 200, page.Status)
	require.NotContains(t, page.Body, `name="version"`)
	require.NotContains(t, page.Body, "/tom/view")
	require.NotContains(t, page.Body, "Where they are signed in")
	require.Equal(t, 403, c.post("/en/admin/people/tom", ticked(url.Values{"version": {"1"}, "name": {"X"}}, "customer"), "Cookie", jonas).Status)
	require.Equal(t, 404, c.post("/en/admin/people/tom/sessions/end", nil, "Cookie", jonas).Status)
	require.Equal(t, 403, c.post("/en/admin/people/tom/view", nil, "Cookie", jonas).Status)
	require.Equal(t, 403, c.post("/en/admin/people/ruth", ticked(url.Values{"version": {"1"}, "name": {"X"}}, "customer"), "Cookie", jonas).Status)
	ruth, err := s.people.Person(t.Context(), system, "ruth")
	require.NoError(t, err)
	require.Equal(t, 1, ruth.Version)
}

// TestPersonSessions signs somebody out, and looks at the portal as them.
func TestPersonSessions(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, ruth := signIn(t, c, "ruth")
	_, tom := signIn(t, c, "tom", "User-Agent", "Mozilla/5.0 (iPhone; Mobile)")
	_, priya := signIn(t, c, "priya")
	me := func(session string) int { return c.get("/api/v1/me", "Cookie", session).Status }
	require.Contains(t, c.get("/en/admin/people/tom", "Cookie", ruth).Body, "Phone")
	require.Contains(t, c.get("/en/admin/people/tom", "Cookie", ruth).Body, "Private feeds end as well")
	require.Equal(t, 303, c.post("/en/admin/people/tom/sessions/end", nil, "Cookie", ruth).Status)
	require.Equal(t, []int{200, 401, 200}, []int{me(ruth), me(tom), me(priya)})
	require.Contains(t, c.get("/en/admin/people/tom?ended=1", "Cookie", ruth).Body, "Nowhere at present.")
	_, again := signIn(t, c, "ruth")
	require.Equal(t, 303, c.post("/en/admin/people/ruth/sessions/end", nil, "Cookie", ruth).Status)
	require.Equal(t, []int{200, 401}, []int{me(ruth), me(again)}, "oneself stays signed in here")

	viewed := c.post("/en/admin/people/tom/view", nil, "Cookie", ruth)
	require.Equal(t, 303, viewed.Status)
	require.Equal(t, "/en", strings.TrimRight(viewed.Header.Get("Location"), "/"))
	home := c.get("/en/", "Cookie", ruth).Body
	require.Contains(t, home, "You see the portal as")
	require.NotContains(t, home, "/admin/people")
	require.Equal(t, 404, c.get("/en/admin/people", "Cookie", ruth).Status, "one sees what they see")
	require.Equal(t, 303, c.post("/en/account/view/end", nil, "Cookie", ruth).Status)

	root, err := s.people.SavePerson(t.Context(), system, profile.Person{ID: "root", Name: "Root", Roles: []profile.Role{profile.RoleAdmin}})
	require.NoError(t, err)
	require.Equal(t, 303, c.post("/en/admin/people/root/view", nil, "Cookie", ruth).Status)
	require.Equal(t, 200, c.get("/en/admin/people", "Cookie", ruth).Status)
	for _, path := range []string{"/en/admin/people/tom", "/en/admin/people/priya/sessions/end", "/en/admin/people/tom/view"} {
		require.Equal(t, 403, c.post(path, url.Values{"name": {root.Name}, "version": {"1"}}, "Cookie", ruth).Status, "who looks as somebody else does nothing as them")
	}
	require.Equal(t, 200, me(priya))
	require.Equal(t, 303, c.post("/en/account/view/end", nil, "Cookie", ruth).Status)
	require.Equal(t, 403, c.post("/en/admin/people/ruth/view", nil, "Cookie", ruth).Status, "nobody views as themselves")
}

func TestPeopleAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	askFor(t, s)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/people")
		check("people")
		to("/admin/people/tom")
		check("person")
		p.Click("#f-role-agent")
		require.Equal(t, 200, p.Submit(`button[value="try"]`))
		check("person tried")
		p.Click("#f-role-agent") // to give it takes a confirmation first
		p.Fill("#f-name", "")
		require.Equal(t, 422, p.Submit(".sheet button"))
		check("person with errors")
		require.Empty(t, p.CSPViolations())
	})
}
