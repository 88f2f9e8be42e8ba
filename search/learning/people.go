package learning

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
