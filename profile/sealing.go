package profile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
)

// minSealSecret is how many bytes a secret has that others are sealed with.
const minSealSecret = 16

// sealerOf makes from a secret what seals for a purpose. It derives a key, so
// that a host may use one secret for several purposes.
func sealerOf(secret []byte, purpose string) cipher.AEAD {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(err) // the key has the right length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // the cipher has the right block size
	}
	return aead
}
