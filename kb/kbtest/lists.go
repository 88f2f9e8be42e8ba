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

func checkFilters(t testing.TB, s kb.Store) {
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
		{"category", kb.ArticleQuery{Categories: []string{"c2"}}, []string{"a2"}},
		{"categories", kb.ArticleQuery{Categories: []string{"c2", "c3", "c1"}}, []string{"a1", "a2", "a3", "a4", "a5", "a6"}},
		{"categories and IDs", kb.ArticleQuery{Categories: []string{"c2", "c3"}, IDs: []string{"a1", "a2"}}, []string{"a2"}},
		{"no category", kb.ArticleQuery{Categories: []string{}}, []string{}},
		{"kinds", kb.ArticleQuery{Kinds: []kb.Kind{kb.KindFAQ, kb.KindReference}}, []string{"a3"}},
		{"product", kb.ArticleQuery{Product: "p3"}, []string{"a4"}},
		{"visible", kb.ArticleQuery{Visible: true}, []string{"a1", "a2", "a3", "a4"}},
		{"together", kb.ArticleQuery{Visible: true, Categories: []string{"c1"}, Kinds: []kb.Kind{kb.KindHowTo}, Product: "p1", IDs: []string{"a1", "a2", "a5"}}, []string{"a1"}},
	} {
		got, next, err := s.Articles(t.Context(), tt.q)
		require.NoError(t, err, tt.name)
		require.Empty(t, next, tt.name)
		require.Equal(t, tt.want, ids(got), tt.name)
	}
}

func checkSight(t testing.TB, s kb.Store) {
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
	}
}

func checkCounts(t testing.TB, s kb.Store) {
	counts, err := s.CountArticles(t.Context())
	require.NoError(t, err)
	require.Empty(t, counts)
	partners := func(a *kb.Article) { a.Audience = profile.NewAudience("partner", "staff+region-eu") }
	save(t, s, article("a1"), article("a2"), article("a3", func(a *kb.Article) { a.Category = "c2" }),
		article("a4", func(a *kb.Article) { a.Translations[1].Status = kb.StatusArchived }),
		article("a5", func(a *kb.Article) { a.Audience = nil }), article("a6", partners), article("a7", partners))
	counts, err = s.CountArticles(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []kb.Count{
		{Category: "c1", Audience: profile.Public(), Articles: 2}, {Category: "c2", Audience: profile.Public(), Articles: 1},
		{Category: "c1", Audience: nil, Articles: 1}, {Category: "c1", Audience: profile.NewAudience("partner", "staff+region-eu"), Articles: 2},
	}, counts)
	checkMovedCounts(t, s)
}

// checkMovedCounts changes what "a1" is counted under.
func checkMovedCounts(t testing.TB, s kb.Store) {
	t.Helper()
	for _, change := range []struct {
		does func(*kb.Article)
		want []kb.Count
	}{
		{func(a *kb.Article) { a.Order = 7 }, []kb.Count{{Category: "c1", Articles: 2}, {Category: "c2", Articles: 1}}},
		{func(a *kb.Article) { a.Category = "c2" }, []kb.Count{{Category: "c1", Articles: 1}, {Category: "c2", Articles: 2}}},
		{func(a *kb.Article) { a.Audience = profile.NewAudience("staff") }, []kb.Count{{Category: "c1", Articles: 1}, {Category: "c2", Articles: 1}, {Category: "c2", Audience: profile.NewAudience("staff"), Articles: 1}}},
		{func(a *kb.Article) { a.Translations[1].Status = kb.StatusArchived }, []kb.Count{{Category: "c1", Articles: 1}, {Category: "c2", Articles: 1}}},
		{func(a *kb.Article) { a.Category, a.Audience = "c1", profile.Public() }, []kb.Count{{Category: "c1", Articles: 1}, {Category: "c2", Articles: 1}}},
		{func(a *kb.Article) { a.Translations[1].Status = kb.StatusPublished }, []kb.Count{{Category: "c1", Articles: 2}, {Category: "c2", Articles: 1}}},
	} {
		a, err := s.Article(t.Context(), "a1")
		require.NoError(t, err)
		change.does(&a)
		a.Version++
		require.NoError(t, s.SaveArticle(t.Context(), a))
		stale := a
		stale.Category = "c9"
		require.ErrorIs(t, s.SaveArticle(t.Context(), stale), kb.ErrConflict, "what is refused is not counted")
		counts, err := s.CountArticles(t.Context())
		require.NoError(t, err)
		want := []kb.Count{{Category: "c1", Articles: 1}, {Category: "c1", Audience: profile.NewAudience("partner", "staff+region-eu"), Articles: 2}}
		for _, c := range change.want {
			if c.Audience == nil {
				c.Audience = profile.Public()
			}
			want = append(want, c)
		}
		require.ElementsMatch(t, want, counts)
	}
}

// walk follows page tokens to the end.
func walk(t testing.TB, s kb.Store, q kb.ArticleQuery) []string {
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

func checkPages(t testing.TB, s kb.Store) {
	// Bytes, not a language's rules: B before a, Z before a.
	for i, id := range []string{"a1", "B1", "a2", "b2", "Z9", "ä1", "a3"} {
		save(t, s, article(id, func(a *kb.Article) { a.Order, a.Category = 10*(i/4), fmt.Sprint("c", 1+i%2) }))
	}
	want := []string{"B1", "a1", "a2", "b2", "Z9", "a3", "ä1"}
	many := []string{"c1", "c2", "c3"}
	for i := range 60 {
		many = append(many, fmt.Sprint("c", i+4))
	}
	for _, limit := range []int{1, 2, 3, 7, 50} {
		for n, categories := range [][]string{nil, {"c1", "c2"}, {"c2", "c3", "c1"}, many} {
			require.Equal(t, want, walk(t, s, kb.ArticleQuery{Limit: limit, Categories: categories, Visible: true}), "limit %d, categories %d", limit, n)
		}
	}
}

func checkPagesUpdated(t testing.TB, s kb.Store) {
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

func checkBadToken(t testing.TB, s kb.Store) {
	for _, token := range []string{"?", "not a token", "bm9wZQ", "AAAA"} {
		for _, order := range []kb.ArticleOrder{kb.OrderPlace, kb.OrderUpdated} {
			_, _, err := s.Articles(t.Context(), kb.ArticleQuery{After: token, Order: order})
			require.ErrorIs(t, err, kb.ErrInvalid, "token %q", token)
		}
		_, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{After: token})
		require.ErrorIs(t, err, kb.ErrInvalid, "token %q", token)
	}
}

// saveCategory stores c as somebody does who has just read all categories.
func checkInstallation(t testing.TB, s kb.Store) {
	for _, fresh := range []string{"one", "two", "one"} {
		id, err := s.Installation(t.Context(), fresh)
		require.NoError(t, err)
		require.Equal(t, "one", id)
	}
}

func checkRedirects(t testing.TB, s kb.Store) {
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
	require.NoError(t, s.SaveRedirects(t.Context(), second, first), "the last of several for a path counts")
	got, err = s.Redirect(t.Context(), "/old")
	require.NoError(t, err)
	require.Equal(t, first, got)
	third := kb.Redirect{From: "/Older", To: "article/a1"}
	require.NoError(t, s.SaveRedirects(t.Context(), third))
	list, err := s.RedirectsTo(t.Context(), "article/a1", "article/none")
	require.NoError(t, err)
	require.Equal(t, []kb.Redirect{third, first}, list)
	list, err = s.RedirectsTo(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkFormerSlugs(t testing.TB, s kb.Store) {
	a := article("a1")
	a.Translations = a.Translations[:1]
	a.Translations[0].Slug, a.Translations[0].Status = "only-a-draft", kb.StatusDraft
	save(t, s, a, article("a2"))
	for i, slug := range []string{"zebra", "alpha"} {
		a.Version, a.Translations[0].Slug, a.Translations[0].Status, a.Translations[0].Live = i+2, slug, kb.StatusPublished, 1
		require.NoError(t, s.SaveArticle(t.Context(), a))
	}
	got, err := s.Slugs(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, []string{"alpha", "zebra"}, got)
	got, err = s.Slugs(t.Context(), "nope")
	require.NoError(t, err)
	require.Empty(t, got)
}

func checkFeedback(t testing.TB, s kb.Store) {
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
	require.Equal(t, want, walkFeedback(t, s, kb.FeedbackQuery{Article: "a1", Limit: 2}))
	require.Equal(t, slices.Insert(slices.Clone(want), 0, "g"), walkFeedback(t, s, kb.FeedbackQuery{Limit: 4}))
	ratings, err := s.Ratings(t.Context(), []string{"a1", "a2", "nope"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Rating{"a1": {Helpful: 1}, "a2": {}}, ratings)
}

func checkRatings(t testing.TB, s kb.Store) {
	save(t, s, article("a1"), article("a2"))
	n := 0
	say := func(article, person, visitor string, helpful bool, at int) {
		t.Helper()
		n++
		require.NoError(t, s.AddFeedback(t.Context(), kb.Feedback{
			ID: fmt.Sprintf("f%02d", n), Article: article, Person: person, Visitor: visitor, Helpful: helpful, At: t0.Add(time.Duration(at) * time.Minute),
		}))
	}
	rated := func(helpful, unhelpful int) {
		t.Helper()
		got, err := s.Ratings(t.Context(), []string{"a1", "nope"})
		require.NoError(t, err)
		require.Equal(t, map[string]kb.Rating{"a1": {Helpful: helpful, Unhelpful: unhelpful}}, got)
	}
	say("a1", "", "", true, 0)
	say("a1", "", "", true, 1)
	rated(0, 0)
	say("a1", "ann", "v1", true, 2)
	say("a1", "ann", "v2", true, 3)
	rated(1, 0)
	say("a1", "ann", "v1", false, 4)
	rated(0, 1)
	say("a1", "ann", "v1", true, 1)
	rated(0, 1)
	say("a1", "bob", "v1", false, 1)
	rated(0, 2)
	say("a1", "", "v1", true, 1)
	say("a1", "", "v2", true, 1)
	say("a1", "", "ann", true, 1)
	rated(3, 2)
	say("a1", "", "v1", false, 2)
	rated(2, 3)
	say("a1", "", "v1", true, 2)
	rated(2, 3) // at the same moment, the first by ID counts
	say("a2", "zoe", "", true, 1)
	rated(2, 3)
}

func checkFeedbackAmong(t testing.TB, s kb.Store) {
	save(t, s, article("a1"),
		article("a2", func(a *kb.Article) { a.Audience = profile.NewAudience("staff") }),
		article("a3", func(a *kb.Article) { a.Category, a.Owner = "c2", "zoe" }),
		article("a4", func(a *kb.Article) { a.Translations[1].Status = kb.StatusDraft }))
	for i := range 8 {
		f := kb.Feedback{ID: fmt.Sprint("f", i), Article: fmt.Sprint("a", i%4+1), At: t0.Add(-time.Duration(i) * time.Second)}
		require.NoError(t, s.AddFeedback(t.Context(), f))
	}
	sight := profile.Actor{ID: "ann"}.Sight()
	for _, tt := range []struct {
		name string
		q    kb.FeedbackQuery
		want []string
	}{
		{"all", kb.FeedbackQuery{Among: &kb.ArticleQuery{}}, []string{"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"}},
		{"sight", kb.FeedbackQuery{Among: &kb.ArticleQuery{Sight: &sight}}, []string{"f0", "f2", "f3", "f4", "f6", "f7"}},
		{"visible", kb.FeedbackQuery{Among: &kb.ArticleQuery{Sight: &sight, Visible: true, Categories: []string{"c1"}}}, []string{"f0", "f4"}},
		{"owned", kb.FeedbackQuery{Among: &kb.ArticleQuery{Sight: &sight, Categories: []string{}}, Owner: "zoe"}, []string{"f2", "f6"}},
		{"none", kb.FeedbackQuery{Among: &kb.ArticleQuery{Sight: &sight, Categories: []string{}}}, nil},
		{"together", kb.FeedbackQuery{Article: "a3", Among: &kb.ArticleQuery{Sight: &sight}, Owner: "zoe"}, []string{"f2", "f6"}},
		{"another's", kb.FeedbackQuery{Article: "a2", Among: &kb.ArticleQuery{Sight: &sight}, Owner: "zoe"}, nil},
	} {
		for _, limit := range []int{1, 2, 50} {
			tt.q.Limit = limit
			require.Equal(t, tt.want, walkFeedback(t, s, tt.q), "%s, limit %d", tt.name, limit)
		}
	}
}

func walkFeedback(t testing.TB, s kb.Store, q kb.FeedbackQuery) []string {
	t.Helper()
	var got []string
	for range 20 {
		page, next, err := s.Feedback(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), q.Limit)
		for _, f := range page {
			got = append(got, f.ID)
		}
		if next == "" {
			break
		}
		q.After = next
	}
	return got
}
