package samlprofile

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// An assertion is what a provider says of somebody, read but not believed yet.
type assertion struct {
	id, issuer        string
	issued            time.Time
	format, subject   string // of the NameID
	qualifiers        [2]string
	method, recipient string // of the subject's confirmation
	request           string // what it answers, or empty
	confirmedUntil    time.Time
	from, until       time.Time // of the conditions; zero if not said
	audiences         [][]string
	signedIn          time.Time
	session           string
	sessionEnds       time.Time
	context           string
	attributes        map[string][]string
}

const (
	bearer      = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	entity      = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
)

func readAssertion(el *etree.Element) (a assertion, err error) {
	if !is(el, "saml:Assertion") {
		return a, errors.New("what is signed is no assertion")
	}
	p, err := shape(el, "saml:Issuer", "ds:Signature?", "saml:Subject", "saml:Conditions", "saml:AuthnStatement", "saml:AttributeStatement*")
	if err != nil {
		return a, err
	}
	if got := attribute(el, "Version"); got != "2.0" {
		return a, errors.New("the assertion is of another version of SAML")
	}
	if a.id = attribute(el, "ID"); a.id == "" {
		return a, errors.New("the assertion has no ID")
	}
	if a.issued, err = instant(el, "IssueInstant"); err != nil {
		return a, err
	}
	if a.issuer, err = readIssuer(p.one("saml:Issuer")); err != nil {
		return a, err
	}
	a.attributes = map[string][]string{}
	for _, read := range []error{
		a.readSubject(p.one("saml:Subject")), a.readConditions(p.one("saml:Conditions")),
		a.readAuthn(p.one("saml:AuthnStatement")), a.readAttributes(p["saml:AttributeStatement"]),
	} {
		if read != nil {
			return a, read
		}
	}
	return a, nil
}

func readIssuer(el *etree.Element) (string, error) {
	if f := attribute(el, "Format"); f != "" && f != entity {
		return "", errors.New("the issuer is named in another format")
	}
	return text(el)
}

func (a *assertion) readSubject(el *etree.Element) error {
	p, err := shape(el, "saml:NameID", "saml:SubjectConfirmation")
	if err != nil {
		return err
	}
	if a.format, a.qualifiers, a.subject, err = readName(p.one("saml:NameID")); err != nil {
		return err
	}
	confirmation := p.one("saml:SubjectConfirmation")
	if p, err = shape(confirmation, "saml:SubjectConfirmationData"); err != nil {
		return err
	}
	data := p.one("saml:SubjectConfirmationData")
	if _, err := shape(data); err != nil {
		return err
	}
	a.method, a.recipient, a.request = attribute(confirmation, "Method"), attribute(data, "Recipient"), attribute(data, "InResponseTo")
	if attribute(data, "NotBefore") != "" {
		return errors.New("the confirmation has a beginning, which a bearer's has not")
	}
	a.confirmedUntil, err = instant(data, "NotOnOrAfter")
	return err
}

func readName(el *etree.Element) (format string, qualifiers [2]string, name string, err error) {
	if format = attribute(el, "Format"); format == "" {
		format = unspecified
	}
	qualifiers = [2]string{attribute(el, "NameQualifier"), attribute(el, "SPNameQualifier")}
	if attribute(el, "SPProvidedID") != "" {
		return "", qualifiers, "", errors.New("the NameID is one that the portal would have given")
	}
	if name, err = text(el); err != nil {
		return "", qualifiers, "", err
	}
	return format, qualifiers, name, checkName("NameID", name)
}

const maxName = 255 // bytes of a subject or a session

// checkName takes what names somebody or something at the provider.
func checkName(what, name string) error {
	if name == "" || len(name) > maxName || name != strings.TrimSpace(name) || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("the %s is empty, too long or has characters that it cannot have", what)
	}
	return nil
}

func (a *assertion) readConditions(el *etree.Element) (err error) {
	p, err := shape(el, "saml:AudienceRestriction*", "saml:OneTimeUse?", "saml:ProxyRestriction?")
	if err != nil {
		return err
	}
	if a.from, err = maybeInstant(el, "NotBefore"); err != nil {
		return err
	}
	if a.until, err = maybeInstant(el, "NotOnOrAfter"); err != nil {
		return err
	}
	for _, restriction := range p["saml:AudienceRestriction"] {
		in, err := shape(restriction, "saml:Audience*")
		if err != nil {
			return err
		}
		names, err := texts(in["saml:Audience"])
		if err != nil {
			return err
		}
		a.audiences = append(a.audiences, names)
	}
	return nil
}

func (a *assertion) readAuthn(el *etree.Element) (err error) {
	p, err := shape(el, "saml:SubjectLocality?", "saml:AuthnContext")
	if err != nil {
		return err
	}
	if a.signedIn, err = instant(el, "AuthnInstant"); err != nil {
		return err
	}
	if a.sessionEnds, err = maybeInstant(el, "SessionNotOnOrAfter"); err != nil {
		return err
	}
	if a.session = attribute(el, "SessionIndex"); a.session != "" {
		if err := checkName("SessionIndex", a.session); err != nil {
			return err
		}
	}
	p, err = shape(p.one("saml:AuthnContext"), "saml:AuthnContextClassRef?", "saml:AuthnContextDeclRef?", "saml:AuthenticatingAuthority*")
	if err != nil {
		return err
	}
	if class := p.one("saml:AuthnContextClassRef"); class != nil {
		a.context, err = text(class)
	}
	return err
}

// readAttributes reads what there is in text. Values of other forms are left
// out: nobody here could use them.
func (a *assertion) readAttributes(statements []*etree.Element) error {
	for _, statement := range statements {
		p, err := shape(statement, "saml:Attribute*")
		if err != nil {
			return err
		}
		for _, at := range p["saml:Attribute"] {
			in, err := shape(at, "saml:AttributeValue*")
			if err != nil {
				return err
			}
			name := attribute(at, "Name")
			if name == "" || !utf8.ValidString(name) {
				return errors.New("an attribute has no name")
			}
			for _, v := range in["saml:AttributeValue"] {
				if s, err := text(v); err == nil {
					a.attributes[name] = append(a.attributes[name], strings.TrimSpace(s))
				}
			}
		}
	}
	return nil
}

func texts(els []*etree.Element) (out []string, err error) {
	for _, el := range els {
		s, err := text(el)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func instant(el *etree.Element, key string) (time.Time, error) {
	t, err := maybeInstant(el, key)
	if err == nil && t.IsZero() {
		err = fmt.Errorf("the %s has no %s", brief(el.Tag), key)
	}
	return t, err
}

// maybeInstant reads a time, which has to say how far from UTC it is.
func maybeInstant(el *etree.Element, key string) (time.Time, error) {
	s := attribute(el, key)
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 2000 {
		return time.Time{}, fmt.Errorf("the %s of the %s is no time", key, brief(el.Tag))
	}
	return t.UTC(), nil
}
