package oidcprofile

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// serveLogin sends the browser to the provider.
func (p *Provider) serveLogin(w http.ResponseWriter, r *http.Request) error {
	if err := signin.Page(w, r, http.MethodGet); err != nil {
		return err
	}
	d, err := p.describe(r.Context())
	if err != nil {
		return p.refuse(r.Context(), "provider", err, signin.Unavailable())
	}
	q := r.URL.Query()
	f := p.newFlow(signin.Back(q.Get("return"), p.opts.Home), q.Get("strong") == "1")
	if err := p.flows.Put(w, r, f.State, f); err != nil {
		return err
	}
	ask := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	signin.GoTo(w, d.oauth.AuthCodeURL(f.State, append(ask, p.wishes(f)...)...))
	return nil
}

// wishes is what the provider is asked for besides the usual.
func (p *Provider) wishes(f flow) []oauth2.AuthCodeOption {
	var ask []oauth2.AuthCodeOption
	set := func(key, value string) { ask = append(ask, oauth2.SetAuthURLParam(key, value)) }
	switch {
	case f.Strong:
		set("max_age", "0")
		set("prompt", "login")
		if len(p.opts.ACR) > 0 {
			set("acr_values", strings.Join(p.opts.ACR, " "))
		}
	case p.opts.MaxAge > 0:
		set("max_age", seconds(p.opts.MaxAge))
	}
	return ask
}

// serveCallback signs in whom the provider vouches for.
func (p *Provider) serveCallback(w http.ResponseWriter, r *http.Request) error {
	if err := signin.Page(w, r, http.MethodGet); err != nil {
		return err
	}
	ctx := r.Context()
	a, err := parseAnswer(r.URL.RawQuery)
	if err != nil {
		return p.refuse(ctx, "answer", err, signin.Untrusted())
	}
	var f flow
	if err := p.flows.Take(w, r, a.state, &f); err != nil {
		return p.refuse(ctx, "state", err, signin.If(err, signin.ErrFlow, signin.Expired()))
	}
	d, err := p.describe(ctx)
	if err != nil {
		return p.refuse(ctx, "provider", err, signin.Unavailable())
	}
	if a.iss != "" && a.iss != p.config.Issuer || a.iss == "" && d.namesIss {
		return p.refuse(ctx, "issuer", errors.New("the answer is from another provider"), signin.Untrusted())
	}
	if a.err != "" {
		return p.refuse(ctx, "answered", errors.New(plainCode(a.err)), answered(a.err))
	}
	claims, err := p.redeem(r, d, f, a.code)
	if err != nil {
		return err
	}
	if err := p.signIn(w, r, f, claims); err != nil {
		return err
	}
	signin.GoTo(w, f.Return)
	return nil
}

// An answer is what the provider sends the browser back with.
type answer struct{ state, code, iss, err string }

const maxAnswer = 8 << 10 // bytes

func parseAnswer(query string) (answer, error) {
	if len(query) > maxAnswer {
		return answer{}, errors.New("the answer is too long")
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return answer{}, errors.New("the answer cannot be read")
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(q[name]) > 1 {
			return answer{}, errors.New("the answer says " + name + " twice")
		}
	}
	a := answer{q.Get("state"), q.Get("code"), q.Get("iss"), q.Get("error")}
	if (a.code == "") == (a.err == "") {
		return answer{}, errors.New("the answer has neither a code nor an error, or both")
	}
	return a, nil
}

// signIn begins a session for whom the claims are about.
func (p *Provider) signIn(w http.ResponseWriter, r *http.Request, f flow, c Claims) error {
	ctx := r.Context()
	strong := p.strong(f, c)
	if f.Strong && !strong {
		return p.refuse(ctx, "not strong", errors.New("a second factor was asked for and not used"), signin.NotStrong())
	}
	in := profile.SignIn{Via: c.Via, Subject: c.Subject, Ticket: c.Ticket, Assurance: profile.AssuranceSignIn}
	if strong {
		in.Assurance = profile.AssuranceStrong
	}
	var welcome signin.Welcome
	if p.opts.Welcome != nil {
		welcome = func(ctx context.Context) (profile.Person, error) { return p.opts.Welcome(ctx, c) }
	}
	if err := p.door.Open(w, r, in, welcome); err != nil {
		return p.refuse(ctx, "no access", err, signin.Access(err))
	}
	return nil
}
