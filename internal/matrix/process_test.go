package matrix_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// review keeps an open review of a text, a plan to archive it, and that somebody
// vouches for it until a day.
func (w *world) review(t *testing.T, state string, a kb.Article) {
	t.Helper()
	now := w.now.time()
	require.NoError(t, w.store.SaveReview(t.Context(), kb.Review{
		ID: "r-" + state, Article: a.ID, Locale: "en", Revision: 1, Rule: kb.RuleAny, By: "somebody", Note: "canary-" + state,
		State: kb.ReviewOpen, CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
	require.NoError(t, w.store.SavePlan(t.Context(), kb.Plan{
		ID: "p-" + state, Article: a.ID, Locale: "en", Do: kb.DeedArchive, At: now.Add(time.Hour), By: "somebody", Note: "canary-" + state,
		State: kb.PlanWaiting, CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
	if v, err := w.store.Verifications(t.Context(), []string{a.ID}); err == nil && v[a.ID].Version == 0 {
		require.NoError(t, w.store.SaveVerification(t.Context(), kb.Verification{
			Article: a.ID, By: "canary-" + state, At: now, Until: now.Add(24 * time.Hour), Version: 1,
		}))
	}
}

// of returns an operation on what belongs to an article in a state.
func of(name, prefix string, call func(ctx context.Context, w *world, by profile.Actor, id string) (any, error), routes ...string) operation {
	return operation{name: "kb." + name, on: "article", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		v, err := call(ctx, w, by, prefix+state)
		return v, true, err
	}}
}

func libraryProcess() []operation {
	return []operation{
		about("RequestReview", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			r, err := w.library.RequestReview(ctx, by, a.ID, "en", kb.ReviewRequest{})
			if errors.Is(err, kb.ErrConflict) {
				err = nil // one is open: who is told so might have asked
			}
			return r, true, err
		}, "kb.request_review"),
		of("Review", "r-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.Review(ctx, by, id)
		}, "kb.review"),
		about("Reviews", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Reviews(ctx, by, kb.ReviewList{Limit: 200})
			return list, lists(list, func(r kb.Review) bool { return r.Article == a.ID }), err
		}, "kb.reviews"),
		of("Decide", "r-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.Decide(ctx, by, id, kb.VerdictApprove, "")
		}, "kb.decide"),
		of("WithdrawReview", "r-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.WithdrawReview(ctx, by, id)
		}, "kb.withdraw_review"),
		about("Plan", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			p, err := w.library.Plan(ctx, by, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: w.now.time().Add(time.Hour)})
			return p, true, err
		}, "kb.plan"),
		about("Plans", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Plans(ctx, by, kb.PlanList{Limit: 200})
			return list, lists(list, func(p kb.Plan) bool { return p.Article == a.ID }), err
		}, "kb.plans"),
		of("CancelPlan", "p-", func(ctx context.Context, w *world, by profile.Actor, id string) (any, error) {
			return w.library.CancelPlan(ctx, by, id)
		}, "kb.cancel_plan"),
		about("Verify", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			v, err := w.library.Verify(ctx, by, a.ID)
			return v, true, err
		}, "kb.verify"),
		about("Unverify", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			v, err := w.library.Unverify(ctx, by, a.ID)
			return v, true, err
		}, "kb.unverify"),
		about("Verifications", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			v, err := w.library.Verifications(ctx, by, []string{a.ID})
			return v, len(v) == 1, err
		}),
		about("Expiring", func(ctx context.Context, w *world, by profile.Actor, a kb.Article) (any, bool, error) {
			list, _, err := w.library.Expiring(ctx, by, kb.ExpiryList{Limit: 200})
			return list, lists(list, func(v kb.Verification) bool { return v.Article == a.ID }), err
		}, "kb.expiring"),
	}
}
