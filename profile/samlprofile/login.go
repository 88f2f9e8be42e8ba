package samlprofile

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// A flow is one sign-in between its beginning and its end. The browser keeps it
// in a sealed cookie, so that nothing but that browser can end it.
type flow struct {
	ID     string    `json:"i"` // of the request
	Return string    `json:"r"`
	Strong bool      `json:"2,omitempty"`
	Begun  time.Time `json:"t"`
}

// A proof is an answer that was believed. The provider's form comes from another
// site, and brings no cookies that would say whether this browser began: so the
// browser takes the proof to a page of its own, which sees both.
type proof struct {
	Request string    `json:"q,omitempty"` // the flow that it answers, or empty
	Subject string    `json:"s"`
	Ticket  string    `json:"t,omitempty"`
	Strong  bool      `json:"2,omitempty"` // by a second factor
	At      time.Time `json:"a"`           // of the sign-in there
	Issued  time.Time `json:"i"`
	Until   time.Time `json:"u,omitzero"`
	Return  string    `json:"r,omitempty"`
	Claims  *Claims   `json:"c,omitempty"` // of somebody who is not known yet
}

const (
	flowLife  = 10 * time.Minute
	doneLife  = time.Minute
	maxReturn = 1024
	maxAnswer = 512 << 10 // bytes of a form
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
	f := flow{ID: newID(), Return: p.back(q.Get("return")), Strong: q.Get("strong") == "1", Begun: p.clock()}
	if err := p.flows.Put(w, r, f.ID, f); err != nil {
		return err
	}
	there, err := p.redirect(d.signIn, "SAMLRequest", p.ask(d, f), "")
	if err != nil {
		return err
	}
	signin.GoTo(w, there)
	return nil
}

func (p *Provider) back(asked string) string {
	if len(asked) > maxReturn {
		return p.opts.Home
	}
	return signin.Back(asked, p.opts.Home)
}

// serveAnswer takes the provider's answer and leads to where it counts.
func (p *Provider) serveAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := signin.Page(w, r, http.MethodPost); err != nil {
		return err
	}
	ctx := r.Context()
	in, err := web.Form[struct {
		Response string `form:"SAMLResponse" max:"400000"`
		Relay    string `form:"RelayState" max:"2000"`
	}](w, r, maxAnswer)
	if err != nil {
		return p.refuse(ctx, "answer", err, signin.Untrusted())
	}
	a, err := p.believe(ctx, in.Response)
	if err != nil {
		return err
	}
	pr, err := p.prove(ctx, a)
	if err != nil {
		return err
	}
	if a.request == "" {
		pr.Return = p.back(in.Relay)
	}
	key := rand.Text()
	if err := p.done.Put(w, r, key, pr); err != nil {
		return p.refuse(ctx, "answer", err, signin.Untrusted())
	}
	signin.GoTo(w, p.address("/done")+"?key="+url.QueryEscape(key))
	return nil
}

// believe returns what the provider answered, once.
func (p *Provider) believe(ctx context.Context, encoded string) (answer, error) {
	d, err := p.describe(ctx)
	if err != nil {
		return answer{}, p.refuse(ctx, "provider", err, signin.Unavailable())
	}
	a, err := p.readAnswer(encoded, d)
	if renewed := p.renewed(ctx, d, err); renewed != nil {
		d = renewed
		a, err = p.readAnswer(encoded, d)
	}
	if status, ok := errors.AsType[statusError](err); ok {
		return answer{}, p.refuse(ctx, "answered", status, status.say())
	}
	if err == nil {
		err = p.checkAssertion(a.assertion, d.issuer)
	}
	if err == nil {
		err = p.checkRequest(a)
	}
	if err != nil {
		return answer{}, p.refuse(ctx, "answer", err, signin.Untrusted())
	}
	until := a.assertion.confirmedUntil.Add(p.opts.Skew)
	used, err := p.flows.Used(ctx, signin.KeyOf("assertion", p.via, a.assertion.id), until)
	switch {
	case err != nil:
		return answer{}, p.refuse(ctx, "answer", err, signin.Unavailable())
	case used:
		return answer{}, p.refuse(ctx, "answer", errors.New("the assertion was used before"), signin.Expired())
	}
	return a, nil
}

// renewed returns a newer description if a signature was not good by the one
// there is: the provider may have a new key that it did not announce.
func (p *Provider) renewed(ctx context.Context, d *description, err error) *description {
	if !errors.Is(err, errBadSignature) || p.given != nil {
		return nil
	}
	return p.metadata.After(ctx, d)
}

// checkRequest finds out whether what was answered was asked.
func (p *Provider) checkRequest(a answer) error {
	switch {
	case a.request != a.assertion.request:
		return errors.New("the answer and its assertion are for different requests")
	case a.request == "" && !p.opts.Unasked:
		return errors.New("nobody asked for the assertion")
	}
	return nil
}

// prove turns an answer into what the browser takes along.
func (p *Provider) prove(ctx context.Context, a answer) (proof, error) {
	c := p.claims(a.assertion)
	pr := proof{
		Request: a.request, Subject: c.Subject, Ticket: c.Ticket, At: c.SignedInAt, Issued: a.assertion.issued,
		Strong: slices.Contains(p.opts.Strong, c.Context), Until: a.assertion.sessionEnds,
	}
	_, err := p.door.People.Actor(ctx, p.via, c.Subject)
	if p.opts.Welcome != nil && errors.Is(err, profile.ErrNotFound) {
		pr.Claims, err = &c, nil
	}
	if err != nil {
		return proof{}, p.refuse(ctx, "no access", err, signin.Access(err))
	}
	return pr, nil
}

// serveDone signs in whom the provider vouched for, in the browser that began.
func (p *Provider) serveDone(w http.ResponseWriter, r *http.Request) error {
	if err := signin.Page(w, r, http.MethodGet); err != nil {
		return err
	}
	ctx := r.Context()
	var pr proof
	if err := p.done.Take(w, r, r.URL.Query().Get("key"), &pr); err != nil {
		return p.refuse(ctx, "state", err, signin.If(err, signin.ErrFlow, signin.Expired()))
	}
	f := flow{Return: pr.Return}
	if pr.Request != "" {
		if err := p.flows.Take(w, r, pr.Request, &f); err != nil {
			return p.refuse(ctx, "state", err, signin.If(err, signin.ErrFlow, signin.Expired()))
		}
	}
	assurance, err := p.assurance(ctx, f, pr)
	if err != nil {
		return err
	}
	in := profile.SignIn{Via: p.via, Subject: pr.Subject, Ticket: pr.Ticket, Assurance: assurance, Until: pr.Until}
	var welcome signin.Welcome
	if pr.Claims != nil {
		welcome = func(ctx context.Context) (profile.Person, error) { return p.opts.Welcome(ctx, *pr.Claims) }
	}
	if err := p.door.Open(w, r, in, welcome); err != nil {
		return p.refuse(ctx, "no access", err, signin.Access(err))
	}
	signin.GoTo(w, f.Return)
	return nil
}

// assurance is how surely somebody signed in.
func (p *Provider) assurance(ctx context.Context, f flow, pr proof) (profile.Assurance, error) {
	skew := p.opts.Skew
	fresh := pr.Request != "" && !pr.At.Before(f.Begun.Add(-skew))
	switch {
	case pr.Request != "" && pr.Issued.Before(f.Begun.Add(-skew)):
		return 0, p.refuse(ctx, "answer", errors.New("the assertion was issued before this sign-in began"), signin.Untrusted())
	case f.Strong && !fresh:
		return 0, p.refuse(ctx, "answer", errors.New("they were to sign in anew, and did not"), signin.Untrusted())
	case f.Strong && !pr.Strong:
		return 0, p.refuse(ctx, "not strong", errors.New("a second factor was asked for and not used"), signin.NotStrong())
	case fresh && pr.Strong:
		return profile.AssuranceStrong, nil
	}
	return profile.AssuranceSignIn, nil
}
