package markdown

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// newEngine returns goldmark as this package configures it. The numbers are
// priorities; those of goldmark's own parts are goldmark's defaults.
func newEngine(label func(Label) string, keepTemplates bool) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(newParser(keepTemplates)),
		goldmark.WithRenderer(newHTML(label)),
		goldmark.WithExtensions(
			extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http", "https"})),
			extension.Strikethrough,
			extension.DefinitionList,
		),
	)
}

func newParser(keepTemplates bool) parser.Parser {
	inline := []util.PrioritizedValue{
		util.Prioritized(budget{}, -2),
		util.Prioritized(directive{}, -1),
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(scarceInline{extension.NewFootnoteParser()}, 101),
		util.Prioritized(docfx{}, 150),
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(emphasis{}, 500),
	}
	if !keepTemplates {
		inline = append(inline, util.Prioritized(leftovers{}, 90))
	}
	return parser.NewParser(
		parser.WithBlockParsers(blockParsers()...),
		parser.WithInlineParsers(inline...),
		parser.WithParagraphTransformers(
			util.Prioritized(noteMarker{}, 50),
			util.Prioritized(boundedRefs{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(boundedTable{extension.NewTableParagraphTransformer()}, 200),
			util.Prioritized(pipeTable{}, 210),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999),
			util.Prioritized(boundedTargets{}, 1000),
		),
	)
}

// blockParsers are goldmark's, those that contain others bounded in depth.
func blockParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(countedHTML{indentedHTML{}}, 499),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(countedHTML{parser.NewHTMLBlockParser()}, 900),
		util.Prioritized(scarceBlock{extension.NewFootnoteBlockParser()}, 999),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

func newHTML(label func(Label) string) renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(ghtml.NewRenderer(ghtml.WithUnsafe()), 1000),
		util.Prioritized(extension.NewTableHTMLRenderer(
			extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), 500),
		util.Prioritized(extension.NewFootnoteHTMLRenderer(), 500),
		util.Prioritized(markup{label}, 100),
	))
}
