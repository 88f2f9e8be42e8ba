package matrix_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/meminsight"
	"github.com/stoa-go/stoa/profile"
)

// watch has an analyst look at the articles of the world.
func (w *world) watch(t *testing.T, b build) {
	t.Helper()
	store := meminsight.New()
	w.analyst = insight.New(store, w.library, memanalytics.New(), insight.Options{
		Policy: b.policy, Now: w.now.time, As: people["admin"], Secret: []byte("0123456789abcdef"), Searches: newReporter(t, w.now.time, build{}),
	})
	good := kb.NewLibrary(w.store, &kb.Options{Now: w.now.time})
	require.NoError(t, insight.New(store, good, memanalytics.New(), insight.Options{Now: w.now.time, As: people["admin"]}).Review(t.Context()))
	require.NoError(t, store.SaveItems(t.Context(),
		insight.Item{Kind: "faq", ID: "x", State: "open", Body: []byte("{}"), At: w.now.time()}))
}

// asked returns an operation of the analyst on an article.
func asked(name string, call func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error)) operation {
	op := about(name, call)
	op.name = "insight." + name
	return op
}

func insightOperations() []operation {
	x := insight.Query{Locale: "en", Text: "x"}
	return []operation{
		asked("Worklist", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.analyst.Worklist(ctx, by, insight.WorkList{})
			return list, lists(list, func(l insight.Work) bool { return l.Article.ID == a.ID }), err
		}),
		asked("HealthOf", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			h, err := w.analyst.HealthOf(ctx, by, a.ID)
			return h, true, err
		}),
		asked("Leads", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.analyst.Leads(ctx, by, a.ID, 10)
			return list, true, err
		}),
		asked("Trend", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, err := w.analyst.Trend(ctx, by, a.ID)
			return list, true, err
		}),
		overall("insight.Overview", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.Overview(ctx, by)
			return err
		}),
		overall("insight.Gaps", func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.analyst.Gaps(ctx, by, insight.GapList{})
			return err
		}),
		overall("insight.Gap", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.Gap(ctx, by, x)
			return err
		}),
		overall("insight.MarkGap", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.MarkGap(ctx, by, x, insight.GapOpen)
			return err
		}),
		overall("insight.GapsAbout", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.GapsAbout(ctx, by, "en", "", 5)
			return err
		}),
		overall("insight.Candidates", func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.analyst.Candidates(ctx, by, insight.CandidateList{})
			return err
		}),
		overall("insight.Candidate", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.Candidate(ctx, by, "x")
			return err
		}),
		overall("insight.DecideCandidate", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.analyst.DecideCandidate(ctx, by, "x", insight.CandidateOpen)
			return err
		}),
	}
}
