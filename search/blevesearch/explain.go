package blevesearch

import (
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// explain says how a candidate's score came about. What is not a factor is
// added up.
func (a *answer) explain(c *candidate) ([]search.Reason, error) {
	if c.plan == nil {
		return []search.Reason{{What: "the order is not by words", Value: c.score}}, nil
	}
	e, err := a.explainWords(c)
	if err != nil {
		return nil, err
	}
	reasons := e.reasons
	if possible := c.plan.Possible(a.ranking); possible > 0 {
		reasons = append(reasons, search.Reason{
			What: "factor: share of the query that was found", Value: 1 - coverage + coverage*e.covered/possible,
		})
	}
	for _, added := range []search.Reason{
		{What: "neighbouring words", Value: c.near},
		{What: "share of the title that was asked for", Value: c.head},
		{What: "words that the best documents share", Value: c.shared},
	} {
		if added.Value > 0 {
			reasons = append(reasons, added)
		}
	}
	if c.weight != 1 {
		reasons = append(reasons, search.Reason{What: "factor: weight of the document", Value: c.weight})
	}
	if c.foreign {
		reasons = append(reasons, search.Reason{What: "factor: not in the reader's language", Value: lexis.ForeignFactor})
	}
	return reasons, nil
}

// explained is what some words add to a score.
type explained struct {
	sum

	reasons []search.Reason
}

func (e *explained) add(what string, value float64) {
	if e.score += value; value > 0 {
		e.reasons = append(e.reasons, search.Reason{What: what, Value: value})
	}
}

func (e *explained) join(f explained) {
	e.score, e.covered, e.reasons = e.score+f.score, e.covered+f.covered, append(e.reasons, f.reasons...)
}

// explainWords says what all words of a request add to a candidate's score.
func (a *answer) explainWords(c *candidate) (explained, error) {
	var e explained
	for _, u := range c.plan.Scored {
		if lexis.ChoiceOf(c.plan.Choices, u.Clause) != nil {
			continue
		}
		f, err := a.explainUnit(c, u)
		if err != nil {
			return e, err
		}
		e.join(f)
	}
	for _, k := range c.plan.Choices {
		f, err := a.explainChoice(c, k)
		if err != nil {
			return e, err
		}
		e.join(f)
	}
	return e, nil
}

func (a *answer) explainUnit(c *candidate, u lexis.Unit) (e explained, err error) {
	if u.Within >= 0 {
		b, err := c.clause(&c.plan.Clauses[u.Within])
		if err != nil || !b.Contains(c.doc) {
			return e, err
		}
	}
	text, err := c.value(u.Seek, fieldText, contribution{weight: a.ranking.Text[u.Number], b: lexis.TextB, average: c.plan.average[fieldText]})
	if err != nil {
		return e, err
	}
	title, err := c.value(u.Seek, fieldTitle, contribution{
		weight: lexis.TitleWeight * a.ranking.Title[u.Number], b: lexis.TitleB, average: c.plan.average[fieldTitle],
	})
	if text > 0 {
		e.covered = a.ranking.Text[u.Number]
	}
	e.add("text: "+u.Label(), text)
	e.add("title: "+u.Label(), title)
	return e, err
}

// explainChoice says what the best of a choice adds, but that it may be covered
// by another of them.
func (a *answer) explainChoice(c *candidate, k *lexis.Choice) (e explained, err error) {
	for _, u := range c.plan.Own(k, false) {
		f, err := a.explainUnit(c, u)
		if err != nil {
			return e, err
		}
		e.join(f)
	}
	for _, inner := range k.Inner {
		f, err := a.explainChoice(c, inner)
		if err != nil {
			return e, err
		}
		e.join(f)
	}
	for _, o := range k.Others {
		f, err := a.explainOther(c, k, o)
		if err != nil {
			return e, err
		}
		covered := max(e.covered, f.covered)
		if f.score > e.score {
			e = f
		}
		e.covered = covered
	}
	return e, nil
}

func (a *answer) explainOther(c *candidate, k *lexis.Choice, o *lexis.Other) (e explained, err error) {
	text, title, s, err := c.parts(c.plan, k, o, a.ranking)
	if err != nil || text.weight == 0 || !text.within.Contains(c.doc) {
		return e, err
	}
	inText, err := c.value(s, fieldText, text)
	if err != nil {
		return e, err
	}
	inTitle := 0.0
	if title.within.Contains(c.doc) {
		inTitle, err = c.value(s, fieldTitle, title)
	}
	e.covered = text.covers
	e.add("text: alternative: "+o.Text, inText)
	e.add("title: alternative: "+o.Text, inTitle)
	return e, err
}

// value returns what a seek adds to the candidate's score in a field.
func (c *candidate) value(s lexis.Seek, field string, by contribution) (float64, error) {
	lists, err := c.lists(field, s)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, list := range lists {
		p, err := posting(list, c.doc)
		if err != nil {
			return 0, err
		}
		if p != nil {
			sum += by.of(p.Frequency(), lengthOf(p))
		}
	}
	return sum, nil
}

// posting returns the posting of a document, nil if there is none.
func posting(list segment.PostingsList, doc uint32) (segment.Posting, error) {
	p, err := list.Iterator(true, true, false, nil).Advance(uint64(doc))
	if err != nil || p == nil || p.Number() != uint64(doc) {
		return nil, err
	}
	return p, nil
}
