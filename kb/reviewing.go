package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A ReviewRequest is what somebody asks reviewers.
type ReviewRequest struct {
	Reviewers []string  // IDs of those who are asked; nil means anybody who may review
	Rule      Rule      // empty means that of the process, or RuleAny
	Note      string    // what to look at
	Due       time.Time // until when; zero means that it does not matter
	Publish   bool      // publish it when it is approved, which by must be allowed to do
	PublishAt time.Time // and not before then
	Key       string    // idempotency key: the same one again asks nobody twice
}

// MaxReviewers is how many people one review can ask.
const MaxReviewers = 20

// RequestReview asks others to look at the newest revision in locale. Who wrote
// it cannot be asked.
func (l *Library) RequestReview(ctx context.Context, by profile.Actor, id, locale string, ask ReviewRequest) (Review, error) {
	r, err := l.requestReview(ctx, by, id, locale, ask)
	if err != nil {
		return Review{}, fmt.Errorf("review of article %s: %w", id, err)
	}
	return r, nil
}

func (l *Library) requestReview(ctx context.Context, by profile.Actor, id, locale string, ask ReviewRequest) (Review, error) {
	a, err := l.editable(ctx, by, id, locale)
	if err != nil {
		return Review{}, err
	}
	t, ok := a.In(locale)
	if !ok {
		return Review{}, fmt.Errorf("language %s: %w", locale, ErrNotFound)
	}
	rev, err := l.store.Revision(ctx, id, locale, t.Head)
	if err != nil {
		return Review{}, err
	}
	if ask.Publish && !l.policy.May(by, profile.PermissionContentPublish) {
		return Review{}, fmt.Errorf("publish: %w", ErrForbidden)
	}
	p := l.Process(a.Kind, a.Category)
	r := newReview(a, rev, by, ask, p, l.clock())
	again := func() (Review, string, error) { old, err := l.store.Review(ctx, r.ID); return old, old.Input, err }
	if old, _, err := again(); err == nil && old.Input == r.Input {
		return old, nil // asked before: the text may have gone on since
	}
	if err := l.checkRequest(ctx, by, a, rev, ask, r); err != nil {
		return Review{}, err
	}
	r, err = idem.Once(r.Input, func() (Review, error) { return r, l.addReview(ctx, by, r) }, again)
	if err != nil {
		return Review{}, err
	}
	l.afterVerdict(ctx, r, nil)
	return r, nil
}

func newReview(a Article, rev Revision, by profile.Actor, ask ReviewRequest, p Process, now time.Time) Review {
	r := Review{
		ID: idem.ID("kb.review", by.ID, ask.Key), Article: a.ID, Locale: rev.Locale, Revision: rev.Number,
		Rule: ask.Rule, Needed: p.Needed, By: by.ID, Note: strings.TrimSpace(ask.Note), Due: ask.Due.UTC().Truncate(time.Microsecond),
		Publish: ask.Publish, PublishAt: ask.PublishAt.UTC().Truncate(time.Microsecond), State: ReviewOpen,
		Input: idem.Hash(struct {
			Article, Locale string
			Ask             ReviewRequest
		}{a.ID, rev.Locale, ask}), CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if r.Rule == "" {
		r.Rule = p.Rule
	}
	if r.Rule == "" || len(ask.Reviewers) == 0 {
		r.Rule = RuleAny
	}
	for _, person := range tidy(ask.Reviewers) {
		r.Votes = append(r.Votes, Vote{Person: person, Asked: true})
	}
	return r
}

// addReview stores a new review, or says that one is open already.
func (l *Library) addReview(ctx context.Context, by profile.Actor, r Review) error {
	err := l.store.SaveReview(ctx, r)
	if errors.Is(err, ErrConflict) {
		open, _, lookErr := l.store.Reviews(ctx, ReviewQuery{Article: r.Article, Locale: r.Locale, Revision: r.Revision, States: []ReviewState{ReviewOpen}, Limit: 1})
		if lookErr == nil && len(open) > 0 && open[0].ID != r.ID {
			return errs.Say(ErrConflict, "error.review.open", nil)
		}
	}
	if err == nil {
		l.record(ctx, by, analytics.Event{Name: "review.requested", Subject: "article/" + r.Article, Locale: r.Locale})
	}
	return err
}

func (l *Library) checkRequest(ctx context.Context, by profile.Actor, a Article, rev Revision, ask ReviewRequest, r Review) error {
	f := errs.Fields{}
	if utf8.RuneCountInString(ask.Note) > MaxComment {
		f.Add("note", "error.field.too_long", map[string]any{"max": MaxComment})
	}
	if !clean(ask.Note) {
		f.Add("note", "error.field.characters", nil)
	}
	if !slices.Contains([]Rule{"", RuleAny, RuleMajority, RuleUnanimous}, ask.Rule) {
		f.Add("rule", "error.field.choice", map[string]any{"choices": listed([]Rule{RuleAny, RuleMajority, RuleUnanimous})})
	}
	checkMoment(f, "due", r.Due, r.CreatedAt)
	checkMoment(f, "publish_at", r.PublishAt, time.Time{})
	if len(r.Votes) > MaxReviewers {
		f.Add("reviewers", "error.field.too_many", map[string]any{"max": MaxReviewers})
	} else if asked, _, _ := r.Count(); asked > 0 && r.Rule == RuleAny && asked < r.Needed {
		f.Add("reviewers", "error.review.too_few", map[string]any{"n": r.Needed})
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := l.checkReviewers(ctx, by, a, rev, r, f); err != nil {
		return err
	}
	if ask.Key == "" {
		return f.Err()
	}
	if err := idem.CheckKey(ask.Key); err != nil {
		return err
	}
	return f.Err()
}

// checkMoment checks a time that can be left out.
func checkMoment(f errs.Fields, field string, at, after time.Time) {
	if at.IsZero() {
		return
	}
	if y := at.Year(); y < 1 || y > 9998 {
		f.Add(field, "error.field.invalid", nil)
	} else if at.Before(after) {
		f.Add(field, "error.field.past", nil)
	}
}

// checkReviewers checks that everybody who is asked can do what they are asked
// to. Who cannot see the text is not told apart from who does not exist.
func (l *Library) checkReviewers(ctx context.Context, by profile.Actor, a Article, rev Revision, r Review, f errs.Fields) error {
	for _, v := range r.Votes {
		if v.Person == rev.Author {
			f.Add("reviewers", "error.review.author", nil)
			return nil
		}
		if l.actor == nil {
			continue
		}
		actor, err := l.actor(ctx, v.Person)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err == nil && l.mayReview(actor) {
			_, err = l.manuscript(ctx, actor, a.ID)
		} else if err == nil {
			err = ErrNotFound
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil {
			f.Add("reviewers", "error.review.reviewer", nil)
			return nil
		}
	}
	return nil
}

// Review returns a review of a text that by sees at the desk.
func (l *Library) Review(ctx context.Context, by profile.Actor, id string) (Review, error) {
	r, _, err := l.review(ctx, by, id)
	if err != nil {
		return Review{}, fmt.Errorf("review %s: %w", id, err)
	}
	return r, nil
}

func (l *Library) review(ctx context.Context, by profile.Actor, id string) (Review, Article, error) {
	if !l.worksHere(by) {
		return Review{}, Article{}, ErrNotFound
	}
	r, err := l.store.Review(ctx, id)
	if err != nil {
		return Review{}, Article{}, absent(err)
	}
	a, err := l.manuscript(ctx, by, r.Article)
	return r, a, err
}

// A ReviewList selects reviews of texts that somebody sees at the desk.
type ReviewList struct {
	Article string        // only of this article
	Locale  string        // only of the text in this language
	States  []ReviewState // only in these states; nil means in any
	Mine    bool          // only those that wait for who asks
	Asked   bool          // only those that who asks has asked for
	After   string        // page token from an earlier answer to the same list
	Limit   int           // 0 means 50, at most 200
}

// Reviews returns reviews of texts that by sees at the desk, newest first, and a
// token for the next page, empty on the last.
func (l *Library) Reviews(ctx context.Context, by profile.Actor, list ReviewList) ([]Review, string, error) {
	within, err := l.deskScope(ctx, by)
	if err != nil {
		return nil, "", fmt.Errorf("reviews: %w", err)
	}
	scope := fmt.Sprintf("reviews|%q|%q|%q|%t|%t|%q", list.Article, list.Locale, list.States, list.Mine, list.Asked, by.ID)
	q := ReviewQuery{
		Article: list.Article, Locale: list.Locale, States: list.States, Scope: within, Limit: clamp(list.Limit, 50, 200),
	}
	if list.Asked {
		q.By = by.ID
	}
	if list.Mine {
		if !l.mayReview(by) {
			return nil, "", nil
		}
		q.For, q.Current = by.ID, true
	}
	if q.After, err = l.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("reviews: %w", err)
	}
	page, next, err := l.store.Reviews(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("reviews: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}
