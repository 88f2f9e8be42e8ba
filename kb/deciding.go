package kb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Decide says what by thinks of the revision that a review is about. Reviewers
// who decide at the same moment all count. A verdict can be changed until the
// review has ended; a repeated one stays as it is.
func (l *Library) Decide(ctx context.Context, by profile.Actor, review string, verdict Verdict, comment string) (Review, error) {
	r, err := l.decide(ctx, by, review, verdict, strings.TrimSpace(comment))
	if err != nil {
		return Review{}, fmt.Errorf("decide on review %s: %w", review, err)
	}
	return r, nil
}

// triesToDecide is how often a verdict is put on top of those of others who were
// quicker. Each of them can be quicker once.
const triesToDecide = 2 * MaxReviewers

func (l *Library) decide(ctx context.Context, by profile.Actor, id string, verdict Verdict, comment string) (Review, error) {
	if err := checkVerdict(verdict, comment); err != nil {
		return Review{}, err
	}
	for range triesToDecide {
		old, a, err := l.decidable(ctx, by, id)
		if err != nil {
			return Review{}, err
		}
		if v, ok := old.Of(by.ID); ok && v.Verdict == verdict && v.Comment == comment {
			return old, nil
		}
		if err := undecided(old, a); err != nil {
			return Review{}, err
		}
		r := voted(old, Vote{Person: by.ID, Verdict: verdict, Comment: comment, At: l.clock()})
		plans, err := l.planApproved(ctx, r)
		if err != nil {
			return Review{}, err
		}
		err = l.store.SaveReview(ctx, r, plans...)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return Review{}, err
		}
		l.record(ctx, by, analytics.Event{Name: "review." + string(verdict), Subject: "article/" + r.Article, Locale: r.Locale})
		l.afterVerdict(ctx, r, plans)
		return r, nil
	}
	return Review{}, errs.Changed()
}

// afterVerdict tells people and does at once what is due. What fails here is
// done by [Library.Run].
func (l *Library) afterVerdict(ctx context.Context, r Review, plans []Plan) {
	if err := l.tellOfReview(ctx, r); err != nil {
		l.log.ErrorContext(ctx, "reviewers not told", "review", r.ID, "err", err)
	}
	for _, p := range plans {
		if p.State == PlanWaiting && !p.At.After(l.clock()) {
			if err := l.carryOut(ctx, p); err != nil {
				l.log.ErrorContext(ctx, "plan not carried out", "plan", p.ID, "err", err)
			}
		}
	}
}

func checkVerdict(verdict Verdict, comment string) error {
	f := errs.Fields{}
	if verdict != VerdictApprove && verdict != VerdictReject {
		f.Add("verdict", "error.field.choice", map[string]any{"choices": listed(Verdicts())})
	}
	if verdict == VerdictReject && comment == "" {
		f.Add("comment", "error.field.required", nil)
	}
	if utf8.RuneCountInString(comment) > MaxComment {
		f.Add("comment", "error.field.too_long", map[string]any{"max": MaxComment})
	}
	if !clean(comment) {
		f.Add("comment", "error.field.characters", nil)
	}
	return f.Err()
}

// decidable returns a review on which by may decide.
func (l *Library) decidable(ctx context.Context, by profile.Actor, id string) (Review, Article, error) {
	r, a, err := l.review(ctx, by, id)
	if err != nil {
		return Review{}, Article{}, err
	}
	if _, named := r.Of(by.ID); !l.mayReview(by) || !named && !r.Pool() {
		return Review{}, Article{}, ErrForbidden
	}
	rev, err := l.store.Revision(ctx, r.Article, r.Locale, r.Revision)
	if err == nil && rev.Author == by.ID {
		err = errs.Say(ErrForbidden, "error.review.author", nil)
	}
	return r, a, err
}

// undecided returns an error if there is nothing to decide on any more.
func undecided(r Review, a Article) error {
	switch {
	case r.State != ReviewOpen:
		return errs.Say(ErrConflict, "error.review.ended", nil)
	case r.Superseded(a):
		return errs.Say(ErrConflict, "error.review.superseded", nil)
	}
	return nil
}

// voted returns r with one more vote.
func voted(r Review, v Vote) Review {
	r = r.Clone()
	r.vote(v)
	r.State, r.UpdatedAt = r.tally(), v.At
	r.Version++
	return r
}

// planApproved returns what is to be done when r is approved: publishing, in the
// place of what was planned before. Nothing is done here and now, so that a
// crash after the verdict loses none of it.
func (l *Library) planApproved(ctx context.Context, r Review) ([]Plan, error) {
	if r.State != ReviewApproved || !r.Publish {
		return nil, nil
	}
	at := r.PublishAt
	if at.Before(r.UpdatedAt) {
		at = r.UpdatedAt
	}
	plans, err := l.waiting(ctx, r.Article, r.Locale, DeedPublish)
	for i := range plans {
		plans[i].end(PlanCancelled, "", r.UpdatedAt)
	}
	return append(plans, Plan{
		ID: idem.ID("kb.plan", "review/"+r.ID, "publish"), Article: r.Article, Locale: r.Locale, Do: DeedPublish, Revision: r.Revision,
		At: at, By: r.By, State: PlanWaiting, CreatedAt: r.UpdatedAt, UpdatedAt: r.UpdatedAt, Version: 1,
	}), err
}

// WithdrawReview ends a review that nobody has to look at any more. Who asked
// for it may, and who publishes.
func (l *Library) WithdrawReview(ctx context.Context, by profile.Actor, id string) (Review, error) {
	r, err := l.withdrawReview(ctx, by, id)
	if err != nil {
		return Review{}, fmt.Errorf("withdraw review %s: %w", id, err)
	}
	return r, nil
}

func (l *Library) withdrawReview(ctx context.Context, by profile.Actor, id string) (Review, error) {
	for range triesToDecide {
		r, _, err := l.review(ctx, by, id)
		if err != nil {
			return Review{}, err
		}
		if r.By != by.ID && !l.policy.May(by, profile.PermissionContentPublish) {
			return Review{}, ErrForbidden
		}
		switch r.State {
		case ReviewWithdrawn:
			return r, nil
		case ReviewApproved, ReviewRejected:
			return Review{}, errs.Say(ErrConflict, "error.review.ended", nil)
		}
		r.State, r.UpdatedAt = ReviewWithdrawn, l.clock()
		r.Version++
		if err = l.store.SaveReview(ctx, r); errors.Is(err, ErrConflict) {
			continue
		}
		if err == nil {
			l.record(ctx, by, analytics.Event{Name: "review.withdrawn", Subject: "article/" + r.Article, Locale: r.Locale})
		}
		return r, err
	}
	return Review{}, errs.Changed()
}

// checkApproved checks that a revision may be shown to readers by the process
// of its article.
func (l *Library) checkApproved(ctx context.Context, a Article, locale string, revision int) error {
	if l.Process(a.Kind, a.Category).Rule == "" {
		return nil
	}
	approved, _, err := l.store.Reviews(ctx, ReviewQuery{
		Article: a.ID, Locale: locale, Revision: revision, States: []ReviewState{ReviewApproved}, Limit: 1,
	})
	if err == nil && len(approved) == 0 {
		err = errs.Say(ErrConflict, "error.review.needed", nil)
	}
	return err
}
