package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

// An OIDC is how people sign in with an identity provider. The zero value is no
// way to.
type OIDC struct {
	Issuer string   // address of the provider, as it calls itself
	Client string   // what the provider calls the portal
	Secret string   // what the portal proves itself with
	Admins []string // verified addresses that become administrators when they first sign in
	ACR    []string // what it is asked for before what cannot be undone, and must say then; nil means a fresh sign-in

	SignedOut string // absolute address that it sends people to after signing out there, known to it; "" means they stay there

	Open bool // whoever else the provider knows becomes a customer; otherwise only linked people get in
}

const signInPrefix = "/sign-in"

func (o OIDC) check(baseURL string) error {
	switch {
	case o.Issuer == "" && o.Client == "" && o.Secret == "":
		return nil
	case o.Issuer == "" || o.Client == "" || o.Secret == "":
		return errors.New("-oidc-issuer, -oidc-client and -oidc-secret-file belong together: say all three")
	case baseURL == "":
		return errors.New("-oidc-issuer needs -base-url: the provider sends people back to an address that it knows")
	}
	for _, address := range o.Admins {
		if _, err := valid.Email(address); err != nil {
			return fmt.Errorf("-oidc-admins %s: want e-mail addresses", address)
		}
	}
	return nil
}

// openSignIn makes the way in through the identity provider, if there is one.
func (s *Site) openSignIn(context.Context) (err error) {
	o := s.cfg.OIDC
	if o.Issuer == "" {
		return nil
	}
	s.provider, err = oidcprofile.New(s.known, s.sessions, oidcprofile.Config{
		Issuer: o.Issuer, Client: o.Client, Secret: o.Secret, Callback: s.cfg.BaseURL + signInPrefix + "/callback",
	}, &oidcprofile.Options{
		Strong: o.strong, ACR: o.ACR, SignedOut: o.SignedOut,
		Welcome: s.welcome, System: system, Secret: s.secret, Once: s.keeping, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	if err != nil {
		return fmt.Errorf("-oidc-issuer: %w", err)
	}
	return nil
}

// welcome says who somebody is that signs in for the first time: whoever they
// were invited to be, or what the portal makes of those whom the provider knows.
func (s *Site) welcome(ctx context.Context, c oidcprofile.Claims) (profile.Person, error) {
	if token := acceptedIn(ctx); token != "" {
		return s.joined(ctx, token, c)
	}
	p := profile.Person{Name: c.Name, Email: c.Email, Locale: c.Locale, Zone: c.Zone, Roles: []profile.Role{profile.RoleCustomer}}
	if p.Name == "" {
		p.Name, _, _ = strings.Cut(c.Email, "@")
	}
	if p.Name == "" {
		p.Name = c.Subject
	}
	admin := c.Email != "" && slices.ContainsFunc(s.cfg.OIDC.Admins, func(a string) bool { return strings.EqualFold(a, c.Email) })
	switch {
	case admin:
		p.Roles = []profile.Role{profile.RoleAdmin}
	case !s.cfg.OIDC.Open:
		return profile.Person{}, profile.ErrForbidden
	}
	return p, nil
}

// signInAt returns where people sign in who want to come back to a path, or ""
// if nobody can.
func (s *Site) signInAt(v *visit, back string) string {
	switch {
	case s.cfg.Demo:
		return v.link("/demo") + "?return_to=" + url.QueryEscape(back)
	case s.provider != nil:
		return signInPrefix + "/login?return=" + url.QueryEscape(back)
	}
	return ""
}

// signOut ends a session, and the one at the provider that vouched for it.
func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	current, err := s.sessions.Current(r)
	if s.provider != nil && err == nil && current.Via == s.provider.Via() {
		r.URL.Path = "/logout"
		s.provider.Handler().ServeHTTP(w, r)
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	if err := s.sessions.End(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, valid.ReturnPath(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}
