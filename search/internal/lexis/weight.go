package lexis

import "math"

// Weights count in eighths of a doubling, at most sixteenfold.
const (
	WeightSteps = 8
	maxStep     = 4 * WeightSteps
)

// WeightStep returns how many steps a document's weight is from 1.
func WeightStep(w float64) int {
	if w <= 0 || math.IsNaN(w) {
		return 0
	}
	return int(math.Round(max(-maxStep, min(maxStep, math.Log2(w)*WeightSteps))))
}

// WeightFactor returns what a score is multiplied by: a doubling of the weight
// is worth 15 %, so that it decides between similar documents and does not
// bring up others.
func WeightFactor(step int) float64 { return 1 + 0.15*float64(step)/WeightSteps }

// ForeignFactor is what the score of a text in another language than the
// reader's is multiplied by. It stands behind one in the reader's language that
// has the same words, and before one that only mentions some of them.
const ForeignFactor = 0.5
