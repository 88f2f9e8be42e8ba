package markdown

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// link rewrites the target of an a element, or removes the element.
func (p *page) link(n *html.Node) {
	href, to := p.target(attr(n, "href"))
	if to != reachForeign {
		dropAttr(n, "rel")
	}
	switch {
	case to == reachNowhere && attr(n, "id") == "":
		unwrap(n)
		return
	case to == reachNowhere:
		dropAttr(n, "href")
		return
	case to == reachForeign:
		setAttr(n, "rel", p.rel())
	}
	setAttr(n, "href", href)
}

func (p *page) rel() string {
	if p.r.opts.Untrusted {
		return "noopener nofollow ugc"
	}
	return "noopener"
}

// ownScheme returns what the application makes of a target in one of its own
// schemes, and whether raw is one. What it returns is checked like any other.
func (p *page) ownScheme(raw string, meaning func(string) (string, bool)) (string, bool) {
	raw = strings.TrimSpace(raw)
	name, _, found := strings.Cut(raw, ":")
	if !found || meaning == nil || !slices.Contains(p.r.opts.Schemes, strings.ToLower(name)) {
		return "", false
	}
	own, ok := meaning(raw)
	if !ok {
		return "", true
	}
	return own, true
}

// target returns what to write for a link target.
func (p *page) target(raw string) (string, reach) {
	if own, ok := p.ownScheme(raw, p.r.opts.Link); ok {
		return parseTarget(own)
	}
	href, to := parseTarget(p.withoutTemplates(raw))
	switch {
	case to == reachPage:
		return p.inPage(href), to
	case to == reachNowhere || p.r.opts.Link == nil:
		return href, to
	}
	own, ok := p.r.opts.Link(href)
	if !ok {
		return "", reachNowhere
	}
	return parseTarget(own)
}

// inPage returns the fragment by which a place on the page is reached now.
func (p *page) inPage(href string) string {
	name, err := url.PathUnescape(href[1:])
	if err != nil {
		return href
	}
	if id, ok := Anchor(p.anchors, name); ok {
		return (&url.URL{Fragment: id}).String()
	}
	return href
}

// Anchor returns the ID of the place that is called name, as authors write it in
// links, and whether there is one among anchors. If not, it is the ID that a
// heading of that name would have.
func Anchor(anchors map[string]string, name string) (id string, ok bool) {
	for _, key := range []string{name, idChars(name, maxKept), strings.Trim(gitHubSlug(name), "-")} {
		if id, ok := anchors[key]; ok {
			return id, true
		}
	}
	for _, id := range anchors {
		if id == name {
			return id, true
		}
	}
	if strings.HasPrefix(name, idPrefix) {
		return idChars(name, maxKept), false
	}
	return idPrefix + slug(name), false
}

func (p *page) withoutTemplates(target string) string {
	if p.r.opts.KeepTemplates || !strings.ContainsAny(target, "{%") {
		return target
	}
	return templateSpan.ReplaceAllString(target, "")
}

// images does for every image what image does.
func (p *page) images() {
	for n := range p.all(atom.Img) {
		p.image(n)
	}
}

// image rewrites the source of an img element, makes it a link if it is on
// another site, or leaves its alternative text.
func (p *page) image(n *html.Node) {
	src, to := p.source(attr(n, "src"))
	switch {
	case to == reachSite, to == reachForeign && p.mayLoad(src):
		setAttr(n, "src", src)
		setAttr(n, "loading", "lazy")
		if !hasAttr(n, "alt") {
			setAttr(n, "alt", "")
		}
	case to == reachForeign:
		p.linkImage(n, src)
	default:
		replaceByText(n, attr(n, "alt"))
	}
}

// source returns what to write for the source of an image.
func (p *page) source(raw string) (string, reach) {
	if own, ok := p.ownScheme(raw, p.r.opts.Image); ok {
		return parseTarget(own)
	}
	src, to := parseTarget(p.withoutTemplates(raw))
	if to != reachSite && to != reachForeign {
		return "", reachNowhere
	}
	if p.r.opts.Image == nil {
		return src, to
	}
	own, ok := p.r.opts.Image(src)
	if !ok {
		return "", reachNowhere
	}
	return parseTarget(own)
}

func (p *page) mayLoad(src string) bool {
	u, err := url.Parse(src)
	return err == nil && u.Scheme == "https" && slices.Contains(p.r.opts.ImageHosts, u.Host)
}

// linkImage puts a link to an image in its place, or its text where there is a
// link already.
func (p *page) linkImage(n *html.Node, src string) {
	text := p.imageText(n, src)
	for a := range n.Ancestors() {
		if a.DataAtom == atom.A {
			replaceByText(n, text)
			return
		}
	}
	a := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{{Key: "href", Val: src}}}
	a.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	n.Parent.InsertBefore(a, n)
	n.Parent.RemoveChild(n)
}

// imageText returns the alternative text of an image, or its file name.
func (p *page) imageText(n *html.Node, src string) string {
	if alt := strings.TrimSpace(attr(n, "alt")); alt != "" {
		return alt
	}
	if u, err := url.Parse(src); err == nil && strings.Contains(path.Base(u.Path), ".") {
		return p.r.label(LabelImage) + " " + path.Base(u.Path)
	}
	return p.r.label(LabelImage)
}

func replaceByText(n *html.Node, text string) {
	if text != "" {
		n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: text}, n)
	}
	n.Parent.RemoveChild(n)
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// targets lists where the page links to and what it loads, once each.
func (p *page) targets() (links, images []string) {
	seen := map[string]bool{}
	for n := range p.all(atom.A, atom.Img) {
		list, target := &links, attr(n, "href")
		if n.DataAtom == atom.Img {
			list, target = &images, attr(n, "src")
		}
		_, to := parseTarget(target)
		if key := n.Data + target; !seen[key] && (to == reachSite || to == reachForeign) {
			seen[key] = true
			*list = append(*list, target)
		}
	}
	return links, images
}
