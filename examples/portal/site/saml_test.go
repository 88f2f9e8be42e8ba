package site

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

func newCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// A samlIDP is a SAML identity provider at which somebody is always signed in.
type samlIDP struct {
	*httptest.Server
	saml.IdentityProvider
	who    saml.Session
	portal *saml.EntityDescriptor
}

func newSAMLIDP(t *testing.T) *samlIDP {
	p, pair := &samlIDP{}, newCertificate(t)
	p.who = saml.Session{NameID: "n-ada", UserCommonName: "Ada Admin", UserEmail: "ada@example.org"}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	at := func(path string) url.URL {
		u, err := url.Parse(p.URL + path)
		require.NoError(t, err)
		return *u
	}
	p.IdentityProvider = saml.IdentityProvider{
		Key: pair.PrivateKey, Certificate: pair.Leaf, MetadataURL: at("/metadata"), SSOURL: at("/sso"), LogoutURL: at("/bye"),
		SignatureMethod: dsig.RSASHA256SignatureMethod, ServiceProviderProvider: p, SessionProvider: p,
	}
	mux.HandleFunc("/sso", p.ServeSSO)
	mux.HandleFunc("/bye", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>Bye</title><h1>Signed out there</h1>"))
	})
	return p
}

func (p *samlIDP) GetServiceProvider(_ *http.Request, id string) (*saml.EntityDescriptor, error) {
	if id != p.portal.EntityID {
		return nil, os.ErrNotExist
	}
	return p.portal, nil
}

func (p *samlIDP) GetSession(http.ResponseWriter, *http.Request, *saml.IdpAuthnRequest) *saml.Session {
	who := p.who
	who.ID, who.Index, who.NameIDFormat = "x", "s-"+who.NameID, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	who.CreateTime, who.ExpireTime = time.Now(), time.Now().Add(time.Hour)
	return &who
}

// behindSAML is a portal at which people sign in with a SAML provider, and with
// another one if there is one.
func behindSAML(t *testing.T, p *samlIDP, change ...func(*Config)) (*Site, string) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	base := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	metadata, err := xml.Marshal(p.Metadata())
	require.NoError(t, err)
	s := open(t, append([]func(*Config){func(c *Config) {
		c.Demo, c.BaseURL = false, base
		c.SAML = SAML{
			Name: "Acme", Metadata: metadata, Keys: []tls.Certificate{newCertificate(t)}, Domains: []string{"example.org"}, Admins: []string{"Ada@Example.org"},
		}
	}}, change...)...)
	handler = s.Handler()
	own := visitPage(t, newJar(t), base+"/saml/metadata")
	require.Equal(t, 200, own.Status)
	require.NoError(t, xml.Unmarshal([]byte(own.Body), &p.portal))
	return s, base
}

// throughSAML signs in as a browser does: it is led to the provider, whose page
// sends a form from its own site.
func throughSAML(t *testing.T, c *http.Client, login string) answer {
	t.Helper()
	there := visitPage(t, c, login)
	require.Equal(t, 200, there.Status, there.Body)
	_, rest, ok := strings.Cut(there.Body, `name="SAMLResponse" value="`)
	require.True(t, ok, there.Body)
	value, _, _ := strings.Cut(rest, `"`)
	_, rest, _ = strings.Cut(there.Body, `action="`)
	action, _, _ := strings.Cut(rest, `"`)
	form := url.Values{"SAMLResponse": {html.UnescapeString(value)}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, html.UnescapeString(action), strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	require.NoError(t, err)
	c.Jar.SetCookies(r.URL, res.Cookies())
	got := read(t, res)
	if got.Status != http.StatusSeeOther {
		return got
	}
	return visitPage(t, c, got.Header.Get("Location"))
}

func TestSignInWithSAML(t *testing.T) {
	p := newSAMLIDP(t)
	s, base := behindSAML(t, p)
	c := newJar(t)
	require.Contains(t, visitPage(t, c, base+"/en/").Body, `href="/saml/login?return=%2Fen%2F"`, "the only way in is gone at once")

	p.who = saml.Session{NameID: "n-eve", UserCommonName: "Eve", UserEmail: "eve@example.org"}
	refused := throughSAML(t, c, base+"/saml/login?return=/en/account")
	require.Equal(t, 403, refused.Status)
	require.Contains(t, refused.Body, "there is no access to this portal for you")
	require.Contains(t, refused.Body, `href="/saml/login?return=%2Fen%2F">Start signing in again`, "and a way to try again that does not lead back here")
	// An address outside of the provider's domains is nobody's.
	p.who = saml.Session{NameID: "n-mallory", UserCommonName: "Mallory", UserEmail: "ada@other.example"}
	require.Equal(t, 403, throughSAML(t, c, base+"/saml/login?return=/en/account").Status)
	require.NotContains(t, visitPage(t, c, base+"/en/").Body, "Mallory")

	p.who = saml.Session{NameID: "n-ada", UserCommonName: "Ada Admin", UserEmail: "ada@example.org"}
	account := throughSAML(t, c, base+"/en/account")
	require.Equal(t, 200, account.Status)
	require.Contains(t, account.Body, "Ada Admin")
	require.Contains(t, account.Body, "Administrator")
	people, _, err := s.people.People(t.Context(), system, profile.PersonQuery{})
	require.NoError(t, err)
	require.Len(t, people, 1)

	// Forms of other sites reach nothing else.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/saml/logout", nil)
	require.NoError(t, err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := c.Do(r)
	require.NoError(t, err)
	require.Equal(t, 403, read(t, res).Status)
	require.Contains(t, visitPage(t, c, base+"/en/account").Body, "Ada Admin")

	res, err = c.PostForm(base+"/en/sign-out", url.Values{})
	require.NoError(t, err)
	require.Contains(t, read(t, res).Header.Get("Refresh"), p.URL+"/bye?SAMLRequest=")
	require.NotContains(t, visitPage(t, c, base+"/en/").Body, "Ada Admin")
}

// Where there are several ways in, people choose.
func TestChooseBetweenProviders(t *testing.T) {
	p, other := newSAMLIDP(t), newIDP(t)
	other.who = map[string]any{"sub": "1", "email": "bo@example.org", "email_verified": true, "name": "Bo"}
	_, base := behindSAML(t, p, func(c *Config) {
		c.OIDC = OIDC{Issuer: other.URL, Client: "portal", Secret: "secret", Open: true}
	})
	c := newJar(t)
	require.Contains(t, visitPage(t, c, base+"/en/").Body, `href="/en/ways-in?return_to=%2Fen%2F"`)
	choice := visitPage(t, c, base+"/en/account")
	require.Equal(t, 200, choice.Status)
	require.Contains(t, choice.Body, "Sign in with Acme")
	require.Contains(t, choice.Body, "Sign in with 127.0.0.1")
	require.Contains(t, choice.Body, `href="/saml/login?return=%2Fen%2Faccount"`)
	require.Contains(t, choice.Body, `href="/sign-in/login?return=%2Fen%2Faccount"`)
	require.NotContains(t, visitPage(t, c, base+"/en/ways-in?return_to=https://evil.example/").Body, "evil")
	require.Contains(t, throughSAML(t, c, base+"/saml/login?return=/en/account").Body, "Ada Admin")
	require.Contains(t, visitPage(t, c, base+"/en/ways-in?return_to=/en/account").Body, "Ada Admin", "who is signed in does not choose")
	require.Contains(t, visitPage(t, newJar(t), base+"/sign-in/login?return=/en/account").Body, "Bo")
}

func TestNoWaysIn(t *testing.T) {
	s := open(t)
	require.Equal(t, 404, serve(t, s)("").get("/en/ways-in").Status)
}

func TestSAMLOptions(t *testing.T) {
	some := []byte("<x/>")
	for want, o := range map[string]SAML{
		"-saml-metadata says":          {Open: true},
		"-saml-issuer":                 {MetadataURL: "https://id.example"},
		"-saml-nameid transient":       {Metadata: some, NameID: "transient"},
		"-saml-domains":                {Metadata: some, Admins: []string{"a@example.org"}},
		"-saml-admins nobody":          {Metadata: some, Domains: []string{"example.org"}, Admins: []string{"nobody"}},
		"-saml-metadata: metadata: ":   {Metadata: some},
		"-saml-metadata says who the ": {Issuer: "https://id.example"},
	} {
		_, err := Open(t.Context(), Config{Data: t.TempDir(), BaseURL: "https://support.example", SAML: o})
		require.ErrorContains(t, err, want)
	}
	_, err := Open(t.Context(), Config{Data: t.TempDir(), SAML: SAML{Metadata: some}})
	require.ErrorContains(t, err, "-base-url")
}

// TestSignInWithSAMLInABrowser does with real cookies what they are for: the
// provider's form comes from another site and brings none.
func TestSignInWithSAMLInABrowser(t *testing.T) {
	slow(t)
	p, other := newSAMLIDP(t), newIDP(t)
	_, base := behindSAML(t, p, func(c *Config) {
		c.OIDC = OIDC{Issuer: other.URL, Client: "portal", Secret: "secret", Name: "Example ID"}
	})
	b := browser.Open(t, still(1280))
	asked := func(address string) {
		t.Helper()
		require.Eventually(t, func() bool {
			return slices.ContainsFunc(b.Requests(), func(r string) bool { return strings.HasPrefix(r, address) })
		}, 20*time.Second, 20*time.Millisecond)
	}
	b.Go(base + "/de/ways-in?return_to=/de/account")
	require.Equal(t, "Anmelden", b.Text("h1"))
	checker(t, b, "wide")("ways in")
	b.Click(`a[href^="/saml/login"]`)
	asked(base + "/de/account")
	b.Go(base + "/de/account")
	require.Contains(t, b.Text("main"), "ada@example.org")
	require.Empty(t, b.CSPViolations())
	fresh := browser.Open(t, still(1280))
	fresh.Go(base + "/saml/done?key=x")
	require.Contains(t, fresh.Text("main"), "begun in another browser", "it is said what happened")
	require.Contains(t, fresh.Text("main"), "Start signing in again", "and what to do")
	checker(t, fresh, "wide")("refused")
	b.Go(base + "/de/account")
	b.Eval(`document.querySelector('form[action$="/sign-out"]').submit()`, nil)
	asked(p.URL + "/bye?SAMLRequest=")
	b.Go(base + "/de/ways-in") // which only strangers see
	require.Equal(t, "Anmelden", b.Text("h1"))
}
