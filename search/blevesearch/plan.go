package blevesearch

import (
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A plan is a request in one language, with what is known of the documents in it.
type plan struct {
	languageCensus
	*lexis.Reading
}

// A query is a request ready to be answered.
type query struct {
	search.Request
	plans  []*plan
	units  int // numbers given to units
	others int // and to alternatives
}

// newQuery plans a request for each language of the census.
func newQuery(r search.Request, c *census) (*query, error) {
	asked, err := lexis.NewReader(r)
	if err != nil {
		return nil, err
	}
	q := &query{Request: r}
	for _, l := range c.languages {
		q.plans = append(q.plans, &plan{l, asked.Read(l.Language)})
	}
	q.units, q.others = asked.Units(), asked.Others
	return q, nil
}
