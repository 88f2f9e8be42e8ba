package profile_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// sweep runs links until they have removed what is old, and returns what is left.
func sweep(t *testing.T, s *profile.Links, left func() int) int {
	t.Helper()
	n := 0
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		synctest.Wait()
		n = left()
		cancel()
		require.NoError(t, <-done)
	})
	return n
}
