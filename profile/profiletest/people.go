package profiletest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

func checkPersonRoundTrip(t *testing.T, s profile.Store) {
	want := newPerson("p1", func(p *profile.Person) { p.Disabled = true })
	given := want.Clone()
	given.Key = "key"
	given.CreatedAt = want.CreatedAt.In(somewhere())
	given.UpdatedAt = want.UpdatedAt.In(somewhere())
	savePeople(t, s, given)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Equal(t, want, got)
	page, _, err := s.People(t.Context(), profile.PersonQuery{})
	require.NoError(t, err)
	require.Equal(t, []profile.Person{want}, page)
}

func checkPersonBare(t *testing.T, s profile.Store) {
	want := profile.Person{ID: "p1", Name: "Ann", CreatedAt: t0, UpdatedAt: t0, Version: 1}
	savePeople(t, s, want)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Empty(t, got.Roles)
	require.Empty(t, got.Attributes)
	got.Roles, got.Attributes = nil, nil
	require.Equal(t, want, got)
}

func checkPersonTaken(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"))
	other := newPerson("p1", func(p *profile.Person) { p.Name = "Somebody Else" })
	require.ErrorIs(t, s.SavePerson(t.Context(), other), profile.ErrConflict)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Equal(t, newPerson("p1"), got)
}

func checkPersonMissing(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"))
	for _, id := range []string{"nope", "", "P1", "p1 ", "p%", "' or 1=1 --"} {
		_, err := s.Person(t.Context(), id)
		require.ErrorIs(t, err, profile.ErrNotFound, "id %q", id)
		require.ErrorIs(t, s.RemovePerson(t.Context(), id), profile.ErrNotFound, "id %q", id)
		changed := newPerson(id, func(p *profile.Person) { p.Version = 2 })
		require.ErrorIs(t, s.SavePerson(t.Context(), changed), profile.ErrNotFound, "id %q", id)
	}
}

func checkPersonChange(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"), newPerson("p2"))
	want := profile.Person{
		ID: "p1", Name: "Bo", Email: "bo@zeta.example", Account: "zeta", Roles: []profile.Role{profile.RolePartner},
		Locale: "en", Zone: "UTC", Attributes: map[string][]string{"tier": {"2"}}, Disabled: true,
		CreatedAt: t0, UpdatedAt: t0.Add(time.Hour), Version: 2, Origin: "hash",
	}
	savePeople(t, s, want)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Equal(t, want, got)
	other, err := s.Person(t.Context(), "p2")
	require.NoError(t, err)
	require.Equal(t, newPerson("p2"), other, "nobody else is touched")
}

func checkPersonVersion(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"))
	for _, version := range []int{0, 3, 99} {
		p := newPerson("p1", func(p *profile.Person) { p.Version = version })
		require.ErrorIs(t, s.SavePerson(t.Context(), p), profile.ErrConflict, "version %d", version)
	}
	second := newPerson("p1", func(p *profile.Person) { p.Version = 2 })
	savePeople(t, s, second)
	require.ErrorIs(t, s.SavePerson(t.Context(), second), profile.ErrConflict)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Equal(t, second, got)
}

func checkPersonRace(t *testing.T, s profile.Store) {
	for version := 1; version <= 3; version++ {
		won := suitetest.Race(t, profile.ErrConflict, func(i int) error {
			return s.SavePerson(t.Context(), newPerson("p1", func(p *profile.Person) {
				p.Name, p.Version = numbered("writer ", i), version
			}))
		})
		got, err := s.Person(t.Context(), "p1")
		require.NoError(t, err)
		require.Equal(t, version, got.Version)
		require.Equal(t, numbered("writer ", won), got.Name)
	}
}

func checkPersonRemove(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"), newPerson("p2"))
	require.NoError(t, s.RemovePerson(t.Context(), "p1"))
	_, err := s.Person(t.Context(), "p1")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.ErrorIs(t, s.RemovePerson(t.Context(), "p1"), profile.ErrNotFound)
	page, _, err := s.People(t.Context(), profile.PersonQuery{})
	require.NoError(t, err)
	require.Equal(t, []string{"p2"}, personIDs(page))
	again := profile.Person{ID: "p1", Name: "New", CreatedAt: t0, UpdatedAt: t0, Version: 1}
	savePeople(t, s, again)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Empty(t, got.Roles, "nothing of the first one is left")
	require.Empty(t, got.Attributes)
}

func checkPersonAliasing(t *testing.T, s profile.Store) {
	given := newPerson("p1")
	savePeople(t, s, given)
	spoil := func(p profile.Person) {
		require.Equal(t, newPerson("p1"), p)
		p.Roles[0] = "spoilt"
		p.Attributes["team"][0] = "spoilt"
		p.Attributes["new"] = []string{"spoilt"}
	}
	spoil(given)
	got, err := s.Person(t.Context(), "p1")
	require.NoError(t, err)
	spoil(got)
	page, _, err := s.People(t.Context(), profile.PersonQuery{})
	require.NoError(t, err)
	require.Len(t, page, 1)
	spoil(page[0])
	got, err = s.Person(t.Context(), "p1")
	require.NoError(t, err)
	require.Equal(t, newPerson("p1"), got)
}

func checkPersonFilter(t *testing.T, s profile.Store) {
	role := func(roles ...profile.Role) func(*profile.Person) {
		return func(p *profile.Person) { p.Roles = roles }
	}
	zeta := func(p *profile.Person) { p.Account = "zeta" }
	savePeople(t, s,
		newPerson("p1", role("customer", "manager")), newPerson("p2", role("partner")),
		newPerson("p3", role("manager"), zeta), newPerson("p4", role("managers", "x_y"), zeta),
		newPerson("p5", role("xzy")), newPerson("p6", role()),
	)
	for _, tt := range []struct {
		name string
		q    profile.PersonQuery
		want []string
	}{
		{"all", profile.PersonQuery{}, []string{"p1", "p2", "p3", "p4", "p5", "p6"}},
		{"account", profile.PersonQuery{Account: "zeta"}, []string{"p3", "p4"}},
		{"role", profile.PersonQuery{Role: "manager"}, []string{"p1", "p3"}},
		{"role with a wildcard", profile.PersonQuery{Role: "x_y"}, []string{"p4"}},
		{"both", profile.PersonQuery{Account: "zeta", Role: "manager"}, []string{"p3"}},
		{"none", profile.PersonQuery{Account: "nobody"}, []string{}},
		{"another case", profile.PersonQuery{Account: "ZETA"}, []string{}},
		{"a pattern", profile.PersonQuery{Account: "%", Role: "%"}, []string{}},
	} {
		got, next, err := s.People(t.Context(), tt.q)
		require.NoError(t, err, tt.name)
		require.Empty(t, next, tt.name)
		require.ElementsMatch(t, tt.want, personIDs(got), tt.name)
	}
}

func checkPersonPages(t *testing.T, s profile.Store) {
	// In the order of bytes capitals come first and É last.
	names := []string{"Ann", "Zoe", "ann", "zoe", "Éva"}
	var want []string
	for i, name := range names {
		for j := range 3 { // ties
			id := numbered("p", 10*i+j)
			if j == 1 {
				id = strings.ToUpper(id)
			}
			savePeople(t, s, newPerson(id, func(p *profile.Person) { p.Name = name }))
			want = append(want, id)
		}
		slices.Sort(want[len(want)-3:])
	}
	savePeople(t, s, newPerson("other", func(p *profile.Person) { p.Account = "zeta" }))
	for _, limit := range []int{1, 2, 3, 4, 15, 16} {
		got := follow(t, limit, func(after string) ([]profile.Person, string, error) {
			return s.People(t.Context(), profile.PersonQuery{Account: "acme", After: after, Limit: limit})
		})
		require.Equal(t, want, personIDs(got), "pages of %d", limit)
	}
}

func checkPersonLimit(t *testing.T, s profile.Store) {
	for i := range profile.DefaultLimit + 1 {
		savePeople(t, s, newPerson(numbered("p", i)))
	}
	page, next, err := s.People(t.Context(), profile.PersonQuery{})
	require.NoError(t, err)
	require.Len(t, page, profile.DefaultLimit)
	page, next, err = s.People(t.Context(), profile.PersonQuery{After: next})
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Empty(t, next)
}

func checkPersonPosition(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"))
	for _, position := range []string{"?", "not base64!", "bm9wZQ", "A", strings.Repeat("A", 10_000)} {
		_, _, err := s.People(t.Context(), profile.PersonQuery{After: position})
		require.ErrorIs(t, err, profile.ErrInvalid, "position %q", position)
		_, _, err = s.Accounts(t.Context(), profile.AccountQuery{After: position})
		require.ErrorIs(t, err, profile.ErrInvalid, "position %q", position)
	}
}

func checkPersonText(t *testing.T, s profile.Store) {
	for i, text := range suitetest.OddTexts() {
		want := newPerson(numbered("p", i), func(p *profile.Person) {
			p.Name, p.Email, p.Account, p.Origin = text, text, text, text
			p.Attributes = map[string][]string{text: {text, text}}
		})
		savePeople(t, s, want)
		got, _, err := s.People(t.Context(), profile.PersonQuery{Account: text})
		require.NoError(t, err)
		require.Equal(t, []profile.Person{want}, got, "text %q", text)
	}
}

func checkPersonBadText(t *testing.T, s profile.Store) {
	for _, text := range []string{"a\x00b", "a\xffb"} {
		for i, change := range []func(*profile.Person){
			func(p *profile.Person) { p.Name = text },
			func(p *profile.Person) { p.Account = text },
			func(p *profile.Person) { p.Roles = []profile.Role{profile.Role(text)} },
			func(p *profile.Person) { p.Attributes = map[string][]string{"k": {text}} },
			func(p *profile.Person) { p.Attributes = map[string][]string{text: {"v"}} },
		} {
			require.ErrorIs(t, s.SavePerson(t.Context(), newPerson("p1", change)), profile.ErrInvalid, "text %q, field %d", text, i)
		}
	}
	_, err := s.Person(t.Context(), "p1")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func checkCancelled(t *testing.T, s profile.Store) {
	savePeople(t, s, newPerson("p1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Person":        func() error { _, err := s.Person(ctx, "p1"); return err },
		"People":        func() error { _, _, err := s.People(ctx, profile.PersonQuery{}); return err },
		"SavePerson":    func() error { return s.SavePerson(ctx, newPerson("p2")) },
		"RemovePerson":  func() error { return s.RemovePerson(ctx, "p1") },
		"Account":       func() error { _, err := s.Account(ctx, "a1"); return err },
		"Accounts":      func() error { _, _, err := s.Accounts(ctx, profile.AccountQuery{}); return err },
		"SaveAccount":   func() error { return s.SaveAccount(ctx, newAccount("a1")) },
		"Segments":      func() error { _, err := s.Segments(ctx); return err },
		"SaveSegment":   func() error { return s.SaveSegment(ctx, newSegment("s1")) },
		"RemoveSegment": func() error { return s.RemoveSegment(ctx, "s1") },
	} {
		err := call()
		require.Error(t, err, name)
		require.True(t, errors.Is(err, context.Canceled), "%s: %v", name, err)
	}
	_, err := s.Person(t.Context(), "p1")
	require.NoError(t, err, "what was cancelled was not done")
	_, err = s.Person(t.Context(), "p2")
	require.ErrorIs(t, err, profile.ErrNotFound)
}
