package kbtest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
)

// ErrInjected is what a [Failing] store fails with. It matches errs.Unavailable.
var ErrInjected = fmt.Errorf("injected: %w", errs.Unavailable)

// A Fault is a way in which a call fails.
type Fault string

// The faults. What is lost is the answer: the caller cannot tell them apart.
const (
	FaultBefore Fault = "before" // nothing was done
	FaultAfter  Fault = "after"  // it was done, and the answer was lost
)

// A Failing store passes every call on to another, except for one, which fails.
type Failing struct {
	store kb.Store
	nth   int64
	fault Fault
	calls atomic.Int64
}

var _ kb.Store = (*Failing)(nil)

// NewFailing returns a store that fails on the nth call from now, counted from
// 1; 0 never fails.
func NewFailing(store kb.Store, nth int, fault Fault) *Failing {
	return &Failing{store: store, nth: int64(nth), fault: fault}
}

// Calls returns how many calls there were.
func (f *Failing) Calls() int { return int(f.calls.Load()) }

func (f *Failing) do(call func() error) error {
	hit := f.calls.Add(1) == f.nth
	if hit && f.fault == FaultBefore {
		return ErrInjected
	}
	err := call()
	if hit {
		return ErrInjected
	}
	return err
}

func ask[T any](f *Failing, call func() (T, error)) (T, error) {
	var answer, zero T
	err := f.do(func() (err error) { answer, err = call(); return err })
	if err != nil {
		return zero, err
	}
	return answer, nil
}

// Article implements [kb.Store].
func (f *Failing) Article(ctx context.Context, id string) (kb.Article, error) {
	return ask(f, func() (kb.Article, error) { return f.store.Article(ctx, id) })
}

// SaveArticle implements [kb.Store].
func (f *Failing) SaveArticle(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
	return f.do(func() error { return f.store.SaveArticle(ctx, a, revisions...) })
}

// SaveArticles implements [kb.Store].
func (f *Failing) SaveArticles(ctx context.Context, articles []kb.Article) error {
	return f.do(func() error { return f.store.SaveArticles(ctx, articles) })
}

// PurgeArticle implements [kb.Store].
func (f *Failing) PurgeArticle(ctx context.Context, id string, version int, held []string) (bool, error) {
	return ask(f, func() (bool, error) { return f.store.PurgeArticle(ctx, id, version, held) })
}

// Slug implements [kb.Store].
func (f *Failing) Slug(ctx context.Context, slug string) (string, error) {
	return ask(f, func() (string, error) { return f.store.Slug(ctx, slug) })
}

// Holder implements [kb.Store].
func (f *Failing) Holder(ctx context.Context, slug string) (string, error) {
	return ask(f, func() (string, error) { return f.store.Holder(ctx, slug) })
}

// Revision implements [kb.Store].
func (f *Failing) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	return ask(f, func() (kb.Revision, error) { return f.store.Revision(ctx, article, locale, number) })
}

// Revisions implements [kb.Store].
func (f *Failing) Revisions(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
	return ask(f, func() ([]kb.Revision, error) { return f.store.Revisions(ctx, article, locale, before, limit) })
}

// Articles implements [kb.Store].
func (f *Failing) Articles(ctx context.Context, q kb.ArticleQuery) (page []kb.Article, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Articles(ctx, q); return err })
	return page, next, err
}

// Manuscripts implements [kb.Store].
func (f *Failing) Manuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) (page []kb.Article, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Manuscripts(ctx, scope, q); return err })
	return page, next, err
}

// CountManuscripts implements [kb.Store].
func (f *Failing) CountManuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
	return ask(f, func() (int, error) { return f.store.CountManuscripts(ctx, scope, q, most) })
}

// CountArticles implements [kb.Store].
func (f *Failing) CountArticles(ctx context.Context) ([]kb.Count, error) {
	return ask(f, func() ([]kb.Count, error) { return f.store.CountArticles(ctx) })
}

// Changes implements [kb.Store].
func (f *Failing) Changes(ctx context.Context, after string, limit int) (ids []string, next string, err error) {
	err = f.do(func() (err error) { ids, next, err = f.store.Changes(ctx, after, limit); return err })
	return ids, next, err
}

// WaitChanges implements [kb.Store].
func (f *Failing) WaitChanges(ctx context.Context, after string) error {
	return f.do(func() error { return f.store.WaitChanges(ctx, after) })
}

// Categories implements [kb.Store].
func (f *Failing) Categories(ctx context.Context) (all []kb.Category, stamp string, err error) {
	err = f.do(func() (err error) { all, stamp, err = f.store.Categories(ctx); return err })
	return all, stamp, err
}

// Stamps implements [kb.Store].
func (f *Failing) Stamps(ctx context.Context) (categories, content string, err error) {
	err = f.do(func() (err error) { categories, content, err = f.store.Stamps(ctx); return err })
	return categories, content, err
}

// SaveCategory implements [kb.Store].
func (f *Failing) SaveCategory(ctx context.Context, c kb.Category, stamp string, moved []string) error {
	return f.do(func() error { return f.store.SaveCategory(ctx, c, stamp, moved) })
}

// RemoveCategory implements [kb.Store].
func (f *Failing) RemoveCategory(ctx context.Context, id string, version int, stamp string) error {
	return f.do(func() error { return f.store.RemoveCategory(ctx, id, version, stamp) })
}

// Slugs implements [kb.Store].
func (f *Failing) Slugs(ctx context.Context, article string) ([]string, error) {
	return ask(f, func() ([]string, error) { return f.store.Slugs(ctx, article) })
}

// RedirectsTo implements [kb.Store].
func (f *Failing) RedirectsTo(ctx context.Context, targets ...string) ([]kb.Redirect, error) {
	return ask(f, func() ([]kb.Redirect, error) { return f.store.RedirectsTo(ctx, targets...) })
}

// Installation implements [kb.Store].
func (f *Failing) Installation(ctx context.Context, fresh string) (string, error) {
	return ask(f, func() (string, error) { return f.store.Installation(ctx, fresh) })
}

// Redirect implements [kb.Store].
func (f *Failing) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	return ask(f, func() (kb.Redirect, error) { return f.store.Redirect(ctx, from) })
}

// SaveRedirects implements [kb.Store].
func (f *Failing) SaveRedirects(ctx context.Context, redirects ...kb.Redirect) error {
	return f.do(func() error { return f.store.SaveRedirects(ctx, redirects...) })
}

// AddFeedback implements [kb.Store].
func (f *Failing) AddFeedback(ctx context.Context, fb kb.Feedback) error {
	return f.do(func() error { return f.store.AddFeedback(ctx, fb) })
}

// FeedbackByID implements [kb.Store].
func (f *Failing) FeedbackByID(ctx context.Context, id string) (kb.Feedback, error) {
	return ask(f, func() (kb.Feedback, error) { return f.store.FeedbackByID(ctx, id) })
}

// Feedback implements [kb.Store].
func (f *Failing) Feedback(ctx context.Context, q kb.FeedbackQuery) (page []kb.Feedback, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Feedback(ctx, q); return err })
	return page, next, err
}

// Ratings implements [kb.Store].
func (f *Failing) Ratings(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
	return ask(f, func() (map[string]kb.Rating, error) { return f.store.Ratings(ctx, articles) })
}

// SaveReview implements [kb.Store].
func (f *Failing) SaveReview(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
	return f.do(func() error { return f.store.SaveReview(ctx, r, plans...) })
}

// Review implements [kb.Store].
func (f *Failing) Review(ctx context.Context, id string) (kb.Review, error) {
	return ask(f, func() (kb.Review, error) { return f.store.Review(ctx, id) })
}

// Reviews implements [kb.Store].
func (f *Failing) Reviews(ctx context.Context, q kb.ReviewQuery) (page []kb.Review, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Reviews(ctx, q); return err })
	return page, next, err
}

// SavePlan implements [kb.Store].
func (f *Failing) SavePlan(ctx context.Context, p kb.Plan) error {
	return f.do(func() error { return f.store.SavePlan(ctx, p) })
}

// Plan implements [kb.Store].
func (f *Failing) Plan(ctx context.Context, id string) (kb.Plan, error) {
	return ask(f, func() (kb.Plan, error) { return f.store.Plan(ctx, id) })
}

// Plans implements [kb.Store].
func (f *Failing) Plans(ctx context.Context, q kb.PlanQuery) (page []kb.Plan, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Plans(ctx, q); return err })
	return page, next, err
}

// SaveVerification implements [kb.Store].
func (f *Failing) SaveVerification(ctx context.Context, v kb.Verification) error {
	return f.do(func() error { return f.store.SaveVerification(ctx, v) })
}

// Verifications implements [kb.Store].
func (f *Failing) Verifications(ctx context.Context, articles []string) (map[string]kb.Verification, error) {
	return ask(f, func() (map[string]kb.Verification, error) { return f.store.Verifications(ctx, articles) })
}

// Expiring implements [kb.Store].
func (f *Failing) Expiring(ctx context.Context, q kb.ExpiryQuery) (page []kb.Verification, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Expiring(ctx, q); return err })
	return page, next, err
}

// SaveWorking implements [kb.Store].
func (f *Failing) SaveWorking(ctx context.Context, w kb.Working) error {
	return f.do(func() error { return f.store.SaveWorking(ctx, w) })
}

// Working implements [kb.Store].
func (f *Failing) Working(ctx context.Context, person, article, locale string) (kb.Working, error) {
	return ask(f, func() (kb.Working, error) { return f.store.Working(ctx, person, article, locale) })
}

// Workings implements [kb.Store].
func (f *Failing) Workings(ctx context.Context, person string, limit int) ([]kb.Working, error) {
	return ask(f, func() ([]kb.Working, error) { return f.store.Workings(ctx, person, limit) })
}

// DropWorking implements [kb.Store].
func (f *Failing) DropWorking(ctx context.Context, person, article, locale string) error {
	return f.do(func() error { return f.store.DropWorking(ctx, person, article, locale) })
}

// KeepLock implements [kb.Store].
func (f *Failing) KeepLock(ctx context.Context, k kb.Lock) error {
	return f.do(func() error { return f.store.KeepLock(ctx, k) })
}

// DropLock implements [kb.Store].
func (f *Failing) DropLock(ctx context.Context, article, locale, person string) error {
	return f.do(func() error { return f.store.DropLock(ctx, article, locale, person) })
}

// Locks implements [kb.Store].
func (f *Failing) Locks(ctx context.Context, article string, at time.Time) ([]kb.Lock, error) {
	return ask(f, func() ([]kb.Lock, error) { return f.store.Locks(ctx, article, at) })
}

// SaveFeedback implements [kb.Store].
func (f *Failing) SaveFeedback(ctx context.Context, fb kb.Feedback) error {
	return f.do(func() error { return f.store.SaveFeedback(ctx, fb) })
}

// CountReasons implements [kb.Store].
func (f *Failing) CountReasons(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error) {
	return ask(f, func() (map[string]map[kb.Reason]int, error) { return f.store.CountReasons(ctx, articles) })
}
