package signin

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Jar is what a browser keeps between two steps of a sign-in: sealed, for a
// while, and good once on all instances.
type Jar struct {
	Name   string // what the names of its cookies begin with
	Via    string // the provider; its cookies have names of their own
	Scope  string // whose they are: those of another provider do not open, even with one secret
	Secure bool   // the portal is reached by https
	Life   time.Duration
	Skew   time.Duration
	Seal   cipher.AEAD
	Once   profile.OnceStore
	Now    func() time.Time
}

const (
	maxKept   = 5    // in one browser: people open tabs
	maxCookie = 3800 // bytes of a value; browsers drop cookies of more than 4096
)

// Errors of a Jar.
var (
	ErrFlow  = errors.New("the flow was not begun here, is over or is too old")
	ErrLarge = errors.New("there is more to keep than a cookie takes")
)

// Sealer makes from a secret what seals cookies. It derives a key, so that a
// host may use one secret for several purposes. No secret is a random one.
func Sealer(secret []byte) cipher.AEAD {
	if len(secret) == 0 {
		secret = make([]byte, sha256.Size)
		rand.Read(secret)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("stoa sign-in flow 1"))
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

// kept is what is in a cookie.
type kept struct {
	Key   string          `json:"k"`
	At    time.Time       `json:"t"`
	Value json.RawMessage `json:"v"`
}

// Put gives a value to the browser, under a key that is nobody else's to choose.
func (j *Jar) Put(w http.ResponseWriter, r *http.Request, key string, value any) error {
	data, err := json.Marshal(value)
	if err == nil {
		data, err = json.Marshal(kept{key, j.Now(), data})
	}
	if err == nil {
		data, err = packed(data)
	}
	if err != nil {
		return err
	}
	sealed := base64.RawURLEncoding.EncodeToString(j.Seal.Seal(nil, nil, data, []byte(j.Scope)))
	if len(sealed) > maxCookie {
		return ErrLarge
	}
	j.clear(w, r)
	http.SetCookie(w, j.cookie(j.cookieName(key), sealed, int(j.Life.Seconds())))
	return nil
}

// Take returns what was put under a key, and takes it away: a second answer
// finds nothing, in this browser or with a copy of its cookies.
func (j *Jar) Take(w http.ResponseWriter, r *http.Request, key string, value any) error {
	name := j.cookieName(key)
	c, err := r.Cookie(name)
	if key == "" || err != nil {
		return ErrFlow
	}
	http.SetCookie(w, j.cookie(name, "", -1))
	k, err := j.open(c.Value)
	now := j.Now()
	if err != nil || k.Key != key || k.At.After(now.Add(j.Skew)) || now.Sub(k.At) >= j.Life || json.Unmarshal(k.Value, value) != nil {
		return ErrFlow
	}
	used, err := j.Used(r.Context(), KeyOf("kept", j.Name, j.Scope, key), k.At.Add(j.Life))
	if used {
		return ErrFlow
	}
	return err
}

// Used returns whether something that happens once has happened, and notes that
// it has.
func (j *Jar) Used(ctx context.Context, key string, until time.Time) (bool, error) {
	err := j.Once.Once(ctx, key, j.Now(), until)
	if errors.Is(err, profile.ErrConflict) {
		return true, nil
	}
	return false, err
}

func (j *Jar) open(value string) (k kept, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return k, err
	}
	data, err := j.Seal.Open(nil, nil, sealed, []byte(j.Scope))
	if err != nil {
		return k, err
	}
	return k, json.NewDecoder(flate.NewReader(bytes.NewReader(data))).Decode(&k)
}

// packed makes room: what a provider says of somebody repeats itself.
func packed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// clear takes away what is left of flows that nobody ended, before the request
// has more cookies than a server takes.
func (j *Jar) clear(w http.ResponseWriter, r *http.Request) {
	var old []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, j.prefix()) {
			old = append(old, c.Name)
		}
	}
	if len(old) < maxKept {
		return
	}
	for _, name := range old {
		http.SetCookie(w, j.cookie(name, "", -1))
	}
}

func (j *Jar) prefix() string {
	if j.Secure {
		return "__Host-" + j.Name
	}
	return j.Name
}

// cookieName is a flow's own, so that two tabs do not end each other's, and does
// not tell its key.
func (j *Jar) cookieName(key string) string {
	return j.prefix() + KeyOf("cookie", j.Via, key)[:16]
}

func (j *Jar) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: j.Secure, SameSite: http.SameSiteLaxMode}
}

// KeyOf names something that happens once, without telling what it is.
func KeyOf(parts ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return hex.EncodeToString(sum[:])
}
