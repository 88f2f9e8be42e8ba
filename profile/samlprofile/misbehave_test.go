package samlprofile_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

// A misbehaviour is something that a provider, a browser or somebody between
// them does wrong.
type misbehaviour struct {
	name    string
	world   func(*world)
	fake    func(*fake)
	drive   func(*world, *browser) page // nil signs in the usual way
	why     string                      // what the log says
	message string                      // what the reader is told, a key; "" means untrusted
}

const (
	untrusted   = "error.profile.signin_untrusted"
	over        = "error.profile.signin_expired"
	unavailable = "error.profile.signin_unavailable"
	denied      = "error.profile.signin_denied"
	noAccess    = "error.profile.signin_no_access"
	notStrong   = "error.profile.signin_not_strong"
)

// says changes one thing that the answer says.
func says(name, value string) func(*fake) {
	return func(f *fake) { f.say[name] = value }
}

func later(d time.Duration) string { return stamp(day.Add(d)) }

// within changes something in the assertion before it is signed.
func within(path string, change func(*etree.Element)) func(*fake) {
	return func(f *fake) {
		f.assertion = func(a *etree.Element) { change(a.FindElement(path)) }
	}
}

func add(text string) func(*etree.Element) {
	return func(el *etree.Element) { el.AddChild(fill(text, nil)) }
}

const ns = ` xmlns:saml="` + saml + `" xmlns:samlp="` + samlp + `"`

func contentMisbehaviours() []misbehaviour {
	return []misbehaviour{
		{name: "issuer of another", fake: says("assertion-issuer", "https://evil.example"), why: "from another provider"},
		{name: "issuer with a slash more", fake: says("assertion-issuer", issuer+"/"), why: "from another provider"},
		{name: "issuer in other letters", fake: says("assertion-issuer", strings.ToUpper(issuer)), why: "from another provider"},
		{name: "issuer with a space", fake: says("assertion-issuer", issuer+" "), why: "from another provider"},
		{name: "issuer of the response another", fake: says("issuer", "https://evil.example"), why: "from another provider"},
		{name: "issuer in another format", fake: within("./Issuer", func(el *etree.Element) { el.CreateAttr("Format", persistent) }), why: "another format"},
		{name: "issuer missing", fake: func(f *fake) {
			f.signResponse, f.plainAssertion = true, true
			f.assertion = func(a *etree.Element) { a.RemoveChild(a.FindElement("./Issuer")) }
		}, why: "0 of saml:Issuer"},
		{name: "audience of another", fake: says("audience", "https://other.example/metadata"), why: "another audience"},
		{name: "audience that begins alike", fake: says("audience", "http://127.0.0.1"), why: "another audience"},
		{name: "audience empty", fake: says("audience", ""), why: "another audience"},
		{name: "no audience", fake: within("./Conditions", func(el *etree.Element) { el.RemoveChild(el.ChildElements()[0]) }), why: "names no audience"},
		{name: "a second restriction for others", fake: within("./Conditions", add(`<saml:AudienceRestriction`+ns+`><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>`)), why: "another audience"},
		{name: "no conditions", fake: func(f *fake) {
			f.assertion = func(a *etree.Element) { a.RemoveChild(a.FindElement("./Conditions")) }
		}, why: "0 of saml:Conditions"},
		{name: "a condition that nobody knows", fake: within("./Conditions", add(`<saml:Condition`+ns+` Type="x"/>`)), why: "not taken"},
		{name: "recipient of another", fake: says("recipient", "https://other.example/acs"), why: "another recipient"},
		{name: "recipient missing", fake: says("recipient", "-"), why: "another recipient"},
		{name: "destination of another", fake: says("destination", "https://other.example/acs"), why: "another destination"},
		{name: "destination missing", fake: says("destination", "-"), why: "another destination"},
		{name: "not yet valid", fake: says("from", later(2*time.Minute)), why: "not valid yet"},
		{name: "expired by its conditions", fake: says("until", later(-2*time.Minute)), why: "has expired"},
		{name: "expired by its confirmation", fake: says("confirmed", later(-2*time.Minute)), why: "has expired"},
		{name: "expired to the second", fake: says("confirmed", later(-time.Minute)), why: "has expired"},
		{name: "confirmed without an end", fake: says("confirmed", "-"), why: "has no NotOnOrAfter"},
		{name: "confirmed for a year", fake: says("confirmed", later(365*24*time.Hour)), why: "lives too long"},
		{name: "confirmed from a time on", fake: within(".//SubjectConfirmationData", func(el *etree.Element) { el.CreateAttr("NotBefore", later(-time.Minute)) }), why: "has a beginning"},
		{name: "issued in the future", fake: says("assertion-issued", later(2*time.Minute)), why: "not issued yet"},
		{name: "issued long ago", fake: says("assertion-issued", later(-25*time.Hour)), why: "too long ago"},
		{name: "issued before it was asked for", fake: says("assertion-issued", later(-2*time.Minute)), why: "before this sign-in began"},
		{name: "response issued in the future", fake: says("issued", later(2*time.Minute)), why: "not issued yet"},
		{name: "response issued long ago", fake: says("issued", later(-12*time.Minute)), why: "too long ago"},
		{name: "a time without a zone", fake: says("assertion-issued", "2126-03-01T09:30:00"), why: "is no time"},
		{name: "a time that is none", fake: says("until", "soon"), why: "is no time"},
		{name: "a time in year one", fake: says("from", "0001-01-01T00:00:00Z"), why: "is no time"},
		{name: "signed in tomorrow", fake: says("signed-in", later(24*time.Hour)), why: "not signed in yet"},
		{name: "session over", fake: within("./AuthnStatement", func(el *etree.Element) { el.CreateAttr("SessionNotOnOrAfter", later(-time.Second)) }), why: "has ended"},
		{name: "confirmed by a key", fake: says("method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"), why: "not confirmed by bearing"},
		{name: "two confirmations", fake: within("./Subject", func(el *etree.Element) { el.AddChild(el.FindElement("./SubjectConfirmation").Copy()) }), why: "2 of saml:SubjectConfirmation"},
		{name: "another version", fake: func(f *fake) {
			f.assertion = func(a *etree.Element) { a.CreateAttr("Version", "1.1") }
		}, why: "another version"},
		{name: "response of another version", fake: func(f *fake) {
			f.response = func(r *etree.Element) { r.CreateAttr("Version", "1.1") }
		}, why: "another version"},
		{name: "no statement of a sign-in", fake: func(f *fake) {
			f.assertion = func(a *etree.Element) { a.RemoveChild(a.FindElement("./AuthnStatement")) }
		}, why: "0 of saml:AuthnStatement"},
		{name: "advice with another assertion", fake: func(f *fake) {
			f.assertion = func(a *etree.Element) {
				a.AddChild(fill(`<saml:Advice`+ns+`><saml:Assertion ID="_x"/></saml:Advice>`, nil))
			}
		}, why: "not one assertion"},
	}
}

func nameMisbehaviours() []misbehaviour {
	return []misbehaviour{
		{name: "a transient name", fake: says("format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"), why: "the NameID has the format"},
		{name: "an address for a name", fake: says("format", samlprofile.NameIDEmail), why: "the NameID has the format"},
		{name: "a name without a format", fake: says("format", "-"), why: "the NameID has the format"},
		{name: "a name with a comment that was signed too", fake: func(f *fake) {
			f.say["name"] = "n-ann<!---->.evil"
			f.canonicalizer = dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList("")
		}, why: "has a comment"},
		{name: "a name with a comment put in", fake: func(f *fake) {
			// The signature stays good: canonicalization drops comments, and a
			// careless reader reads up to the comment.
			f.say["name"] = "n-ann.evil"
			f.text = func(s string) string { return strings.Replace(s, "n-ann.evil", "n-ann<!-- -->.evil", 1) }
		}, why: "has a comment"},
		{name: "a name with an instruction in it", fake: func(f *fake) {
			f.text = func(s string) string { return strings.Replace(s, "n-ann", "n-a<?x?>nn", 1) }
		}, why: "processing instruction"},
		{name: "a name in CDATA that was not signed", fake: func(f *fake) {
			f.text = func(s string) string { return strings.Replace(s, "n-ann", "<![CDATA[n-bob]]>", 1) }
		}, why: "could not be verified"},
		{name: "a name with an element in it", fake: says("name", "n-<b>ann</b>"), why: "more than text"},
		{name: "an empty name", fake: says("name", ""), why: "the NameID is empty"},
		{name: "a name with spaces around", fake: says("name", " n-ann"), why: "the NameID is empty"},
		{name: "a name with a line break", fake: says("name", "n-ann&#10;x"), why: "the NameID is empty"},
		{name: "a name that is too long", fake: says("name", strings.Repeat("x", 256)), why: "too long"},
		{name: "a name for another portal", fake: within(".//NameID", func(el *etree.Element) { el.CreateAttr("SPNameQualifier", "https://other.example") }), why: "qualified for others"},
		{name: "a name by another provider", fake: within(".//NameID", func(el *etree.Element) { el.CreateAttr("NameQualifier", "https://other.example") }), why: "qualified for others"},
		{name: "a name that the portal would have given", fake: within(".//NameID", func(el *etree.Element) { el.CreateAttr("SPProvidedID", "x") }), why: "would have given"},
		{name: "two names", fake: within("./Subject", func(el *etree.Element) { el.AddChild(el.FindElement("./NameID").Copy()) }), why: "2 of saml:NameID"},
		{name: "no name", fake: within("./Subject", func(el *etree.Element) { el.RemoveChild(el.FindElement("./NameID")) }), why: "0 of saml:NameID"},
		{name: "an encrypted name", fake: within("./Subject", add(`<saml:EncryptedID`+ns+`/>`)), why: "not taken"},
		{name: "a stranger", fake: says("name", "n-nobody"), why: "not found", message: noAccess},
		{name: "ann's name in other letters", fake: says("name", "N-Ann"), why: "not found", message: noAccess},
		{name: "a stranger with ann's address", fake: says("name", "ann@acme.example"), why: "not found", message: noAccess},
	}
}

func signatureMisbehaviours() []misbehaviour {
	sha1Sign := func(f *fake) { f.hash = crypto.SHA1 }
	changeSig := func(path string, change func(*etree.Element)) func(*fake) {
		return func(f *fake) {
			f.afterAssertion = func(a *etree.Element) { change(a.FindElement("./Signature" + path)) }
		}
	}
	set := func(key, value string) func(*etree.Element) {
		return func(el *etree.Element) { el.CreateAttr(key, value) }
	}
	return []misbehaviour{
		{name: "nothing signed", fake: func(f *fake) { f.plainAssertion = true }, why: "is not signed"},
		{name: "signed by another", fake: func(f *fake) { f.signs = evil() }, why: "signature is not good"},
		{name: "signed by another, saying to be the provider", fake: func(f *fake) { f.signs = pair{evil().key, theirs().cert} }, why: "signature is not good"},
		{name: "signed with SHA-1", fake: sha1Sign, why: "is not taken"},
		{name: "digest with SHA-1", fake: changeSig("//DigestMethod", set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")), why: "digest method"},
		{name: "digest with MD5", fake: changeSig("//DigestMethod", set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#md5")), why: "digest method"},
		{name: "signed with a shared secret", fake: changeSig("//SignatureMethod", set("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha256")), why: "signature method"},
		{name: "no signature method", fake: changeSig("//SignatureMethod", set("Algorithm", "")), why: "signature method"},
		{name: "signature of nothing", fake: changeSig("/SignatureValue", func(el *etree.Element) { el.SetText("") }), why: "signature is not good"},
		{name: "signature of something else", fake: changeSig("//Reference", set("URI", "#_other")), why: "0 references"},
		{name: "signature of the whole document", fake: changeSig("//Reference", set("URI", "")), why: "another element"},
		{name: "two references", fake: changeSig("/SignedInfo", func(el *etree.Element) { el.AddChild(el.FindElement("./Reference").Copy()) }), why: "2 of ds:Reference"},
		{name: "a transform that cuts", fake: changeSig("//Transforms", add(`<ds:Transform xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>`)), why: "transforms what it is about"},
		{name: "a stylesheet for a transform", fake: changeSig("//Transforms", func(el *etree.Element) {
			el.ChildElements()[1].CreateAttr("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
		}), why: "canonicalizes in a way"},
		{name: "no transform", fake: changeSig("//Transforms", func(el *etree.Element) { el.Child = nil }), why: "transforms what it is about"},
		{name: "canonical with comments", fake: func(f *fake) { f.canonicalizer = dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList("") }, why: "canonicalizes in a way"},
		{name: "canonical with all around it", fake: func(f *fake) { f.canonicalizer = dsig.MakeC14N11Canonicalizer() }, why: "canonicalizes in a way"},
		{name: "an object in the signature", fake: changeSig("", add(`<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`)), why: "not taken"},
		{name: "two signatures", fake: func(f *fake) {
			f.afterAssertion = func(a *etree.Element) { a.AddChild(a.FindElement("./Signature").Copy()) }
		}, why: "several signatures"},
		{name: "changed after it was signed", fake: func(f *fake) {
			f.afterAssertion = func(a *etree.Element) { a.FindElement(".//NameID").SetText("n-bob") }
		}, why: "could not be verified"},
		{name: "an attribute added after", fake: func(f *fake) {
			f.afterAssertion = func(a *etree.Element) { a.FindElement(".//SubjectConfirmationData").CreateAttr("Address", "x") }
		}, why: "could not be verified"},
		{name: "signed response, changed", fake: func(f *fake) {
			f.signResponse = true
			f.afterResponse = func(r *etree.Element) { r.FindElement("./Issuer").CreateAttr("x", "y") }
		}, why: "could not be verified"},
		{name: "good assertion in a badly signed response", fake: func(f *fake) {
			f.signResponse = true
			f.afterResponse = func(r *etree.Element) { r.FindElement("./Signature/SignatureValue").SetText("AAAA") }
		}, why: "signature is not good"},
		{name: "badly signed assertion in a good response", fake: func(f *fake) {
			f.signResponse = true
			f.afterAssertion = func(a *etree.Element) { a.FindElement("./Signature/SignatureValue").SetText("AAAA") }
		}, why: "signature is not good"},
		{name: "assertion moved out of a signed response", fake: func(f *fake) {
			f.signResponse, f.plainAssertion = true, true
			f.afterResponse = func(r *etree.Element) { r.RemoveChild(r.FindElement("./Signature")) }
		}, why: "is not signed"},
		{name: "certificate expired", world: func(w *world) { w.fake.certs = []pair{theirs(), expired()} }, fake: func(f *fake) { f.signs = expired() }, why: "not valid at this time"},
		{name: "certificate for encryption", world: func(w *world) {
			w.fake.certs = []pair{theirs(), evil()}
			w.fake.metadata = func(s string) string {
				i := strings.LastIndex(s, `use="signing"`)
				return s[:i] + `use="encryption"` + s[i+len(`use="signing"`):]
			}
		}, fake: func(f *fake) { f.signs = evil() }, why: "signature is not good"},
		{name: "weak key beside a strong one", world: func(w *world) { w.fake.certs = []pair{theirs(), weak()} }, fake: func(f *fake) { f.signs = weak() }, why: "signature is not good"},
		{name: "certificate expired since", world: func(w *world) {}, drive: func(w *world, b *browser) page {
			form := b.answer(b.ask("/saml/login"))
			w.Pass(366 * 24 * time.Hour)
			return b.deliver(form)
		}, why: "has expired", message: unavailable},
	}
}

func flowMisbehaviours() []misbehaviour {
	return []misbehaviour{
		{name: "nobody asked", drive: func(w *world, b *browser) page {
			w.fake.say["request"], w.fake.say["assertion-request"] = "-", "-"
			return b.deliver(b.answer("x"))
		}, why: "nobody asked"},
		{name: "for a request that nobody made", drive: func(w *world, b *browser) page { return b.deliver(b.answer("_invented")) }, why: "not begun here", message: over},
		{name: "response and assertion for different requests", fake: says("request", "_other"), why: "different requests"},
		{name: "only the response for a request", fake: says("assertion-request", "-"), why: "different requests"},
		{name: "only the assertion for a request", fake: says("request", "-"), why: "different requests"},
		{name: "for the request of another browser", drive: func(w *world, b *browser) page {
			return b.deliver(b.answer(w.browser().ask("/saml/login")))
		}, why: "not begun here", message: over},
		{name: "the proof in another browser", drive: func(w *world, b *browser) page {
			got := b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")))
			require.Equal(w.T, http.StatusSeeOther, got.Status)
			return w.browser().Open(got.Location)
		}, why: "not begun here", message: over},
		{name: "the proof without a key", drive: func(w *world, b *browser) page {
			b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")))
			return b.Open("/saml/done")
		}, why: "not begun here", message: over},
		{name: "the proof too late", drive: func(w *world, b *browser) page {
			got := b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")))
			w.Pass(time.Minute)
			return b.Open(got.Location)
		}, why: "not begun here", message: over},
		{name: "the answer too late", drive: func(w *world, b *browser) page {
			id := b.ask("/saml/login")
			w.Pass(10 * time.Minute)
			return b.deliver(b.answer(id))
		}, why: "not begun here", message: over},
		{name: "in a frame", drive: func(w *world, b *browser) page {
			return b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")), "Sec-Fetch-Dest", "iframe")
		}, message: "from another site"},
		{name: "the proof in a frame", drive: func(w *world, b *browser) page {
			got := b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")))
			return b.Open(got.Location, "Sec-Fetch-Dest", "iframe")
		}, message: "from another site"},
		{name: "begun by a picture", drive: func(w *world, b *browser) page {
			return b.Open("/saml/login", "Sec-Fetch-Dest", "image")
		}, message: "from another site"},
		{name: "sign-in failed there", fake: status("Responder", "AuthnFailed"), why: "Responder AuthnFailed", message: denied},
		{name: "refused there", fake: status("Requester", "RequestDenied"), why: "RequestDenied", message: denied},
		{name: "no such context there", fake: status("Responder", "NoAuthnContext"), why: "NoAuthnContext", message: notStrong},
		{name: "in trouble there", fake: status("Responder", ""), why: "Responder", message: unavailable},
		{name: "request refused there", fake: status("Requester", ""), why: "Requester"},
		{name: "a status that is prose", fake: says("status", "n-ann is &lt;b&gt;"), why: "answered ?"},
		{name: "a failure with an assertion", fake: says("status", "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"), why: "VersionMismatch"},
		{name: "no second factor", fake: says("context", password), drive: stronger, why: "second factor", message: notStrong},
		{name: "a second factor from before", fake: func(f *fake) { f.say["context"], f.say["signed-in"] = mfa, later(-5*time.Minute) }, drive: stronger, why: "sign in anew"},
		{name: "a context that looks alike", fake: says("context", mfa+"/"), drive: stronger, why: "second factor", message: notStrong},
	}
}

func stronger(_ *world, b *browser) page {
	return b.deliver(b.answer(b.ask("/saml/login?strong=1")))
}

func status(top, sub string) func(*fake) {
	return func(f *fake) {
		f.say["status"] = "urn:oasis:names:tc:SAML:2.0:status:" + top
		f.response = func(r *etree.Element) {
			r.RemoveChild(r.FindElement("./Assertion"))
			if sub != "" {
				r.FindElement(".//StatusCode").AddChild(fill(`<samlp:StatusCode`+ns+` Value="urn:oasis:names:tc:SAML:2.0:status:`+sub+`"/>`, nil))
			}
		}
	}
}

func cipherMisbehaviours() []misbehaviour {
	wrapped := func(change func(*etree.Element)) func(*fake) {
		return func(f *fake) { f.encrypt, f.wrap = "gcm", change }
	}
	return []misbehaviour{
		{name: "encrypted and not signed", fake: func(f *fake) { f.encrypt, f.plainAssertion = "gcm", true }, why: "is not signed"},
		{name: "encrypted with CBC outside of a signature", fake: func(f *fake) { f.encrypt = "cbc" }, why: "in a signed response only"},
		{name: "encrypted with DES", fake: func(f *fake) { f.encrypt = "des" }, why: "is not taken"},
		{name: "key wrapped with PKCS 1.5", fake: func(f *fake) {
			f.encrypt, f.keyWrap = "gcm", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"
		}, why: "is not taken"},
		{name: "encrypted for another", fake: wrapped(func(el *etree.Element) {
			el.FindElement(".//EncryptedKey//CipherValue").SetText(strings.Repeat("A", 344))
		}), why: "cannot be"},
		{name: "ciphertext changed", fake: wrapped(func(el *etree.Element) {
			v := el.FindElement("./EncryptedData/CipherData/CipherValue")
			v.SetText("AAAA" + v.Text()[4:])
		}), why: "cannot be decrypted"},
		{name: "ciphertext cut short", fake: wrapped(func(el *etree.Element) { el.FindElement("./EncryptedData/CipherData/CipherValue").SetText("AAAA") }), why: "cannot be decrypted"},
		{name: "ciphertext elsewhere", fake: wrapped(func(el *etree.Element) {
			data := el.FindElement("./EncryptedData/CipherData")
			data.Child = nil
			data.AddChild(fill(`<xenc:CipherReference xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" URI="http://127.0.0.1/"/>`, nil))
		}), why: "not taken"},
		{name: "no key in it", fake: wrapped(func(el *etree.Element) {
			data := el.FindElement("./EncryptedData")
			data.RemoveChild(data.FindElement("./KeyInfo"))
		}), why: "0 encrypted keys"},
		{name: "encrypted for a portal without a key", world: func(w *world) { w.config.Keys = nil }, fake: func(f *fake) { f.encrypt = "gcm" }, why: "has no key"},
		{name: "an encrypted and an open assertion", fake: func(f *fake) {
			f.response = func(r *etree.Element) {
				f.encrypt = "gcm"
				r.AddChild(f.sealed(r.FindElement("./Assertion").Copy()))
			}
		}, why: "not one assertion"},
		{name: "a document type in what is encrypted", fake: func(f *fake) {
			f.encrypt = "gcm"
			f.afterAssertion = func(a *etree.Element) {
				d := etree.NewDirective("DOCTYPE x")
				a.InsertChildAt(0, d)
			}
		}, why: "document type"},
	}
}

func peopleMisbehaviours() []misbehaviour {
	welcome := func(f func(context.Context, samlprofile.Claims) (profile.Person, error)) func(*world) {
		return func(w *world) { w.options.System, w.options.Welcome = system, f }
	}
	stranger := says("name", "n-other")
	return []misbehaviour{
		{name: "somebody disabled", drive: func(w *world, b *browser) page {
			_, err := w.Directory.DisablePerson(w.T.Context(), system, "ann")
			require.NoError(w.T, err)
			return b.signIn()
		}, why: "has left", message: noAccess},
		{name: "somebody disabled between", drive: func(w *world, b *browser) page {
			got := b.FromElsewhere("/saml/acs", b.answer(b.ask("/saml/login")))
			_, err := w.Directory.DisablePerson(w.T.Context(), system, "ann")
			require.NoError(w.T, err)
			return b.Open(got.Location)
		}, why: "has left", message: noAccess},
		{name: "somebody who is not welcome", fake: stranger, world: welcome(func(context.Context, samlprofile.Claims) (profile.Person, error) {
			return profile.Person{}, profile.ErrForbidden
		}), why: "not permitted", message: noAccess},
		{name: "a policy that takes an ID from the claims", fake: stranger, world: welcome(func(context.Context, samlprofile.Claims) (profile.Person, error) {
			return profile.Person{ID: "bob", Name: "bob"}, nil
		}), why: "id: ", message: noAccess},
		{name: "a policy that names nobody", fake: stranger, world: welcome(func(context.Context, samlprofile.Claims) (profile.Person, error) {
			return profile.Person{}, nil
		}), why: "name: ", message: noAccess},
		{name: "a policy that cannot tell", fake: stranger, world: welcome(func(context.Context, samlprofile.Claims) (profile.Person, error) {
			return profile.Person{}, context.DeadlineExceeded
		}), why: "deadline", message: unavailable},
		{name: "more of somebody than a cookie takes", fake: func(f *fake) {
			f.say["name"] = "n-other"
			f.attributes = `<saml:AttributeStatement><saml:Attribute Name="x"><saml:AttributeValue>` + noise(6000) + `</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`
		}, world: welcome(func(context.Context, samlprofile.Claims) (profile.Person, error) {
			return profile.Person{Name: "x"}, nil
		}), why: "than a cookie takes"},
		{name: "no keys and no trust", world: func(w *world) { w.config.Keys = []tls.Certificate{} }, fake: func(f *fake) { f.plainAssertion = true }, why: "is not signed"},
	}
}

// noise is a text that packs badly.
func noise(n int) string {
	data := make([]byte, n*3/4)
	_, _ = rand.Read(data)
	return base64.StdEncoding.EncodeToString(data)
}

func misbehaviours() []misbehaviour {
	var all []misbehaviour
	for _, some := range [][]misbehaviour{
		contentMisbehaviours(), nameMisbehaviours(), signatureMisbehaviours(), wrappings(), documentMisbehaviours(), flowMisbehaviours(),
		cipherMisbehaviours(), peopleMisbehaviours(),
	} {
		all = append(all, some...)
	}
	return all
}

func TestAdv_SAML_MisbehavioursAreRefused(t *testing.T) {
	all := misbehaviours()
	require.Greater(t, len(all), 140)
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) {
				if m.world != nil {
					m.world(w)
				}
			})
			if m.fake != nil {
				m.fake(w.fake)
			}
			drive := m.drive
			if drive == nil {
				drive = func(_ *world, b *browser) page { return b.signIn() }
			}
			b := w.browser()
			got := drive(w, b)
			w.requireNobody(got, b)
			message := m.message
			if message == "" && m.why != "" {
				message = untrusted
			}
			require.Contains(t, got.Body, message, w.Logs.String())
			require.Contains(t, w.Logs.String(), m.why)
			if m.why != "" {
				require.Contains(t, w.Logs.String(), "sign-in refused", "it is known why")
				require.Contains(t, w.Events.String(), "session.refused")
			}
		})
	}
}
