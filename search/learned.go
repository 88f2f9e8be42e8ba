package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A Signal is what people say of one document for one question, by what they did.
type Signal struct {
	Group  string
	Value  float64 // from -1, much worse than its place, to 1, much better
	People int     // how many different ones have spoken
	What   string  // what it comes from, for explanations
}

const (
	window  = 30   // places within which behaviour moves documents
	certain = 0.5  // value from which a document is found that has none of the words
	faint   = 0.05 // value below which nothing is moved
	most    = 5    // documents that are found without their words
)

// learned are the signals for a query, by group.
type learned map[string][]Signal

func (e *Engine) learned(a asked) learned {
	q := a.query
	if e.opts.Signals == nil || q.Text == "" || q.Plain || q.Sort != SortRelevance {
		return nil
	}
	l := learned{}
	for _, s := range e.opts.Signals(q.Text, q.Locale) {
		if s.Value = max(-1, min(1, s.Value)); math.Abs(s.Value) >= faint {
			l[s.Group] = append(l[s.Group], s)
		}
	}
	return l
}

// value returns what is known of a document together.
func (l learned) value(group string) (sum float64) {
	for _, s := range l[group] {
		sum += s.Value
	}
	return sum
}

// found returns the groups that are found without any of the words, the surest
// first.
func (l learned) found() (out []string) {
	for group := range l {
		if l.value(group) >= certain {
			out = append(out, group)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(l.value(b), l.value(a)), cmp.Compare(a, b)) })
	return out[:min(len(out), most)]
}

// look asks the index. What behaviour says, and what concerns the asker, moves
// documents within the first places, which are asked for by each page that shows
// some of them: so each document is on one page only.
func (e *Engine) look(ctx context.Context, by profile.Actor, a asked) (Response, bool, error) {
	meant := e.meaning(ctx, by, a)
	r, taught := a.request, len(a.learned) > 0 || len(meant.groups) > 0
	places := 0
	switch {
	case taught:
		places = window
	case len(a.leanings) > 0:
		places = leaned
	}
	if r.Offset >= places {
		places = 0
	} else {
		r.Offset, r.Limit = 0, max(places, r.Offset+r.Limit)
	}
	r.Pinned = append(append(slices.Clone(a.pinned), a.learned.found()...), meant.found()...)
	resp, doubtful, err := e.find(ctx, by, r)
	for i := range resp.Hits {
		resp.Hits[i].Pinned = resp.Hits[i].Pinned && slices.Contains(a.pinned, resp.Hits[i].Group)
	}
	if places == 0 {
		return resp, doubtful, err
	}
	if taught {
		first := resp.Hits[:min(window, len(resp.Hits))]
		meant.raise(first, r.Explain)
		a.learned.rank(first, r.Explain)
	}
	e.lean(a, resp.Hits)
	from := min(a.request.Offset, len(resp.Hits))
	resp.Hits = resp.Hits[from:min(from+a.request.Limit, len(resp.Hits))]
	return resp, doubtful, err
}

// rank orders hits by their scores and what is known of them. Those that were
// pinned stay where they are.
func (l learned) rank(hits []Hit, explain bool) {
	best := 0.0
	for _, h := range hits {
		if !h.Pinned {
			best = max(best, h.Score)
		}
	}
	for i := range hits {
		if h := &hits[i]; !h.Pinned {
			l.lift(h, best, explain)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		if a.Pinned || b.Pinned {
			return cmp.Compare(one(b.Pinned), one(a.Pinned))
		}
		return cmp.Compare(b.Score, a.Score)
	})
}

// lift doubles or halves a score at most for each signal. What people are sure of
// begins at half of the best score at least, however few of the words it has.
func (l learned) lift(h *Hit, best float64, explain bool) {
	value := l.value(h.Group)
	if value >= certain {
		h.Score = max(h.Score, or(best, 1)/2)
	}
	h.Score *= math.Exp2(value)
	if explain {
		for _, s := range l[h.Group] {
			h.Explain = append(h.Explain, Reason{What: "times " + s.What, Value: math.Exp2(s.Value)})
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
