package report

import (
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
)

// mostFacts is how many facts one hour has. Others are not counted: they are
// somebody's program.
const mostFacts = 50_000

// A fold makes facts and votes of visits.
type fold struct {
	from, until time.Time
	facts       map[who]*Fact
	votes       map[who]*Vote
	left        int
}

// who asked what on which day, or voted in which trial.
type who struct {
	person, visitor string
	about           Query
	day             string
}

func (f *fold) take(v Visit) {
	for _, s := range v.Searches {
		if s.At.Before(f.from) || !s.At.Before(f.until) || s.User == "" && s.Visitor == "" {
			continue
		}
		f.search(s, v.Session != "")
		f.vote(s)
	}
}

// search adds what came of a search. Who asks the same twice has one answer: the
// one that led somewhere.
func (f *fold) search(s *Search, known bool) {
	fact := Fact{
		Day: analytics.Day(s.At), Question: s.Query.Folded(), Text: s.Query.Text, Brand: s.Props[search.PropBrand], Role: s.Props[search.PropRole],
		Channel: s.Channel, Person: s.User, Counts: countsOf(s, known),
	}
	if s.User == "" {
		fact.Visitor = s.Visitor
	}
	key := who{fact.Person, fact.Visitor, fact.Question, fact.Day}
	old, ok := f.facts[key]
	switch {
	case !ok && len(f.facts) >= mostFacts:
		f.left++
	case !ok:
		f.facts[key] = &fact
	case old.Followed == 0:
		fact.Cases = max(fact.Cases, old.Cases)
		*old = fact
	default:
		old.Cases = max(fact.Cases, old.Cases)
	}
}

// countsOf says what came of a search. Without a session nothing is known of
// what followed.
func countsOf(s *Search, known bool) Counts {
	c := Counts{Searches: 1, Empty: one(s.Hits == 0)}
	if len(s.Follows) > 0 {
		c.Followed, c.Ranks = 1, max(1, s.Follows[0].Rank)
		c.Top = one(c.Ranks <= 3)
		c.Cases = one(s.Asked)
		return c
	}
	if known {
		c.Unclicked, c.Refined, c.Exits, c.Cases = 1, one(s.Refined), one(s.Last), one(s.Asked)
	}
	return c
}

// vote adds what somebody followed of results that two rankings had a share in:
// each hit counts for the one that brought it.
func (f *fold) vote(s *Search) {
	trial, teams := s.Props[search.PropTrial], s.Props[search.PropTeams]
	shown := strings.Fields(s.Props[search.PropShown])
	if trial == "" || len(teams) != len(shown) {
		return
	}
	v := Vote{Trial: trial, Person: s.User}
	if v.Person == "" {
		v.Visitor = s.Visitor
	}
	var counted []string
	for _, follow := range s.Follows {
		i := slices.Index(shown, follow.Subject)
		if i < 0 || slices.Contains(counted, follow.Subject) {
			continue
		}
		counted = append(counted, follow.Subject)
		switch search.Team(teams[i : i+1]) {
		case search.TeamLive:
			v.Live++
		case search.TeamOther:
			v.Other++
		}
	}
	if v.Live+v.Other == 0 {
		return
	}
	key := who{v.Person, v.Visitor, Query{Text: trial}, ""}
	if old, ok := f.votes[key]; ok {
		old.Live, old.Other = old.Live+v.Live, old.Other+v.Other
		return
	}
	f.votes[key] = &v
}

func (f *fold) listFacts() []Fact { return list(f.facts) }
func (f *fold) listVotes() []Vote { return list(f.votes) }

func list[K comparable, V any](m map[K]*V) []V {
	out := make([]V, 0, len(m))
	for _, v := range m {
		out = append(out, *v)
	}
	return out
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
