// Package odds says how sure a few votes make one.
package odds

import "math"

// Wilson returns between which shares the true one lies, with 95 % certainty, if
// so many of all said yes. One vote says next to nothing.
func Wilson(yes, all int) (low, high float64) {
	if all <= 0 {
		return 0, 1
	}
	const z = 1.96
	n, p := float64(all), float64(yes)/float64(all)
	mid, span := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (mid-span)/(1+z*z/n)), min(1, (mid+span)/(1+z*z/n))
}

// Ever returns how likely it is, at most, that votes are ever as uneven as these
// if nobody prefers either side. It stays true however often one looks, and needs
// somewhat more votes for that than a test that is done once in the end: it is a
// bet on every share at once, against a fair coin.
func Ever(one, other int) float64 {
	n := one + other
	a, _ := math.Lgamma(float64(one + 1))
	b, _ := math.Lgamma(float64(other + 1))
	c, _ := math.Lgamma(float64(n + 2))
	return min(1, math.Exp(-(float64(n)*math.Ln2 + a + b - c)))
}
