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
	mostSignals = 20
)

// whatFound is what signals are called in explanations.
const whatFound = "what people found before"

// Signals returns what is known of documents for a question, the strongest
// first. It knows nothing of rights.
func (m *Model) Signals(text, locale string) []search.Signal {
	q := questionOf(locale, text)
	m.mu.RLock()
	defer m.mu.RUnlock()
	sums := map[string]*evidence{}
	if x, ok := m.questions.entries[q.key]; ok {
		x.is.speak(1, sums)
	}
	for _, n := range m.questions.alike(q.words, locale, likeness, mostLike) {
		if n.key != q.key {
			n.is.speak(n.like*n.like, sums)
		}
	}
	now := m.weight(m.opts.Now())
	var out []search.Signal
	for group, e := range sums {
		if e.people < float64(m.opts.People) {
			continue
		}
		if v := e.value(now); v != 0 {
			out = append(out, search.Signal{Group: group, Value: v, People: int(e.people), What: whatFound})
		}
	}
	return strongest(out)
}

// Together returns what several say of a question, for search.Options.Signals.
func Together(all ...func(text, locale string) []search.Signal) func(text, locale string) []search.Signal {
	return func(text, locale string) (out []search.Signal) {
		for _, signals := range all {
			out = append(out, signals(text, locale)...)
		}
		return out
	}
}

// strongest returns the strongest signals, in order.
func strongest(list []search.Signal) []search.Signal {
	slices.SortFunc(list, func(a, b search.Signal) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)), cmp.Compare(a.Group, b.Group))
	})
	return list[:min(len(list), mostSignals)]
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
