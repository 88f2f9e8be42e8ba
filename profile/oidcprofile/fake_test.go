package oidcprofile_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/stretchr/testify/require"
)

const (
	client = "portal"
	secret = "the-client's-secret-&-more"
)

// A fake is a provider of identities that does everything right, until one of
// its switches makes it do something else.
type fake struct {
	t      *testing.T
	server *httptest.Server
	now    func() time.Time

	mu     sync.Mutex
	key    *rsa.PrivateKey
	kid    string
	codes  map[string]grant
	issued []string // whatever must not be in a log
	asked  []url.Values
	count  map[string]int // requests by path

	user      map[string]any                                                // what is said of whom signs in
	claims    func(map[string]any)                                          // changes an ID token before it is signed
	sign      func(*fake, map[string]any) string                            // signs otherwise
	metadata  func(map[string]any)                                          // changes the description
	answer    func(url.Values)                                              // changes the answer at the callback
	token     func(http.ResponseWriter, *http.Request, map[string]any) bool // answers at the token endpoint instead
	info      func(map[string]any)                                          // changes the userinfo
	documents func(http.ResponseWriter, *http.Request) bool                 // answers instead of any document
	noPKCE    bool                                                          // the verifier is not looked at
}

// A grant is what a code stands for.
type grant struct{ client, callback, nonce, challenge string }

var sharedKey = sync.OnceValue(func() *rsa.PrivateKey { return newKey() })

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func newFake(t *testing.T, now func() time.Time) *fake {
	f := &fake{
		t: t, now: now, key: sharedKey(), kid: "key-1", codes: map[string]grant{}, count: map[string]int{},
		user: map[string]any{"sub": "s-ann", "name": "Ann Ash", "email": "ann@acme.example", "email_verified": true, "sid": "sid-1"},
	}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) issuer() string { return f.server.URL }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.count[r.URL.Path]++
	f.mu.Unlock()
	if f.documents != nil && f.documents(w, r) {
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		reply(w, f.describe())
	case "/keys":
		reply(w, f.keys())
	case "/auth":
		f.authorise(w, r)
	case "/token":
		f.exchange(w, r)
	case "/userinfo":
		f.userinfo(w)
	default:
		http.NotFound(w, r)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) describe() map[string]any {
	m := map[string]any{
		"issuer": f.issuer(), "authorization_endpoint": f.issuer() + "/auth", "token_endpoint": f.issuer() + "/token",
		"jwks_uri": f.issuer() + "/keys", "userinfo_endpoint": f.issuer() + "/userinfo", "end_session_endpoint": f.issuer() + "/bye?a=b",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256", "plain"},
		"authorization_response_iss_parameter_supported": true, "backchannel_logout_session_supported": true,
	}
	if f.metadata != nil {
		f.metadata(m)
	}
	return m
}

func (f *fake) keys() any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": f.kid,
		"n": raw64(f.key.N.Bytes()), "e": raw64(big.NewInt(int64(f.key.E)).Bytes()),
	}}}
}

// authorise signs in at once and sends the browser back with a code.
func (f *fake) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f.mu.Lock()
	f.asked = append(f.asked, q)
	f.mu.Unlock()
	if q.Get("response_type") != "code" || q.Get("client_id") != client || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := f.code(grant{q.Get("client_id"), q.Get("redirect_uri"), q.Get("nonce"), q.Get("code_challenge")})
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {f.issuer()}, "session_state": {"x"}}
	if f.answer != nil {
		f.answer(back)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (f *fake) code(g grant) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	code := rand.Text()
	f.codes[code] = g
	f.issued = append(f.issued, code, g.nonce)
	return code
}

// exchange is strict about the client, the address and PKCE, and takes each code
// once.
func (f *fake) exchange(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	name, word, _ := r.BasicAuth()
	name, _ = url.QueryUnescape(name)
	word, _ = url.QueryUnescape(word)
	f.mu.Lock()
	f.issued = append(f.issued, r.PostForm.Get("code_verifier"))
	g, ok := f.codes[r.PostForm.Get("code")]
	delete(f.codes, r.PostForm.Get("code"))
	f.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	good := ok && name == client && word == secret && g.client == client && g.callback == r.PostForm.Get("redirect_uri") &&
		(f.noPKCE || g.challenge == raw64(sum[:]))
	out := map[string]any{"access_token": "access-" + rand.Text(), "token_type": "Bearer", "expires_in": 60}
	out["id_token"] = f.idToken(g.nonce)
	f.mu.Lock()
	f.issued = append(f.issued, out["access_token"].(string), out["id_token"].(string))
	f.mu.Unlock()
	switch {
	case f.token != nil && f.token(w, r, out):
	case !good:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		reply(w, map[string]string{"error": "invalid_grant", "error_description": "the code " + r.PostForm.Get("code")})
	default:
		reply(w, out)
	}
}

func (f *fake) idToken(nonce string) string {
	now := f.now()
	claims := map[string]any{
		"iss": f.issuer(), "aud": client, "nonce": nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	maps.Copy(claims, f.user)
	if f.claims != nil {
		f.claims(claims)
	}
	if f.sign != nil {
		return f.sign(f, claims)
	}
	return f.signed(claims)
}

func (f *fake) signed(claims map[string]any) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return oidctest.SignIDToken(f.key, f.kid, "RS256", encoded(claims))
}

// signedAs signs a token that says what type it is of.
func (f *fake) signedAs(typ string, claims map[string]any) string {
	body := raw64([]byte(`{"alg":"RS256","kid":"key-1","typ":"`+typ+`"}`)) + "." + raw64([]byte(encoded(claims)))
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	require.NoError(f.t, err)
	return body + "." + raw64(sig)
}

// rotate replaces the key that the provider signs with.
func (f *fake) rotate() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key, f.kid = newKey(), "key-2"
}

func (f *fake) userinfo(w http.ResponseWriter) {
	info := maps.Clone(f.user)
	if f.info != nil {
		f.info(info)
	}
	reply(w, info)
}

func (f *fake) requests(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count[path]
}

// lastAsked is what the portal asked the provider for most recently.
func (f *fake) lastAsked() url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	require.NotEmpty(f.t, f.asked)
	return f.asked[len(f.asked)-1]
}

func encoded(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func raw64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// none is a token that nobody signed.
func none(_ *fake, claims map[string]any) string {
	return raw64([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + raw64([]byte(encoded(claims))) + "."
}

// hmacWithPublicKey is a token signed with what everybody knows.
func hmacWithPublicKey(f *fake, claims map[string]any) string {
	der, err := x509.MarshalPKIXPublicKey(f.key.Public())
	require.NoError(f.t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	body := raw64([]byte(`{"alg":"HS256","kid":"key-1"}`)) + "." + raw64([]byte(encoded(claims)))
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(body))
	return body + "." + raw64(mac.Sum(nil))
}

// foreignKey is a token that somebody else signed.
func foreignKey(kid string) func(*fake, map[string]any) string {
	return func(_ *fake, claims map[string]any) string {
		return oidctest.SignIDToken(newKey(), kid, "RS256", encoded(claims))
	}
}

// otherClaims is a token whose claims were changed after it was signed.
func otherClaims(f *fake, claims map[string]any) string {
	parts := strings.Split(f.signed(claims), ".")
	claims["sub"] = "s-root"
	parts[1] = raw64([]byte(encoded(claims)))
	return strings.Join(parts, ".")
}
