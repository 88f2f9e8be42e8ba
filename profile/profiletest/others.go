package profiletest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

func checkAccountRoundTrip(t *testing.T, s profile.Store) {
	want := newAccount("a1", func(a *profile.Account) { a.Disabled = true })
	given := want.Clone()
	given.Key = "key"
	given.CreatedAt = want.CreatedAt.In(somewhere())
	given.UpdatedAt = want.UpdatedAt.In(somewhere())
	require.NoError(t, s.SaveAccount(t.Context(), given))
	got, err := s.Account(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, want, got)

	for i, text := range suitetest.OddTexts() {
		want := newAccount(numbered("odd", i), func(a *profile.Account) {
			a.Name, a.Plan, a.Products = text, text, []string{text}
			a.Attributes = map[string][]string{text: {text}}
		})
		require.NoError(t, s.SaveAccount(t.Context(), want))
		got, err := s.Account(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got, "text %q", text)
	}
	bad := newAccount("bad", func(a *profile.Account) { a.Name = "a\x00" })
	require.ErrorIs(t, s.SaveAccount(t.Context(), bad), profile.ErrInvalid)
}

func checkAccountVersions(t *testing.T, s profile.Store) {
	_, err := s.Account(t.Context(), "a1")
	require.ErrorIs(t, err, profile.ErrNotFound)
	second := profile.Account{
		ID: "a1", Name: "Zeta", Plan: "free", Country: "DE", Products: []string{"app"},
		Attributes: map[string][]string{"tier": {"2"}}, Disabled: true,
		CreatedAt: t0, UpdatedAt: t0.Add(time.Hour), Version: 2, Origin: "hash",
	}
	require.ErrorIs(t, s.SaveAccount(t.Context(), second), profile.ErrNotFound)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveAccount(t.Context(), newAccount("a1")) })
	skipped := newAccount("a1", func(a *profile.Account) { a.Version = 3 })
	require.ErrorIs(t, s.SaveAccount(t.Context(), skipped), profile.ErrConflict)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveAccount(t.Context(), second) })
	got, err := s.Account(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, second, got)
}

func checkAccountAliasing(t *testing.T, s profile.Store) {
	given := newAccount("a1")
	require.NoError(t, s.SaveAccount(t.Context(), given))
	spoil := func(a profile.Account) {
		require.Equal(t, newAccount("a1"), a)
		a.Products[0] = "spoilt"
		a.Attributes["region"][0] = "spoilt"
		a.Attributes["new"] = nil
	}
	spoil(given)
	got, err := s.Account(t.Context(), "a1")
	require.NoError(t, err)
	spoil(got)
	page, _, err := s.Accounts(t.Context(), profile.AccountQuery{})
	require.NoError(t, err)
	require.Len(t, page, 1)
	spoil(page[0])
	got, err = s.Account(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, newAccount("a1"), got)
}

func checkAccountPages(t *testing.T, s profile.Store) {
	want := []string{"B1", "a1", "a2", "a3", "c1"}
	for i, id := range []string{"a2", "c1", "a3", "B1", "a1"} {
		name := "Same"
		if i == 1 {
			name = "later"
		}
		require.NoError(t, s.SaveAccount(t.Context(), newAccount(id, func(a *profile.Account) { a.Name = name })))
	}
	for _, limit := range []int{1, 2, 5, 6} {
		got := follow(t, limit, func(after string) ([]profile.Account, string, error) {
			return s.Accounts(t.Context(), profile.AccountQuery{After: after, Limit: limit})
		})
		ids := []string{}
		for _, a := range got {
			ids = append(ids, a.ID)
		}
		require.Equal(t, want, ids, "pages of %d", limit)
	}
}

func checkSegmentRoundTrip(t *testing.T, s profile.Store) {
	list, err := s.Segments(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
	var want []profile.Segment
	for _, name := range []string{"a.b", "a1", "a:C", "a:b", "b"} {
		want = append(want, newSegment(name, func(s *profile.Segment) { s.Title = "O'Brien ?$1 😀" }))
	}
	for _, i := range []int{3, 0, 4, 1, 2} {
		given := want[i].Clone()
		given.CreatedAt = given.CreatedAt.In(somewhere())
		require.NoError(t, s.SaveSegment(t.Context(), given))
	}
	list, err = s.Segments(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, list)
	bad := newSegment("bad", func(s *profile.Segment) { s.Description = "a\x00" })
	require.ErrorIs(t, s.SaveSegment(t.Context(), bad), profile.ErrInvalid)
}

func checkSegmentVersions(t *testing.T, s profile.Store) {
	second := newSegment("s1", func(s *profile.Segment) {
		s.Title, s.Description, s.Version, s.UpdatedAt = "Other", "", 2, t0.Add(time.Hour)
		s.Rule = profile.Rule{Fact: profile.FactPlan, Op: profile.OpKnown}
	})
	require.ErrorIs(t, s.SaveSegment(t.Context(), second), profile.ErrNotFound)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveSegment(t.Context(), newSegment("s1")) })
	skipped := newSegment("s1", func(s *profile.Segment) { s.Version = 3 })
	require.ErrorIs(t, s.SaveSegment(t.Context(), skipped), profile.ErrConflict)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveSegment(t.Context(), second) })
	list, err := s.Segments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []profile.Segment{second}, list)
	require.NoError(t, s.RemoveSegment(t.Context(), "s1"))
	require.ErrorIs(t, s.RemoveSegment(t.Context(), "s1"), profile.ErrNotFound)
	list, err = s.Segments(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkSegmentAliasing(t *testing.T, s profile.Store) {
	given := newSegment("s1")
	require.NoError(t, s.SaveSegment(t.Context(), given))
	spoil := func(s profile.Segment) {
		require.Equal(t, newSegment("s1"), s)
		s.Rule.All[0].Values[0], s.Rule.All[1].Any[0].Fact = "spoilt", "spoilt"
	}
	spoil(given)
	list, err := s.Segments(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	spoil(list[0])
	list, err = s.Segments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []profile.Segment{newSegment("s1")}, list)
}

func checkApart(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("same"))
	require.NoError(t, s.SaveAccount(t.Context(), newAccount("same")))
	require.NoError(t, s.SaveSegment(t.Context(), newSegment("same")))
	require.NoError(t, s.RemoveSegment(t.Context(), "same"))
	require.NoError(t, s.RemovePerson(t.Context(), "same"))
	got, err := s.Account(t.Context(), "same")
	require.NoError(t, err)
	require.Equal(t, newAccount("same"), got)
}
