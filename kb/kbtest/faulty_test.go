package kbtest_test

import (
	"context"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
)

// A faulty store is a good one with faults: a function that is set takes the
// place of the method of its name.
type faulty struct {
	kb.Store
	article      func(ctx context.Context, id string) (kb.Article, error)
	saveArticle  func(ctx context.Context, a kb.Article, revisions ...kb.Revision) error
	saveArticles func(ctx context.Context, articles []kb.Article) error
	slug         func(ctx context.Context, slug string) (string, error)
	holder       func(ctx context.Context, slug string) (string, error)
	revision     func(ctx context.Context, article, locale string, number int) (kb.Revision, error)
	revisions    func(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error)
	articles     func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error)
	manuscripts  func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error)
	countDesk    func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error)
	counts       func(ctx context.Context) ([]kb.Count, error)
	changes      func(ctx context.Context, after string, limit int) ([]string, string, error)
	wait         func(ctx context.Context, after string) error
	categories   func(ctx context.Context) ([]kb.Category, string, error)
	stamps       func(ctx context.Context) (string, string, error)
	saveCategory func(ctx context.Context, c kb.Category, stamp string, moved []string) error
	dropCategory func(ctx context.Context, id string, version int, stamp string) error
	installation func(ctx context.Context, fresh string) (string, error)
	redirect     func(ctx context.Context, from string) (kb.Redirect, error)
	redirectsTo  func(ctx context.Context, targets ...string) ([]kb.Redirect, error)
	slugs        func(ctx context.Context, article string) ([]string, error)
	addFeedback  func(ctx context.Context, f kb.Feedback) error
	feedback     func(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error)
	ratings      func(ctx context.Context, articles []string) (map[string]kb.Rating, error)
	media        func(ctx context.Context, name string) (kb.Media, error)
	uses         func(ctx context.Context, name string) ([]kb.MediaUse, error)
	faultyProcess
	faultyBlocks
	faultyLinks
	faultyWorking
	faultyHandling
	faultyNotes
	faultyBin
	faultyMedia
}

// or returns the fault if there is one, and otherwise the method.
func or[F any](fault *F, set bool, method F) F {
	if set {
		return *fault
	}
	return method
}

func (f faulty) Article(ctx context.Context, id string) (kb.Article, error) {
	return or(&f.article, f.article != nil, f.Store.Article)(ctx, id)
}

func (f faulty) SaveArticle(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
	return or(&f.saveArticle, f.saveArticle != nil, f.Store.SaveArticle)(ctx, a, revisions...)
}

func (f faulty) SaveArticles(ctx context.Context, articles []kb.Article) error {
	return or(&f.saveArticles, f.saveArticles != nil, f.Store.SaveArticles)(ctx, articles)
}

func (f faulty) Slug(ctx context.Context, slug string) (string, error) {
	return or(&f.slug, f.slug != nil, f.Store.Slug)(ctx, slug)
}

func (f faulty) Holder(ctx context.Context, slug string) (string, error) {
	return or(&f.holder, f.holder != nil, f.Store.Holder)(ctx, slug)
}

func (f faulty) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	return or(&f.revision, f.revision != nil, f.Store.Revision)(ctx, article, locale, number)
}

func (f faulty) Revisions(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
	return or(&f.revisions, f.revisions != nil, f.Store.Revisions)(ctx, article, locale, before, limit)
}

func (f faulty) Articles(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
	return or(&f.articles, f.articles != nil, f.Store.Articles)(ctx, q)
}

func (f faulty) CountArticles(ctx context.Context) ([]kb.Count, error) {
	return or(&f.counts, f.counts != nil, f.Store.CountArticles)(ctx)
}

func (f faulty) Manuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error) {
	return or(&f.manuscripts, f.manuscripts != nil, f.Store.Manuscripts)(ctx, scope, q)
}

func (f faulty) CountManuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
	return or(&f.countDesk, f.countDesk != nil, f.Store.CountManuscripts)(ctx, scope, q, most)
}

func (f faulty) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return or(&f.changes, f.changes != nil, f.Store.Changes)(ctx, after, limit)
}

func (f faulty) WaitChanges(ctx context.Context, after string) error {
	return or(&f.wait, f.wait != nil, f.Store.WaitChanges)(ctx, after)
}

func (f faulty) Categories(ctx context.Context) ([]kb.Category, string, error) {
	return or(&f.categories, f.categories != nil, f.Store.Categories)(ctx)
}

func (f faulty) Stamps(ctx context.Context) (string, string, error) {
	return or(&f.stamps, f.stamps != nil, f.Store.Stamps)(ctx)
}

func (f faulty) RemoveCategory(ctx context.Context, id string, version int, stamp string) error {
	return or(&f.dropCategory, f.dropCategory != nil, f.Store.RemoveCategory)(ctx, id, version, stamp)
}

func (f faulty) SaveCategory(ctx context.Context, c kb.Category, stamp string, moved []string) error {
	return or(&f.saveCategory, f.saveCategory != nil, f.Store.SaveCategory)(ctx, c, stamp, moved)
}

func (f faulty) Installation(ctx context.Context, fresh string) (string, error) {
	return or(&f.installation, f.installation != nil, f.Store.Installation)(ctx, fresh)
}

func (f faulty) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	return or(&f.redirect, f.redirect != nil, f.Store.Redirect)(ctx, from)
}

func (f faulty) RedirectsTo(ctx context.Context, targets ...string) ([]kb.Redirect, error) {
	return or(&f.redirectsTo, f.redirectsTo != nil, f.Store.RedirectsTo)(ctx, targets...)
}

func (f faulty) Slugs(ctx context.Context, article string) ([]string, error) {
	return or(&f.slugs, f.slugs != nil, f.Store.Slugs)(ctx, article)
}

func (f faulty) AddFeedback(ctx context.Context, fb kb.Feedback) error {
	return or(&f.addFeedback, f.addFeedback != nil, f.Store.AddFeedback)(ctx, fb)
}

func (f faulty) Feedback(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
	return or(&f.feedback, f.feedback != nil, f.Store.Feedback)(ctx, q)
}

func (f faulty) Ratings(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
	return or(&f.ratings, f.ratings != nil, f.Store.Ratings)(ctx, articles)
}

func (f faulty) Media(ctx context.Context, name string) (kb.Media, error) {
	return or(&f.media, f.media != nil, f.Store.Media)(ctx, name)
}

func (f faulty) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	return or(&f.uses, f.uses != nil, f.Store.MediaUses)(ctx, name)
}

// fails reports whether a check fails for a store.
func fails(t *testing.T, check func(testing.TB, kb.Store), break_ func(kb.Store) faulty) bool {
	t.Helper()
	good := memkb.New()
	store := break_(good)
	store.Store = good
	return suitetest.Fails(t, func(t testing.TB) { check(t, store) })
}
