package learning

import (
	"iter"
	"slices"
)

// A Ranking puts the documents that a search showed in an order.
type Ranking func(o Outcome) []string

// AsShown is the ranking that there was.
func AsShown(o Outcome) []string { return o.Shown }

// A Score is how a ranking did in a replay.
type Score struct {
	Searches int     // those in which something that was shown was followed
	MRR      float64 // mean of 1/rank of the first document that was worth it
	First    float64 // share of searches with it at rank 1
	Better   int     // searches in which it stands higher than it was shown
	Worse    int
}

// Replay shows outcomes to rankings and returns how each did. What people did
// follow depends on what they were shown, and where: a replay tells which of two
// rankings would have put higher what they found, not what they would have found.
func Replay(outcomes iter.Seq2[Outcome, error], rankings ...Ranking) ([]Score, error) {
	out := make([]Score, len(rankings))
	for o, err := range outcomes {
		if err != nil {
			return nil, err
		}
		was := rankOf(o, o.Shown)
		if was == 0 {
			continue
		}
		for i, ranking := range rankings {
			out[i].add(rankOf(o, ranking(o)), was)
		}
	}
	for i := range out {
		if n := float64(out[i].Searches); n > 0 {
			out[i].MRR /= n
			out[i].First /= n
		}
	}
	return out, nil
}

func (s *Score) add(rank, was int) {
	s.Searches++
	if rank == 0 {
		s.Worse++
		return
	}
	s.MRR += 1 / float64(rank)
	if rank == 1 {
		s.First++
	}
	if rank < was {
		s.Better++
	}
	if rank > was {
		s.Worse++
	}
}

// rankOf returns where the first of a list is that was worth at least half an
// answer, from 1, or 0.
func rankOf(o Outcome, list []string) int {
	return 1 + slices.IndexFunc(list, func(group string) bool { return o.Worth[group] >= worthFollowed })
}
