package learning_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/learning"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		live, other    int
		enough, other2 bool
	}{
		{0, 0, false, false}, {0, 1, false, false}, {0, 12, false, false}, {10, 12, false, false}, {50, 50, false, false},
		{10, 30, true, true}, {30, 10, true, false}, {450, 550, false, false}, {400, 600, true, true}, {0, 100_000, true, true},
	} {
		v := learning.Judge(c.live, c.other)
		require.Equal(t, []bool{c.enough, c.other2}, []bool{v.Enough, v.Other}, "%+v of %+v", v, c)
		require.True(t, v.Low <= v.Share+1e-9 && v.Share <= v.High+1e-9 && v.Low >= 0 && v.High <= 1, "%+v", v)
	}
	require.InDelta(t, 0.598, learning.Judge(10, 30).Low, 0.01)
}

// TestJudgeIsPatient: of rankings that nobody prefers, few are ever said to
// differ, though somebody looks after each vote.
func TestJudgeIsPatient(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it is a game
	wrong := 0
	for range 1000 {
		votes := [2]int{}
		for range 500 {
			votes[dice.IntN(2)]++
			if learning.Judge(votes[0], votes[1]).Enough {
				wrong++
				break
			}
		}
	}
	require.Less(t, wrong, 50)
}
