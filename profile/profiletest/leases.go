package profiletest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestLeaseStore runs the contract of [profile.LeaseStore] as subtests. open must
// return an empty store each time it is called.
func TestLeaseStore(t *testing.T, open func(t *testing.T) profile.LeaseStore) {
	suitetest.Run(t, []suitetest.Promise[profile.LeaseStore]{
		{"Taken", "what somebody has is ErrConflict for others until its time, and nobody's from then on", checkLeaseTaken},
		{"Mine", "whoever has something may have it for longer", checkLeaseMine},
		{"End", "EndLease takes it from its holder, and from nobody else", checkLeaseEnd},
		{"Names", "what has one name says nothing of what has another", checkLeaseNames},
		{"Race", "of many who want something at once exactly one gets it", checkLeaseRace},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid", checkLeaseText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkLeaseCancelled},
	}, open)
}

func checkLeaseTaken(t *testing.T, s profile.LeaseStore) {
	until := t0.Add(time.Minute)
	require.NoError(t, s.Lease(t.Context(), "n", "a", t0, until))
	require.ErrorIs(t, s.Lease(t.Context(), "n", "b", until.Add(-time.Microsecond), until.Add(time.Hour)), profile.ErrConflict)
	require.NoError(t, s.Lease(t.Context(), "n", "b", until, until.Add(time.Hour)), "who had it is gone")
	require.ErrorIs(t, s.Lease(t.Context(), "n", "a", until, until.Add(time.Hour)), profile.ErrConflict)
}

func checkLeaseMine(t *testing.T, s profile.LeaseStore) {
	require.NoError(t, s.Lease(t.Context(), "n", "a", t0, t0.Add(time.Minute)))
	require.NoError(t, s.Lease(t.Context(), "n", "a", t0, t0.Add(time.Hour)))
	require.ErrorIs(t, s.Lease(t.Context(), "n", "b", t0.Add(30*time.Minute), t0.Add(time.Hour)), profile.ErrConflict)
}

func checkLeaseEnd(t *testing.T, s profile.LeaseStore) {
	require.NoError(t, s.EndLease(t.Context(), "n", "a"), "nobody has it")
	require.NoError(t, s.Lease(t.Context(), "n", "a", t0, t0.Add(time.Minute)))
	require.NoError(t, s.EndLease(t.Context(), "n", "b"))
	require.ErrorIs(t, s.Lease(t.Context(), "n", "b", t0, t0.Add(time.Minute)), profile.ErrConflict)
	require.NoError(t, s.EndLease(t.Context(), "n", "a"))
	require.NoError(t, s.Lease(t.Context(), "n", "b", t0, t0.Add(time.Minute)))
}

func checkLeaseNames(t *testing.T, s profile.LeaseStore) {
	for _, name := range []string{"n", "N", "n ", "n%"} {
		require.NoError(t, s.Lease(t.Context(), name, "h-"+name, t0, t0.Add(time.Minute)), name)
	}
	require.NoError(t, s.EndLease(t.Context(), "N", "h-N"))
	require.ErrorIs(t, s.Lease(t.Context(), "n", "b", t0, t0.Add(time.Minute)), profile.ErrConflict)
}

func checkLeaseRace(t *testing.T, s profile.LeaseStore) {
	// The first time there is nothing yet, the second what somebody left.
	for round := range 2 {
		now := t0.Add(time.Duration(round) * time.Hour)
		var got atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				err := s.Lease(t.Context(), "n", string(rune('a'+8*round+i)), now, now.Add(time.Minute))
				if err == nil {
					got.Add(1)
				} else {
					require.ErrorIs(t, err, profile.ErrConflict)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, got.Load())
	}
}

func checkLeaseText(t *testing.T, s profile.LeaseStore) {
	for _, bad := range []string{"\x00", "\xff"} {
		require.ErrorIs(t, s.Lease(t.Context(), "n"+bad, "a", t0, t0.Add(time.Minute)), profile.ErrInvalid)
		require.ErrorIs(t, s.Lease(t.Context(), "n", "a"+bad, t0, t0.Add(time.Minute)), profile.ErrInvalid)
	}
	require.NoError(t, s.Lease(t.Context(), "n", "b", t0, t0.Add(time.Minute)))
}

func checkLeaseCancelled(t *testing.T, s profile.LeaseStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Lease(ctx, "n", "a", t0, t0.Add(time.Minute)), context.Canceled)
	require.NoError(t, s.Lease(t.Context(), "n", "b", t0, t0.Add(time.Minute)))
	require.ErrorIs(t, s.EndLease(ctx, "n", "b"), context.Canceled)
	require.ErrorIs(t, s.Lease(t.Context(), "n", "c", t0, t0.Add(time.Minute)), profile.ErrConflict)
}
