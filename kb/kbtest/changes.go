package kbtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// follow reads changes until there are none.
func follow(t testing.TB, s kb.Store, after string, limit int) (ids []string, cursor string) {
	t.Helper()
	for range 100 {
		page, next, err := s.Changes(t.Context(), after, limit)
		require.NoError(t, err)
		ids = append(ids, page...)
		if len(page) == 0 && next == after {
			return ids, next
		}
		after = next
	}
	t.Fatal("changes do not end")
	return nil, ""
}

// idsChanged returns the IDs of everything that ever changed.
func idsChanged(t testing.TB, s kb.Store) []string {
	t.Helper()
	ids, _ := follow(t, s, "", 10)
	return ids
}

func checkChanges(t testing.TB, s kb.Store) {
	got, empty := follow(t, s, "", 10)
	require.Empty(t, got)
	for i := range 5 {
		save(t, s, article(fmt.Sprint("a", i)))
	}
	got, cursor := follow(t, s, empty, 2)
	require.ElementsMatch(t, []string{"a0", "a1", "a2", "a3", "a4"}, got)
	fresh, _ := follow(t, s, "", 2)
	require.Subset(t, fresh, []string{"a0", "a1", "a2", "a3", "a4"}, "a new reader sees everything")
	got, same := follow(t, s, cursor, 2)
	require.Empty(t, got)
	require.Equal(t, cursor, same)
	for _, id := range []string{"a3", "a1"} {
		require.NoError(t, s.SaveArticle(t.Context(), article(id, func(a *kb.Article) { a.Version = 2 })))
	}
	got, _ = follow(t, s, cursor, 10)
	require.Equal(t, []string{"a3", "a1"}, got)
}

func checkChangesOfCategory(t testing.TB, s kb.Store) {
	save(t, s, article("a1"), article("a2", func(a *kb.Article) { a.Category = "c2" }), article("a3"))
	_, cursor := follow(t, s, "", 10)
	require.NoError(t, saveCategory(t, s, category("c1"), "c1"))
	got, cursor := follow(t, s, cursor, 10)
	require.ElementsMatch(t, []string{"a1", "a3"}, got)
	require.NoError(t, saveCategory(t, s, category("c9")))
	got, _ = follow(t, s, cursor, 10)
	require.Empty(t, got)
}

func checkChangesBadCursor(t testing.TB, s kb.Store) {
	_, _, err := s.Changes(t.Context(), "of somewhere else", 10)
	require.ErrorIs(t, err, search.ErrRebuild)
}

func checkWait(t testing.TB, s kb.Store) {
	save(t, s, article("a0"))
	_, cursor := follow(t, s, "", 10)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() { done <- s.WaitChanges(ctx, cursor) }()
	save(t, s, article("a1"))
	require.NoError(t, <-done)
	got, cursor := follow(t, s, cursor, 10)
	require.Equal(t, []string{"a1"}, got)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, s.WaitChanges(stopped, cursor), context.Canceled)
}

func checkStamps(t testing.TB, s kb.Store) {
	stamps := func() [2]string {
		places, content, err := s.Stamps(t.Context())
		require.NoError(t, err)
		return [2]string{places, content}
	}
	start := stamps()
	require.Equal(t, start, stamps(), "reading changes nothing")
	save(t, s, article("a1"))
	saved := stamps()
	require.Equal(t, start[0], saved[0])
	require.NotEqual(t, start[1], saved[1])
	require.NoError(t, saveCategory(t, s, category("c1")))
	placed := stamps()
	require.NotEqual(t, saved[0], placed[0])
	require.NotEqual(t, saved[1], placed[1])
	_, read, err := s.Categories(t.Context())
	require.NoError(t, err)
	require.Equal(t, placed[0], read)
	require.NoError(t, s.PutMedia(t.Context(), kb.Media{Name: "m", Type: "image/png", Data: []byte{1}, At: t0}))
	require.NotEqual(t, placed[1], stamps()[1])
}

func checkOddText(t testing.TB, s kb.Store) {
	for i, text := range []string{`O'Brien "; drop table`, "tab\tand\nline", "😀 🇨🇿", "שלום", "?", "$1", "%_\\", " padded ", "{}[]\"", "مرحبا"} {
		a := article(fmt.Sprint("a", i), func(a *kb.Article) {
			a.Owner, a.Tags, a.Products, a.Category = text, []string{text}, []string{text}, text
			a.Translations[1].Title, a.Translations[1].Summary, a.Translations[1].Slug = text, text, text
		})
		rev := showing(a, "en", 1, text)
		rev.Title, rev.Body, rev.Note, rev.SEOTitle, rev.Description = text, text, text, text, text
		require.NoError(t, s.SaveArticle(t.Context(), a, rev), "text %q", text)
		got, _, err := s.Articles(t.Context(), kb.ArticleQuery{Product: text, Categories: []string{text}})
		require.NoError(t, err)
		require.Equal(t, []kb.Article{a}, got, "text %q", text)
		kept, err := s.Revision(t.Context(), a.ID, "en", 1)
		require.NoError(t, err)
		require.Equal(t, rev, kept)
		id, err := s.Slug(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, a.ID, id)
	}
}

func checkBadText(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		bad := article("a2", func(a *kb.Article) { a.Owner = text })
		require.ErrorIs(t, s.SaveArticle(t.Context(), bad), kb.ErrInvalid)
		rev := revision(article("a2"), "en", 1)
		rev.Body = text
		require.ErrorIs(t, s.SaveArticle(t.Context(), article("a2"), rev), kb.ErrInvalid)
		require.ErrorIs(t, saveCategory(t, s, category("c1", func(c *kb.Category) { c.Icon = text })), kb.ErrInvalid)
		require.ErrorIs(t, s.SaveRedirects(t.Context(), kb.Redirect{From: "/ok", To: "article/a1"}, kb.Redirect{From: "/" + text, To: "article/a1"}), kb.ErrInvalid)
		require.ErrorIs(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "f", Article: "a1", Comment: text, At: t0}), kb.ErrInvalid)
		require.ErrorIs(t, s.PutMedia(t.Context(), kb.Media{Name: text, At: t0}), kb.ErrInvalid)

		findsNothing(t, s, text)
	}
	_, err := s.Redirect(t.Context(), "/ok")
	require.ErrorIs(t, err, kb.ErrNotFound, "redirects are stored together or not at all")
}

func checkBadTimes(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	for _, year := range []int{-1, 0, 10000, 292000} {
		at := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		bad := article("a2", func(a *kb.Article) { a.ShownAt = at })
		require.ErrorIs(t, s.SaveArticle(t.Context(), bad), kb.ErrInvalid, "year %d", year)
		bad = article("a2", func(a *kb.Article) { a.Translations[1].UpdatedAt = at })
		require.ErrorIs(t, s.SaveArticle(t.Context(), bad), kb.ErrInvalid, "year %d", year)
		rev := revision(article("a2"), "en", 1)
		rev.At = at
		require.ErrorIs(t, s.SaveArticle(t.Context(), article("a2"), rev), kb.ErrInvalid)
		require.ErrorIs(t, saveCategory(t, s, category("c1", func(c *kb.Category) { c.UpdatedAt = at })), kb.ErrInvalid)
		require.ErrorIs(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "f", Article: "a1", At: at}), kb.ErrInvalid)
		require.ErrorIs(t, s.PutMedia(t.Context(), kb.Media{Name: "m", At: at}), kb.ErrInvalid)
	}
	_, err := s.Article(t.Context(), "a2")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

// findsNothing asks for everything by a text that no store has.
func findsNothing(t testing.TB, s kb.Store, text string) {
	t.Helper()
	_, err := s.Article(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Slug(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Holder(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Revision(t.Context(), "a1", text, 1)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Redirect(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.FeedbackByID(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Media(t.Context(), text)
	require.ErrorIs(t, err, kb.ErrNotFound)
	for _, q := range []kb.ArticleQuery{{IDs: []string{text}}, {Categories: []string{text}}, {Kinds: []kb.Kind{kb.Kind(text)}}, {Product: text}} {
		page, _, err := s.Articles(t.Context(), q)
		require.NoError(t, err)
		require.Empty(t, page)
	}
	page, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{Article: text})
	require.NoError(t, err)
	require.Empty(t, page)
	uses, err := s.MediaUses(t.Context(), text)
	require.NoError(t, err)
	require.Empty(t, uses)
	revisions, err := s.Revisions(t.Context(), text, "en", 0, 10)
	require.NoError(t, err)
	require.Empty(t, revisions)
}

func checkCancelled(t testing.TB, s kb.Store) {
	save(t, s, article("a1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"SaveArticle":      func() error { return s.SaveArticle(ctx, article("a2")) },
		"Article":          func() error { _, err := s.Article(ctx, "a1"); return err },
		"Articles":         func() error { _, _, err := s.Articles(ctx, kb.ArticleQuery{}); return err },
		"Manuscripts":      func() error { _, _, err := s.Manuscripts(ctx, kb.DeskScope{}, kb.ManuscriptQuery{}); return err },
		"CountManuscripts": func() error { _, err := s.CountManuscripts(ctx, kb.DeskScope{}, kb.ManuscriptQuery{}, 9); return err },
		"CountArticles":    func() error { _, err := s.CountArticles(ctx); return err },
		"Slugs":            func() error { _, err := s.Slugs(ctx, "a1"); return err },
		"RedirectsTo":      func() error { _, err := s.RedirectsTo(ctx, "article/a1"); return err },
		"Slug":             func() error { _, err := s.Slug(ctx, "on-a1"); return err },
		"Holder":           func() error { _, err := s.Holder(ctx, "on-a1"); return err },
		"Feedback":         func() error { _, _, err := s.Feedback(ctx, kb.FeedbackQuery{}); return err },
		"MediaUses":        func() error { _, err := s.MediaUses(ctx, "m"); return err },
		"Categories":       func() error { _, _, err := s.Categories(ctx); return err },
		"Revision":         func() error { _, err := s.Revision(ctx, "a1", "en", 1); return err },
		"Changes":          func() error { _, _, err := s.Changes(ctx, "", 1); return err },
		"Installation":     func() error { _, err := s.Installation(ctx, "x"); return err },
		"Stamps":           func() error { _, _, err := s.Stamps(ctx); return err },
		"SaveCategory":     func() error { return s.SaveCategory(ctx, category("c1"), "0", nil) },
		"SaveRedirects":    func() error { return s.SaveRedirects(ctx, kb.Redirect{From: "/x", To: "article/a1"}) },
		"AddFeedback":      func() error { return s.AddFeedback(ctx, kb.Feedback{ID: "f", Article: "a1", At: t0}) },
		"PutMedia":         func() error { return s.PutMedia(ctx, kb.Media{Name: "m", At: t0}) },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	_, err := s.Article(t.Context(), "a2")
	require.ErrorIs(t, err, kb.ErrNotFound)
}
