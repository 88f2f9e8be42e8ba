package semantic

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCosine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := make([]float32, 383), make([]float32, 383) // no multiple of four
		sum, la, lb := 0.0, 0.0, 0.0
		for i := range a {
			a[i] = float32(r.NormFloat64())
			b[i] = a[i] + float32(2*r.NormFloat64())
			sum, la, lb = sum+float64(a[i]*b[i]), la+float64(a[i]*a[i]), lb+float64(b[i]*b[i])
		}
		v, err := newVector(a)
		require.NoError(t, err)
		w, err := newVector(b)
		require.NoError(t, err)
		require.InDelta(t, sum/math.Sqrt(la*lb), v.cosine(w), 0.005)
	}
	for _, bad := range [][]float32{{}, {0, 0}, {float32(math.NaN()), 1}, {float32(math.Inf(1)), 1}} {
		_, err := newVector(bad)
		require.ErrorIs(t, err, errVector)
	}
}
