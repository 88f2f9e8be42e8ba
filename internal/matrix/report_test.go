package matrix_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/memreport"
)

// newReporter returns one that knows of a question that enough people asked.
func newReporter(t *testing.T, now func() time.Time, b build) *report.Reporter {
	t.Helper()
	store := &memreport.Store{}
	var facts []report.Fact
	for _, person := range []string{"a", "b", "c"} {
		facts = append(facts, report.Fact{
			Day: analytics.Day(now()), Question: report.Query{Locale: "en", Text: "x"}, Person: person, Counts: report.Counts{Searches: 1, Empty: 1},
		})
	}
	require.NoError(t, store.Add(t.Context(), time.Time{}, now(), facts, nil))
	return report.New(store, memanalytics.New(), report.Options{Policy: b.policy, Now: now})
}

func reportOperations() []operation {
	x := report.Query{Locale: "en", Text: "x"}
	return []operation{
		overall("report.Summary", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Summary(ctx, by, report.Filter{})
			return err
		}),
		overall("report.Questions", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Questions(ctx, by, report.Filter{}, "", 10)
			return err
		}),
		overall("report.Asked", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Asked(ctx, by, report.Filter{}, x)
			return err
		}),
		overall("report.Failing", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Failing(ctx, by, report.Filter{})
			return err
		}),
		overall("report.Breakdown", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Breakdown(ctx, by, report.Filter{}, report.DimensionRole)
			return err
		}),
		overall("report.Trend", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Trend(ctx, by, x, report.Filter{})
			return err
		}),
		overall("report.Worklist", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Worklist(ctx, by, report.WorkQuery{})
			return err
		}),
		overall("report.Ballot", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.reporter.Ballot(ctx, by, "x")
			return err
		}),
		overall("report.Decide", func(ctx context.Context, w *world, by profile.Actor) error {
			list, err := w.reporter.Worklist(ctx, by, report.WorkQuery{})
			if err != nil {
				return err
			}
			version := 0
			if len(list) > 0 {
				version = list[0].Mark.Version
			}
			_, err = w.reporter.Decide(ctx, by, report.Decision{Question: x, State: report.StateOpen, Version: version})
			return err
		}),
	}
}
