package oidcprofile

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
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
	if there := p.farewell(r); ours && there != "" {
		signin.Leave(w, there)
		return nil
	}
	signin.GoTo(w, p.opts.Home)
	return nil
}

// farewell is the page at the provider that ends the session there, or "".
func (p *Provider) farewell(r *http.Request) string {
	if p.opts.StayThere {
		return ""
	}
	d, err := p.describe(r.Context())
	if err != nil || d.endSession == nil {
		return "" // whoever wants to leave leaves
	}
	u := *d.endSession
	q := u.Query()
	q.Set("client_id", p.config.Client)
	if p.opts.SignedOut != "" {
		q.Set("post_logout_redirect_uri", p.opts.SignedOut)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

const (
	maxLogout     = 64 << 10       // bytes of a request
	maxLogoutLife = 24 * time.Hour // of a logout token
)

// serveBackchannel ends the sessions that the provider says are over.
func (p *Provider) serveBackchannel(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, err := web.Form[struct {
		Token string `form:"logout_token" max:"60000"`
	}](w, r, maxLogout)
	if err != nil {
		return p.unheard(w, r, err)
	}
	d, err := p.describe(ctx)
	if err != nil {
		return p.refuse(ctx, "provider", err, signin.Unavailable())
	}
	t, err := p.logoutToken(r, d, in.Token)
	if err != nil {
		return p.unheard(w, r, err)
	}
	key := signin.KeyOf("logout", p.via, t.TokenID)
	again, err := p.flows.Used(ctx, key, t.Expiry.Add(p.opts.Skew))
	if err != nil {
		return p.refuse(ctx, "logout", err, signin.Unavailable())
	}
	if again {
		return p.unheard(w, r, errors.New("the token was used before"))
	}
	if _, err = p.door.Sessions.Forget(ctx, p.via, t.Subject, ticketOf(d, t)); err != nil {
		return p.refuse(ctx, "logout", errors.Join(err, p.opts.Once.Again(ctx, key)), signin.Unavailable())
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// ticketOf is the one session that a token is about, or "" for all of the
// subject: a provider that does not always name sessions has not named ours.
func ticketOf(d *description, t *oidc.LogoutToken) string {
	if d.namesSID || t.Subject == "" {
		return t.SessionID
	}
	return ""
}

// unheard answers a logout that is none, in the words of the standard.
func (p *Provider) unheard(w http.ResponseWriter, r *http.Request, cause error) error {
	_ = p.refuse(r.Context(), "logout", cause, nil)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, err := w.Write([]byte(`{"error":"invalid_request"}`))
	return err
}

// logoutToken checks a logout token.
func (p *Provider) logoutToken(r *http.Request, d *description, raw string) (*oidc.LogoutToken, error) {
	if err := checkType(raw); err != nil {
		return nil, err
	}
	t, err := d.verifier.VerifyLogout(p.with(r), raw)
	if err != nil {
		return nil, err
	}
	var c struct {
		Events map[string]json.RawMessage `json:"events"`
	}
	if err := t.Claims(&c); err != nil {
		return nil, err
	}
	event := c.Events["http://schemas.openid.net/event/backchannel-logout"]
	now, skew := p.clock(), p.opts.Skew
	switch {
	case len(event) == 0 || event[0] != '{':
		return nil, errors.New("the token is about another event")
	case len(t.Audience) != 1:
		return nil, errors.New("the token is for others too")
	case now.After(t.Expiry.Add(skew)):
		return nil, errors.New("the token has expired")
	case t.IssuedAt.IsZero() || t.IssuedAt.After(now.Add(skew)):
		return nil, errors.New("the token was not issued yet")
	case t.Expiry.Sub(t.IssuedAt) > maxLogoutLife:
		return nil, errors.New("the token lives too long")
	}
	for what, name := range map[string]string{"sub": t.Subject, "sid": t.SessionID, "jti": t.TokenID} {
		if name != "" || what == "jti" {
			if err := checkName(what, name); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// checkType refuses a token that says it is something else, such as an access
// token that the provider signs with the same key.
func checkType(raw string) error {
	head, _, _ := strings.Cut(raw, ".")
	data, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return errors.New("the token cannot be read")
	}
	var header struct {
		Type string `json:"typ"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return errors.New("the token cannot be read")
	}
	switch strings.TrimPrefix(strings.ToLower(header.Type), "application/") {
	case "", "jwt", "logout+jwt":
		return nil
	}
	return errors.New("the token is of another type")
}
