package samlprofile

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/stoa-go/stoa/profile/internal/signin"
)

const (
	describedFor = time.Hour           // how long a description is used before it is read again
	describedMax = 24 * time.Hour      // how long it is used while a new one is not to be had
	retryAfter   = 10 * time.Second    // how long nobody asks again after an answer
	fetchLimit   = 10 * time.Second    // how long an answer may take
	warnBefore   = 30 * 24 * time.Hour // how long before its end a certificate is spoken of

	protocol = "urn:oasis:names:tc:SAML:2.0:protocol"
	redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	post     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// A description is what a provider says of itself, in a form that can be used.
type description struct {
	issuer             string
	certs              []*x509.Certificate
	signIn             string // where requests go
	signOut, signedOut string // where those to sign out go, and the answers to the provider's; empty if it has none
	wantsSigned        bool
	until              time.Time // zero if not said
}

// keep returns what reads the description at an address when it is needed.
func (p *Provider) keep() *signin.Kept[description] {
	return &signin.Kept[description]{
		Fetch: func(ctx context.Context, _ *description) (*description, error) {
			d, err := p.fetch(ctx, p.clock())
			if err != nil {
				p.opts.Logger.WarnContext(ctx, "description of a provider of identities cannot be read", "via", p.via, "error", signin.Brief(err.Error()))
			}
			return d, err
		},
		Usable: (*description).usable, Now: p.clock,
		Fresh: describedFor, Max: describedMax, Pause: retryAfter, Limit: fetchLimit,
	}
}

// describe returns what the provider says of itself.
func (p *Provider) describe(ctx context.Context) (*description, error) {
	if p.given != nil {
		return p.given, p.given.usable(p.clock())
	}
	return p.metadata.Value(ctx)
}

// usable says why nobody can be trusted by a description any more.
func (d *description) usable(now time.Time) error {
	switch {
	case !d.until.IsZero() && !now.Before(d.until):
		return errors.New("the description is valid no longer")
	case len(current(d.certs, now)) == 0:
		return errors.New("every certificate of the provider has expired")
	}
	return nil
}

func (p *Provider) fetch(ctx context.Context, now time.Time) (*description, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.config.MetadataURL, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.1")
	client := *p.opts.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the metadata are answered with status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(metadataScope.bytes)+1))
	if err != nil {
		return nil, err
	}
	return p.describeFrom(data, now)
}

// describeFrom reads the metadata of the provider, or of many, and refuses what
// trusts nobody.
func (p *Provider) describeFrom(data []byte, now time.Time) (*description, error) {
	root, err := parse(data, metadataScope)
	if err != nil {
		return nil, err
	}
	el, until, err := find(root, p.config.Issuer, time.Time{})
	if err != nil {
		return nil, err
	}
	d := &description{issuer: attribute(el, "entityID"), until: until}
	if d.issuer == "" || len(d.issuer) > maxEntity {
		return nil, errors.New("the provider has no name, or one that is too long")
	}
	if err := d.readRoles(el); err != nil {
		return nil, err
	}
	switch {
	case !d.until.IsZero() && !now.Before(d.until):
		return nil, errors.New("the metadata are valid no longer")
	case len(d.certs) == 0:
		return nil, errors.New("the provider has no certificate that signatures could be checked with")
	case len(current(d.certs, now)) == 0:
		return nil, errors.New("every certificate of the provider has expired, or is not valid yet")
	case d.wantsSigned && len(p.keys) == 0:
		return nil, errors.New("the provider wants signed requests, and the portal has no key")
	}
	p.warn(d, now)
	return d, p.checkEndpoints(d)
}

// find returns the one entity with a name, or the only one, and until when it is
// valid.
func find(el *etree.Element, issuer string, until time.Time) (*etree.Element, time.Time, error) {
	ends, err := maybeInstant(el, "validUntil")
	if err != nil {
		return nil, until, err
	}
	if until.IsZero() || !ends.IsZero() && ends.Before(until) {
		until = ends
	}
	if is(el, "md:EntityDescriptor") {
		if issuer != "" && attribute(el, "entityID") != issuer {
			return nil, until, errors.New("the metadata are about another provider")
		}
		return el, until, nil
	}
	if !is(el, "md:EntitiesDescriptor") || issuer == "" {
		return nil, until, errors.New("the metadata are not about one provider")
	}
	for _, child := range el.ChildElements() {
		if found, ends, err := find(child, issuer, until); err == nil {
			return found, ends, nil
		}
	}
	return nil, until, errors.New("the metadata are about other providers")
}

func (d *description) readRoles(el *etree.Element) error {
	found := false
	for _, role := range el.ChildElements() {
		speaks := strings.Fields(attribute(role, "protocolSupportEnumeration"))
		if !is(role, "md:IDPSSODescriptor") || !slices.Contains(speaks, protocol) {
			continue
		}
		if found {
			return errors.New("the provider describes itself twice")
		}
		found = true
		d.wantsSigned = truth(attribute(role, "WantAuthnRequestsSigned"))
		for _, child := range role.ChildElements() {
			if err := d.readPart(child); err != nil {
				return err
			}
		}
	}
	if !found {
		return errors.New("the metadata are not about a provider of identities")
	}
	d.certs = usable(d.certs)
	return nil
}

func (d *description) readPart(el *etree.Element) error {
	byRedirect := attribute(el, "Binding") == redirect
	switch {
	case is(el, "md:KeyDescriptor") && attribute(el, "use") != "encryption":
		return d.readKeys(el)
	case is(el, "md:SingleSignOnService") && byRedirect && d.signIn == "":
		d.signIn = attribute(el, "Location")
	case is(el, "md:SingleLogoutService") && byRedirect && d.signOut == "":
		d.signOut, d.signedOut = attribute(el, "Location"), attribute(el, "ResponseLocation")
		if d.signedOut == "" {
			d.signedOut = d.signOut
		}
	}
	return nil
}

func (d *description) readKeys(el *etree.Element) error {
	if is(el, "ds:X509Certificate") {
		s, err := text(el)
		if err != nil {
			return err
		}
		der, err := base64.StdEncoding.DecodeString(spaceless(s))
		if err != nil {
			return errors.New("a certificate of the provider cannot be read")
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return errors.New("a certificate of the provider cannot be read")
		}
		d.certs = append(d.certs, cert)
		return nil
	}
	for _, child := range el.ChildElements() {
		if err := d.readKeys(child); err != nil {
			return err
		}
	}
	return nil
}

func truth(s string) bool { return s == "true" || s == "1" }

func (p *Provider) checkEndpoints(d *description) error {
	if d.signIn == "" {
		return errors.New("the provider takes no requests by redirect")
	}
	for _, address := range []string{d.signIn, d.signOut, d.signedOut} {
		u, err := url.Parse(address)
		if address != "" && (err != nil || !signin.Private(u) || u.Scheme != "https" && strings.HasPrefix(p.config.Address, "https:")) {
			return errors.New("an address of the provider cannot be used")
		}
	}
	return nil
}

// warn speaks of certificates that end soon, while there is time.
func (p *Provider) warn(d *description, now time.Time) {
	if len(current(d.certs, now.Add(warnBefore))) == 0 {
		p.opts.Logger.Warn("every certificate of a provider of identities ends within 30 days", "issuer", brief(d.issuer))
	}
}
