package oidcprofile_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	got := b.signIn()
	require.Equal(t, http.StatusSeeOther, got.Status, got.Body+w.Logs.String())
	require.Equal(t, "/after", got.Location)
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.Equal(t, "ann 2", b.Who())
	list := w.AllSessions()
	require.Len(t, list, 1)
	require.Equal(t, []string{"ann", "oidc:" + w.fake.issuer(), "s-ann", "sid-1"}, []string{list[0].Person, list[0].Via, list[0].Subject, list[0].Ticket})
	require.Equal(t, profile.AssuranceSignIn, list[0].Assurance)
	require.Len(t, b.Cookies(), 1, "nothing of the flow is left")
	w.requireNoSecrets(got)

	asked := w.fake.lastAsked()
	require.Equal(t, "openid profile email", asked.Get("scope"))
	require.GreaterOrEqual(t, len(asked.Get("state")), 26)
	require.GreaterOrEqual(t, len(asked.Get("nonce")), 26)
	require.NotEqual(t, asked.Get("state"), asked.Get("nonce"))
	for _, name := range []string{"max_age", "prompt", "acr_values", "client_secret", "code_verifier"} {
		require.NotContains(t, asked, name)
	}
}

// What is odd but right is accepted: the refusals are not for want of trying.
func TestSignInOddButRight(t *testing.T) {
	for name, change := range map[string]func(*world){
		"several aud with our azp": func(w *world) {
			w.fake.claims = func(c map[string]any) { c["aud"], c["azp"] = []string{"other", client}, client }
		},
		"a clock a little behind":      claimed("iat", later(-50*time.Second)),
		"a clock a little ahead":       claimed("iat", later(50*time.Second)),
		"expired a moment ago":         claimed("exp", later(-50*time.Second)),
		"no sid":                       claimed("sid", nil),
		"a sub of 255 bytes":           func(w *world) { w.fake.user["sub"] = strings.Repeat("s", 255); w.link(strings.Repeat("s", 255), "ann") },
		"an address that is not known": claimed("email", "someone@else.example"),
		"iss not announced, not sent": func(w *world) {
			described("authorization_response_iss_parameter_supported", false)(w)
			answered(func(v url.Values) { v.Del("iss") })(w)
		},
		"iss not announced, sent":        described("authorization_response_iss_parameter_supported", false),
		"no challenges announced":        described("code_challenge_methods_supported", nil),
		"secret in the form":             clientSecretPost,
		"a key replaced since":           func(w *world) { w.browser().signIn(); w.forgetAnn(); w.Pass(time.Minute); w.fake.rotate() },
		"keys of kinds that nobody uses": otherKeys,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			change(w)
			b := w.browser()
			got := b.signIn()
			require.Equal(t, "/after", got.Location, got.Body+w.Logs.String())
			require.Equal(t, "ann 2", b.Who())
		})
	}
}

// forgetAnn ends her sessions.
func (w *world) forgetAnn() {
	_, err := w.Store.EndSessions(w.T.Context(), profile.SessionQuery{Person: "ann"})
	require.NoError(w.T, err)
}

func clientSecretPost(w *world) {
	described("token_endpoint_auth_methods_supported", []string{"client_secret_post"})(w)
	w.fake.token = func(rw http.ResponseWriter, r *http.Request, out map[string]any) bool {
		if r.PostForm.Get("client_id") == client && r.PostForm.Get("client_secret") == secret && r.Header.Get("Authorization") == "" {
			reply(rw, out)
			return true
		}
		return false
	}
}

func otherKeys(w *world) {
	w.fake.documents = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/keys" {
			return false
		}
		set := w.fake.keys().(map[string]any)
		set["keys"] = append([]any{map[string]any{"kty": "OKP", "crv": "Ed448", "kid": "x"}, map[string]any{"kty": "oct", "kid": "y", "alg": "HS256", "k": "c2VjcmV0"}}, set["keys"].([]any)...)
		reply(rw, set)
		return true
	}
}

// A key that is new since ten seconds is looked for, and anybody's made-up one
// does not make the portal look each time.
func TestKeysAreFetchedNowAndThen(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.browser().signIn()
	}
	require.Len(t, w.AllSessions(), 5)
	require.Equal(t, 1, w.fake.requests("/keys"))
	require.Equal(t, 1, w.fake.requests("/.well-known/openid-configuration"))
	for i := range 20 {
		w.browser().Submit("/sign-in/backchannel", with("logout_token", foreignKey("key-x")(w.fake, logoutClaims(w, i))))
	}
	require.LessOrEqual(t, w.fake.requests("/keys"), 2)
	w.Pass(2 * time.Hour)
	w.browser().signIn()
	require.NoError(t, w.provider.Settle(t.Context()))
	require.Equal(t, 2, w.fake.requests("/.well-known/openid-configuration"))
}

// Ten seconds count from the end: who hangs for as long is not asked by everybody.
func TestKeysThatTakeLong(t *testing.T) {
	w := newWorld(t)
	w.browser().signIn()
	w.Pass(time.Minute)
	w.fake.documents = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/keys" {
			w.Pass(10 * time.Second)
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		return r.URL.Path == "/keys"
	}
	for i := range 5 {
		w.browser().Submit("/sign-in/backchannel", with("logout_token", foreignKey("key-x")(w.fake, logoutClaims(w, i))))
	}
	require.Equal(t, 2, w.fake.requests("/keys"))
}

// A provider whose documents hang keeps nobody waiting who can do with what it
// said before.
func TestProviderHangs(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/keys"} {
		t.Run(path, func(t *testing.T) {
			w := newWorld(t)
			require.Equal(t, "/after", w.browser().signIn().Location)
			hang, gaveUp := make(chan struct{}), atomic.Bool{}
			w.fake.documents = func(rw http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != path {
					return false
				}
				select {
				case <-hang:
					rw.WriteHeader(http.StatusServiceUnavailable)
				case <-r.Context().Done():
					gaveUp.Store(true)
				}
				return true
			}
			before := w.fake.requests(path)
			w.Pass(2 * time.Hour)
			for range 4 {
				require.Equal(t, "/after", w.browser().signIn().Location)
			}
			require.False(t, gaveUp.Load(), "nobody waited until the end")
			close(hang)
			require.NoError(t, w.provider.Settle(t.Context()))
			require.Equal(t, "/after", w.browser().signIn().Location)
			require.NoError(t, w.provider.Settle(t.Context()))
			require.Equal(t, before+1, w.fake.requests(path), "and one asked for all")
			w.fake.documents = nil
			w.fake.rotate()
			w.Pass(11 * time.Second)
			require.Equal(t, "/after", w.browser().signIn().Location, "a new key is found")
		})
	}
}

// The portal goes on for a while with what a provider said when it could.
func TestProviderIsAway(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.provider.Check(t.Context()))
	about := document("/.well-known/openid-configuration", status(503, "text/plain", "away"))
	about(w)
	w.Pass(23 * time.Hour)
	require.Equal(t, "/after", w.browser().signIn().Location)
	w.Pass(time.Hour)
	require.Equal(t, http.StatusServiceUnavailable, w.browser().Open("/sign-in/login").Status)
	require.ErrorIs(t, w.provider.Check(t.Context()), profile.ErrUnavailable)
	before := w.fake.requests("/.well-known/openid-configuration")
	for range 10 {
		w.browser().Open("/sign-in/login")
	}
	require.Equal(t, before, w.fake.requests("/.well-known/openid-configuration"), "not every visitor asks again")
	w.Pass(5 * time.Second)
	require.NoError(t, w.provider.Settle(t.Context()))
	w.fake.documents = nil
	require.Equal(t, "/after", w.browser().signIn().Location)
}

func TestWelcomedByPolicy(t *testing.T) {
	var seen []oidcprofile.Claims
	var mu sync.Mutex
	w := newWorld(t, func(o *oidcprofile.Options) {
		o.System, o.UserInfo = system, true
		o.Welcome = func(_ context.Context, c oidcprofile.Claims) (profile.Person, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, c)
			if c.Subject == "s-bob" {
				return profile.Person{ID: "bob", Version: 1}, nil
			}
			return profile.Person{Name: c.Name, Email: c.Email, Locale: c.Locale}, nil
		}
	})
	// The address is ann's, and says nothing.
	w.fake.user = map[string]any{"sub": "s-new", "name": "New", "email": "ann@acme.example", "email_verified": true, "locale": "de", "amr": "pwd"}
	w.fake.claims = func(c map[string]any) { delete(c, "email") }
	b := w.browser()
	require.Equal(t, "/after", b.signIn().Location, w.Logs.String())
	made := strings.TrimSuffix(b.Who(), " 2")
	require.NotEmpty(t, made)
	require.NotEqual(t, "ann", made)
	p, err := w.Directory.Person(t.Context(), system, made)
	require.NoError(t, err)
	require.Equal(t, []string{"New", "ann@acme.example", "de"}, []string{p.Name, p.Email, p.Locale})
	require.Equal(t, []string{"pwd"}, seen[0].AMR)
	require.Equal(t, "New", seen[0].All["name"])

	again := w.browser()
	require.Equal(t, "/after", again.signIn().Location)
	require.Equal(t, made+" 2", again.Who(), "the second time they are known")
	require.Len(t, seen, 1)

	// Somebody known is signed out wherever they were.
	_, err = w.Sessions.Start(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), profile.SignIn{Person: "bob", Via: "demo"})
	require.NoError(t, err)
	w.fake.user = map[string]any{"sub": "s-bob", "email": "bob@acme.example", "email_verified": false}
	third := w.browser()
	require.Equal(t, "/after", third.signIn().Location, w.Logs.String())
	require.Equal(t, "bob 2", third.Who())
	require.Empty(t, seen[1].Email, "an address that the provider does not vouch for is not told")
	list, err := w.Store.Sessions(t.Context(), "bob")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NotEqual(t, "demo", list[0].Via)
}

// Two tabs of somebody new make one person.
func TestTwoTabs(t *testing.T) {
	w := newWorld(t, func(o *oidcprofile.Options) {
		o.System = system
		o.Welcome = func(_ context.Context, c oidcprofile.Claims) (profile.Person, error) {
			return profile.Person{Name: c.Name}, nil
		}
	})
	w.fake.user["sub"] = "s-new"
	b := w.browser()
	tabs := []string{b.toProvider("/sign-in/login?return=/one"), b.toProvider("/sign-in/login?return=/two")}
	require.Len(t, b.Cookies(), 2)
	got := make([]page, 2)
	var wg sync.WaitGroup
	for i, back := range tabs {
		wg.Go(func() { got[i] = b.Open(back) })
	}
	wg.Wait()
	require.Equal(t, []string{"/one", "/two"}, []string{got[0].Location, got[1].Location}, w.Logs.String())
	people := map[string]bool{}
	for _, s := range w.AllSessions() {
		people[s.Person] = true
	}
	require.Len(t, people, 1)
	for range 20 {
		b.toProvider("/sign-in/login")
	}
	require.LessOrEqual(t, len(b.Cookies()), 7, "tabs that nobody ended do not pile up")
}

func TestSecondFactor(t *testing.T) {
	w := newWorld(t, strong)
	b := w.browser()
	b.signIn()
	require.Equal(t, "ann 2", b.Who())
	w.fake.user["acr"], w.fake.user["auth_time"] = "urn:mfa", w.Now().Unix()
	got := b.Open(b.toProvider("/sign-in/login?strong=1&return=/money"))
	require.Equal(t, "/money", got.Location, w.Logs.String())
	require.Equal(t, "ann 3", b.Who())
	require.Len(t, w.AllSessions(), 1, "the session before has ended")
	asked := w.fake.lastAsked()
	require.Equal(t, []string{"0", "login", "urn:mfa"}, []string{asked.Get("max_age"), asked.Get("prompt"), asked.Get("acr_values")})

	// Whoever is remembered by the provider has not just used it.
	w.Pass(10 * time.Minute)
	other := w.browser()
	other.signIn()
	require.Equal(t, "ann 2", other.Who())
	w.Pass(10 * time.Minute)
	require.Equal(t, "ann 2", b.Who(), "it wears off")
}

func TestMaxAge(t *testing.T) {
	w := newWorld(t, maxAge)
	w.fake.user["auth_time"] = later(-time.Hour)
	require.Equal(t, "/after", w.browser().signIn().Location, w.Logs.String())
	require.Equal(t, "3600", w.fake.lastAsked().Get("max_age"))
}

// Where somebody goes after signing in is on this site, whatever the link said.
func TestAdv_74_ReturnAddresses(t *testing.T) {
	w := newWorld(t)
	for _, bad := range []string{
		"", "after", "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
		"https:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x", "/%5cevil.example", "/%2fevil.example", "/%2f%2fevil.example",
		"/%252fevil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/\x00/evil.example", "/.//evil.example",
		"/..//evil.example", "/a/../..//evil.example", "@evil.example", "/@evil.example/../..//evil.example", "/／evil.example", "/＼evil.example", "/⁄⁄evil.example",
		"http://127.0.0.1@evil.example", "?next=//evil.example", "#//evil.example", "/a\r\nSet-Cookie: x=y", "/" + strings.Repeat("a", 5000), "/%zz", "/\xff",
	} {
		b := w.browser()
		got := b.Open(b.toProvider("/sign-in/login?" + with("return", bad).Encode()))
		require.Equal(t, http.StatusSeeOther, got.Status)
		require.Equal(t, "/", got.Location, "%q", bad)
	}
	for _, good := range []string{"/", "/after", "/de/articles/one?q=a%20b&c=%2F%2F#part", "/cases/new?title=https%3A%2F%2Fx.example"} {
		b := w.browser()
		require.Equal(t, good, b.Open(b.toProvider("/sign-in/login?"+with("return", good).Encode())).Location)
	}
}

func TestHome(t *testing.T) {
	w := newWorld(t, func(o *oidcprofile.Options) { o.Home = "/home" })
	for _, asked := range []string{"", "?return=", "?return=//evil.example"} {
		b := w.browser()
		require.Equal(t, "/home", b.Open(b.toProvider("/sign-in/login"+asked)).Location)
	}
}

// Each provider's answers are for itself only, even with one secret for both.
func TestTwoProviders(t *testing.T) {
	w := newWorld(t, func(o *oidcprofile.Options) { o.Secret = []byte("one secret for both of them") })
	other := newFake(t, w.Now)
	second := w.mount("/other", other)
	require.NotEqual(t, w.provider.Via(), second.Via())
	swap := func(back string) string {
		return strings.Replace(change(back, with("iss", other.issuer())), "/sign-in/callback", "/other/callback", 1)
	}
	b := w.browser()
	w.requireNobody(b.Open(swap(b.toProvider("/sign-in/login"))), b)

	// Under the name and with the state that the other expects, it is still sealed for the first.
	b = w.browser()
	b.toProvider("/sign-in/login")
	ours := b.Cookies()
	b = w.browser()
	back := b.toProvider("/other/login")
	for name := range b.Cookies() {
		for _, value := range ours {
			b.SetCookies(map[string]string{name: value})
		}
	}
	w.requireNobody(b.Open(back), b)

	// Even under the name that the other looks for, with the state of the first.
	b = w.browser()
	back = b.toProvider("/sign-in/login")
	u, err := url.Parse(back)
	require.NoError(t, err)
	name := func(via string) string {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{"cookie", via, u.Query().Get("state")}))
		return "stoa_oidc_" + hex.EncodeToString(sum[:])[:16]
	}
	value := b.Cookies()[name(w.provider.Via())]
	require.NotEmpty(t, value)
	b.SetCookies(map[string]string{name(second.Via()): value})
	got := b.Open(swap(back))
	require.Contains(t, got.Body, expired)
	w.requireNobody(got, b)

	// The subject of one is not the subject of the other.
	b = w.browser()
	got = b.Open(b.toProvider("/other/login"))
	require.Contains(t, got.Body, noAccess)
	w.requireNobody(got, b)
	b = w.browser()
	require.Equal(t, "/after", b.signIn().Location)
	require.Equal(t, "ann 2", b.Who())
}

// With one secret and one memory, a sign-in may end on another instance, once.
func TestTwoInstances(t *testing.T) {
	w := newWorld(t, func(o *oidcprofile.Options) { o.Secret = []byte("one secret for all instances") })
	w.options.Once = w.Store
	other, err := oidcprofile.New(w.People, w.Sessions, oidcprofile.Config{
		Issuer: w.fake.issuer(), Client: client, Secret: secret, Callback: w.Server.URL + "/sign-in/callback",
	}, &w.options)
	require.NoError(t, err)
	b := w.browser()
	back := b.toProvider("/sign-in/login")
	u, err := url.Parse(back)
	require.NoError(t, err)
	call := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/callback?"+u.RawQuery, nil)
		for name, value := range b.Cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		rec := httptest.NewRecorder()
		other.Handler().ServeHTTP(rec, r)
		return rec
	}
	require.Equal(t, http.StatusSeeOther, call().Code, w.Logs.String())
	require.Equal(t, http.StatusGone, call().Code)
	require.Len(t, w.AllSessions(), 1)
}

// By https the cookies are for this host only.
func TestCookies(t *testing.T) {
	w := newWorld(t)
	for _, secure := range []bool{true, false} {
		callback := "http://localhost/sign-in/callback"
		if secure {
			callback = "https://portal.example/sign-in/callback"
		}
		p, err := oidcprofile.New(w.People, w.Sessions, oidcprofile.Config{Issuer: w.fake.issuer(), Client: client, Secret: secret, Callback: callback}, &w.options)
		require.NoError(t, err)
		rec := httptest.NewRecorder()
		p.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/login?return=/secret-page", nil))
		require.Equal(t, http.StatusSeeOther, rec.Code)
		cookies := rec.Result().Cookies()
		require.Len(t, cookies, 1)
		c := cookies[0]
		require.Equal(t, secure, strings.HasPrefix(c.Name, "__Host-"))
		require.Equal(t, []any{secure, true, http.SameSiteLaxMode, "/", "", 600}, []any{c.Secure, c.HttpOnly, c.SameSite, c.Path, c.Domain, c.MaxAge})
		u, err := url.Parse(rec.Header().Get("Location"))
		require.NoError(t, err)
		for _, word := range []string{u.Query().Get("state"), u.Query().Get("nonce"), "secret-page"} {
			require.NotContains(t, c.Name+c.Value, word[:8])
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for range 100 {
		rec := httptest.NewRecorder()
		w.provider.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/login", nil))
		u, err := url.Parse(rec.Header().Get("Location"))
		require.NoError(t, err)
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			word := u.Query().Get(name)
			require.GreaterOrEqual(t, len(word), 26)
			require.False(t, seen[word])
			seen[word] = true
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	w := newWorld(t)
	good := oidcprofile.Config{Issuer: "https://id.example/realm", Client: client, Secret: secret, Callback: "https://portal.example/sign-in/callback"}
	_, err := oidcprofile.New(w.People, w.Sessions, good, nil)
	require.NoError(t, err)
	welcome := func(context.Context, oidcprofile.Claims) (profile.Person, error) { return profile.Person{}, nil }
	for field, change := range map[string]func(*oidcprofile.Config, *oidcprofile.Options){
		"issuer":                 func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Issuer = "http://id.example" },
		"issuer ":                func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Issuer = "" },
		"issuer with a query":    func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Issuer = "https://id.example?x=y" },
		"issuer with a user":     func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Issuer = "https://a:b@id.example" },
		"client":                 func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Client = "" },
		"secret":                 func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Secret = " " },
		"callback":               func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Callback = "http://portal.example/callback" },
		"callback elsewhere":     func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Callback = "https://portal.example/back" },
		"callback relative":      func(c *oidcprofile.Config, _ *oidcprofile.Options) { c.Callback = "/sign-in/callback" },
		"cookie_secret":          func(_ *oidcprofile.Config, o *oidcprofile.Options) { o.Secret = []byte("short") },
		"system":                 func(_ *oidcprofile.Config, o *oidcprofile.Options) { o.Welcome = welcome },
		"signed_out not a place": func(_ *oidcprofile.Config, o *oidcprofile.Options) { o.SignedOut = "/bye" },
	} {
		c, o := good, oidcprofile.Options{}
		change(&c, &o)
		_, err := oidcprofile.New(w.People, w.Sessions, c, &o)
		require.ErrorIs(t, err, profile.ErrInvalid, field)
		name, _, _ := strings.Cut(field, " ")
		require.ErrorContains(t, err, name)
		require.NotContains(t, err.Error(), secret)
	}
}
