package kbtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var processContract = []promise{
	{"Review", "Review returns what SaveReview was given, votes in their order, times in UTC to the microsecond", checkReview},
	{"ReviewVersion", "SaveReview of version 1 needs a free ID and an article, and any other the stored version below", checkReviewVersion},
	{"ReviewOpen", "a revision has one open review at most; one that ended makes room", checkReviewOpen},
	{"ReviewWhole", "SaveReview keeps the review with its plans, or neither", checkReviewWhole},
	{"Reviews", "Reviews returns what matches every set field, alone and together", checkReviews},
	{"ReviewsFor", "a review waits for those it names who have not decided, or for anybody of a pool, and never for who wrote the revision", checkReviewsFor},
	{"ReviewPages", "following tokens visits every review once, newest first, ties broken by ID", checkReviewPages},
	{"Plan", "Plan returns what SavePlan was given; versions must follow", checkPlan},
	{"PlanWaiting", "a text has one waiting plan for a deed at most", checkPlanWaiting},
	{"Plans", "Plans returns what matches every set field, by time, page by page", checkPlans},
	{"Verification", "Verifications returns what SaveVerification was given; versions must follow", checkVerification},
	{"Expiring", "Expiring returns what matches every set field by its end, page by page, and nothing without an end", checkExpiring},
	{"VerificationStamp", "the content stamp changes with a verification, which readers see", checkVerificationStamp},
	{"ProcessScope", "reviews, plans and verifications are of articles in the scope", checkProcessScope},
	{"ProcessText", "NUL and broken UTF-8 are ErrInvalid to write, and nothing to read", checkProcessText},
	{"ProcessCancelled", "a cancelled context stops every call and writes nothing", checkProcessCancelled},
}

func review(id, article string, change ...func(*kb.Review)) kb.Review {
	r := kb.Review{
		ID: id, Article: article, Locale: "en", Revision: 1, Rule: kb.RuleMajority, Needed: 2, By: "ann", Note: "please",
		Due: t0.Add(time.Hour), Publish: true, PublishAt: t0.Add(2 * time.Hour), State: kb.ReviewOpen, Input: "hash",
		Votes: []kb.Vote{
			{Person: "zoe", Asked: true},
			{Person: "bob", Asked: true, Verdict: kb.VerdictReject, Comment: "no", At: t0.Add(time.Minute)},
		},
		CreatedAt: t0, UpdatedAt: t0, Version: 1,
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

func plan(id, article string, change ...func(*kb.Plan)) kb.Plan {
	p := kb.Plan{
		ID: id, Article: article, Locale: "en", Do: kb.DeedPublish, Revision: 3, Minor: true, At: t0, By: "ann", Note: "why", State: kb.PlanWaiting,
		Error: "error.x", Input: "hash", CreatedAt: t0, UpdatedAt: t0, Version: 1,
	}
	for _, f := range change {
		f(&p)
	}
	return p
}

func verification(article string, change ...func(*kb.Verification)) kb.Verification {
	v := kb.Verification{Article: article, By: "ann", At: t0, Until: t0.Add(24 * time.Hour), RemindAt: t0.Add(20 * time.Hour), Version: 1}
	for _, f := range change {
		f(&v)
	}
	return v
}

func saveReviews(t testing.TB, s kb.Store, list ...kb.Review) {
	t.Helper()
	for _, r := range list {
		require.NoError(t, s.SaveReview(t.Context(), r), r.ID)
	}
}

func savePlans(t testing.TB, s kb.Store, list ...kb.Plan) {
	t.Helper()
	for _, p := range list {
		require.NoError(t, s.SavePlan(t.Context(), p), p.ID)
	}
}

func saveVerifications(t testing.TB, s kb.Store, list ...kb.Verification) {
	t.Helper()
	for _, v := range list {
		require.NoError(t, s.SaveVerification(t.Context(), v), v.Article)
	}
}

func checkReview(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	r := review("r", "a", func(r *kb.Review) { r.CreatedAt = t0.In(time.FixedZone("X", 3600)) })
	saveReviews(t, s, r)
	r.Votes[0].Person = "changed"
	got, err := s.Review(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, review("r", "a"), got)
	next := review("r", "a", func(r *kb.Review) {
		r.Version, r.State, r.Due, r.Publish, r.PublishAt, r.UpdatedAt = 2, kb.ReviewApproved, time.Time{}, false, time.Time{}, t0.Add(time.Second)
		r.Votes = []kb.Vote{{Person: "kim", Verdict: kb.VerdictApprove, At: t0}, r.Votes[0]}
	})
	saveReviews(t, s, next)
	got, err = s.Review(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, next, got)
	_, err = s.Review(t.Context(), "none")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func checkReviewVersion(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	require.ErrorIs(t, s.SaveReview(t.Context(), review("r", "none")), kb.ErrNotFound)
	require.ErrorIs(t, s.SaveReview(t.Context(), review("r", "a", func(r *kb.Review) { r.Version = 2 })), kb.ErrNotFound)
	saveReviews(t, s, review("r", "a"))
	for _, version := range []int{1, 3} {
		err := s.SaveReview(t.Context(), review("r", "a", func(r *kb.Review) { r.Version, r.Note = version, "changed" }))
		require.ErrorIs(t, err, kb.ErrConflict)
	}
	got, err := s.Review(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, review("r", "a"), got, "nothing of what is refused is kept")
}

func checkReviewOpen(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	saveReviews(t, s, review("r", "a"), review("other", "a", func(r *kb.Review) { r.Revision = 2 }), review("de", "a", func(r *kb.Review) { r.Locale = "de" }))
	require.ErrorIs(t, s.SaveReview(t.Context(), review("second", "a")), kb.ErrConflict)
	_, err := s.Review(t.Context(), "second")
	require.ErrorIs(t, err, kb.ErrNotFound)
	saveReviews(t, s, review("r", "a", func(r *kb.Review) { r.Version, r.State = 2, kb.ReviewWithdrawn }), review("second", "a"))
}

func checkReviewWhole(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	savePlans(t, s, plan("old", "a"))
	r := review("r", "a")
	require.ErrorIs(t, s.SaveReview(t.Context(), r, plan("new", "a")), kb.ErrConflict, "another waits")
	_, err := s.Review(t.Context(), "r")
	require.ErrorIs(t, err, kb.ErrNotFound)
	cancelled := plan("old", "a", func(p *kb.Plan) { p.Version, p.State = 2, kb.PlanCancelled })
	require.ErrorIs(t, s.SaveReview(t.Context(), review("r", "none"), cancelled), kb.ErrNotFound)
	require.ErrorIs(t, s.SaveReview(t.Context(), r, cancelled, plan("old", "a")), kb.ErrConflict)
	got, err := s.Plan(t.Context(), "old")
	require.NoError(t, err)
	require.Equal(t, kb.PlanWaiting, got.State)
	require.NoError(t, s.SaveReview(t.Context(), r, cancelled, plan("new", "a")))
	got, err = s.Plan(t.Context(), "new")
	require.NoError(t, err)
	require.Equal(t, plan("new", "a"), got)
}

// reviewIDs returns which reviews a query finds.
func reviewIDs(t testing.TB, s kb.Store, q kb.ReviewQuery) []string {
	t.Helper()
	page, _, err := s.Reviews(t.Context(), q)
	require.NoError(t, err)
	out := []string{}
	for _, r := range page {
		require.Len(t, r.Votes, 2, "a list has the votes")
		out = append(out, r.ID)
	}
	return out
}

func checkReviews(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"))
	at := func(n int) func(*kb.Review) {
		return func(r *kb.Review) { r.CreatedAt, r.UpdatedAt = t0.Add(-time.Duration(n)), t0 }
	}
	saveReviews(t, s,
		review("1", "a", at(1000)),
		review("2", "a", at(2000), func(r *kb.Review) { r.Locale, r.By = "de", "bob" }),
		review("3", "a", at(3000), func(r *kb.Review) { r.Revision, r.State, r.UpdatedAt = 2, kb.ReviewApproved, t0.Add(time.Hour) }),
		review("4", "b", at(4000), func(r *kb.Review) { r.State = kb.ReviewRejected }))
	for _, c := range []struct {
		q    kb.ReviewQuery
		want []string
	}{
		{kb.ReviewQuery{}, []string{"1", "2", "3", "4"}},
		{kb.ReviewQuery{Article: "a"}, []string{"1", "2", "3"}},
		{kb.ReviewQuery{Article: "a", Locale: "en"}, []string{"1", "3"}},
		{kb.ReviewQuery{Revision: 2}, []string{"3"}},
		{kb.ReviewQuery{States: []kb.ReviewState{kb.ReviewApproved, kb.ReviewRejected}}, []string{"3", "4"}},
		{kb.ReviewQuery{States: []kb.ReviewState{}}, []string{}},
		{kb.ReviewQuery{Current: true}, []string{"1", "2", "4"}},
		{kb.ReviewQuery{By: "bob"}, []string{"2"}},
		{kb.ReviewQuery{Since: t0.Add(time.Minute)}, []string{"3"}},
		{kb.ReviewQuery{Since: t0}, []string{"1", "2", "3", "4"}},
		{kb.ReviewQuery{Article: "b", By: "bob"}, []string{}},
	} {
		require.Equal(t, c.want, reviewIDs(t, s, c.q), "%+v", c.q)
	}
}

func checkReviewsFor(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"), article("c"))
	pool := func(r *kb.Review) {
		r.Votes = []kb.Vote{{Person: "kim", Verdict: kb.VerdictApprove, At: t0}, {Person: "lea", Verdict: kb.VerdictApprove, At: t0}}
		r.Needed = 3
	}
	saveReviews(t, s,
		review("named", "a"), review("pool", "b", pool),
		review("ended", "c", func(r *kb.Review) { r.State = kb.ReviewWithdrawn }), review("pool-ended", "c", pool, func(r *kb.Review) { r.State = kb.ReviewApproved }))
	for person, want := range map[string][]string{
		"zoe": {"named", "pool"}, // is asked and has not decided
		"bob": {"pool"},          // has decided
		"kim": {},                // likewise, in the pool
		"ann": {},                // wrote all of them
		"max": {"pool"},
	} {
		require.Equal(t, want, reviewIDs(t, s, kb.ReviewQuery{For: person}), person)
	}
}

func checkReviewPages(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	var want []string
	for i := range 5 {
		id := string(rune('e' - i))
		saveReviews(t, s, review(id, "a", func(r *kb.Review) { r.Revision, r.CreatedAt = i+1, t0.Add(-time.Duration(i/2)*time.Second) }))
	}
	want = []string{"d", "e", "b", "c", "a"}
	var got []string
	for q := (kb.ReviewQuery{Limit: 2}); ; {
		page, next, err := s.Reviews(t.Context(), q)
		require.NoError(t, err)
		for _, r := range page {
			got = append(got, r.ID)
		}
		if q.After = next; next == "" {
			break
		}
	}
	require.Equal(t, want, got)
	_, _, err := s.Reviews(t.Context(), kb.ReviewQuery{After: "nonsense"})
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func checkPlan(t testing.TB, s kb.Store) {
	require.ErrorIs(t, s.SavePlan(t.Context(), plan("p", "a")), kb.ErrNotFound)
	save(t, s, article("a"))
	savePlans(t, s, plan("p", "a", func(p *kb.Plan) { p.At = t0.In(time.FixedZone("X", 3600)) }))
	got, err := s.Plan(t.Context(), "p")
	require.NoError(t, err)
	require.Equal(t, plan("p", "a"), got)
	require.ErrorIs(t, s.SavePlan(t.Context(), plan("p", "a")), kb.ErrConflict)
	require.ErrorIs(t, s.SavePlan(t.Context(), plan("p", "a", func(p *kb.Plan) { p.Version = 3 })), kb.ErrConflict)
	require.ErrorIs(t, s.SavePlan(t.Context(), plan("q", "a", func(p *kb.Plan) { p.Version, p.Do = 2, kb.DeedArchive })), kb.ErrNotFound)
	next := plan("p", "a", func(p *kb.Plan) {
		p.Version, p.State, p.Error, p.At, p.Minor = 2, kb.PlanFailed, "error.y", t0.Add(time.Hour), false
	})
	savePlans(t, s, next)
	got, err = s.Plan(t.Context(), "p")
	require.NoError(t, err)
	require.Equal(t, next, got)
	_, err = s.Plan(t.Context(), "none")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func checkPlanWaiting(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"))
	savePlans(t, s, plan("p", "a"), plan("other", "b"), plan("de", "a", func(p *kb.Plan) { p.Locale = "de" }), plan("away", "a", func(p *kb.Plan) { p.Do = kb.DeedArchive }))
	require.ErrorIs(t, s.SavePlan(t.Context(), plan("second", "a")), kb.ErrConflict)
	savePlans(t, s, plan("p", "a", func(p *kb.Plan) { p.Version, p.State = 2, kb.PlanDone }), plan("second", "a"))
}

func checkPlans(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("b"))
	at := func(n int) func(*kb.Plan) { return func(p *kb.Plan) { p.At = t0.Add(time.Duration(n) * time.Hour) } }
	savePlans(t, s,
		plan("1", "a", at(1)), plan("2", "a", at(2), func(p *kb.Plan) { p.Do = kb.DeedArchive }),
		plan("4", "b", at(3), func(p *kb.Plan) { p.Locale = "de" }), plan("3", "b", at(3), func(p *kb.Plan) { p.State = kb.PlanDone }))
	for _, c := range []struct {
		q    kb.PlanQuery
		want []string
	}{
		{kb.PlanQuery{}, []string{"1", "2", "3", "4"}},
		{kb.PlanQuery{Article: "a"}, []string{"1", "2"}},
		{kb.PlanQuery{Article: "b", Locale: "en"}, []string{"3"}},
		{kb.PlanQuery{States: []kb.PlanState{kb.PlanWaiting}}, []string{"1", "2", "4"}},
		{kb.PlanQuery{States: []kb.PlanState{}}, []string{}},
		{kb.PlanQuery{From: t0.Add(2 * time.Hour)}, []string{"2", "3", "4"}},
		{kb.PlanQuery{Until: t0.Add(2 * time.Hour)}, []string{"1"}},
		{kb.PlanQuery{From: t0.Add(90 * time.Minute), Until: t0.Add(3 * time.Hour)}, []string{"2"}},
	} {
		got := []string{}
		for c.q.Limit = 1; ; {
			page, next, err := s.Plans(t.Context(), c.q)
			require.NoError(t, err)
			for _, p := range page {
				got = append(got, p.ID)
			}
			if c.q.After = next; next == "" {
				break
			}
		}
		require.Equal(t, c.want, got, "%+v", c.q)
	}
	_, _, err := s.Plans(t.Context(), kb.PlanQuery{After: "nonsense"})
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func checkVerification(t testing.TB, s kb.Store) {
	require.ErrorIs(t, s.SaveVerification(t.Context(), verification("a")), kb.ErrNotFound)
	save(t, s, article("a"), article("b"))
	require.ErrorIs(t, s.SaveVerification(t.Context(), verification("a", func(v *kb.Verification) { v.Version = 2 })), kb.ErrNotFound)
	saveVerifications(t, s, verification("a", func(v *kb.Verification) { v.At = t0.In(time.FixedZone("X", 3600)) }))
	for _, version := range []int{1, 3} {
		require.ErrorIs(t, s.SaveVerification(t.Context(), verification("a", func(v *kb.Verification) { v.Version = version })), kb.ErrConflict)
	}
	got, err := s.Verifications(t.Context(), []string{"a", "b", "none", "a"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Verification{"a": verification("a")}, got)
	next := verification("a", func(v *kb.Verification) {
		v.Version, v.Lapsed, v.Until, v.RemindAt, v.By = 2, true, time.Time{}, time.Time{}, "bob"
	})
	saveVerifications(t, s, next)
	got, err = s.Verifications(t.Context(), []string{"a"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Verification{"a": next}, got)
	got, err = s.Verifications(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, got)
}

// expiringIDs returns which verifications a query finds, asking for one at a time.
func expiringIDs(t testing.TB, s kb.Store, q kb.ExpiryQuery) []string {
	t.Helper()
	got := []string{}
	for q.Limit = 1; ; {
		page, next, err := s.Expiring(t.Context(), q)
		require.NoError(t, err)
		for _, v := range page {
			got = append(got, v.Article)
		}
		if q.After = next; next == "" {
			return got
		}
	}
}

func checkExpiring(t testing.TB, s kb.Store) {
	ends := func(hours int) func(*kb.Verification) {
		return func(v *kb.Verification) {
			v.Until, v.RemindAt = t0.Add(time.Duration(hours)*time.Hour), t0.Add(time.Duration(hours-1)*time.Hour)
		}
	}
	save(t, s, article("a"), article("b", func(a *kb.Article) { a.Owner = "bob" }), article("c"), article("d"), article("e"))
	saveVerifications(t, s, verification("d", ends(3)), verification("b", ends(2)), verification("a", ends(3), func(v *kb.Verification) { v.RemindAt = time.Time{} }),
		verification("c", ends(4), func(v *kb.Verification) { v.Lapsed = true }), verification("e", func(v *kb.Verification) { v.Until = time.Time{} }))
	for _, c := range []struct {
		q    kb.ExpiryQuery
		want []string
	}{
		{kb.ExpiryQuery{}, []string{"b", "a", "d", "c"}},
		{kb.ExpiryQuery{From: t0.Add(3 * time.Hour)}, []string{"a", "d", "c"}},
		{kb.ExpiryQuery{Until: t0.Add(3 * time.Hour)}, []string{"b"}},
		{kb.ExpiryQuery{Standing: true}, []string{"b", "a", "d"}},
		{kb.ExpiryQuery{RemindBy: t0.Add(150 * time.Minute)}, []string{"b", "d"}},
		{kb.ExpiryQuery{OwnedBy: "bob"}, []string{"b"}},
		{kb.ExpiryQuery{OwnedBy: "bob", From: t0.Add(3 * time.Hour)}, []string{}},
	} {
		require.Equal(t, c.want, expiringIDs(t, s, c.q), "%+v", c.q)
	}
	_, _, err := s.Expiring(t.Context(), kb.ExpiryQuery{After: "nonsense"})
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func checkVerificationStamp(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	_, before, err := s.Stamps(t.Context())
	require.NoError(t, err)
	saveVerifications(t, s, verification("a"))
	_, after, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

func checkProcessScope(t testing.TB, s kb.Store) {
	save(t, s, article("a"), article("hers", func(a *kb.Article) { a.Category, a.Owner = "c2", "eve" }), article("other", func(a *kb.Article) { a.Category = "c2" }))
	for _, id := range []string{"a", "hers", "other"} {
		saveReviews(t, s, review(id, id))
		savePlans(t, s, plan(id, id))
		saveVerifications(t, s, verification(id))
	}
	sight := profile.Actor{ID: "eve"}.Sight()
	for owner, want := range map[string][]string{"": {"a"}, "eve": {"a", "hers"}} {
		scope := kb.DeskScope{Sight: &sight, Categories: []string{"c1"}, Owner: owner}
		require.Equal(t, want, reviewIDs(t, s, kb.ReviewQuery{Scope: scope}), owner)
		require.Equal(t, want, expiringIDs(t, s, kb.ExpiryQuery{Scope: scope}), owner)
		plans, _, err := s.Plans(t.Context(), kb.PlanQuery{Scope: scope})
		require.NoError(t, err)
		got := []string{}
		for _, p := range plans {
			got = append(got, p.ID)
		}
		require.Equal(t, want, got, owner)
	}
}

func checkProcessText(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		require.ErrorIs(t, s.SaveReview(t.Context(), review("r", "a", func(r *kb.Review) { r.Votes[1].Comment = bad })), kb.ErrInvalid)
		require.ErrorIs(t, s.SaveReview(t.Context(), review("r", "a"), plan("p", "a", func(p *kb.Plan) { p.Note = bad })), kb.ErrInvalid)
		require.ErrorIs(t, s.SavePlan(t.Context(), plan("p", "a", func(p *kb.Plan) { p.Note = bad })), kb.ErrInvalid)
		require.ErrorIs(t, s.SaveVerification(t.Context(), verification("a", func(v *kb.Verification) { v.By = bad })), kb.ErrInvalid)
		require.Empty(t, reviewIDs(t, s, kb.ReviewQuery{For: bad}))
		require.Empty(t, expiringIDs(t, s, kb.ExpiryQuery{OwnedBy: bad}))
		_, err := s.Review(t.Context(), bad)
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = s.Plan(t.Context(), bad)
		require.ErrorIs(t, err, kb.ErrNotFound)
		plans, _, err := s.Plans(t.Context(), kb.PlanQuery{Article: bad})
		require.NoError(t, err)
		require.Empty(t, plans)
	}
	odd := `'"?$1 %_\ 😀 שלום`
	saveReviews(t, s, review("r", "a", func(r *kb.Review) { r.Votes[1].Comment = odd }))
	got, err := s.Review(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, odd, got.Votes[1].Comment)
}

func checkProcessCancelled(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	saveReviews(t, s, review("kept", "a", func(r *kb.Review) { r.Revision = 9 }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, reviewErr := s.Review(ctx, "kept")
	_, planErr := s.Plan(ctx, "kept")
	_, _, reviewsErr := s.Reviews(ctx, kb.ReviewQuery{})
	_, _, plansErr := s.Plans(ctx, kb.PlanQuery{})
	_, _, expiringErr := s.Expiring(ctx, kb.ExpiryQuery{})
	_, verificationsErr := s.Verifications(ctx, []string{"a"})
	for i, err := range []error{
		reviewErr, planErr, reviewsErr, plansErr, expiringErr, verificationsErr,
		s.SaveReview(ctx, review("r", "a")), s.SavePlan(ctx, plan("p", "a")), s.SaveVerification(ctx, verification("a")),
	} {
		require.ErrorIs(t, err, context.Canceled, i)
	}
	require.Equal(t, []string{"kept"}, reviewIDs(t, s, kb.ReviewQuery{}))
}
