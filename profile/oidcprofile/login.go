package oidcprofile

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// serveLogin sends the browser to the provider.
func (p *Provider) serveLogin(w http.ResponseWriter, r *http.Request) error {
	if err := page(w, r); err != nil {
		return err
	}
	d, err := p.describe(r.Context())
	if err != nil {
		return p.refuse(r.Context(), "provider", err, errUnavailable())
	}
	q := r.URL.Query()
	f := p.newFlow(p.back(q.Get("return")), q.Get("strong") == "1")
	if err := p.put(w, r, f); err != nil {
		return err
	}
	ask := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	goTo(w, d.oauth.AuthCodeURL(f.State, append(ask, p.wishes(f)...)...))
	return nil
}

// page refuses requests that are not somebody's who opens a page: a picture or a
// frame elsewhere signs nobody in.
func page(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return web.ErrMethod
	}
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" && dest != "document" {
		return errs.Say(errs.Forbidden, "error.cross_origin", nil)
	}
	return nil
}

// back is the page to go to in the end: on this site, whatever was asked for.
func (p *Provider) back(asked string) string {
	if path := valid.ReturnPath(asked); asked != "" && path == asked {
		return path
	}
	return p.opts.Home
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
	if err := page(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	a, err := parseAnswer(r.URL.RawQuery)
	if err != nil {
		return p.refuse(ctx, "answer", err, errUntrusted())
	}
	f, err := p.take(w, r, a.state)
	if err != nil {
		return p.refuse(ctx, "state", err, errOf(err, errFlow, errExpired()))
	}
	d, err := p.describe(ctx)
	if err != nil {
		return p.refuse(ctx, "provider", err, errUnavailable())
	}
	if a.iss != "" && a.iss != p.config.Issuer || a.iss == "" && d.namesIss {
		return p.refuse(ctx, "issuer", errors.New("the answer is from another provider"), errUntrusted())
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
	goTo(w, f.Return)
	return nil
}

// errOf returns say if err is want, and that the portal cannot tell otherwise.
func errOf(err, want, say error) error {
	if errors.Is(err, want) {
		return say
	}
	return errUnavailable()
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
		return p.refuse(ctx, "not strong", errors.New("a second factor was asked for and not used"), errNotStrong())
	}
	who, err := p.admit(r, c)
	if err != nil {
		return p.refuse(ctx, "no access", err, accessError(err))
	}
	in := profile.SignIn{Person: who.ID, Via: c.Via, Subject: c.Subject, Ticket: c.Ticket, Assurance: profile.AssuranceSignIn}
	if strong {
		in.Assurance = profile.AssuranceStrong
	}
	if _, err := p.sessions.Start(w, r, in); err != nil {
		return p.refuse(ctx, "no access", err, accessError(err))
	}
	// Unlinking ends sessions, and may have done so a moment too early for this one.
	if _, err := p.people.Actor(ctx, c.Via, c.Subject); err != nil {
		_, ended := p.sessions.Forget(ctx, c.Via, c.Subject, "")
		return p.refuse(ctx, "no access", errors.Join(err, ended, p.sessions.End(w, r)), accessError(err))
	}
	return nil
}

// accessError tells who is not let in from who cannot be asked about.
func accessError(err error) error {
	if why, ok := errors.AsType[unwelcome](err); ok {
		if says, ok := errors.AsType[*errs.Says](why.error); ok {
			return says
		}
	}
	if settled(err) {
		return errNoAccess()
	}
	return errUnavailable()
}

// admit returns who the claims are about, here.
func (p *Provider) admit(r *http.Request, c Claims) (profile.Actor, error) {
	ctx := r.Context()
	who, err := p.people.Actor(ctx, c.Via, c.Subject)
	if p.opts.Welcome == nil || !errors.Is(err, profile.ErrNotFound) {
		return who, err
	}
	person, err := p.opts.Welcome(ctx, c)
	if err != nil {
		return profile.Actor{}, unwelcome{err}
	}
	who, err = p.people.Welcome(ctx, p.opts.System, person, c.Via, c.Subject)
	if errors.Is(err, profile.ErrConflict) {
		return p.people.Actor(ctx, c.Via, c.Subject) // another tab was quicker
	}
	return who, err
}

// goTo answers with another address to go to, as it is: http.Redirect would take
// a path for one below the prefix that the handler is mounted under.
func goTo(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
