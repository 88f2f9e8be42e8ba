package samlprofile_test

import (
	"strings"

	"github.com/beevik/etree"
)

// Signature wrapping moves what was signed to where the signature still finds
// it and the reader does not, and puts something else in its place. Here
// somebody who can sign in as ann tries to be bob.

// forged is a copy of an element that says to be about bob, with an ID of its
// own and without a signature.
func forged(el *etree.Element, id string) *etree.Element {
	out := el.Copy()
	out.CreateAttr("ID", id)
	for _, path := range []string{"./Signature", "./Assertion/Signature"} {
		if sig := out.FindElement(path); sig != nil {
			sig.Parent().RemoveChild(sig)
		}
	}
	if a := out.FindElement("./Assertion"); a != nil {
		a.CreateAttr("ID", id+"a")
	}
	out.FindElement(".//NameID").SetText("n-bob")
	return out
}

// without is a copy of an element that has no signature.
func without(el *etree.Element) *etree.Element {
	out := el.Copy()
	out.RemoveChild(out.FindElement("./Signature"))
	return out
}

// become makes r another element.
func become(r, other *etree.Element) {
	r.Child, r.Attr = nil, other.Attr
	for _, child := range other.ChildElements() {
		r.AddChild(child.Copy())
	}
}

func extension(tag string, inside ...*etree.Element) *etree.Element {
	el := fill("<"+tag+ns+` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`, nil)
	for _, one := range inside {
		el.AddChild(one)
	}
	return el
}

func wrappings() []misbehaviour {
	response := func(change func(r *etree.Element)) func(*fake) {
		return func(f *fake) {
			f.signResponse = true
			f.afterResponse = change
		}
	}
	assertion := func(change func(r, a, sig *etree.Element)) func(*fake) {
		return func(f *fake) {
			f.afterResponse = func(r *etree.Element) {
				a := r.FindElement("./Assertion")
				change(r, a, a.FindElement("./Signature"))
			}
		}
	}
	return []misbehaviour{
		{name: "wrapping 1: the signed response in the signature of another", fake: response(func(r *etree.Element) {
			out, sig := forged(r, "_f"), r.FindElement("./Signature").Copy()
			sig.AddChild(without(r))
			out.AddChild(sig)
			become(r, out)
		}), why: "not taken"},
		{name: "wrapping 2: the signed response beside the signature of another", fake: response(func(r *etree.Element) {
			out := forged(r, "_f")
			out.AddChild(without(r))
			out.AddChild(r.FindElement("./Signature").Copy())
			become(r, out)
		}), why: "0 references"},
		{name: "wrapping 3: another assertion before the signed one", fake: assertion(func(r, a, _ *etree.Element) {
			r.InsertChildAt(a.Index(), forged(a, "_f"))
		}), why: "not one assertion"},
		{name: "wrapping 3b: another assertion after the signed one", fake: assertion(func(r, a, _ *etree.Element) { r.AddChild(forged(a, "_f")) }), why: "not one assertion"},
		{name: "wrapping 4: the signed assertion in another", fake: assertion(func(r, a, _ *etree.Element) {
			out := forged(a, "_f")
			out.AddChild(a.Copy())
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "not one assertion"},
		{name: "wrapping 5: the signature in another, the signed assertion after it", fake: assertion(func(r, a, sig *etree.Element) {
			out := forged(a, "_f")
			out.InsertChildAt(1, sig.Copy())
			r.InsertChildAt(a.Index(), out)
			a.RemoveChild(sig)
		}), why: "not one assertion"},
		{name: "wrapping 6: the signed assertion in the signature of another", fake: assertion(func(r, a, sig *etree.Element) {
			out, inside := forged(a, "_f"), sig.Copy()
			inside.AddChild(without(a))
			out.InsertChildAt(1, inside)
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "not one assertion"},
		{name: "wrapping 7: another assertion in an extension", fake: assertion(func(r, a, _ *etree.Element) {
			r.InsertChildAt(1, extension("samlp:Extensions", forged(a, "_f")))
		}), why: "not taken"},
		{name: "wrapping 7b: the signed assertion in an extension", fake: assertion(func(r, a, _ *etree.Element) {
			r.InsertChildAt(1, extension("samlp:Extensions", a.Copy()))
			become(a, forged(a, "_f"))
		}), why: "not taken"},
		{name: "wrapping 8: the signed assertion in an object of the signature", fake: assertion(func(r, a, sig *etree.Element) {
			out, inside := forged(a, "_f"), sig.Copy()
			inside.AddChild(extension("ds:Object", without(a)))
			out.InsertChildAt(1, inside)
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "not one assertion"},
		{name: "wrapping 9: the signed assertion under the same ID", fake: assertion(func(r, a, _ *etree.Element) {
			r.InsertChildAt(a.Index(), forged(a, a.SelectAttrValue("ID", "")))
		}), why: "an ID twice"},
		{name: "wrapping 10: the signed assertion in the status", fake: assertion(func(r, a, _ *etree.Element) {
			r.FindElement("./Status").AddChild(extension("samlp:StatusDetail", a.Copy()))
			become(a, forged(a, "_f"))
		}), why: "not one assertion"},
		{name: "wrapping 11: the signed assertion as advice", fake: assertion(func(r, a, _ *etree.Element) {
			out := forged(a, "_f")
			out.AddChild(extension("saml:Advice", a.Copy()))
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "not one assertion"},
		{name: "wrapping 12: another assertion by another name for its namespace", fake: assertion(func(r, a, _ *etree.Element) {
			out := forged(a, "_f")
			out.Space = "x"
			out.CreateAttr("xmlns:x", saml)
			r.InsertChildAt(a.Index(), out)
		}), why: "not one assertion"},
		{name: "wrapping 13: the signed assertion in another namespace", fake: assertion(func(r, a, _ *etree.Element) {
			out := forged(a, "_f")
			a.CreateAttr("xmlns:saml", "urn:other")
			r.InsertChildAt(a.Index(), out)
		}), why: "not taken"},
		{name: "wrapping 14: the signature beside the assertion", fake: assertion(func(r, a, sig *etree.Element) {
			a.RemoveChild(sig)
			r.AddChild(sig)
			a.FindElement(".//NameID").SetText("n-bob")
		}), why: "0 references"},
		{name: "wrapping 15: the signed response in an extension of another", fake: response(func(r *etree.Element) {
			out := forged(r, "_f")
			out.InsertChildAt(1, extension("samlp:Extensions", r.Copy()))
			become(r, out)
		}), why: "not taken"},
		{name: "wrapping 16: a signature that is in an attribute", fake: assertion(func(r, a, sig *etree.Element) {
			out := forged(a, "_f")
			value := out.FindElement(".//AttributeValue")
			value.SetText("")
			value.AddChild(a.Copy())
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "not one assertion"},
		{name: "wrapping 17: an assertion in small letters", fake: assertion(func(r, a, _ *etree.Element) {
			out := forged(a, "_f")
			out.Tag = strings.ToLower(out.Tag)
			r.InsertChildAt(a.Index(), out)
		}), why: "not taken"},
		{name: "wrapping 18: an ID by another name", fake: assertion(func(r, a, sig *etree.Element) {
			out := forged(a, "_f")
			out.InsertChildAt(1, sig.Copy())
			out.CreateAttr("xml:id", a.SelectAttrValue("ID", ""))
			r.RemoveChild(a)
			r.AddChild(out)
		}), why: "0 references"},
	}
}
