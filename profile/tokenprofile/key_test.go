package tokenprofile_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/tokenprofile"
)

func TestPublicKeys(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	keys := []tokenprofile.Key{
		{ID: "rsa", Algorithm: tokenprofile.RS256, Public: &rsaKey.PublicKey},
		{ID: "ec", Algorithm: tokenprofile.ES256, Public: &ecKey.PublicKey},
		{ID: "ed", Algorithm: tokenprofile.EdDSA, Public: edPublic},
	}
	a := authenticator(t, func(o *tokenprofile.Options) { o.Keys = keys })
	signers := map[string]func(message []byte) []byte{
		"rsa": func(m []byte) []byte {
			sum := sha256.Sum256(m)
			out, err := rsa.SignPKCS1v15(rand.Reader, rsaKey, crypto.SHA256, sum[:])
			require.NoError(t, err)
			return out
		},
		"ec": func(m []byte) []byte {
			sum := sha256.Sum256(m)
			r, s, err := ecdsa.Sign(rand.Reader, ecKey, sum[:])
			require.NoError(t, err)
			return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		},
		"ed": func(m []byte) []byte { return ed25519.Sign(edKey, m) },
	}
	token := func(id string, alg tokenprofile.Algorithm, signer string) string {
		m := b64(header(fields{"kid": id, "alg": alg})) + "." + b64(claims(nil))
		return m + "." + base64.RawURLEncoding.EncodeToString(signers[signer]([]byte(m)))
	}
	for _, k := range keys {
		requireAnn(t, a, token(k.ID, k.Algorithm, k.ID))
		for _, other := range keys {
			if other.ID != k.ID {
				requireRefused(t, a, token(k.ID, k.Algorithm, other.ID), "signed with the key of another")
				requireRefused(t, a, token(k.ID, other.Algorithm, other.ID), "the algorithm of another key")
			}
		}
		confused(t, a, k)
	}
	m := b64(header(fields{"kid": "ec", "alg": "ES256"})) + "." + b64(claims(nil))
	for name, signature := range map[string][]byte{
		"zero": make([]byte, 64), "empty": {}, "short": make([]byte, 63), "long": make([]byte, 65),
		"DER": func() []byte {
			sum := sha256.Sum256([]byte(m))
			out, err := ecdsa.SignASN1(rand.Reader, ecKey, sum[:])
			require.NoError(t, err)
			return out
		}(),
	} {
		requireRefused(t, a, m+"."+base64.RawURLEncoding.EncodeToString(signature), name)
	}
}

// confused signs with what is public as if it were a secret.
func confused(t *testing.T, a *tokenprofile.Authenticator, k tokenprofile.Key) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(k.Public)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	secrets := [][]byte{der, text, []byte(strings.TrimSpace(string(text))), nil}
	if public, ok := k.Public.(ed25519.PublicKey); ok {
		secrets = append(secrets, public)
	}
	for _, public := range secrets {
		for _, alg := range []tokenprofile.Algorithm{tokenprofile.HS256, k.Algorithm} {
			requireRefused(t, a, signWith(public, header(fields{"kid": k.ID, "alg": alg}), claims(nil)), "HS256 with what is public")
		}
	}
}

func TestKeysAreReplaced(t *testing.T) {
	next := []byte("another secret of 32 bytes or more")
	both := authenticator(t, func(o *tokenprofile.Options) {
		o.Keys = append(o.Keys, tokenprofile.Key{ID: "k2", Algorithm: tokenprofile.HS256, Secret: next})
	})
	old, fresh := sign(header(nil), claims(nil)), signWith(next, header(fields{"kid": "k2"}), claims(nil))
	requireAnn(t, both, old)
	requireAnn(t, both, fresh)
	requireRefused(t, both, signWith(next, header(nil), claims(nil)), "a key under the name of another")
	only := authenticator(t, func(o *tokenprofile.Options) {
		o.Keys = []tokenprofile.Key{{ID: "k2", Algorithm: tokenprofile.HS256, Secret: next}}
	})
	requireRefused(t, only, old, "the old key is gone")
	requireAnn(t, only, fresh)
	unnamed := authenticator(t, func(o *tokenprofile.Options) { o.Keys[0].ID = "" })
	requireAnn(t, unnamed, sign(header(fields{"kid": nil}), claims(nil)))
	requireRefused(t, unnamed, old, "a name that nobody has")
}

// TestKeyID: it reads what a token says, whatever that is worth.
func TestKeyID(t *testing.T) {
	for token, want := range map[string]string{
		"eyJraWQiOiJrMSIsImFsZyI6Im5vbmUifQ.e30.": "k1", "eyJhbGciOiJIUzI1NiJ9.x.y": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		id, found := tokenprofile.KeyID(r)
		require.True(t, found, token)
		require.Equal(t, want, id)
	}
	for _, not := range []string{"", "Bearer", "Bearer stoa-ABC", "Bearer a.b", "Bearer a.b.c.d", "Bearer e30x!.b.c", "Basic eyJraWQiOiJrMSJ9.e30.x", "Bearer " + strings.Repeat("a", 1<<14) + ".b.c"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", not)
		_, found := tokenprofile.KeyID(r)
		require.False(t, found, not)
	}
}
