package samlprofile

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // OAEP asks no more of it than that it mixes
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/beevik/etree"
)

const (
	enc   = "http://www.w3.org/2001/04/xmlenc#"
	enc11 = "http://www.w3.org/2009/xmlenc11#"
)

// ciphers are the ways of encrypting that are taken, and the sizes of their
// keys. Those without a proof of origin are taken only in what is signed.
var ciphers = map[string]struct {
	size  int
	plain bool
}{
	enc11 + "aes128-gcm": {16, false}, enc11 + "aes192-gcm": {24, false}, enc11 + "aes256-gcm": {32, false},
	enc + "aes128-cbc": {16, true}, enc + "aes192-cbc": {24, true}, enc + "aes256-cbc": {32, true},
}

// errSealed is all that is said of what cannot be opened: more would help to
// open what is somebody else's.
var errSealed = errors.New("the assertion cannot be decrypted")

// decrypt returns the assertion in an EncryptedAssertion. In a signed response
// nobody but the provider chose what is decrypted.
func decrypt(el *etree.Element, keys []*rsa.PrivateKey, signed bool) (*etree.Element, error) {
	if len(keys) == 0 {
		return nil, errors.New("the assertion is encrypted, and the portal has no key")
	}
	p, err := shape(el, "xenc:EncryptedData", "xenc:EncryptedKey?")
	if err != nil {
		return nil, err
	}
	data, wrapped := p.one("xenc:EncryptedData"), p.one("xenc:EncryptedKey")
	if p, err = shape(data, "xenc:EncryptionMethod", "ds:KeyInfo?", "xenc:CipherData"); err != nil {
		return nil, err
	}
	name := attribute(p.one("xenc:EncryptionMethod"), "Algorithm")
	how, ok := ciphers[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("the encryption %q is not taken", brief(name))
	case how.plain && !signed:
		return nil, errors.New("the encryption is of a kind that is taken in a signed response only")
	}
	if wrapped, err = keyOf(wrapped, p.one("ds:KeyInfo")); err != nil {
		return nil, err
	}
	secret, err := value(p.one("xenc:CipherData"))
	if err != nil {
		return nil, err
	}
	plain, err := openWith(wrapped, keys, how.size, func(key []byte) ([]byte, error) { return unseal(key, secret, how.plain) })
	if err != nil {
		return nil, err
	}
	return parse(plain, messageScope)
}

// keyOf finds the one encrypted key, which stands beside the data or in them.
func keyOf(beside, info *etree.Element) (*etree.Element, error) {
	var found []*etree.Element
	if beside != nil {
		found = append(found, beside)
	}
	if info != nil {
		for _, child := range info.ChildElements() {
			if is(child, "xenc:EncryptedKey") {
				found = append(found, child)
			}
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("the assertion has %d encrypted keys", len(found))
	}
	return found[0], nil
}

// openWith opens with the first of the portal's keys that does.
func openWith(wrapped *etree.Element, keys []*rsa.PrivateKey, size int, open func([]byte) ([]byte, error)) ([]byte, error) {
	p, err := shape(wrapped, "xenc:EncryptionMethod", "ds:KeyInfo?", "xenc:CipherData", "xenc:ReferenceList?", "xenc:CarriedKeyName?")
	if err != nil {
		return nil, err
	}
	outer, inner, err := oaep(p.one("xenc:EncryptionMethod"))
	if err != nil {
		return nil, err
	}
	secret, err := value(p.one("xenc:CipherData"))
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		session, err := key.Decrypt(nil, secret, &rsa.OAEPOptions{Hash: outer, MGFHash: inner})
		if err != nil || len(session) != size {
			continue
		}
		if plain, err := open(session); err == nil {
			return plain, nil
		}
	}
	return nil, errSealed
}

func unseal(key, secret []byte, cbc bool) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errSealed
	}
	if cbc {
		return unchain(block, secret)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(secret) < gcm.NonceSize() {
		return nil, errSealed
	}
	plain, err := gcm.Open(nil, secret[:gcm.NonceSize()], secret[gcm.NonceSize():], nil)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

func unchain(block cipher.Block, secret []byte) ([]byte, error) {
	if len(secret) < 2*aes.BlockSize || len(secret)%aes.BlockSize != 0 {
		return nil, errSealed
	}
	plain := make([]byte, len(secret)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, secret[:aes.BlockSize]).CryptBlocks(plain, secret[aes.BlockSize:])
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, errSealed
	}
	return plain[:len(plain)-pad], nil
}

// value returns what is written in CipherData. What is elsewhere is not fetched.
func value(el *etree.Element) ([]byte, error) {
	p, err := shape(el, "xenc:CipherValue")
	if err != nil {
		return nil, err
	}
	s, err := text(p.one("xenc:CipherValue"))
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(spaceless(s))
	if err != nil {
		return nil, errors.New("what is encrypted cannot be read")
	}
	return data, nil
}

// oaep returns the hashes of the one way of wrapping keys that is taken.
func oaep(el *etree.Element) (outer, inner crypto.Hash, err error) {
	p, err := shape(el, "ds:DigestMethod?", "xenc11:MGF?")
	if err != nil {
		return 0, 0, err
	}
	name, ok := attribute(el, "Algorithm"), true
	outer, inner = crypto.SHA1, crypto.SHA1
	if name != enc+"rsa-oaep-mgf1p" && name != enc11+"rsa-oaep" {
		return 0, 0, fmt.Errorf("the key is wrapped with %q, which is not taken", brief(name))
	}
	if d := p.one("ds:DigestMethod"); d != nil {
		outer, ok = map[string]crypto.Hash{
			namespaces["ds"] + "sha1": crypto.SHA1, enc + "sha256": crypto.SHA256, enc + "sha512": crypto.SHA512,
		}[attribute(d, "Algorithm")]
	}
	if m := p.one("xenc11:MGF"); ok && m != nil && name == enc11+"rsa-oaep" {
		inner, ok = map[string]crypto.Hash{
			enc11 + "mgf1sha1": crypto.SHA1, enc11 + "mgf1sha256": crypto.SHA256, enc11 + "mgf1sha512": crypto.SHA512,
		}[attribute(m, "Algorithm")]
	}
	if !ok {
		return 0, 0, errors.New("the key is wrapped with a hash that is not taken")
	}
	return outer, inner, nil
}
