package samlprofile_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/beevik/etree"
)

func documentMisbehaviours() []misbehaviour {
	text := func(change func(string) string) func(*fake) { return func(f *fake) { f.text = change } }
	before := func(s string) func(*fake) { return text(func(doc string) string { return s + doc }) }
	raw := func(s string) func(*fake) {
		return func(f *fake) { f.form = func(v url.Values) { v.Set("SAMLResponse", s) } }
	}
	return []misbehaviour{
		{name: "a document type", fake: before(`<!DOCTYPE x>`), why: "document type"},
		{name: "entities that multiply", fake: before(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>`), why: "document type"},
		{name: "an entity from a file", fake: before(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`), why: "document type"},
		{name: "an entity that is not declared", fake: text(func(s string) string { return strings.Replace(s, "n-ann", "&a;", 1) }), why: "cannot be read"},
		{name: "a comment", fake: before(`<!-- hello -->`), why: "has a comment"},
		{name: "a stylesheet", fake: before(`<?xml version="1.0"?><?xml-stylesheet href="x"?>`), why: "processing instruction"},
		{name: "another encoding", fake: before(`<?xml version="1.0" encoding="ISO-8859-1"?>`), why: "cannot be read"},
		{name: "two documents", fake: text(func(s string) string { return s + s }), why: ""},
		{name: "text after the document", fake: text(func(s string) string { return s + "x" }), why: "text outside"},
		{name: "tags that do not match", fake: text(func(s string) string { return strings.Replace(s, "</saml:NameID>", "</n-ann>", 1) }), why: "from line 1 on"},
		{name: "half a document", fake: text(func(s string) string { return s[:len(s)/2] }), why: "cannot be read"},
		{name: "bytes that are no text", fake: text(func(s string) string { return strings.Replace(s, "n-ann", "n-\xff", 1) }), why: "cannot be read"},
		{name: "an attribute twice", fake: text(func(s string) string { return strings.Replace(s, ` Version="2.0"`, ` Version="2.0" Version="2.0"`, 1) }), why: "attribute twice"},
		{name: "an ID twice", fake: func(f *fake) { f.say["response"] = "_same"; f.say["assertion"] = "_same" }, why: "an ID twice"},
		{name: "an empty ID", fake: says("response", ""), why: "an empty one"},
		{name: "very deep", fake: func(f *fake) {
			f.attributes = strings.Repeat("<saml:a>", 40) + strings.Repeat("</saml:a>", 40)
		}, why: "too deep"},
		{name: "very many elements", fake: func(f *fake) { f.attributes = strings.Repeat("<saml:a/>", 5000) }, why: "too many"},
		{name: "very large", fake: func(f *fake) {
			f.attributes = "<saml:AttributeStatement>" + strings.Repeat(" ", 260<<10) + "</saml:AttributeStatement>"
		}, why: "too large"},
		{name: "a form beyond all measure", fake: raw(strings.Repeat("A", 600<<10)), why: "Too Large"},
		{name: "no base64", fake: raw("%%%"), why: "cannot be read"},
		{name: "not XML", fake: raw(base64.StdEncoding.EncodeToString([]byte("hello"))), why: ""},
		{name: "nothing", fake: raw(""), why: ""},
		{name: "a logout for an answer", fake: text(func(s string) string {
			return strings.NewReplacer("<samlp:Response", "<samlp:LogoutResponse", "</samlp:Response", "</samlp:LogoutResponse").Replace(s)
		}), why: "no response"},
		{name: "an assertion alone", fake: text(func(s string) string {
			return s[strings.Index(s, "<saml:Assertion"):strings.Index(s, "</samlp:Response")]
		}), why: "no response"},
		{name: "in a namespace that looks alike", fake: text(func(s string) string {
			return strings.ReplaceAll(s, `xmlns:samlp="`+samlp+`"`, `xmlns:samlp="`+samlp+`/"`)
		}), why: "no response"},
		{name: "no assertion", fake: func(f *fake) {
			f.response = func(r *etree.Element) { r.RemoveChild(r.FindElement("./Assertion")) }
		}, why: "not one assertion"},
		{name: "the answer in the address", drive: func(w *world, b *browser) page {
			form := b.answer(b.ask("/saml/login"))
			return b.FromElsewhere("/saml/acs?"+form.Encode(), url.Values{})
		}, why: ""},
		{name: "the answer as JSON", drive: func(w *world, b *browser) page {
			form := b.answer(b.ask("/saml/login"))
			return b.Send(http.MethodPost, "/saml/acs", strings.NewReader(form.Encode()), "Content-Type", "application/json")
		}, why: ""},
		{name: "the answer twice in a form", drive: func(w *world, b *browser) page {
			form := b.answer(b.ask("/saml/login"))
			form.Add("SAMLResponse", "x")
			return b.deliver(form)
		}, why: ""},
	}
}
