package pushprofile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Sizes of RFC 8188 and RFC 8291, in bytes.
const (
	saltSize   = 16
	authSize   = 16
	recordSize = 4096
	maxPlain   = recordSize - 16 - 1 - saltSize - 4 - 1 - 65 // what fits with its tag, delimiter and header into 4096
)

// encrypt seals a text for a browser by RFC 8291, which is one record of
// aes128gcm (RFC 8188). The key pair and the salt are for this text only.
func encrypt(plain, browser, auth []byte, own *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	theirs, err := ecdh.P256().NewPublicKey(browser)
	if err != nil || len(auth) != authSize || len(plain) > maxPlain {
		return nil, fmt.Errorf("encrypt for a browser: %w", profile.ErrInvalid)
	}
	shared, err := own.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("encrypt for a browser: %w: %w", profile.ErrInvalid, err)
	}
	public := own.PublicKey().Bytes()
	secret, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(browser)+string(public), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	body := binary.BigEndian.AppendUint32(append([]byte(nil), salt...), recordSize)
	body = append(append(body, byte(len(public))), public...)
	const last = 2 // the delimiter of the only record
	return gcm.Seal(body, nonce, append(append([]byte(nil), plain...), last), nil), nil
}

// seal encrypts with a new key pair and salt.
func seal(plain, browser, auth []byte) ([]byte, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return encrypt(plain, browser, auth, own, salt)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// GenerateKey returns a new key of an application server, for [New]. Make one
// and keep it: browsers that subscribed with another one cannot be reached.
func GenerateKey() string {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // the system's random numbers do not fail
	}
	return b64(key.Bytes())
}

// A vapid signs requests as the application server that browsers subscribed to
// (RFC 8292).
type vapid struct {
	key    *ecdsa.PrivateKey
	public string
	sub    string
}

func newVAPID(key, sub string) (*vapid, error) {
	raw, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return nil, profile.ErrInvalid
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, profile.ErrInvalid
	}
	public, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, profile.ErrInvalid
	}
	return &vapid{key: private, public: b64(public), sub: sub}, nil
}

// tokenLife is less than the day that push services allow.
const tokenLife = 12 * time.Hour

// authorization returns the header of a request to an endpoint, made anew for
// each.
func (v *vapid) authorization(endpoint *url.URL, now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"aud": endpoint.Scheme + "://" + endpoint.Host, "exp": now.Add(tokenLife).Unix(), "sub": v.sub,
	})
	if err != nil {
		return "", err
	}
	token := b64([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + b64(claims)
	sum := sha256.Sum256([]byte(token))
	r, s, err := ecdsa.Sign(rand.Reader, v.key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return "vapid t=" + token + "." + b64(signature) + ", k=" + v.public, nil
}
