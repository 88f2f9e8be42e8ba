package learning

import "math"

// places is what people follow by its place alone.
type places struct {
	worth, shown [mostPlaces]float64
}

const (
	mostPlaces = 50
	placeFaith = 20 // searches for which the curve below is believed until there are own ones
)

// usual is how often a place is followed where nothing is known: about as often
// as eyes get there.
func usual(i int) float64 { return 0.35 / math.Pow(float64(i+1), 0.9) }

func (p *places) count(i int, worth, weight float64) {
	i = min(i, mostPlaces-1)
	p.worth[i] += worth * weight
	p.shown[i] += weight
}

// expected returns what a document at a place is worth to an average search.
func (p *places) expected(i int) float64 {
	i = min(i, mostPlaces-1)
	return (p.worth[i] + usual(i)*placeFaith) / (p.shown[i] + placeFaith)
}
