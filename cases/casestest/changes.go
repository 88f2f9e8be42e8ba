package casestest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/search"
)

// follow reads changes until there are none.
func follow(t testing.TB, s cases.Store, after string, limit int) (ids []string, cursor string) {
	t.Helper()
	for range 100 {
		page, next, err := s.Changes(t.Context(), after, limit)
		require.NoError(t, err)
		ids = append(ids, page...)
		if len(page) == 0 && next == after {
			return ids, next
		}
		after = next
	}
	t.Fatal("changes do not end")
	return nil, ""
}

func checkChanges(t *testing.T, s cases.Store) {
	got, cursor := follow(t, s, "", 10)
	require.Empty(t, got)
	for n := range 4 {
		save(t, s, []cases.Case{NewCase(fmt.Sprint("c", n), last(1))}, NewEntry(fmt.Sprint("c", n), 1))
	}
	got, cursor = follow(t, s, cursor, 2)
	require.ElementsMatch(t, []string{"c0", "c1", "c2", "c3"}, got)
	fresh, _ := follow(t, s, "", 2)
	require.Subset(t, fresh, []string{"c0", "c1", "c2", "c3"}, "a new reader sees everything")
	require.ErrorIs(t, s.Save(t.Context(), []cases.Case{NewCase("c0"), NewCase("new")}, nil), cases.ErrConflict)
	got, cursor = follow(t, s, cursor, 10)
	require.Empty(t, got, "nothing changed")
	next := func(id string) cases.Case {
		return NewCase(id, last(2), func(c *cases.Case) { c.Version = 2 })
	}
	save(t, s, []cases.Case{next("c3")}, NewEntry("c3", 2))
	save(t, s, []cases.Case{next("c2"), next("c0")}, NewEntry("c0", 2), NewEntry("c2", 2))
	got, cursor = follow(t, s, cursor, 10)
	require.Equal(t, "c3", got[0])
	require.ElementsMatch(t, []string{"c3", "c2", "c0"}, got)
	_, err := s.Purge(t.Context(), map[string]int{"c1": 1})
	require.NoError(t, err)
	got, cursor = follow(t, s, cursor, 10)
	require.Equal(t, []string{"c1"}, got, "what is gone changed too")
	_, err = s.Forget(t.Context(), "ann", "gone-1")
	require.NoError(t, err)
	got, _ = follow(t, s, cursor, 10)
	require.ElementsMatch(t, []string{"c0", "c2", "c3"}, got)
}

func checkBadCursor(t *testing.T, s cases.Store) {
	save(t, s, []cases.Case{NewCase("c1")})
	_, _, err := s.Changes(t.Context(), "of somewhere else", 10)
	require.ErrorIs(t, err, search.ErrRebuild)
}

func checkWait(t *testing.T, s cases.Store) {
	save(t, s, []cases.Case{NewCase("c0")})
	_, cursor := follow(t, s, "", 10)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() { done <- s.WaitChanges(ctx, cursor) }()
	save(t, s, []cases.Case{NewCase("c1")})
	require.NoError(t, <-done)
	got, cursor := follow(t, s, cursor, 10)
	require.Equal(t, []string{"c1"}, got)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, s.WaitChanges(stopped, cursor), context.Canceled)
}
