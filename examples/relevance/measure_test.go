package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestJudge compares with values computed by hand.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name              string
		found             []string
		grades            map[string]float64
		ndcg, mrr, recall float64
	}{
		{"first", []string{"a", "b"}, map[string]float64{"a": 1}, 1, 1, 1},
		{"second", []string{"b", "a"}, map[string]float64{"a": 1}, 0.63093, 0.5, 1},
		{"none", []string{"b"}, map[string]float64{"a": 1}, 0, 0, 0},
		{"nothing judged relevant", []string{"a"}, map[string]float64{"a": 0}, 0, 0, 0},
		{"grades", []string{"b", "a"}, map[string]float64{"a": 2, "b": 1}, (1 + 2*0.63093) / (2 + 0.63093), 1, 1},
		{"half", []string{"a", "x"}, map[string]float64{"a": 1, "b": 1}, 1 / (1 + 0.63093), 1, 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := judge(tt.found, tt.grades)
			require.InDelta(t, tt.ndcg, m.ndcg, 1e-4)
			require.InDelta(t, tt.mrr, m.mrr, 1e-9)
			require.InDelta(t, tt.recall, m.recall, 1e-9)
		})
	}
}
