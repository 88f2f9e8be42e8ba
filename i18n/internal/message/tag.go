package message

import "slices"

var tags = []string{"b", "em", "strong", "code"}

// tag reads an allowed tag; any other < stands for itself.
func (p *parser) tag(b *body, in scope) error {
	at := p.pos
	for _, name := range tags {
		if p.accept("<" + name + ">") {
			b.add(Part{Kind: KindOpen, Text: name})
			b.tags = append(b.tags, name)
			return nil
		}
		if p.accept("</" + name + ">") {
			return p.closed(b, name, at)
		}
	}
	switch {
	case p.accept("</a>"):
		return p.closed(b, "a", at)
	case p.accept("<a href="):
		return p.link(b, in, at)
	}
	b.text.WriteByte('<')
	p.pos++
	return nil
}

func (p *parser) closed(b *body, name string, at int) error {
	last := len(b.tags) - 1
	if last < 0 || b.tags[last] != name {
		return p.fault(at, "</%s> closes nothing that is open here; write '</%s>' for the text", name, name)
	}
	b.tags = b.tags[:last]
	b.add(Part{Kind: KindClose, Text: name})
	return nil
}

// link reads the rest of <a href={name}>; the quotation marks may be there.
func (p *parser) link(b *body, in scope, at int) error {
	end := "}>"
	if p.accept(`"`) {
		end = `}">`
	}
	if in.link || slices.Contains(b.tags, "a") {
		return p.fault(at, "a link inside a link")
	}
	if !p.accept("{") {
		return p.fault(p.pos, "href takes an argument: <a href={url}>")
	}
	name := p.word()
	if name == "" || !isLetter(name[0]) || !p.accept(end) {
		return p.fault(p.pos, "href takes one argument: <a href={url}>")
	}
	b.add(Part{Kind: KindLink, Text: "a", Name: name})
	b.tags = append(b.tags, "a")
	return nil
}
