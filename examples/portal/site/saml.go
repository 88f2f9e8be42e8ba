package site

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

// A SAML is how people sign in with a SAML identity provider. The zero value is
// no way to.
type SAML struct {
	Name        string            // what the page to sign in calls it; empty means its host
	Metadata    []byte            // what the provider says of itself
	MetadataURL string            // or where it says so
	Issuer      string            // the provider, as it calls itself; needed with MetadataURL
	Entity      string            // what the portal is called there; empty means the address of its metadata
	Keys        []tls.Certificate // the portal's own
	NameID      string            // format of the NameID: persistent, email or unspecified; empty means persistent
	Strong      []string          // authentication contexts that prove a second factor
	Domains     []string          // whose addresses the provider may vouch for
	Admins      []string          // addresses in them that become administrators when they first sign in
	Open        bool              // whoever else the provider knows becomes a customer; otherwise only linked people get in
	Unasked     bool              // the provider may begin a sign-in by itself
}

const samlPrefix = "/saml"

func (o SAML) given() bool { return o.Metadata != nil || o.MetadataURL != "" }

func (o SAML) check(baseURL string) error {
	rest := o.Name + o.Issuer + o.Entity + o.NameID
	switch {
	case !o.given() && (rest != "" || len(o.Keys)+len(o.Strong)+len(o.Domains)+len(o.Admins) > 0 || o.Open || o.Unasked):
		return errors.New("-saml-metadata says who the other -saml flags are about: say it too")
	case !o.given():
		return nil
	case o.MetadataURL != "" && o.Issuer == "":
		return errors.New("-saml-metadata with an address needs -saml-issuer: who it is must not depend on what is answered there")
	case baseURL == "":
		return errors.New("-saml-metadata needs -base-url: the provider sends people back to an address that it knows")
	case nameIDs()[o.NameID] == "":
		return fmt.Errorf("-saml-nameid %s: want persistent, email or unspecified", o.NameID)
	case len(o.Admins) > 0 && len(o.Domains) == 0:
		return errors.New("-saml-admins needs -saml-domains: say whose addresses the provider may vouch for")
	}
	for _, address := range o.Admins {
		if _, err := valid.Email(address); err != nil {
			return fmt.Errorf("-saml-admins %s: want e-mail addresses", address)
		}
	}
	return nil
}

func nameIDs() map[string]string {
	return map[string]string{
		"": samlprofile.NameIDPersistent, "persistent": samlprofile.NameIDPersistent,
		"email": samlprofile.NameIDEmail, "unspecified": samlprofile.NameIDUnspecified,
	}
}

// openSAML makes the way in through the SAML provider, if there is one.
func (s *Site) openSAML() error {
	o := s.cfg.SAML
	if !o.given() {
		return nil
	}
	p, err := samlprofile.New(s.known, s.sessions, samlprofile.Config{
		Address: s.cfg.BaseURL + samlPrefix, Metadata: o.Metadata, MetadataURL: o.MetadataURL, Issuer: o.Issuer, Entity: o.Entity, Keys: o.Keys,
	}, &samlprofile.Options{
		Welcome: s.welcomeBySAML, System: system, Strong: o.Strong, NameID: nameIDs()[o.NameID], Domains: o.Domains, Unasked: o.Unasked,
		Secret: s.secret, Once: s.keeping, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	if err != nil {
		return fmt.Errorf("-saml-metadata: %w", err)
	}
	s.waysIn = append(s.waysIn, wayIn{name: nameOr(o.Name, p.Via()), prefix: samlPrefix, via: p.Via(), handler: p.Handler()})
	return nil
}

func (s *Site) welcomeBySAML(ctx context.Context, c samlprofile.Claims) (profile.Person, error) {
	n := newcomer{Via: c.Via, Subject: c.Subject, Name: c.Name, Email: c.Email, Locale: c.Locale}
	return s.welcome(ctx, n, s.cfg.SAML.Admins, s.cfg.SAML.Open)
}

// fromProvider reports whether a request is a form that only the SAML provider's
// site sends, and that counts for nothing unless the provider signed what is in
// it.
func (s *Site) fromProvider(r *http.Request) bool {
	return s.cfg.SAML.given() && (r.URL.Path == samlPrefix+"/acs" || r.URL.Path == samlPrefix+"/slo")
}
