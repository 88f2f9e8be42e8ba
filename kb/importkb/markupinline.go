package importkb

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// inline returns the words of a paragraph, with white space still at its ends.
func (m *markup) inline(nodes []*html.Node) string {
	var out strings.Builder
	for _, n := range nodes {
		out.WriteString(m.words(n))
	}
	return out.String()
}

// emphasis are the elements that set words off, and how Markdown does it.
var emphasis = map[string]string{"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}

func (m *markup) words(n *html.Node) string {
	if n.Type == html.TextNode {
		return escaped(spaced(n.Data))
	}
	if hidden(n) || n.Type != html.ElementNode {
		return ""
	}
	switch {
	case n.Data == "br":
		return "\\\n"
	case n.Data == "img":
		return m.image(n)
	case n.Data == "a":
		return m.anchor(n)
	case n.Data == "code" || n.Data == "kbd" || n.Data == "samp" || n.Data == "tt":
		return code(spaced(rawText(n)))
	case emphasis[n.Data] != "":
		return m.emphasised(emphasis[n.Data], n)
	case apart[n.Data]:
		return " " + m.inline(children(n)) + " "
	}
	return m.inline(children(n))
}

func (m *markup) emphasised(mark string, n *html.Node) string {
	if m.marks[mark] {
		return m.inline(children(n))
	}
	m.marks[mark] = true
	text := m.inline(children(n))
	delete(m.marks, mark)
	return around(mark, text, mark)
}

// around puts marks at the words of a text, not at the space around them.
func around(before, text, after string) string {
	body := strings.Trim(text, " \n")
	body = strings.TrimRight(strings.TrimSuffix(strings.TrimPrefix(body, "\\\n"), "\\"), " \n")
	if body == "" {
		return text
	}
	lead, tail := "", ""
	if strings.IndexAny(text, " \n\\") == 0 && text[0] != body[0] {
		lead = " "
	}
	if strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\n") {
		tail = " "
	}
	return lead + before + body + after + tail
}

func (m *markup) anchor(n *html.Node) string {
	text := m.inline(children(n))
	if strings.Contains(text, "](") && !strings.Contains(text, "![") {
		return text // a link in a link
	}
	dest := attr(n, "href")
	if m.link != nil && dest != "" {
		dest = m.link(dest)
	}
	if dest = destination(dest); dest == "" {
		return text
	}
	return around("[", text, "]("+dest+")")
}

func (m *markup) image(n *html.Node) string {
	src := attr(n, "src")
	if m.picture != nil {
		src = m.picture(src)
	}
	if src = destination(src); src == "" {
		return escaped(spaced(attr(n, "alt")))
	}
	return "![" + escaped(oneLine(attr(n, "alt"))) + "](" + src + ")"
}

// destination returns where a link may lead as Markdown writes it, or "" if it
// is of a kind that pages do not lead to.
func destination(s string) string {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	if err != nil || s == "" {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "", "http", "https", "mailto", "tel", "article", "media":
	default:
		return ""
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '(' || r == ')' || r == '<' || r == '>' || r == '\\' || r == '"' || r == ' ' || r == '`':
			out.WriteString("%" + strings.ToUpper(hexOf(byte(r))))
		case unicode.IsControl(r) || unicode.IsSpace(r):
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func hexOf(b byte) string { return string([]byte{"0123456789abcdef"[b>>4], "0123456789abcdef"[b&15]}) }

// code returns words that a machine reads.
func code(s string) string {
	body := strings.TrimSpace(s)
	if body == "" {
		return s
	}
	ticks := "`"
	for strings.Contains(body, ticks) {
		ticks += "`"
	}
	if strings.HasPrefix(body, "`") || strings.HasSuffix(body, "`") {
		body = " " + body + " "
	}
	return ticks + strings.ReplaceAll(body, "|", "\\|") + ticks
}

var manySpaces = regexp.MustCompile(`[ \t\r\n\f]+`)

// spaced makes one space of many, as HTML does.
func spaced(s string) string { return manySpaces.ReplaceAllString(tidy(s), " ") }

var signs = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "|", `\|`, "~", `\~`, "&", `&amp;`, "$", `\$`, "^", `\^`, "{", `\{`,
)

// escaped returns a text in which nothing is Markdown.
func escaped(s string) string { return signs.Replace(s) }

var opens = regexp.MustCompile(`^(?:[#+>=:-]|(\d+)([.)]))`)

// paragraph returns words as lines of their own, none of which begins a heading,
// a list or whatever else.
func paragraph(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		l = strings.TrimSpace(manySpaces.ReplaceAllString(l, " "))
		if f := opens.FindStringSubmatchIndex(l); f != nil {
			at := 0
			if f[4] >= 0 {
				at = f[4]
			}
			l = l[:at] + `\` + l[at:]
		}
		lines[i] = l
	}
	s = strings.Trim(strings.Join(lines, "\n"), "\n")
	for strings.HasPrefix(s, "\\\n") {
		s = strings.TrimLeft(s[2:], "\n ")
	}
	for s == `\` || strings.HasSuffix(s, "\n\\") || endsInBreak(s) {
		s = strings.TrimRight(s[:len(s)-1], "\n ")
	}
	return s
}

// endsInBreak reports whether a text ends in the first half of a line break: a
// backslash that is not escaped itself.
func endsInBreak(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// rawText returns the letters in n as they are.
func rawText(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		}
		if c.Type == html.ElementNode && c.Data == "br" {
			out.WriteString("\n")
		}
	}
	return tidy(out.String())
}

// plain returns the words in n without anything else.
func plain(n *html.Node) string { return oneLine(rawText(n)) }

// find returns the first element in n that is like that, or nil.
func find(n *html.Node, like func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && like(c) {
			return c
		}
	}
	return nil
}
