package markdown

import (
	"html/template"
	"strings"

	"golang.org/x/net/html"
)

// A Boxer draws boxes around the parts of a text that not everybody reads, so
// that those who do know which these are. Its marks stand in the source, in
// paragraphs of their own; no author can write them.
type Boxer struct {
	nonce string // letters and digits
}

// NewBoxer returns a Boxer whose marks have nonce in them, which must be letters
// and digits that nobody can guess.
func NewBoxer(nonce string) *Boxer { return &Boxer{"box" + nonce} }

// Marked returns the source of a part between marks.
func (b *Boxer) Marked(source string, staff bool) string {
	kind := "p"
	if staff {
		kind = "s"
	}
	return "\n\n" + b.nonce + "o" + kind + "\n\n" + source + "\n\n" + b.nonce + "c" + kind + "\n\n"
}

// Draw puts boxes in the place of marks in HTML that was rendered from a source
// with them. A part with headings of the second level gets none: it belongs to
// the text around it. Marks that ended up within something else are taken out.
func (b *Boxer) Draw(r *Renderer, text template.HTML) template.HTML {
	if !strings.Contains(string(text), b.nonce) {
		return text
	}
	d := drawing{boxer: b, z: html.NewTokenizer(strings.NewReader(string(text)))}
	d.read()
	return template.HTML(d.out(r))
}

// Erase takes marks out of plain text.
func (b *Boxer) Erase(text string) string {
	for {
		before, after, ok := strings.Cut(text, b.nonce)
		if !ok {
			return text
		}
		text = before + strings.TrimPrefix(after[min(2, len(after)):], "\n")
	}
}

type drawing struct {
	boxer  *Boxer
	z      *html.Tokenizer
	pieces []drawn
	depth  int
}

// drawn is a piece of HTML, or a mark.
type drawn struct {
	raw  string
	mark string // "os", "cs", "op" or "cp"
	head bool   // the start of a heading of the second level, with nothing around it
}

// read cuts the text at its marks. Only those count that are all of a paragraph
// with nothing around it.
func (d *drawing) read() {
	for d.z.Next() != html.ErrorToken {
		raw := string(d.z.Raw())
		t := d.z.Token()
		mark, ok := strings.CutPrefix(strings.TrimSpace(t.Data), d.boxer.nonce)
		switch {
		case ok && t.Type == html.TextToken && d.depth == 1 && d.afterParagraph() && len(mark) == 2:
			d.pieces[len(d.pieces)-1] = drawn{mark: mark}
			d.depth--
			d.z.Next() // the end of the paragraph
			continue
		case t.Type == html.TextToken:
			raw = d.boxer.Erase(raw)
		}
		d.pieces = append(d.pieces, drawn{raw: raw, head: d.depth == 0 && t.Type == html.StartTagToken && t.Data == "h2"})
		d.count(t)
	}
}

func (d *drawing) afterParagraph() bool {
	return len(d.pieces) > 0 && strings.HasPrefix(d.pieces[len(d.pieces)-1].raw, "<p")
}

func (d *drawing) count(t html.Token) {
	switch {
	case t.Type == html.StartTagToken && !isVoid(t.Data):
		d.depth++
	case t.Type == html.EndTagToken:
		d.depth--
	}
}

func isVoid(tag string) bool {
	switch tag {
	case "img", "br", "hr", "input", "wbr", "source", "track", "col":
		return true
	}
	return false
}

// out returns the text with a box for each part whose marks are both there.
func (d *drawing) out(r *Renderer) string {
	boxed := d.pairs()
	var b strings.Builder
	for i, p := range d.pieces {
		switch {
		case p.mark == "":
			b.WriteString(p.raw)
		case !boxed[i]:
		case p.mark[0] == 'c':
			b.WriteString("</div>\n")
		default:
			label := LabelPart
			if p.mark[1] == 's' {
				label = LabelInternal
			}
			b.WriteString(`<div class="part-box"><p class="part-label">` + html.EscapeString(r.label(label)) + "</p>\n")
		}
	}
	return b.String()
}

// pairs returns which marks begin and end a box.
func (d *drawing) pairs() map[int]bool {
	boxed := map[int]bool{}
	var open []int
	heads := 0
	counts := []int{}
	for i, p := range d.pieces {
		switch {
		case p.head:
			heads++
		case p.mark == "":
		case p.mark[0] == 'o':
			open, counts = append(open, i), append(counts, heads)
		case len(open) > 0:
			last := len(open) - 1
			if counts[last] == heads && d.pieces[open[last]].mark[1] == p.mark[1] {
				boxed[open[last]], boxed[i] = true, true
			}
			open, counts = open[:last], counts[:last]
		}
	}
	return boxed
}

// outsideCode returns the words of HTML that are not code, with line breaks
// where its blocks begin.
func outsideCode(text string) string {
	z := html.NewTokenizer(strings.NewReader(text))
	var b strings.Builder
	code := 0
	for z.Next() != html.ErrorToken {
		t := z.Token()
		isCode := t.Data == "code" || t.Data == "pre"
		switch {
		case t.Type == html.TextToken && code == 0:
			b.WriteString(t.Data)
		case t.Type == html.StartTagToken && isCode:
			code++
		case t.Type == html.EndTagToken && isCode:
			code--
		case t.Data != "a" && t.Data != "em" && t.Data != "strong":
			b.WriteByte('\n')
		}
	}
	return b.String()
}
