package markdown

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// treeDepth bounds the depth of nesting. List items, table rows and cells do
// not count, as each needs a list or a table of its own to go deeper.
const treeDepth = 100

// A builder makes a tree of a fragment in one pass. It knows far less than a
// browser: elements that are not allowed leave their content behind, what is
// open at the end is closed, and an end tag closes the nearest open element of
// its name. HTML's own algorithm re-opens formatting elements in every block,
// which makes some inputs grow without measure.
type builder struct {
	tokens *html.Tokenizer
	offset int            // bytes read
	ends   map[string]int // where the last end tag of a skipped element stands
	stack  []*html.Node   // open elements, the root first
}

// parse returns the root of the tree of an HTML fragment. The root itself is
// not part of it.
func parse(fragment string) *html.Node {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	b := &builder{
		tokens: html.NewTokenizer(strings.NewReader(fragment)),
		ends:   lastEnds(fragment),
		stack:  []*html.Node{root},
	}
	for b.next() {
	}
	return root
}

func lastEnds(fragment string) map[string]int {
	lower, ends := strings.Map(lowerASCII, fragment), map[string]int{}
	for name := range skipped {
		ends[name] = strings.LastIndex(lower, "</"+name)
	}
	return ends
}

// lowerASCII leaves every byte where it is, unlike unicode.ToLower.
func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func (b *builder) next() bool {
	kind := b.tokens.Next()
	b.offset += len(b.tokens.Raw())
	switch kind {
	case html.ErrorToken:
		return false
	case html.TextToken:
		b.text(b.tokens.Token().Data)
	case html.StartTagToken, html.SelfClosingTagToken:
		b.start(b.tokens.Token())
	case html.EndTagToken:
		b.end(b.tokens.Token().Data)
	}
	return true
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1] }

func (b *builder) text(s string) {
	s = strings.Map(visible, s)
	if b.top().DataAtom == atom.Pre && b.top().FirstChild == nil {
		s = strings.TrimPrefix(s, "\n") // it belongs to the tag
	}
	if s == "" {
		return
	}
	if strings.TrimSpace(s) != "" {
		b.imply()
	}
	b.top().AppendChild(&html.Node{Type: html.TextNode, Data: s})
}

// visible drops NUL and the overrides of direction, which show a text other
// than it is.
func visible(r rune) rune {
	if r == 0 || r == 0x202D || r == 0x202E {
		return -1
	}
	return r
}

// start opens an element, or leaves it out.
func (b *builder) start(t html.Token) {
	if skipped[t.Data] || raw[t.Data] {
		b.skip(t.Data)
		return
	}
	class, ok := elements[t.Data]
	if !ok || !b.fits(t.Data, class) {
		return
	}
	b.makeRoom(t.Data, class)
	n := &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: t.DataAtom, Attr: unique(t.Attr)}
	b.top().AppendChild(n)
	if class != void {
		b.stack = append(b.stack, n)
	}
}

// skip passes over the content of an element that is dropped with all that is
// in it. An element that never ends is dropped alone.
func (b *builder) skip(name string) {
	if raw[name] {
		b.tokens.Next()
		b.offset += len(b.tokens.Raw())
		return
	}
	if b.ends[name] < b.offset {
		return
	}
	for {
		kind := b.tokens.Next()
		b.offset += len(b.tokens.Raw())
		if kind == html.ErrorToken || kind == html.EndTagToken && b.tokens.Token().Data == name {
			return
		}
	}
}

// fits reports whether an element may stand here at all.
func (b *builder) fits(name string, class class) bool {
	switch class {
	case part:
		return b.nearest(owners[name]) > 0
	case void:
		return true
	}
	return len(b.stack) <= treeDepth
}

// makeRoom closes what the new element ends and opens what it needs.
func (b *builder) makeRoom(name string, class class) {
	if class == part {
		b.popTo(b.nearest(owners[name]))
		if owners[name] == ownersOfCells && b.top().DataAtom != atom.Tr {
			b.push("tr")
		}
		return
	}
	b.imply()
	if class == block || name == "hr" {
		b.close("p")
	}
	if isHeading(name) {
		b.closeHeading()
	}
	if name == "a" {
		b.close("a")
	}
}

// imply opens the part that the content of a list or a table must be in.
func (b *builder) imply() {
	for {
		switch b.top().DataAtom {
		case atom.Ul, atom.Ol:
			b.push("li")
		case atom.Dl:
			b.push("dd")
		case atom.Table, atom.Thead, atom.Tbody, atom.Tfoot:
			b.push("tr")
		case atom.Tr:
			b.push("td")
		default:
			return
		}
	}
}

func (b *builder) push(name string) {
	n := &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name))}
	b.top().AppendChild(n)
	b.stack = append(b.stack, n)
}

// end closes the nearest open element of the name and all that is in it.
func (b *builder) end(name string) {
	class, ok := elements[name]
	switch {
	case isHeading(name):
		b.closeHeading()
	case ok && class != void:
		b.close(name)
	}
}

// closeHeading ends the open heading, whatever its level. There is never more
// than one.
func (b *builder) closeHeading() {
	for level := '1'; level <= '6'; level++ {
		b.close("h" + string(level))
	}
}

// close ends the nearest open element of the name, but nothing outside of the
// table cell or, for a list item, of the list it stands in.
func (b *builder) close(name string) {
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].Data
		if open == name {
			b.popTo(i - 1)
			return
		}
		if open == "table" || isCell(open) && owners[name] == "" && name != "table" || isList(open) && name == "li" {
			return
		}
	}
}

// nearest returns the place on the stack of the nearest open element that is
// one of the names, or 0. It does not look out of a table for parts of it, nor
// out of a cell for a list.
func (b *builder) nearest(names string) int {
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].Data
		if strings.Contains(names, " "+open+" ") {
			return i
		}
		if open == "table" || isCell(open) && !strings.Contains(names, " table ") {
			return 0
		}
	}
	return 0
}

func isCell(name string) bool { return name == "td" || name == "th" || name == "caption" }
func isList(name string) bool { return name == "ul" || name == "ol" }

// popTo makes the element at the place on the stack the one being filled.
func (b *builder) popTo(i int) { b.stack = b.stack[:i+1] }

// unique drops attributes that are there twice; browsers heed the first. Those
// that are read as text are cleaned like text.
func unique(attrs []html.Attribute) []html.Attribute {
	seen := make(map[string]bool, len(attrs))
	kept := attrs[:0]
	for _, a := range attrs {
		if seen[a.Key] {
			continue
		}
		seen[a.Key] = true
		if a.Key == "alt" || a.Key == "title" {
			a.Val = strings.Map(visible, a.Val)
		}
		kept = append(kept, a)
	}
	return kept
}

// serialise returns the HTML of the tree below the root.
func serialise(root *html.Node) string {
	var b strings.Builder
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		// A builder fails on nothing, and Render only on trees that parse
		// cannot make.
		_ = html.Render(&b, c)
	}
	return b.String()
}
