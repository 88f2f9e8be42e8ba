package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/bidi"
)

// direct returns the direction of most of the text and says it on the blocks
// that have another one.
//
// dir="auto" would not do: it looks at the first letter, and a paragraph in
// Arabic or Hebrew often begins with the Latin name of a product.
func (p *page) direct() string {
	left, right := p.letters(p.root)
	dir := mostly(left, right)
	for n := range p.all(atom.P, atom.Li, atom.Dd, atom.Dt, atom.Td, atom.Th, atom.Figcaption, atom.Summary,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6) {
		if !hasAttr(n, "dir") && !nests(n) && isSentence(textOf(n)) {
			if own := p.differing(n, dir); own != "" {
				setAttr(n, "dir", own)
			}
		}
	}
	if dir == "rtl" {
		for n := range p.all(atom.Pre) {
			setAttr(n, "dir", "ltr")
		}
	}
	return dir
}

// differing returns the direction of n if it is not that of the text. Within
// right-to-left text a block is left-to-right only if it is wholly so.
func (p *page) differing(n *html.Node, dir string) string {
	left, right := p.letters(n)
	switch {
	case dir == "rtl" && right == 0 && left > 0:
		return "ltr"
	case dir == "ltr" && mostly(left, right) == "rtl":
		return "rtl"
	}
	return ""
}

// mostly returns the direction of a text with so many letters of each kind.
// Names and commands are Latin everywhere, so a third is enough for the others.
func mostly(left, right int) string {
	switch {
	case right > 0 && right*2 >= left:
		return "rtl"
	case left > 0:
		return "ltr"
	}
	return ""
}

// letters counts the letters of each direction below n, outside of code.
func (p *page) letters(n *html.Node) (left, right int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			l, r := countLetters(c.Data)
			left, right = left+l, right+r
		case c.DataAtom != atom.Code && c.DataAtom != atom.Pre && attr(c, "class") != "note-title":
			l, r := p.letters(c)
			left, right = left+l, right+r
		}
	}
	return left, right
}

func countLetters(s string) (left, right int) {
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				left++
			}
			continue
		}
		switch properties, _ := bidi.LookupRune(r); properties.Class() {
		case bidi.L:
			left++
		case bidi.R, bidi.AL:
			right++
		}
	}
	return left, right
}

// nests reports whether n contains blocks, which have directions of their own.
func nests(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (elements[d.Data] == block || elements[d.Data] == part) {
			return true
		}
	}
	return false
}

// isSentence reports whether a wrong direction would show: in words that are
// many, or that end in a mark which would wander to the other end.
func isSentence(s string) bool {
	words := strings.Count(s, " ") + 1
	last, _ := utf8.DecodeLastRuneInString(s)
	return words >= 6 || words >= 2 && unicode.IsPunct(last)
}
