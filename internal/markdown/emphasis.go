package markdown

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// emphasis is goldmark's parser of * and _ with one rule more. CommonMark finds
// the ends of words by blanks and punctuation, so that **注意：**次 stays as it
// is typed: there is no blank after the punctuation where scripts have none.
// Beside a character of such a script, asterisks open before anything and close
// after anything that is not blank.
type emphasis struct{}

func (emphasis) Trigger() []byte { return []byte{'*', '_'} }

func (emphasis) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	node := parser.ScanDelimiter(line, before, 1, starProcessor{})
	if node == nil {
		return nil
	}
	after, _ := utf8.DecodeRune(line[node.OriginalLength:])
	if node.Char == '*' && (wordless(before) || wordless(after)) {
		node.CanOpen = node.CanOpen || !blank(after)
		node.CanClose = node.CanClose || !blank(before)
	}
	node.Segment = segment.WithStop(segment.Start + node.OriginalLength)
	block.Advance(node.OriginalLength)
	pc.PushDelimiter(node)
	return node
}

func blank(r rune) bool { return r == utf8.RuneError || util.IsSpaceRune(r) }

// wordless reports whether r is of a script of East Asia or its punctuation.
func wordless(r rune) bool {
	return unspaced(r) || r >= 0x1100 && unicode.Is(unicode.Hangul, r)
}

// unspaced is wordless without Korean, which has blanks between words.
func unspaced(r rune) bool {
	return r >= 0x2E80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF)
}

// starProcessor makes emphasis of what was matched.
type starProcessor struct{}

func (starProcessor) IsDelimiter(b byte) bool { return b == '*' || b == '_' }

func (starProcessor) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (starProcessor) OnMatch(consumes int) ast.Node { return ast.NewEmphasis(consumes) }
