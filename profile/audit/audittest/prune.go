package audittest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// days appends an entry for each day, with the actors given.
func days(t *testing.T, s audit.Store, actors ...string) {
	t.Helper()
	for i, actor := range actors {
		add(t, s, func(e *audit.Entry) {
			e.At, e.Actor, e.Behalf, e.Person = t0.AddDate(0, 0, i), actor, "", ""
		})
	}
}

func prune(t *testing.T, s audit.Store, before time.Time, hold []string, limit int) int {
	t.Helper()
	n, err := s.Prune(t.Context(), before, hold, limit)
	require.NoError(t, err)
	return n
}

func checkPrune(t *testing.T, s audit.Store) {
	days(t, s, "p-1", "p-1", "p-1", "p-1", "p-1")
	at := t0.AddDate(0, 0, 3)
	require.Equal(t, 2, prune(t, s, at, nil, 2))
	base, head, err := s.Ends(t.Context())
	require.NoError(t, err)
	require.Equal(t, audit.Mark{Seq: 2, Hash: "2<1<"}, base)
	require.Equal(t, int64(5), head.Seq)
	require.Equal(t, 1, prune(t, s, at, nil, 10), "what is exactly as old stays")
	require.Zero(t, prune(t, s, at, nil, 10))
	require.Equal(t, []int64{5, 4}, seqs(all(t, s, audit.Filter{})))
	require.Equal(t, int64(6), add(t, s).Seq)
	require.Equal(t, 3, prune(t, s, t0.AddDate(1, 0, 0), nil, 10))
	require.Equal(t, int64(7), add(t, s).Seq, "a number is not given twice")
}

func checkPruneLate(t *testing.T, s audit.Store) {
	for _, day := range []int{0, 9, 1} {
		add(t, s, func(e *audit.Entry) { e.At = t0.AddDate(0, 0, day) })
	}
	require.Equal(t, 1, prune(t, s, t0.AddDate(0, 0, 5), nil, 10))
	require.Equal(t, []int64{3, 2}, seqs(all(t, s, audit.Filter{})))
}

func checkPruneHold(t *testing.T, s audit.Store) {
	for _, change := range []func(*audit.Entry){
		func(e *audit.Entry) { e.Actor = "p-x" },
		func(e *audit.Entry) { e.Person = "p-held" },
		func(e *audit.Entry) { e.Actor = "p-held-not" },
	} {
		add(t, s, change)
	}
	old := t0.AddDate(1, 0, 0)
	require.Equal(t, 1, prune(t, s, old, []string{"p-held"}, 10))
	require.Zero(t, prune(t, s, old, []string{"p-other", "p-held"}, 10))
	require.Equal(t, 2, prune(t, s, old, []string{"p-other"}, 10))
}

func checkPruneNames(t *testing.T, s audit.Store) {
	for _, token := range []string{"p-1", "p-2", "p-3", "p-unused"} {
		require.NoError(t, s.Name(t.Context(), token, "of "+token))
	}
	days(t, s, "p-1", "p-2", "p-3")
	add(t, s, func(e *audit.Entry) { e.At, e.Actor, e.Behalf, e.Person = t0.AddDate(0, 0, 9), "", "", "p-2" })
	require.Equal(t, 2, prune(t, s, t0.AddDate(0, 0, 2), nil, 10))
	known, err := s.Persons(t.Context(), []string{"p-1", "p-2", "p-3", "p-unused"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"p-2": "of p-2", "p-3": "of p-3", "p-unused": "of p-unused"}, known)
}

func checkNames(t *testing.T, s audit.Store) {
	none, err := s.Tokens(t.Context(), "ann")
	require.NoError(t, err)
	require.Empty(t, none)
	for _, one := range [][2]string{{"p-b", "ann"}, {"p-a", "ann"}, {"p-c", "ann2"}} {
		require.NoError(t, s.Name(t.Context(), one[0], one[1]))
	}
	require.ErrorIs(t, s.Name(t.Context(), "p-c", "eve"), profile.ErrConflict)
	known, err := s.Tokens(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"p-a", "p-b"}, known)
	people, err := s.Persons(t.Context(), []string{"p-a", "p-c", "p-c", "p-z", ""})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"p-a": "ann", "p-c": "ann2"}, people)
	people, err = s.Persons(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, people)
}

func checkRename(t *testing.T, s audit.Store) {
	for _, one := range [][2]string{{"p-a", "ann"}, {"p-b", "ann"}, {"p-c", "ann2"}} {
		require.NoError(t, s.Name(t.Context(), one[0], one[1]))
	}
	e := add(t, s, func(e *audit.Entry) { e.Actor = "p-a" })
	n, err := s.Rename(t.Context(), "ann", "gone-1")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	people, err := s.Persons(t.Context(), []string{"p-a", "p-b", "p-c"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"p-a": "gone-1", "p-b": "gone-1", "p-c": "ann2"}, people)
	for _, want := range []int{1, 0} {
		n, err = s.Rename(t.Context(), "ann2", "")
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	people, err = s.Persons(t.Context(), []string{"p-c"})
	require.NoError(t, err)
	require.Empty(t, people)
	require.Equal(t, []audit.Entry{e}, all(t, s, audit.Filter{}), "entries do not change")
	require.NoError(t, s.Name(t.Context(), "p-c", "somebody else"))
}
