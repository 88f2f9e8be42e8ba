package kbtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// An ExpiryStore is a [kb.Store] that can forget what is too old.
type ExpiryStore interface {
	kb.Store
	kb.ExpiryStore
}

// TestExpiryStore runs the contract of [kb.ExpiryStore] as subtests. open must
// return an empty store each time it is called.
func TestExpiryStore(t *testing.T, open func(*testing.T) ExpiryStore) {
	for _, c := range []struct {
		name, says string
		check      func(*testing.T, ExpiryStore)
	}{
		{"Feedback", "ExpireFeedback removes what is older, the oldest first, at most Limit, and nothing of who is held", checkExpireFeedback},
		{"Revisions", "ExpireRevisions removes older texts that are neither shown nor the newest, with their uses of media, and none of who is held", checkExpireRevisions},
		{"Cancelled", "no limit is ErrInvalid, and a cancelled context stops a call, which returns its error", checkExpireCancelled},
	} {
		t.Run("Expire/"+c.name, func(t *testing.T) {
			t.Logf("contract: %s", c.says)
			c.check(t, open(t))
		})
	}
}

func prunes(t *testing.T, prune func(context.Context, profile.Expiry) (int, error), want int, e profile.Expiry) {
	t.Helper()
	e.Dry = true
	for range 2 {
		n, err := prune(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, want, n, "a rehearsal removes nothing")
	}
	e.Dry = false
	n, err := prune(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, want, n)
}

func checkExpireFeedback(t *testing.T, s ExpiryStore) {
	a := article("a")
	require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "de", 1), revision(a, "en", 1)))
	for i, f := range []kb.Feedback{{ID: "f0", Person: "ann"}, {ID: "f1", Person: "bob"}, {ID: "f2"}, {ID: "f3", Person: "anna"}} {
		f.Article, f.Locale, f.Revision, f.Input, f.At = "a", "en", 1, "h", t0.Add(time.Duration(i)*time.Hour)
		require.NoError(t, s.AddFeedback(t.Context(), f))
	}
	left := func() (ids []string) {
		page, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{})
		require.NoError(t, err)
		for _, f := range page {
			ids = append(ids, f.ID)
		}
		return ids
	}
	e := profile.Expiry{Before: t0.Add(3 * time.Hour), Held: []string{"ann"}, Limit: 1}
	prunes(t, s.ExpireFeedback, 1, e)
	require.Equal(t, []string{"f3", "f2", "f0"}, left())
	prunes(t, s.ExpireFeedback, 1, e)
	prunes(t, s.ExpireFeedback, 0, e)
	require.Equal(t, []string{"f3", "f0"}, left())
	e.Held, e.Limit = nil, 10
	prunes(t, s.ExpireFeedback, 1, e)
	require.Equal(t, []string{"f3"}, left())
}

func checkExpireRevisions(t *testing.T, s ExpiryStore) {
	a := article("a", func(a *kb.Article) { a.Translations[1].Live, a.Translations[1].Head = 3, 5 })
	locale := a.Translations[1].Locale
	var all []kb.Revision
	for n := 1; n <= 5; n++ {
		r := revision(a, locale, n)
		r.Media, r.Author, r.At = []string{"m.png"}, map[int]string{2: "ann"}[n], t0.Add(time.Duration(n)*time.Hour)
		all = append(all, r)
	}
	other := revision(a, a.Translations[0].Locale, 1)
	require.NoError(t, s.SaveArticle(t.Context(), a, append(all, other)...))
	left := func() (numbers []int) {
		list, err := s.Revisions(t.Context(), "a", locale, 0, 10)
		require.NoError(t, err)
		for _, r := range list {
			numbers = append(numbers, r.Number)
		}
		return numbers
	}
	e := profile.Expiry{Before: t0.Add(4 * time.Hour), Held: []string{"ann"}, Limit: 10}
	prunes(t, s.ExpireRevisions, 1, e)
	require.Equal(t, []int{5, 4, 3, 2}, left())
	e.Held, e.Limit, e.Before = nil, 1, t0.AddDate(1, 0, 0)
	prunes(t, s.ExpireRevisions, 1, e)
	require.Equal(t, []int{5, 4, 3}, left(), "the oldest first")
	e.Limit = 10
	prunes(t, s.ExpireRevisions, 1, e)
	require.Equal(t, []int{5, 3}, left(), "what is shown and what is newest stay")
	_, err := s.Revision(t.Context(), "a", other.Locale, 1)
	require.NoError(t, err)
	uses, err := s.MediaUses(t.Context(), "m.png")
	require.NoError(t, err)
	for _, u := range uses {
		require.NotEqual(t, "ann", u.Author)
	}
}

func checkExpireCancelled(t *testing.T, s ExpiryStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, prune := range []func(context.Context, profile.Expiry) (int, error){s.ExpireFeedback, s.ExpireRevisions} {
		_, err := prune(t.Context(), profile.Expiry{Before: t0})
		require.ErrorIs(t, err, kb.ErrInvalid)
		_, err = prune(ctx, profile.Expiry{Before: t0, Limit: 1})
		require.ErrorIs(t, err, context.Canceled)
	}
}
