package layouttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/layout"
)

func checkBookRoundTrip(t *testing.T, s layout.Store) {
	require.Equal(t, layout.Rulebook{}, book(t, s, time.Time{}))
	require.Equal(t, layout.Rulebook{}, book(t, s, t0))
	want := newBook(1, t0, newRule("b"), newRule("a", func(r *layout.Rule) { r.For, r.Reason, r.Off = layout.Match{}, nil, false }))
	given := want.Clone()
	given.From = suitetest.Elsewhere(t0)
	given.Rules[0].SavedAt = suitetest.Elsewhere(t0)
	saveBook(t, s, given)
	require.Equal(t, want, book(t, s, time.Time{}), "rules stay in the order they have")
	saveBook(t, s, newBook(2, t0.Add(time.Second)))
	require.Empty(t, book(t, s, time.Time{}).Rules)
}

func checkBookAt(t *testing.T, s layout.Store) {
	for i, id := range []string{"one", "two", "three"} {
		saveBook(t, s, newBook(i+1, t0.Add(time.Duration(i)*time.Hour), newRule(id)))
	}
	for want, at := range map[int]time.Time{
		0: t0.Add(-time.Microsecond), 1: t0, 2: t0.Add(2*time.Hour - time.Microsecond), 3: t0.AddDate(1, 0, 0),
	} {
		require.Equal(t, want, book(t, s, at).Revision, at)
		require.Equal(t, want, book(t, s, at.In(time.FixedZone("elsewhere", -9*3600))).Revision, at)
	}
	require.Equal(t, 3, book(t, s, time.Time{}).Revision)
}

func checkBookRevisions(t *testing.T, s layout.Store) {
	require.ErrorIs(t, s.SaveRulebook(t.Context(), newBook(2, t0), t0), layout.ErrConflict)
	require.ErrorIs(t, s.SaveRulebook(t.Context(), newBook(0, t0), t0), layout.ErrConflict)
	suitetest.Race(t, layout.ErrConflict, func(i int) error {
		return s.SaveRulebook(t.Context(), newBook(1, t0, newRule(numbered("r", i))), t0.AddDate(-1, 0, 0))
	})
	suitetest.Race(t, layout.ErrConflict, func(i int) error {
		return s.SaveRulebook(t.Context(), newBook(2, t0, newRule(numbered("r", i))), t0.AddDate(-1, 0, 0))
	})
	require.ErrorIs(t, s.SaveRulebook(t.Context(), newBook(1, t0), t0), layout.ErrConflict)
	require.ErrorIs(t, s.SaveRulebook(t.Context(), newBook(4, t0), t0), layout.ErrConflict)
	require.Len(t, book(t, s, time.Time{}).Rules, 1)
}

func checkBookKeep(t *testing.T, s layout.Store) {
	for i := range 4 {
		require.NoError(t, s.SaveRulebook(t.Context(), newBook(i+1, t0.Add(time.Duration(i)*time.Hour)), t0.Add(90*time.Minute)))
	}
	require.Equal(t, 2, book(t, s, t0.Add(90*time.Minute)).Revision, "the one in force at that time stays")
	require.Equal(t, 3, book(t, s, t0.Add(2*time.Hour)).Revision)
	// Long after, the only one left is the newest.
	require.NoError(t, s.SaveRulebook(t.Context(), newBook(5, t0.Add(5*time.Hour)), t0.AddDate(1, 0, 0)))
	require.Equal(t, 5, book(t, s, t0.AddDate(2, 0, 0)).Revision)
}

func checkBookAliasing(t *testing.T, s layout.Store) {
	given := newBook(1, t0, newRule("a"))
	saveBook(t, s, given)
	for range 2 {
		given.Rules[0].For.Any[0], given.Rules[0].Reason["en"] = "spoilt", "spoilt"
		given.Rules[0].ID = "spoilt"
		given = book(t, s, time.Time{})
		require.Equal(t, newBook(1, t0, newRule("a")), given)
	}
}

func checkPromotionRoundTrip(t *testing.T, s layout.Store) {
	require.Empty(t, promotions(t, s))
	var want []layout.Promotion
	for _, id := range []string{"A", "a-b", "a.b", "ab"} {
		want = append(want, newPromotion(id))
	}
	for _, i := range []int{2, 0, 3, 1} {
		given := want[i].Clone()
		given.SavedAt = suitetest.Elsewhere(t0)
		require.NoError(t, s.SavePromotion(t.Context(), given))
	}
	require.Equal(t, want, promotions(t, s))
}

func checkPromotionVersions(t *testing.T, s layout.Store) {
	second := newPromotion("a", func(p *layout.Promotion) {
		p.Version, p.Slot, p.Title, p.Text, p.Off, p.Holdout = 2, "search/top", map[string]string{"en": "x"}, nil, false, 0
	})
	require.ErrorIs(t, s.SavePromotion(t.Context(), second), layout.ErrNotFound)
	suitetest.Race(t, layout.ErrConflict, func(int) error { return s.SavePromotion(t.Context(), newPromotion("a")) })
	skipped := newPromotion("a", func(p *layout.Promotion) { p.Version = 3 })
	require.ErrorIs(t, s.SavePromotion(t.Context(), skipped), layout.ErrConflict)
	suitetest.Race(t, layout.ErrConflict, func(int) error { return s.SavePromotion(t.Context(), second) })
	require.Equal(t, []layout.Promotion{second}, promotions(t, s))
	require.NoError(t, s.RemovePromotion(t.Context(), "a"))
	require.ErrorIs(t, s.RemovePromotion(t.Context(), "a"), layout.ErrNotFound)
	require.Empty(t, promotions(t, s))
}

func checkPromotionAliasing(t *testing.T, s layout.Store) {
	given := newPromotion("a")
	require.NoError(t, s.SavePromotion(t.Context(), given))
	for range 2 {
		given.Title["en"], given.Text["en"], given.Action["en"], given.Audience[0], given.For.None[0] = "x", "x", "x", "x", "x"
		given = promotions(t, s)[0]
		require.Equal(t, newPromotion("a"), given)
	}
}
