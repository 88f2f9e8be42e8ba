package markdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// noteAttr is the attribute of a blockquote that is a note.
const noteAttr = "stoa-note"

var (
	noteMark  = regexp.MustCompile(`(?i)^\[!(note|tip|important|warning|caution)\][ \t]*`)
	videoMark = regexp.MustCompile(`(?i)^\[!video[ \t]+(https?://[^\s\]]+)[ \t]*\]`)
	styleMark = regexp.MustCompile(`(?i)^\[!div[^\]\n]*\][ \t]*`)
)

// noteMarker turns a blockquote whose first line says [!NOTE] into a note, and
// one that says [!VIDEO url] into a link to the video.
type noteMarker struct{}

func (noteMarker) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote := node.Parent()
	if quote == nil || quote.Kind() != ast.KindBlockquote || quote.FirstChild() != node || node.Lines().Len() == 0 {
		return
	}
	first := node.Lines().At(0)
	line := first.Value(reader.Source())
	if m := videoMark.FindSubmatchIndex(line); m != nil {
		node.Lines().Set(0, text.NewSegment(first.Start+m[2]-first.Padding, first.Start+m[3]-first.Padding))
		return
	}
	mark := styleMark.FindIndex(line)
	if m := noteMark.FindSubmatchIndex(line); m != nil {
		quote.SetAttributeString(noteAttr, Label(strings.ToLower(string(line[m[2]:m[3]]))))
		mark = m
	}
	if mark != nil {
		cutLine(node, first.Start+mark[1]-first.Padding, reader.Source())
	}
}

// cutLine drops what stands before start on the first line of a paragraph, and
// the line or the paragraph if nothing is left.
func cutLine(node *ast.Paragraph, start int, source []byte) {
	lines := node.Lines()
	rest := lines.At(0)
	rest = rest.WithStart(start)
	if !util.IsBlank(rest.Value(source)) {
		lines.Set(0, rest)
		return
	}
	lines.SetSliced(1, lines.Len())
	if lines.Len() == 0 {
		node.Parent().RemoveChild(node.Parent(), node)
	}
}

// markup renders what goldmark would render otherwise, or not at all.
type markup struct{ label func(Label) string }

func (m markup) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindBlockquote, m.quote)
	reg.Register(tables.KindTaskCheckBox, m.task)
	reg.Register(kindAnchor, m.anchor)
}

func (m markup) quote(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	attr, _ := node.AttributeString(noteAttr)
	kind, ok := attr.(Label)
	switch {
	case ok && entering:
		_, _ = w.WriteString(`<aside class="note note-` + string(kind) + `" role="note">` + "\n" +
			`<p class="note-title">` + html.EscapeString(m.label(kind)) + "</p>\n")
	case ok:
		_, _ = w.WriteString("</aside>\n")
	case entering:
		_, _ = w.WriteString("<blockquote>\n")
	default:
		_, _ = w.WriteString("</blockquote>\n")
	}
	return ast.WalkContinue, nil
}

// task shows a box as a sign with a name: an input that nobody can use is a
// form control to a screen reader, and forms have no place in these texts.
func (m markup) task(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		sign, name := "☐", LabelOpen
		if node.(*tables.TaskCheckBox).IsChecked {
			sign, name = "☑", LabelDone
		}
		_, _ = w.WriteString(`<span class="task" role="img" aria-label="` + html.EscapeString(m.label(name)) + `">` + sign + "</span> ")
	}
	return ast.WalkContinue, nil
}

func (m markup) anchor(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if name := node.(*anchor).name; entering && len(name) > 0 {
		_, _ = w.WriteString(`<a name="` + html.EscapeString(string(bytes.TrimSpace(name))) + `"></a>`)
	}
	return ast.WalkContinue, nil
}
