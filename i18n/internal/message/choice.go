package message

import (
	"slices"
	"strconv"
)

var categories = []string{"zero", "one", "two", "few", "many", "other"}

var choices = map[string]Kind{"plural": KindPlural, "selectordinal": KindOrdinal, "select": KindSelect}

// choice reads the cases of a plural or a selection.
func (p *parser) choice(part *Part, kind string, in scope) error {
	part.Kind = choices[kind]
	if !p.accept(",") {
		return p.fault(p.pos, "expected a comma and cases after %s", kind)
	}
	inner := scope{depth: in.depth + 1, plural: in.plural || kind != "select", link: in.link}
	for p.space(); p.more() && p.peek() != '}'; p.space() {
		if len(part.Cases) == MaxCases {
			return p.fault(p.pos, "more than %d cases", MaxCases)
		}
		if err := p.one(part, inner); err != nil {
			return err
		}
	}
	return p.finish(part, kind)
}

// finish puts "other" last, where a renderer finds it without a search.
func (p *parser) finish(part *Part, kind string) error {
	i := slices.IndexFunc(part.Cases, func(c Case) bool { return c.Name == "other" })
	if i < 0 {
		return p.fault(p.pos, "%s needs an other {...} case", kind)
	}
	other := part.Cases[i]
	part.Cases = append(slices.Delete(part.Cases, i, i+1), other)
	return nil
}

// one reads one case: its name and the pattern in braces.
func (p *parser) one(part *Part, inner scope) error {
	at := p.pos
	c, err := p.label(part.Kind)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(part.Cases, func(old Case) bool { return old.Name == c.Name }) {
		return p.fault(at, "the case %s is there twice", c.Name)
	}
	p.space()
	open := p.pos
	if !p.accept("{") {
		return p.fault(p.pos, "expected { after the case %s", c.Name)
	}
	if c.Body, err = p.pattern(inner); err != nil {
		return err
	}
	if !p.accept("}") {
		return p.fault(open, "{ is not closed")
	}
	part.Cases = append(part.Cases, c)
	return nil
}

// label reads what stands before a case's brace.
func (p *parser) label(kind Kind) (Case, error) {
	at := p.pos
	if kind != KindSelect && p.accept("=") {
		return p.exact(at)
	}
	name := p.word()
	switch {
	case name == "":
		return Case{}, p.fault(at, "expected the name of a case")
	case name == "offset" && p.peek() == ':':
		return Case{}, p.fault(at, "offset is not supported")
	case kind != KindSelect && !slices.Contains(categories, name):
		return Case{}, p.fault(at, "%q is no plural category; use =N, zero, one, two, few, many or other", name)
	}
	return Case{Name: name}, nil
}

func (p *parser) exact(at int) (Case, error) {
	digits := p.word()
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != digits {
		return Case{}, p.fault(at, "= takes a whole number")
	}
	return Case{Name: "=" + digits, Exact: true, Number: n}, nil
}
