package learning

import (
	"cmp"
	"math"
	"slices"
)

// Ranking is the order in which the model would put what a search showed, where
// nothing is known of scores.
func (m *Model) Ranking(o Outcome) []string {
	values := map[string]float64{}
	for _, s := range m.Signals(o.Question, o.Locale) {
		values[s.Group] = s.Value
	}
	type place struct {
		group string
		score float64
	}
	var list []place
	for i, group := range o.Shown {
		list = append(list, place{group, fading(i) * lift(values[group])})
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(b.score, a.score) })
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.group
	}
	return out
}

// fading stands in for the scores of hits, which fall with their places.
func fading(i int) float64 { return 1 / (1 + 0.15*float64(i)) }

// lift is what a value does to a score: it doubles or halves it at most.
func lift(value float64) float64 { return math.Exp2(value) }
