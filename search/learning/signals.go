package learning

import (
	"cmp"
	"math"
	"slices"

	"github.com/stoa-go/stoa/search"
)

const (
	faith       = 2.0  // answers that must have been seen before half of it is believed
	likeness    = 0.55 // how alike questions must be to learn from each other
	mostLike    = 40   // questions that are looked at
	mostLists   = 400  // longest list of questions with one word that is read
	unheard     = 0.5  // what a new word says
	mostSignals = 20
)

// Signals returns what is known of documents for a question, the strongest
// first. It knows nothing of rights.
func (m *Model) Signals(text, locale string) []search.Signal {
	q := questionOf(locale, text)
	m.mu.RLock()
	defer m.mu.RUnlock()
	sums := map[string]*evidence{}
	if x, ok := m.questions[q.key]; ok {
		x.speak(1, sums)
	}
	for _, n := range m.alike(q, locale) {
		n.x.speak(n.like*n.like, sums)
	}
	now := m.weight(m.opts.Now())
	var out []search.Signal
	for group, e := range sums {
		if e.people < float64(m.opts.People) {
			continue
		}
		if v := e.value(now); v != 0 {
			out = append(out, search.Signal{Group: group, Value: v, People: int(e.people)})
		}
	}
	slices.SortFunc(out, func(a, b search.Signal) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)), cmp.Compare(a.Group, b.Group))
	})
	return out[:min(len(out), mostSignals)]
}

// evidence is what questions say together of one document.
type evidence struct{ worth, expected, people float64 }

func (x *experience) speak(weight float64, sums map[string]*evidence) {
	for group, t := range x.groups {
		e, ok := sums[group]
		if !ok {
			e = &evidence{}
			sums[group] = e
		}
		e.worth += t.worth * weight
		e.expected += t.expected * weight
		e.people += float64(len(t.people)) * weight
	}
}

// value returns how much better than its place a document has done, from -1 to 1,
// and 0 while there is little to go by: both sides begin with the same worth.
func (e *evidence) value(now float64) float64 {
	worth, expected := e.worth/now, e.expected/now
	v := math.Log2((worth + faith) / (expected + faith))
	return max(-1, min(1, v))
}

type neighbour struct {
	x    *experience
	like float64
}

// alike returns the questions that share most with q, by the rarity of words.
func (m *Model) alike(q question, locale string) []neighbour {
	total, shared := 0.0, map[*experience]float64{}
	for _, w := range q.words {
		list, r := m.words[w], m.rarity(w)
		total += r
		if len(list) > mostLists {
			continue
		}
		for _, x := range list {
			if x.locale == locale && x.key != q.key && !x.dead {
				shared[x] += r
			}
		}
	}
	var out []neighbour
	for x, s := range shared {
		// What is shared is no more than all of either.
		if s < likeness*likeness*total {
			continue
		}
		if like := s / math.Sqrt(total*m.rarities(x)); like >= likeness {
			out = append(out, neighbour{x, like})
		}
	}
	slices.SortFunc(out, func(a, b neighbour) int { return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.x.key, b.x.key)) })
	return out[:min(len(out), mostLike)]
}

func (m *Model) rarities(x *experience) (sum float64) {
	for _, w := range x.words {
		sum += m.rarity(w)
	}
	return sum
}

// rarity returns how much a word says. One that nobody has used before says
// little: it may be any.
func (m *Model) rarity(word string) float64 {
	n := len(m.words[word])
	if n == 0 {
		return unheard
	}
	return math.Log(1 + float64(len(m.questions))/float64(n))
}
