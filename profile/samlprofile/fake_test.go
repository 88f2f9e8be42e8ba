package samlprofile_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"
)

const (
	issuer      = "https://id.example/idp"
	samlp       = "urn:oasis:names:tc:SAML:2.0:protocol"
	saml        = "urn:oasis:names:tc:SAML:2.0:assertion"
	success     = "urn:oasis:names:tc:SAML:2.0:status:Success"
	persistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	password    = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	mfa         = "https://refeds.org/profile/mfa"
	stampLayout = "2006-01-02T15:04:05Z"
)

// A pair is a key and the certificate for it.
type pair struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

func newPair(bits int, from, until time.Time) pair {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return pair{key, cert}
}

func (p pair) tls() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key, Leaf: p.cert}
}

// Keys are made once: they take time.
var (
	theirs  = sync.OnceValue(func() pair { return newPair(2048, day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0)) })
	next    = sync.OnceValue(func() pair { return newPair(2048, day.AddDate(-1, 0, 0), day.AddDate(2, 0, 0)) })
	expired = sync.OnceValue(func() pair { return newPair(2048, day.AddDate(-2, 0, 0), day.AddDate(0, 0, -1)) })
	weak    = sync.OnceValue(func() pair { return newPair(1024, day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0)) })
	evil    = sync.OnceValue(func() pair { return newPair(2048, day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0)) })
	ours    = sync.OnceValue(func() pair { return newPair(2048, day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0)) })
)

// A fake is a provider of identities that does everything right, until one of
// its switches makes it do something else.
type fake struct {
	t     *testing.T
	now   func() time.Time
	n     int
	certs []pair // what it says its keys are

	signs          pair
	plainAssertion bool // the assertion is not signed
	signResponse   bool
	encrypt        string // how: gcm, cbc
	hash           crypto.Hash
	canonicalizer  dsig.Canonicalizer
	say            map[string]string    // what differs from the usual
	attributes     string               // the AttributeStatement
	assertion      func(*etree.Element) // before it is signed
	afterAssertion func(*etree.Element) // when it is signed
	response       func(*etree.Element) // before it is signed
	afterResponse  func(*etree.Element) // when it is signed
	text           func(string) string  // at last
	form           func(url.Values)     // the form that the browser sends
	metadata       func(string) string  // what it says of itself
	keyInfo        bool                 // leave KeyInfo in signatures
	issued         []string             // whatever must not be in a log
	wrap           func(*etree.Element) // changes an EncryptedAssertion
	keyWrap        string
}

func newFake(t *testing.T, now func() time.Time) *fake {
	return &fake{
		t: t, now: now, certs: []pair{theirs()}, signs: theirs(), hash: crypto.SHA256, canonicalizer: dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""),
		keyInfo: true, say: map[string]string{}, keyWrap: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
		attributes: `<saml:AttributeStatement><saml:Attribute Name="displayName"><saml:AttributeValue>Ann Ash</saml:AttributeValue></saml:Attribute>` +
			`<saml:Attribute Name="mail"><saml:AttributeValue>ann@acme.example</saml:AttributeValue></saml:Attribute>` +
			`<saml:Attribute Name="groups"><saml:AttributeValue>a</saml:AttributeValue><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`,
	}
}

func (f *fake) describe() string {
	var keys strings.Builder
	for _, c := range f.certs {
		fmt.Fprintf(&keys, `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
			base64.StdEncoding.EncodeToString(c.cert.Raw))
	}
	s := `<?xml version="1.0"?><!-- made by hand --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + issuer + `"><md:IDPSSODescriptor protocolSupportEnumeration="` + samlp + `">` +
		keys.String() + `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://id.example/slo" ResponseLocation="https://id.example/slo/done"/>` +
		`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://id.example/post"/>` +
		`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://id.example/sso?tenant=1"/></md:IDPSSODescriptor></md:EntityDescriptor>`
	if f.metadata != nil {
		s = f.metadata(s)
	}
	return s
}

// A request is what the portal sent the browser to the provider with.
type request struct {
	el    *etree.Element
	query url.Values
}

// read reads a message in an address, as the provider would.
func (f *fake) read(location, kind string) request {
	f.t.Helper()
	u, err := url.Parse(location)
	require.NoError(f.t, err)
	q := u.Query()
	packed, err := base64.StdEncoding.DecodeString(q.Get(kind))
	require.NoError(f.t, err, location)
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	require.NoError(f.t, err)
	doc := etree.NewDocument()
	require.NoError(f.t, doc.ReadFromBytes(data))
	return request{doc.Root(), q}
}

func (f *fake) id() string {
	f.n++
	return fmt.Sprintf("_made%d", f.n)
}

func stamp(t time.Time) string { return t.Format(stampLayout) }

// usual is what a good answer to a request says.
func (f *fake) usual(id, acs, entity string) map[string]string {
	now := f.now()
	m := map[string]string{
		"response": f.id(), "assertion": f.id(), "issued": stamp(now), "assertion-issued": stamp(now), "destination": acs, "recipient": acs,
		"request": id, "assertion-request": id, "issuer": issuer, "assertion-issuer": issuer, "status": success, "format": persistent, "name": "n-ann",
		"method": "urn:oasis:names:tc:SAML:2.0:cm:bearer", "until": stamp(now.Add(5 * time.Minute)), "from": stamp(now.Add(-10 * time.Second)),
		"confirmed": stamp(now.Add(5 * time.Minute)), "audience": entity, "signed-in": stamp(now), "session": "s-1", "context": password,
	}
	maps.Copy(m, f.say)
	return m
}

func fill(template string, m map[string]string) *etree.Element {
	for name, value := range m {
		template = strings.ReplaceAll(template, "{"+name+"}", value)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromString(template); err != nil {
		panic(err)
	}
	return doc.Root()
}

const (
	assertionText = `<saml:Assertion xmlns:saml="` + saml + `" ID="{assertion}" Version="2.0" IssueInstant="{assertion-issued}"><saml:Issuer>{assertion-issuer}</saml:Issuer>` +
		`<saml:Subject><saml:NameID Format="{format}">{name}</saml:NameID><saml:SubjectConfirmation Method="{method}">` +
		`<saml:SubjectConfirmationData NotOnOrAfter="{confirmed}" Recipient="{recipient}" InResponseTo="{assertion-request}"/></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="{from}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
		`<saml:AuthnStatement AuthnInstant="{signed-in}" SessionIndex="{session}"><saml:AuthnContext><saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>`
	responseText = `<samlp:Response xmlns:samlp="` + samlp + `" xmlns:saml="` + saml + `" ID="{response}" Version="2.0" IssueInstant="{issued}" Destination="{destination}" InResponseTo="{request}">` +
		`<saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status></samlp:Response>`
)

// answer is the form that the provider lets the browser send.
func (f *fake) answer(id, acs, entity string) url.Values {
	m := f.usual(id, acs, entity)
	a, r := fill(assertionText, m), fill(responseText, m)
	drop(a, r)
	for _, child := range fill(`<x xmlns:saml="`+saml+`">`+f.attributes+`</x>`, nil).ChildElements() {
		a.AddChild(child)
	}
	do(f.assertion, a)
	if !f.plainAssertion {
		f.sign(a)
	}
	do(f.afterAssertion, a)
	if f.encrypt != "" {
		a = f.sealed(a)
	}
	r.AddChild(a)
	do(f.response, r)
	if f.signResponse {
		f.sign(r)
	}
	do(f.afterResponse, r)
	text := written(r)
	if f.text != nil {
		text = f.text(text)
	}
	v := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(text))}}
	f.issued = append(f.issued, v.Get("SAMLResponse"), m["assertion"])
	if f.form != nil {
		f.form(v)
	}
	return v
}

// drop takes away the attributes that are to be missing.
func drop(els ...*etree.Element) {
	for _, el := range els {
		for _, one := range append(el.FindElements(".//*"), el) {
			for _, a := range append([]etree.Attr(nil), one.Attr...) {
				if a.Value == "-" {
					one.RemoveAttr(a.Key)
				}
			}
		}
	}
}

func do(change func(*etree.Element), el *etree.Element) {
	if change != nil {
		change(el)
	}
}

func written(el *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(el.Copy())
	s, err := doc.WriteToString()
	if err != nil {
		panic(err)
	}
	return s
}

// sign puts a signature after the issuer.
func (f *fake) sign(el *etree.Element) {
	c, err := dsig.NewSigningContext(f.signs.key, [][]byte{f.signs.cert.Raw})
	require.NoError(f.t, err)
	c.Hash, c.Canonicalizer = f.hash, f.canonicalizer
	sig, err := c.ConstructSignature(el, true)
	require.NoError(f.t, err)
	if !f.keyInfo {
		sig.RemoveChild(sig.FindElement("./KeyInfo"))
	}
	el.InsertChildAt(1, sig)
}

// sealed encrypts an assertion for the portal.
func (f *fake) sealed(el *etree.Element) *etree.Element {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	how, secret := seal(f.encrypt, key, []byte(written(el)))
	var wrapped []byte
	var err error
	if strings.HasSuffix(f.keyWrap, "rsa-1_5") {
		wrapped, err = rsa.EncryptPKCS1v15(rand.Reader, &ours().key.PublicKey, key) //nolint:staticcheck // the portal has to refuse it
	} else {
		wrapped, err = rsa.EncryptOAEP(sha1.New(), rand.Reader, &ours().key.PublicKey, key, nil)
	}
	require.NoError(f.t, err)
	out := fill(`<saml:EncryptedAssertion xmlns:saml="`+saml+`"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">`+
		`<xenc:EncryptionMethod Algorithm="{how}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{wrap}"><ds:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></xenc:EncryptionMethod>`+
		`<xenc:CipherData><xenc:CipherValue>{key}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{data}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`,
		map[string]string{"how": how, "wrap": f.keyWrap, "key": base64.StdEncoding.EncodeToString(wrapped), "data": base64.StdEncoding.EncodeToString(secret)})
	do(f.wrap, out)
	return out
}

func seal(how string, key, plain []byte) (string, []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	if how == "cbc" {
		pad := aes.BlockSize - len(plain)%aes.BlockSize
		plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
		out := make([]byte, aes.BlockSize+len(plain))
		_, _ = rand.Read(out[:aes.BlockSize])
		cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], plain)
		return "http://www.w3.org/2001/04/xmlenc#aes256-cbc", out
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce)
	if how == "des" {
		return "http://www.w3.org/2001/04/xmlenc#tripledes-cbc", gcm.Seal(nonce, nonce, plain, nil)
	}
	return "http://www.w3.org/2009/xmlenc11#aes256-gcm", gcm.Seal(nonce, nonce, plain, nil)
}

// query signs a message for an address.
func (f *fake) query(kind, text, relay string) string {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, 9)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	q := kind + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		q += "&RelayState=" + url.QueryEscape(relay)
	}
	return f.signQuery(q)
}

func (f *fake) signQuery(q string) string {
	q += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(q))
	sig, err := rsa.SignPKCS1v15(nil, f.signs.key, crypto.SHA256, sum[:])
	require.NoError(f.t, err)
	return q + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig))
}

const sha256WithRSA = x509.SHA256WithRSA

func unquoted(t *testing.T, s string) []byte {
	t.Helper()
	plain, err := url.QueryUnescape(s)
	require.NoError(t, err)
	sig, err := base64.StdEncoding.DecodeString(plain)
	require.NoError(t, err)
	return sig
}
