package kbtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func checkFilters(t *testing.T, s kb.Store) {
	save(t, s,
		article("a1"),
		article("a2", func(a *kb.Article) { a.Category = "c2" }),
		article("a3", func(a *kb.Article) { a.Kind = kb.KindFAQ }),
		article("a4", func(a *kb.Article) { a.Products = []string{"p3"} }),
		article("a5", func(a *kb.Article) { a.Translations[1].Status = kb.StatusArchived }),
		article("a6", func(a *kb.Article) { a.Translations = a.Translations[:1] }),
	)
	for _, tt := range []struct {
		name string
		q    kb.ArticleQuery
		want []string
	}{
		{"all", kb.ArticleQuery{}, []string{"a1", "a2", "a3", "a4", "a5", "a6"}},
		{"ids", kb.ArticleQuery{IDs: []string{"a3", "a1", "nope"}}, []string{"a1", "a3"}},
		{"no ids", kb.ArticleQuery{IDs: []string{}}, []string{}},
		{"category", kb.ArticleQuery{Categories: []string{"c2", "c3"}}, []string{"a2"}},
		{"no category", kb.ArticleQuery{Categories: []string{}}, []string{}},
		{"kinds", kb.ArticleQuery{Kinds: []kb.Kind{kb.KindFAQ, kb.KindReference}}, []string{"a3"}},
		{"product", kb.ArticleQuery{Product: "p3"}, []string{"a4"}},
		{"visible", kb.ArticleQuery{Visible: true}, []string{"a1", "a2", "a3", "a4"}},
		{"together", kb.ArticleQuery{Visible: true, Categories: []string{"c1"}, Kinds: []kb.Kind{kb.KindHowTo}, Product: "p1", IDs: []string{"a1", "a2", "a5"}}, []string{"a1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, next, err := s.Articles(t.Context(), tt.q)
			require.NoError(t, err)
			require.Empty(t, next)
			require.Equal(t, tt.want, ids(got))
		})
	}
}

func checkSight(t *testing.T, s kb.Store) {
	audiences := map[string]profile.Audience{
		"a1": profile.Public(), "a2": profile.NewAudience("signed-in"), "a3": profile.NewAudience("partner", "staff"),
		"a4": profile.NewAudience("partner+region-eu"), "a5": nil, "a6": profile.NewAudience("account:acme", "person:zoe"),
	}
	for id, audience := range audiences {
		save(t, s, article(id, func(a *kb.Article) { a.Audience = audience }))
	}
	for _, by := range []profile.Actor{
		{}, {ID: "ann"}, {ID: "ann", Account: "acme"}, {ID: "zoe"}, {ID: "p", Segments: []string{"partner"}},
		{ID: "p", Segments: []string{"partner", "region-eu"}}, {ID: "e", Segments: []string{"region-eu"}}, {ID: "s", Roles: []profile.Role{profile.RoleAgent}},
	} {
		sight := by.Sight()
		want := []string{}
		for _, id := range []string{"a1", "a2", "a3", "a4", "a5", "a6"} {
			if sight.Admits(audiences[id]) {
				want = append(want, id)
			}
		}
		got, _, err := s.Articles(t.Context(), kb.ArticleQuery{Sight: &sight})
		require.NoError(t, err)
		require.Equal(t, want, ids(got), "%+v", by)
		counts, err := s.CountArticles(t.Context(), kb.ArticleQuery{Sight: &sight})
		require.NoError(t, err)
		require.Equal(t, len(want), counts["c1"], "%+v", by)
	}
}

func checkCounts(t *testing.T, s kb.Store) {
	save(t, s, article("a1"), article("a2"), article("a3", func(a *kb.Article) { a.Category = "c2" }),
		article("a4", func(a *kb.Article) { a.Translations[1].Status = kb.StatusArchived }))
	got, err := s.CountArticles(t.Context(), kb.ArticleQuery{Visible: true, Categories: []string{"c1", "c2", "c3"}, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"c1": 2, "c2": 1}, got)
}

// walk follows page tokens to the end.
func walk(t *testing.T, s kb.Store, q kb.ArticleQuery) []string {
	t.Helper()
	got := []string{}
	for range 50 {
		page, next, err := s.Articles(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), q.Limit)
		got = append(got, ids(page)...)
		if next == "" {
			return got
		}
		q.After = next
	}
	t.Fatal("paging does not end")
	return nil
}

func checkPages(t *testing.T, s kb.Store) {
	// Bytes, not a language's rules: B before a, Z before a.
	for i, id := range []string{"a1", "B1", "a2", "b2", "Z9", "ä1", "a3"} {
		save(t, s, article(id, func(a *kb.Article) { a.Order = 10 * (i / 4) }))
	}
	want := []string{"B1", "a1", "a2", "b2", "Z9", "a3", "ä1"}
	for _, limit := range []int{1, 2, 3, 7, 50} {
		require.Equal(t, want, walk(t, s, kb.ArticleQuery{Limit: limit}), "limit %d", limit)
	}
}

func checkPagesUpdated(t *testing.T, s kb.Store) {
	var want []string
	for i := range 7 {
		at := t0.Add(time.Duration(i/2) * time.Microsecond) // pairs share a time
		save(t, s, article(fmt.Sprint("a", i), func(a *kb.Article) { a.ShownAt = at }))
	}
	want = []string{"a6", "a4", "a5", "a2", "a3", "a0", "a1"}
	for _, limit := range []int{1, 2, 3, 50} {
		require.Equal(t, want, walk(t, s, kb.ArticleQuery{Order: kb.OrderUpdated, Limit: limit, Visible: true}), "limit %d", limit)
	}
}

func checkBadToken(t *testing.T, s kb.Store) {
	for _, token := range []string{"?", "not a token", "bm9wZQ", "AAAA"} {
		for _, order := range []kb.ArticleOrder{kb.OrderPlace, kb.OrderUpdated} {
			_, _, err := s.Articles(t.Context(), kb.ArticleQuery{After: token, Order: order})
			require.ErrorIs(t, err, kb.ErrInvalid, "token %q", token)
		}
		_, _, err := s.Feedback(t.Context(), "", token, 10)
		require.ErrorIs(t, err, kb.ErrInvalid, "token %q", token)
	}
}

func checkCategories(t *testing.T, s kb.Store) {
	c := category("c1", func(c *kb.Category) {
		c.Parent, c.Audience = "c0", profile.NewAudience("partner", "staff")
		c.Labels["ja"] = kb.Label{Title: "はじめに", Slug: "はじめに", Description: "説明"}
	})
	require.NoError(t, s.SaveCategory(t.Context(), c, nil))
	require.ErrorIs(t, s.SaveCategory(t.Context(), c, nil), kb.ErrConflict)
	c.Labels["en"] = kb.Label{Title: "changed"}
	all, _, err := s.Categories(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "Category c1", all[0].Labels["en"].Title, "the map given is not the map kept")
	next := all[0]
	next.Version, next.Order = 2, 99
	require.NoError(t, s.SaveCategory(t.Context(), next, nil))
	all, _, err = s.Categories(t.Context())
	require.NoError(t, err)
	require.Equal(t, []kb.Category{next}, all)
}

func checkCategorySlugs(t *testing.T, s kb.Store) {
	require.NoError(t, s.SaveCategory(t.Context(), category("c1"), nil))
	twin := category("c2", func(c *kb.Category) { c.Labels["en"] = kb.Label{Title: "Other", Slug: "cat-c1"} })
	require.ErrorIs(t, s.SaveCategory(t.Context(), twin, nil), kb.ErrConflict)
	moved := category("c1", func(c *kb.Category) { c.Version = 2; c.Labels["en"] = kb.Label{Title: "C", Slug: "elsewhere"} })
	require.NoError(t, s.SaveCategory(t.Context(), moved, nil))
	require.NoError(t, s.SaveCategory(t.Context(), twin, nil))
}

func checkRedirects(t *testing.T, s kb.Store) {
	require.NoError(t, s.SaveRedirects(t.Context()))
	first := kb.Redirect{From: "/old", To: "article/a1", Locale: "de"}
	require.NoError(t, s.SaveRedirects(t.Context(), first, kb.Redirect{From: "/other", To: "category/c1"}))
	got, err := s.Redirect(t.Context(), "/old")
	require.NoError(t, err)
	require.Equal(t, first, got)
	second := kb.Redirect{From: "/old", To: "article/a2"}
	require.NoError(t, s.SaveRedirects(t.Context(), second))
	got, err = s.Redirect(t.Context(), "/old")
	require.NoError(t, err)
	require.Equal(t, second, got)
}

func checkFeedback(t *testing.T, s kb.Store) {
	save(t, s, article("a1"), article("a2"))
	var want []string
	for i := range 5 {
		f := kb.Feedback{
			ID: fmt.Sprint("f", i), Article: "a1", Locale: "en", Revision: 1, Helpful: i%2 == 0, Reason: kb.ReasonUnclear,
			Comment: "comment", Person: "ann", Visitor: "v", Input: "hash", At: t0.Add(time.Duration(i/2) * time.Second),
		}
		require.NoError(t, s.AddFeedback(t.Context(), f))
		require.ErrorIs(t, s.AddFeedback(t.Context(), f), kb.ErrConflict)
		got, err := s.FeedbackByID(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, f, got)
	}
	require.NoError(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "g", Article: "a2", At: t0.Add(time.Hour)}))
	want = []string{"f4", "f2", "f3", "f0", "f1"}
	require.Equal(t, want, walkFeedback(t, s, "a1", 2))
	require.Equal(t, slices.Insert(slices.Clone(want), 0, "g"), walkFeedback(t, s, "", 4))
	ratings, err := s.Ratings(t.Context(), []string{"a1", "a2", "nope"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Rating{"a1": {Helpful: 3, Unhelpful: 2}, "a2": {Unhelpful: 1}}, ratings)
}

func walkFeedback(t *testing.T, s kb.Store, article string, limit int) []string {
	t.Helper()
	var got []string
	after := ""
	for range 20 {
		page, next, err := s.Feedback(t.Context(), article, after, limit)
		require.NoError(t, err)
		for _, f := range page {
			got = append(got, f.ID)
		}
		if next == "" {
			break
		}
		after = next
	}
	return got
}
