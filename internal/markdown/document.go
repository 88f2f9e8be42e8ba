package markdown

import (
	"html/template"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Document is what a text became.
type Document struct {
	// HTML is safe to put on a page.
	HTML template.HTML

	// Title is the text of an h1 that opens the text, or "".
	Title string

	// Headings lists the headings in HTML, in order.
	Headings []Heading

	// Anchors are the names by which places in HTML are called, with the IDs that
	// they have there. See [Anchor].
	Anchors map[string]string

	// Text is what a reader reads, for search and summaries: blocks on lines of
	// their own, the alternative text of images among it.
	Text string

	// Links lists where the text links to, within the site and beyond it, once
	// each, in order and as HTML has it: after Options.Link.
	Links []string

	// Images lists the images that HTML loads, in the same way.
	Images []string

	// Dir is the direction of most of the text, "ltr" or "rtl", or "" if
	// nothing in it has one. It belongs on the element around HTML: blocks
	// that differ say so themselves.
	Dir string
}

// A Heading is an entry of a list of contents.
type Heading struct {
	Level int    // from Options.TopLevel to 6
	ID    string // what to link to, without the #
	Text  string
}

// plainText returns the text below root.
func plainText(root *html.Node) string {
	var w textWriter
	w.children(root)
	return strings.TrimSpace(w.b.String())
}

// added are the classes of what is not the author's text.
var added = set("note-title footnote-ref footnote-backref task")

// textWriter writes words with single blanks and a line for each block.
type textWriter struct {
	b     strings.Builder
	space string // what to write before the next word
}

func (w *textWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *textWriter) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.words(n.Data)
	case added[attr(n, "class")]:
	case n.DataAtom == atom.Img:
		w.words(" " + attr(n, "alt") + " ")
	case n.DataAtom == atom.Br || n.DataAtom == atom.Hr:
		w.space = "\n"
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		w.words(" ")
		w.children(n)
	case elements[n.Data] == block || elements[n.Data] == part:
		w.space = "\n"
		w.children(n)
		w.space = "\n"
	default:
		w.children(n)
	}
}

func (w *textWriter) words(s string) {
	for i, word := range strings.Fields(s) {
		if i > 0 || startsWithSpace(s) {
			w.between()
		}
		w.b.WriteString(w.space)
		w.space = ""
		w.b.WriteString(word)
	}
	if endsWithSpace(s) {
		w.between()
	}
}

// between notes a blank before the next word, unless a line ends there.
func (w *textWriter) between() {
	if w.space == "" {
		w.space = " "
	}
}

func startsWithSpace(s string) bool { return strings.TrimLeft(s, " \t\n\r\f\u00a0") != s }
func endsWithSpace(s string) bool   { return strings.TrimRight(s, " \t\n\r\f\u00a0") != s }
