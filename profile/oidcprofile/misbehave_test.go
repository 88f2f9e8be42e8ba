package oidcprofile_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

// A misbehaviour is something that a provider, a browser or somebody between
// them does wrong.
type misbehaviour struct {
	name    string
	options func(*oidcprofile.Options)
	fake    func(*world)
	drive   func(*world, *browser) page // nil signs in the usual way
	why     string                      // what the log says
	message string                      // what the reader is told, a key
}

const (
	untrusted   = "error.profile.signin_untrusted"
	expired     = "error.profile.signin_expired"
	unavailable = "error.profile.signin_unavailable"
	denied      = "error.profile.signin_denied"
	noAccess    = "error.profile.signin_no_access"
	notStrong   = "error.profile.signin_not_strong"
)

// claimed changes one claim of the ID token; a nil value takes it out.
func claimed(name string, value any) func(*world) {
	return func(w *world) {
		w.fake.claims = func(c map[string]any) {
			c[name] = value
			if value == nil {
				delete(c, name)
			}
		}
	}
}

func later(d time.Duration) int64 { return day.Add(d).Unix() }

func described(name string, value any) func(*world) {
	return func(w *world) {
		w.fake.metadata = func(m map[string]any) { m[name] = value }
	}
}

func answered(change func(url.Values)) func(*world) {
	return func(w *world) { w.fake.answer = change }
}

func signed(sign func(*fake, map[string]any) string) func(*world) {
	return func(w *world) { w.fake.sign = sign }
}

// document answers a path of the provider's in another way.
func document(path string, serve http.HandlerFunc) func(*world) {
	return func(w *world) {
		w.fake.documents = func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != path {
				return false
			}
			serve(rw, r)
			return true
		}
	}
}

// huge answers without end, as valid JSON all the way.
func huge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	block := bytes.Repeat([]byte(" "), 64<<10)
	for range 64 {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte("{}"))
}

// slow answers when nobody waits any more.
func slow(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // before that, nobody notices that the client is gone
	<-r.Context().Done()
}

func impatient(o *oidcprofile.Options) { o.HTTP = &http.Client{Timeout: time.Second} }

// elsewhere redirects to the same path, where it would be answered.
func elsewhere(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("again") == "" {
		http.Redirect(w, r, r.URL.Path+"?again=1", http.StatusFound)
		return
	}
}

func status(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

func tokens(change func(map[string]any)) func(*world) {
	return func(w *world) {
		w.fake.token = func(_ http.ResponseWriter, _ *http.Request, out map[string]any) bool {
			change(out)
			return false
		}
	}
}

func strong(o *oidcprofile.Options) {
	o.ACR = []string{"urn:mfa"}
	o.Strong = func(c oidcprofile.Claims) bool { return c.ACR == "urn:mfa" }
}

func maxAge(o *oidcprofile.Options) { o.MaxAge = time.Hour }

func userInfo(o *oidcprofile.Options) { o.UserInfo = true }

func stepUp(w *world, b *browser) page { return b.Open(b.toProvider("/sign-in/login?strong=1")) }

// login only begins to sign in.
func login(w *world, b *browser) page { return b.Open("/sign-in/login") }

// callback changes the address that the provider sends the browser back to.
func callback(pairs ...string) func(*world, *browser) page {
	return func(w *world, b *browser) page {
		return b.Open(change(b.toProvider("/sign-in/login"), with(pairs...)))
	}
}

func tokenMisbehaviours() []misbehaviour {
	return []misbehaviour{
		{name: "aud of another client", fake: claimed("aud", "other"), why: "expected audience", message: untrusted},
		{name: "aud missing", fake: claimed("aud", nil), why: "expected audience", message: untrusted},
		{name: "several aud without azp", fake: claimed("aud", []string{client, "other"}), why: "another client", message: untrusted},
		{name: "azp of another client", fake: func(w *world) {
			w.fake.claims = func(c map[string]any) { c["aud"], c["azp"] = []string{client, "other"}, "other" }
		}, why: "another client", message: untrusted},
		{name: "azp of another client, aud ours", fake: claimed("azp", "other"), why: "another client", message: untrusted},
		{name: "iss of another provider", fake: claimed("iss", "https://evil.example"), why: "different provider", message: untrusted},
		{name: "iss with a slash more", fake: func(w *world) {
			w.fake.claims = func(c map[string]any) { c["iss"] = w.fake.issuer() + "/" }
		}, why: "different provider", message: untrusted},
		{name: "iss missing", fake: claimed("iss", nil), why: "different provider", message: untrusted},
		{name: "expired", fake: claimed("exp", later(-2*time.Minute)), why: "has expired", message: untrusted},
		{name: "exp missing", fake: claimed("exp", nil), why: "has expired", message: untrusted},
		{name: "issued in the future", fake: claimed("iat", later(2*time.Minute)), why: "not issued yet", message: untrusted},
		{name: "iat missing", fake: claimed("iat", nil), why: "not issued yet", message: untrusted},
		{name: "issued before the sign-in began", fake: claimed("iat", later(-2*time.Minute)), why: "before this sign-in began", message: untrusted},
		{name: "not yet valid", fake: claimed("nbf", later(2*time.Minute)), why: "not valid yet", message: untrusted},
		{name: "nonce missing", fake: claimed("nonce", nil), why: "the nonce", message: untrusted},
		{name: "nonce empty", fake: claimed("nonce", ""), why: "the nonce", message: untrusted},
		{name: "nonce of another sign-in", fake: claimed("nonce", "another"), why: "the nonce", message: untrusted},
		{name: "sub missing", fake: claimed("sub", nil), why: "the sub is", message: untrusted},
		{name: "sub empty", fake: claimed("sub", ""), why: "the sub is", message: untrusted},
		{name: "sub too long", fake: claimed("sub", strings.Repeat("s", 256)), why: "the sub is", message: untrusted},
		{name: "sub with a NUL", fake: claimed("sub", "s-ann\x00"), why: "the sub is", message: untrusted},
		{name: "sub not a text", fake: claimed("sub", 7), why: "unmarshal", message: untrusted},
		{name: "sid too long", fake: claimed("sid", strings.Repeat("s", 256)), why: "the sid is", message: untrusted},
		{name: "access token of somebody else", fake: claimed("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), why: "access token hash", message: untrusted},
		{name: "alg none", fake: signed(none), why: "unexpected signature algorithm", message: untrusted},
		{name: "HS256 with the public key", fake: signed(hmacWithPublicKey), why: "unexpected signature algorithm", message: untrusted},
		{name: "signed by somebody else", fake: signed(foreignKey("key-1")), why: "failed to verify", message: untrusted},
		{name: "unknown kid", fake: signed(foreignKey("key-9")), why: "failed to verify", message: untrusted},
		{name: "claims changed after signing", fake: signed(otherClaims), why: "failed to verify", message: untrusted},
		{name: "signature cut off", fake: signed(func(f *fake, c map[string]any) string {
			s := f.signed(c)
			return s[:strings.LastIndex(s, ".")+1]
		}), why: "failed to verify", message: untrusted},
		{name: "encrypted or no token at all", fake: signed(func(*fake, map[string]any) string { return "a.b.c.d.e" }), why: "malformed jwt", message: untrusted},
		{name: "id_token missing", fake: tokens(func(out map[string]any) { delete(out, "id_token") }), why: "there is no ID token", message: untrusted},
		{name: "id_token not a text", fake: tokens(func(out map[string]any) { out["id_token"] = map[string]any{"sub": "s-ann"} }), why: "no ID token", message: untrusted},
		{name: "access token missing", fake: tokens(func(out map[string]any) { delete(out, "access_token") }), why: "missing access_token", message: unavailable},
		{name: "max_age ignored", options: maxAge, fake: claimed("auth_time", later(-2*time.Hour)), why: "too long ago", message: untrusted},
		{name: "max_age not answered", options: maxAge, why: "too long ago", message: untrusted},
		{name: "second factor: signed in long before", options: strong, drive: stepUp, fake: func(w *world) {
			w.fake.claims = func(c map[string]any) { c["acr"], c["auth_time"] = "urn:mfa", later(-time.Hour) }
		}, why: "sign in anew", message: untrusted},
		{name: "second factor: does not say when", options: strong, drive: stepUp, fake: claimed("acr", "urn:mfa"), why: "sign in anew", message: untrusted},
		{name: "second factor: signs in in the future", options: strong, drive: stepUp, fake: func(w *world) {
			w.fake.claims = func(c map[string]any) { c["acr"], c["auth_time"] = "urn:mfa", later(time.Hour) }
		}, why: "sign in anew", message: untrusted},
		{name: "second factor not used", options: strong, drive: stepUp, fake: func(w *world) {
			w.fake.claims = func(c map[string]any) { c["acr"], c["auth_time"] = "urn:pwd", later(0) }
		}, why: "not used", message: notStrong},
		{name: "userinfo of somebody else", options: userInfo, fake: func(w *world) {
			w.fake.info = func(info map[string]any) { info["sub"] = "s-bob" }
		}, why: "about somebody else", message: untrusted},
		{name: "userinfo without sub", options: userInfo, fake: func(w *world) {
			w.fake.info = func(info map[string]any) { delete(info, "sub") }
		}, why: "about somebody else", message: untrusted},
		{name: "userinfo huge", options: userInfo, fake: document("/userinfo", huge), why: "larger than", message: untrusted},
		{name: "userinfo refuses", options: userInfo, fake: document("/userinfo", status(401, "text/plain", "no")), why: "401", message: untrusted},
	}
}

func flowMisbehaviours() []misbehaviour {
	return []misbehaviour{
		{name: "code used before", drive: func(w *world, b *browser) page {
			first := b.toProvider("/sign-in/login")
			require.Equal(w.T, http.StatusSeeOther, b.Open(first).Status)
			used := change(first, nil)
			w.end(b)
			b = w.browser()
			next := b.toProvider("/sign-in/login")
			u, _ := url.Parse(used)
			return b.Open(change(next, with("code", u.Query().Get("code"))))
		}, why: "invalid_grant", message: untrusted},
		{name: "answer used before", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			require.Equal(w.T, http.StatusSeeOther, b.Open(back).Status)
			w.end(b)
			return b.Open(back)
		}, why: "not begun here", message: expired},
		{name: "answer used before, with a copy of the cookies", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			copied := b.Cookies()
			require.Equal(w.T, http.StatusSeeOther, b.Open(back).Status)
			w.end(b)
			thief := w.browser()
			thief.SetCookies(copied)
			return thief.Open(back)
		}, why: "not begun here", message: expired},
		{name: "answer in a foreign browser", drive: func(w *world, b *browser) page {
			return w.browser().Open(b.toProvider("/sign-in/login"))
		}, why: "not begun here", message: expired},
		{name: "answer of an attacker in the victim's browser", drive: func(w *world, b *browser) page {
			b.toProvider("/sign-in/login")
			attacker := w.browser().toProvider("/sign-in/login")
			return b.Open(attacker)
		}, why: "not begun here", message: expired},
		{name: "code of an attacker with the victim's state", drive: func(w *world, b *browser) page {
			victim := b.toProvider("/sign-in/login")
			stolen, _ := url.Parse(w.browser().toProvider("/sign-in/login"))
			return b.Open(change(victim, with("code", stolen.Query().Get("code"))))
		}, why: "invalid_grant", message: untrusted},
		{name: "code of an attacker, and a provider that ignores PKCE", fake: func(w *world) { w.fake.noPKCE = true }, drive: func(w *world, b *browser) page {
			victim := b.toProvider("/sign-in/login")
			stolen, _ := url.Parse(w.browser().toProvider("/sign-in/login"))
			return b.Open(change(victim, with("code", stolen.Query().Get("code"))))
		}, why: "the nonce", message: untrusted},
		{name: "code of another client", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			asked := w.fake.lastAsked()
			code := w.fake.code(grant{"other", asked.Get("redirect_uri"), asked.Get("nonce"), asked.Get("code_challenge")})
			return b.Open(change(back, with("code", code)))
		}, why: "invalid_grant", message: untrusted},
		{name: "state missing", drive: callback("state", "-"), why: "not begun here", message: expired},
		{name: "state empty", drive: callback("state", ""), why: "not begun here", message: expired},
		{name: "state made up", drive: callback("state", "AAAAAAAAAAAAAAAAAAAAAAAAAA"), why: "not begun here", message: expired},
		{name: "state twice", drive: func(w *world, b *browser) page {
			return b.Open(b.toProvider("/sign-in/login") + "&state=other")
		}, why: "state twice", message: untrusted},
		{name: "code twice", drive: func(w *world, b *browser) page {
			return b.Open(b.toProvider("/sign-in/login") + "&code=other")
		}, why: "code twice", message: untrusted},
		{name: "code missing", drive: callback("code", "-"), why: "neither a code", message: untrusted},
		{name: "code and error", drive: callback("error", "access_denied"), why: "neither a code", message: untrusted},
		{name: "answer too long", drive: callback("code", strings.Repeat("c", 9000)), why: "too long", message: untrusted},
		{name: "cookie missing", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			return w.browser().Open(back)
		}, why: "not begun here", message: expired},
		{name: "cookie changed", drive: tampered(func(v string) string { return v[:20] + "A" + v[21:] + "A" }), why: "not begun here", message: expired},
		{name: "cookie cut", drive: tampered(func(v string) string { return v[:len(v)/2] }), why: "not begun here", message: expired},
		{name: "cookie not sealed", drive: tampered(func(string) string { return raw64([]byte(`{"s":"x"}`)) }), why: "not begun here", message: expired},
		{name: "cookie of another state under this name", drive: func(w *world, b *browser) page {
			b.toProvider("/sign-in/login")
			first := b.Cookies()
			other := w.browser()
			back := other.toProvider("/sign-in/login")
			mixed := map[string]string{}
			for name := range other.Cookies() {
				for _, value := range first {
					mixed[name] = value
				}
			}
			other.SetCookies(mixed)
			return other.Open(back)
		}, why: "not begun here", message: expired},
		{name: "cookie too old", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			w.Pass(10 * time.Minute)
			return b.Open(back)
		}, why: "not begun here", message: expired},
		{name: "cookie from the future", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			w.Pass(-2 * time.Minute)
			return b.Open(back)
		}, why: "not begun here", message: expired},
		{name: "iss of another provider in the answer", fake: answered(func(v url.Values) { v.Set("iss", "https://evil.example") }), why: "from another provider", message: untrusted},
		{name: "iss missing where it was announced", fake: answered(func(v url.Values) { v.Del("iss") }), why: "from another provider", message: untrusted},
		{name: "iss twice", drive: func(w *world, b *browser) page {
			return b.Open(b.toProvider("/sign-in/login") + "&iss=https%3A%2F%2Fevil.example")
		}, why: "iss twice", message: untrusted},
		{name: "answer in a frame", drive: func(w *world, b *browser) page {
			return b.Open(b.toProvider("/sign-in/login"), "Sec-Fetch-Dest", "iframe")
		}, message: "from another site"},
		{name: "answer to a request that is no GET", drive: func(w *world, b *browser) page {
			return b.Send(http.MethodHead, b.toProvider("/sign-in/login"), nil)
		}},
		{name: "answer in a form", drive: func(w *world, b *browser) page {
			u, _ := url.Parse(b.toProvider("/sign-in/login"))
			return b.Submit("/sign-in/callback", u.Query())
		}},
		{name: "begun by a picture", drive: func(w *world, b *browser) page {
			return b.Open("/sign-in/login", "Sec-Fetch-Dest", "image")
		}, message: "from another site"},
		{name: "access denied", fake: failing("access_denied"), why: "access_denied", message: denied},
		{name: "consent required", fake: failing("consent_required"), why: "consent_required", message: denied},
		{name: "provider in trouble", fake: failing("temporarily_unavailable"), why: "temporarily_unavailable", message: unavailable},
		{name: "provider wants something else", fake: failing("invalid_scope"), why: "invalid_scope", message: untrusted},
		{name: "error that is prose", fake: failing("<script>alert(1)</script>"), why: "answered", message: untrusted},
		{name: "error for a foreign browser", fake: failing("access_denied"), drive: func(w *world, b *browser) page {
			return w.browser().Open(b.toProvider("/sign-in/login"))
		}, why: "not begun here", message: expired},
	}
}

func tampered(change func(string) string) func(*world, *browser) page {
	return func(w *world, b *browser) page {
		back := b.toProvider("/sign-in/login")
		cookies := b.Cookies()
		require.Len(w.T, cookies, 1)
		for name, value := range cookies {
			cookies[name] = change(value)
		}
		b.SetCookies(cookies)
		return b.Open(back)
	}
}

func failing(code string) func(*world) {
	return answered(func(v url.Values) {
		v.Del("code")
		v.Set("error", code)
		v.Set("error_description", "s-ann may not")
	})
}

// end forgets the sessions that a misbehaviour begins with.
func (w *world) end(b *browser) {
	w.T.Helper()
	require.Len(w.T, w.AllSessions(), 1, "the good one passed")
	w.forgetAnn()
	require.Equal(w.T, http.StatusSeeOther, b.Open("/who").Status, "which takes the cookie away")
}

func providerMisbehaviours() []misbehaviour {
	const keys, token, about = "/keys", "/token", "/.well-known/openid-configuration"
	return []misbehaviour{
		{name: "description of another issuer", fake: described("issuer", "https://evil.example"), drive: login, why: "did not match", message: unavailable},
		{name: "description with a slash more", fake: func(w *world) {
			w.fake.metadata = func(m map[string]any) { m["issuer"] = w.fake.issuer() + "/" }
		}, drive: login, why: "did not match", message: unavailable},
		{name: "description huge", fake: document(about, huge), drive: login, why: "larger than", message: unavailable},
		{name: "description slow", options: impatient, fake: document(about, slow), drive: login, why: "exceeded", message: unavailable},
		{name: "description elsewhere", fake: document(about, elsewhere), drive: login, why: "redirect", message: unavailable},
		{name: "description is a page", fake: document(about, status(200, "text/html", "<p>hello")), drive: login, why: "failed to decode", message: unavailable},
		{name: "description missing", fake: document(about, status(404, "text/plain", "none")), drive: login, why: "404", message: unavailable},
		{name: "token endpoint without https", fake: described("token_endpoint", "http://id.example/token"), drive: login, why: "no address", message: unavailable},
		{name: "keys from a file", fake: described("jwks_uri", "file:///etc/passwd"), drive: login, why: "no address", message: unavailable},
		{name: "authorization endpoint missing", fake: described("authorization_endpoint", ""), drive: login, why: "no address", message: unavailable},
		{name: "authorization endpoint is a script", fake: described("authorization_endpoint", "javascript:alert(1)"), drive: login, why: "no address", message: unavailable},
		{name: "no PKCE with S256", fake: described("code_challenge_methods_supported", []string{"plain"}), drive: login, why: "PKCE", message: unavailable},
		{name: "keys huge", fake: document(keys, huge), why: "larger than", message: untrusted},
		{name: "keys slow", options: impatient, fake: document(keys, slow), why: "exceeded", message: untrusted},
		{name: "keys elsewhere", fake: document(keys, elsewhere), why: "status 302", message: untrusted},
		{name: "keys are a page", fake: document(keys, status(200, "text/html", "<p>hello")), why: "failed to decode", message: untrusted},
		{name: "no keys", fake: document(keys, status(200, "application/json", `{"keys":[]}`)), why: "failed to verify", message: untrusted},
		{name: "keys that are shared secrets", fake: func(w *world) {
			document(keys, status(200, "application/json", `{"keys":[{"kty":"oct","kid":"key-1","alg":"HS256","k":"c2VjcmV0"}]}`))(w)
			w.fake.sign = hmacWithPublicKey
		}, why: "unexpected signature algorithm", message: untrusted},
		{name: "token endpoint fails", fake: document(token, status(500, "text/plain", "s-ann")), why: "status 500", message: unavailable},
		{name: "token endpoint is a page", fake: document(token, status(200, "text/html", "<p>s-ann")), why: "cannot parse json", message: unavailable},
		{name: "token endpoint answers a form", fake: document(token, status(200, "application/x-www-form-urlencoded", "access_token=x")), why: "no ID token", message: untrusted},
		{name: "token endpoint huge", fake: document(token, huge), why: "cannot", message: unavailable},
		{name: "token endpoint slow", options: impatient, fake: document(token, slow), why: "exceeded", message: unavailable},
		{name: "token endpoint elsewhere", fake: document(token, elsewhere), why: "redirect", message: unavailable},
		{name: "token endpoint knows another secret", fake: func(w *world) {
			w.fake.token = func(rw http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
				status(401, "application/json", `{"error":"invalid_client","error_description":"s-ann"}`)(rw, nil)
				return true
			}
		}, why: "invalid_client", message: untrusted},
	}
}

func peopleMisbehaviours() []misbehaviour {
	welcome := func(f func(context.Context, oidcprofile.Claims) (profile.Person, error)) func(*oidcprofile.Options) {
		return func(o *oidcprofile.Options) { o.System, o.Welcome = system, f }
	}
	somebodyNew := welcome(func(_ context.Context, c oidcprofile.Claims) (profile.Person, error) {
		return profile.Person{Name: c.Name, Email: c.Email}, nil
	})
	return []misbehaviour{
		{name: "a stranger", fake: stranger, why: "not found", message: noAccess},
		{name: "a stranger with ann's address", fake: func(w *world) {
			w.fake.user["sub"] = "s-other" // the address stays
		}, why: "not found", message: noAccess},
		{name: "ann's subject in other letters", fake: func(w *world) { w.fake.user["sub"] = "S-ANN" }, why: "not found", message: noAccess},
		{name: "somebody disabled", options: somebodyNew, fake: func(w *world) {
			_, err := w.Directory.DisablePerson(w.T.Context(), system, "ann")
			require.NoError(w.T, err)
		}, why: "has left", message: noAccess},
		{name: "somebody removed, though others are welcome", options: somebodyNew, fake: func(w *world) {
			require.NoError(w.T, w.Directory.RemovePerson(w.T.Context(), system, "ann"))
		}, why: "has left", message: noAccess},
		{name: "somebody who is not welcome", options: welcome(func(context.Context, oidcprofile.Claims) (profile.Person, error) {
			return profile.Person{}, profile.ErrForbidden
		}), fake: stranger, why: "not permitted", message: noAccess},
		{name: "a policy that takes an ID from the claims", options: welcome(func(context.Context, oidcprofile.Claims) (profile.Person, error) {
			return profile.Person{ID: "bob", Name: "bob", Email: "bob@acme.example"}, nil
		}), fake: stranger, why: "id: ", message: noAccess},
		{name: "a policy that names nobody", options: welcome(func(context.Context, oidcprofile.Claims) (profile.Person, error) {
			return profile.Person{}, nil
		}), fake: stranger, why: "name: ", message: noAccess},
		{name: "a policy that cannot tell", options: welcome(func(context.Context, oidcprofile.Claims) (profile.Person, error) {
			return profile.Person{}, context.DeadlineExceeded
		}), fake: stranger, why: "deadline", message: unavailable},
		{name: "somebody disabled between", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			_, err := w.Directory.DisablePerson(w.T.Context(), system, "ann")
			require.NoError(w.T, err)
			return b.Open(back)
		}, why: "has left", message: noAccess},
		{name: "somebody unlinked between", drive: func(w *world, b *browser) page {
			back := b.toProvider("/sign-in/login")
			require.NoError(w.T, w.People.Unlink(w.T.Context(), system, w.provider.Via(), "s-ann"))
			return b.Open(back)
		}, why: "not found", message: noAccess},
	}
}

func stranger(w *world) {
	w.fake.user["sub"], w.fake.user["email"] = "s-other", "other@acme.example"
}

func misbehaviours() []misbehaviour {
	var all []misbehaviour
	for _, some := range [][]misbehaviour{tokenMisbehaviours(), flowMisbehaviours(), providerMisbehaviours(), peopleMisbehaviours()} {
		all = append(all, some...)
	}
	return all
}

func TestAdv_OIDC_MisbehavioursAreRefused(t *testing.T) {
	all := misbehaviours()
	require.Greater(t, len(all), 90)
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var options []func(*oidcprofile.Options)
			if m.options != nil {
				options = append(options, m.options)
			}
			w := newWorld(t, options...)
			if m.fake != nil {
				m.fake(w)
			}
			drive := m.drive
			if drive == nil {
				drive = func(_ *world, b *browser) page { return b.signIn() }
			}
			b := w.browser()
			got := drive(w, b)
			w.requireNobody(got, b)
			require.Contains(t, got.Body, m.message)
			require.Contains(t, w.Logs.String(), m.why)
			if m.why != "" {
				require.Contains(t, w.Logs.String(), "sign-in refused", "it is known why")
				require.Contains(t, w.Events.String(), "session.refused")
			}
		})
	}
}
