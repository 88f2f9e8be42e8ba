// Package kbtest checks implementations of [kb.Store].
//
// Whoever keeps articles in a place of their own runs the same suite as the
// stores of this module:
//
//	func TestStore(t *testing.T) {
//		kbtest.TestStore(t, func(t *testing.T) kb.Store { return mystore.New(t.TempDir()) })
//	}
package kbtest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestStore runs the contract of [kb.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(*testing.T) kb.Store) {
	for _, c := range promises() {
		t.Run(c.name, func(t *testing.T) {
			t.Logf("contract: %s", c.says)
			c.check(t, open(t))
		})
	}
}

// A promise is one thing that a store promises, with the sentence that a
// failing run prints.
type promise struct {
	name, says string
	check      func(testing.TB, kb.Store)
}

// promises are all that a store promises.
func promises() []promise {
	return slices.Concat(contract, deskPromises, processContract, blockContract, workingPromises, handlingContract, noteContract, binContract, mediaContract, linkContract, targetContract)
}

var contract = []promise{
	{"RoundTrip", "Article returns what SaveArticle was given, times in UTC to the microsecond", checkRoundTrip},
	{"Replace", "a later version replaces all of an article: audience, products, translations, media", checkReplace},
	{"Taken", "SaveArticle of version 1 returns ErrConflict for an ID that exists, and changes nothing", checkTaken},
	{"Missing", "reads and updates of what is not there return ErrNotFound", checkMissing},
	{"Version", "SaveArticle returns ErrConflict unless Version is one more than stored", checkVersion},
	{"VersionRace", "of concurrent saves of one version, exactly one succeeds", checkVersionRace},
	{"Whole", "SaveArticle keeps the article with its revisions, or neither", checkWhole},
	{"Together", "SaveArticles stores all of the articles as SaveArticle does, or none", checkTogether},
	{"Aliasing", "changing a slice given to or got from a store changes nothing inside it", checkAliasing},
	{"Slugs", "a slug finds its article, also after it was given up, and no other article can take it in any language", checkSlugs},
	{"SlugsShown", "Slug finds only what was visible under the slug once; Holder finds all", checkSlugsShown},
	{"Revisions", "Revisions returns them newest first, without bodies, below a number", checkRevisions},
	{"Filters", "Articles returns what matches every set field, alone and together", checkFilters},
	{"Sight", "Articles leaves out what the sight does not admit, terms of several parts included", checkSight},
	{"Counts", "CountArticles counts what readers are shown, by category and audience", checkCounts},
	{"Pages", "following tokens visits every article once in order, ties broken by ID as bytes", checkPages},
	{"PagesUpdated", "the order by change has the newest first", checkPagesUpdated},
	{"BadToken", "a page token that was not issued is ErrInvalid", checkBadToken},
	{"Changes", "Changes tells of every article once more after each change, in order, and then of nothing", checkChanges},
	{"ChangesOfCategory", "saving a category tells of the articles in the moved ones, and of no others", checkChangesOfCategory},
	{"ChangesBadCursor", "a cursor that leads nowhere is search.ErrRebuild", checkChangesBadCursor},
	{"Wait", "WaitChanges returns at a change, and when its context is done", checkWait},
	{"Stamps", "the content stamp changes with every write, the category stamp only with categories", checkStamps},
	{"Categories", "Categories returns what SaveCategory was given; versions must follow", checkCategories},
	{"CategoryStamp", "SaveCategory returns ErrConflict if any category has changed since the stamp", checkCategoryStamp},
	{"CategorySlugs", "two categories cannot have one slug in any languages; a slug given up is free", checkCategorySlugs},
	{"CategoryRemoved", "RemoveCategory removes a category that nothing stands in, with its slugs and redirects, and no other", checkCategoryRemoved},
	{"CategoryGone", "of an article put into a category and the removal of that category, exactly one succeeds, however close together", checkCategoryGone},
	{"Redirects", "Redirect returns the last one saved for a path, and RedirectsTo those that lead somewhere", checkRedirects},
	{"Installation", "Installation returns the first ID that it was given, for ever", checkInstallation},
	{"Former slugs", "Slugs returns the slugs that readers have seen of an article, and no others", checkFormerSlugs},
	{"Feedback", "feedback is kept once, listed newest first by pages, and counted", checkFeedback},
	{"Ratings", "Ratings counts each person and each visitor once, with what they said last, and nobody else", checkRatings},
	{"FeedbackAmong", "feedback is selected by its article, by pages that end when there is no more", checkFeedbackAmong},
	{"OddText", "text survives: quotes, placeholders, wildcards, emoji, right-to-left", checkOddText},
	{"BadText", "text with NUL or broken UTF-8 is ErrInvalid to write, and nothing to read", checkBadText},
	{"BadTimes", "a time of a year before 1 or after 9999 is ErrInvalid to write, and changes nothing", checkBadTimes},
	{"Cancelled", "a cancelled context stops every call and writes nothing", checkCancelled},
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

// article returns a valid article; each change adjusts it.
func article(id string, change ...func(*kb.Article)) kb.Article {
	a := kb.Article{
		ID: id, Category: "c1", Kind: kb.KindHowTo, Audience: profile.Public(), Products: []string{"p1", "p2"},
		Tags: []string{"tag"}, Related: []string{"other"}, Fields: map[string]string{"version": "2.1", "odd \"key\"": "%_'؟"}, Media: []string{"field.png"}, Order: 10, Source: "en", Owner: "ann", External: "x/" + id, Input: "hash",
		CreatedAt: t0, UpdatedAt: t0, ShownAt: t0, Version: 1,
		Translations: []kb.Translation{
			{Locale: "de", Slug: "zu-" + id, Status: kb.StatusDraft, Head: 1, Title: "Titel", Summary: "Kurz"},
			{Locale: "en", Slug: "on-" + id, Status: kb.StatusPublished, Live: 1, Head: 1, Title: "Title", Summary: "Short", PublishedAt: t0, UpdatedAt: t0, NewsAt: t0.Add(-time.Minute)},
		},
	}
	for _, f := range change {
		f(&a)
	}
	return a
}

func revision(a kb.Article, locale string, number int) kb.Revision {
	return kb.Revision{
		Article: a.ID, Locale: locale, Number: number, Title: "Title", Summary: "Short", Body: "# Text\n\nof " + a.ID,
		Based: number - 1, Author: "ann", Note: "why", At: t0, SEOTitle: "Title for engines", Description: "What engines show",
	}
}

// save stores articles, each with its first revisions.
func save(t testing.TB, s kb.Store, articles ...kb.Article) {
	t.Helper()
	for _, a := range articles {
		require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "de", 1), revision(a, "en", 1)))
	}
}

func ids(articles []kb.Article) []string {
	out := []string{}
	for _, a := range articles {
		out = append(out, a.ID)
	}
	return out
}

func category(id string, change ...func(*kb.Category)) kb.Category {
	c := kb.Category{
		ID: id, Parent: "", Order: 10, Audience: profile.Public(), Icon: "flag", Source: "en", External: "x-" + id,
		Labels:    map[string]kb.Label{"en": {Title: "Category " + id, Slug: "cat-" + id, Description: "About"}},
		UpdatedAt: t0, Version: 1,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}
