package filetext

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// A Page is what a page of HTML says, and what it says of itself. Addresses are as
// they are written.
type Page struct {
	Title       string
	Description string
	Lang        string            // as it is written, or empty
	Headings    []string          // of the second and third level
	Text        string            // without navigation and whatever else stands around it
	Base        string            // what addresses are relative to, if it is not the page's own
	Canonical   string            // address that it would rather be known by
	Alternates  map[string]string // addresses of the page in languages
	Robots      map[string]string // what crawlers are asked, by their names in small letters: "robots" is all of them
	Links       []Link
	Refresh     string // address that the page goes on to at once
}

// A Link leads from a page.
type Link struct {
	Href     string
	NoFollow bool // crawlers are asked not to
}

// mostLinks is how many links of a page are returned.
const mostLinks = 2000

// ReadPage reads a page in whatever letters it says that it is written in, or else
// those that contentType does.
func ReadPage(data []byte, contentType string) (Page, error) {
	root, err := ParseHTML(data, contentType)
	if err != nil {
		return Page{}, err
	}
	p := Page{Alternates: map[string]string{}, Robots: map[string]string{}}
	heading := ""
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "html":
			p.Lang = attribute(n, "lang")
		case "title":
			if p.Title == "" && within(n, "svg") == nil {
				p.Title = line(n)
			}
		case "h1":
			if heading == "" && !aside(n) {
				heading = line(n)
			}
		case "base":
			p.Base = attribute(n, "href")
		case "meta":
			p.meta(n)
		case "link":
			p.link(n)
		case "a", "area":
			if href, ok := has(n, "href"); ok && len(p.Links) < mostLinks {
				p.Links = append(p.Links, Link{href, slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "nofollow")})
			}
		}
	}
	if heading != "" {
		p.Title = heading
	}
	main := Main(root)
	var b strings.Builder
	read(&b, main)
	p.Text = Tidy(b.String())
	for n := range main.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "h2" || n.Data == "h3") && !aside(n) {
			p.Headings = append(p.Headings, line(n))
		}
	}
	return p, nil
}

func (p *Page) meta(n *html.Node) {
	name, content := strings.ToLower(attribute(n, "name")), strings.TrimSpace(attribute(n, "content"))
	switch {
	case name == "description":
		p.Description = strings.Join(strings.Fields(content), " ")
	case strings.EqualFold(attribute(n, "http-equiv"), "refresh"):
		if _, to, ok := strings.Cut(strings.ToLower(content), "url="); ok {
			p.Refresh = strings.Trim(content[len(content)-len(to):], `'" `)
		}
	case name != "":
		if strings.Contains(name, "bot") && content != "" {
			p.Robots[name] += "," + strings.ToLower(content)
		}
	}
}

func (p *Page) link(n *html.Node) {
	rel, href := strings.Fields(strings.ToLower(attribute(n, "rel"))), strings.TrimSpace(attribute(n, "href"))
	switch lang := attribute(n, "hreflang"); {
	case href == "":
	case slices.Contains(rel, "canonical"):
		p.Canonical = href
	case slices.Contains(rel, "alternate") && lang != "" && len(p.Alternates) < mostLinks:
		p.Alternates[lang] = href
	}
}

// ParseHTML reads HTML in whatever letters contentType or the page itself says
// that it is written in.
func ParseHTML(data []byte, contentType string) (*html.Node, error) {
	in, err := charset.NewReader(bytes.NewReader(data), contentType)
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(in)
	if err != nil {
		return nil, fmt.Errorf("not a page that can be read: %w", err)
	}
	return root, nil
}

// Main returns the part of a page that is its text.
func Main(root *html.Node) *html.Node {
	var mains, articles, bodies []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "main", attribute(n, "role") == "main":
			mains = append(mains, n)
		case n.Data == "article":
			articles = append(articles, n)
		case n.Data == "body":
			bodies = append(bodies, n)
		}
	}
	if len(articles) > 1 { // a page of several has its text around them too
		articles = nil
	}
	return append(slices.Concat(mains, articles, bodies), root)[0]
}

// around are elements that stand around a text, or are none.
var around = map[string]bool{
	"script": true, "style": true, "head": true, "template": true, "noscript": true, "iframe": true, "object": true, "embed": true, "svg": true,
	"math": true, "input": true, "select": true, "textarea": true, "button": true, "nav": true, "canvas": true, "audio": true, "video": true, "dialog": true,
	"aside": true, "form": true, "menu": true,
}

// roles are those of what stands around a text.
var roles = map[string]bool{
	"navigation": true, "banner": true, "contentinfo": true, "search": true, "complementary": true, "dialog": true, "alertdialog": true, "menu": true,
	"menubar": true, "toolbar": true,
}

// aside reports whether an element, or one around it, is none of the text of its
// page. A header or footer is, unless it is that of an article.
func aside(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if out(n) {
			return true
		}
	}
	return false
}

func out(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.CommentNode
	}
	if _, hidden := has(n, "hidden"); hidden || attribute(n, "aria-hidden") == "true" || around[n.Data] || roles[attribute(n, "role")] {
		return true
	}
	return (n.Data == "header" || n.Data == "footer") && within(n, "article", "main", "section") == nil
}

// within returns the nearest of the elements that n is in.
func within(n *html.Node, names ...string) *html.Node {
	for p := range n.Ancestors() {
		if p.Type == html.ElementNode && slices.Contains(names, p.Data) {
			return p
		}
	}
	return nil
}

// inline are elements that go on in the line they are in.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "cite": true, "code": true, "data": true, "del": true, "dfn": true, "em": true,
	"font": true, "i": true, "ins": true, "kbd": true, "label": true, "mark": true, "q": true, "rp": true, "rt": true, "ruby": true, "s": true,
	"samp": true, "small": true, "span": true, "strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "var": true, "wbr": true,
}

// read writes the text of a node.
func read(b *strings.Builder, n *html.Node) {
	if out(n) || b.Len() > 2*MaxText {
		return
	}
	if n.Type == html.TextNode {
		// What is a line in the source is none on the page.
		b.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(n.Data))
		return
	}
	if n.Data == "img" {
		b.WriteString(" " + attribute(n, "alt") + " ")
	}
	block := n.Type == html.ElementNode && !inline[n.Data] && n.Data != "img"
	if block {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		read(b, c)
	}
	if block {
		b.WriteByte('\n')
	}
}

// line returns the text of an element on one line.
func line(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		read(&b, c)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(b.String(), " ")), " ")
}

func attribute(n *html.Node, name string) string {
	value, _ := has(n, name)
	return value
}

func has(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}
