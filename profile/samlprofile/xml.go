package samlprofile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/beevik/etree"
	xrv "github.com/mattermost/xml-roundtrip-validator"
)

// namespaces are the ones that are known here, by the prefix that the code uses
// for them; a document may use others.
var namespaces = map[string]string{
	"saml":  "urn:oasis:names:tc:SAML:2.0:assertion",
	"samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
	"md":    "urn:oasis:names:tc:SAML:2.0:metadata",
	"ds":    "http://www.w3.org/2000/09/xmldsig#",
	"xenc":  "http://www.w3.org/2001/04/xmlenc#",
	"ec":    "http://www.w3.org/2001/10/xml-exc-c14n#",

	"xenc11": "http://www.w3.org/2009/xmlenc11#",
}

// A scope says how much a document may hold.
type scope struct {
	bytes, depth, elements, attributes int
	comments                           bool // they are skipped, and not refused
}

var (
	messageScope  = scope{bytes: 256 << 10, depth: 32, elements: 4000, attributes: 8000}
	metadataScope = scope{bytes: 4 << 20, depth: 32, elements: 100_000, attributes: 200_000, comments: true}
)

// parse reads a document that holds nothing but elements, attributes and text:
// what else XML has, two readers might read in two ways.
func parse(data []byte, in scope) (*etree.Element, error) {
	if len(data) > in.bytes {
		return nil, errors.New("the document is too large")
	}
	s := scanner{in: in, ids: map[string]bool{}}
	if err := s.scan(data); err != nil {
		return nil, err
	}
	if xrv.Validate(bytes.NewReader(data)) != nil {
		return nil, errors.New("the document changes when it is read")
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		return nil, unreadable(err)
	}
	if doc.Root() == nil {
		return nil, errors.New("the document is empty")
	}
	return doc.Root(), nil
}

// unreadable says where, and not what: the words of the reader quote the
// document.
func unreadable(err error) error {
	if e, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Errorf("the document cannot be read from line %d on", e.Line)
	}
	return errors.New("the document cannot be read")
}

// A scanner looks at a document token by token, before anything is kept of it.
type scanner struct {
	in                                 scope
	depth, roots, elements, attributes int
	ids                                map[string]bool
}

func (s *scanner) scan(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for first := true; ; first = false {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if err := s.token(t, first); err != nil {
			return err
		}
	}
}

func (s *scanner) token(t xml.Token, first bool) error {
	switch t := t.(type) {
	case xml.StartElement:
		return s.element(t)
	case xml.EndElement:
		s.depth--
	case xml.CharData:
		if s.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return errors.New("the document has text outside of its element")
		}
	case xml.Comment:
		if !s.in.comments {
			return errors.New("the document has a comment")
		}
	case xml.Directive:
		return errors.New("the document has a document type")
	case xml.ProcInst:
		if !first || t.Target != "xml" {
			return errors.New("the document has a processing instruction")
		}
	}
	return nil
}

func (s *scanner) element(t xml.StartElement) error {
	if s.depth == 0 {
		s.roots++
	}
	s.depth++
	s.elements++
	s.attributes += len(t.Attr)
	switch {
	case s.roots > 1:
		return errors.New("the document has several elements")
	case s.depth > s.in.depth:
		return errors.New("the document is too deep")
	case s.elements > s.in.elements || s.attributes > s.in.attributes:
		return errors.New("the document has too many elements or attributes")
	}
	seen := map[xml.Name]bool{}
	for _, a := range t.Attr {
		if seen[a.Name] {
			return fmt.Errorf("the element %s has an attribute twice", t.Name.Local)
		}
		seen[a.Name] = true
		if !strings.EqualFold(a.Name.Local, "ID") || a.Name.Space == "xmlns" {
			continue
		}
		if a.Value == "" || s.ids[a.Value] {
			return errors.New("the document uses an ID twice, or an empty one")
		}
		s.ids[a.Value] = true
	}
	return nil
}

// is reports whether an element is the one with a name such as "saml:Issuer".
func is(el *etree.Element, name string) bool {
	prefix, tag, _ := strings.Cut(name, ":")
	return el.Tag == tag && el.NamespaceURI() == namespaces[prefix]
}

// parts are the elements in an element, by name.
type parts map[string][]*etree.Element

// one returns the element with a name, or nil.
func (p parts) one(name string) *etree.Element {
	if len(p[name]) == 0 {
		return nil
	}
	return p[name][0]
}

// shape takes an element apart that has the elements with the names, each once,
// and nothing else. A name that ends with "?" may be missing, one that ends with
// "*" may be there any number of times.
func shape(el *etree.Element, names ...string) (parts, error) {
	p := parts{}
	for _, token := range el.Child {
		switch t := token.(type) {
		case *etree.Element:
			name := nameOf(t, names)
			if name == "" {
				return nil, fmt.Errorf("the element %s has a %s, which is not taken", brief(el.Tag), brief(t.Tag))
			}
			p[name] = append(p[name], t)
		case *etree.CharData:
			if strings.TrimSpace(t.Data) != "" {
				return nil, fmt.Errorf("the element %s has text", brief(el.Tag))
			}
		}
	}
	for _, name := range names {
		plain := strings.TrimRight(name, "?*")
		if n := len(p[plain]); n == 0 && plain == name || n > 1 && !strings.HasSuffix(name, "*") {
			return nil, fmt.Errorf("the element %s has %d of %s", brief(el.Tag), n, plain)
		}
	}
	return p, nil
}

func nameOf(el *etree.Element, names []string) string {
	for _, name := range names {
		if plain := strings.TrimRight(name, "?*"); is(el, plain) {
			return plain
		}
	}
	return ""
}

// text returns what is written in an element that has text only.
func text(el *etree.Element) (string, error) {
	var b strings.Builder
	for _, token := range el.Child {
		switch t := token.(type) {
		case *etree.CharData:
			b.WriteString(t.Data)
		case *etree.Comment:
		default:
			return "", fmt.Errorf("the element %s has more than text", brief(el.Tag))
		}
	}
	return b.String(), nil
}

// attribute returns the attribute of an element that has no namespace.
func attribute(el *etree.Element, key string) string {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == key {
			return a.Value
		}
	}
	return ""
}

// everywhere counts the elements with a local name, in whatever namespace.
func everywhere(el *etree.Element, tag string) int {
	n := 0
	if strings.EqualFold(el.Tag, tag) {
		n++
	}
	for _, child := range el.ChildElements() {
		n += everywhere(child, tag)
	}
	return n
}
