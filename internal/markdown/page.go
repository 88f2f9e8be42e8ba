package markdown

import (
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A page is one text while it is being made.
type page struct {
	r      *Renderer
	root   *html.Node
	prefix string // of every id

	taken   map[string]int    // ids in use, and the last number given to each
	anchors map[string]string // ids as written -> as they are
	named   map[*html.Node]bool
}

func newPage(r *Renderer, fragment, part string) *page {
	p := &page{
		r:       r,
		root:    parse(fragment),
		prefix:  idPrefix,
		taken:   map[string]int{},
		anchors: map[string]string{},
		named:   map[*html.Node]bool{},
	}
	if part != "" {
		p.prefix += idChars(part, 40) + "-"
	}
	return p
}

// document does everything there is to do.
func (p *page) document() Document {
	p.dropTags()
	p.joinLines()
	p.images()
	title := p.takeTitle()
	p.headings()
	p.clean()
	p.frame()
	dir := p.direct()
	links, images := p.targets()
	return Document{
		HTML:     p.html(),
		Title:    title,
		Headings: p.outline(),
		Anchors:  p.anchors,
		Text:     plainText(p.root),
		Links:    links,
		Images:   images,
		Dir:      dir,
	}
}

// clean does what is safe to do again and again.
func (p *page) clean() {
	p.ids()
	for n := range p.all(atom.A) {
		p.link(n)
	}
	p.tidy()
}

// html returns the result after bluemonday has seen it.
func (p *page) html() template.HTML {
	return template.HTML(p.r.policy.Sanitize(serialise(p.root)))
}

// all calls yield for the elements of the names that are there now, so that
// the tree may be changed meanwhile.
func (p *page) all(names ...atom.Atom) func(func(*html.Node) bool) {
	var found []*html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.DataAtom) {
			found = append(found, n)
		}
	}
	return slices.Values(found)
}

// dropTags removes Liquid tags that raw HTML brought along.
func (p *page) dropTags() {
	if p.r.opts.KeepTemplates {
		return
	}
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "{%") && !inCode(n) {
			n.Data = tagSpan.ReplaceAllString(n.Data, "")
		}
	}
}

// joinLines removes the ends of lines between characters of Chinese and
// Japanese, where a browser would show a blank.
func (p *page) joinLines() {
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "\n") && !inCode(n) {
			n.Data = joined(n.Data)
		}
	}
}

func joined(s string) string {
	var b strings.Builder
	for i, r := range s {
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+1:])
		if r != '\n' || !unspaced(before) || !unspaced(after) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func inCode(n *html.Node) bool {
	for a := range n.Ancestors() {
		switch a.DataAtom {
		case atom.Code, atom.Pre, atom.Kbd, atom.Samp:
			return true
		}
	}
	return false
}

// tidy removes paragraphs and headings with nothing in them; screen readers
// stop at them all the same.
func (p *page) tidy() {
	for n := range p.all(atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6) {
		if onlySpace(n) {
			unwrap(n)
		}
	}
}

// onlySpace reports whether nothing in n can be seen.
func onlySpace(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.TextNode && strings.TrimSpace(d.Data) != "" || d.DataAtom == atom.Img {
			return false
		}
	}
	return true
}

// frame lets wide tables and long lines of code scroll, by keyboard too.
func (p *page) frame() {
	for n := range p.all(atom.Pre) {
		setAttr(n, "tabindex", "0")
	}
	for n := range p.all(atom.Table) {
		if attr(n.Parent, "class") == "scroll" {
			continue
		}
		div := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div, Attr: []html.Attribute{
			{Key: "class", Val: "scroll"}, {Key: "role", Val: "group"},
			{Key: "aria-label", Val: p.r.label(LabelTable)}, {Key: "tabindex", Val: "0"},
		}}
		n.Parent.InsertBefore(div, n)
		n.Parent.RemoveChild(n)
		div.AppendChild(n)
	}
	for n := range p.all(atom.A) {
		if attr(n, "class") == "footnote-backref" {
			setAttr(n, "aria-label", p.r.label(LabelBack))
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func setAttr(n *html.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func dropAttr(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// unwrap leaves the children of n in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

// textOf returns the text in n on one line.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		} else if d.DataAtom == atom.Img {
			b.WriteString(attr(d, "alt"))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
