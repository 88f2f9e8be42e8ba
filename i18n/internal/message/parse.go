package message

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// parser reads src once, from left to right.
type parser struct {
	src   string
	pos   int
	reads int // bytes looked at, for the growth test
}

// scope is what surrounds a pattern.
type scope struct {
	depth  int
	plural bool // # is the number
	link   bool // inside <a>
}

func (p *parser) fault(at int, format string, args ...any) error {
	return &Error{Column: utf8.RuneCountInString(p.src[:at]) + 1, Problem: fmt.Sprintf(format, args...)}
}

func (p *parser) more() bool { return p.pos < len(p.src) }

// peek returns the byte ahead, or 0 at the end.
func (p *parser) peek() byte {
	p.reads++
	if !p.more() {
		return 0
	}
	return p.src[p.pos]
}

// accept skips word if it is ahead.
func (p *parser) accept(word string) bool {
	p.reads += len(word)
	if !strings.HasPrefix(p.src[p.pos:], word) {
		return false
	}
	p.pos += len(word)
	return true
}

func (p *parser) space() {
	for strings.IndexByte(" \t\r\n", p.peek()) >= 0 && p.more() {
		p.pos++
	}
}

// word reads letters, digits, underscores and hyphens.
func (p *parser) word() string {
	start := p.pos
	for isWord(p.peek()) {
		p.pos++
	}
	return p.src[start:p.pos]
}

func isWord(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '_' || c == '-'
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// body collects the parts of one pattern and the tags open in it.
type body struct {
	parts Pattern
	text  strings.Builder
	tags  []string
}

func (b *body) flush() {
	if b.text.Len() == 0 {
		return
	}
	text := b.text.String()
	b.parts = append(b.parts, Part{Kind: KindText, Text: text, Escaped: html.EscapeString(text)})
	b.text.Reset()
}

func (b *body) add(part Part) {
	b.flush()
	b.parts = append(b.parts, part)
}

// pattern reads up to the end of the text or the brace that closes it.
func (p *parser) pattern(in scope) (Pattern, error) {
	if in.depth > MaxDepth {
		return nil, p.fault(p.pos, "choices are nested deeper than %d", MaxDepth)
	}
	var b body
	for p.more() && p.peek() != '}' {
		if err := p.part(&b, in); err != nil {
			return nil, err
		}
	}
	if len(b.tags) > 0 {
		return nil, p.fault(p.pos, "<%s> is not closed", b.tags[len(b.tags)-1])
	}
	b.flush()
	return b.parts, nil
}

func (p *parser) part(b *body, in scope) error {
	switch c := p.peek(); {
	case c == '{':
		return p.argument(b, in)
	case c == '#' && in.plural:
		p.pos++
		b.add(Part{Kind: KindHash})
	case c == '\'':
		return p.apostrophe(b)
	case c == '<':
		return p.tag(b, in)
	default:
		b.text.WriteByte(c)
		p.pos++
	}
	return nil
}

// apostrophe reads ” or a quotation, or takes the sign as it is.
func (p *parser) apostrophe(b *body) error {
	start := p.pos
	p.pos++
	if p.accept("'") {
		b.text.WriteByte('\'')
		return nil
	}
	if !p.more() || strings.IndexByte("{}#<", p.peek()) < 0 {
		b.text.WriteByte('\'')
		return nil
	}
	for p.more() {
		c := p.peek()
		p.pos++
		if c == '\'' && !p.accept("'") {
			return nil
		}
		b.text.WriteByte(c)
	}
	return p.fault(start, "the quotation is not closed by an apostrophe")
}

// argument reads {name} or {name, type ...}.
func (p *parser) argument(b *body, in scope) error {
	start := p.pos
	p.pos++
	p.space()
	at := p.pos
	name := p.word()
	if name == "" || !isLetter(name[0]) {
		return p.fault(at, "an argument's name starts with a letter")
	}
	part := Part{Kind: KindValue, Name: name}
	p.space()
	if p.accept(",") {
		in.link = in.link || slices.Contains(b.tags, "a")
		if err := p.format(&part, in); err != nil {
			return err
		}
	}
	if !p.accept("}") {
		return p.unclosed(start)
	}
	b.add(part)
	return nil
}

func (p *parser) unclosed(start int) error {
	if p.more() {
		return p.fault(p.pos, "expected } to close the argument")
	}
	return p.fault(start, "{ is not closed; write '{' for the sign")
}

// format reads the type of an argument and what belongs to it.
func (p *parser) format(part *Part, in scope) error {
	p.space()
	at := p.pos
	kind := p.word()
	p.space()
	switch kind {
	case "plural", "selectordinal", "select":
		return p.choice(part, kind, in)
	}
	f, ok := formats[kind]
	if !ok {
		return p.fault(at, "unknown argument type %q", kind)
	}
	part.Kind, part.Style = f.kind, f.styles[0]
	if !p.accept(",") {
		return p.styled(part, f, at)
	}
	p.space()
	at = p.pos
	part.Style = p.word()
	p.space()
	return p.styled(part, f, at)
}

func (p *parser) styled(part *Part, f format, at int) error {
	if !f.takes(part.Style) {
		return p.fault(at, "%s does not take the style %q", f.name, part.Style)
	}
	if part.Kind == KindNumber && part.Style == "percent" {
		part.Kind = KindPercent
	}
	return nil
}
