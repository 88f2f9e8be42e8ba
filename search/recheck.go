package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// An index that lags behind a source may still hold what was closed in the
// meantime. While a source that rechecks is in doubt, all of an answer is made
// from hits that it has confirmed, as anything else would tell of the closed
// ones: a total that is larger than the number of hits says that one of them has
// the words asked for, and so do a facet's count and a word that a misspelt one
// is corrected to. So totals and facets are counted anew over the confirmed hits,
// which are searched for to a certain depth and no deeper, and nothing is
// corrected. That is so whether or not anything was closed. What remains are
// scores, which nobody without permission is shown: how rare a word is they take
// from the index as it is.
const (
	maxDoubt = 2 * time.Second // how old a change may be that the index does not have
	maxStale = time.Second     // how old what a source says of its stalling may be
	depth    = 200             // hits that are rechecked for one answer
)

// doubts returns the sources that recheck, and have to.
func (e *Engine) doubts(ctx context.Context) []*feed {
	var out []*feed
	for _, f := range e.feeds {
		if _, ok := f.source.(Rechecker); ok && (e.behind(f) || e.stalls(ctx, f)) {
			out = append(out, f)
		}
	}
	return out
}

// behind reports whether the index may lack changes of a source, or nobody
// knows: it was never read to its end, has not been for too long, or is being
// read for too long.
func (e *Engine) behind(f *feed) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := e.now()
	older := func(t time.Time, age time.Duration) bool { return !t.IsZero() && now.Sub(t) > age }
	return !f.state.CaughtUp || older(f.state.behind, maxDoubt) || older(f.busy, maxDoubt) ||
		older(f.state.CheckedAt, e.opts.Poll+maxDoubt)
}

// stalls reports whether a source has changes that cannot be read yet, or cannot
// tell. It is asked once a second, not for each search.
func (e *Engine) stalls(ctx context.Context, f *feed) bool {
	l, ok := f.source.(Laggard)
	if !ok {
		return false
	}
	if err := f.asking.enter(ctx); err != nil {
		return true
	}
	defer f.asking.leave()
	if now := e.now(); f.asked.IsZero() || now.Sub(f.asked) >= maxStale {
		bounded, cancel := context.WithTimeout(ctx, maxDoubt)
		defer cancel()
		held, err := stalled(bounded, l)
		if ctx.Err() != nil {
			return true
		}
		f.asked, f.held = now, err != nil || held > maxDoubt
	}
	return f.held
}

func stalled(ctx context.Context, l Laggard) (held time.Duration, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return l.Stalled(ctx)
}

// A place says where a hit is from.
type place struct{ source, group string }

// confirm returns which of some places by may see now, as far as their sources
// are in doubt. What is from no source that is known must be confirmed by any.
func (e *Engine) confirm(ctx context.Context, by profile.Actor, doubts []*feed, places []place) (func(place) bool, error) {
	seen := map[place]bool{}
	trusted := map[string]bool{}
	for _, f := range e.feeds {
		trusted[f.source.Name()] = !slices.Contains(doubts, f)
	}
	for _, f := range doubts {
		var groups []string
		for _, p := range places {
			if _, known := trusted[p.source]; p.source == f.source.Name() || !known {
				groups = append(groups, p.group)
			}
		}
		slices.Sort(groups)
		visible, err := e.visible(ctx, by, f.source, slices.Compact(groups))
		if err != nil {
			return nil, err
		}
		for _, g := range visible {
			seen[place{f.source.Name(), g}], seen[place{"", g}] = true, true
		}
	}
	return func(p place) bool {
		trust, known := trusted[p.source]
		if !known {
			p.source = ""
		}
		return trust || seen[p]
	}, nil
}

// visible asks a source. Whatever is wrong with its answer, the index cannot
// answer either.
func (e *Engine) visible(ctx context.Context, by profile.Actor, s Source, groups []string) (visible []string, err error) {
	if len(groups) == 0 {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			e.opts.Logger.ErrorContext(ctx, "a search source panicked", "source", s.Name(), "panic", p, "stack", string(debug.Stack()))
			err = unavailable(fmt.Errorf("source %s: panic: %v", s.Name(), p))
		}
	}()
	bounded, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	defer cancel()
	visible, err = s.(Rechecker).Visible(bounded, by, groups)
	if err != nil && ctx.Err() == nil {
		return nil, unavailable(fmt.Errorf("recheck of source %s: %w", s.Name(), err))
	}
	return visible, err
}

// find answers a request from the index, and rechecks what sources in doubt are
// asked about. It reports whether any was.
func (e *Engine) find(ctx context.Context, by profile.Actor, r Request) (resp Response, doubtful bool, err error) {
	doubts := e.doubts(ctx)
	if len(doubts) == 0 {
		resp, err = e.search(ctx, r)
		return resp, false, err
	}
	all, err := e.confirmed(ctx, by, r, doubts)
	if err != nil {
		return Response{}, true, err
	}
	resp = Response{Total: len(all), Hits: all[min(r.Offset, len(all)):min(r.Offset+r.Limit, len(all))]}
	resp.Facets, err = e.recount(ctx, by, r, doubts, all)
	return resp, true, err
}

func (e *Engine) search(ctx context.Context, r Request) (resp Response, err error) {
	err = e.ask(ctx, func(ctx context.Context) (err error) {
		resp, err = e.index.Search(ctx, r)
		return err
	})
	return resp, err
}

// confirmed returns the first hits of a request, to a certain depth, that are
// still to be seen. Others take the places of those that are not: a list that is
// short of one would tell of it.
func (e *Engine) confirmed(ctx context.Context, by profile.Actor, r Request, doubts []*feed) ([]Hit, error) {
	r.Limit, r.Facets, r.Correct = depth, nil, false
	var out []Hit
	for r.Offset = 0; r.Offset < maxOffset && len(out) < depth; r.Offset += depth {
		resp, err := e.search(ctx, r)
		if err != nil {
			return nil, err
		}
		hits, err := e.confirmHits(ctx, by, resp.Hits, doubts)
		if err != nil {
			return nil, err
		}
		if out = append(out, hits...); len(resp.Hits) < depth {
			break
		}
	}
	return out[:min(len(out), depth)], nil
}

func (e *Engine) confirmHits(ctx context.Context, by profile.Actor, hits []Hit, doubts []*feed) ([]Hit, error) {
	places := make([]place, len(hits))
	for i, h := range hits {
		places[i] = place{h.Source, h.Group}
	}
	ok, err := e.confirm(ctx, by, doubts, places)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(hits, func(h Hit) bool { return !ok(place{h.Source, h.Group}) }), nil
}

// recount counts the facets of a request over hits that are confirmed. A facet
// that is filtered by counts those that its filter keeps back as well.
func (e *Engine) recount(ctx context.Context, by profile.Actor, r Request, doubts []*feed, all []Hit) (map[string][]FacetCount, error) {
	out := map[string][]FacetCount{}
	for _, name := range r.Facets {
		hits := all
		if r.Filters[name] != nil {
			wider := r
			wider.Filters, wider.Snippet, wider.Explain = maps.Clone(r.Filters), 0, false
			delete(wider.Filters, name)
			var err error
			if hits, err = e.confirmed(ctx, by, wider, doubts); err != nil {
				return nil, err
			}
		}
		out[name] = countFacet(name, hits)
	}
	return out, nil
}

// countFacet counts the values of a facet, most frequent first, then by value.
func countFacet(name string, hits []Hit) []FacetCount {
	counts := map[string]int{}
	for _, h := range hits {
		for _, v := range slices.Compact(slices.Sorted(slices.Values(h.Facets[name]))) {
			counts[v]++
		}
	}
	out := make([]FacetCount, 0, len(counts))
	for v, n := range counts {
		out = append(out, FacetCount{Value: v, Count: n})
	}
	slices.SortFunc(out, func(a, b FacetCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return out
}

// suggested asks the index for suggestions, and rechecks as find does.
func (e *Engine) suggested(ctx context.Context, by profile.Actor, r SuggestRequest) ([]Suggestion, error) {
	doubts, limit := e.doubts(ctx), r.Limit
	if len(doubts) > 0 {
		r.Limit = depth
	}
	var found []Suggestion
	err := e.ask(ctx, func(ctx context.Context) (err error) {
		found, err = e.index.Suggest(ctx, r)
		return err
	})
	if err != nil || len(doubts) == 0 {
		return found, err
	}
	places := make([]place, len(found))
	for i, s := range found {
		places[i] = place{s.Source, s.Group}
	}
	ok, err := e.confirm(ctx, by, doubts, places)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(s Suggestion) bool { return !ok(place{s.Source, s.Group}) })
	return found[:min(len(found), limit)], nil
}
