package learning

import (
	"context"
	"iter"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// SolvedSearches is a [Source] of searches that ended with somebody saying that
// what they found there helped. Whoever asked people for help all the same was not
// helped; asked names events that say so, as for [Outcomes]. A nil now means
// time.Now.
func SolvedSearches(from Journeys, now func() time.Time, asked ...string) Source {
	if now == nil {
		now = time.Now
	}
	return func(ctx context.Context, since time.Time) iter.Seq2[Solution, error] {
		return func(yield func(Solution, error) bool) {
			certain := now().Add(-together - settle)
			for o, err := range Outcomes(from.Scan(ctx, analytics.Range{From: since, Names: telling(asked)}), asked...) {
				if err != nil {
					yield(Solution{}, err)
					return
				}
				for _, group := range o.Solved {
					one := Solution{ID: "search/" + o.ID + "/" + group, Text: o.Question, Locale: o.Locale, Group: group, Voter: o.Who, At: o.At}
					if o.At.Before(certain) && !yield(one, nil) {
						return
					}
				}
			}
		}
	}
}
