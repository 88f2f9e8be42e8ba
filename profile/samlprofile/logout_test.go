package samlprofile_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn()
	require.Equal(t, http.StatusForbidden, b.Submit("/saml/logout", nil, "Sec-Fetch-Site", "cross-site").Status)
	require.Equal(t, http.StatusMethodNotAllowed, b.Open("/saml/logout").Status)
	require.Equal(t, "ann 2", b.Who(), "another site signs nobody out")

	got := b.Submit("/saml/logout", nil, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, http.StatusOK, got.Status)
	require.Empty(t, w.AllSessions())
	require.Equal(t, " 0", b.Who())
	address, ok := strings.CutPrefix(got.Header.Get("Refresh"), "0; url=")
	require.True(t, ok)
	require.True(t, strings.HasPrefix(address, "https://id.example/slo?SAMLRequest="), address)
	requireSigned(t, address)
	r := w.fake.read(address, "SAMLRequest").el
	require.Equal(t, "https://id.example/slo", r.SelectAttrValue("Destination", ""))
	require.Equal(t, "n-ann", r.FindElement("./NameID").Text())
	require.Equal(t, persistent, r.FindElement("./NameID").SelectAttrValue("Format", ""))
	require.Equal(t, "s-1", r.FindElement("./SessionIndex").Text())
	require.NotContains(t, got.Body, address, "an address is escaped in a page")

	// The provider's confirmation leads home.
	answer := `<samlp:LogoutResponse` + ns + ` ID="_r" Version="2.0" IssueInstant="` + stamp(day) + `" Destination="` + w.Server.URL + `/saml/slo"><saml:Issuer>` + issuer +
		`</saml:Issuer><samlp:Status><samlp:StatusCode Value="` + success + `"/></samlp:Status></samlp:LogoutResponse>`
	require.Equal(t, "/", b.Open("/saml/slo?"+w.fake.query("SAMLResponse", answer, "")).Location)
	require.NotContains(t, w.Logs.String(), "did not confirm")
	partial := strings.Replace(answer, success, "urn:oasis:names:tc:SAML:2.0:status:Responder", 1)
	require.Equal(t, "/", b.Open("/saml/slo?"+w.fake.query("SAMLResponse", partial, "")).Location)
	require.Contains(t, w.Logs.String(), "did not confirm")

	require.Equal(t, "/", b.Submit("/saml/logout", nil).Location, "who is not signed in has nothing to end there")
}

func TestSignOutHereOnly(t *testing.T) {
	for name, change := range map[string]func(*world){
		"on purpose": func(w *world) { w.options.StayThere = true },
		"for want of it": func(w *world) {
			w.fake.metadata = func(s string) string { return strings.Replace(s, "SingleLogoutService", "Other", 1) }
		},
		"without a key": func(w *world) { w.config.Keys = nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(w *world) { w.options.Home = "/home" }, change)
			b := w.browser()
			b.signIn()
			got := b.Submit("/saml/logout", nil)
			require.Equal(t, http.StatusSeeOther, got.Status, got.Header.Get("Refresh"))
			require.Equal(t, "/home", got.Location)
		})
	}
}

// logoutRequest is the provider's word that ann has signed out.
func (w *world) logoutRequest(change map[string]string, sessions ...string) string {
	m := map[string]string{
		"id": w.fake.id(), "issued": stamp(w.Now()), "to": w.Server.URL + "/saml/slo", "issuer": issuer, "format": persistent, "name": "n-ann", "until": stamp(w.Now().Add(time.Minute)),
	}
	for name, value := range change {
		m[name] = value
	}
	el := fill(`<samlp:LogoutRequest`+ns+` ID="{id}" Version="2.0" IssueInstant="{issued}" Destination="{to}" NotOnOrAfter="{until}"><saml:Issuer>{issuer}</saml:Issuer><saml:NameID Format="{format}">{name}</saml:NameID></samlp:LogoutRequest>`, m)
	drop(el)
	for _, s := range sessions {
		el.CreateElement("samlp:SessionIndex").SetText(s)
	}
	return written(el)
}

// signedForm is a message in a form, with its signature in it.
func (f *fake) signedForm(text string) url.Values {
	doc := etree.NewDocument()
	require.NoError(f.t, doc.ReadFromString(text))
	f.sign(doc.Root())
	return url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(written(doc.Root())))}}
}

func (w *world) left() (out []string) {
	for _, s := range w.AllSessions() {
		out = append(out, s.Ticket)
	}
	return out
}

// Three browsers of two people.
func (w *world) crowd() {
	for _, who := range [][2]string{{"n-ann", "s-1"}, {"n-ann", "s-2"}, {"n-bob", "s-3"}} {
		w.fake.say["name"], w.fake.say["session"] = who[0], who[1]
		require.Equal(w.T, "/after", w.browser().signIn().Location, w.Logs.String())
	}
}

func TestProviderSignsOut(t *testing.T) {
	send := map[string]func(*world, string) page{
		"by redirect": func(w *world, text string) page {
			return w.browser().Open("/saml/slo?"+w.fake.query("SAMLRequest", text, "state"), "Sec-Fetch-Site", "cross-site")
		},
		"by a form": func(w *world, text string) page {
			form := w.fake.signedForm(text)
			form.Set("RelayState", "state")
			return w.browser().FromElsewhere("/saml/slo", form)
		},
	}
	for name, send := range send {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.crowd()
			text := w.logoutRequest(nil, "s-1")
			got := send(w, text)
			require.Equal(t, http.StatusSeeOther, got.Status, w.Logs.String())
			require.ElementsMatch(t, []string{"s-2", "s-3"}, w.left(), "the one session and no other")
			require.True(t, strings.HasPrefix(got.Location, "https://id.example/slo/done?SAMLResponse="), got.Location)
			requireSigned(t, got.Location)
			r := w.fake.read(got.Location, "SAMLResponse")
			require.Equal(t, "state", r.query.Get("RelayState"))
			require.Contains(t, text, r.el.SelectAttrValue("InResponseTo", "?"))
			require.Equal(t, success, r.el.FindElement("./Status/StatusCode").SelectAttrValue("Value", ""))

			require.Equal(t, http.StatusSeeOther, send(w, w.logoutRequest(nil, "s-3")).Status)
			require.ElementsMatch(t, []string{"s-2", "s-3"}, w.left(), "another's session is not ann's")
			w.fake.say["name"], w.fake.say["session"] = "n-ann", "s-4"
			w.browser().signIn()
			require.Equal(t, http.StatusSeeOther, send(w, w.logoutRequest(nil)).Status)
			require.ElementsMatch(t, []string{"s-3"}, w.left(), "all of ann's")
			require.Equal(t, http.StatusSeeOther, send(w, w.logoutRequest(nil)).Status, "nobody is left, which is what was asked for")
		})
	}
}

func TestAdv_SAML_LogoutMisbehaviours(t *testing.T) {
	says := func(name, value string) func(*world) page {
		return func(w *world) page {
			return w.browser().Open("/saml/slo?" + w.fake.query("SAMLRequest", w.logoutRequest(map[string]string{name: value}), ""))
		}
	}
	by := func(change func(q string) string) func(*world) page {
		return func(w *world) page {
			return w.browser().Open("/saml/slo?" + change(w.fake.query("SAMLRequest", w.logoutRequest(nil), "state")))
		}
	}
	replace := func(old, with string) func(*world) page {
		return by(func(q string) string { return strings.Replace(q, old, with, 1) })
	}
	form := func(change func(*fake, url.Values)) func(*world) page {
		return func(w *world) page {
			v := w.fake.signedForm(w.logoutRequest(nil))
			change(w.fake, v)
			return w.browser().FromElsewhere("/saml/slo", v)
		}
	}
	for name, c := range map[string]struct {
		send func(*world) page
		why  string
	}{
		"issuer of another":        {says("issuer", "https://evil.example"), "another provider"},
		"destination of another":   {says("to", "https://other.example/slo"), "another destination"},
		"destination missing":      {says("to", "-"), "another destination"},
		"expired":                  {says("until", stamp(day.Add(-2*time.Minute))), "has expired"},
		"issued long ago":          {says("issued", stamp(day.Add(-12*time.Minute))), "too long ago"},
		"issued in the future":     {says("issued", stamp(day.Add(2*time.Minute))), "not issued yet"},
		"name in another format":   {says("format", samlprofile.NameIDEmail), "the NameID has the format"},
		"name empty":               {says("name", ""), "the NameID is empty"},
		"name with a comment":      {says("name", "n-ann<!-- -->x"), "has a comment"},
		"not signed":               {by(func(q string) string { return q[:strings.Index(q, "&SigAlg")] }), "no signature"},
		"signature empty":          {by(func(q string) string { return q[:strings.Index(q, "&Signature=")] + "&Signature=" }), "no signature"},
		"signature of another":     {by(func(q string) string { return q[:len(q)-12] + "AAAA%3D%3D" }), ""},
		"signed with SHA-1":        {replace("rsa-sha256", "rsa-sha1"), "method is not taken"},
		"relay changed":            {replace("RelayState=state", "RelayState=other"), "not good"},
		"relay taken out":          {replace("&RelayState=state", ""), "not good"},
		"said twice":               {by(func(q string) string { return q + "&SAMLRequest=x" }), "says something twice"},
		"said twice, in disguise":  {by(func(q string) string { return "SAML%52equest=x&" + q }), "in disguise"},
		"a request and a response": {by(func(q string) string { return q + "&SAMLResponse=x" }), "or both"},
		"nothing":                  {by(func(string) string { return "" }), "neither"},
		"not packed":               {func(w *world) page { return w.browser().Open("/saml/slo?" + w.fake.signQuery("SAMLRequest=AAAA")) }, "cannot be unpacked"},
		"packed a thousandfold": {func(w *world) page {
			return w.browser().Open("/saml/slo?" + w.fake.query("SAMLRequest", "<a>"+strings.Repeat(" ", 10<<20)+"</a>", ""))
		}, "too large"},
		"signed by another": {func(w *world) page {
			w.fake.signs = evil()
			return w.browser().Open("/saml/slo?" + w.fake.query("SAMLRequest", w.logoutRequest(nil), ""))
		}, "not good"},
		"a sign-in for a sign-out": {func(w *world) page {
			text := strings.NewReplacer("<samlp:LogoutRequest", "<samlp:AuthnRequest", "</samlp:LogoutRequest", "</samlp:AuthnRequest").Replace(w.logoutRequest(nil))
			return w.browser().Open("/saml/slo?" + w.fake.query("SAMLRequest", text, ""))
		}, "no request to sign out"},
		"a form that is not signed": {func(w *world) page {
			return w.browser().FromElsewhere("/saml/slo", url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(w.logoutRequest(nil)))}})
		}, "no signature"},
		"a form, changed": {form(func(_ *fake, v url.Values) {
			data, _ := base64.StdEncoding.DecodeString(v.Get("SAMLRequest"))
			v.Set("SAMLRequest", base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(data), "n-ann", "n-bob", 1))))
		}), "could not be verified"},
		"a form with a signature in the address": {func(w *world) page {
			q := w.fake.query("SAMLRequest", w.logoutRequest(nil), "")
			return w.browser().FromElsewhere("/saml/slo?"+q, url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(w.logoutRequest(nil)))}})
		}, "no signature"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			b.signIn()
			got := c.send(w)
			require.Equal(t, http.StatusForbidden, got.Status, got.Location)
			require.Contains(t, got.Body, untrusted)
			require.Contains(t, w.Logs.String(), c.why)
			require.Equal(t, "ann 2", b.Who(), "nobody was signed out")
			require.NotContains(t, w.Logs.String()+got.Body, "n-ann")
		})
	}
	t.Run("used before", func(t *testing.T) {
		w := newWorld(t)
		q := "/saml/slo?" + w.fake.query("SAMLRequest", w.logoutRequest(nil), "")
		require.Equal(t, http.StatusSeeOther, w.browser().Open(q).Status)
		b := w.browser()
		b.signIn()
		require.Equal(t, http.StatusGone, w.browser().Open(q).Status)
		require.Equal(t, "ann 2", b.Who())
	})
}

// failingStore is a store of sessions that ends none, for a while.
type failingStore struct {
	profile.SessionStore
	down *bool
}

func (f failingStore) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if *f.down {
		return 0, errors.New("down")
	}
	return f.SessionStore.EndSessions(ctx, q)
}

// A provider that is told that it did not work may say it again.
func TestSignOutCanBeRepeatedAfterAFailure(t *testing.T) {
	w := newWorld(t)
	w.browser().signIn()
	down := true
	sessions := profile.NewSessions(failingStore{w.Store, &down}, w.Directory, &profile.SessionOptions{Now: w.Now})
	p, err := samlprofile.New(profile.NewIdentities(w.Store, w.Directory, sessions), sessions, samlprofile.Config{
		Address: w.Server.URL + "/saml", Metadata: []byte(w.fake.describe()),
	}, &w.options)
	require.NoError(t, err)
	w.Mux.Handle("/third/", http.StripPrefix("/third", p.Handler()))
	q := "/third/slo?" + w.fake.query("SAMLRequest", w.logoutRequest(nil), "")
	require.Equal(t, http.StatusServiceUnavailable, w.browser().Open(q).Status)
	require.Len(t, w.AllSessions(), 1)
	down = false
	require.Equal(t, http.StatusSeeOther, w.browser().Open(q).Status)
	require.Empty(t, w.AllSessions())
}
