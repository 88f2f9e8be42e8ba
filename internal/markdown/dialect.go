package markdown

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

var kindAnchor = ast.NewNodeKind("StoaAnchor")

// anchor is an inline node that shows nothing. It marks a place if it has a
// name, and otherwise stands for what was dropped.
type anchor struct {
	ast.BaseInline
	name []byte
}

func (a *anchor) Kind() ast.NodeKind            { return kindAnchor }
func (a *anchor) Dump(source []byte, level int) { ast.DumpHelper(a, source, level, nil, nil) }

var (
	headingID = regexp.MustCompile(`^\{:?[ \t]*#([^\s{}]+)[^{}\n]*\}[ \t]*#*[ \t]*$`)
	attrList  = regexp.MustCompile(`^\{:[^{}\n]*\}`)
)

// leftovers drops what Jekyll would have consumed: attribute lists of kramdown
// and Liquid tags. The id in the attribute list of a heading is kept.
type leftovers struct{}

func (leftovers) Trigger() []byte { return []byte{'{'} }

func (leftovers) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if parent.Kind() == ast.KindHeading {
		if m := headingID.FindSubmatch(line); m != nil {
			block.Advance(len(line))
			return &anchor{name: m[1]}
		}
	}
	if m := attrList.Find(line); m != nil {
		block.Advance(len(m))
		return &anchor{}
	}
	if bytes.HasPrefix(line, []byte("{%")) && skipTag(block) {
		return &anchor{}
	}
	return nil
}

// skipTag moves behind the end of a Liquid tag, which may be some lines away.
func skipTag(block text.Reader) bool {
	for range 16 {
		line, _ := block.PeekLine()
		if line == nil {
			return false
		}
		if end := bytes.Index(line[:min(len(line), maxTarget)], []byte("%}")); end >= 0 {
			block.Advance(end + 2)
			return true
		}
		block.AdvanceLine()
	}
	return false
}

var (
	docfxTag   = regexp.MustCompile(`^:::([a-z]+)(?:-end)?([^\n]*?):::`)
	docfxAttr  = regexp.MustCompile(`([a-z-]+)="([^"\n]*)"`)
	docfxBlock = regexp.MustCompile(`^:::(row|column|zone|moniker|image|row-end|column-end|zone-end|moniker-end|image-end)\b[^\n]*?:::`)
)

// docfx reads the triple-colon tags of Microsoft Learn: images become images,
// layout vanishes.
type docfx struct{}

func (docfx) Trigger() []byte { return []byte{':'} }

func (docfx) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) > maxTarget || !bytes.HasPrefix(line, []byte(":::")) {
		return nil
	}
	if m := docfxTag.FindSubmatch(line); m != nil && string(m[1]) == "image" {
		if img := docfxImage(m[2]); img != nil {
			block.Advance(len(m[0]))
			return img
		}
	}
	if m := docfxBlock.Find(line); m != nil {
		block.Advance(len(m))
		return &anchor{}
	}
	return nil
}

func docfxImage(attrs []byte) ast.Node {
	link, alt := ast.NewLink(), []byte(nil)
	for _, m := range docfxAttr.FindAllSubmatch(attrs, -1) {
		switch string(m[1]) {
		case "source":
			link.Destination = m[2]
		case "alt-text":
			alt = m[2]
		}
	}
	if len(link.Destination) == 0 {
		return nil
	}
	img := ast.NewImage(link)
	img.AppendChild(img, ast.NewString(alt))
	return img
}

var (
	includeMark = regexp.MustCompile(`(?i)^\[!include[ \t]*\[[^\]\n]*\]\([^)\n]*\)[ \t]*\]`)
	wordMark    = regexp.MustCompile(`(?i)^\[!(?:uicontrol|dnl)[ \t]+([^\]\n]+)\]`)
)

// directive reads the bracket marks of Microsoft and Adobe inside a line: an
// include of what is not here vanishes, a marked word is the word.
type directive struct{}

func (directive) Trigger() []byte { return []byte{'['} }

func (directive) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("[!")) {
		return nil
	}
	line = line[:min(len(line), maxTarget)]
	if m := includeMark.Find(line); m != nil {
		block.Advance(len(m))
		return &anchor{}
	}
	if m := wordMark.FindSubmatchIndex(line); m != nil {
		block.Advance(m[1])
		return ast.NewTextSegment(text.NewSegment(segment.Start+m[2], segment.Start+m[3]))
	}
	return nil
}

var (
	linkOutput = regexp.MustCompile(`\]\([ \t]*\{\{[^{}\n]{0,200}\}\}`)
	linkTag    = regexp.MustCompile(`\]\([ \t]*(?:\{\{[^{}\n]{0,200}\}\})?\{%-?[ \t]*(?:link|post_url)[ \t]+([^\s{}%]{1,1000})[ \t]*-?%\}`)
)

// linkTemplates removes Liquid from the targets of links, where its blanks keep
// the link from being one: [a]({{ site.baseurl }}/b) means [a](/b).
func linkTemplates(source []byte) []byte {
	if !bytes.Contains(source, []byte("](")) || !bytes.Contains(source, []byte("{")) {
		return source
	}
	source = linkTag.ReplaceAll(source, []byte("]($1"))
	return linkOutput.ReplaceAll(source, []byte("]("))
}
