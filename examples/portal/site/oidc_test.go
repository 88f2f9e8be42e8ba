package site

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// An idp is an identity provider at which somebody is always signed in.
type idp struct {
	*httptest.Server
	t     *testing.T
	key   *rsa.PrivateKey
	who   map[string]any // claims
	nonce string
	asked url.Values // of the last sign-in
}

func newIDP(t *testing.T) *idp {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &idp{t: t, key: key}
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", keys)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"end_session_endpoint": p.URL + "/bye", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p.nonce, p.asked = q.Get("nonce"), q
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"c"}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		claims := map[string]any{"iss": p.URL, "aud": "portal", "nonce": p.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "sid": "s-" + fmt.Sprint(p.who["sub"])}
		for k, v := range p.who {
			claims[k] = v
		}
		text, err := json.Marshal(claims)
		require.NoError(t, err)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k", oidc.RS256, string(text))})
	})
	p.Server = httptest.NewServer(mux)
	keys.SetIssuer(p.URL)
	t.Cleanup(p.Close)
	return p
}

// behindIDP is a portal without demo people, at which people sign in with an
// identity provider.
func behindIDP(t *testing.T, p *idp, change ...func(*Config)) (*Site, string) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	base := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	s := open(t, append([]func(*Config){func(c *Config) {
		c.Demo, c.BaseURL = false, base
		c.OIDC = OIDC{Issuer: p.URL, Client: "portal", Secret: "secret", Admins: []string{"Ada@Example.org"}}
	}}, change...)...)
	handler = s.Handler()
	return s, base
}

func newJar(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar}
}

func visitPage(t *testing.T, c *http.Client, address string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	res, err := c.Do(r)
	require.NoError(t, err)
	return read(t, res)
}

func TestSignInWithAProvider(t *testing.T) {
	p := newIDP(t)
	s, base := behindIDP(t, p)
	c := newJar(t)
	home := visitPage(t, c, base+"/en/")
	require.Contains(t, home.Body, `href="/sign-in/login?return=%2Fen%2F"`)

	// Whoever nobody invited is told so, and is nobody.
	p.who = map[string]any{"sub": "1", "email": "eve@example.org", "email_verified": true, "name": "Eve"}
	refused := visitPage(t, c, base+"/sign-in/login?return=/en/account")
	require.Equal(t, 403, refused.Status)
	require.Contains(t, refused.Body, "there is no access to this portal for you")
	require.NotContains(t, visitPage(t, c, base+"/en/").Body, "Eve")

	// An address that nobody vouches for is nobody's.
	p.who = map[string]any{"sub": "2", "email": "ada@example.org", "name": "Mallory"}
	require.Equal(t, 403, visitPage(t, c, base+"/sign-in/login?return=/en/account").Status)

	p.who = map[string]any{"sub": "3", "email": "ada@example.org", "email_verified": true, "name": "Ada Admin"}
	account := visitPage(t, c, base+"/en/account")
	require.Equal(t, 200, account.Status, "she is led through the provider and back")
	require.Contains(t, account.Body, "Ada Admin")
	require.Contains(t, account.Body, "Administrator")
	require.NotContains(t, account.Body, "/demo")
	people, _, err := s.people.People(t.Context(), system, profile.PersonQuery{})
	require.NoError(t, err)
	require.Len(t, people, 1)

	// Signing out ends it here and there.
	res, err := c.PostForm(base+"/en/sign-out", url.Values{})
	require.NoError(t, err)
	out := read(t, res)
	require.Contains(t, out.Header.Get("Refresh")+out.Body+res.Request.URL.String(), p.URL+"/bye")
	require.NotContains(t, visitPage(t, c, base+"/en/").Body, "Ada Admin")
}

func TestOpenToWhomTheProviderKnows(t *testing.T) {
	p := newIDP(t)
	_, base := behindIDP(t, p, func(c *Config) { c.OIDC.Open = true })
	p.who = map[string]any{"sub": "1", "preferred_username": "eve", "locale": "de"}
	c := newJar(t)
	account := visitPage(t, c, base+"/account")
	require.Equal(t, 200, account.Status)
	require.Contains(t, account.Body, "Customer")
	require.NotContains(t, account.Body, "Administrator")
	require.Contains(t, visitPage(t, c, base+"/").Body, `<html lang="de"`, "what the provider knows of them")
}

func TestProviderOptions(t *testing.T) {
	whole := OIDC{Issuer: "https://id.example", Client: "portal", Secret: "s"}
	for name, o := range map[string]OIDC{
		"-oidc-secret-file": {Issuer: whole.Issuer, Client: whole.Client},
		"-oidc-client":      {Secret: "s"},
		"-base-url":         whole,
	} {
		_, err := Open(t.Context(), Config{Data: t.TempDir(), OIDC: o})
		require.ErrorContains(t, err, name)
	}
	whole.Admins = []string{"nobody"}
	_, err := Open(t.Context(), Config{Data: t.TempDir(), BaseURL: "https://support.example", OIDC: whole})
	require.ErrorContains(t, err, "-oidc-admins nobody")
}
