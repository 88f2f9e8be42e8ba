package samlprofile

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const (
	enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	minKey    = 2048 // bits of an RSA key
)

// The algorithms that are taken. SHA-1 is not among them, and neither are those
// that need a shared secret. ECDSA is left out because the library expects a
// form of signature that XML Signature does not have.
var (
	signatures = []string{dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod}
	digests    = []string{
		"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512",
	}
)

// errUnsigned is the lack of a signature, as opposed to a bad one.
var errUnsigned = errors.New("there is no signature")

// errBadSignature is one that none of the certificates made.
var errBadSignature = errors.New("the signature is not good")

// verified returns what the signature of an element was made over, read anew
// from those very bytes: nothing of the element that was given is used after.
func verified(el *etree.Element, keys []*x509.Certificate, now time.Time) (*etree.Element, error) {
	if err := checkSignature(el); err != nil {
		return nil, err
	}
	around, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	alone, err := etreeutils.NSDetatch(around, el)
	if err != nil {
		return nil, err
	}
	// The key comes from the provider's description. What a signature says about
	// its own is not looked at.
	for _, sig := range alone.ChildElements() {
		if !is(sig, "ds:Signature") {
			continue
		}
		for _, info := range sig.ChildElements() {
			if is(info, "ds:KeyInfo") {
				sig.RemoveChild(info)
			}
		}
	}
	return verifyWith(alone, keys, now)
}

func verifyWith(el *etree.Element, keys []*x509.Certificate, now time.Time) (*etree.Element, error) {
	err := errors.New("there is no certificate to check it with")
	for _, key := range keys {
		c := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{key}})
		c.Clock = dsig.NewFakeClockAt(now)
		var out *etree.Element
		if out, err = c.Validate(el); err == nil {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%w: the %s: %w", errBadSignature, el.Tag, err)
}

// checkSignature refuses every form of signature but the usual one: directly in
// the element, over the whole of it, with strong algorithms.
func checkSignature(el *etree.Element) error {
	var sigs []*etree.Element
	for _, child := range el.ChildElements() {
		if is(child, "ds:Signature") {
			sigs = append(sigs, child)
		}
	}
	switch {
	case len(sigs) == 0:
		return errUnsigned
	case len(sigs) > 1:
		return errors.New("there are several signatures")
	}
	p, err := shape(sigs[0], "ds:SignedInfo", "ds:SignatureValue", "ds:KeyInfo?")
	if err != nil {
		return err
	}
	p, err = shape(p.one("ds:SignedInfo"), "ds:CanonicalizationMethod", "ds:SignatureMethod", "ds:Reference")
	if err != nil {
		return err
	}
	if got := attribute(p.one("ds:SignatureMethod"), "Algorithm"); !slices.Contains(signatures, got) {
		return fmt.Errorf("the signature method %q is not taken", brief(got))
	}
	if err := checkCanonical(p.one("ds:CanonicalizationMethod")); err != nil {
		return err
	}
	if n := references(el, attribute(el, "ID")); n != 1 {
		return fmt.Errorf("there are %d references to what is signed", n)
	}
	return checkReference(p.one("ds:Reference"), attribute(el, "ID"))
}

// references counts what claims to sign the element with an ID, wherever it is.
func references(el *etree.Element, id string) int {
	n := 0
	if uri := attribute(el, "URI"); el.Tag == "Reference" && (uri == "" || uri == "#"+id) {
		n++
	}
	for _, child := range el.ChildElements() {
		n += references(child, id)
	}
	return n
}

func checkReference(ref *etree.Element, id string) error {
	if id == "" || attribute(ref, "URI") != "#"+id {
		return errors.New("the signature is about another element")
	}
	p, err := shape(ref, "ds:Transforms", "ds:DigestMethod", "ds:DigestValue")
	if err != nil {
		return err
	}
	if got := attribute(p.one("ds:DigestMethod"), "Algorithm"); !slices.Contains(digests, got) {
		return fmt.Errorf("the digest method %q is not taken", brief(got))
	}
	t, err := shape(p.one("ds:Transforms"), "ds:Transform*")
	if err != nil {
		return err
	}
	list := t["ds:Transform"]
	if len(list) != 2 || attribute(list[0], "Algorithm") != enveloped || len(list[0].ChildElements()) > 0 {
		return errors.New("the signature transforms what it is about in a way that is not taken")
	}
	return checkCanonical(list[1])
}

func checkCanonical(el *etree.Element) error {
	if attribute(el, "Algorithm") != exclusive {
		return errors.New("the signature canonicalizes in a way that is not taken")
	}
	_, err := shape(el, "ec:InclusiveNamespaces?")
	return err
}

// usable returns the certificates that a signature may be checked with: RSA keys
// of 2048 bits or more.
func usable(certs []*x509.Certificate) (out []*x509.Certificate) {
	for _, c := range certs {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() >= minKey && !slices.ContainsFunc(out, c.Equal) {
			out = append(out, c)
		}
	}
	return out
}

// current returns the certificates that are valid at a time.
func current(certs []*x509.Certificate, now time.Time) (out []*x509.Certificate) {
	for _, c := range certs {
		if !now.Before(c.NotBefore) && !now.After(c.NotAfter) {
			out = append(out, c)
		}
	}
	return out
}

// spaceless is base64 without the line breaks that some put in.
func spaceless(s string) string { return strings.Join(strings.Fields(s), "") }
