package sqlcases

import (
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// A facet is something that cases are found by. With a value it makes a key.
type facet string

const (
	facetSight     facet = "sight"
	facetRequester facet = "requester"
	facetFollower  facet = "follower"
	facetAccount   facet = "account"
	facetAssignee  facet = "assignee"
	facetQueue     facet = "queue"
	facetProduct   facet = "product"
	facetTag       facet = "tag"
	facetArticle   facet = "article"
	facetLink      facet = "link"
	facetEscalated facet = "escalated" // without a value
)

func (f facet) key(value string) string { return string(f) + "/" + value }

// end returns what comes after all keys of f.
func (f facet) end() string { return string(f) + "0" }

// keys returns those of some values that a column can hold.
func (f facet) keys(values ...string) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		if sqldb.CheckText(v) == nil {
			out = append(out, f.key(v))
		}
	}
	return out
}

// keysOf returns all that a case is found by, each once.
func keysOf(c cases.Case) []string {
	out := append(facetSight.keys(c.Audience...), facetRequester.key(c.Requester), facetAssignee.key(c.Assignee), facetQueue.key(string(c.Queue)))
	if c.Escalated {
		out = append(out, facetEscalated.key(""))
	}
	if c.Account != "" {
		out = append(out, facetAccount.key(c.Account))
	}
	if c.Product != "" {
		out = append(out, facetProduct.key(c.Product))
	}
	for _, p := range c.People {
		out = append(out, facetFollower.key(p.Person))
	}
	for _, l := range c.Links {
		out = append(out, facetLink.key(l.Case))
	}
	out = append(append(out, facetTag.keys(c.Tags...)...), facetArticle.keys(c.Articles...)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// setsOf returns what a query asks for: of each set of keys, a case must have
// one. What is likely to select least comes first.
func setsOf(q cases.Query) (sets [][]string) {
	for _, want := range []struct {
		facet facet
		value string
	}{
		{facetRequester, q.Requester},
		{facetFollower, q.Follower},
		{facetArticle, q.Article},
		{facetTag, q.Tag},
		{facetAccount, q.Account},
		{facetProduct, q.Product},
	} {
		if want.value != "" {
			sets = append(sets, want.facet.keys(want.value))
		}
	}
	if q.Assignee != nil {
		sets = append(sets, facetAssignee.keys(*q.Assignee))
	}
	if q.Escalated {
		sets = append(sets, facetEscalated.keys(""))
	}
	if q.Sight != nil {
		sets = append(sets, facetSight.keys(q.Sight.Segments()...))
	}
	if len(q.Queues) > 0 {
		sets = append(sets, facetQueue.keys(texts(q.Queues)...))
	}
	return sets
}

// texts returns those of some words that a column can hold.
func texts[T ~string](words []T) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if sqldb.CheckText(string(w)) == nil {
			out = append(out, string(w))
		}
	}
	return out
}
