package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// TestEntries: what is typed wrongly is named, where it is and as it is.
func TestEntries(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ruth, tom := as("ruth"), as("tom")
	for _, c := range []struct {
		who            *client
		path           string
		form           url.Values
		status         int
		has, has2, not string
	}{
		{ruth, "/admin/fields/new", url.Values{}, 422, "Please fill this in", "f-name", "cannot be called"},
		{ruth, "/admin/roles/new", url.Values{"kind": {"staff"}}, 422, "Please fill this in", "f-key", "begins with"},
		{ruth, "/admin/roles/new", url.Values{"kind": {"member"}, "key": {"Ä b"}}, 422, "Please use lower-case letters", "f-key", "begins with"},
		{ruth, "/admin/connections", url.Values{"kind": {"directory"}}, 422, "Please fill this in", "f-name", "confirm"},
		{ruth, "/admin/layout/theme", url.Values{"theme": {"{\"bad"}}, 422, "not valid JSON: please check line 1", "", "byte"},
		{ruth, "/admin/layout/theme", url.Values{"theme": {"{\n\n x"}}, 422, "please check line 3", "", "byte"},
		{ruth, "/admin/retention/classes/events", url.Values{"days": {"abc"}}, 422, "Please enter a number from", "", "check this entry"},
		{tom, "/account/addresses", url.Values{"whose": {"person"}, "version": {"1"}, "do": {"save"}, "attributes.address.country": {"GB"}}, 422, "Please fill this in", "", "has been saved"},
		{tom, "/account", url.Values{"name": {"Tom"}, "version": {""}}, 422, "which version", "", "may not"},
		{tom, "/account", url.Values{"name": {"Tom"}, "version": {"x"}}, 422, "which version", "", "may not"},
		{tom, "/account", url.Values{"name": {"Tom"}, "version": {"1"}, "locale": {"xx"}}, 422, "f-locale-fault", "", "may not"},
	} {
		a := c.who.post("/en"+c.path, c.form)
		require.Equal(t, c.status, a.Status, "%s %v: %s", c.path, c.form, a.Body)
		require.Contains(t, a.Body, c.has, c.path)
		require.Contains(t, a.Body, c.has2, c.path)
		main := a.Body[strings.Index(a.Body, "<main"):]
		require.NotContains(t, main, c.not, c.path)
	}

	// What is so already is no conflict.
	page := tom.get("/en/account").Body
	form := url.Values{"name": {"Tom W."}, "version": {version(t, page)}, "locale": {"en"}, "zone": {"Europe/London"}}
	require.Equal(t, 303, tom.post("/en/account", form).Status)
	require.Equal(t, 303, tom.post("/en/account", form).Status, "the same form, sent twice")
	form.Set("name", "Another")
	require.Equal(t, 409, tom.post("/en/account", form).Status)

	require.Contains(t, tom.post("/en/account/sessions/end", url.Values{"session": {"none"}}).Header.Get("Location"), "ended=gone")
	require.Contains(t, tom.get("/en/account/sessions?ended=gone").Body, "not signed in there any more")
	require.Contains(t, ruth.get("/en/admin").Body, `href="/en/admin/invitations"`)
	require.Contains(t, ruth.get("/en/admin/people/tom").Body, "without any role")

	a := as("nobody-at-all").do(http.MethodGet, "/api/v1/me", "")
	require.Contains(t, a.Body, "no longer signed in")
	require.NotContains(t, a.Body, "error.profile")

	for _, end := range []func() error{
		func() error { _, err := s.people.DisablePerson(t.Context(), system, "layla"); return err },
		func() error { return s.people.RemovePerson(t.Context(), system, "owen") },
	} {
		require.NoError(t, end())
	}
	demo := as("").get("/en/demo").Body
	require.Contains(t, demo, `value="tom"`)
	require.NotContains(t, demo, `value="owen"`)
	require.NotContains(t, demo, `value="layla"`)
}

// TestCheckedBeforeProof: who has filled in nothing is not asked who they are.
func TestCheckedBeforeProof(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, ruth := signIn(t, c, "ruth")
	for _, one := range []struct {
		path string
		form url.Values
		want int
	}{
		{"/admin/connections", url.Values{"kind": {"directory"}}, 422},
		{"/admin/connections", url.Values{"kind": {"directory"}, "name": {"HR"}}, 303},
		{"/admin/roles/new", url.Values{"kind": {"staff"}}, 422},
		{"/admin/roles/new", url.Values{"kind": {"staff"}, "key": {"lead"}}, 422},
		{"/admin/roles/new", url.Values{"kind": {"staff"}, "key": {"lead"}, "name.en": {"Lead"}}, 303},
	} {
		a := c.post("/en"+one.path, one.form, "Cookie", ruth)
		require.Equal(t, one.want, a.Status, "%s %v %s", one.path, one.form, a.Body)
		if one.want == 303 {
			require.Contains(t, a.Header.Get("Location"), "/account/confirm")
		}
	}
}

// TestPartnersAreInvitedAsPartners: what people of an organisation are is ticked.
func TestPartnersAreInvitedAsPartners(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	_, err := s.people.SaveAccount(t.Context(), system, profile.Account{ID: "allies", Name: "Allies"})
	require.NoError(t, err)
	_, err = s.people.SavePerson(t.Context(), system, profile.Person{ID: "ally", Name: "Ally", Account: "allies", Roles: []profile.Role{profile.RolePartner}})
	require.NoError(t, err)
	const ticked = `name="role.%" value="yes" checked`
	page := c.get("/en/admin/invitations?account=allies").Body
	require.Contains(t, page, strings.Replace(ticked, "%", "partner", 1))
	require.NotContains(t, page, strings.Replace(ticked, "%", "customer", 1))
	page = c.get("/en/admin/invitations?account=aldergate").Body
	require.Contains(t, page, strings.Replace(ticked, "%", "customer", 1))
	require.NotContains(t, page, strings.Replace(ticked, "%", "partner", 1))
}
