package site

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/profile"
)

// send sends a form as a browser does.
func send(t *testing.T, c *http.Client, address string, form url.Values) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	require.NoError(t, err)
	return read(t, res)
}

// onward follows where a page leads on to.
func onward(t *testing.T, c *http.Client, base string, a answer) answer {
	t.Helper()
	_, to, ok := strings.Cut(a.Header.Get("Refresh"), "0; url=")
	require.True(t, ok, a.Body)
	return visitPage(t, c, base+to)
}

// An office is a portal behind a provider with an administrator, who invites.
type joinWorld struct {
	*Site
	idp   *idp
	base  string
	admin *http.Client
}

func newJoinWorld(t *testing.T, change ...func(*Config)) *joinWorld {
	w := &joinWorld{idp: newIDP(t), admin: newJar(t)}
	w.Site, w.base = behindIDP(t, w.idp, change...)
	_, err := w.people.SaveAccount(t.Context(), system, profile.Account{ID: "acme", Name: "Acme Pharmacies"})
	require.NoError(t, err)
	w.as("ada", "ada@example.org", "Ada Admin")
	require.Equal(t, 200, visitPage(t, w.admin, w.base+"/en/account").Status)
	return w
}

// as says who is signed in at the provider; an address is one it vouches for.
func (w *joinWorld) as(sub, address, name string) {
	w.idp.who = map[string]any{"sub": sub, "name": name}
	if address != "" {
		w.idp.who["email"], w.idp.who["email_verified"] = address, true
	}
}

// invited returns the path of an invitation that was just made.
func (w *joinWorld) invite(t *testing.T, address string, roles ...string) string {
	t.Helper()
	form := ticked(url.Values{"address": {address}, "account": {"acme"}}, roles...)
	a := send(t, w.admin, w.base+"/en/admin/invitations", form)
	require.Equal(t, 200, a.Status, a.Body)
	return linkIn(t, a.Body)
}

// accept opens an invitation, agrees, and signs in at the provider.
func (w *joinWorld) accept(t *testing.T, c *http.Client, path string) answer {
	t.Helper()
	return onward(t, c, w.base, send(t, c, w.base+path, nil))
}

func TestJoinThroughAProvider(t *testing.T) {
	w := newJoinWorld(t)
	path := w.invite(t, "nia@acme.example", "customer", "manager")
	desk := visitPage(t, w.admin, w.base+"/en/admin/invitations?account=acme").Body
	require.Contains(t, desk, "nia@acme.example")
	require.NotContains(t, visitPage(t, w.admin, w.base+"/en/admin/invitations").Body, "nia@acme.example")

	// Opening the link, and signing in without agreeing, joins nothing.
	w.as("7", "nia@acme.example", "Nia Price")
	nia := newJar(t)
	asked := visitPage(t, nia, w.base+path)
	require.Equal(t, 200, asked.Status)
	require.Contains(t, asked.Body, "Sign in and join")
	require.Contains(t, asked.Body, "Acme Pharmacies")
	require.NotContains(t, asked.Body, `name="name"`)
	require.Equal(t, 403, visitPage(t, nia, w.base+"/sign-in/login?return=/account").Status)

	account := w.accept(t, nia, path)
	require.Equal(t, 200, account.Status, account.Body)
	require.Contains(t, account.Body, "Nia Price")
	require.Contains(t, account.Body, "Acme Pharmacies")
	require.Equal(t, 200, visitPage(t, nia, w.base+"/en/account/organisation").Status)
	require.Equal(t, 404, visitPage(t, nia, w.base+"/en/admin/people").Status)

	// She is known now, and the link is used up.
	require.Equal(t, 410, visitPage(t, newJar(t), w.base+path).Status)
	require.Contains(t, visitPage(t, newJar(t), w.base+"/en/account").Body, "Nia Price")
	again := w.invite(t, "nia@other.example", "customer")
	twice := send(t, w.admin, w.base+"/en/admin/invitations", ticked(url.Values{"address": {"Nia@Acme.example"}, "account": {"acme"}}, "customer"))
	require.Equal(t, 422, twice.Status)
	require.Contains(t, twice.Body, "in the organisation already")
	back := w.accept(t, newJar(t), again)
	require.Contains(t, back.Body, "who is here already", "whoever is known is led back to what they cannot accept")
	require.Equal(t, 409, send(t, nia, w.base+again, nil).Status)

	// A manager of theirs invites into their own organisation.
	made := send(t, nia, w.base+"/en/account/organisation/invitations", ticked(url.Values{"address": {"bo@acme.example"}}, "customer"))
	require.Equal(t, 200, made.Status)
	require.Equal(t, 404, send(t, nia, w.base+"/en/admin/invitations", nil).Status)
}

func TestJoinIsForWhomItWasSent(t *testing.T) {
	w := newJoinWorld(t, func(c *Config) { c.OIDC.Open = true })
	people := func() int {
		list, _, err := w.people.People(t.Context(), system, profile.PersonQuery{Account: "acme"})
		require.NoError(t, err)
		return len(list)
	}
	path := w.invite(t, "nia@acme.example", "customer")
	w.as("eve", "eve@evil.example", "Eve")
	eve := newJar(t)
	refused := w.accept(t, eve, path)
	require.Equal(t, 403, refused.Status)
	require.Contains(t, refused.Body, "another address", "it says why")
	require.Zero(t, people())
	require.NotContains(t, visitPage(t, eve, w.base+"/en/").Body, "Eve", "and makes her nobody else by the way")

	// An address that the provider does not vouch for counts for nothing, be it
	// the right one or another: the token does.
	w.as("nia", "", "Nia")
	w.idp.who["email"] = "eve@evil.example"
	joined := w.accept(t, newJar(t), path)
	require.Equal(t, 200, joined.Status, joined.Body)
	require.Contains(t, joined.Body, "nia@acme.example")
	require.NotContains(t, joined.Body, "eve@")
	require.Equal(t, 1, people())

	// What is taken back while somebody signs in is good no more.
	path = w.invite(t, "bo@acme.example", "customer")
	bo := newJar(t)
	leaving := send(t, bo, w.base+path, nil)
	_, rest, _ := strings.Cut(visitPage(t, w.admin, w.base+"/en/admin/invitations?account=acme").Body, "/en/admin/invitations/")
	id, _, _ := strings.Cut(rest, "/revoke")
	require.Equal(t, 200, send(t, w.admin, w.base+"/en/admin/invitations/"+id+"/revoke", url.Values{"account": {"acme"}}).Status)
	w.as("bo", "bo@acme.example", "Bo")
	require.Equal(t, 410, onward(t, bo, w.base, leaving).Status)
	require.Equal(t, 1, people())
	for _, wrong := range []string{"/en/invitations/x", "/en/invitations/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "/en/invitations/x/joined"} {
		require.Equal(t, 404, visitPage(t, bo, w.base+wrong).Status)
	}
	require.Equal(t, 404, send(t, bo, w.base+"/en/invitations/ABCDEFGHIJKLMNOPQRSTUVWXYZ", nil).Status)
	require.Equal(t, 404, send(t, w.admin, w.base+"/en/admin/invitations", ticked(url.Values{"address": {"x@example.com"}, "account": {"nowhere"}}, "customer")).Status)
}

// TestJoinedTheDemo: whoever was invited can come back.
func TestJoinedTheDemo(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	path := linkIn(t, shown(t, as("priya"), as("priya").post("/en/account/organisation/invitations", ticked(url.Values{"address": {"nia@aldergate.example.com"}}, "customer"))).Body)
	guest := as("")
	require.NotContains(t, guest.get("/en/demo").Body, "Joined since")
	require.Equal(t, 303, guest.post(path, url.Values{"name": {"Nia Price"}}).Status)
	demo := guest.get("/en/demo").Body
	_, rest, ok := strings.Cut(demo, "Joined since")
	require.True(t, ok)
	require.Contains(t, rest, "Nia Price")
	_, rest, _ = strings.Cut(rest, `name="person" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	_, session := signIn(t, guest, id)
	require.Contains(t, guest.get("/en/account", "Cookie", session).Body, "Nia Price")
	_, err := s.people.DisablePerson(t.Context(), system, id)
	require.NoError(t, err)
	require.NotContains(t, guest.get("/en/demo").Body, "Nia Price")
}

func TestJoiningAccessible(t *testing.T) {
	slow(t)
	w := newJoinWorld(t)
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			w.as("ada", "ada@example.org", "Ada Admin")
			p := browser.Open(t, &look.opts)
			check := checker(t, p, name)
			p.Go(w.base + "/sign-in/login?return=/" + look.locale + "/admin/invitations?account=acme")
			check("invitation desk")
			p.Fill("#f-address", "nowhere")
			require.Equal(t, 422, p.Submit(`.sheet button`))
			check("invitation desk with errors")
			address := strings.ReplaceAll(name, " ", ".") + "@acme.example"
			p.Fill("#f-address", address)
			require.Equal(t, 200, p.Submit(`.sheet button`))
			check("invitation desk with an invitation")
			link := p.Value("#f-link")
			p.Go(link)
			check("invitation of somebody known")
			other := browser.Open(t, &look.opts)
			w.as("new "+name, address, "Nia Price")
			require.Equal(t, 200, other.Go(link))
			checker(t, other, name)("invitation there")
			other.Click(".sheet button")
			require.Eventually(t, func() bool { return slices.Contains(other.Requests(), w.base+"/account") }, 20*time.Second, 20*time.Millisecond)
			other.Go(w.base + "/account")
			require.Contains(t, other.Text("main"), "Acme Pharmacies")
			require.Empty(t, other.CSPViolations())
		})
	}
}

// TestInvitedByMail: with mail the link goes to the address and to nobody else;
// what cannot be sent leaves no invitation behind.
func TestInvitedByMail(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	w := newJoinWorld(t, func(c *Config) { c.Mail = Mail{Folder: dir} })
	form := ticked(url.Values{"address": {"nia@acme.example"}, "account": {"acme"}, "name": {"Nia\r\nBcc: eve@evil.example"}, "locale": {"de"}}, "customer")
	require.Equal(t, 422, send(t, w.admin, w.base+"/en/admin/invitations", form).Status)
	form.Set("name", "Nia")
	made := send(t, w.admin, w.base+"/en/admin/invitations", form)
	require.Equal(t, 200, made.Status)
	require.Contains(t, made.Body, "on its way to nia@acme.example")
	require.NotContains(t, made.Body, "/de/invitations/", "whoever invites does not join in their place")

	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	content, err := os.ReadFile(files[0])
	require.NoError(t, err)
	l := smtptest.Read(t, string(content))
	require.Contains(t, l.Text, "Sie wurden eingeladen")
	require.Equal(t, "Ada Admin lädt Sie ein, Acme Pharmacies im Portal von Stoa beizutreten.", l.Subject)
	require.Contains(t, strings.Join(strings.Fields(l.Text), " "), "Ada Admin lädt Sie ein")
	_, rest, ok := strings.Cut(l.Text, w.base+"/de/invitations/")
	require.True(t, ok, l.Text)
	token, _, _ := strings.Cut(rest, "\n")
	w.as("nia", "nia@acme.example", "Nia Price")
	require.Contains(t, w.accept(t, newJar(t), "/en/invitations/"+token).Body, "Nia Price")

	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600), "no folder can be here now")
	w.as("ada", "ada@example.org", "Ada Admin")
	form.Set("address", "bo@acme.example")
	require.Equal(t, 503, send(t, w.admin, w.base+"/en/admin/invitations", form).Status)
	require.NotContains(t, visitPage(t, w.admin, w.base+"/en/admin/invitations?account=acme").Body, "bo@acme.example")
}
