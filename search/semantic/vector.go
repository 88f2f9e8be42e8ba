package semantic

import (
	"errors"
	"fmt"
	"math"
)

// A vector has length one. Eight bits to a number are a quarter of the memory,
// for a cosine that is off by a few thousandths.
type vector struct {
	Numbers []int8
	Scale   float32 // what numbers are multiplied by
}

var errVector = errors.New("vector is not usable")

// newVector returns a vector of length one in the direction of another.
func newVector(v []float32) (vector, error) {
	length, most := 0.0, 0.0
	for _, x := range v {
		length += float64(x) * float64(x)
		most = max(most, math.Abs(float64(x)))
	}
	length = math.Sqrt(length)
	if !(length > 0) || math.IsInf(length, 0) || most == 0 {
		return vector{}, fmt.Errorf("length %v: %w", length, errVector)
	}
	out := vector{Numbers: make([]int8, len(v)), Scale: float32(most / length / math.MaxInt8)}
	for i, x := range v {
		out.Numbers[i] = int8(math.Round(float64(x) / most * math.MaxInt8))
	}
	return out, nil
}

// cosine returns the cosine of the angle between two vectors of one dimension.
func (v vector) cosine(w vector) float64 {
	a, b := v.Numbers, w.Numbers[:len(v.Numbers)]
	var s [4]int32 // four sums do not wait for each other
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s[0] += int32(x[0]) * int32(y[0])
		s[1] += int32(x[1]) * int32(y[1])
		s[2] += int32(x[2]) * int32(y[2])
		s[3] += int32(x[3]) * int32(y[3])
	}
	for ; i < len(a); i++ {
		s[0] += int32(a[i]) * int32(b[i])
	}
	return float64(s[0]+s[1]+s[2]+s[3]) * float64(v.Scale) * float64(w.Scale)
}
