package mailin

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/stoa-go/stoa/internal/filetext"
)

const (
	maxQuoted = 10      // marks before a line, however deep it is quoted
	maxPlain  = 2 << 20 // bytes that a page becomes
	maxNested = 400     // elements in elements
)

// pageLetters reads a page in the charset that it says itself that it is in.
func pageLetters(data []byte) (string, bool) {
	_, name, certain := charset.DetermineEncoding(data[:min(len(data), 1024)], "text/html")
	if !certain {
		name = ""
	}
	return letters(data, name)
}

// textOf writes a page as a mail in plain text would be: with its paragraphs, and
// with marks before what is quoted. Package filetext finds words for an index,
// where neither matters.
func textOf(page string) string {
	root, err := filetext.ParseHTML([]byte(page), "text/html; charset=utf-8")
	if err != nil { // it is nested deeper than anybody writes: the words are left
		words, _ := filetext.Extract(context.Background(), "text/html", strings.NewReader(page), int64(len(page)))
		return words
	}
	var p plainer
	p.node(root, 0)
	p.end()
	return clean(strings.TrimRight(p.out.String(), "\n"))
}

// A plainer writes plain text.
type plainer struct {
	out    strings.Builder
	line   strings.Builder
	quoted int
	space  bool // is due before the next word
	gap    bool // an empty line is due before the next line
	gapAt  int  // so deep in quotes
	pre    int
}

// unseen are elements that are not text.
var unseen = []string{"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea", "button"}

// apart are elements with an empty line before and behind them.
var apart = []string{"p", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}

// lines are elements on lines of their own.
var lines = []string{"div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "main", "center", "address", "body", "tbody", "thead", "form", "hr"}

func (p *plainer) node(n *html.Node, depth int) {
	if p.out.Len() > maxPlain || depth > maxNested {
		return
	}
	switch n.Type {
	case html.TextNode:
		p.text(n.Data)
		return
	case html.ElementNode:
		if slices.Contains(unseen, n.Data) || strings.Contains(strings.ReplaceAll(value(n, "style"), " ", ""), "display:none") {
			return
		}
	case html.CommentNode:
		return
	}
	wide := slices.Contains(apart, n.Data) && !strings.HasPrefix(value(n, "class"), "Mso")
	block := wide || slices.Contains(apart, n.Data) || slices.Contains(lines, n.Data)
	p.edge(block, wide)
	p.open(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.node(c, depth+1)
	}
	if block {
		p.end()
	}
	p.close(n)
	p.edge(block, wide)
}

// edge is where a block begins or ends.
func (p *plainer) edge(block, wide bool) {
	if block {
		p.end()
	}
	if wide && p.out.Len() > 0 {
		if !p.gap || p.quoted < p.gapAt {
			p.gapAt = p.quoted
		}
		p.gap = true
	}
}

func (p *plainer) open(n *html.Node) {
	switch n.Data {
	case "br":
		p.flush()
	case "hr":
		p.line.WriteString("________________")
	case "li":
		p.line.WriteString("- ")
	case "td", "th":
		p.space = p.line.Len() > 0
	case "img":
		if alt := strings.Join(strings.Fields(value(n, "alt")), " "); alt != "" {
			p.text("[" + alt + "]")
		}
	case "blockquote":
		p.quoted++
	case "pre":
		p.pre++
	}
}

func (p *plainer) close(n *html.Node) {
	switch n.Data {
	case "blockquote":
		p.quoted--
	case "pre":
		p.pre--
	case "a":
		// Where a link leads is part of what was written, and its text may say otherwise.
		href := strings.TrimSpace(value(n, "href"))
		if (strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://")) && !strings.HasSuffix(p.line.String(), href) {
			p.text(" <" + href + ">")
		}
	}
}

func (p *plainer) text(s string) {
	if p.pre > 0 {
		for i, l := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
			if i > 0 {
				p.flush()
			}
			p.line.WriteString(l)
		}
		return
	}
	for i, word := range strings.FieldsFunc(s, blank) {
		if (p.space || i > 0 || blank(rune(s[0]))) && p.line.Len() > 0 {
			p.line.WriteByte(' ')
		}
		p.line.WriteString(word)
		p.space = false
	}
	p.space = p.space || s != "" && blank(rune(s[len(s)-1]))
}

// blank reports whether a letter is one of those that HTML reads as one space.
func blank(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

// end ends a line, if there is one.
func (p *plainer) end() {
	if p.line.Len() > 0 {
		p.flush()
	}
	p.space = false
}

func (p *plainer) flush() {
	line := strings.Trim(strings.ReplaceAll(p.line.String(), "\u00a0", " "), " ")
	if p.pre > 0 {
		line = strings.TrimRight(p.line.String(), " ")
	}
	if p.gap && line != "" {
		p.write(p.gapAt, "")
	}
	p.gap = p.gap && line == ""
	p.write(p.quoted, line)
	p.line.Reset()
	p.space = false
}

func (p *plainer) write(quoted int, line string) {
	p.out.WriteString(strings.TrimRight(strings.Repeat("> ", min(quoted, maxQuoted))+line, " ") + "\n")
}

func value(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
