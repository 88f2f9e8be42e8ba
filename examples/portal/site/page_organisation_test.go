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

// askOrganisations adds questions to the page of an organisation.
func askOrganisations(t *testing.T, s *Site) {
	t.Helper()
	a, err := s.people.Account(t.Context(), system, "aldergate")
	require.NoError(t, err)
	a.Attributes["level"], a.Attributes["score"] = []string{"gold"}, []string{"canary-score"}
	_, err = s.people.SaveAccount(t.Context(), system, a)
	require.NoError(t, err)
	for _, f := range []profile.Field{
		{Name: "billing", Of: profile.FieldOfAccount, Label: map[string]string{"en": "Billing address"}, Type: profile.FieldEmail, Required: true, Edit: profile.FieldBySelf},
		{Name: "level", Of: profile.FieldOfAccount, Label: map[string]string{"en": "Level"}, Edit: profile.FieldByStaff},
		{Name: "score", Of: profile.FieldOfAccount, Label: map[string]string{"en": "Score"}, Edit: profile.FieldHidden},
	} {
		_, err := s.people.SaveField(t.Context(), system, f)
		require.NoError(t, err)
	}
}

// TestOrganisationIsForItsManagers: to everybody else the pages do not exist,
// and managers reach nobody of another organisation.
func TestOrganisationIsForItsManagers(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	for _, person := range []string{"", "tom", "jonas", "ines"} {
		c := as(person)
		for _, path := range []string{"/en/account/organisation", "/en/account/organisation/people/tom"} {
			require.Equal(t, 404, c.get(path).Status, person)
		}
		for _, path := range []string{"", "/people/owen", "/people/owen/disable", "/people/owen/enable", "/invitations", "/invitations/x/revoke"} {
			require.Equal(t, 404, c.post("/en/account/organisation"+path, url.Values{"address": {"a@example.com"}, "version": {"1"}}).Status, person+path)
		}
		require.NotContains(t, c.get("/en/account").Body, "/account/organisation", person)
	}
	priya := as("priya")
	require.Contains(t, priya.get("/en/account").Body, `href="/en/account/organisation"`)
	for _, other := range []string{"mateo", "ruth", "nobody"} {
		require.Equal(t, 404, priya.get("/en/account/organisation/people/"+other).Status)
		for _, action := range []string{"", "/disable", "/enable"} {
			a := priya.post("/en/account/organisation/people/"+other+action, url.Values{"version": {"1"}, "name": {"X"}})
			require.Equal(t, 404, a.Status, other+action)
		}
	}
	require.Equal(t, 404, as("ruth").get("/en/account/organisation/people/tom").Status, "it is about one's own")
	for _, id := range []string{"owen", "mateo", "ruth"} {
		p, err := s.people.Person(t.Context(), system, id)
		require.NoError(t, err)
		require.Equal(t, 1, p.Version, id)
	}
}

func TestOrganisationPage(t *testing.T) {
	s := open(t)
	askOrganisations(t, s)
	c := serve(t, s)("priya")
	page := c.get("/en/account/organisation")
	require.Equal(t, 200, page.Status)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	for _, text := range []string{"Aldergate Pharmacies", "Tom Whitlock", "Layla Mansour", "Billing address", `value="gold"`} {
		require.Contains(t, page.Body, text)
	}
	require.NotContains(t, page.Body, "canary-score")
	require.NotContains(t, page.Body, "Mateo")
	form := url.Values{"version": {version(t, page.Body)}, "attributes.billing": {"bills@aldergate.example.com"}, "attributes.level": {"platinum"}, "attributes.score": {"1"}}
	require.Equal(t, 303, c.post("/en/account/organisation", form).Status)
	require.Contains(t, c.get("/en/account/organisation?done=saved").Body, "The changes have been saved.")
	a, err := s.people.Account(t.Context(), system, "aldergate")
	require.NoError(t, err)
	require.Equal(t, "bills@aldergate.example.com gold canary-score", strings.Join([]string{a.Attributes["billing"][0], a.Attributes["level"][0], a.Attributes["score"][0]}, " "))

	form.Set("attributes.billing", "later@aldergate.example.com")
	late := c.post("/en/account/organisation", form)
	require.Equal(t, 409, late.Status)
	require.Contains(t, late.Body, "later@aldergate.example.com")
	form.Set("version", version(t, late.Body))
	form.Set("attributes.billing", "nonsense")
	wrong := c.post("/en/account/organisation", form)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `value="nonsense"`)
	require.Contains(t, wrong.Body, "f-attributes-billing-fault")
	form.Set("version", "0")
	require.Equal(t, 409, c.post("/en/account/organisation", form).Status, "no organisation is added here")
}

func TestMembers(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, priya := signIn(t, c, "priya")
	_, tom := signIn(t, c, "tom")
	me := func() int { return c.get("/api/v1/me", "Cookie", tom).Status }
	post := func(path string, form url.Values) answer {
		return c.post("/en/account/organisation"+path, form, "Cookie", priya)
	}
	require.Equal(t, 200, me())
	require.Equal(t, 303, post("/people/tom/disable", nil).Status)
	require.Equal(t, 401, me(), "out at once")
	list := c.get("/en/account/organisation?done=disabled", "Cookie", priya).Body
	require.Contains(t, list, "signed out everywhere")
	require.Contains(t, list, "/people/tom/enable")
	require.Equal(t, 303, post("/people/tom/enable", nil).Status)
	require.Equal(t, 403, post("/people/priya/disable", nil).Status, "nobody disables themselves")

	page := c.get("/en/account/organisation/people/tom", "Cookie", priya)
	require.Equal(t, 200, page.Status)
	require.NotContains(t, page.Body, "f-role-admin", "what one cannot give is not offered")
	form := ticked(url.Values{"version": {version(t, page.Body)}, "name": {"Tom W."}}, "customer", "manager", "admin", "agent")
	require.Equal(t, 303, post("/people/tom", form).Status)
	p, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, []profile.Role{"customer", "manager"}, p.Roles)
	require.Equal(t, "Tom W. aldergate Branch pharmacist in Harrogate", p.Name+" "+p.Account+" "+p.Attributes["title"][0])
	require.Equal(t, 409, post("/people/tom", form).Status)
	form.Set("version", "4")
	form.Set("name", "")
	wrong := post("/people/tom", form)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-name-fault")

	// Who manages alone stays; who leaves it to another lands where they may be.
	mine := c.get("/en/account/organisation/people/priya", "Cookie", priya)
	step := ticked(url.Values{"version": {version(t, mine.Body)}, "name": {"Priya Raman"}}, "customer")
	left := post("/people/priya", step)
	require.Equal(t, 303, left.Status)
	require.Equal(t, "/en/account?saved=1", left.Header.Get("Location"))
	require.Equal(t, 200, c.get("/en/account?saved=1", "Cookie", priya).Status)
	_, tom = signIn(t, c, "tom")
	alone := c.post("/en/account/organisation/people/tom", ticked(url.Values{"version": {"4"}, "name": {"Tom W."}}, "customer"), "Cookie", tom)
	require.Equal(t, 422, alone.Status)
	require.Contains(t, alone.Body, "Nobody would be left who looks after your organisation")
	lost, err := s.people.Person(t.Context(), system, "priya")
	require.NoError(t, err)
	lost.Roles = append(lost.Roles, profile.RoleManager)
	_, err = s.people.SavePerson(t.Context(), system, lost)
	require.NoError(t, err)
	p, err = s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)

	// Somebody with more rights than their manager is looked at only.
	p.Roles = append(p.Roles, profile.RoleAgent)
	_, err = s.people.SavePerson(t.Context(), system, p)
	require.NoError(t, err)
	page = c.get("/en/account/organisation/people/tom", "Cookie", priya)
	require.Equal(t, 200, page.Status)
	require.NotContains(t, page.Body, `name="version"`)
	require.Equal(t, 403, post("/people/tom/disable", nil).Status)
	require.Equal(t, 403, post("/people/tom", ticked(url.Values{"version": {"5"}, "name": {"X"}}, "customer")).Status)
}

// shown is the page that an answer leads to, in the browser that got it.
func shown(t *testing.T, c *client, a answer) answer {
	t.Helper()
	require.Equal(t, 303, a.Status, a.Body)
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return c.get(a.Header.Get("Location"), "Cookie", cookie)
}

// linkIn returns the path of the invitation that a page shows.
func linkIn(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `value="http`)
	require.True(t, ok, "no link")
	address, _, _ := strings.Cut(rest, `"`)
	u, err := url.Parse("http" + address)
	require.NoError(t, err)
	return u.Path
}

func TestInvitations(t *testing.T) {
	book := &logbook{}
	s := open(t, func(c *Config) { c.Log = book.logger() })
	as := serve(t, s)
	priya, lucia, guest := as("priya"), as("lucia"), as("")
	const page, send = "/en/account/organisation", "/en/account/organisation/invitations"
	wrong := priya.post(send, ticked(url.Values{"address": {"nowhere"}, "name": {"Nia"}}, "customer"))
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-address-fault")
	require.Contains(t, wrong.Body, `value="nowhere"`)
	require.Contains(t, wrong.Body, `value="Nia"`)

	form := ticked(url.Values{"address": {"nia@aldergate.example.com"}, "name": {"Nia"}, "locale": {"de"}, "account": {"brisa"}}, "manager", "admin")
	form.Set("key", "first")
	posted := priya.post(send, form)
	made := shown(t, priya, posted)
	require.Equal(t, 200, made.Status)
	require.Equal(t, "no-store", made.Header.Get("Cache-Control"))
	path := linkIn(t, made.Body)
	require.True(t, strings.HasPrefix(path, "/de/invitations/"))
	require.Equal(t, posted.Header.Get("Location"), priya.post(send, form).Header.Get("Location"), "a retry does nothing more")
	list := priya.get(page).Body
	require.Equal(t, 1, strings.Count(list, `/revoke"`))
	require.Contains(t, list, "nia@aldergate.example.com")
	require.NotContains(t, list, strings.TrimPrefix(path, "/de"), "it is shown once")
	require.NotContains(t, lucia.get(page).Body, "nia@")

	// Whoever opens it is asked; nothing happens until they answer.
	for range 3 {
		asked := guest.get(path)
		require.Equal(t, 200, asked.Status)
		require.Equal(t, "no-store", asked.Header.Get("Cache-Control"))
		require.Contains(t, asked.Body, "Aldergate Pharmacies")
		require.Contains(t, asked.Body, "noindex")
	}
	require.Equal(t, 422, guest.post(path, url.Values{"name": {""}}).Status)
	joined := guest.post(path, url.Values{"name": {"Nia Price"}})
	require.Equal(t, 303, joined.Status, joined.Body)
	session, _, _ := strings.Cut(joined.Header.Get("Set-Cookie"), ";")
	require.Contains(t, guest.get("/en/account", "Cookie", session).Body, "Nia Price")
	require.Equal(t, 200, guest.get(page, "Cookie", session).Status, "invited as a manager")
	require.Equal(t, 404, guest.get("/en/admin/people", "Cookie", session).Status, "and as no administrator")
	people, _, err := s.people.People(t.Context(), system, profile.PersonQuery{Account: "aldergate", Role: profile.RoleManager})
	require.NoError(t, err)
	require.Len(t, people, 2)
	for _, a := range []answer{guest.get(path), guest.post(path, url.Values{"name": {"Again"}})} {
		require.Equal(t, 410, a.Status)
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	}
	require.NotContains(t, priya.get(page).Body, "/revoke")

	// What is taken back lets nobody in, and nobody takes back what is others'.
	path = linkIn(t, shown(t, priya, priya.post(send, ticked(url.Values{"address": {"otto@example.com"}}, "customer"))).Body)
	_, rest, _ := strings.Cut(priya.get(page).Body, send+"/")
	id, _, _ := strings.Cut(rest, "/revoke")
	require.Equal(t, 404, lucia.post(send+"/"+id+"/revoke", nil).Status)
	require.Equal(t, 200, guest.get(path).Status)
	require.Equal(t, page+"?done=revoked", priya.post(send+"/"+id+"/revoke", nil).Header.Get("Location"))
	require.Equal(t, page+"?done=not_open", priya.post(send+"/"+id+"/revoke", nil).Header.Get("Location"))
	require.Contains(t, priya.get(page+"?done=not_open").Body, "not open any more")
	require.Equal(t, 410, guest.post(path, url.Values{"name": {"Otto"}}).Status)
	require.Equal(t, 404, guest.get("/en/invitations/ABCDEFGHIJKLMNOPQRSTUVWXYZ").Status)
	require.Equal(t, 404, guest.get("/en/invitations/x").Status)

	// Nor does the token stand where events are kept, or in a log.
	require.Equal(t, 200, guest.get("/en/articles/sensor-shows-offline", "Referer", guest.server.URL+path, "User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0").Status)
	require.NoError(t, s.ledger.Flush(t.Context()))
	var kept []string
	require.NoError(t, s.db.read.SelectContext(t.Context(), &kept, `select path || ' ' || referrer from stoa_event`))
	require.Contains(t, strings.Join(kept, "\n"), "/invitations")
	require.NotContains(t, strings.Join(kept, "\n"), "/invitations/")
	log := strings.Join(book.lines(), "\n")
	require.Contains(t, log, "invitation made")
	require.NotContains(t, log, strings.TrimPrefix(path, "/en/invitations/"))
	require.NotContains(t, log, "otto@")
}

// TestInvitedAgain: an address that has an open invitation is not invited behind
// its back, and nobody becomes two people.
func TestInvitedAgain(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	priya, guest := as("priya"), as("")
	const page, send = "/en/account/organisation", organisationInvitations
	invite := func(change url.Values) answer {
		form := ticked(url.Values{"address": {"nia@aldergate.example.com"}, "name": {"Nia"}}, "customer")
		for key, values := range change {
			form[key] = values
		}
		return priya.post("/en"+send, form)
	}
	for _, address := range []string{"tom.whitlock@aldergate.example.com", "Tom.Whitlock@ALDERGATE.example.com"} {
		member := invite(url.Values{"address": {address}})
		require.Equal(t, 422, member.Status)
		require.Contains(t, member.Body, "in the organisation already")
	}
	require.Equal(t, 303, invite(url.Values{"address": {"lucia@brisa.example.com"}}).Status, "who is elsewhere is not told")
	require.Equal(t, 422, priya.post("/en"+send, url.Values{"address": {"x@aldergate.example.com"}}).Status, "somebody is to be something")

	first := linkIn(t, shown(t, priya, invite(nil)).Body)
	met := invite(url.Values{"address": {"Nia@Aldergate.example.com"}, "name": {"Nia P."}, "role.manager": {"yes"}, "locale": {"de"}})
	require.Equal(t, 422, met.Status)
	for _, text := range []string{"This invitation is open", "Send again with the new details", "Take back", "<bdi>Nia</bdi>", "<bdi>Nia P.</bdi>", "Deutsch", `value="Nia@Aldergate.example.com"`} {
		require.Contains(t, met.Body, text)
	}
	require.Equal(t, 200, guest.get(first).Status, "it is as it was")
	require.NotContains(t, invite(nil).Body, "new details")
	_, rest, _ := strings.Cut(met.Body, `name="again" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	again := url.Values{"again": {id}, "key": {"k"}, "role.manager": {"yes"}}
	second := linkIn(t, shown(t, priya, invite(again)).Body)
	require.Equal(t, 410, guest.get(first).Status)
	require.Equal(t, 303, invite(again).Status)
	require.Equal(t, 200, guest.get(second).Status, "a retry does nothing more")
	again.Set("name", "Other")
	require.Equal(t, 409, invite(again).Status)

	// Somebody who came by another way stays who they are.
	_, err := s.people.SavePerson(t.Context(), system, profile.Person{ID: "nia", Name: "Nia", Email: "NIA@aldergate.example.com", Account: "aldergate", Roles: []profile.Role{"customer"}})
	require.NoError(t, err)
	require.Equal(t, 409, guest.post(second, url.Values{"name": {"Nia Two"}}).Status)
	nia := as("nia")
	require.Contains(t, nia.get(second).Body, "belong to the organisation already")
	require.Equal(t, 303, nia.post(second, nil).Status)
	p, err := s.people.Person(t.Context(), system, "nia")
	require.NoError(t, err)
	require.ElementsMatch(t, []profile.Role{"customer", "manager"}, p.Roles)
	require.Equal(t, 410, guest.get(second).Status)
}

// TestNamesInLetters: what people call themselves is no text of the portal's.
func TestNamesInLetters(t *testing.T) {
	for name, want := range map[string]string{
		"Priya Raman": "Priya Raman", "Dr. Ana-María O’Neill": "Dr. Ana-María O’Neill", "李 小龙": "李 小龙", "  ليلى  ": "ليلى",
		"Your account is locked! Call 0800123456": "", "https://evil.example": "", "evil.example": "", "A\nB: c": "", strings.Repeat("x", 61): "", "a@b": "",
	} {
		require.Equal(t, want, nameOrNothing(name), name)
	}
}

func TestOrganisationAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	askFor(t, s)
	askOrganisations(t, s)
	looks := 0
	inEveryLook(t, s, "priya", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/account/organisation/people/layla")
		check("member")
		to("/account/organisation")
		check("organisation")
		require.Equal(t, 422, p.Submit(`form[action$="/invitations"] button`))
		check("organisation with errors")
		looks++ // whom a look has invited is not invited again in the next
		p.Fill("#f-address", fmt.Sprintf("nia%d@aldergate.example.com", looks))
		require.Equal(t, 200, p.Submit(`form[action$="/invitations"] button`))
		check("organisation with an invitation")
		link := p.Value("#f-link")
		p.Go(link)
		check("invitation")
		p.Fill("#f-name", "Nia")
		require.Equal(t, 200, p.Submit(".sheet button"))
		require.Equal(t, 410, p.Go(link))
		check("invitation that is gone")
		require.Empty(t, p.CSPViolations())
	})
}
