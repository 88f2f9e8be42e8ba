package searchtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search"
)

// TestTrials runs the contract of [search.TrialStore] as subtests. open must
// return a new empty store each time it is called.
func TestTrials(t *testing.T, open func(*testing.T) search.TrialStore) {
	suitetest.Run(t, trialContract, open)
}

var trialContract = []suitetest.Promise[search.TrialStore]{
	{Name: "TrialRoundTrip", Says: "trials come back as they were begun, the newest first, times in UTC to the microsecond", Check: checkTrialRoundTrip},
	{Name: "TrialOne", Says: "a trial begins after the newest, and only when that has been stopped", Check: checkTrialOne},
	{Name: "TrialStop", Says: "a trial is stopped once, and no other is", Check: checkTrialStop},
	{Name: "TrialRename", Says: "whoever began a trial is replaced, and nobody else", Check: checkTrialRename},
	{Name: "TrialCancelled", Says: "a cancelled context stops every call and writes nothing", Check: checkTrialCancelled},
}

var trialStart = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func trial(number int) search.Trial {
	return search.Trial{Number: number, Kind: search.TrialTuning, Tuning: tuning(), Share: 20, By: "ann", At: trialStart}
}

func trials(t *testing.T, s search.TrialStore, limit int) []search.Trial {
	t.Helper()
	list, err := s.Trials(t.Context(), limit)
	require.NoError(t, err)
	return list
}

func checkTrialRoundTrip(t *testing.T, s search.TrialStore) {
	require.Empty(t, trials(t, s, 5))
	one := trial(1)
	one.At = elsewhere(one.At)
	require.NoError(t, s.BeginTrial(t.Context(), one))
	require.Equal(t, []search.Trial{trial(1)}, trials(t, s, 5))
	require.NoError(t, s.StopTrial(t.Context(), 1, elsewhere(trialStart.Add(time.Hour))))
	second := search.Trial{Number: 2, Kind: search.TrialPlain, Share: 100, By: "bob", At: trialStart}
	require.NoError(t, s.BeginTrial(t.Context(), second))
	list := trials(t, s, 5)
	require.Equal(t, []int{2, 1}, []int{list[0].Number, list[1].Number})
	require.True(t, list[0].Running())
	require.Equal(t, trialStart.Add(time.Hour), list[1].Stopped)
	require.Equal(t, search.TrialPlain, trials(t, s, 1)[0].Kind)
	require.Len(t, trials(t, s, 1), 1)
}

func checkTrialOne(t *testing.T, s search.TrialStore) {
	require.ErrorIs(t, s.BeginTrial(t.Context(), trial(2)), search.ErrConflict)
	require.NoError(t, s.BeginTrial(t.Context(), trial(1)))
	require.ErrorIs(t, s.BeginTrial(t.Context(), trial(1)), search.ErrConflict)
	require.ErrorIs(t, s.BeginTrial(t.Context(), trial(2)), search.ErrConflict, "one is running")
	require.NoError(t, s.StopTrial(t.Context(), 1, trialStart))
	require.ErrorIs(t, s.BeginTrial(t.Context(), trial(1)), search.ErrConflict)
	require.ErrorIs(t, s.BeginTrial(t.Context(), trial(3)), search.ErrConflict)
	require.Len(t, trials(t, s, 5), 1)
	require.NoError(t, s.BeginTrial(t.Context(), trial(2)))
}

func checkTrialStop(t *testing.T, s search.TrialStore) {
	require.ErrorIs(t, s.StopTrial(t.Context(), 1, trialStart), search.ErrConflict)
	require.NoError(t, s.BeginTrial(t.Context(), trial(1)))
	require.ErrorIs(t, s.StopTrial(t.Context(), 2, trialStart), search.ErrConflict)
	require.NoError(t, s.StopTrial(t.Context(), 1, trialStart))
	require.ErrorIs(t, s.StopTrial(t.Context(), 1, trialStart.Add(time.Hour)), search.ErrConflict)
	require.Equal(t, trialStart, trials(t, s, 1)[0].Stopped)
}

func checkTrialRename(t *testing.T, s search.TrialStore) {
	require.NoError(t, s.BeginTrial(t.Context(), trial(1)))
	require.NoError(t, s.StopTrial(t.Context(), 1, trialStart))
	other := trial(2)
	other.By = "anna"
	require.NoError(t, s.BeginTrial(t.Context(), other))
	n, err := s.RenameTrials(t.Context(), "ann", "gone")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	list := trials(t, s, 5)
	require.Equal(t, []string{"anna", "gone"}, []string{list[0].By, list[1].By})
}

func checkTrialCancelled(t *testing.T, s search.TrialStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, listErr := s.Trials(ctx, 1)
	_, renameErr := s.RenameTrials(ctx, "ann", "gone")
	for i, err := range []error{listErr, renameErr, s.BeginTrial(ctx, trial(1)), s.StopTrial(ctx, 1, trialStart)} {
		require.ErrorIs(t, err, context.Canceled, "call %d", i)
	}
	require.Empty(t, trials(t, s, 1))
}
