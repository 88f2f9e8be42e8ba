package samlprofile

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// newID is the ID of a message: not to be guessed, and a name in XML.
func newID() string { return "_" + strings.ToLower(rand.Text()) }

// message begins a message to the provider.
func (p *Provider) message(name, id, to string) *etree.Element {
	el := etree.NewElement("samlp:" + name)
	for _, prefix := range []string{"samlp", "saml"} {
		el.CreateAttr("xmlns:"+prefix, namespaces[prefix])
	}
	el.CreateAttr("ID", id)
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", p.clock().Format("2006-01-02T15:04:05Z"))
	el.CreateAttr("Destination", to)
	el.CreateElement("saml:Issuer").SetText(p.config.Entity)
	return el
}

// ask is a request to sign somebody in.
func (p *Provider) ask(d *description, f flow) *etree.Element {
	el := p.message("AuthnRequest", f.ID, d.signIn)
	el.CreateAttr("ProtocolBinding", post)
	el.CreateAttr("AssertionConsumerServiceURL", p.address("/acs"))
	if f.Strong {
		el.CreateAttr("ForceAuthn", "true")
	}
	policy := el.CreateElement("samlp:NameIDPolicy")
	policy.CreateAttr("AllowCreate", "true")
	if p.opts.NameID != NameIDUnspecified {
		policy.CreateAttr("Format", p.opts.NameID)
	}
	if f.Strong && len(p.opts.Strong) > 0 {
		wanted := el.CreateElement("samlp:RequestedAuthnContext")
		wanted.CreateAttr("Comparison", "exact")
		for _, class := range p.opts.Strong {
			wanted.CreateElement("saml:AuthnContextClassRef").SetText(class)
		}
	}
	return el
}

// farewell is a request to sign somebody out.
func (p *Provider) farewell(d *description, subject, session string) *etree.Element {
	el := p.message("LogoutRequest", newID(), d.signOut)
	el.CreateAttr("NotOnOrAfter", p.clock().Add(5*time.Minute).Format("2006-01-02T15:04:05Z"))
	name := el.CreateElement("saml:NameID")
	name.CreateAttr("Format", p.opts.NameID)
	name.SetText(subject)
	if session != "" {
		el.CreateElement("samlp:SessionIndex").SetText(session)
	}
	return el
}

// heard is the answer to the provider's request to sign somebody out.
func (p *Provider) heard(d *description, request string) *etree.Element {
	el := p.message("LogoutResponse", newID(), d.signedOut)
	el.CreateAttr("InResponseTo", request)
	el.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", success)
	return el
}

// redirect is the address that carries a message to the provider, signed if the
// portal has a key.
func (p *Provider) redirect(to, kind string, el *etree.Element, relay string) (string, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	data, err := doc.WriteToBytes()
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err = w.Write(data); err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", err
	}
	query := kind + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	if query, err = p.sign(query); err != nil {
		return "", err
	}
	between := "?"
	if strings.Contains(to, "?") {
		between = "&"
	}
	return to + between + query, nil
}

// sign adds to a query what proves whose it is.
func (p *Provider) sign(query string) (string, error) {
	if len(p.keys) == 0 {
		return query, nil
	}
	query += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(query))
	sig, err := rsa.SignPKCS1v15(nil, p.keys[0], crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig)), nil
}

const maxPacked = 64 << 10 // bytes of a message in an address, unpacked

// unpack returns the message in a query.
func unpack(encoded string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the message cannot be read")
	}
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPacked+1))
	if err != nil {
		return nil, errors.New("the message cannot be unpacked")
	}
	if len(data) > maxPacked {
		return nil, errors.New("the message is too large")
	}
	return data, nil
}

// readQuery returns the values of a query as they were sent. What could be
// taken for two names, or for none, is refused: what is believed is what was
// signed.
func readQuery(raw string) (map[string]string, error) {
	if len(raw) > maxPacked {
		return nil, errors.New("the query is too long")
	}
	sent := map[string]string{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if _, ok := sent[name]; ok || strings.ContainsAny(name, "%+;") {
			return nil, errors.New("the query says something twice, or in disguise")
		}
		sent[name] = value
	}
	return sent, nil
}

// checkQuery checks the signature over a query, which is made over its letters
// as they were sent.
func checkQuery(sent map[string]string, kind string, certs []*x509.Certificate) error {
	if sent["Signature"] == "" {
		return errUnsigned
	}
	sig, err := unescape64(sent["Signature"])
	if err != nil {
		return err
	}
	how, err := url.QueryUnescape(sent["SigAlg"])
	if err != nil {
		return errors.New("the signature method cannot be read")
	}
	algorithm, ok := map[string]x509.SignatureAlgorithm{
		signatures[0]: x509.SHA256WithRSA, signatures[1]: x509.SHA384WithRSA, signatures[2]: x509.SHA512WithRSA,
	}[how]
	if !ok {
		return errors.New("the signature method is not taken")
	}
	signed := kind + "=" + sent[kind]
	if relay, ok := sent["RelayState"]; ok {
		signed += "&RelayState=" + relay
	}
	signed += "&SigAlg=" + sent["SigAlg"]
	for _, cert := range certs {
		if cert.CheckSignature(algorithm, []byte(signed), sig) == nil {
			return nil
		}
	}
	return errors.New("the signature of the query is not good")
}

func unescape64(s string) ([]byte, error) {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return nil, errors.New("the signature cannot be read")
	}
	sig, err := base64.StdEncoding.DecodeString(spaceless(plain))
	if err != nil {
		return nil, errors.New("the signature cannot be read")
	}
	return sig, nil
}
