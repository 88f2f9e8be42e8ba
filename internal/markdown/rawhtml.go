package markdown

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	openHTMLKey = parser.NewContextKey()

	pairedTag   = regexp.MustCompile(`(?i)<(/?)(?:div|ul|ol|dl|table|section|article|details|figure|aside|main|nav|header|footer)\b`)
	indentedTag = regexp.MustCompile(`(?i)^[ \t]*</?(?:div|ul|ol|li|dl|dt|dd|p|table|thead|tbody|tfoot|tr|td|th|caption|section|article|details|summary|figure|figcaption|aside|main|nav|header|footer|h[1-6]|img|br|hr|button|a|span|strong|em|b|i)\b`)
)

// countedHTML counts the elements that blocks of raw HTML leave open.
type countedHTML struct{ parser.BlockParser }

func (c countedHTML) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	open, _ := pc.Get(openHTMLKey).(int)
	for i := range node.Lines().Len() {
		line := node.Lines().At(i)
		for _, m := range pairedTag.FindAllSubmatchIndex(line.Value(reader.Source()), -1) {
			if m[2] == m[3] {
				open++
			} else {
				open--
			}
		}
	}
	pc.Set(openHTMLKey, max(open, 0))
	c.BlockParser.Close(node, reader, pc)
}

// indentedHTML goes on with raw HTML after a blank line. To CommonMark a tag
// that is indented by four blanks begins a block of code there; but whoever
// indents the children of a div that is still open does not mean code.
type indentedHTML struct{}

func (indentedHTML) Trigger() []byte             { return []byte{'<'} }
func (indentedHTML) CanInterruptParagraph() bool { return false }
func (indentedHTML) CanAcceptIndentedLine() bool { return true }

func (indentedHTML) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	open, _ := pc.Get(openHTMLKey).(int)
	last := parent.LastChild()
	line, segment := reader.PeekLine()
	if open == 0 || pc.BlockIndent() < 4 || last == nil || last.Kind() != ast.KindHTMLBlock || !indentedTag.Match(line) {
		return nil, parser.NoChildren
	}
	node := ast.NewHTMLBlock(ast.HTMLBlockType6)
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

func (indentedHTML) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, segment := reader.PeekLine()
	if util.IsBlank(line) {
		return parser.Close
	}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (indentedHTML) Close(ast.Node, text.Reader, parser.Context) {}
