package blevesearch

import (
	"strings"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/search"
)

// explain says how a candidate's score came about. What is not a factor is
// added up.
func (a *answer) explain(c *candidate) ([]search.Reason, error) {
	if c.plan == nil {
		return []search.Reason{{What: "the order is not by words", Value: c.score}}, nil
	}
	var reasons []search.Reason
	sum, covered := 0.0, 0.0
	for _, u := range c.plan.scored {
		text, err := c.value(u, fieldText, contribution{weight: a.ranking.text[u.number], b: textB, average: c.plan.average[fieldText]})
		if err != nil {
			return nil, err
		}
		title, err := c.value(u, fieldTitle, contribution{
			weight: titleWeight * a.ranking.title[u.number], b: titleB, average: c.plan.average[fieldTitle],
		})
		if err != nil {
			return nil, err
		}
		if text > 0 {
			reasons = append(reasons, search.Reason{What: "text: " + u.label(c.plan), Value: text})
			covered += a.ranking.text[u.number]
		}
		if title > 0 {
			reasons = append(reasons, search.Reason{What: "title: " + u.label(c.plan), Value: title})
		}
		sum += text + title
	}
	factor := 1.0
	if possible := c.plan.possible(a.ranking); possible > 0 {
		factor = 1 - coverage + coverage*covered/possible
		reasons = append(reasons, search.Reason{What: "factor: share of the query that was found", Value: factor})
	}
	if pairs := c.score/c.factor() - sum*factor; pairs > 1e-9 && sum > 0 {
		reasons = append(reasons, search.Reason{What: "neighbouring words", Value: pairs})
	}
	if c.weight != 1 {
		reasons = append(reasons, search.Reason{What: "factor: weight of the document", Value: c.weight})
	}
	if c.foreign {
		reasons = append(reasons, search.Reason{What: "factor: not in the reader's language", Value: foreignFactor})
	}
	return reasons, nil
}

// label returns a unit's term without its language.
func (u unit) label(p *plan) string { return strings.TrimLeft(u.term[len(p.code):], stemMark+stopMark) }

// value returns what a unit adds to the candidate's score in a field.
func (c *candidate) value(u unit, field string, by contribution) (float64, error) {
	if u.within >= 0 {
		b, err := c.clause(&c.plan.clauses[u.within])
		if err != nil || !b.Contains(c.doc) {
			return 0, err
		}
	}
	lists, err := c.lists(field, u.seek)
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
