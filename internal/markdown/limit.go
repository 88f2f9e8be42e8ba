package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// goldmark's work is quadratic in each of these. No text written for readers
// comes near; what is beyond a limit is shown as it was typed.
const (
	maxDepth   = 64      // blocks within blocks
	maxMarks   = 1000    // delimiters (* _ ~ [ ![ ]( ) in one block
	maxTarget  = 4 << 10 // bytes of a link's target
	maxNotes   = 1000    // footnotes, and twice that of references to them
	maxPadding = 10_000  // cells that the rows of tables lack, in a document
	maxEscapes = 2_000   // escaped pipes in the tables of a document
	maxRefs    = 2_000   // lines of a paragraph that begins with the definition of a link
)

var (
	budgetKey  = parser.NewContextKey()
	footKey    = parser.NewContextKey()
	footRefKey = parser.NewContextKey()
	paddingKey = parser.NewContextKey()
	escapesKey = parser.NewContextKey()
)

// spend adds n to a counter of the document and reports whether it is still
// within the limit.
func spend(pc parser.Context, key parser.ContextKey, n, limit int) bool {
	count, _ := pc.Get(key).(int)
	pc.Set(key, count+n)
	return count+n <= limit
}

// shallow bounds the depth of a container block.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if len(pc.OpenedBlocks()) >= maxDepth {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// scarceBlock bounds the number of footnotes.
type scarceBlock struct{ parser.BlockParser }

func (s scarceBlock) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if count, _ := pc.Get(footKey).(int); count >= maxNotes || len(pc.OpenedBlocks()) >= maxDepth {
		return nil, parser.NoChildren
	}
	node, state := s.BlockParser.Open(parent, reader, pc)
	if node != nil {
		spend(pc, footKey, 1, maxNotes)
	}
	return node, state
}

// scarceInline bounds the number of references to footnotes, found or not.
type scarceInline struct{ parser.InlineParser }

func (s scarceInline) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	mark := bytes.TrimPrefix(line, []byte("!"))
	if !bytes.HasPrefix(mark, []byte("[^")) || !spend(pc, footRefKey, 1, 2*maxNotes) {
		return nil
	}
	return s.InlineParser.Parse(parent, block, pc)
}

// boundedRefs leaves paragraphs alone that would define links without end.
type boundedRefs struct{ parser.ParagraphTransformer }

func (b boundedRefs) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	if node.Lines().Len() <= maxRefs {
		b.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// boundedTargets takes the targets from links once a definition has been used
// so often that the targets together are far longer than the source.
type boundedTargets struct{}

func (boundedTargets) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	left := 16<<10 + 2*len(reader.Source())
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link := partsOf(n)
		if !entering || link == nil {
			return ast.WalkContinue, nil
		}
		if left -= len(*link.target) + len(*link.title); left < 0 {
			*link.target, *link.title = nil, nil
		}
		return ast.WalkContinue, nil
	})
}

// linkParts are what a link and an image have in common.
type linkParts struct{ target, title *[]byte }

func partsOf(n ast.Node) *linkParts {
	switch n := n.(type) {
	case *ast.Link:
		return &linkParts{&n.Destination, &n.Title}
	case *ast.Image:
		return &linkParts{&n.Destination, &n.Title}
	}
	return nil
}

// budget is an inline parser that sees every delimiter before the others do,
// and takes those beyond the limit as text.
type budget struct{}

func (budget) Trigger() []byte { return []byte("*_~[]!") }

func (budget) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	run := delimiterRun(line)
	if run == 0 || !overBudget(parent, pc) && !endless(line) {
		return nil
	}
	block.Advance(run)
	return ast.NewTextSegment(text.NewSegment(segment.Start, segment.Start+run))
}

// delimiterRun returns the length of the delimiter that opens the line, or 0
// where there is none to count.
func delimiterRun(line []byte) int {
	switch c := line[0]; c {
	case '[':
		return 1
	case '!':
		if bytes.HasPrefix(line, []byte("![")) {
			return 2
		}
		return 0
	case ']':
		if len(line) > 1 && line[1] == '(' {
			return 1
		}
		return 0
	default:
		return len(line) - len(bytes.TrimLeft(line, string(c)))
	}
}

// spending counts the delimiters of the block that is being parsed.
type spending struct {
	block ast.Node
	marks int
}

func overBudget(block ast.Node, pc parser.Context) bool {
	s := pc.ComputeIfAbsent(budgetKey, func() any { return &spending{} }).(*spending)
	if s.block != block {
		*s = spending{block: block}
	}
	s.marks++
	return s.marks > maxMarks
}

// endless reports whether "](" is followed by so much that is not the end of a
// target that looking on would cost too much.
func endless(line []byte) bool {
	if len(line) < maxTarget || line[0] != ']' {
		return false
	}
	target := bytes.TrimLeft(line[2:maxTarget], " ")
	if bytes.HasPrefix(target, []byte("<")) {
		return bytes.IndexByte(target, '>') < 0
	}
	return !closes(target)
}

// closes reports whether a bare link target ends in b.
func closes(b []byte) bool {
	open := 0
	for _, c := range b {
		switch {
		case util.IsSpace(c):
			return true
		case c == '(':
			open++
		case c == ')':
			if open--; open < 0 {
				return true
			}
		}
	}
	return false
}
