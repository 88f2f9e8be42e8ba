package importkb

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// A markup turns HTML into Markdown. Of HTML it keeps what Markdown has words
// for; scripts, styles, forms and what is hidden are left out, and whatever
// looks like Markdown in a text is escaped. Nothing of a page can become code.
type markup struct {
	link    func(href string) string // where a link leads, "" if nowhere; nil keeps it
	picture func(src string) string  // likewise
	title   string                   // of the page: a first heading that repeats it is left out
	nested  int                      // lists and quotations around
	headed  bool                     // a heading was met
	marks   map[string]bool          // emphasis around
}

// deepest is how deep lists and quotations may be indented; those further in
// stand beside it, so that indentation cannot grow without end.
const deepest = 8

// leftOut are elements that are no text.
var leftOut = map[string]bool{
	"script": true, "style": true, "head": true, "template": true, "noscript": true, "iframe": true, "object": true, "embed": true, "svg": true,
	"math": true, "input": true, "select": true, "textarea": true, "button": true, "nav": true, "canvas": true, "audio": true, "dialog": true,
}

// apart are elements that begin and end a paragraph.
var apart = map[string]bool{
	"p": true, "div": true, "section": true, "article": true, "main": true, "header": true, "footer": true, "figure": true, "figcaption": true,
	"address": true, "details": true, "summary": true, "body": true, "html": true, "center": true, "dl": true, "dt": true, "dd": true, "aside": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "ul": true, "ol": true, "li": true, "pre": true, "blockquote": true,
	"table": true, "hr": true, "thead": true, "tbody": true, "tr": true, "td": true, "th": true, "form": true, "fieldset": true, "video": true,
}

// text returns a node as Markdown.
func (m *markup) text(n *html.Node) string {
	m.marks = map[string]bool{}
	return strings.Join(m.blocks(n), "\n\n") + "\n"
}

// blocks returns the paragraphs in n.
func (m *markup) blocks(n *html.Node) (out []string) {
	var run []*html.Node
	flush := func() {
		if p := paragraph(m.inline(run)); p != "" {
			out = append(out, p)
		}
		run = nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case hidden(c):
		case c.Type == html.ElementNode && (apart[c.Data] || holdsBlocks(c)):
			flush()
			out = append(out, m.block(c)...)
		default:
			run = append(run, c)
		}
	}
	flush()
	return out
}

// holdsBlocks reports whether an inline element has paragraphs in it, as in
// <span><p>.
func holdsBlocks(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && apart[c.Data] && n.Data != "a" {
			return true
		}
	}
	return false
}

func hidden(n *html.Node) bool {
	if n.Type == html.CommentNode || n.Type == html.ElementNode && leftOut[n.Data] {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
			return true
		}
	}
	return false
}

func (m *markup) block(n *html.Node) []string {
	switch n.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		return m.heading(n)
	case "ul", "ol":
		return one(m.list(n))
	case "pre":
		return one(fence(n))
	case "blockquote":
		return one(m.quoted("", n))
	case "table":
		return one(m.table(n))
	case "hr":
		return one("---")
	}
	if kind := alertOf(n); kind != "" {
		return one(m.quoted("[!"+kind+"]\n", n))
	}
	return m.blocks(n)
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (m *markup) heading(n *html.Node) []string {
	text := strings.ReplaceAll(paragraph(m.inline(children(n))), "\\\n", " ")
	first := !m.headed
	m.headed = true
	if text == "" || first && plain(n) == m.title {
		return nil
	}
	level := max(int(n.Data[1]-'0'), 2)
	return one(strings.Repeat("#", level) + " " + text)
}

func children(n *html.Node) (out []*html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !hidden(c) {
			out = append(out, c)
		}
	}
	return out
}

// alerts are the boxes of other systems by a part of their classes.
var alerts = []struct{ class, kind string }{
	{"information-macro-warning", "CAUTION"}, {"information-macro-note", "WARNING"}, {"information-macro-tip", "TIP"}, {"information-macro-information", "NOTE"},
}

func alertOf(n *html.Node) string {
	class := attr(n, "class")
	for _, a := range alerts {
		if strings.Contains(class, a.class) {
			return a.kind
		}
	}
	return ""
}

func (m *markup) quoted(head string, n *html.Node) string {
	m.nested++
	defer func() { m.nested-- }()
	text := strings.Join(m.blocks(n), "\n\n")
	if text == "" || m.nested > deepest {
		return text
	}
	return "> " + strings.ReplaceAll(head+text, "\n", "\n> ")
}

func (m *markup) list(n *html.Node) string {
	m.nested++
	defer func() { m.nested-- }()
	number, _ := strconv.Atoi(attr(n, "start"))
	number = min(max(number, 1), 100_000)
	var out []string
	for _, c := range children(n) {
		if c.Type != html.ElementNode {
			continue
		}
		mark := "- "
		if n.Data == "ol" {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		if text := m.point(c); text != "" {
			out = append(out, m.indented(mark, text))
		}
	}
	return strings.Join(out, "\n")
}

// point returns what is in a point of a list. A list under it stands close to it.
func (m *markup) point(n *html.Node) string {
	if n.Data == "ul" || n.Data == "ol" { // a list right in a list
		return m.list(n)
	}
	var out strings.Builder
	for i, b := range m.blocks(n) {
		switch {
		case i > 0 && isList(b):
			out.WriteString("\n")
		case i > 0:
			out.WriteString("\n\n")
		}
		out.WriteString(b)
	}
	return out.String()
}

var listMark = regexp.MustCompile(`^(- |\d+\. )`)

func isList(s string) bool { return listMark.MatchString(s) }

func (m *markup) indented(mark, text string) string {
	if m.nested > deepest {
		return mark + strings.ReplaceAll(text, "\n", " ")
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines[1:] {
		if l != "" {
			lines[i+1] = strings.Repeat(" ", len(mark)) + l
		}
	}
	return mark + strings.Join(lines, "\n")
}

var language1 = regexp.MustCompile(`(?:language-|lang-|brush:\s*)([A-Za-z0-9+#-]{1,20})`)

// fence returns code as it is.
func fence(n *html.Node) string {
	code := strings.Trim(rawText(n), "\n")
	ticks := "```"
	for strings.Contains(code, ticks) {
		ticks += "`"
	}
	class := attr(n, "class") + " " + attr(n, "data-syntaxhighlighter-params")
	if c := find(n, func(c *html.Node) bool { return c.Data == "code" }); c != nil {
		class += " " + attr(c, "class")
	}
	name := ""
	if f := language1.FindStringSubmatch(class); f != nil {
		name = strings.ToLower(f[1])
	}
	return ticks + name + "\n" + code + "\n" + ticks
}

// widest is how many columns a table keeps.
const widest = 40

func (m *markup) table(n *html.Node) string {
	rows := m.rows(n, nil)
	wide := 0
	for _, r := range rows {
		wide = max(wide, len(r))
	}
	if wide == 0 {
		return ""
	}
	var out strings.Builder
	for i, r := range rows {
		r = append(r, slices.Repeat([]string{""}, wide-len(r))...)
		out.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			out.WriteString("|" + strings.Repeat(" --- |", wide) + "\n")
		}
	}
	return strings.TrimRight(out.String(), "\n")
}

// rows returns the cells of a table; those of tables in it are in its cells.
func (m *markup) rows(n *html.Node, out [][]string) [][]string {
	for _, c := range children(n) {
		switch c.Data {
		case "thead", "tbody", "tfoot":
			out = m.rows(c, out)
		case "tr":
			if r := m.cells(c); len(r) > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

func (m *markup) cells(row *html.Node) (out []string) {
	for _, c := range children(row) {
		if c.Data != "td" && c.Data != "th" || len(out) >= widest {
			continue
		}
		text := strings.ReplaceAll(paragraph(m.inline(children(c))), "\\\n", " ")
		out = append(out, strings.ReplaceAll(text, "\n", " "))
		span, _ := strconv.Atoi(attr(c, "colspan"))
		for range min(max(span, 1)-1, widest-len(out)) {
			out = append(out, "")
		}
	}
	return out
}
