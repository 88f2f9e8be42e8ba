package opensearchsearch

import (
	"math/bits"
	"strings"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// An explainer says how the score of one document came about. The server is not
// asked: what it would say has its own form in each version.
type explainer struct {
	census *census
	*lexis.Reading

	text, title, textChars, titleChars []string // terms, with "" between texts
}

func (x *Index) explain(c *census, code string, d search.Document, body string, factors []search.Reason) []search.Reason {
	var out []search.Reason
	d.Body = body
	t := textsOf(x.library.Coded(code), d)
	for _, p := range c.readings {
		if p.Spoken.Code != code {
			continue
		}
		e := explainer{c, p, split(t.text), split(t.title), split(t.textChars), split(t.titleChars)}
		out = append(out, e.words()...)
	}
	if len(out) == 0 {
		out = append(out, search.Reason{What: "the order is not by words", Value: 1})
	}
	return append(out, factors...)
}

func split(texts []string) (out []string) {
	for _, text := range texts {
		out = append(append(out, strings.Fields(text)...), "")
	}
	return out
}

func (e *explainer) words() (out []search.Reason) {
	for _, u := range e.Scored {
		if lexis.ChoiceOf(e.Choices, u.Clause) == nil {
			out = append(out, e.unit(u)...)
		}
	}
	for _, k := range e.Choices {
		out = append(out, e.choice(k)...)
	}
	return out
}

func (e *explainer) unit(u lexis.Unit) []search.Reason {
	if u.Within >= 0 && e.occurrences(e.text, e.textChars, e.Clauses[u.Within].Seeks) == 0 {
		return nil
	}
	r := e.census.ranking
	return e.reasons(u.Label(), []lexis.Seek{u.Seek}, r.Text[u.Number], r.Title[u.Number])
}

func (e *explainer) reasons(label string, seeks []lexis.Seek, text, title float64) (out []search.Reason) {
	add := func(what string, all, chars []string, weight, b, average float64) {
		length := all
		if len(seeks) == 1 && seeks[0].Prefix {
			length = chars
		}
		n := e.occurrences(all, chars, seeks)
		if value := weight * lexis.Saturation(float64(n), b, kept(length)/average); n > 0 && value > 0 {
			out = append(out, search.Reason{What: what + label, Value: value})
		}
	}
	add("text: ", e.text, e.textChars, text, lexis.TextB, textAverage)
	add("title: ", e.title, e.titleChars, lexis.TitleWeight*title, lexis.TitleB, titleAverage)
	return out
}

// choice returns the best of what a choice offers.
func (e *explainer) choice(k *lexis.Choice) (best []search.Reason) {
	for _, u := range e.Own(k, false) {
		best = append(best, e.unit(u)...)
	}
	for _, inner := range k.Inner {
		best = append(best, e.choice(inner)...)
	}
	for _, o := range k.Others {
		text, title, _ := e.Worth(k, o, e.census.ranking)
		if other := e.reasons("alternative: "+o.Text, o.Seeks, text, title); sum(other) > sum(best) {
			best = other
		}
	}
	return best
}

func sum(reasons []search.Reason) (total float64) {
	for _, r := range reasons {
		total += r.Value
	}
	return total
}

// occurrences counts how often seeks stand next to each other, in terms or, of one
// that is a single character, among these.
func (e *explainer) occurrences(all, chars []string, seeks []lexis.Seek) (n int) {
	if len(seeks) == 0 {
		return 0
	}
	if len(seeks) == 1 && seeks[0].Prefix {
		all = chars
	}
	for i := range len(all) - len(seeks) + 1 {
		same := true
		for j, s := range seeks {
			same = same && all[i+j] == term(s.Term)
		}
		if same {
			n++
		}
	}
	return n
}

// kept returns the length of a text as the server keeps it: in a byte, which is
// exact up to 40 words and has four bits of what is longer.
func kept(terms []string) float64 {
	n := 0
	for _, t := range terms {
		if t != "" {
			n++
		}
	}
	const exact = 24
	if n < exact {
		return float64(n)
	}
	over := n - exact
	if shift := bits.Len(uint(over)) - 4; shift > 0 {
		over = over >> shift << shift
	}
	return float64(exact + over)
}
