package kbtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func checkRoundTrip(t testing.TB, s kb.Store) {
	want := article("a1")
	given := article("a1")
	zone := time.FixedZone("somewhere", 5*3600)
	given.CreatedAt, given.UpdatedAt, given.ShownAt = t0.In(zone), t0.In(zone), t0.In(zone)
	given.Translations[1].PublishedAt, given.Translations[1].UpdatedAt, given.Translations[1].NewsAt = t0.In(zone), t0.In(zone), t0.Add(-time.Minute).In(zone)
	save(t, s, given)
	got, err := s.Article(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, want, got)
	rev, err := s.Revision(t.Context(), "a1", "en", 1)
	require.NoError(t, err)
	require.Equal(t, revision(want, "en", 1), rev)

	bare := kb.Article{ID: "bare", Category: "c1", Kind: kb.KindFAQ, Source: "en", CreatedAt: t0, UpdatedAt: t0, Version: 1}
	require.NoError(t, s.SaveArticle(t.Context(), bare))
	got, err = s.Article(t.Context(), "bare")
	require.NoError(t, err)
	require.True(t, got.ShownAt.IsZero())
	require.Empty(t, got.Translations)
	require.Empty(t, got.Audience)
}

func checkReplace(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	next := article("a1", func(a *kb.Article) {
		a.Version, a.Audience, a.Products, a.Tags, a.Related = 2, profile.NewAudience("partner"), []string{"p9"}, nil, nil
		a.Category, a.Order, a.Kind, a.Owner, a.Fields = "c2", 5, kb.KindFAQ, "bob", map[string]string{"new": "field"}
		a.Translations[0].Status, a.Translations[0].Live = kb.StatusPublished, 1
		a.Translations = append(a.Translations, kb.Translation{Locale: "es", Slug: "es", Status: kb.StatusArchived, Live: 1, Head: 1, Title: "T"})
	})
	require.NoError(t, s.SaveArticle(t.Context(), next))
	got, err := s.Article(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, next, got)
	for product, want := range map[string]int{"p1": 0, "p9": 1} {
		page, _, err := s.Articles(t.Context(), kb.ArticleQuery{Product: product})
		require.NoError(t, err)
		require.Len(t, page, want, product)
	}
	sight := profile.Actor{}.Sight()
	page, _, err := s.Articles(t.Context(), kb.ArticleQuery{Sight: &sight})
	require.NoError(t, err)
	require.Empty(t, page, "the old audience is gone")
}

func checkTaken(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	again := article("a1", func(a *kb.Article) { a.Owner = "mallory" })
	require.ErrorIs(t, s.SaveArticle(t.Context(), again), kb.ErrConflict)
	got, err := s.Article(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, article("a1"), got)
}

func checkMissing(t testing.TB, s kb.Store) {
	_, err := s.Article(t.Context(), "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	require.ErrorIs(t, s.SaveArticle(t.Context(), article("nope", func(a *kb.Article) { a.Version = 2 })), kb.ErrNotFound)
	_, err = s.Slug(t.Context(), "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	save(t, s, article("a1"))
	for _, missing := range []struct {
		id, locale string
		number     int
	}{{"nope", "en", 1}, {"a1", "fr", 1}, {"a1", "en", 2}} {
		_, err = s.Revision(t.Context(), missing.id, missing.locale, missing.number)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	_, err = s.Redirect(t.Context(), "/nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.FeedbackByID(t.Context(), "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Media(t.Context(), "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	require.ErrorIs(t, saveCategory(t, s, category("nope", func(c *kb.Category) { c.Version = 2 })), kb.ErrNotFound)
	require.ErrorIs(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "f", Article: "nope", At: t0}), kb.ErrNotFound)
}

func checkVersion(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	for _, version := range []int{3, 1} {
		require.ErrorIs(t, s.SaveArticle(t.Context(), article("a1", func(a *kb.Article) { a.Version = version })), kb.ErrConflict)
	}
	require.NoError(t, s.SaveArticle(t.Context(), article("a1", func(a *kb.Article) { a.Version = 2 })))
	require.ErrorIs(t, s.SaveArticle(t.Context(), article("a1", func(a *kb.Article) { a.Version = 2 })), kb.ErrConflict)
}

func checkVersionRace(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	const n = 8
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			a := article("a1", func(a *kb.Article) { a.Version, a.Owner = 2, fmt.Sprint("author ", i) })
			errs[i] = s.SaveArticle(t.Context(), a, revision(a, "en", 2))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, kb.ErrConflict)
	}
	require.Equal(t, 1, won)
}

func checkTogether(t testing.TB, s kb.Store) {
	ctx := t.Context()
	for _, id := range []string{"a1", "a2", "a3"} {
		save(t, s, article(id))
	}
	_, cursor, err := s.Changes(ctx, "", 100)
	require.NoError(t, err)
	second := func(id string, change ...func(*kb.Article)) kb.Article {
		a := article(id, func(a *kb.Article) {
			a.Version, a.Category, a.Audience, a.Products, a.Related = 2, "c2", profile.NewAudience("partner"), []string{"p9"}, []string{"a3"}
		})
		for _, f := range change {
			f(&a)
		}
		return a
	}
	for name, bad := range map[string]struct {
		a   kb.Article
		err error
	}{
		"version":          {second("a2", func(a *kb.Article) { a.Version = 3 }), kb.ErrConflict},
		"not there":        {second("none"), kb.ErrNotFound},
		"another's slug":   {second("a2", func(a *kb.Article) { a.Translations[0].Slug = article("a3").Translations[0].Slug }), kb.ErrConflict},
		"each other's one": {second("a2", func(a *kb.Article) { a.Translations[0].Slug = article("a1").Translations[0].Slug }), kb.ErrConflict},
		"a NUL":            {second("a2", func(a *kb.Article) { a.Owner = "a\x00b" }), kb.ErrInvalid},
	} {
		require.ErrorIs(t, s.SaveArticles(ctx, []kb.Article{second("a1"), bad.a}), bad.err, name)
		got, err := s.Article(ctx, "a1")
		require.NoError(t, err)
		require.Equal(t, article("a1"), got, name)
	}
	require.NoError(t, s.SaveArticles(ctx, nil))
	require.NoError(t, s.SaveArticles(ctx, []kb.Article{second("a1"), second("a2", func(a *kb.Article) { a.Owner = "bob" })}))
	for _, want := range []kb.Article{second("a1"), second("a2", func(a *kb.Article) { a.Owner = "bob" }), article("a3")} {
		got, err := s.Article(ctx, want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	sight := profile.Actor{Segments: []string{"partner"}}.Sight()
	for _, q := range []kb.ArticleQuery{{Product: "p9"}, {Categories: []string{"c2"}}, {Product: "p9", Sight: &sight}} {
		page, _, err := s.Articles(ctx, q)
		require.NoError(t, err)
		require.Len(t, page, 2)
	}
	counts, err := s.CountArticles(ctx)
	require.NoError(t, err)
	require.ElementsMatch(t, []kb.Count{{Category: "c2", Audience: profile.NewAudience("partner"), Articles: 2}, {Category: article("a3").Category, Audience: article("a3").Audience, Articles: 1}}, counts)
	ids, _, err := s.Changes(ctx, cursor, 100)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a1", "a2"}, ids)
}

func checkWhole(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	bad := article("a1", func(a *kb.Article) { a.Version, a.Owner, a.Audience = 2, "bob", nil })
	second := revision(bad, "en", 2)
	second.Media = []string{"m.png"}
	require.ErrorIs(t, s.SaveArticle(t.Context(), bad, second, revision(bad, "en", 1)), kb.ErrConflict)
	require.ErrorIs(t, s.SaveArticle(t.Context(), bad, second, second), kb.ErrConflict)
	thief := article("a2", func(a *kb.Article) { a.Translations[0].Slug, a.Translations[1].Slug = "mine", "on-a1" })
	require.ErrorIs(t, s.SaveArticle(t.Context(), thief, revision(thief, "en", 1)), kb.ErrConflict)
	nul := article("a3")
	text := revision(nul, "en", 1)
	text.Body = "a\x00b"
	require.ErrorIs(t, s.SaveArticle(t.Context(), nul, text), kb.ErrInvalid)

	got, _, err := s.Articles(t.Context(), kb.ArticleQuery{})
	require.NoError(t, err)
	require.Equal(t, []kb.Article{article("a1")}, got)
	for _, missing := range []kb.Revision{second, revision(thief, "en", 1), text} {
		_, err = s.Revision(t.Context(), missing.Article, "en", missing.Number)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	_, err = s.Slug(t.Context(), "mine")
	require.ErrorIs(t, err, kb.ErrNotFound)
	uses, err := s.MediaUses(t.Context(), "m.png")
	require.NoError(t, err)
	require.Empty(t, uses)
	require.Equal(t, []string{"a1"}, idsChanged(t, s), "what was not done is not told of")
}

func checkAliasing(t testing.TB, s kb.Store) {
	given := article("a1")
	text := revision(given, "en", 1)
	text.Media = []string{"m.png"}
	require.NoError(t, s.SaveArticle(t.Context(), given, text))
	text.Media[0] = "x"
	given.Fields["version"] = "x"
	given.Tags[0], given.Products[0], given.Audience[0], given.Translations[0].Title = "x", "x", "x", "x"
	got, err := s.Article(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, article("a1"), got)
	got.Fields["version"] = "x"
	got.Tags[0], got.Related[0], got.Audience[0], got.Products[0], got.Translations[0].Title = "x", "x", "x", "x", "x"
	kept, err := s.Revision(t.Context(), "a1", "en", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"m.png"}, kept.Media)
	kept.Media[0] = "x"
	kept, err = s.Revision(t.Context(), "a1", "en", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"m.png"}, kept.Media)
	page, _, err := s.Articles(t.Context(), kb.ArticleQuery{})
	require.NoError(t, err)
	require.Equal(t, []kb.Article{article("a1")}, page)
}

func checkSlugs(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	renamed := article("a1", func(a *kb.Article) { a.Version, a.Translations[1].Slug = 2, "new-name" })
	require.NoError(t, s.SaveArticle(t.Context(), renamed))
	for _, slug := range []string{"on-a1", "new-name"} {
		id, err := s.Slug(t.Context(), slug)
		require.NoError(t, err)
		require.Equal(t, "a1", id)
		for in := range 2 {
			thief := article("a2", func(a *kb.Article) { a.Translations[in].Slug = slug })
			require.ErrorIs(t, s.SaveArticle(t.Context(), thief), kb.ErrConflict, slug)
		}
		_, err = s.Article(t.Context(), "a2")
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	back := article("a1", func(a *kb.Article) { a.Version, a.Translations[0].Slug = 3, "on-a1" })
	require.NoError(t, s.SaveArticle(t.Context(), back), "an article may take back a name it had, in several languages")
}

func checkSlugsShown(t testing.TB, s kb.Store) {
	finds := func(slug string, shown bool) {
		t.Helper()
		id, err := s.Holder(t.Context(), slug)
		require.NoError(t, err)
		require.Equal(t, "a1", id)
		id, err = s.Slug(t.Context(), slug)
		if !shown {
			require.ErrorIs(t, err, kb.ErrNotFound, slug)
			return
		}
		require.NoError(t, err)
		require.Equal(t, "a1", id)
	}
	save(t, s, article("a1"))
	finds("on-a1", true)
	finds("zu-a1", false)
	a := article("a1", func(a *kb.Article) {
		a.Version, a.Translations[0].Slug, a.Translations[1].Status, a.Translations[1].Slug = 2, "entwurf", kb.StatusArchived, "put-away"
	})
	require.NoError(t, s.SaveArticle(t.Context(), a))
	finds("on-a1", true)
	finds("zu-a1", false)
	finds("entwurf", false)
	finds("put-away", false)
	a.Version, a.Translations[0].Status, a.Translations[0].Live = 3, kb.StatusPublished, 1
	require.NoError(t, s.SaveArticle(t.Context(), a))
	finds("entwurf", true)
	a.Version, a.Translations[0].Status = 4, kb.StatusArchived
	require.NoError(t, s.SaveArticle(t.Context(), a))
	finds("entwurf", true)
	_, err := s.Holder(t.Context(), "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func checkRevisions(t testing.TB, s kb.Store) {
	a := article("a1")
	save(t, s, a)
	other := article("a2")
	save(t, s, other)
	for n := 2; n <= 5; n++ {
		a.Version++
		require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "en", n)))
	}
	got, err := s.Revisions(t.Context(), "a1", "en", 0, 3)
	require.NoError(t, err)
	require.Len(t, got, 3)
	for i, rev := range got {
		want := revision(a, "en", 5-i)
		want.Body = ""
		require.Equal(t, want, rev)
	}
	got, err = s.Revisions(t.Context(), "a1", "en", 3, 10)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, 2, got[0].Number)
}
