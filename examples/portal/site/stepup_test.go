package site

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// jar is a browser of the demo that is signed in as somebody, and keeps cookies.
func jarOf(t *testing.T, base, person string) *http.Client {
	t.Helper()
	c := newJar(t)
	require.Equal(t, 200, send(t, c, base+"/demo/sign-in", url.Values{"person": {person}, "return_to": {"/en/"}}).Status)
	return c
}

// TestStepUpInTheDemo: what cannot be undone takes a proof that wears off, and
// what was typed before it is there after it.
func TestStepUpInTheDemo(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	base := serve(t, s)("").server.URL
	ruth := jarOf(t, base, "ruth")
	confirm := func(c *http.Client, asked answer) answer {
		t.Helper()
		require.Contains(t, asked.Body, "Confirm that it is you")
		_, rest, ok := strings.Cut(asked.Body, `action="/en/account/confirm"`)
		require.True(t, ok)
		_, rest, _ = strings.Cut(rest, `name="return_to" value="/en/a`)
		back, _, _ := strings.Cut(rest, `"`)
		return send(t, c, base+"/en/account/confirm", url.Values{"return_to": {"/en/a" + back}})
	}
	form := url.Values{"kind": {"widget"}, "name": {"Shop <1>"}, "account": {"brisa"}, "key": {"k"}}
	asked := send(t, ruth, base+"/en/admin/connections", form)
	require.NotContains(t, asked.Body, "stoa-")
	back := confirm(ruth, asked)
	require.Equal(t, 200, back.Status)
	for _, there := range []string{"you have confirmed", `value="Shop &lt;1&gt;"`, `value="widget" selected`, `value="brisa" selected`} {
		require.Contains(t, back.Body, there)
	}
	list, err := s.connected.List(t.Context(), system)
	require.NoError(t, err)
	require.Empty(t, list, "nothing is done before it is sent again")
	require.Contains(t, send(t, ruth, base+"/en/admin/connections", form).Body, `value="stoa-`)
	require.NotContains(t, visitPage(t, ruth, base+"/en/admin/connections").Body, "Shop &lt;1&gt;\"", "it is there once")

	// It wears off.
	ahead.Store(int64(16 * time.Minute))
	require.Contains(t, send(t, ruth, base+"/en/admin/connections", form).Body, "Confirm that it is you")

	// Roles of staff are given surely; other changes are not asked about.
	change := url.Values{"version": {"1"}, "name": {"Tom W."}, "role.customer": {"yes"}}
	require.Contains(t, send(t, ruth, base+"/en/admin/people/tom", change).Body, "Tom W.")
	change.Set("version", "2")
	change.Set("role.admin", "yes")
	change.Set("name", "Tom Admin")
	back = confirm(ruth, send(t, ruth, base+"/en/admin/people/tom", change))
	require.Regexp(t, `name="role.admin" value="yes" checked`, back.Body)
	require.Contains(t, back.Body, `value="Tom Admin"`)
	p, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.NotContains(t, p.Roles, profile.RoleAdmin)
	require.Equal(t, 200, send(t, ruth, base+"/en/admin/people/tom", change).Status)
	p, err = s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Contains(t, p.Roles, profile.RoleAdmin)

	// Inviting staff is giving them their roles.
	ahead.Store(int64(40 * time.Minute))
	invite := ticked(url.Values{"address": {"new@kelvane.example.com"}, "account": {"kelvane"}, "name": {"New"}}, "agent")
	back = confirm(ruth, send(t, ruth, base+"/en/admin/invitations", invite))
	require.Contains(t, back.Body, "new@kelvane.example.com")
	require.Regexp(t, `name="role.agent" value="yes" checked`, back.Body)
	require.Contains(t, back.Body, `value="kelvane" selected`)

	// A copy of one's data is one's own alone.
	priya := jarOf(t, base, "priya")
	back = confirm(priya, send(t, priya, base+"/en/account/privacy/export", nil))
	require.Contains(t, back.Body, "you have confirmed")
	require.Equal(t, "application/json", send(t, priya, base+"/en/account/privacy/export", nil).Header.Get("Content-Type"))
}

// TestTypedIsOnesOwn: what somebody had typed nobody else gets to see, and a
// cookie that was made up is worth nothing.
func TestTypedIsOnesOwn(t *testing.T) {
	s := open(t)
	base := serve(t, s)("").server.URL
	tom := jarOf(t, base, "tom")
	form := url.Values{"name": {"Tom Whitlock"}}
	require.Contains(t, send(t, tom, base+"/en/account/privacy/delete", form).Body, "Confirm that it is you")
	require.Contains(t, visitPage(t, tom, base+"/en/account/privacy/delete").Body, `value="Tom Whitlock"`, "who goes back finds it too")
	require.NotContains(t, visitPage(t, tom, base+"/en/account/privacy/delete").Body, `value="Tom Whitlock"`)

	send(t, tom, base+"/en/account/privacy/delete", form)
	require.Equal(t, 200, send(t, tom, base+"/demo/sign-in", url.Values{"person": {"priya"}, "return_to": {"/en/"}}).Status)
	require.NotContains(t, visitPage(t, tom, base+"/en/account/privacy/delete").Body, `value="Tom Whitlock"`)
	at, err := url.Parse(base)
	require.NoError(t, err)
	for _, wrong := range []string{"", "x", strings.Repeat("A", 200), "AAAA.BBBB"} {
		tom.Jar.SetCookies(at, []*http.Cookie{{Name: typedCookie, Value: wrong, Path: "/"}})
		require.Equal(t, 200, visitPage(t, tom, base+"/en/account/privacy/delete").Status)
	}

	// More than a cookie holds is not kept, and is no error.
	form.Set("more", strings.Repeat("x", 5000))
	require.Contains(t, send(t, tom, base+"/en/account/privacy/delete", url.Values{"name": {"Priya Nair"}, "more": form["more"]}).Body, "Confirm that it is you")
	require.NotContains(t, visitPage(t, tom, base+"/en/account/privacy/delete").Body, `value="Priya Nair"`)
	for _, elsewhere := range []string{"https://evil.example/", "//evil.example", "javascript:alert(1)"} {
		a := visitPage(t, tom, base+"/en/account/confirm?return_to="+url.QueryEscape(elsewhere))
		require.NotContains(t, a.Body, "evil.example")
		require.NotContains(t, a.Body, "javascript:")
	}
	require.Equal(t, 200, visitPage(t, newJar(t), base+"/en/account/confirm").Status, "who is nobody is asked to sign in")
}

// TestStepUpThroughAProvider: it is asked for a fresh sign-in, as sure as the
// portal wants, and is held to it.
func TestStepUpThroughAProvider(t *testing.T) {
	w := newJoinWorld(t, func(c *Config) { c.OIDC.ACR, c.OIDC.SignedOut = []string{"gold", "silver"}, "http://localhost/bye" })
	form := url.Values{"kind": {"directory"}, "name": {"Entra"}, "account": {"acme"}}
	asked := send(t, w.admin, w.base+"/en/admin/connections", form)
	const login = "/sign-in/login?strong=1&amp;return=%2Fen%2Fadmin%2Fconnections"
	require.Contains(t, asked.Body, `href="`+login+`"`)
	require.Equal(t, 404, send(t, w.admin, w.base+"/en/account/confirm", nil).Status, "the demo's button is the demo's")
	stepUp := func(acr any, at time.Time) answer {
		t.Helper()
		w.as("ada", "ada@example.org", "Ada Admin")
		if acr != nil {
			w.idp.who["acr"] = acr
		}
		if !at.IsZero() {
			w.idp.who["auth_time"] = at.Unix()
		}
		return visitPage(t, w.admin, w.base+strings.ReplaceAll(login, "&amp;", "&"))
	}
	for name, refused := range map[string]answer{
		"not said how": stepUp(nil, time.Now()), "too little": stepUp("bronze", time.Now()), "not said when": stepUp("gold", time.Time{}),
		"long ago": stepUp("gold", time.Now().Add(-time.Hour)), "in the future": stepUp("gold", time.Now().Add(time.Hour)),
	} {
		require.Equal(t, 403, refused.Status, name)
	}
	require.Equal(t, []string{"0", "login", "gold silver"}, []string{w.idp.asked.Get("max_age"), w.idp.asked.Get("prompt"), w.idp.asked.Get("acr_values")})
	require.Contains(t, send(t, w.admin, w.base+"/en/admin/connections", form).Body, "strong=1", "nothing has come of it")

	back := stepUp("silver", time.Now())
	require.Equal(t, 200, back.Status)
	require.Contains(t, back.Body, `value="Entra"`)
	require.Contains(t, back.Body, "you have confirmed")
	require.Contains(t, send(t, w.admin, w.base+"/en/admin/connections", form).Body, `value="stoa-`)

	// Whoever comes back as somebody else gets neither the form nor the right.
	send(t, w.admin, w.base+"/en/account/privacy/export", nil)
	bo := newJar(t)
	w.as("bo", "bo@acme.example", "Bo")
	path := w.invite(t, "bo@acme.example", "customer")
	require.Equal(t, 200, w.accept(t, bo, path).Status)
	require.Contains(t, send(t, bo, w.base+"/en/account/privacy/delete", url.Values{"name": {"Bo"}}).Body, "strong=1")
	w.as("ada", "ada@example.org", "Ada Admin")
	w.idp.who["acr"], w.idp.who["auth_time"] = "gold", time.Now().Unix()
	other := visitPage(t, bo, w.base+"/sign-in/login?strong=1&return=%2Fen%2Faccount%2Fprivacy%2Fdelete")
	require.Equal(t, 200, other.Status)
	require.NotContains(t, other.Body, `value="Bo"`)

	// Signing out there leads back to where the provider was told.
	out := send(t, bo, w.base+"/en/sign-out", nil)
	require.Contains(t, out.Header.Get("Refresh"), "post_logout_redirect_uri="+url.QueryEscape("http://localhost/bye"))
}

// TestStepUpWithoutClasses: a provider that knows no classes of sign-in is asked
// for a fresh one.
func TestStepUpWithoutClasses(t *testing.T) {
	w := newJoinWorld(t)
	w.idp.who["auth_time"] = time.Now().Unix()
	require.Equal(t, 200, visitPage(t, w.admin, w.base+"/sign-in/login?strong=1&return=/en/admin/connections").Status)
	require.False(t, w.idp.asked.Has("acr_values"))
	require.Equal(t, "login", w.idp.asked.Get("prompt"))
	a := send(t, w.admin, w.base+"/en/admin/connections", url.Values{"kind": {"directory"}, "name": {"Entra"}, "account": {"acme"}})
	require.Contains(t, a.Body, `value="stoa-`)
}

func TestStepUpAccessible(t *testing.T) {
	slow(t)
	w := newJoinWorld(t)
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			w.as("ada", "ada@example.org", "Ada Admin")
			p := browser.Open(t, &look.opts)
			p.Go(w.base + "/sign-in/login?return=/" + look.locale + "/admin/connections")
			p.Fill("#f-name", "Entra")
			require.Equal(t, 200, p.Submit(".sheet button"))
			checker(t, p, name)("confirm there")
			w.idp.who["auth_time"] = time.Now().Unix()
			require.Equal(t, 200, p.Follow(`a[href*="strong=1"]`))
			require.Equal(t, "Entra", p.Value("#f-name"))
			require.Empty(t, p.CSPViolations())
		})
	}
}
