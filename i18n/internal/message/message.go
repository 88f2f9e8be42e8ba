// Package message parses the texts of a catalog: an ICU-like syntax of
// arguments, plurals, selections and a few HTML tags.
package message

import (
	"fmt"
	"unicode/utf8"
)

// Limits of one text. They keep a catalog written by strangers harmless.
const (
	MaxLength = 10_000 // bytes of a text
	MaxDepth  = 8      // choices inside choices
	MaxCases  = 64     // cases of one choice
)

// A Kind says what a Part is.
type Kind uint8

// The kinds of Part.
const (
	KindText     Kind = iota // Text, as it stands
	KindValue                // {name}
	KindNumber               // {name, number}
	KindPercent              // {name, number, percent}
	KindDate                 // {name, date, Style}
	KindTime                 // {name, time, Style}
	KindDateTime             // {name, datetime, Style}
	KindRelative             // {name, relative}
	KindMoney                // {name, money, Style}; Style is the currency
	KindList                 // {name, list, Style}; Style is "and" or "or"
	KindSize                 // {name, size}
	KindDuration             // {name, duration}
	KindPlural               // {name, plural, Cases}
	KindOrdinal              // {name, selectordinal, Cases}
	KindSelect               // {name, select, Cases}
	KindHash                 // #, the number of the plural around it
	KindOpen                 // <Text>
	KindClose                // </Text>
	KindLink                 // <a href={name}>
)

// A Pattern is a parsed text: its parts in order.
type Pattern []Part

// A Part is a piece of a text.
type Part struct {
	Kind    Kind
	Text    string // the literal, or the name of a tag
	Escaped string // the literal as HTML
	Name    string // of the argument
	Style   string
	Cases   []Case // of a choice; the last is "other"
}

// A Case is one branch of a choice.
type Case struct {
	Name   string // "one", "other", "a" ...; "=3" when Exact
	Exact  bool
	Number int64 // what Exact equals
	Body   Pattern
}

// Walk calls visit for every part, those inside choices included.
func (p Pattern) Walk(visit func(*Part)) {
	for i := range p {
		visit(&p[i])
		for _, c := range p[i].Cases {
			c.Body.Walk(visit)
		}
	}
}

// An Error is a fault in a text. Column counts characters from one.
type Error struct {
	Column  int
	Problem string
}

// Error returns the column and the problem.
func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Problem) }

// Parse returns the parts of the text src.
//
//	{name}                              the argument, shown by its type
//	{n, number}  {n, number, percent}
//	{t, date, short|medium|long|full}   also time, datetime
//	{t, relative}  {d, duration}  {b, size}
//	{a, money, EUR}  {names, list}  {names, list, or}
//	{n, plural, =0 {none} one {# file} other {# files}}
//	{n, selectordinal, one {#st} other {#th}}
//	{who, select, agent {you} empty {nobody} other {they}}
//	<b> <em> <strong> <code> <a href={url}>, each closed where it was opened
//
// An apostrophe before one of { } # < starts a quotation that ends at the next
// one; two apostrophes are one; any other stands for itself.
func Parse(src string) (Pattern, error) {
	p := &parser{src: src}
	return p.parse()
}

func (p *parser) parse() (Pattern, error) {
	switch {
	case len(p.src) > MaxLength:
		return nil, p.fault(0, "text is longer than %d bytes", MaxLength)
	case !utf8.ValidString(p.src):
		return nil, p.fault(0, "text is not UTF-8")
	}
	pattern, err := p.pattern(scope{})
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.src) {
		return nil, p.fault(p.pos, "} closes nothing; write '}' for the sign")
	}
	return pattern, nil
}
