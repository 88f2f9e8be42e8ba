package layout

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// An entry is something to be placed, in declared order.
type entry struct {
	id     string
	pinned bool // by the site
}

// A placed entry is where it ended up: the index it had, and why it moved.
type placed struct {
	at     int
	reason Reason
}

// orders are what an arrangement follows from, apart from the entries. Nothing
// else enters: the same orders and entries are placed the same everywhere.
type orders struct {
	rules  map[string]act // what a rule that applies to the visitor does with a reference
	scores map[string]int // use of each reference
	moves  int            // how many entries of a list may move
	still  bool           // nothing moves: only what is hidden goes
}

// An act is what the first rule about a reference does.
type act struct {
	do     Action
	reason Reason
	rank   int // of the rule among all that apply
}

// place arranges the entries of one list. What the site or a rule has pinned
// keeps its place among those that are shown. Of the others, at most o.moves
// move, rules before use; all that do not move stay in the order in which they
// were declared.
func (o *orders) place(list []entry) []placed {
	shown, pinned, ups, downs := o.sort(list)
	if len(ups)+len(downs) == 0 {
		return unmoved(shown)
	}
	free := make([]int, 0, len(shown))
	for i, at := range shown {
		if !pinned[i] {
			free = append(free, at)
		}
	}
	moved := o.move(free, ups, downs)
	out := make([]placed, 0, len(shown))
	for i, at := range shown {
		if pinned[i] {
			out = append(out, placed{at: at})
		} else {
			out, moved = append(out, moved[0]), moved[1:]
		}
	}
	return out
}

func unmoved(shown []int) []placed {
	out := make([]placed, len(shown))
	for i, at := range shown {
		out[i] = placed{at: at}
	}
	return out
}

// A wish is for an entry to move.
type wish struct {
	at     int
	reason Reason
	rank   int
}

// sort takes hidden entries out and says what is pinned and what wants to move
// up or down.
func (o *orders) sort(list []entry) (shown []int, pinned []bool, ups, downs []wish) {
	var used []wish
	shown, pinned = make([]int, 0, len(list)), make([]bool, 0, len(list))
	for i, e := range list {
		var rule act
		if !e.pinned {
			rule = o.rules[e.id]
		}
		if rule.do == ActionHide {
			continue
		}
		shown, pinned = append(shown, i), append(pinned, e.pinned || o.still || rule.do == ActionPin)
		if pinned[len(pinned)-1] {
			continue
		}
		switch rule.do {
		case ActionPromote:
			ups = append(ups, wish{i, rule.reason, rule.rank})
		case ActionDemote:
			downs = append(downs, wish{i, rule.reason, rule.rank})
		default:
			if doublings := doublings(o.scores[e.id]); doublings > 0 {
				used = append(used, wish{i, Reason{Key: ReasonUse}, -doublings})
			}
		}
	}
	for _, wishes := range [][]wish{ups, downs, used} {
		slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(a.rank, b.rank) })
	}
	return shown, pinned, append(ups, used...), downs
}

// move returns the free entries with as many wishes fulfilled as may be. Rules
// are asked first, those that move something up before those that move it down.
func (o *orders) move(free []int, ups, downs []wish) []placed {
	left := o.moves
	var front, end []placed
	take := func(w wish, there int) (placed, bool) {
		switch {
		case free[there] == w.at: // it stands there already
			w.reason = Reason{}
		case left == 0:
			return placed{}, false
		default:
			left--
		}
		free = slices.DeleteFunc(free, func(at int) bool { return at == w.at })
		return placed{w.at, w.reason}, true
	}
	raise := func(byUse bool) {
		for _, w := range ups {
			if (w.reason.Key == ReasonUse) != byUse {
				continue
			}
			if p, ok := take(w, 0); ok {
				front = append(front, p)
			}
		}
	}
	raise(false)
	for _, w := range downs {
		if p, ok := take(w, len(free)-1); ok {
			end = append(end, p)
		}
	}
	raise(true)
	out := front
	for _, at := range free {
		out = append(out, placed{at: at})
	}
	slices.Reverse(end)
	return append(out, end...)
}

// Use is counted in clicks that lose half of their weight in each halfLife, so
// that last year's habits do not outlive themselves. All of it is whole numbers:
// instances on different machines must not differ in the last bit.
const (
	halfLife   = 14 // days
	oldestUse  = 90 // days that count
	leastUse   = 3  // clicks of today's weight before anything moves
	mostPerDay = 10 // clicks of a day that count
	click      = 1 << 10
)

// settled is how long after midnight counts of the day before may still come in:
// they bear the day on which they are written, so it is a matter of clocks and
// of transactions under way.
const settled = 10 * time.Minute

// scoresOf returns the weight of what was used before the day on which a visit
// began. Its own day does not count: what happens during a visit must not change
// it.
func scoresOf(uses []Use, began time.Time) map[string]int {
	today := began.UTC().Add(-settled).Truncate(24 * time.Hour)
	scores := map[string]int{}
	for _, u := range uses {
		day, err := time.Parse(time.DateOnly, u.Day)
		age := int(today.Sub(day).Hours() / 24)
		if err != nil || age < 1 || age > oldestUse {
			continue
		}
		scores[u.Ref] += min(u.N, mostPerDay) * click >> (age / halfLife)
	}
	return scores
}

// doublings says how much a score weighs in steps of twice as much, 0 for too
// little to move anything. Whoever uses two things about as often sees them in
// the declared order.
func doublings(score int) int { return bits.Len(uint(max(0, score) / (leastUse * click))) }
