package learning

import "github.com/stoa-go/stoa/internal/odds"

// A Verdict is what the votes of a trial of two rankings say.
type Verdict struct {
	Votes     int     // of those who followed more of one than of the other
	Share     float64 // of them for the other ranking, from 0 to 1
	Low, High float64 // between which the share of all who might vote lies, at 95 %
	Doubt     float64 // how likely votes as uneven as these would ever be if nobody preferred either, at most
	Enough    bool    // the doubt is small enough to decide
	Other     bool    // and the other ranking is the better one
}

const (
	fewestVotes = 20   // below, nothing is decided
	mostDoubt   = 0.05 // above, nothing is
)

// Judge says which of two rankings people would rather have. It may be asked as
// often as one likes while votes come in: the doubt stays true however often one
// looks.
func Judge(live, other int) Verdict {
	n := live + other
	if n <= 0 {
		return Verdict{High: 1, Doubt: 1}
	}
	v := Verdict{Votes: n, Share: float64(other) / float64(n), Doubt: odds.Ever(live, other)}
	v.Low, v.High = odds.Wilson(other, n)
	v.Enough = n >= fewestVotes && v.Doubt <= mostDoubt
	v.Other = v.Enough && other > live
	return v
}
