package markdown

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// idPrefix keeps ids of a text apart from those of the page around it, and from
// the names by which scripts reach window and document.
const idPrefix = "h-"

var headingAtoms = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}

// takeTitle returns the text of an h1 that opens the page, and removes it if
// the options say so.
func (p *page) takeTitle() string {
	for c := p.root.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.H1:
			title := textOf(c)
			if p.r.opts.DropTitle {
				p.root.RemoveChild(c)
			}
			return title
		case !onlySpace(c) || c.DataAtom == atom.Img || c.DataAtom == atom.Hr:
			return ""
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return ""
		}
	}
	return ""
}

// headings gives every heading its level and id.
func (p *page) headings() {
	var above []byte // levels as written of the headings that this one is under
	for n := range p.all(headingAtoms...) {
		if onlySpace(n) {
			continue
		}
		level := n.Data[1]
		for len(above) > 0 && above[len(above)-1] >= level {
			above = above[:len(above)-1]
		}
		above = append(above, level)
		p.identify(n)
		n.Data = "h" + strconv.Itoa(min(6, p.r.opts.TopLevel+len(above)-1))
		n.DataAtom = atom.Lookup([]byte(n.Data))
	}
}

// identify gives a heading an id: the one its author chose, in any of the ways
// there are, or one made of its text.
func (p *page) identify(n *html.Node) {
	text := textOf(n)
	name := attr(n, "id")
	for c := n.FirstChild; name == "" && c != nil; c = c.NextSibling {
		if c.DataAtom == atom.A && attr(c, "href") == "" && onlySpace(c) {
			name = attr(c, "name") + attr(c, "id")
			n.RemoveChild(c)
			break
		}
	}
	id := p.take(cmp.Or(idChars(strings.TrimSpace(name), maxID), slug(text)))
	setAttr(n, "id", id)
	p.named[n] = true
	if last := n.LastChild; last != nil && last.Type == html.TextNode {
		last.Data = strings.TrimRight(last.Data, " \t\n")
	}
	p.know(name, id)
	p.know(slug(text), id)
	p.know(gitHubSlug(text), id)
}

// know remembers under which id a name is reached. The first one wins, as in
// a browser.
func (p *page) know(name, id string) {
	if _, ok := p.anchors[name]; !ok && name != "" {
		p.anchors[name] = id
	}
}

// take returns the id with the prefix, and with a number if it is taken.
func (p *page) take(id string) string {
	base := p.prefixed(id)
	p.taken[base]++
	id = base
	for n := p.taken[base]; n > 1; n++ {
		if id = base + "-" + strconv.Itoa(n); p.taken[id] == 0 {
			p.taken[base], p.taken[id] = n, 1
			break
		}
	}
	return id
}

func (p *page) prefixed(id string) string {
	if strings.HasPrefix(id, p.prefix) {
		return id
	}
	return p.prefix + id
}

// ids gives the prefix to every id, and to names of places in the old way. An
// id that is taken is dropped.
func (p *page) ids() {
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode || p.named[n] {
			continue
		}
		name := attr(n, "id")
		if name == "" && n.DataAtom == atom.A {
			name = attr(n, "name")
		}
		dropAttr(n, "name")
		id := p.chosen(strings.TrimSpace(name))
		if id == "" {
			dropAttr(n, "id")
			continue
		}
		p.know(name, id)
		if p.taken[id]++; p.taken[id] == 1 {
			setAttr(n, "id", id)
		} else {
			dropAttr(n, "id")
		}
	}
}

// chosen returns a name that an author chose as an id, or "". One with the
// prefix may be longer, so that what was made here once stays as it is.
func (p *page) chosen(name string) string {
	switch {
	case name == "":
		return ""
	case strings.HasPrefix(name, p.prefix):
		return idChars(name, maxKept)
	}
	return p.prefix + idChars(name, maxChosen)
}

// outline lists the headings as they are.
func (p *page) outline() []Heading {
	var all []Heading
	for n := range p.all(headingAtoms...) {
		all = append(all, Heading{Level: int(n.Data[1] - '0'), ID: attr(n, "id"), Text: textOf(n)})
	}
	return all
}

// slug returns a text as an id: letters, marks and digits of any script in
// lower case, with hyphens between.
func slug(text string) string {
	s := gitHubSlug(text)
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '-' })
	s = strings.Join(words, "-")
	if s == "" {
		return "section"
	}
	return s
}

// gitHubSlug returns a text as an id in the way that GitHub does, which keeps
// a hyphen for each blank. Authors link to these.
func gitHubSlug(text string) string {
	var b strings.Builder
	count := 0
	for _, r := range norm.NFC.String(strings.ToLower(text)) {
		switch {
		case unicode.In(r, unicode.L, unicode.M, unicode.N) || r == '_':
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-' || r == '/':
			b.WriteByte('-')
		}
		if count++; count >= maxID {
			break
		}
	}
	return b.String()
}

// Limits for ids, in characters: for those made of a text, without the prefix
// and the number they get; for those that authors chose; and for all.
const (
	maxID     = 80
	maxChosen = 100
	maxKept   = 190
)

// idChars returns the first characters of s that an id may have, with hyphens
// for the others.
func idChars(s string, most int) string {
	runes := []rune(norm.NFC.String(s))
	runes = runes[:min(len(runes), most)]
	for i, r := range runes {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("_:.-", r) {
			runes[i] = '-'
		}
	}
	return string(runes)
}
