package tokenprofile

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// HMACHeader is the header in which [HMAC] expects who is asking, as a form:
// "user_id=ann&expires=1767225600&user_hash=9f86…".
const HMACHeader = "Stoa-User"

// HMACOptions say which hashes are good.
type HMACOptions struct {
	// Secrets are what a hash may be made with, each at least 32 bytes:
	// required, several while one replaces another. They are for nothing else,
	// least of all for HS256.
	Secrets [][]byte

	// Find returns who a user_id is; nil means that it is the ID of a person in
	// the directory. ErrNotFound refuses the hash.
	Find func(ctx context.Context, id string) (profile.Actor, error)

	Life time.Duration    // how far ahead a hash may expire; 0 means an hour, which is the most
	Skew time.Duration    // how far the clocks may be apart; 0 means 30 s, and 2 min is the most
	Now  func() time.Time // nil means time.Now
}

// HMAC is a [profile.Authenticator] for hosts that sign an id and a time with
// HMAC-SHA256. Make one with [NewHMAC].
type HMAC struct{ opts HMACOptions }

var _ profile.Authenticator = (*HMAC)(nil)

// NewHMAC returns an HMAC for the people of a directory. It refuses options
// with which a hash would prove nothing.
func NewHMAC(people *profile.Directory, o HMACOptions) (*HMAC, error) {
	if len(o.Secrets) == 0 {
		return nil, errors.New("tokenprofile: a secret is required")
	}
	secrets := make([][]byte, len(o.Secrets))
	for i, s := range o.Secrets {
		if err := checkSecret(s); err != nil {
			return nil, fmt.Errorf("tokenprofile: %w", err)
		}
		secrets[i] = slices.Clone(s)
	}
	o.Secrets = secrets
	if o.Find == nil {
		if people == nil {
			return nil, errors.New("tokenprofile: a directory is required")
		}
		o.Find = people.Actor
	}
	var err error
	if o.Life, o.Skew, err = spans(o.Life, o.Skew); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &HMAC{opts: o}, nil
}

// UserHash returns the user_hash of an id that is good until expires: the
// HMAC-SHA256 of the id, "|" and the seconds since 1970 in decimal, in lower
// case hexadecimal. It is what a host in another language computes.
func UserHash(secret []byte, id string, expires time.Time) string {
	return hex.EncodeToString(userHash(secret, id, strconv.FormatInt(expires.Unix(), 10)))
}

func userHash(secret []byte, id, expires string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "|" + expires))
	return mac.Sum(nil)
}

// Authenticate implements [profile.Authenticator].
func (h *HMAC) Authenticate(r *http.Request) (profile.Actor, error) {
	values := r.Header.Values(HMACHeader)
	switch {
	case len(values) == 0:
		return profile.Actor{}, nil
	case len(values) > 1 || len(values[0]) > maxToken:
		return profile.Actor{}, refuse("there are two, or it is too long")
	}
	form, err := url.ParseQuery(values[0])
	if err != nil {
		return profile.Actor{}, refuse("it is no form")
	}
	id, err := h.user(form)
	if err != nil {
		return profile.Actor{}, err
	}
	return find(r.Context(), h.opts.Find, id)
}

// user returns whose hash it is, if it is good now.
func (h *HMAC) user(form url.Values) (string, error) {
	for name, values := range form {
		if name != "user_id" && name != "expires" && name != "user_hash" || len(values) != 1 {
			return "", refuse("it holds something else, or one thing twice")
		}
	}
	id, expires := form.Get("user_id"), form.Get("expires")
	if !validSubject(id) || strings.Contains(id, "|") {
		return "", refuse("the id is missing or odd")
	}
	seconds, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || seconds < 0 || seconds > lastSecond || strconv.FormatInt(seconds, 10) != expires {
		return "", refuse("it does not say when it expires")
	}
	hash, err := hex.DecodeString(form.Get("user_hash"))
	if err != nil || !h.made(hash, id, expires) {
		return "", refuse("the hash is wrong")
	}
	now, until := h.opts.Now(), time.Unix(seconds, 0)
	if !now.Before(until.Add(h.opts.Skew)) || until.After(now.Add(h.opts.Life+h.opts.Skew)) {
		return "", refuse("it has expired, or is good for too long")
	}
	return id, nil
}

// made reports whether the hash was made with one of the secrets. It takes as
// long whichever that is.
func (h *HMAC) made(hash []byte, id, expires string) bool {
	found := false
	for _, secret := range h.opts.Secrets {
		if hmac.Equal(hash, userHash(secret, id, expires)) {
			found = true
		}
	}
	return found
}
