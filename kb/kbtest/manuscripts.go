package kbtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// deskPromises are what a store promises of lists at the desk.
var deskPromises = []promise{
	{"Manuscripts", "Manuscripts returns what matches every set field, alone and together, those of texts in one and the same text", checkManuscripts},
	{"ManuscriptScope", "Manuscripts and CountManuscripts leave out what is outside the scope: of other readers, in other categories, of other owners", checkManuscriptScope},
	{"ManuscriptPages", "following tokens visits every article once in each order, ties broken by ID as bytes, titles in lower case", checkManuscriptPages},
	{"ManuscriptTokens", "a page token of Manuscripts that was not issued is ErrInvalid", checkManuscriptTokens},
}

// desk stores articles that differ in what they are asked for at the desk.
func desk(t testing.TB, s kb.Store) {
	t.Helper()
	save(t, s,
		article("a1"),
		article("a2", func(a *kb.Article) {
			a.Category, a.Owner, a.Translations[1].Head = "c2", "zoe", 3
			a.Translations[1].Title, a.Translations[0].Title = "ÄRGER 100%_x", "Anderes"
		}),
		article("a3", func(a *kb.Article) {
			a.Kind, a.Products, a.Translations[1].Live, a.Translations[1].Head = kb.KindFAQ, []string{"p3"}, 4, 4
			a.Translations[0].Based, a.Translations[0].Live, a.Translations[0].Head, a.Translations[0].Status = 3, 1, 2, kb.StatusPublished
		}),
		article("a4", func(a *kb.Article) { a.Translations[1].Status, a.Translations[1].Head = kb.StatusArchived, 5 }),
		article("a5", func(a *kb.Article) { a.Translations = a.Translations[1:] }),
	)
}

func checkManuscripts(t testing.TB, s kb.Store) {
	desk(t, s)
	for _, tt := range []struct {
		name string
		q    kb.ManuscriptQuery
		want []string
	}{
		{"all", kb.ManuscriptQuery{}, []string{"a1", "a2", "a3", "a4", "a5"}},
		{"IDs", kb.ManuscriptQuery{IDs: []string{"a5", "a1", "no"}}, []string{"a1", "a5"}},
		{"no IDs", kb.ManuscriptQuery{IDs: []string{}}, []string{}},
		{"category", kb.ManuscriptQuery{Categories: []string{"c2"}}, []string{"a2"}},
		{"no category", kb.ManuscriptQuery{Categories: []string{}}, []string{}},
		{"kind", kb.ManuscriptQuery{Kinds: []kb.Kind{kb.KindFAQ}}, []string{"a3"}},
		{"product", kb.ManuscriptQuery{Product: "p3"}, []string{"a3"}},
		{"owner", kb.ManuscriptQuery{Owner: "zoe"}, []string{"a2"}},
		{"language", kb.ManuscriptQuery{Locale: "de"}, []string{"a1", "a2", "a3", "a4"}},
		{"lacking a language", kb.ManuscriptQuery{Lacks: "de"}, []string{"a5"}},
		{"state", kb.ManuscriptQuery{Status: kb.StatusDraft}, []string{"a1", "a2", "a4"}},
		{"state in a language", kb.ManuscriptQuery{Status: kb.StatusDraft, Locale: "en"}, []string{}},
		{"title", kb.ManuscriptQuery{Title: "ärger 100%_"}, []string{"a2"}},
		{"wildcards", kb.ManuscriptQuery{Title: "t_te"}, []string{}},
		{"title in a language", kb.ManuscriptQuery{Title: "ärger", Locale: "de"}, []string{}},
		{"ahead", kb.ManuscriptQuery{Ahead: true}, []string{"a2", "a3"}},
		{"ahead in a language", kb.ManuscriptQuery{Ahead: true, Locale: "en"}, []string{"a2"}},
		{"stale", kb.ManuscriptQuery{Stale: true}, []string{"a1", "a2", "a3", "a4"}},
		{"stale and published", kb.ManuscriptQuery{Stale: true, Status: kb.StatusPublished}, []string{"a3"}},
		{"together", kb.ManuscriptQuery{Owner: "ann", Kinds: []kb.Kind{kb.KindHowTo}, Locale: "en", Status: kb.StatusPublished, Title: "title", Product: "p1", Lacks: "de"}, []string{"a5"}},
		{"what no column holds", kb.ManuscriptQuery{Owner: "a\x00"}, []string{}},
	} {
		got, next, err := s.Manuscripts(t.Context(), kb.DeskScope{}, tt.q)
		require.NoError(t, err, tt.name)
		require.Empty(t, next, tt.name)
		require.Equal(t, tt.want, ids(got), tt.name)
		n, err := s.CountManuscripts(t.Context(), kb.DeskScope{}, tt.q, 3)
		require.NoError(t, err, tt.name)
		require.Equal(t, min(3, len(tt.want)), n, tt.name)
	}
}

func checkManuscriptScope(t testing.TB, s kb.Store) {
	staff := func(a *kb.Article) { a.Audience = profile.NewAudience("staff+eu") }
	save(t, s, article("a1"), article("a2", staff), article("a3", func(a *kb.Article) { a.Category = "c2" }),
		article("a4", staff, func(a *kb.Article) { a.Owner = "zoe" }), article("a5", func(a *kb.Article) { a.Category, a.Owner = "c2", "zoe" }))
	reads, inside := profile.Actor{ID: "zoe"}.Sight(), profile.Actor{ID: "zoe", Roles: []profile.Role{profile.RoleAgent}, Segments: []string{"eu"}}.Sight()
	for _, tt := range []struct {
		scope kb.DeskScope
		want  []string
	}{
		{kb.DeskScope{}, []string{"a1", "a2", "a3", "a4", "a5"}},
		{kb.DeskScope{Categories: []string{"c2"}, Owner: "zoe"}, []string{"a1", "a2", "a3", "a4", "a5"}},
		{kb.DeskScope{Sight: &reads, Categories: []string{"c1"}}, []string{"a1"}},
		{kb.DeskScope{Sight: &reads, Categories: []string{"c1"}, Owner: "zoe"}, []string{"a1", "a4", "a5"}},
		{kb.DeskScope{Sight: &inside, Categories: []string{"c1"}, Owner: "nobody"}, []string{"a1", "a2", "a4"}},
		{kb.DeskScope{Sight: &inside, Owner: "zoe"}, []string{"a4", "a5"}},
		{kb.DeskScope{Sight: &inside}, []string{}},
	} {
		got, _, err := s.Manuscripts(t.Context(), tt.scope, kb.ManuscriptQuery{Owner: "", Locale: "en"})
		require.NoError(t, err)
		require.Equal(t, tt.want, ids(got), "%+v", tt.scope)
		n, err := s.CountManuscripts(t.Context(), tt.scope, kb.ManuscriptQuery{}, 100)
		require.NoError(t, err)
		require.Equal(t, len(tt.want), n, "%+v", tt.scope)
	}
	got, _, err := s.Manuscripts(t.Context(), kb.DeskScope{Sight: &reads, Categories: []string{"c1"}, Owner: "zoe"}, kb.ManuscriptQuery{Owner: "ann"})
	require.NoError(t, err)
	require.Equal(t, []string{"a1"}, ids(got), "what is asked for narrows what is one's own as well")
}

func checkManuscriptPages(t testing.TB, s kb.Store) {
	titles := []string{"beta", "Alpha", "ärger", "Zeta", "alpha", "", "beta"}
	for i, id := range []string{"a1", "B1", "a2", "b2", "Z9", "ä1", "a3"} {
		save(t, s, article(id, func(a *kb.Article) {
			a.UpdatedAt = t0.Add(time.Duration(i/3) * time.Microsecond)
			a.Translations[1].Title, a.Translations[0].Title = titles[i], fmt.Sprint("zz ", i)
		}))
	}
	for order, want := range map[kb.ManuscriptOrder][]string{
		kb.ManuscriptsChanged: {"a3", "Z9", "b2", "ä1", "B1", "a1", "a2"},
		kb.ManuscriptsOldest:  {"B1", "a1", "a2", "Z9", "b2", "ä1", "a3"},
		kb.ManuscriptsTitle:   {"ä1", "B1", "Z9", "a1", "a3", "b2", "a2"},
	} {
		for _, limit := range []int{1, 2, 3, 50} {
			got, q := []string{}, kb.ManuscriptQuery{Order: order, Limit: limit}
			for range 20 {
				page, next, err := s.Manuscripts(t.Context(), kb.DeskScope{}, q)
				require.NoError(t, err)
				require.LessOrEqual(t, len(page), limit)
				got = append(got, ids(page)...)
				if q.After = next; next == "" {
					break
				}
			}
			require.Equal(t, want, got, "order %q, limit %d", order, limit)
		}
	}
}

func checkManuscriptTokens(t testing.TB, s kb.Store) {
	for _, order := range kb.ManuscriptOrders() {
		for _, token := range []string{"?", "not a token", "bm9wZQ", "AAAA"} {
			_, _, err := s.Manuscripts(t.Context(), kb.DeskScope{}, kb.ManuscriptQuery{Order: order, After: token})
			require.ErrorIs(t, err, kb.ErrInvalid, "order %q, token %q", order, token)
		}
	}
}
