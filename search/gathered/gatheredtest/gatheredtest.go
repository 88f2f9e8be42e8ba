// Package gatheredtest is the contract of stores of what was gathered.
package gatheredtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
)

// TestStore runs the contract of [gathered.Store]. open must return an empty
// store each time it is called.
func TestStore(t *testing.T, open func(*testing.T) gathered.Store) {
	suitetest.Run(t, []suitetest.Promise[gathered.Store]{
		{Name: "RoundTrip", Says: "an entry comes back as it was put", Check: checkRoundTrip},
		{Name: "Missing", Says: "a key that nothing is under is ErrNotFound", Check: checkMissing},
		{Name: "Replace", Says: "an entry takes the place of the one with its key", Check: checkReplace},
		{Name: "Forget", Says: "an entry with nothing in it takes away what was there", Check: checkForget},
		{Name: "Groups", Says: "a group has the entries whose documents are of it now, by key", Check: checkGroups},
		{Name: "Numbers", Says: "a touched group has a number above all before, and only its last one counts", Check: checkNumbers},
		{Name: "Limit", Says: "no more groups than the limit, those with the lowest numbers", Check: checkLimit},
		{Name: "Epoch", Says: "a store has a name that does not change", Check: checkEpoch},
		{Name: "Aliasing", Says: "what callers do with what they gave or got changes nothing", Check: checkAliasing},
	}, open)
}

func entry(key, group, text string) gathered.Entry {
	return gathered.Entry{Key: key, Note: "note of " + key, Document: search.Document{
		ID: "page/" + key, Group: group, Kind: "page", Locale: "en", Title: "O'Brien ? $1 %_", Body: text, Path: "https://example.com/" + key,
		Keywords: []string{"one"}, Facets: map[string][]string{"site": {"a"}}, Audience: profile.Public(),
		UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	}}
}

func put(t *testing.T, s gathered.Store, e gathered.Entry, groups ...string) {
	t.Helper()
	require.NoError(t, s.Put(t.Context(), e, groups...))
}

func touched(t *testing.T, s gathered.Store, above int64, limit int) (groups []string, numbers []int64, last int64) {
	t.Helper()
	list, last, err := s.Touched(t.Context(), above, limit)
	require.NoError(t, err)
	for _, one := range list {
		groups, numbers = append(groups, one.Group), append(numbers, one.Number)
	}
	return groups, numbers, last
}

func checkRoundTrip(t *testing.T, s gathered.Store) {
	want := entry("a b?c=ü\n", "g", "text\twith\nlines 😀 مرحبا")
	put(t, s, want, "g")
	got, err := s.Entry(t.Context(), want.Key)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func checkMissing(t *testing.T, s gathered.Store) {
	put(t, s, entry("a", "g", "x"), "g")
	_, err := s.Entry(t.Context(), "b")
	require.ErrorIs(t, err, gathered.ErrNotFound)
	list, err := s.Group(t.Context(), "other")
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkReplace(t *testing.T, s gathered.Store) {
	put(t, s, entry("a", "g", "first"), "g")
	put(t, s, entry("b", "g", "other"), "g")
	again := entry("a", "g", "second")
	again.Note = "newer"
	put(t, s, again)
	got, err := s.Entry(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, again, got)
	notes, err := s.Notes(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "newer", "b": "note of b"}, notes)
}

func checkForget(t *testing.T, s gathered.Store) {
	put(t, s, entry("a", "g", "x"), "g")
	put(t, s, gathered.Entry{Key: "a", Note: "gone"}, "g")
	got, err := s.Entry(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "gone", ""}, []string{got.Key, got.Note, got.Document.ID})
	list, err := s.Group(t.Context(), "g")
	require.NoError(t, err)
	require.Empty(t, list)
	put(t, s, gathered.Entry{Key: "a"})
	put(t, s, gathered.Entry{Key: "never"})
	_, err = s.Entry(t.Context(), "a")
	require.ErrorIs(t, err, gathered.ErrNotFound)
	notes, err := s.Notes(t.Context())
	require.NoError(t, err)
	require.Empty(t, notes)
	groups, _, _ := touched(t, s, 0, 10)
	require.Equal(t, []string{"g"}, groups, "that it is gone is told")
}

func checkGroups(t *testing.T, s gathered.Store) {
	put(t, s, entry("b", "g", "x"), "g")
	put(t, s, entry("a", "g", "y"), "g")
	put(t, s, entry("c", "h", "z"), "h")
	put(t, s, entry("b", "h", "x"), "g", "h")
	for group, want := range map[string][]gathered.Entry{"g": {entry("a", "g", "y")}, "h": {entry("b", "h", "x"), entry("c", "h", "z")}} {
		got, err := s.Group(t.Context(), group)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func checkNumbers(t *testing.T, s gathered.Store) {
	_, _, none := touched(t, s, 0, 10)
	require.Zero(t, none)
	put(t, s, entry("a", "g", "x"), "g")
	put(t, s, entry("b", "h", "x"), "h")
	_, _, before := touched(t, s, 0, 10)
	put(t, s, entry("c", "h", "x"))
	put(t, s, entry("a", "i", "x"), "g", "i")
	groups, numbers, last := touched(t, s, 0, 10)
	require.Equal(t, []string{"h", "g", "i"}, groups)
	require.IsIncreasing(t, numbers)
	require.Equal(t, numbers[2], last)
	groups, _, _ = touched(t, s, before, 10)
	require.Equal(t, []string{"g", "i"}, groups)
	groups, _, again := touched(t, s, last, 10)
	require.Empty(t, groups)
	require.Equal(t, last, again)
}

func checkLimit(t *testing.T, s gathered.Store) {
	for _, g := range []string{"c", "a", "d", "b"} {
		put(t, s, entry(g, g, "x"), g)
	}
	first, numbers, last := touched(t, s, 0, 3)
	require.Equal(t, []string{"c", "a", "d"}, first)
	require.Greater(t, last, numbers[2])
	rest, _, _ := touched(t, s, numbers[2], 3)
	require.Equal(t, []string{"b"}, rest)
}

func checkEpoch(t *testing.T, s gathered.Store) {
	before, err := s.Epoch(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, before)
	put(t, s, entry("a", "g", "x"), "g")
	after, err := s.Epoch(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func checkAliasing(t *testing.T, s gathered.Store) {
	e := entry("a", "g", "x")
	put(t, s, e, "g")
	e.Document.Keywords[0], e.Document.Facets["site"][0] = "changed", "changed"
	got, err := s.Entry(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, entry("a", "g", "x"), got)
	got.Document.Facets["site"][0] = "changed"
	list, err := s.Group(t.Context(), "g")
	require.NoError(t, err)
	require.Equal(t, []gathered.Entry{entry("a", "g", "x")}, list)
}
