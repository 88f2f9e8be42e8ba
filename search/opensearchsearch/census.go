package opensearchsearch

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// census counts what the scores of a request depend on, over what the asker may
// see and nothing else.
func (x *Index) census(ctx context.Context, s scope, r search.Request) (*census, error) {
	reader, err := lexis.NewReader(r)
	if err != nil {
		return nil, err
	}
	c := &census{scope: s}
	for _, code := range s.languages {
		c.readings = append(c.readings, reader.Read(x.library.Coded(code)))
	}
	counted := c.counters(reader.Units(), reader.Others)
	aggs := object{countLanguages: termsCount(fieldLanguage, maxLanguages)}
	if len(counted) > 0 {
		aggs[countUnits] = object{"filters": object{"filters": counted}}
	}
	if len(r.Pinned) > 0 {
		aggs[countPinned] = object{"filter": terms(fieldGroup, keys(r.Pinned)...)}
	}
	got, err := x.ask(ctx, x.name, object{"size": 0, "track_total_hits": true, "query": s.within(), "aggs": aggs})
	if err != nil {
		return nil, err
	}
	return c, c.take(got, reader, len(counted) > 0, len(r.Pinned) > 0)
}

// counters returns a filter for each number of a unit and an alternative, in the
// texts and in the titles of all languages: a document is in one.
func (c *census) counters(units, others int) object {
	out := object{}
	text, title := make([][]object, units), make([][]object, units)
	otherText, otherTitle := make([][]object, others), make([][]object, others)
	for _, p := range c.readings {
		for _, u := range p.Scored {
			text[u.Number] = append(text[u.Number], seekIn(u.Seek, false, 1))
			title[u.Number] = append(title[u.Number], seekIn(u.Seek, true, 1))
		}
		lexis.EachChoice(p.Choices, func(k *lexis.Choice) {
			for _, o := range k.Others {
				otherText[o.Number] = append(otherText[o.Number], together(o.Seeks, false, 1))
				otherTitle[o.Number] = append(otherTitle[o.Number], together(o.Seeks, true, 1))
			}
		})
	}
	for kind, lists := range map[string][][]object{countText: text, countTitle: title, countOther: otherText, countOtherTitle: otherTitle} {
		for n, queries := range lists {
			if len(queries) > 0 {
				out[countOf(kind, n)] = anyOf(queries)
			}
		}
	}
	return out
}

// take reads what was counted. Languages that the asker sees nothing in are left
// out: nobody learns from an answer that there are texts in them.
func (c *census) take(got *answer, reader *lexis.Reader, units, pinned bool) error {
	visible, err := got.keys(countLanguages)
	if err != nil {
		return err
	}
	c.readings = slices.DeleteFunc(c.readings, func(p *lexis.Reading) bool { return !slices.Contains(visible, p.Spoken.Code) })
	if pinned {
		a, err := got.aggregation(countPinned)
		if err != nil {
			return err
		}
		c.pinned = a.Count
	}
	counts := map[string]int{}
	if units {
		a, err := got.aggregation(countUnits)
		if err != nil {
			return err
		}
		if counts, err = a.named(); err != nil {
			return err
		}
	}
	total := got.Hits.Total.Value
	list := func(kind string, n int) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = counts[countOf(kind, i)]
		}
		return out
	}
	c.count = list(countText, reader.Units())
	others := list(countOther, reader.Others)
	if c.afford(c.count) {
		c.afford(others)
	} else {
		clear(others)
	}
	text, title := lexis.Rarities(total, c.count), lexis.Rarities(total, list(countTitle, reader.Units()))
	c.ranking = &lexis.Ranking{Text: text, Title: title, Others: &lexis.OtherRanking{
		Text: lexis.Rarities(total, others), Title: lexis.Rarities(total, list(countOtherTitle, reader.Others)),
		OwnText: text, OwnTitle: title,
	}}
	return nil
}

// maxClauses is how many words and alternatives are looked for at once, in texts
// and titles and all languages together. A server takes a query of 1024 parts.
const maxClauses = 200

// afford leaves out words, the most frequent ones first, if there are too many,
// and reports whether there were not.
func (c *census) afford(counts []int) bool {
	var there []int
	for i, n := range counts {
		if n > 0 {
			there = append(there, i)
		}
	}
	slices.SortStableFunc(there, func(a, b int) int { return counts[a] - counts[b] })
	most := max(maxClauses/max(len(c.readings), 1), 4)
	for _, i := range there[min(len(there), most):] {
		counts[i] = 0
	}
	return len(there) <= most
}
