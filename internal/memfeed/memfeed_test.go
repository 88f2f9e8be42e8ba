package memfeed_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/memfeed"
)

var errLost = errors.New("lost")

func TestChanges(t *testing.T) {
	l := memfeed.New(errLost)
	ids, cursor, err := l.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Empty(t, ids)
	l.Append("a", "b", "a")
	l.Append("c")
	ids, next, err := l.Changes(t.Context(), cursor, 3)
	require.NoError(t, err)
	require.Equal(t, []string{"b", "a"}, ids, "each once, by its last change")
	ids, next, err = l.Changes(t.Context(), next, 3)
	require.NoError(t, err)
	require.Equal(t, []string{"c"}, ids)
	ids, _, err = l.Changes(t.Context(), next, 3)
	require.NoError(t, err)
	require.Empty(t, ids)
	for _, cursor := range []string{"5", "-1", "x"} {
		_, _, err := l.Changes(t.Context(), cursor, 3)
		require.ErrorIs(t, err, errLost)
		require.ErrorIs(t, l.Wait(t.Context(), cursor), errLost)
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memfeed.New(errLost)
		l.Append("a")
		require.NoError(t, l.Wait(t.Context(), ""), "there is one")
		done := make(chan error, 1)
		go func() { done <- l.Wait(t.Context(), "1") }()
		synctest.Wait()
		require.Empty(t, done)
		l.Append("b")
		require.NoError(t, <-done)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { done <- l.Wait(ctx, "2") }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}
