package tokenprofile

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
	"slices"
)

// An Algorithm is how a token is signed. It is fixed with the key: what a token
// says of itself is only compared with it.
type Algorithm string

// The algorithms, by the names that RFC 7518 and RFC 8037 give them.
const (
	HS256 Algorithm = "HS256" // HMAC with SHA-256 and a secret that both sides know
	RS256 Algorithm = "RS256" // RSA, PKCS #1 v1.5
	ES256 Algorithm = "ES256" // ECDSA on the curve P-256
	EdDSA Algorithm = "EdDSA" // Ed25519
)

// A Key checks signatures.
type Key struct {
	ID        string           // what a token calls it ("kid"), at most 64 bytes; "" is for tokens that do not say
	Algorithm Algorithm        // required
	Secret    []byte           // for HS256: at least 32 bytes
	Public    crypto.PublicKey // for the others: *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey
}

const (
	minSecret = 32   // bytes
	minRSA    = 2048 // bits
	maxKeyID  = 64   // bytes
)

// check returns a copy of k, or why it must not be used.
func (k Key) check() (Key, error) {
	if len(k.ID) > maxKeyID {
		return Key{}, errors.New("its id is too long")
	}
	if k.Algorithm == HS256 {
		if k.Public != nil {
			return k, errors.New("HS256 has no public key")
		}
		k.Secret = slices.Clone(k.Secret)
		return k, checkSecret(k.Secret)
	}
	if k.Secret != nil {
		return k, errors.New("a secret is for HS256")
	}
	return k, k.checkPublic()
}

// checkSecret refuses what can be guessed, and what is no secret.
func checkSecret(secret []byte) error {
	if len(secret) < minSecret {
		return errors.New("a secret has at least 32 bytes")
	}
	if len(bytes.Trim(secret, string(secret[:1]))) == 0 {
		return errors.New("a secret is random")
	}
	if bytes.Contains(secret, []byte("-----BEGIN")) {
		return errors.New("a key in PEM is no secret")
	}
	return nil
}

func (k Key) checkPublic() error {
	ok := false
	switch public := k.Public.(type) {
	case *rsa.PublicKey:
		ok = k.Algorithm == RS256 && public != nil && public.N != nil && public.N.BitLen() >= minRSA
	case *ecdsa.PublicKey:
		ok = k.Algorithm == ES256 && public != nil && public.Curve == elliptic.P256()
	case ed25519.PublicKey:
		ok = k.Algorithm == EdDSA && len(public) == ed25519.PublicKeySize
	}
	if !ok {
		return errors.New("the public key is none for its algorithm, or too short")
	}
	return nil
}

// verifies reports whether signature is that of the message.
func (k Key) verifies(message, signature []byte) bool {
	digest := sha256.Sum256(message)
	switch public := k.Public.(type) {
	case nil:
		mac := hmac.New(sha256.New, k.Secret)
		mac.Write(message)
		return k.Algorithm == HS256 && hmac.Equal(mac.Sum(nil), signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		if len(signature) != 64 {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(public, digest[:], r, s)
	case ed25519.PublicKey:
		return ed25519.Verify(public, message, signature)
	}
	return false
}
