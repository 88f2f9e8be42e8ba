package lexis

import (
	"slices"

	"github.com/stoa-go/stoa/search"
)

// A Choice is some clauses of a plan with what stands in for all of them. A
// document is scored by the clauses or by one of the others, whichever is best.
type Choice struct {
	from, to int
	Others   []*Other
	Inner    []*Choice
}

// An Other is an alternative in one language.
type Other struct {
	Clause
	Weight float64
	Number int // among all others of a request, the same in all languages
}

// otherUnit is added to the number of an other, to tell it from a unit.
const otherUnit = 1 << 20

// newChoices returns the choices of a request in a language, and how many others
// there are in them.
func newChoices(l *Language, list []search.Choice, first int) ([]*Choice, int) {
	var out []*Choice
	number := first
	for _, c := range list {
		made := &Choice{from: c.From, to: c.To}
		for _, a := range c.Also {
			o := &Other{Weight: a.Weight, Number: number, Clause: Clause{
				Word: search.Word{Text: a.Text, Phrase: true, Required: true}, index: c.From, Seeks: seeks(l, a.Text),
			}}
			if number++; len(o.Seeks) > 0 {
				made.Others = append(made.Others, o)
			}
		}
		made.Inner, number = newChoices(l, c.Inner, number)
		out = append(out, made)
	}
	return out, number
}

// has reports whether a clause is one of those that the choice is about.
func (c *Choice) has(clause int) bool { return c.from <= clause && clause < c.to }

// all calls f with each of the choices and those inside them.
func EachChoice(choices []*Choice, f func(*Choice)) {
	for _, c := range choices {
		f(c)
		EachChoice(c.Inner, f)
	}
}

// tidyChoices leaves out others that the request looks for anyway, and all of a
// word that is there twice: what is found by one word is not found by two.
func (p *Reading) tidyChoices() {
	EachChoice(p.Choices, func(c *Choice) {
		again := slices.ContainsFunc(p.Clauses[c.from:c.to], func(l Clause) bool {
			return slices.ContainsFunc(l.Seeks, func(s Seek) bool { return p.countsElsewhere(s.Term, c) })
		})
		c.Others = slices.DeleteFunc(c.Others, func(o *Other) bool {
			return again || !slices.ContainsFunc(o.Seeks, func(s Seek) bool { return !s.Stop && !p.counts(s.Term) || s.Stop && len(o.Seeks) == 1 })
		})
	})
}

func (p *Reading) countsElsewhere(term string, c *Choice) bool {
	return slices.ContainsFunc(p.Scored, func(u Unit) bool { return u.Term == term && !c.has(u.Clause) })
}

// ChoiceOf returns the innermost of the choices that a clause is in, nil if none.
func ChoiceOf(choices []*Choice, clause int) *Choice {
	for _, c := range choices {
		if c.has(clause) {
			if inner := ChoiceOf(c.Inner, clause); inner != nil {
				return inner
			}
			return c
		}
	}
	return nil
}

// Own returns the units of the clauses of a choice, with those inside it or
// without.
func (p *Reading) Own(c *Choice, all bool) []Unit {
	var out []Unit
	for _, u := range p.Scored {
		if c.has(u.Clause) && (all || ChoiceOf(p.Choices, u.Clause) == c) {
			out = append(out, u)
		}
	}
	return out
}
