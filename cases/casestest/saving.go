package casestest

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

func checkRoundTrip(t *testing.T, s cases.Store) {
	want := full("c1")
	want.Last = 1
	e := NewEntry("c1", 1, func(e *cases.Entry) {
		e.BehalfOf, e.Internal, e.Files, e.Changes = "bob", true, []string{"f1", "f2"}, []cases.Change{{Field: "status", From: "a", To: "b"}}
	})
	given, at := want, e
	given.CreatedAt, given.TouchedAt, at.At = suitetest.Elsewhere(t0), suitetest.Elsewhere(want.TouchedAt), suitetest.Elsewhere(e.At)
	given.People = []cases.Participant{want.People[0], want.People[1]}
	given.People[0].Added = suitetest.Elsewhere(t0)
	save(t, s, []cases.Case{given}, at)
	require.Equal(t, want, read(t, s, "c1"))
	page, _, err := s.Cases(t.Context(), cases.Query{})
	require.NoError(t, err)
	require.Equal(t, []cases.Case{want}, page)
	got, err := s.Entry(t.Context(), "c1-1")
	require.NoError(t, err)
	require.Equal(t, e, got)
	all, err := s.Entries(t.Context(), "c1", true, 0, 10)
	require.NoError(t, err)
	require.Equal(t, []cases.Entry{e}, all)
	save(t, s, []cases.Case{NewCase("plain", func(c *cases.Case) { c.Fields, c.Tags = map[string][]string{}, []string{} })})
	require.Equal(t, NewCase("plain"), read(t, s, "plain"), "what is empty is nil")
	next := NewCase("c1", func(c *cases.Case) { c.Version, c.Last, c.Reference = 2, 1, "ref-new" })
	save(t, s, []cases.Case{next})
	require.Equal(t, next, read(t, s, "c1"), "nothing is left of the former version")
}

func checkVersions(t *testing.T, s cases.Store) {
	version := func(n int) []cases.Case {
		return []cases.Case{NewCase("c1", func(c *cases.Case) { c.Version, c.Subject = n, strconv.Itoa(n) })}
	}
	ctx := t.Context()
	_, err := s.Case(ctx, "c1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	require.ErrorIs(t, s.Save(ctx, version(2), nil), cases.ErrNotFound)
	save(t, s, version(1))
	require.ErrorIs(t, s.Save(ctx, version(1), nil), cases.ErrConflict)
	require.ErrorIs(t, s.Save(ctx, version(3), nil), cases.ErrConflict)
	save(t, s, version(2))
	for _, n := range []int{0, 1, 2, 4} {
		require.ErrorIs(t, s.Save(ctx, version(n), nil), cases.ErrConflict, n)
	}
	require.Equal(t, "2", read(t, s, "c1").Subject)
}

func checkReference(t *testing.T, s cases.Store) {
	ctx := t.Context()
	save(t, s, []cases.Case{NewCase("c1"), NewCase("c2")})
	id, err := s.Reference(ctx, "ref-c2")
	require.NoError(t, err)
	require.Equal(t, "c2", id)
	_, err = s.Reference(ctx, "REF-C2")
	require.ErrorIs(t, err, cases.ErrNotFound)
	taken := NewCase("c3", func(c *cases.Case) { c.Reference = "ref-c1" })
	require.ErrorIs(t, s.Save(ctx, []cases.Case{taken}, nil), cases.ErrConflict)
	taken = NewCase("c2", func(c *cases.Case) { c.Reference, c.Version = "ref-c1", 2 })
	require.ErrorIs(t, s.Save(ctx, []cases.Case{taken}, nil), cases.ErrConflict)
	same := func(id string) cases.Case { return NewCase(id, func(c *cases.Case) { c.Reference = "same" }) }
	require.ErrorIs(t, s.Save(ctx, []cases.Case{same("c4"), same("c5")}, nil), cases.ErrConflict)
	_, err = s.Reference(ctx, "same")
	require.ErrorIs(t, err, cases.ErrNotFound)
}

func checkBatch(t *testing.T, s cases.Store) {
	ctx := t.Context()
	save(t, s, []cases.Case{NewCase("c1", last(1)), NewCase("c2")}, NewEntry("c1", 1))
	next := func(id string, version, n int) cases.Case {
		return NewCase(id, last(n), func(c *cases.Case) { c.Version, c.Subject = version, "changed" })
	}
	require.ErrorIs(t, s.Save(ctx, []cases.Case{next("c1", 2, 2), next("c2", 3, 0)}, []cases.Entry{NewEntry("c1", 2)}), cases.ErrConflict)
	require.ErrorIs(t, s.Save(ctx, []cases.Case{next("c1", 2, 2), next("c9", 2, 0)}, []cases.Entry{NewEntry("c1", 2)}), cases.ErrNotFound)
	require.ErrorIs(t, s.Save(ctx, []cases.Case{next("c2", 2, 1), NewCase("c3", last(1))}, []cases.Entry{
		NewEntry("c2", 1), NewEntry("c3", 1, func(e *cases.Entry) { e.ID = "c1-1" }),
	}), cases.ErrConflict)
	require.Equal(t, NewCase("c1", last(1)), read(t, s, "c1"))
	require.Equal(t, NewCase("c2"), read(t, s, "c2"))
	_, err := s.Case(ctx, "c3")
	require.ErrorIs(t, err, cases.ErrNotFound)
	for _, id := range []string{"c1-2", "c2-1"} {
		_, err := s.Entry(ctx, id)
		require.ErrorIs(t, err, cases.ErrNotFound)
	}
	save(t, s, []cases.Case{next("c2", 2, 1), next("c1", 2, 2), NewCase("c3", last(2))}, NewEntry("c3", 1), NewEntry("c1", 2), NewEntry("c3", 2), NewEntry("c2", 1))
	require.Equal(t, []int{1, 2}, numbers(t, s, "c1", true, 0, 10))
	require.Equal(t, []int{1}, numbers(t, s, "c2", true, 0, 10))
	require.Equal(t, []int{1, 2}, numbers(t, s, "c3", true, 0, 10))
	save(t, s, nil)
}

func checkImpossible(t *testing.T, s cases.Store) {
	ctx := t.Context()
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c1"), NewCase("c1")}, nil), cases.ErrInvalid)
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c1")}, []cases.Entry{NewEntry("c2", 1)}), cases.ErrInvalid)
	compound := NewCase("c1", func(c *cases.Case) { c.Audience = profile.NewAudience("partner+region-eu") })
	require.ErrorIs(t, s.Save(ctx, []cases.Case{compound}, nil), cases.ErrInvalid)
	none := NewCase("c1", func(c *cases.Case) { c.Priority = "soon" })
	require.ErrorIs(t, s.Save(ctx, []cases.Case{none}, nil), cases.ErrInvalid)
	require.Empty(t, list(t, s, cases.Query{}))
}

// last gives a case its number of entries.
func last(n int) func(*cases.Case) { return func(c *cases.Case) { c.Last = n } }

// numbers returns those of some entries.
func numbers(t testing.TB, s cases.Store, of string, internal bool, after, limit int) []int {
	t.Helper()
	entries, err := s.Entries(t.Context(), of, internal, after, limit)
	require.NoError(t, err)
	out := []int{}
	for _, e := range entries {
		require.Equal(t, of, e.Case)
		out = append(out, e.Number)
	}
	return out
}

func checkEntries(t *testing.T, s cases.Store) {
	var entries []cases.Entry
	for n := range 12 {
		entries = append(entries, NewEntry("c1", n+1, func(e *cases.Entry) { e.Internal = n%3 == 1 }))
	}
	save(t, s, []cases.Case{NewCase("c1", last(12)), NewCase("c2", last(1))}, append(entries, NewEntry("c2", 1))...)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, numbers(t, s, "c1", true, 0, 50))
	require.Equal(t, []int{1, 3, 4, 6, 7, 9, 10, 12}, numbers(t, s, "c1", false, 0, 50))
	require.Equal(t, []int{3, 4, 6}, numbers(t, s, "c1", false, 1, 3))
	require.Equal(t, []int{9, 10}, numbers(t, s, "c1", true, 8, 2))
	require.Empty(t, numbers(t, s, "c1", true, 12, 5))
	require.Empty(t, numbers(t, s, "none", true, 0, 5))
	_, err := s.Entry(t.Context(), "none")
	require.ErrorIs(t, err, cases.ErrNotFound)
}

func checkGapless(t *testing.T, s cases.Store) {
	ctx := t.Context()
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c1", last(2))}, []cases.Entry{NewEntry("c1", 2)}), cases.ErrConflict)
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c1", last(1))}, nil), cases.ErrConflict)
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c1")}, []cases.Entry{NewEntry("c1", 1)}), cases.ErrConflict)
	save(t, s, []cases.Case{NewCase("c1", last(1))}, NewEntry("c1", 1))
	next := func(n int) []cases.Case {
		return []cases.Case{NewCase("c1", last(n), func(c *cases.Case) { c.Version = 2 })}
	}
	two, three := NewEntry("c1", 2), NewEntry("c1", 3)
	require.ErrorIs(t, s.Save(ctx, next(3), []cases.Entry{three}), cases.ErrConflict, "a gap")
	require.ErrorIs(t, s.Save(ctx, next(1), nil), nil)
	again := func(n int, entries ...cases.Entry) error {
		return s.Save(ctx, []cases.Case{NewCase("c1", last(n), func(c *cases.Case) { c.Version = 3 })}, entries)
	}
	require.ErrorIs(t, again(0), cases.ErrConflict, "one less")
	require.ErrorIs(t, again(2), cases.ErrConflict, "one that is missing")
	require.ErrorIs(t, again(3, three, two), cases.ErrConflict, "in another order")
	require.ErrorIs(t, again(2, NewEntry("c1", 2, func(e *cases.Entry) { e.ID = "c1-1" })), cases.ErrConflict, "an ID that is taken")
	require.ErrorIs(t, again(3, two, NewEntry("c1", 3, func(e *cases.Entry) { e.ID = two.ID })), cases.ErrConflict, "an ID twice")
	require.NoError(t, again(3, two, three))
	require.Equal(t, []int{1, 2, 3}, numbers(t, s, "c1", true, 0, 9))
}

func checkRace(t *testing.T, s cases.Store) {
	suitetest.Race(t, cases.ErrConflict, func(i int) error {
		return s.Save(t.Context(), []cases.Case{NewCase("c1", func(c *cases.Case) { c.Reference = strconv.Itoa(i) })}, nil)
	})
	suitetest.Race(t, cases.ErrConflict, func(i int) error {
		return s.Save(t.Context(), []cases.Case{NewCase("d"+strconv.Itoa(i), func(c *cases.Case) { c.Reference = "same" })}, nil)
	})
	won := suitetest.Race(t, cases.ErrConflict, func(i int) error {
		next := NewCase("c1", last(1), func(c *cases.Case) { c.Version, c.Subject = 2, strconv.Itoa(i) })
		return s.Save(t.Context(), []cases.Case{next}, []cases.Entry{NewEntry("c1", 1, func(e *cases.Entry) { e.ID = strconv.Itoa(i) })})
	})
	require.Equal(t, strconv.Itoa(won), read(t, s, "c1").Subject)
	require.Equal(t, []int{1}, numbers(t, s, "c1", true, 0, 9))
}

func checkNothingLost(t *testing.T, s cases.Store) {
	const people, rounds = 4, 5
	save(t, s, []cases.Case{NewCase("c1"), NewCase("c2")})
	faults := make([]error, people)
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			for n := range rounds {
				ids := []string{"c1", "c2"}
				if i%2 == 1 {
					ids = []string{"c2", "c1"}
				}
				faults[i] = errors.Join(faults[i], AddEntries(t.Context(), s, strconv.Itoa(i)+"-"+strconv.Itoa(n), ids...))
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(faults...))
	for _, id := range []string{"c1", "c2"} {
		c, seen := read(t, s, id), map[string]bool{}
		require.Equal(t, []int{people * rounds, people*rounds + 1}, []int{c.Last, c.Version})
		entries, err := s.Entries(t.Context(), id, true, 0, 100)
		require.NoError(t, err)
		for n, e := range entries {
			require.Equal(t, n+1, e.Number)
			seen[e.ID] = true
		}
		require.Len(t, seen, people*rounds, "none is lost or there twice")
	}
}

// AddEntries adds an entry to each of some cases at once, whose ID begins with
// that of the case, and tries again for as long as others are faster.
func AddEntries(ctx context.Context, s cases.Store, name string, ids ...string) error {
	for {
		var list []cases.Case
		var entries []cases.Entry
		for _, id := range ids {
			c, err := s.Case(ctx, id)
			if err != nil {
				return err
			}
			c.Version, c.Last = c.Version+1, c.Last+1
			list, entries = append(list, c), append(entries, NewEntry(id, c.Last, func(e *cases.Entry) { e.ID = id + "/" + name }))
		}
		if err := s.Save(ctx, list, entries); !errors.Is(err, cases.ErrConflict) {
			return err
		}
	}
}

func checkAliasing(t *testing.T, s cases.Store) {
	given, entry := full("c1"), NewEntry("c1", 1, func(e *cases.Entry) { e.Files, e.Changes = []string{"f"}, []cases.Change{{Field: "x"}} })
	given.Last = 1
	save(t, s, []cases.Case{given}, entry)
	spoil := func(c *cases.Case, e *cases.Entry) {
		c.People[0].Person, c.Fields["version"][0], c.Articles[0], c.Tags[0], c.Links[0].Case, c.Audience[0] = "x", "x", "x", "x", "x", "x"
		c.Fields["new"] = nil
		e.Files[0], e.Changes[0].Field = "x", "y"
	}
	spoil(&given, &entry)
	for range 2 {
		c, err := s.Case(t.Context(), "c1")
		require.NoError(t, err)
		want := full("c1")
		want.Last = 1
		require.Equal(t, want, c)
		e, err := s.Entry(t.Context(), "c1-1")
		require.NoError(t, err)
		require.Equal(t, []cases.Change{{Field: "x"}}, e.Changes)
		require.Equal(t, []string{"f"}, e.Files)
		page, _, err := s.Cases(t.Context(), cases.Query{})
		require.NoError(t, err)
		entries, err := s.Entries(t.Context(), "c1", true, 0, 1)
		require.NoError(t, err)
		require.Equal(t, "f", entries[0].Files[0])
		spoil(&c, &e)
		spoil(&page[0], &entries[0])
	}
}

func checkBadTimes(t *testing.T, s cases.Store) {
	for _, year := range []int{-1, 0, 10000, 292000} {
		at := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		require.ErrorIs(t, s.Save(t.Context(), []cases.Case{NewCase("c1", func(c *cases.Case) { c.WaitingAt = at })}, nil), cases.ErrInvalid)
		require.ErrorIs(t, s.Save(t.Context(), []cases.Case{NewCase("c1", last(1))}, []cases.Entry{NewEntry("c1", 1, func(e *cases.Entry) { e.At = at })}), cases.ErrInvalid)
	}
	require.Empty(t, list(t, s, cases.Query{}))
}
