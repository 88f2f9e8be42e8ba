package samlprofile

import (
	"encoding/base64"
	"errors"

	"github.com/beevik/etree"
)

// An answer is a response of the provider whose signature was checked.
type answer struct {
	assertion assertion
	request   string // what the response answers, or empty
}

const success = statuses + "Success"

// readAnswer reads a response as it comes in a form. Nothing is believed that is
// not under a signature of the provider.
func (p *Provider) readAnswer(encoded string, d *description) (a answer, err error) {
	data, err := base64.StdEncoding.DecodeString(spaceless(encoded))
	if err != nil {
		return a, errors.New("the answer cannot be read")
	}
	el, err := parse(data, messageScope)
	if err != nil {
		return a, err
	}
	if !is(el, "samlp:Response") {
		return a, errors.New("the answer is no response")
	}
	el, signed, err := p.trusted(el, d)
	if err != nil {
		return a, err
	}
	ps, err := p.readEnvelope(el, d)
	if err != nil {
		return a, err
	}
	a.request = attribute(el, "InResponseTo")
	// Whatever is not where it belongs might be meant for another reader.
	if everywhere(el, "Assertion")+everywhere(el, "EncryptedAssertion") != 1 || everywhere(el, "Response") != 1 {
		return a, errors.New("the answer has not one assertion")
	}
	if el, err = p.assertionOf(ps, d, signed); err != nil {
		return a, err
	}
	a.assertion, err = readAssertion(el)
	return a, err
}

// trusted returns what is signed of an element, or the element as it is if it
// has no signature.
func (p *Provider) trusted(el *etree.Element, d *description) (*etree.Element, bool, error) {
	out, err := verified(el, d.certs, p.clock())
	if errors.Is(err, errUnsigned) {
		return el, false, nil
	}
	return out, err == nil, err
}

// readEnvelope checks what a response says of itself, and takes it apart.
func (p *Provider) readEnvelope(el *etree.Element, d *description) (parts, error) {
	ps, err := shape(el, "saml:Issuer?", "ds:Signature?", "samlp:Status", "saml:Assertion*", "saml:EncryptedAssertion*")
	if err != nil {
		return nil, err
	}
	if err := p.checkMessage(el, ps.one("saml:Issuer"), d, p.address("/acs")); err != nil {
		return nil, err
	}
	return ps, checkStatus(ps.one("samlp:Status"))
}

// checkMessage checks what every message of the provider has.
func (p *Provider) checkMessage(el, issuer *etree.Element, d *description, at string) error {
	now, skew := p.clock(), p.opts.Skew
	issued, err := instant(el, "IssueInstant")
	switch {
	case err != nil:
		return err
	case attribute(el, "Version") != "2.0":
		return errors.New("the message is of another version of SAML")
	case attribute(el, "ID") == "":
		return errors.New("the message has no ID")
	case attribute(el, "Destination") != at:
		return errors.New("the message has another destination")
	case issued.After(now.Add(skew)):
		return errors.New("the message was not issued yet")
	case issued.Before(now.Add(-flowLife - skew)):
		return errors.New("the message was issued too long ago")
	case issuer == nil:
		return nil
	}
	name, err := readIssuer(issuer)
	if err == nil && name != d.issuer {
		err = errors.New("the message is from another provider")
	}
	return err
}

func checkStatus(el *etree.Element) error {
	if len(el.ChildElements()) == 0 || !is(el.ChildElements()[0], "samlp:StatusCode") {
		return errors.New("the answer has no status")
	}
	code := el.ChildElements()[0]
	e := statusError{top: attribute(code, "Value")}
	for _, sub := range code.ChildElements() {
		e.sub = attribute(sub, "Value")
	}
	if e.top != success {
		return e
	}
	return nil
}

// assertionOf returns the assertion, from under a signature.
func (p *Provider) assertionOf(ps parts, d *description, signed bool) (*etree.Element, error) {
	el := ps.one("saml:Assertion")
	if el == nil {
		var err error
		if el, err = decrypt(ps.one("saml:EncryptedAssertion"), p.keys, signed); err != nil {
			return nil, err
		}
		if everywhere(el, "Assertion")+everywhere(el, "EncryptedAssertion") != 1 {
			return nil, errors.New("the answer has not one assertion")
		}
	}
	el, own, err := p.trusted(el, d)
	if err == nil && !own && !signed {
		err = errors.New("the assertion is not signed")
	}
	return el, err
}
