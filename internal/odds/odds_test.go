package odds_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/odds"
)

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		yes, all  int
		low, high float64
	}{{0, 0, 0, 1}, {0, 1, 0, 0.79}, {1, 1, 0.21, 1}, {5, 10, 0.24, 0.76}, {900, 1000, 0.88, 0.92}} {
		low, high := odds.Wilson(c.yes, c.all)
		require.InDelta(t, c.low, low, 0.01, "%+v", c)
		require.InDelta(t, c.high, high, 0.01, "%+v", c)
	}
}

func TestEver(t *testing.T) {
	require.InDelta(t, 1, odds.Ever(0, 0), 0)
	require.InDelta(t, 1, odds.Ever(50, 50), 0)
	require.InDelta(t, 0.003, odds.Ever(0, 12), 0.001)
	require.InDelta(t, odds.Ever(3, 20), odds.Ever(20, 3), 1e-12)
	require.Zero(t, odds.Ever(0, 100_000))
}
