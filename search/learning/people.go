package learning

import "slices"

// mostPeople is how many people are told apart who spoke of one document for one
// question. After them the ranking hardly moves.
const mostPeople = 200

// people are those who have spoken of something, by a hash, and the best that
// each has said.
type people map[uint64]float32

// take notes what somebody says. It returns what they had said before, and
// whether they are new. Those for whom there is no room say nothing.
func (p people) take(who uint64, worth float64) (before float64, fresh bool) {
	old, known := p[who]
	switch {
	case !known && len(p) >= mostPeople:
		return worth, false
	case !known || worth > float64(old):
		p[who] = float32(worth)
	}
	return float64(old), !known
}

// nth returns the n-th smallest of numbers.
func nth(numbers []int64, n int) int64 {
	slices.Sort(numbers)
	return numbers[n]
}

func living(list []*experience) []*experience {
	return slices.DeleteFunc(list, func(x *experience) bool { return x.dead })
}
