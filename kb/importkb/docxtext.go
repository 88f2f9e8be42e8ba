package importkb

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// all returns the elements with a name, however deep, but none within another.
func (n *xmlNode) all(name string) (out []*xmlNode) {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		if c.name == name {
			out = append(out, c)
			continue
		}
		out = append(out, c.all(name)...)
	}
	return out
}

func (n *xmlNode) first(name string) *xmlNode {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		if c.name == name {
			return c
		}
		if f := c.first(name); f != nil {
			return f
		}
	}
	return nil
}

// child returns the element with a name right in n.
func (n *xmlNode) child(name string) *xmlNode {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *xmlNode) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// value returns the val of an element right in n: <w:name w:val="...">.
func (n *xmlNode) value(name string) string { return n.child(name).attr("val") }

// on reports whether a property is set: it is by being there, unless it says no.
func (n *xmlNode) on(name string) bool {
	p := n.child(name)
	if p == nil {
		return false
	}
	switch p.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func (n *xmlNode) words() string {
	var out strings.Builder
	for _, c := range n.nodes {
		out.WriteString(c.text)
		if c.name != "" {
			out.WriteString(c.words())
		}
	}
	return out.String()
}

// blocks adds the paragraphs and tables of a part of the document. Points that
// follow each other are a list.
func (d *docx) blocks(into *html.Node, n *xmlNode) {
	var lists []*html.Node // open ones, outermost first
	for _, c := range n.nodes {
		switch c.name {
		case "p":
			if level, kind := d.point(c); kind != "" {
				lists = d.listed(into, lists, level, kind, c)
				continue
			}
			lists = nil
			d.paragraph(into, c)
		case "tbl":
			lists = nil
			into.AppendChild(d.table(c))
		case "sdt", "sdtContent", "ins", "smartTag", "customXml":
			lists = nil
			d.blocks(into, c)
		}
	}
}

// point returns the level and the element of the list that a paragraph is in.
func (d *docx) point(p *xmlNode) (level int, kind string) {
	props := p.child("pPr")
	style := d.styles[props.value("pStyle")]
	num := props.child("numPr")
	if num == nil {
		switch {
		case strings.HasPrefix(style, "list bullet"):
			return styleLevel(style), "ul"
		case strings.HasPrefix(style, "list number"):
			return styleLevel(style), "ol"
		}
		return 0, ""
	}
	id := num.value("numId")
	if id == "" || id == "0" || strings.HasPrefix(style, "heading") {
		return 0, ""
	}
	level, _ = strconv.Atoi(num.value("ilvl"))
	level = min(max(level, 0), deepest)
	switch d.numbers[id+" "+strconv.Itoa(level)] {
	case "bullet", "", "none":
		return level, "ul"
	}
	return level, "ol"
}

// styleLevel returns the level of a style such as "list bullet 3".
func styleLevel(style string) int {
	n, _ := strconv.Atoi(style[strings.LastIndexByte(style, ' ')+1:])
	return min(max(n-1, 0), deepest)
}

// listed adds a point at its level, opening lists as needed.
func (d *docx) listed(into *html.Node, lists []*html.Node, level int, kind string, p *xmlNode) []*html.Node {
	lists = lists[:min(len(lists), level+1)]
	if len(lists) == level+1 && lists[level].Data != kind {
		lists = lists[:level]
	}
	for len(lists) <= level {
		list := element(kind)
		switch {
		case len(lists) == 0:
			into.AppendChild(list)
		case lists[len(lists)-1].LastChild != nil:
			lists[len(lists)-1].LastChild.AppendChild(list)
		default:
			lists[len(lists)-1].AppendChild(list)
		}
		lists = append(lists, list)
	}
	li := element("li")
	d.runs(li, p)
	lists[level].AppendChild(li)
	return lists
}

func (d *docx) paragraph(into *html.Node, p *xmlNode) {
	style := d.styles[p.child("pPr").value("pStyle")]
	el := element("p")
	switch {
	case style == "title" && d.title == "":
		d.runs(el, p)
		d.title = plain(el)
		return
	case strings.HasPrefix(style, "heading "):
		level, _ := strconv.Atoi(style[len("heading "):])
		el = element("h" + strconv.Itoa(min(max(level, 1), 6)))
	case strings.Contains(style, "quote"):
		el = element("blockquote")
	case strings.Contains(style, "code") || strings.Contains(style, "preformatted") || style == "macro text":
		el = d.codeBlock(into)
	}
	d.runs(el, p)
	if el.Parent == nil && el.FirstChild != nil {
		into.AppendChild(el)
	}
}

// codeBlock returns the block of code that a line belongs to.
func (d *docx) codeBlock(into *html.Node) *html.Node {
	if last := into.LastChild; last != nil && last.Data == "pre" {
		last.AppendChild(&html.Node{Type: html.TextNode, Data: "\n"})
		return last
	}
	return element("pre")
}

func (d *docx) table(t *xmlNode) *html.Node {
	table := element("table")
	for _, r := range t.all("tr") {
		row := element("tr")
		for _, c := range r.all("tc") {
			cell := element("td")
			if span := c.child("tcPr").value("gridSpan"); span != "" {
				cell.Attr = append(cell.Attr, html.Attribute{Key: "colspan", Val: span})
			}
			d.blocks(cell, c)
			row.AppendChild(cell)
		}
		table.AppendChild(row)
	}
	return table
}

// runs adds the words of a paragraph. What was deleted in it is not in it.
func (d *docx) runs(into *html.Node, n *xmlNode) {
	for _, c := range n.nodes {
		switch c.name {
		case "r":
			d.run(into, c)
		case "hyperlink":
			d.runs(d.linked(into, c), c)
		case "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml":
			d.runs(into, c)
		}
	}
}

func (d *docx) linked(into *html.Node, n *xmlNode) *html.Node {
	href := d.targets[n.attr("id")]
	if anchor := n.attr("anchor"); anchor != "" && href == "" {
		href = "#" + url.PathEscape(anchor)
	}
	a := element("a", html.Attribute{Key: "href", Val: href})
	into.AppendChild(a)
	return a
}

// run adds words that look alike; like ones side by side become one.
func (d *docx) run(into *html.Node, r *xmlNode) {
	props := r.child("rPr")
	if props.on("vanish") {
		return
	}
	style := d.styles[props.value("rStyle")]
	font := strings.ToLower(props.child("rFonts").attr("ascii"))
	at := into
	inside := func(name string, is bool) {
		if !is {
			return
		}
		if last := at.LastChild; last != nil && last.Type == html.ElementNode && last.Data == name {
			at = last
			return
		}
		el := element(name)
		at.AppendChild(el)
		at = el
	}
	inside("strong", props.on("b") || style == "strong")
	inside("em", props.on("i") || style == "emphasis")
	inside("del", props.on("strike"))
	inside("code", strings.Contains(style, "code") || strings.Contains(font, "courier") || strings.Contains(font, "consolas") || strings.Contains(font, "mono"))
	d.glyphs(at, r)
}

func (d *docx) glyphs(into *html.Node, r *xmlNode) {
	for _, c := range r.nodes {
		switch c.name {
		case "t":
			into.AppendChild(&html.Node{Type: html.TextNode, Data: c.words()})
		case "tab":
			into.AppendChild(&html.Node{Type: html.TextNode, Data: " "})
		case "br", "cr":
			into.AppendChild(element("br"))
		case "noBreakHyphen":
			into.AppendChild(&html.Node{Type: html.TextNode, Data: "-"})
		case "drawing", "pict", "object", "AlternateContent":
			d.drawing(into, c)
		}
	}
}

func (d *docx) drawing(into *html.Node, n *xmlNode) {
	alt := n.first("docPr").attr("descr")
	for _, b := range append(n.all("blip"), n.all("imagedata")...) {
		id := first(b.attr("embed"), b.attr("id"))
		if src := d.picture(id); src != "" {
			into.AppendChild(element("img", html.Attribute{Key: "src", Val: (&url.URL{Path: src}).EscapedPath()}, html.Attribute{Key: "alt", Val: alt}))
			return
		}
	}
}
