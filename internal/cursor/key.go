package cursor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

// tagSize is the length of the authentication tag: HMAC-SHA-256 cut to 128
// bits, which keeps tokens short and is still out of reach of guessing.
const tagSize = 16

// minSecret is the shortest secret worth the name, in bytes.
const minSecret = 16

// A Key seals positions into tokens for the outside. The zero Key opens
// nothing and panics when asked to seal; use NewKey. A Key is safe for
// concurrent use.
type Key struct{ secret []byte }

// NewKey returns the Key of a secret. Instances that serve the same readers
// need the same secret. A nil or empty secret means a random one: tokens then
// live as long as the process. A secret shorter than 16 bytes is a mistake in
// the program's configuration and panics.
func NewKey(secret []byte) Key {
	switch {
	case len(secret) == 0:
		secret = make([]byte, sha256.Size)
		rand.Read(secret)
	case len(secret) < minSecret:
		panic("cursor: the secret for page tokens needs at least 16 bytes")
	}
	// Derived, so that a host may use one secret for several purposes.
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("stoa page token 1"))
	return Key{secret: mac.Sum(nil)}
}

// Seal returns the token for a position in the list that scope names. Put into
// the scope everything that the position belongs to: the list, the reader, the
// filters and the order. The empty position, which is the first page, is the
// empty token.
func (k Key) Seal(scope, position string) string {
	if k.secret == nil {
		panic("cursor: Seal needs a Key from NewKey")
	}
	if position == "" {
		return ""
	}
	return encoding().EncodeToString(append(k.tag(scope, position), position...))
}

// Open returns the position in a token that this Key sealed for the same
// scope. Any other token is errs.Invalid; the empty token is the empty position.
func (k Key) Open(scope, token string) (string, error) {
	if token == "" {
		return "", nil
	}
	if k.secret == nil || len(token) > MaxLength {
		return "", invalid()
	}
	b, err := encoding().DecodeString(token)
	if err != nil || len(b) <= tagSize {
		return "", invalid()
	}
	position := string(b[tagSize:])
	if !hmac.Equal(b[:tagSize], k.tag(scope, position)) {
		return "", invalid()
	}
	return position, nil
}

// tag authenticates scope and position; the length in front keeps apart pairs
// that would read the same when written one after the other.
func (k Key) tag(scope, position string) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(binary.AppendUvarint(nil, uint64(len(scope))))
	mac.Write([]byte(scope))
	mac.Write([]byte(position))
	return mac.Sum(nil)[:tagSize]
}
