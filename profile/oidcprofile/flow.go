package oidcprofile

import (
	"crypto/rand"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/profile/internal/signin"
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
	maxReturn = 1024
)

// newFlow begins a flow that ends on the page at back.
func (p *Provider) newFlow(back string, strong bool) flow {
	if len(back) > maxReturn {
		back = p.opts.Home
	}
	return flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back, Strong: strong, Begun: p.clock()}
}

// jar keeps the flows of this provider in browsers.
func (p *Provider) jar() *signin.Jar {
	return &signin.Jar{
		Name: "stoa_oidc_", Via: p.via, Scope: fmt.Sprintf("%q %q %q", p.via, p.config.Client, p.config.Callback), Secure: p.secure(),
		Life: flowLife, Skew: p.opts.Skew, Seal: signin.Sealer(p.opts.Secret), Once: p.opts.Once, Now: p.clock,
	}
}
