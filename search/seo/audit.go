package seo

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Draft is a page as its author has it.
type Draft struct {
	Locale      string   // language of the text
	Title       string   // as search engines would show it
	Summary     string   // likewise
	HTML        string   // the text below the title, as readers get it
	Others      []string // titles of other pages in the language
	Asked       []Asked  // what people searched for who came to the page, the most frequent first
	Levels      bool     // Title is shown as the heading of the first level, so that the text has none
	AllowsShort bool     // little text is as it should be: a video, an event
}

// Asked is a search that led to a page.
type Asked struct {
	Text string
	N    int // how often
}

// A Severity says how bad something is.
type Severity string

// The severities, worst first.
const (
	SeverityWarning Severity = "warning" // readers will stumble over it
	SeverityNote    Severity = "note"    // it could be better
)

// A Finding is something to mend in a page.
type Finding struct {
	Code     string // one of Codes
	Place    string // "title", "description" or "body"
	Ref      string // the words it is about, or empty
	Severity Severity
	Message  errs.Message // says it to authors
}

// Codes of findings.
const (
	CodeTitleMissing     = "title_missing"
	CodeTitleShort       = "title_short"
	CodeTitleLong        = "title_long"
	CodeTitleTwice       = "title_twice"
	CodeSummaryMissing   = "description_missing"
	CodeSummaryShort     = "description_short"
	CodeSummaryLong      = "description_long"
	CodeSummaryIsTitle   = "description_title"
	CodeHeadingFirst     = "heading_first"
	CodeHeadingSkipped   = "heading_skipped"
	CodeHeadingEmpty     = "heading_empty"
	CodeHeadingTwice     = "heading_twice"
	CodeLinkEmpty        = "link_empty"
	CodeLinkAddress      = "link_address"
	CodeImageUndescribed = "image_undescribed"
	CodeTextThin         = "text_thin"
	CodeTextHard         = "text_hard"
	CodeWordsMissing     = "words_missing"
)

// Codes returns the codes of findings. The text of each has the message key
// "seo." with the code.
func Codes() []string {
	return []string{
		CodeTitleMissing, CodeTitleShort, CodeTitleLong, CodeTitleTwice, CodeSummaryMissing, CodeSummaryShort, CodeSummaryLong, CodeSummaryIsTitle,
		CodeHeadingFirst, CodeHeadingSkipped, CodeHeadingEmpty, CodeHeadingTwice, CodeLinkEmpty, CodeLinkAddress, CodeImageUndescribed,
		CodeTextThin, CodeTextHard, CodeWordsMissing,
	}
}

// What search engines show of a page, in columns: a letter that is as wide as it
// is high takes two. They measure in pixels and change their minds; these are
// bounds within which nothing is cut off.
const (
	TitleLeast   = 15
	TitleMost    = 65
	SummaryLeast = 50
	SummaryMost  = 165
)

// Audit returns what could be better in a page, the parts of it in order.
func Audit(d Draft) []Finding {
	a := auditor{d: d, read: readPage(d.HTML)}
	a.title()
	a.summary()
	a.headings()
	a.links()
	a.text()
	a.words()
	return a.out
}

type auditor struct {
	d    Draft
	read reading
	out  []Finding
}

func (a *auditor) find(code, place, ref string, s Severity, args map[string]any) {
	if args == nil {
		args = map[string]any{}
	}
	args["ref"] = ref
	a.out = append(a.out, Finding{code, place, ref, s, errs.Message{Key: "seo." + code, Args: args}})
}

func (a *auditor) title() {
	title := words(a.d.Title)
	n := Columns(title)
	switch {
	case n == 0:
		a.find(CodeTitleMissing, "title", "", SeverityWarning, nil)
		return
	case n < TitleLeast:
		a.find(CodeTitleShort, "title", "", SeverityNote, map[string]any{"n": n, "least": TitleLeast})
	case n > TitleMost:
		a.find(CodeTitleLong, "title", "", SeverityWarning, map[string]any{"n": n, "most": TitleMost})
	}
	for _, other := range a.d.Others {
		if strings.EqualFold(words(other), title) {
			a.find(CodeTitleTwice, "title", "", SeverityWarning, nil)
			return
		}
	}
}

func (a *auditor) summary() {
	summary := words(a.d.Summary)
	n := Columns(summary)
	switch {
	case n == 0:
		a.find(CodeSummaryMissing, "description", "", SeverityWarning, nil)
	case strings.EqualFold(summary, words(a.d.Title)):
		a.find(CodeSummaryIsTitle, "description", "", SeverityWarning, nil)
	case n < SummaryLeast:
		a.find(CodeSummaryShort, "description", "", SeverityNote, map[string]any{"n": n, "least": SummaryLeast})
	case n > SummaryMost:
		a.find(CodeSummaryLong, "description", "", SeverityNote, map[string]any{"n": n, "most": SummaryMost})
	}
}

func (a *auditor) headings() {
	level, seen := 1, map[string]bool{}
	for _, h := range a.read.headings {
		switch {
		case h.text == "":
			a.find(CodeHeadingEmpty, "body", "", SeverityWarning, nil)
		case h.level == 1 && a.d.Levels:
			a.find(CodeHeadingFirst, "body", h.text, SeverityWarning, nil)
		case h.level > level+1:
			a.find(CodeHeadingSkipped, "body", h.text, SeverityNote, map[string]any{"level": h.level, "before": level})
		}
		if key := strings.ToLower(h.text); h.text != "" && h.level <= 2 {
			if seen[key] {
				a.find(CodeHeadingTwice, "body", h.text, SeverityNote, nil)
			}
			seen[key] = true
		}
		level = h.level
	}
}

func (a *auditor) links() {
	for _, l := range a.read.links {
		switch {
		case l.text == "":
			a.find(CodeLinkEmpty, "body", l.address, SeverityWarning, nil)
		case strings.HasPrefix(l.text, "http://") || strings.HasPrefix(l.text, "https://"):
			a.find(CodeLinkAddress, "body", l.text, SeverityNote, nil)
		}
	}
	for _, i := range a.read.images {
		if i.text == "" {
			a.find(CodeImageUndescribed, "body", i.address, SeverityWarning, nil)
		}
	}
}

// thin is how many letters a text has at least that says something.
const thin = 250

func (a *auditor) text() {
	n := 0
	for _, r := range a.read.text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n += width(r)
		}
	}
	if n < thin && !a.d.AllowsShort {
		a.find(CodeTextThin, "body", "", SeverityNote, map[string]any{"n": n, "least": thin})
	}
	if ease, ok := Readability(a.d.Locale, a.read.prose); ok && ease < hard {
		a.find(CodeTextHard, "body", "", SeverityNote, map[string]any{"ease": int(max(0, ease)), "least": hard})
	}
}

// Columns returns how wide a text is, in letters of Latin width.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff60, r == 'ー':
		return 2
	}
	return 1
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// A reading is what there is in a text.
type reading struct {
	headings []heading
	links    []named
	images   []named
	text     string
	prose    string // without headings, code and tables, blocks as sentences of their own
}

type heading struct {
	level int
	text  string
}

// A named has an address and words that stand for it.
type named struct{ address, text string }

// readPage reads a piece of a page.
func readPage(text string) reading {
	var out reading
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return out
	}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6':
			out.headings = append(out.headings, heading{int(n.Data[1] - '0'), nameOf(n)})
		case n.DataAtom == atom.A && hasAttr(n, "href"):
			out.links = append(out.links, named{attr(n, "href"), nameOf(n)})
		case n.DataAtom == atom.Img && attr(n, "role") != "presentation":
			out.images = append(out.images, named{attr(n, "src"), words(attr(n, "alt"))})
		}
	}
	out.text = words(textOf(root, false))
	out.prose = textOf(root, true)
	return out
}

// nameOf returns the words by which an element is known: its text, or what is
// said of its pictures.
func nameOf(n *html.Node) string {
	if label := words(attr(n, "aria-label")); label != "" {
		return label
	}
	text := textOf(n, false)
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			text += " " + attr(c, "alt")
		}
	}
	return words(text)
}

// textOf returns the text in an element. Prose is without what nobody reads as
// sentences, and what is a block ends one.
func textOf(n *html.Node, prose bool) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
			return
		case n.DataAtom == atom.Script, n.DataAtom == atom.Style:
			return
		case prose && noProse[n.DataAtom]:
			b.WriteString("\n")
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if blocks[n.DataAtom] {
			b.WriteString("\n")
		}
	}
	walk(n)
	return b.String()
}

var (
	noProse = map[atom.Atom]bool{
		atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Code: true, atom.Kbd: true, atom.Table: true,
	}
	blocks = map[atom.Atom]bool{atom.P: true, atom.Li: true, atom.Div: true, atom.Br: true, atom.Blockquote: true, atom.Dd: true, atom.Dt: true, atom.Td: true, atom.Th: true, atom.H2: true, atom.H3: true, atom.H4: true}
)

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
