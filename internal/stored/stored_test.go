package stored_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
)

func TestCheckText(t *testing.T) {
	require.NoError(t, stored.CheckText())
	require.NoError(t, stored.CheckText("", "größer", "日本語"))
	require.ErrorIs(t, stored.CheckText("fine", "a\x00b"), errs.Invalid)
	require.ErrorIs(t, stored.CheckText("\xff"), errs.Invalid)
}

func TestTime(t *testing.T) {
	require.Equal(t, time.Time{}, stored.Time(time.Time{}))
	require.Equal(t, time.Time{}, stored.Time(time.Time{}.In(time.FixedZone("", 3600))))
	require.Equal(t, time.Date(2026, 3, 1, 8, 0, 0, 1000, time.UTC), stored.Time(time.Date(2026, 3, 1, 9, 0, 0, 1999, time.FixedZone("", 3600))))
}

func TestVersion(t *testing.T) {
	for _, c := range []struct {
		found     bool
		old, next int
		want      error
	}{
		{false, 0, 1, nil},
		{true, 1, 2, nil},
		{true, 1, 1, errs.Conflict},
		{true, 2, 2, errs.Conflict},
		{true, 1, 3, errs.Conflict},
		{false, 0, 2, errs.NotFound},
	} {
		require.ErrorIs(t, stored.Version(c.found, c.old, c.next), c.want)
	}
}

func TestEnter(t *testing.T) {
	var mu sync.Mutex
	require.ErrorIs(t, stored.Enter(t.Context(), &mu, "\x00"), errs.Invalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, stored.Enter(ctx, &mu), context.Canceled)
	require.NoError(t, stored.Enter(t.Context(), &mu, "text"))
	require.False(t, mu.TryLock(), "whoever entered holds the lock")
}
