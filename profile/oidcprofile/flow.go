package oidcprofile

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/profile"
)

// A flow is one sign-in between its beginning and its end. The browser keeps it
// in a sealed cookie, so that nothing but that browser can end it.
type flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	Return   string    `json:"r"`
	Strong   bool      `json:"2,omitempty"`
	Begun    time.Time `json:"t"`
}

const (
	flowLife  = 10 * time.Minute
	maxFlows  = 5 // in one browser: people open tabs
	maxReturn = 1024
	flowName  = "stoa_oidc_"
)

// newFlow begins a flow that ends on the page at back.
func (p *Provider) newFlow(back string, strong bool) flow {
	if len(back) > maxReturn {
		back = p.opts.Home
	}
	return flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back, Strong: strong, Begun: p.clock()}
}

// sealer makes from a secret what seals cookies. It derives a key, so that a
// host may use one secret for several purposes.
func sealer(secret []byte) cipher.AEAD {
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

// scope keeps the flows of different providers apart, even with one secret.
func (p *Provider) scope() []byte {
	return fmt.Appendf(nil, "%q %q %q", p.via, p.config.Client, p.config.Callback)
}

// put gives a flow to the browser.
func (p *Provider) put(w http.ResponseWriter, r *http.Request, f flow) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	p.clear(w, r)
	sealed := p.seal.Seal(nil, nil, data, p.scope())
	http.SetCookie(w, p.cookie(p.cookieName(f.State), base64.RawURLEncoding.EncodeToString(sealed), int(flowLife.Seconds())))
	return nil
}

// clear takes away what is left of flows that nobody ended, before the request
// has more cookies than a server takes.
func (p *Provider) clear(w http.ResponseWriter, r *http.Request) {
	var old []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, p.cookiePrefix()) {
			old = append(old, c.Name)
		}
	}
	if len(old) < maxFlows {
		return
	}
	for _, name := range old {
		http.SetCookie(w, p.cookie(name, "", -1))
	}
}

var errFlow = errors.New("the flow was not begun here, is over or is too old")

// take returns the flow that an answer with the state belongs to, and ends it:
// a second answer finds nothing, in this browser or with a copy of its cookies.
func (p *Provider) take(w http.ResponseWriter, r *http.Request, state string) (flow, error) {
	name := p.cookieName(state)
	c, err := r.Cookie(name)
	if state == "" || err != nil {
		return flow{}, errFlow
	}
	http.SetCookie(w, p.cookie(name, "", -1))
	f, err := p.open(c.Value)
	now := p.clock()
	if err != nil || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 || f.Begun.After(now.Add(p.opts.Skew)) || now.Sub(f.Begun) >= flowLife {
		return flow{}, errFlow
	}
	err = p.opts.Once.Once(r.Context(), keyOf("state", p.via, state), now, f.Begun.Add(flowLife))
	if errors.Is(err, profile.ErrConflict) {
		return flow{}, errFlow
	}
	return f, err
}

func (p *Provider) open(value string) (flow, error) {
	var f flow
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return f, err
	}
	data, err := p.seal.Open(nil, nil, sealed, p.scope())
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(data, &f)
}

func (p *Provider) cookiePrefix() string {
	if p.secure() {
		return "__Host-" + flowName
	}
	return flowName
}

// cookieName is a flow's own, so that two tabs do not end each other's, and does
// not tell its state.
func (p *Provider) cookieName(state string) string {
	return p.cookiePrefix() + keyOf("cookie", p.via, state)[:16]
}

func (p *Provider) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: p.secure(), SameSite: http.SameSiteLaxMode}
}

// keyOf names something that happens once, without telling what it is.
func keyOf(parts ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return hex.EncodeToString(sum[:])
}

// used returns whether something that happens once has happened.
func (p *Provider) used(ctx context.Context, key string, until time.Time) (bool, error) {
	err := p.opts.Once.Once(ctx, key, p.clock(), until)
	if errors.Is(err, profile.ErrConflict) {
		return true, nil
	}
	return false, err
}
