package tokenprofile_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/tokenprofile"
)

var (
	now    = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789ABCDEF")
	root   = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
)

func directory(t testing.TB) *profile.Directory {
	t.Helper()
	d := profile.NewDirectory(memprofile.New(), nil)
	for _, id := range []string{"ann", "bob"} {
		_, err := d.SavePerson(t.Context(), root, profile.Person{ID: id, Name: id, Roles: []profile.Role{profile.RoleCustomer}})
		require.NoError(t, err)
	}
	return d
}

func options(change ...func(*tokenprofile.Options)) tokenprofile.Options {
	o := tokenprofile.Options{
		Issuer: "https://product.example", Audience: "https://help.example", Now: func() time.Time { return now },
		Keys: []tokenprofile.Key{{ID: "k1", Algorithm: tokenprofile.HS256, Secret: secret}},
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

func authenticator(t testing.TB, change ...func(*tokenprofile.Options)) *tokenprofile.Authenticator {
	t.Helper()
	a, err := tokenprofile.New(directory(t), options(change...))
	require.NoError(t, err)
	return a
}

// fields are a header or claims before they are spelled.
type fields map[string]any

func header(change fields) string {
	return spell(fields{"alg": "HS256", "typ": "JWT", "kid": "k1"}, change)
}

func claims(change fields) string {
	return spell(fields{
		"iss": "https://product.example", "aud": "https://help.example", "sub": "ann", "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
	}, change)
}

// spell returns JSON of base with the changes; nil takes a name away.
func spell(base, change fields) string {
	maps.Copy(base, change)
	maps.DeleteFunc(base, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(base)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// sign spells a token whose signature is right, whatever it says.
func sign(header, claims string) string { return signWith(secret, header, claims) }

func signWith(secret []byte, header, claims string) string {
	return finish(secret, b64(header)+"."+b64(claims))
}

func finish(secret []byte, message string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(message))
	return message + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func ask(a profile.Authenticator, authorization ...string) (profile.Actor, error) {
	r := httptest.NewRequest("GET", "/", nil)
	for _, v := range authorization {
		r.Header.Add("Authorization", v)
	}
	return a.Authenticate(r)
}

func requireAnn(t testing.TB, a profile.Authenticator, token string) {
	t.Helper()
	actor, err := ask(a, "Bearer "+token)
	require.NoError(t, err)
	require.Equal(t, "ann", actor.ID)
	require.Equal(t, profile.AssuranceSignIn, actor.Assurance)
}

func requireRefused(t testing.TB, a profile.Authenticator, token, name string) {
	t.Helper()
	actor, err := ask(a, "Bearer "+token)
	require.ErrorIs(t, err, profile.ErrForbidden, name)
	require.Zero(t, actor, name)
	for _, part := range strings.Split(token, ".") {
		if len(part) > 20 {
			require.NotContains(t, err.Error(), part[:20], "%s: nothing of a token gets into a log", name)
		}
	}
}

func TestToken(t *testing.T) {
	a := authenticator(t)
	for name, claims := range map[string]string{
		"plain":             claims(nil),
		"several audiences": claims(fields{"aud": []string{"other", "https://help.example"}}),
		"a second ahead":    claims(fields{"iat": now.Add(20 * time.Second).Unix(), "nbf": now.Unix()}),
		"fractions":         claims(fields{"exp": float64(now.Unix()) + 60.5}),
		"just expired":      claims(fields{"iat": nil, "exp": now.Add(-29 * time.Second).Unix()}),
		"no iat":            claims(fields{"iat": nil}),
		"an hour":           claims(fields{"exp": now.Add(time.Hour).Unix()}),
		"other claims":      claims(fields{"name": "Ann", "roles": []string{"admin"}, "deep": fields{"a": fields{"b": 1}}}),
	} {
		t.Run(name, func(t *testing.T) { requireAnn(t, a, sign(header(nil), claims)) })
	}
	actor, err := ask(a, "bEARER "+sign(header(nil), claims(fields{"roles": []string{"admin"}})))
	require.NoError(t, err)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, actor.Roles, "what somebody is the directory says")
	for _, none := range [][]string{nil, {""}, {"Basic YTpi"}, {"Negotiate x"}} {
		actor, err := ask(a, none...)
		require.NoError(t, err)
		require.Zero(t, actor)
	}
}

// TestAdv_V9_Misbehaviours: every one of them is refused, and the token beside
// it that differs in nothing else is good.
func TestAdv_V9_Misbehaviours(t *testing.T) {
	good := sign(header(nil), claims(nil))
	parts := strings.Split(good, ".")
	over := claims(nil)
	list := misbehaviours(parts, over)
	require.GreaterOrEqual(t, len(list), 30)
	a := authenticator(t)
	for name, token := range list {
		requireRefused(t, a, token, name)
	}
	for _, two := range [][]string{{"Bearer " + good, "Bearer " + good}, {"Bearer " + good, "Basic x"}, {"Bearer"}, {"Bearer "}, {"Bearer  " + good}, {"Bearer " + good + " "}} {
		_, err := ask(a, two...)
		require.ErrorIs(t, err, profile.ErrForbidden, "%.30q", two)
	}
	requireAnn(t, a, good)
	t.Logf("%d misbehaviours refused", len(list)+6)
}

func misbehaviours(parts []string, over string) map[string]string {
	withClaims := func(change fields) string { return sign(header(nil), claims(change)) }
	withHeader := func(change fields) string { return sign(header(change), claims(nil)) }
	raw := func(claims string) string { return sign(header(nil), claims) }
	cut := func(s string) string { return strings.TrimSuffix(s, "}") }
	return map[string]string{
		"alg none":                   b64(header(fields{"alg": "none"})) + "." + parts[1] + ".",
		"alg none, signed":           withHeader(fields{"alg": "none"}),
		"alg None":                   withHeader(fields{"alg": "nOnE"}),
		"alg missing":                withHeader(fields{"alg": nil}),
		"alg empty":                  withHeader(fields{"alg": ""}),
		"alg lower case":             withHeader(fields{"alg": "hs256"}),
		"alg HS512":                  withHeader(fields{"alg": "HS512"}),
		"alg RS256":                  withHeader(fields{"alg": "RS256"}),
		"alg a list":                 withHeader(fields{"alg": []string{"HS256"}}),
		"alg twice":                  sign(cut(header(nil))+`,"alg":"HS256"}`, claims(nil)),
		"kid missing":                withHeader(fields{"kid": nil}),
		"kid empty":                  withHeader(fields{"kid": ""}),
		"kid null":                   sign(`{"alg":"HS256","kid":null}`, claims(nil)),
		"kid a number":               withHeader(fields{"kid": 1}),
		"kid a path":                 withHeader(fields{"kid": "../../dev/null"}),
		"kid SQL":                    withHeader(fields{"kid": "k1' union select 'x"}),
		"kid with a NUL":             withHeader(fields{"kid": "k1\x00"}),
		"kid in capitals":            withHeader(fields{"kid": "K1"}),
		"kid with a space":           withHeader(fields{"kid": "k1 "}),
		"kid a URL":                  withHeader(fields{"kid": "https://evil.example/k1"}),
		"crit":                       withHeader(fields{"crit": []string{"exp"}}),
		"crit empty":                 withHeader(fields{"crit": []string{}}),
		"b64 false":                  withHeader(fields{"b64": false}),
		"key of its own":             withHeader(fields{"jwk": fields{"kty": "oct", "k": b64(string(secret))}}),
		"address of its keys":        withHeader(fields{"jku": "https://evil.example/jwks"}),
		"certificate of its own":     withHeader(fields{"x5c": []string{"MIIB"}}),
		"compressed":                 withHeader(fields{"zip": "DEF"}),
		"an access token":            withHeader(fields{"typ": "at+jwt"}),
		"header no object":           sign(`["HS256"]`, claims(nil)),
		"header null":                sign(`null`, claims(nil)),
		"header and more":            sign(header(nil)+"{}", claims(nil)),
		"header with a BOM":          sign("\ufeff"+header(nil), claims(nil)),
		"no signature":               parts[0] + "." + parts[1] + ".",
		"two parts":                  parts[0] + "." + parts[1],
		"four parts":                 strings.Join(parts, ".") + ".x",
		"five parts":                 strings.Join(parts, ".") + ".x.y",
		"empty":                      "",
		"dots":                       "..",
		"signature of another":       parts[0] + "." + b64(claims(fields{"sub": "bob"})) + "." + parts[2],
		"signature cut":              parts[0] + "." + parts[1] + "." + parts[2][:40],
		"signature longer":           parts[0] + "." + parts[1] + "." + parts[2] + "AA",
		"signature padded":           strings.Join(parts, ".") + "=",
		"signature, other last bits": otherLastBits(parts),
		"standard base64":            finish(secret, parts[0]+"."+base64.RawStdEncoding.EncodeToString([]byte(claims(fields{"x": "?>?>~~~"})))),
		"padded":                     finish(secret, parts[0]+"."+parts[1]+"="),
		"line break inside":          finish(secret, parts[0]+"."+parts[1][:8]+"\n"+parts[1][8:]),
		"line break in signature":    parts[0] + "." + parts[1] + "." + parts[2][:8] + "\r\n" + parts[2][8:],
		"space inside":               finish(secret, parts[0]+"."+parts[1][:8]+" "+parts[1][8:]),
		"empty secret":               signWith(nil, header(nil), claims(nil)),
		"other secret":               signWith([]byte(strings.Repeat("x", 32)), header(nil), claims(nil)),
		"huge":                       raw(cut(over) + `,"x":"` + strings.Repeat("x", 9000) + `"}`),
		"deep":                       raw(cut(over) + `,"x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`),
		"claims no object":           raw(`"ann"`),
		"claims cut":                 raw(cut(over)),
		"claims and more":            raw(over + over),
		"claims not UTF-8":           raw(cut(over) + ",\"x\":\"\xff\"}"),
		"sub twice":                  raw(cut(over) + `,"sub":"bob"}`),
		"sub twice, escaped":         raw(cut(over) + `,"\u0073ub":"bob"}`),
		"a name twice, deep":         raw(cut(over) + `,"x":[{"a":1,"a":2}]}`),
		"sub missing":                withClaims(fields{"sub": nil}),
		"sub in capitals":            withClaims(fields{"sub": nil, "Sub": "ann"}),
		"sub empty":                  withClaims(fields{"sub": ""}),
		"sub a number":               withClaims(fields{"sub": 7}),
		"sub a list":                 withClaims(fields{"sub": []string{"ann"}}),
		"sub null":                   raw(strings.Replace(over, `"ann"`, `null`, 1)),
		"sub of nobody":              withClaims(fields{"sub": "carl"}),
		"sub in other letters":       withClaims(fields{"sub": "Ann"}),
		"sub with a space":           withClaims(fields{"sub": "ann "}),
		"sub with a NUL":             withClaims(fields{"sub": "ann\x00"}),
		"sub in Cyrillic":            withClaims(fields{"sub": "\u0430nn"}),
		"sub full width":             withClaims(fields{"sub": "\uff41nn"}),
		"sub with zero width":        withClaims(fields{"sub": "ann\u200b"}),
		"sub turned around":          withClaims(fields{"sub": "\u202enna"}),
		"sub half a surrogate":       raw(strings.Replace(over, `"ann"`, `"ann\ud800"`, 1)),
		"sub too long":               withClaims(fields{"sub": strings.Repeat("a", 256)}),
		"iss missing":                withClaims(fields{"iss": nil}),
		"iss wrong":                  withClaims(fields{"iss": "https://evil.example"}),
		"iss with a slash":           withClaims(fields{"iss": "https://product.example/"}),
		"aud missing":                withClaims(fields{"aud": nil}),
		"aud wrong":                  withClaims(fields{"aud": "https://other.example"}),
		"aud begins right":           withClaims(fields{"aud": "https://help.example.evil.example"}),
		"aud a list of others":       withClaims(fields{"aud": []string{"a", "b"}}),
		"aud an empty list":          withClaims(fields{"aud": []string{}}),
		"aud a list of anything":     withClaims(fields{"aud": []any{"https://help.example", 1}}),
		"aud an object":              withClaims(fields{"aud": fields{"https://help.example": true}}),
		"exp missing":                withClaims(fields{"exp": nil}),
		"exp past":                   withClaims(fields{"iat": nil, "exp": now.Add(-30 * time.Second).Unix()}),
		"exp far":                    withClaims(fields{"iat": nil, "exp": now.Add(61 * time.Minute).Unix()}),
		"exp far from iat":           withClaims(fields{"iat": now.Add(-40 * time.Minute).Unix(), "exp": now.Add(30 * time.Minute).Unix()}),
		"exp a text":                 withClaims(fields{"exp": fmt.Sprint(now.Add(time.Minute).Unix())}),
		"exp huge":                   raw(strings.Replace(over, `"exp":`, `"exp":1e400,"exq":`, 1)),
		"exp overflows":              withClaims(fields{"exp": 18446744073709551615.0}),
		"exp negative":               withClaims(fields{"exp": -1}),
		"exp in milliseconds":        withClaims(fields{"exp": now.Add(time.Minute).UnixMilli()}),
		"exp null":                   raw(`{"iss":"https://product.example","aud":"https://help.example","sub":"ann","exp":null}`),
		"iat in the future":          withClaims(fields{"iat": now.Add(time.Minute).Unix()}),
		"iat a text":                 withClaims(fields{"iat": "now"}),
		"nbf in the future":          withClaims(fields{"nbf": now.Add(time.Minute).Unix()}),
	}
}

// otherLastBits changes the bits of the last letter that no byte is made of.
func otherLastBits(parts []string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := parts[2][len(parts[2])-1]
	other := letters[strings.IndexByte(letters, last)^1]
	return parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-1] + string(other)
}

func TestLeaversAreRefusedAtOnce(t *testing.T) {
	d := directory(t)
	a, err := tokenprofile.New(d, options())
	require.NoError(t, err)
	token := sign(header(nil), claims(nil))
	requireAnn(t, a, token)
	_, err = d.DisablePerson(t.Context(), root, "ann")
	require.NoError(t, err)
	requireRefused(t, a, token, "disabled")
	_, err = d.EnablePerson(t.Context(), root, "ann")
	require.NoError(t, err)
	requireAnn(t, a, token)
	require.NoError(t, d.RemovePerson(t.Context(), root, "ann"))
	requireRefused(t, a, token, "removed")
}

func TestTokenExpires(t *testing.T) {
	at := now
	a := authenticator(t, func(o *tokenprofile.Options) { o.Now = func() time.Time { return at }; o.Skew = time.Second })
	token := sign(header(nil), claims(nil))
	at = now.Add(10*time.Minute + time.Second - time.Nanosecond)
	requireAnn(t, a, token)
	at = now.Add(10*time.Minute + time.Second)
	requireRefused(t, a, token, "replayed later")
	at = now.Add(-2 * time.Second)
	requireRefused(t, a, token, "signed in the future")
}

func TestFind(t *testing.T) {
	a := authenticator(t, func(o *tokenprofile.Options) {
		o.Find = func(_ context.Context, subject string) (profile.Actor, error) {
			switch subject {
			case "crm:7":
				return profile.Actor{ID: "ann", Assurance: profile.AssuranceSignIn}, nil
			case "down":
				return profile.Actor{}, errors.New("no connection")
			case "nobody":
				return profile.Actor{}, nil
			}
			return profile.Actor{}, profile.ErrNotFound
		}
	})
	requireAnn(t, a, sign(header(nil), claims(fields{"sub": "crm:7"})))
	requireRefused(t, a, sign(header(nil), claims(nil)), "unknown")
	requireRefused(t, a, sign(header(nil), claims(fields{"sub": "nobody"})), "somebody is not nobody")
	_, err := ask(a, "Bearer "+sign(header(nil), claims(fields{"sub": "down"})))
	require.ErrorContains(t, err, "no connection")
	require.NotErrorIs(t, err, profile.ErrForbidden, "who cannot tell does not refuse")
}

func TestRefusesToStart(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		small = &rsa.PrivateKey{}
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	edPublic, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	key := func(k tokenprofile.Key) func(*tokenprofile.Options) {
		return func(o *tokenprofile.Options) { o.Keys = []tokenprofile.Key{k} }
	}
	for name, change := range map[string]func(*tokenprofile.Options){
		"no issuer":         func(o *tokenprofile.Options) { o.Issuer = "" },
		"no audience":       func(o *tokenprofile.Options) { o.Audience = "" },
		"no key":            func(o *tokenprofile.Options) { o.Keys = nil },
		"two of one name":   func(o *tokenprofile.Options) { o.Keys = append(o.Keys, o.Keys[0]) },
		"no secret":         key(tokenprofile.Key{Algorithm: tokenprofile.HS256}),
		"empty secret":      key(tokenprofile.Key{Algorithm: tokenprofile.HS256, Secret: []byte{}}),
		"short secret":      key(tokenprofile.Key{Algorithm: tokenprofile.HS256, Secret: secret[:31]}),
		"zero secret":       key(tokenprofile.Key{Algorithm: tokenprofile.HS256, Secret: make([]byte, 64)}),
		"PEM as a secret":   key(tokenprofile.Key{Algorithm: tokenprofile.HS256, Secret: []byte("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq")}),
		"none":              key(tokenprofile.Key{Algorithm: "none", Secret: secret}),
		"no algorithm":      key(tokenprofile.Key{Secret: secret}),
		"unknown algorithm": key(tokenprofile.Key{Algorithm: "HS512", Secret: secret}),
		"both":              key(tokenprofile.Key{Algorithm: tokenprofile.HS256, Secret: secret, Public: edPublic}),
		"secret for EdDSA":  key(tokenprofile.Key{Algorithm: tokenprofile.EdDSA, Secret: secret, Public: edPublic}),
		"no public key":     key(tokenprofile.Key{Algorithm: tokenprofile.ES256}),
		"wrong kind":        key(tokenprofile.Key{Algorithm: tokenprofile.RS256, Public: edPublic}),
		"wrong curve":       key(tokenprofile.Key{Algorithm: tokenprofile.ES256, Public: &p384.PublicKey}),
		"short RSA":         key(tokenprofile.Key{Algorithm: tokenprofile.RS256, Public: &small.PublicKey}),
		"nil RSA":           key(tokenprofile.Key{Algorithm: tokenprofile.RS256, Public: (*rsa.PublicKey)(nil)}),
		"short Ed25519":     key(tokenprofile.Key{Algorithm: tokenprofile.EdDSA, Public: edPublic[:31]}),
		"long name":         func(o *tokenprofile.Options) { o.Keys[0].ID = strings.Repeat("k", 65) },
		"long life":         func(o *tokenprofile.Options) { o.Life = 2 * time.Hour },
		"wide skew":         func(o *tokenprofile.Options) { o.Skew = time.Hour },
		"negative skew":     func(o *tokenprofile.Options) { o.Skew = -time.Second },
	} {
		_, err := tokenprofile.New(directory(t), options(change))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), string(secret[:8]), name)
	}
	_, err = tokenprofile.New(nil, options())
	require.Error(t, err)
}

func TestSecretIsNotShared(t *testing.T) {
	own := []byte(strings.Repeat("ab", 16))
	a := authenticator(t, func(o *tokenprofile.Options) { o.Keys[0].Secret = own })
	token := signWith(own, header(nil), claims(nil))
	clear(own)
	requireAnn(t, a, token)
}
