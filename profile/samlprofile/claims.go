package samlprofile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/valid"
)

// Claims are what the provider says of somebody who has just signed in there.
type Claims struct {
	Via        string              // the provider, as identities carry it
	Subject    string              // who they are there, for good: the NameID
	Name       string              // or empty
	Email      string              // only of a domain that this provider may speak for
	Locale     string              // or empty
	Context    string              // how they signed in, the AuthnContextClassRef
	SignedInAt time.Time           // when they signed in there
	Ticket     string              // the session there, or empty
	All        map[string][]string // every attribute with its texts, by name
}

// claims turns an assertion that was checked into what hosts are told.
func (p *Provider) claims(a assertion) Claims {
	first := func(names []string) string {
		for _, name := range names {
			if values := a.attributes[name]; len(values) > 0 && values[0] != "" {
				return values[0]
			}
		}
		return ""
	}
	c := Claims{
		Via: p.via, Subject: a.subject, Name: first(p.opts.NameFrom), Locale: first([]string{"preferredLanguage", "urn:oid:2.16.840.1.113730.3.1.39"}),
		Context: a.context, SignedInAt: a.signedIn, Ticket: a.session, All: maps.Clone(a.attributes),
	}
	if address := first(p.opts.EmailFrom); p.speaksFor(address) {
		c.Email = address
	}
	return c
}

// speaksFor reports whether the provider may say whose an address is.
func (p *Provider) speaksFor(address string) bool {
	if _, err := valid.Email(address); err != nil {
		return false
	}
	_, domain, ok := strings.Cut(address, "@")
	return ok && slices.ContainsFunc(p.opts.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}
