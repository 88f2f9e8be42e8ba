package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyProcess are the faults that a store can have with reviews, plans and
// verifications.
type faultyProcess struct {
	saveReview       func(ctx context.Context, r kb.Review, plans ...kb.Plan) error
	reviews          func(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error)
	savePlan         func(ctx context.Context, p kb.Plan) error
	plans            func(ctx context.Context, q kb.PlanQuery) ([]kb.Plan, string, error)
	saveVerification func(ctx context.Context, v kb.Verification) error
	verifications    func(ctx context.Context, articles []string) (map[string]kb.Verification, error)
	expiring         func(ctx context.Context, q kb.ExpiryQuery) ([]kb.Verification, string, error)
}

func (f faulty) SaveReview(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
	return or(&f.saveReview, f.saveReview != nil, f.Store.SaveReview)(ctx, r, plans...)
}

func (f faulty) Reviews(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error) {
	return or(&f.reviews, f.reviews != nil, f.Store.Reviews)(ctx, q)
}

func (f faulty) SavePlan(ctx context.Context, p kb.Plan) error {
	return or(&f.savePlan, f.savePlan != nil, f.Store.SavePlan)(ctx, p)
}

func (f faulty) Plans(ctx context.Context, q kb.PlanQuery) ([]kb.Plan, string, error) {
	return or(&f.plans, f.plans != nil, f.Store.Plans)(ctx, q)
}

func (f faulty) SaveVerification(ctx context.Context, v kb.Verification) error {
	return or(&f.saveVerification, f.saveVerification != nil, f.Store.SaveVerification)(ctx, v)
}

func (f faulty) Verifications(ctx context.Context, articles []string) (map[string]kb.Verification, error) {
	return or(&f.verifications, f.verifications != nil, f.Store.Verifications)(ctx, articles)
}

func (f faulty) Expiring(ctx context.Context, q kb.ExpiryQuery) ([]kb.Verification, string, error) {
	return or(&f.expiring, f.expiring != nil, f.Store.Expiring)(ctx, q)
}

// reviewing changes reviews before they are kept, planning plans, and vouching
// verifications.
func reviewing(change func(r *kb.Review)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveReview: func(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
			r = r.Clone()
			change(&r)
			return s.SaveReview(ctx, r, plans...)
		}}}
	}
}

func planning(change func(p *kb.Plan)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{savePlan: func(ctx context.Context, p kb.Plan) error {
			change(&p)
			return s.SavePlan(ctx, p)
		}}}
	}
}

func vouching(change func(v *kb.Verification)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveVerification: func(ctx context.Context, v kb.Verification) error {
			change(&v)
			return s.SaveVerification(ctx, v)
		}}}
	}
}

// askingReviews changes what is asked for, and the answer.
func askingReviews(change func(q *kb.ReviewQuery), answer func(page []kb.Review) []kb.Review) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{reviews: func(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error) {
			change(&q)
			page, next, err := s.Reviews(ctx, q)
			return answer(page), next, err
		}}}
	}
}

func askingPlans(change func(q *kb.PlanQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{plans: func(ctx context.Context, q kb.PlanQuery) ([]kb.Plan, string, error) {
			change(&q)
			return s.Plans(ctx, q)
		}}}
	}
}

func askingExpiring(change func(q *kb.ExpiryQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{expiring: func(ctx context.Context, q kb.ExpiryQuery) ([]kb.Verification, string, error) {
			change(&q)
			return s.Expiring(ctx, q)
		}}}
	}
}

func asIs[T any](page []T) []T { return page }

// saysYes takes a conflict for done.
func saysYes(err error) error {
	if errors.Is(err, kb.ErrConflict) {
		return nil
	}
	return err
}

var brokenProcess = []broke{
	{"turns votes around", "Review", reviewing(func(r *kb.Review) { slices.Reverse(r.Votes) })},
	{"forgets when to publish", "Review", reviewing(func(r *kb.Review) { r.PublishAt = time.Time{} })},
	{"answers yes to any version of a review", "ReviewVersion", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveReview: func(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
			return saysYes(s.SaveReview(ctx, r, plans...))
		}}}
	}},
	{"takes a second open review", "ReviewOpen", reviewing(func(r *kb.Review) {
		if r.ID == "second" {
			r.Revision += 100
		}
	})},
	{"keeps plans of what it refuses", "ReviewWhole", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveReview: func(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
			for _, p := range plans {
				if err := s.SavePlan(ctx, p); err != nil {
					return err
				}
			}
			return s.SaveReview(ctx, r)
		}}}
	}},
	{"forgets the plans of a review", "ReviewWhole", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveReview: func(ctx context.Context, r kb.Review, _ ...kb.Plan) error { return s.SaveReview(ctx, r) }}}
	}},
	{"lists reviews without votes", "Reviews", askingReviews(func(*kb.ReviewQuery) {}, func(page []kb.Review) []kb.Review {
		for i := range page {
			page[i].Votes = nil
		}
		return page
	})},
	{"ignores the states asked for", "Reviews", askingReviews(func(q *kb.ReviewQuery) { q.States = nil }, asIs)},
	{"lists superseded reviews as current", "Reviews", askingReviews(func(q *kb.ReviewQuery) { q.Current = false }, asIs)},
	{"ignores who asked", "Reviews", askingReviews(func(q *kb.ReviewQuery) { q.By = "" }, asIs)},
	{"ignores when it changed", "Reviews", askingReviews(func(q *kb.ReviewQuery) { q.Since = time.Time{} }, asIs)},
	{"lets everybody decide", "ReviewsFor", askingReviews(func(q *kb.ReviewQuery) { q.For = "" }, asIs)},
	{"lets authors decide", "ReviewsFor", askingReviews(func(q *kb.ReviewQuery) {
		if q.For == "ann" {
			q.For = "max"
		}
	}, asIs)},
	{"lists the oldest first", "ReviewPages", askingReviews(func(*kb.ReviewQuery) {}, func(page []kb.Review) []kb.Review { slices.Reverse(page); return page })},
	{"drops the second of equals", "ReviewPages", askingReviews(func(*kb.ReviewQuery) {}, func(page []kb.Review) []kb.Review {
		return slices.CompactFunc(page, func(a, b kb.Review) bool { return a.CreatedAt.Equal(b.CreatedAt) })
	})},
	{"forgets why a plan failed", "Plan", planning(func(p *kb.Plan) { p.Error = "" })},
	{"forgets that a plan is minor", "Plan", planning(func(p *kb.Plan) { p.Minor = false })},
	{"keeps a plan minor for ever", "Plan", planning(func(p *kb.Plan) { p.Minor = true })},
	{"answers yes to any version of a plan", "Plan", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{savePlan: func(ctx context.Context, p kb.Plan) error { return saysYes(s.SavePlan(ctx, p)) }}}
	}},
	{"lets two plans wait", "PlanWaiting", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{savePlan: func(ctx context.Context, p kb.Plan) error { return saysYes(s.SavePlan(ctx, p)) }}}
	}},
	{"ignores the states of plans", "Plans", askingPlans(func(q *kb.PlanQuery) { q.States = nil })},
	{"ignores the language of plans", "Plans", askingPlans(func(q *kb.PlanQuery) { q.Locale = "" })},
	{"takes the end in", "Plans", askingPlans(func(q *kb.PlanQuery) {
		if !q.Until.IsZero() {
			q.Until = q.Until.Add(time.Microsecond)
		}
	})},
	{"forgets that a verification lapsed", "Verification", vouching(func(v *kb.Verification) { v.Lapsed = false })},
	{"forgets when to remind", "Verification", vouching(func(v *kb.Verification) { v.RemindAt = time.Time{} })},
	{"tells of all verifications", "Verification", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{verifications: func(ctx context.Context, articles []string) (map[string]kb.Verification, error) {
			out, err := s.Verifications(ctx, articles)
			if out != nil {
				out["more"] = kb.Verification{}
			}
			return out, err
		}}}
	}},
	{"reminds again", "Expiring", askingExpiring(func(q *kb.ExpiryQuery) { q.RemindBy = time.Time{} })},
	{"takes what lapsed for standing", "Expiring", askingExpiring(func(q *kb.ExpiryQuery) { q.Standing = false })},
	{"ignores the owner", "Expiring", askingExpiring(func(q *kb.ExpiryQuery) { q.OwnedBy = "" })},
	{"does not say that what readers see has changed", "VerificationStamp", func(s kb.Store) faulty {
		stamps := ""
		return faulty{stamps: func(ctx context.Context) (string, string, error) {
			categories, contents, err := s.Stamps(ctx)
			if stamps == "" {
				stamps = contents
			}
			return categories, stamps, err
		}}
	}},
	{"shows what is not at the asker's desk", "ProcessScope", askingReviews(func(q *kb.ReviewQuery) { q.Scope = kb.DeskScope{} }, asIs)},
	{"shows plans that are not at the asker's desk", "ProcessScope", askingPlans(func(q *kb.PlanQuery) { q.Scope = kb.DeskScope{} })},
	{"hides what the asker owns", "ProcessScope", askingExpiring(func(q *kb.ExpiryQuery) { q.Scope.Owner = "" })},
	{"mends odd comments", "ProcessText", reviewing(func(r *kb.Review) {
		for i, v := range r.Votes {
			r.Votes[i].Comment = strings.ToValidUTF8(strings.ReplaceAll(v.Comment, "\x00", ""), "?")
		}
	})},
	{"does not notice that a review was cancelled", "ProcessCancelled", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{saveReview: func(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
			return s.SaveReview(context.WithoutCancel(ctx), r, plans...)
		}}}
	}},
}
