package report

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A searchRecord is that somebody searched for something, in an export.
type searchRecord struct {
	Is   string `json:"is"`
	Text string `json:"text"`
	Day  string `json:"day"`
}

// A voteRecord is what somebody followed in a trial of rankings.
type voteRecord struct {
	Is    string `json:"is"`
	Trial string `json:"trial"`
	Live  int    `json:"live"`
	Other int    `json:"other"`
}

// A decisionRecord is what somebody decided.
type decisionRecord struct {
	Is    string    `json:"is"`
	About string    `json:"about"`
	State State     `json:"state"`
	Why   string    `json:"why,omitempty"`
	At    time.Time `json:"at"`
}

// Keeper returns what hands over and forgets who searched, voted and decided,
// named "search-reports".
func (r *Reporter) Keeper() profile.Keeper {
	return profile.NewKeeper("search-reports", r.exportPerson, func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
		removed, renamed, err := r.store.Forget(ctx, person, how.Pseudonym)
		if err != nil {
			return profile.Erased{}, fmt.Errorf("search reports: %w", err)
		}
		return profile.Erased{Removed: removed, Renamed: renamed}, nil
	})
}

func (r *Reporter) exportPerson(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		records, err := r.recordsOf(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, one := range records {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (r *Reporter) recordsOf(ctx context.Context, person string) (out []any, err error) {
	if person == "" {
		return nil, nil
	}
	facts, factsErr := r.store.Facts(ctx, person)
	votes, votesErr := r.store.Votes(ctx, person)
	marks, marksErr := r.store.Marks(ctx)
	for _, f := range facts {
		out = append(out, searchRecord{"search", f.Question.Text, f.Day})
	}
	for _, v := range votes {
		out = append(out, voteRecord{"vote", v.Trial, v.Live, v.Other})
	}
	for _, m := range marks {
		if m.By == person {
			out = append(out, decisionRecord{"decision", m.Question.Key(), m.State, m.Reason, m.At})
		}
	}
	return out, errors.Join(factsErr, votesErr, marksErr)
}
