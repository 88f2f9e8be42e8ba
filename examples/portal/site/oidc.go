package site

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

// An OIDC is how people sign in with an identity provider. The zero value is no
// way to.
type OIDC struct {
	Name   string   // what the page to sign in calls it; empty means its host
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

// openOIDC makes the way in through the OpenID Connect provider, if there is one.
func (s *Site) openOIDC() error {
	o := s.cfg.OIDC
	if o.Issuer == "" {
		return nil
	}
	p, err := oidcprofile.New(s.known, s.sessions, oidcprofile.Config{
		Issuer: o.Issuer, Client: o.Client, Secret: o.Secret, Callback: s.cfg.BaseURL + signInPrefix + "/callback",
	}, &oidcprofile.Options{
		Strong: o.strong, ACR: o.ACR, SignedOut: o.SignedOut,
		Welcome: s.welcomeByOIDC, System: system, Secret: s.secret, Once: s.keeping, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	if err != nil {
		return fmt.Errorf("-oidc-issuer: %w", err)
	}
	s.waysIn = append(s.waysIn, wayIn{name: nameOr(o.Name, p.Via()), prefix: signInPrefix, via: p.Via(), handler: p.Handler()})
	return nil
}

func (s *Site) welcomeByOIDC(ctx context.Context, c oidcprofile.Claims) (profile.Person, error) {
	n := newcomer{Via: c.Via, Subject: c.Subject, Name: c.Name, Email: c.Email, Locale: c.Locale, Zone: c.Zone}
	return s.welcome(ctx, n, s.cfg.OIDC.Admins, s.cfg.OIDC.Open)
}
