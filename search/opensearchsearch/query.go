package opensearchsearch

import (
	"slices"
	"strings"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// seekIn finds one thing in texts or titles.
func seekIn(s lexis.Seek, title bool, boost float64) object {
	field := fieldText
	switch {
	case s.Prefix && title:
		field = fieldTitleChars
	case s.Prefix:
		field = fieldTextChars
	case title:
		field = fieldTitle
	}
	return termIs(field, term(s.Term), boost)
}

// together finds seeks that stand next to each other, in texts or titles. Single
// characters of scripts without spaces only have to be there as well. All share
// the boost.
func together(seeks []lexis.Seek, title bool, boost float64) object {
	if len(seeks) == 0 {
		return nothing()
	}
	if len(seeks) == 1 {
		return seekIn(seeks[0], title, boost)
	}
	field := fieldText
	if title {
		field = fieldTitle
	}
	var parts []object
	var run []string
	end := func() {
		switch len(run) {
		case 0:
		case 1:
			parts = append(parts, termIs(field, run[0], boost/float64(len(seeks))))
		default: // the server adds up what each word of a phrase is worth
			parts = append(parts, phraseIs(field, strings.Join(run, " "), boost/float64(len(seeks))))
		}
		run = nil
	}
	for _, s := range seeks {
		if s.Prefix {
			end()
			parts = append(parts, seekIn(s, title, boost/float64(len(seeks))))
			continue
		}
		run = append(run, term(s.Term))
	}
	end()
	if len(parts) == 1 {
		return parts[0]
	}
	return object{"bool": object{"must": parts}}
}

// clause finds one word of a request in all languages.
func (c *census) clause(i int) object {
	var queries []object
	for _, p := range c.readings {
		if k := p.Clauses[i]; k.Whole() && len(k.Seeks) > 0 {
			queries = append(queries, together(k.Seeks, false, 1))
		}
	}
	return anyOf(queries)
}

// found is a query for what a request finds, scored by its words.
func (c *census) found(r search.Request) object {
	var required, excluded []object
	wanted := false
	for i, w := range r.Words {
		switch {
		case w.Exclude:
			excluded = append(excluded, c.clause(i))
			continue
		case w.Required:
			required = append(required, c.clause(i))
		}
		wanted = true
	}
	parts := object{}
	if len(excluded) > 0 {
		parts["must_not"] = excluded
	}
	scored := c.scored()
	switch {
	case !wanted:
		parts["must"] = []object{{"match_all": object{}}}
	case len(required) > 0:
		parts["filter"] = required
		if len(scored) > 0 {
			parts["should"] = scored
		}
	default:
		parts["must"] = []object{anyOf(scored)}
	}
	return object{"bool": parts}
}

// scored returns what adds to the score of a document, in all languages.
func (c *census) scored() []object {
	out := []object{}
	for _, p := range c.readings {
		for _, u := range p.Scored {
			if lexis.ChoiceOf(p.Choices, u.Clause) == nil {
				out = append(out, c.unit(p, u)...)
			}
		}
		for _, k := range p.Choices {
			if q := c.choice(p, k); q != nil {
				out = append(out, q)
			}
		}
		out = append(out, c.phrases(p)...)
	}
	return out
}

// phrases returns those that a document is found by and that have nothing in them
// that counts.
func (c *census) phrases(p *lexis.Reading) (out []object) {
	for _, k := range p.Clauses {
		if k.Phrase && !k.Required && !k.Exclude && len(k.Seeks) > 0 {
			out = append(out, constant(together(k.Seeks, false, 1), 0))
		}
	}
	return out
}

// unit returns what a word adds to a score, in the text and in the title. One that
// counts in a phrase only does where that is.
func (c *census) unit(p *lexis.Reading, u lexis.Unit) []object {
	text, title := c.ranking.Text[u.Number], c.ranking.Title[u.Number]
	if text == 0 {
		return nil
	}
	out := []object{seekIn(u.Seek, false, text)}
	if title > 0 {
		out = append(out, seekIn(u.Seek, true, lexis.TitleWeight*title))
	}
	if u.Within < 0 {
		return out
	}
	phrase := together(p.Clauses[u.Within].Seeks, false, 1)
	return []object{{"bool": object{"filter": []object{phrase}, "should": out}}}
}

// choice returns what the best of a choice adds to a score, nil if nothing is there.
func (c *census) choice(p *lexis.Reading, k *lexis.Choice) object {
	var own, best []object
	for _, u := range p.Own(k, false) {
		own = append(own, c.unit(p, u)...)
	}
	for _, inner := range k.Inner {
		if q := c.choice(p, inner); q != nil {
			own = append(own, q)
		}
	}
	if len(own) > 0 {
		best = append(best, anyOf(own))
	}
	for _, o := range k.Others {
		text, title, _ := p.Worth(k, o, c.ranking)
		if text == 0 {
			continue
		}
		other := []object{together(o.Seeks, false, text)}
		if title > 0 {
			other = append(other, together(o.Seeks, true, lexis.TitleWeight*title))
		}
		best = append(best, anyOf(other))
	}
	if len(best) == 0 {
		return nil
	}
	return bestOf(best)
}

// pinBoost brings what is pinned before everything else. It is a power of two, so
// that scores can be had back as they were.
const pinBoost = 1 << 60

// request returns the query of a request: what is found in the scope, with its
// score as it is shown, but for what is pinned.
func (c *census) request(r search.Request) object {
	filters := c.filters
	if len(r.Groups) > 0 {
		filters = append(slices.Clone(filters), terms(fieldGroup, keys(r.Groups)...))
	}
	scored := c.found(r)
	functions := []object{{"field_value_factor": object{"field": fieldFactor, "missing": 1}}}
	if r.Locale != "" && c.counts(r) {
		foreign := object{"bool": object{"must_not": []object{terms(fieldOwn, key(lexis.Base(r.Locale)))}}}
		functions = append(functions, object{"filter": foreign, "weight": lexis.ForeignFactor})
	}
	if len(r.Pinned) > 0 {
		pinned := terms(fieldGroup, keys(r.Pinned)...)
		functions = append(functions, object{"filter": pinned, "weight": pinBoost})
		scored = c.withPinned(r, scored, pinned)
	}
	return object{"function_score": object{
		"query":     object{"bool": object{"filter": filters, "must": []object{scored}}},
		"functions": functions, "score_mode": "multiply", "boost_mode": "multiply",
	}}
}

// counts reports whether words decide about the order.
func (c *census) counts(r search.Request) bool {
	return slices.ContainsFunc(r.Words, func(w search.Word) bool { return !w.Exclude })
}

// withPinned finds what is pinned as well, unless words are required or excluded
// that it has not or has.
func (c *census) withPinned(r search.Request, scored, pinned object) object {
	if slices.ContainsFunc(r.Words, func(w search.Word) bool { return w.Required && !w.Exclude }) {
		return scored
	}
	var excluded []object
	for i, w := range r.Words {
		if w.Exclude {
			excluded = append(excluded, c.clause(i))
		}
	}
	parts := object{"should": []object{scored, constant(pinned, pinBase)}, "minimum_should_match": 1}
	if len(excluded) > 0 {
		parts["must_not"] = excluded
	}
	return object{"bool": parts}
}

// pinBase is the score of what is only found because it is pinned, which must not
// be 0 to be brought before anything.
const pinBase = 1
