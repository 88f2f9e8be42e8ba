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

func saveCategory(t testing.TB, s kb.Store, c kb.Category, moved ...string) error {
	t.Helper()
	stamp, _, err := s.Stamps(t.Context())
	require.NoError(t, err)
	return s.SaveCategory(t.Context(), c, stamp, moved)
}

func checkCategories(t testing.TB, s kb.Store) {
	c := category("c1", func(c *kb.Category) {
		c.Parent, c.Audience = "c0", profile.NewAudience("partner", "staff")
		c.UpdatedAt = t0.In(time.FixedZone("somewhere", -3*3600))
		c.Labels["ja"] = kb.Label{Title: "はじめに", Slug: "はじめに", Description: "説明"}
	})
	require.NoError(t, saveCategory(t, s, c))
	require.ErrorIs(t, saveCategory(t, s, c), kb.ErrConflict)
	c.Labels["en"] = kb.Label{Title: "changed"}
	all, _, err := s.Categories(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "Category c1", all[0].Labels["en"].Title, "the map given is not the map kept")
	require.Equal(t, t0, all[0].UpdatedAt)
	next := all[0]
	next.Version, next.Order = 2, 99
	require.NoError(t, saveCategory(t, s, next))
	require.ErrorIs(t, saveCategory(t, s, next), kb.ErrConflict)
	all, _, err = s.Categories(t.Context())
	require.NoError(t, err)
	require.Equal(t, []kb.Category{next}, all)
	all[0].Labels["en"] = kb.Label{Title: "changed"}
	all, _, err = s.Categories(t.Context())
	require.NoError(t, err)
	require.Equal(t, []kb.Category{next}, all, "the map got is not the map kept")
}

func checkCategoryStamp(t testing.TB, s kb.Store) {
	_, old, err := s.Categories(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.SaveCategory(t.Context(), category("c1"), old, nil))
	require.ErrorIs(t, s.SaveCategory(t.Context(), category("c2"), old, nil), kb.ErrConflict)
	require.ErrorIs(t, s.SaveCategory(t.Context(), category("c2"), "of somewhere else", nil), kb.ErrConflict)
	all, now, err := s.Categories(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NoError(t, s.SaveCategory(t.Context(), category("c2"), now, nil))
}

func checkCategorySlugs(t testing.TB, s kb.Store) {
	require.NoError(t, saveCategory(t, s, category("c1")))
	twin := category("c2", func(c *kb.Category) { c.Labels["de"] = kb.Label{Title: "Other", Slug: "cat-c1"} })
	require.ErrorIs(t, saveCategory(t, s, twin), kb.ErrConflict)
	moved := category("c1", func(c *kb.Category) {
		c.Version, c.Labels = 2, map[string]kb.Label{"en": {Title: "C", Slug: "elsewhere"}, "de": {Title: "C", Slug: "elsewhere"}}
	})
	require.NoError(t, saveCategory(t, s, moved))
	require.NoError(t, saveCategory(t, s, twin))
}

func checkCategoryRemoved(t testing.TB, s kb.Store) {
	ctx := t.Context()
	remove := func(id string, version int) error {
		stamp, _, err := s.Stamps(ctx)
		require.NoError(t, err)
		return s.RemoveCategory(ctx, id, version, stamp)
	}
	require.NoError(t, saveCategory(t, s, category("top")))
	for _, id := range []string{"empty", "other", "full", "bin"} {
		require.NoError(t, saveCategory(t, s, category(id, func(c *kb.Category) { c.Parent = "top" })))
	}
	save(t, s, article("a1", func(a *kb.Article) { a.Category = "full" }))
	save(t, s, article("a2", func(a *kb.Article) { a.Category, a.DeletedAt, a.DeletedBy = "bin", t0, "bob" }))
	require.NoError(t, s.SaveRedirects(ctx, kb.Redirect{From: "/old", To: "category/empty"}, kb.Redirect{From: "/kept", To: "category/other"}))
	stale, content, err := s.Stamps(ctx)
	require.NoError(t, err)
	for id, version := range map[string]int{"full": 1, "bin": 1, "top": 1, "empty": 2} {
		require.ErrorIs(t, remove(id, version), kb.ErrConflict, id)
	}
	require.ErrorIs(t, remove("none", 1), kb.ErrNotFound)
	require.NoError(t, saveCategory(t, s, category("other", func(c *kb.Category) { c.Parent, c.Version = "top", 2 })))
	require.ErrorIs(t, s.RemoveCategory(ctx, "empty", 1, stale), kb.ErrConflict, "others have changed since")
	all, _, err := s.Categories(ctx)
	require.NoError(t, err)
	require.Len(t, all, 5)

	require.NoError(t, remove("empty", 1))
	require.ErrorIs(t, remove("empty", 1), kb.ErrNotFound)
	all, stamp, err := s.Categories(ctx)
	require.NoError(t, err)
	require.Len(t, all, 4)
	_, later, err := s.Stamps(ctx)
	require.NoError(t, err)
	require.NotEqual(t, stale, stamp)
	require.NotEqual(t, content, later)
	_, err = s.Redirect(ctx, "/old")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = s.Redirect(ctx, "/kept")
	require.NoError(t, err)
	require.NoError(t, saveCategory(t, s, category("new", func(c *kb.Category) { c.Labels = category("empty").Labels })), "its slugs are free")
}

func checkCategoryGone(t testing.TB, s kb.Store) {
	ctx := t.Context()
	const rounds, authors = 6, 4
	for round := range rounds {
		id := fmt.Sprint("race", round)
		require.NoError(t, saveCategory(t, s, category(id)))
		stamp, _, err := s.Stamps(ctx)
		require.NoError(t, err)
		var wg sync.WaitGroup
		var removed error
		saved := make([]error, authors)
		put := func(i int) {
			a := article(fmt.Sprint(id, "-", i), func(a *kb.Article) { a.Category = id })
			saved[i] = s.SaveArticle(ctx, a, revision(a, "de", 1), revision(a, "en", 1))
		}
		for i := range authors {
			wg.Go(func() { put(i) })
			if i == round%authors {
				wg.Go(func() { removed = s.RemoveCategory(ctx, id, 1, stamp) })
			}
		}
		wg.Wait()
		for _, err := range saved {
			if removed == nil {
				require.ErrorIs(t, err, kb.ErrConflict)
			} else {
				require.NoError(t, err)
			}
		}
		if removed != nil {
			require.ErrorIs(t, removed, kb.ErrConflict)
		}
	}
	checkPutIntoGone(t, s)
}

// checkPutIntoGone puts articles, new ones and others, into a category that is
// gone, and that is there again.
func checkPutIntoGone(t testing.TB, s kb.Store) {
	ctx := t.Context()
	require.NoError(t, saveCategory(t, s, category("gone")))
	save(t, s, article("a1"), article("a2"))
	stamp, _, err := s.Stamps(ctx)
	require.NoError(t, err)
	require.NoError(t, s.RemoveCategory(ctx, "gone", 1, stamp))
	moved := article("a1", func(a *kb.Article) { a.Category, a.Version = "gone", 2 })
	other := article("a2", func(a *kb.Article) { a.Version = 2 })
	require.ErrorIs(t, s.SaveArticle(ctx, moved), kb.ErrConflict)
	require.ErrorIs(t, s.SaveArticles(ctx, []kb.Article{other, moved}), kb.ErrConflict)
	require.ErrorIs(t, s.SaveArticle(ctx, article("new", func(a *kb.Article) { a.Category = "gone" })), kb.ErrConflict)
	kept, err := s.Article(ctx, "a2")
	require.NoError(t, err)
	require.Equal(t, 1, kept.Version, "all or none")
	require.NoError(t, saveCategory(t, s, category("gone")))
	require.NoError(t, s.SaveArticle(ctx, moved), "it is there again")
}
