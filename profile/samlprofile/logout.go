package samlprofile

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/beevik/etree"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// serveLogout signs out here, and then at the provider that vouched.
func (p *Provider) serveLogout(w http.ResponseWriter, r *http.Request) error {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return errs.Say(errs.Forbidden, "error.cross_origin", nil)
	}
	session, err := p.door.Sessions.Current(r)
	ours := err == nil && session.Via == p.via
	if err := p.door.Sessions.End(w, r); err != nil {
		return err
	}
	if there := p.goodbye(r.Context(), session); ours && there != "" {
		signin.Leave(w, there)
		return nil
	}
	signin.GoTo(w, p.opts.Home)
	return nil
}

// goodbye is the address at the provider that ends a session there, or "".
// Providers believe only what is signed, so it takes a key.
func (p *Provider) goodbye(ctx context.Context, s profile.Session) string {
	if p.opts.StayThere || len(p.keys) == 0 || s.Subject == "" {
		return ""
	}
	d, err := p.describe(ctx)
	if err != nil || d.signOut == "" {
		return "" // whoever wants to leave leaves
	}
	there, err := p.redirect(d.signOut, "SAMLRequest", p.farewell(d, s.Subject, s.Ticket), "")
	if err != nil {
		return ""
	}
	return there
}

// A note is what the provider sends to /slo.
type note struct {
	request, response, relay string
	query                    map[string]string // as it was sent; nil if it came in a form
}

// serveSLO hears that somebody signed out elsewhere, or that they now have.
func (p *Provider) serveSLO(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	n, err := readNote(w, r)
	if err != nil {
		return p.refuse(ctx, "logout", err, signin.Untrusted())
	}
	d, err := p.describe(ctx)
	if err != nil {
		return p.refuse(ctx, "provider", err, signin.Unavailable())
	}
	if n.response != "" {
		p.hear(ctx, n, d)
		signin.GoTo(w, p.opts.Home)
		return nil
	}
	el, err := p.open(n, "SAMLRequest", n.request, d)
	if err != nil {
		return p.refuse(ctx, "logout", err, signin.Untrusted())
	}
	request, err := p.readLogout(el, d)
	if err != nil {
		return p.refuse(ctx, "logout", err, signin.Untrusted())
	}
	if err := p.forget(ctx, request); err != nil {
		return err
	}
	there := p.opts.Home
	if d.signedOut != "" {
		if there, err = p.redirect(d.signedOut, "SAMLResponse", p.heard(d, request.id), n.relay); err != nil {
			return err
		}
	}
	signin.GoTo(w, there)
	return nil
}

func readNote(w http.ResponseWriter, r *http.Request) (note, error) {
	if r.Method != http.MethodPost {
		return noteOf(r.URL.RawQuery)
	}
	in, err := web.Form[struct {
		Request  string `form:"SAMLRequest" max:"100000"`
		Response string `form:"SAMLResponse" max:"100000"`
		Relay    string `form:"RelayState" max:"2000"`
	}](w, r, maxAnswer)
	if err != nil {
		return note{}, err
	}
	return note{request: in.Request, response: in.Response, relay: in.Relay}.check()
}

// noteOf reads a note from an address.
func noteOf(raw string) (note, error) {
	sent, err := readQuery(raw)
	if err != nil {
		return note{}, err
	}
	n := note{query: sent}
	for name, to := range map[string]*string{"SAMLRequest": &n.request, "SAMLResponse": &n.response, "RelayState": &n.relay} {
		if *to, err = url.QueryUnescape(sent[name]); err != nil {
			return n, errors.New("the message cannot be read")
		}
	}
	return n.check()
}

func (n note) check() (note, error) {
	if (n.request == "") == (n.response == "") {
		return n, errors.New("there is neither a request nor a response, or both")
	}
	if len(n.relay) > 80 {
		n.relay = "" // longer than the standard lets it be
	}
	return n, nil
}

// open returns a message that the provider signed, in whichever way it came.
func (p *Provider) open(n note, kind, encoded string, d *description) (*etree.Element, error) {
	if n.query != nil {
		if err := checkQuery(n.query, kind, current(d.certs, p.clock())); err != nil {
			return nil, err
		}
		data, err := unpack(encoded)
		if err != nil {
			return nil, err
		}
		return parse(data, messageScope)
	}
	data, err := base64.StdEncoding.DecodeString(spaceless(encoded))
	if err != nil {
		return nil, errors.New("the message cannot be read")
	}
	el, err := parse(data, messageScope)
	if err != nil {
		return nil, err
	}
	return verified(el, d.certs, p.clock())
}

// hear notes what became of a sign-out. Nothing depends on it: here they are
// signed out already.
func (p *Provider) hear(ctx context.Context, n note, d *description) {
	el, err := p.open(n, "SAMLResponse", n.response, d)
	if err == nil {
		if status := childOf(el, "samlp:Status"); status == nil {
			err = errors.New("the answer has no status")
		} else {
			err = checkStatus(status)
		}
	}
	if err != nil {
		p.opts.Logger.WarnContext(ctx, "the provider did not confirm a sign-out", "via", p.via, "error", signin.Brief(err.Error()))
	}
}

func childOf(el *etree.Element, name string) *etree.Element {
	for _, child := range el.ChildElements() {
		if is(child, name) {
			return child
		}
	}
	return nil
}

// A logout is the provider's word that somebody has signed out.
type logout struct {
	id, subject string
	sessions    []string // none means all
	until       time.Time
}

func (p *Provider) readLogout(el *etree.Element, d *description) (out logout, err error) {
	if !is(el, "samlp:LogoutRequest") {
		return out, errors.New("the message is no request to sign out")
	}
	ps, err := shape(el, "saml:Issuer", "ds:Signature?", "saml:NameID", "samlp:SessionIndex*")
	if err != nil {
		return out, err
	}
	if err := p.checkMessage(el, ps.one("saml:Issuer"), d, p.address("/slo")); err != nil {
		return out, err
	}
	a := assertion{issuer: d.issuer}
	if a.format, a.qualifiers, a.subject, err = readName(ps.one("saml:NameID")); err != nil {
		return out, err
	}
	if err := p.checkName(a); err != nil {
		return out, err
	}
	ends, err := maybeInstant(el, "NotOnOrAfter")
	if err != nil {
		return out, err
	}
	now := p.clock()
	if !ends.IsZero() && !now.Before(ends.Add(p.opts.Skew)) {
		return out, errors.New("the request has expired")
	}
	out = logout{id: attribute(el, "ID"), subject: a.subject, until: now.Add(flowLife + 2*p.opts.Skew)}
	out.sessions, err = texts(ps["samlp:SessionIndex"])
	return out, err
}

// forget ends the sessions that a logout is about, once.
func (p *Provider) forget(ctx context.Context, l logout) error {
	key := signin.KeyOf("logout", p.via, l.id)
	used, err := p.flows.Used(ctx, key, l.until)
	switch {
	case err != nil:
		return p.refuse(ctx, "logout", err, signin.Unavailable())
	case used:
		return p.refuse(ctx, "logout", errors.New("the request was used before"), signin.Expired())
	}
	if len(l.sessions) == 0 {
		l.sessions = []string{""}
	}
	for _, session := range l.sessions {
		if _, err := p.door.Sessions.Forget(ctx, p.via, l.subject, session); err != nil {
			return p.refuse(ctx, "logout", errors.Join(err, p.opts.Once.Again(ctx, key)), signin.Unavailable())
		}
	}
	return nil
}
