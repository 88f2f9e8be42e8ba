package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestOnceStore runs the contract of [profile.OnceStore] as subtests. open must
// return an empty store each time it is called.
func TestOnceStore(t *testing.T, open func(t *testing.T) profile.OnceStore) {
	suitetest.Run(t, onceContract(), open)
}

func onceContract() []suitetest.Promise[profile.OnceStore] {
	return []suitetest.Promise[profile.OnceStore]{
		{"Once", "Once succeeds once for each key until the key has ended", checkOnce},
		{"OnceRace", "of concurrent calls with one key exactly one succeeds", checkOnceRace},
		{"OnceEndedRace", "of concurrent calls with a key that has ended exactly one succeeds", checkOnceEndedRace},
		{"OnceAgain", "Again frees the one key", checkOnceAgain},
		{"OnceText", "a NUL or what is not UTF-8 is ErrInvalid", checkOnceText},
		{"OnceCancelled", "a cancelled context stops a call, which returns its error", checkOnceCancelled},
	}
}

func checkOnce(t *testing.T, s profile.OnceStore) {
	end := t0.Add(time.Minute)
	require.NoError(t, s.Once(t.Context(), "key", t0, end.In(somewhere())))
	require.ErrorIs(t, s.Once(t.Context(), "key", t0, end.Add(time.Hour)), profile.ErrConflict)
	require.ErrorIs(t, s.Once(t.Context(), "key", end.Add(-time.Microsecond), end.Add(time.Hour)), profile.ErrConflict)
	for _, other := range []string{"Key", "key ", "ke"} {
		require.NoError(t, s.Once(t.Context(), other, t0, end))
	}
	require.ErrorIs(t, s.Once(t.Context(), "key", t0, end), profile.ErrConflict, "the others changed nothing")
	require.NoError(t, s.Once(t.Context(), "key", end, end.Add(time.Minute)))
	require.ErrorIs(t, s.Once(t.Context(), "key", end, end.Add(time.Minute)), profile.ErrConflict)
}

func checkOnceRace(t *testing.T, s profile.OnceStore) {
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.Once(t.Context(), "key", t0, t0.Add(time.Minute)) })
}

func checkOnceEndedRace(t *testing.T, s profile.OnceStore) {
	require.NoError(t, s.Once(t.Context(), "key", t0, t0.Add(time.Minute)))
	later := t0.Add(time.Hour)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.Once(t.Context(), "key", later, later.Add(time.Minute)) })
}

func checkOnceAgain(t *testing.T, s profile.OnceStore) {
	end := t0.Add(time.Minute)
	require.NoError(t, s.Again(t.Context(), "key"))
	require.NoError(t, s.Once(t.Context(), "key", t0, end))
	require.NoError(t, s.Once(t.Context(), "other", t0, end))
	require.NoError(t, s.Again(t.Context(), "key"))
	require.NoError(t, s.Once(t.Context(), "key", t0, end))
	require.ErrorIs(t, s.Once(t.Context(), "other", t0, end), profile.ErrConflict)
}

func checkOnceText(t *testing.T, s profile.OnceStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		require.ErrorIs(t, s.Once(t.Context(), bad, t0, t0.Add(time.Minute)), profile.ErrInvalid)
	}
}

func checkOnceCancelled(t *testing.T, s profile.OnceStore) {
	require.NoError(t, s.Once(t.Context(), "key", t0, t0.Add(time.Minute)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Once(ctx, "other", t0, t0.Add(time.Minute)), context.Canceled)
	require.ErrorIs(t, s.Again(ctx, "key"), context.Canceled)
	require.ErrorIs(t, s.Once(t.Context(), "key", t0, t0.Add(time.Minute)), profile.ErrConflict)
	require.NoError(t, s.Once(t.Context(), "other", t0, t0.Add(time.Minute)))
}
