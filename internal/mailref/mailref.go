// Package mailref writes into mails what they are about, so that an answer finds
// its way back: into the address that is answered, and into the Message-ID.
//
//	keys, err := mailref.New("cases.reply", mailref.Key{Version: '1', Secret: secret})
//	to, err := keys.Address("support@portal.example", mailref.Ref{Subject: id, Person: by.ID})
//	// support+1k3…@portal.example
//	ref, err := keys.Open(names, func(subject string) ([]string, error) { ... })
//
// A reference is signed for the one person that the mail was sent to. Whoever has
// it has seen that mail, and nothing more: mails are passed on, and From can be
// anybody's. What it allows is to say for which subject and for whom an answer
// would be; whether to believe it is the caller's to decide.
//
// References are letters and digits that mean the same in capitals, since mail
// servers change those, and fit into the 64 bytes before the @.
//
// # Errors
//
// What names nothing that these keys signed is errs.NotFound, whatever it looks
// like. What cannot be written into a mail is errs.Invalid.
package mailref

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

const (
	tagLength  = 20 // of 5 bits
	maxSubject = 32
	maxNonce   = 40
	maxLocal   = 64 // RFC 5321, 4.5.3.1.1
	minSecret  = 32

	maxNames    = 200 // that are looked at
	maxSubjects = 20  // that are asked for
)

// A Key signs references.
type Key struct {
	Version byte   // a small letter or digit, which references begin with
	Secret  []byte // at least 32 bytes
}

// A Ref is what a mail is about, and for whom.
type Ref struct {
	Subject string // an id of small letters and digits
	Person  string
}

// Keys write references for one purpose, and read them. Those of other purposes
// are none.
type Keys struct {
	purpose string
	keys    []Key
}

// New returns the Keys of a purpose. The first key signs; the others are those
// before it, whose references are still good.
func New(purpose string, keys ...Key) (*Keys, error) {
	k := &Keys{purpose: purpose}
	if purpose == "" || len(keys) == 0 {
		return nil, errors.New("mailref: a purpose and a key are required")
	}
	for _, key := range keys {
		taken := slices.ContainsFunc(k.keys, func(o Key) bool { return o.Version == key.Version })
		if !plain(string(key.Version)) || taken || len(key.Secret) < minSecret {
			return nil, errors.New("mailref: a key needs a version of its own, a small letter or digit, and a secret of 32 bytes")
		}
		k.keys = append(k.keys, Key{key.Version, slices.Clone(key.Secret)})
	}
	return k, nil
}

// Address returns the address of base at which answers about a subject arrive:
// that of mails to one person.
func (k *Keys) Address(base string, r Ref) (string, error) {
	local, domain, ok := strings.Cut(base, "@")
	token, err := k.token("address", r)
	if err != nil {
		return "", err
	}
	if local += "+" + token; !ok || len(local) > maxLocal {
		return "", fmt.Errorf("mail reference: no room in the address %q: %w", base, errs.Invalid)
	}
	return local + "@" + domain, nil
}

// MessageID returns the Message-ID, without angle brackets, of a mail. The nonce,
// of small letters and digits, tells the mails about a subject to a person apart.
func (k *Keys) MessageID(domain, nonce string, r Ref) (string, error) {
	token, err := k.token("message", r)
	if err != nil {
		return "", err
	}
	if !plain(nonce) || len(nonce) > maxNonce || domain == "" {
		return "", fmt.Errorf("mail reference: no nonce, or no domain: %w", errs.Invalid)
	}
	token += "." + nonce
	return token + "." + k.tag(k.keys[0], "sent", token) + "@" + domain, nil
}

// Sent reports whether a Message-ID is one that these keys made, for whomever.
func (k *Keys) Sent(id string) bool {
	local, _, _ := strings.Cut(strings.ToLower(id), "@")
	i := strings.LastIndexByte(local, '.')
	if i < 1 || len(local) > 2*maxLocal {
		return false
	}
	key, ok := k.key(local[0])
	return ok && hmac.Equal([]byte(k.tag(key, "sent", local[:i])), []byte(local[i+1:]))
}

// Open finds what an answer is about in the addresses that it was sent to and in
// the Message-IDs that it refers to. People are those who may have had mail about
// a subject: a reference to anybody else is none, so that it ends with their part
// in it. A subject that is not there has none.
func (k *Keys) Open(names []string, people func(subject string) ([]string, error)) (Ref, error) {
	asked := map[string][]string{}
	for _, name := range names[:min(len(names), maxNames)] {
		c, ok := k.claim(name)
		if !ok {
			continue
		}
		candidates, known := asked[c.subject]
		if !known {
			if len(asked) == maxSubjects {
				break
			}
			var err error
			if candidates, err = people(c.subject); err != nil && !errors.Is(err, errs.NotFound) {
				return Ref{}, fmt.Errorf("mail reference: %w", err)
			}
			asked[c.subject] = candidates
		}
		for _, p := range candidates {
			if hmac.Equal([]byte(k.tag(c.key, c.form, c.subject, p)), []byte(c.tag)) {
				return Ref{c.subject, p}, nil
			}
		}
	}
	return Ref{}, fmt.Errorf("mail reference: %w", errs.NotFound)
}

// A claim is a reference that nobody has looked into.
type claim struct {
	form, subject, tag string
	key                Key
}

// claim reads what looks like a reference in an address or a Message-ID.
func (k *Keys) claim(name string) (claim, bool) {
	if len(name) > 512 {
		return claim{}, false
	}
	local, _, _ := strings.Cut(strings.ToLower(name), "@")
	c := claim{form: "address"}
	token := local[strings.LastIndexByte(local, '+')+1:]
	if before, _, ok := strings.Cut(local, "."); ok && !strings.Contains(local, "+") {
		c.form, token = "message", before
	}
	if len(token) < tagLength+2 || len(token) > tagLength+1+maxSubject || !plain(token) {
		return claim{}, false
	}
	var ok bool
	c.key, ok = k.key(token[0])
	c.subject, c.tag = token[1:len(token)-tagLength], token[len(token)-tagLength:]
	return c, ok
}

func (k *Keys) key(version byte) (Key, bool) {
	i := slices.IndexFunc(k.keys, func(key Key) bool { return key.Version == version })
	if i < 0 {
		return Key{}, false
	}
	return k.keys[i], true
}

func (k *Keys) token(form string, r Ref) (string, error) {
	if !plain(r.Subject) || len(r.Subject) > maxSubject || r.Person == "" {
		return "", fmt.Errorf("mail reference to %q: %w", r.Subject, errs.Invalid)
	}
	key := k.keys[0]
	return string(key.Version) + r.Subject + k.tag(key, form, r.Subject, r.Person), nil
}

var alphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// tag signs what a reference is of. The lengths keep apart what would read the same
// when written one after the other.
func (k *Keys) tag(key Key, parts ...string) string {
	mac := hmac.New(sha256.New, key.Secret)
	for _, part := range append([]string{"stoa mail reference 1", k.purpose, string(key.Version)}, parts...) {
		mac.Write(binary.AppendUvarint(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return strings.ToLower(alphabet.EncodeToString(mac.Sum(nil)))[:tagLength]
}

// plain reports whether text is small letters and digits, and not nothing.
func plain(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
