package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A Leaning is something that concerns one person: a product that they own, a
// topic that they have just read about. Of documents that match about as well,
// those that it concerns stand a little higher for them.
type Leaning struct {
	Facet   string  // of documents, such as "product"; or [FacetAudience]
	Value   string  // of that facet
	Weight  float64 // how much it concerns them, from 0 to 1
	Because string  // why, in a word of the portal's: "owned", "read"
}

// FacetAudience is the facet of a [Leaning] to what is open to a segment: its
// value is a term of a [profile.Audience].
const FacetAudience = "audience"

const (
	leaned = 10 // places within which leanings move documents: a first page
	stride = 3  // places that they move one at most, up or down
	evenly = 2  // times another's score from which a document is not passed
)

// leanings returns what concerns whoever asks. Of nobody is anything known, and
// without an answer the order is everybody's.
func (e *Engine) leanings(ctx context.Context, by profile.Actor, a asked) []Leaning {
	q := a.query
	if e.opts.Leanings == nil || by.Anonymous() || q.Impersonal || q.Plain || q.Sort != SortRelevance || len(a.parsed.terms) == 0 || a.request.Offset >= window {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, e.opts.Patience)
	defer cancel()
	list, err := e.opts.Leanings(bounded, by)
	if err != nil {
		e.opts.Logger.WarnContext(ctx, "search does not know what concerns somebody; the order is everybody's", "err", err)
		return nil
	}
	return list
}

// lean moves the first hits by what concerns the asker. What was pinned, and
// documents that are called what was asked for, stay where they are, and nothing
// passes them or a document that matches far better.
func (e *Engine) lean(a asked, hits []Hit) {
	if len(a.leanings) == 0 {
		return
	}
	called := e.called(a)
	hits = hits[:min(leaned, len(hits))]
	for len(hits) > 0 {
		n := 1
		if first := hits[0]; !first.Pinned && !called(first) {
			for n < len(hits) && !hits[n].Pinned && !called(hits[n]) && hits[n].Score*evenly >= first.Score {
				n++
			}
		}
		a.arrange(hits[:n])
		hits = hits[n:]
	}
}

// called returns a function that reports whether a document is called what was
// asked for.
func (e *Engine) called(a asked) func(Hit) bool {
	asked, is := foldWords(a.query.Text), func(string) bool { return false }
	if linguist, ok := e.index.(Linguist); ok {
		is = wantedOf(linguist, a, a.query.Locale).is
	}
	return func(h Hit) bool { return foldWords(h.Title) == asked || is(h.Title) }
}

// A leant hit is one that is about to move.
type leant struct {
	Hit

	at     int
	weight float64
	why    []Leaning
}

// arrange moves hits that may pass each other. Who wants up by three places and
// stands behind those that stay three places before, is passed by three at most:
// so nothing moves further.
func (a asked) arrange(hits []Hit) {
	list := make([]leant, len(hits))
	for i, h := range hits {
		list[i] = leant{Hit: h, at: i}
		if a.query.Locale == "" || language(h.Locale) == language(a.query.Locale) {
			list[i].weight, list[i].why = concern(a.leanings, h)
		}
	}
	slices.SortStableFunc(list, func(x, y leant) int {
		return cmp.Or(cmp.Compare(float64(x.at)-stride*x.weight, float64(y.at)-stride*y.weight), cmp.Compare(y.weight, x.weight))
	})
	for i, l := range list {
		if hits[i] = l.Hit; l.at == i {
			continue
		}
		h := &hits[i]
		if h.up = l.at - i; h.up > 0 {
			h.Leanings = l.why
		}
		if a.query.Explain {
			h.Explain = append(h.Explain, l.reason(h.up))
		}
	}
}

// reason says how many places a hit has moved up for the asker.
func (l leant) reason(up int) Reason {
	if up < 0 {
		return Reason{What: "places, for others that concern the asker", Value: float64(up)}
	}
	what := "places, for what concerns the asker:"
	for _, w := range l.why {
		what += fmt.Sprintf(" %s %s (%s)", w.Facet, w.Value, w.Because)
	}
	return Reason{What: what, Value: float64(up)}
}

// concern returns how much a document concerns somebody, from 0 to 1, by the
// facet that says it best, and why. A document about many things concerns those
// less who have one of them.
func concern(leanings []Leaning, h Hit) (weight float64, why []Leaning) {
	facets := map[string]bool{}
	for _, l := range leanings {
		facets[l.Facet] = true
	}
	for name := range facets {
		values := h.Facets[name]
		if name == FacetAudience {
			values = h.Audience
		}
		sum, list := 0.0, []Leaning(nil)
		for _, v := range values {
			if l, ok := strongest(leanings, name, v); ok {
				sum, list = sum+min(1, l.Weight), append(list, l)
			}
		}
		if sum /= float64(max(1, len(values))); sum > weight || sum == weight && sum > 0 && list[0].Facet < why[0].Facet {
			weight, why = sum, list
		}
	}
	return weight, why
}

// strongest returns the leaning to a value that weighs most.
func strongest(leanings []Leaning, facet, value string) (best Leaning, ok bool) {
	for _, l := range leanings {
		if l.Facet == facet && l.Value == value && l.Weight > best.Weight {
			best, ok = l, true
		}
	}
	return best, ok
}

// Leanings returns what has moved any of the hits up for the asker, each once:
// nothing if their order is everybody's.
func (r Results) Leanings() (out []Leaning) {
	for _, h := range r.Hits {
		for _, l := range h.Leanings {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}
