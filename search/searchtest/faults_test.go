package searchtest_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

func applyMerging(ctx context.Context, f *faulty, b search.Batch) error {
	r := search.Request{Sight: profile.Actor{}.Sight(), Limit: 1000}
	old, err := f.Index.Search(ctx, r)
	if err != nil {
		return err
	}
	b = edit(b, func(*search.Document) {})
	for i, c := range b.Changes {
		for _, h := range old.Hits {
			if h.Group == c.Group && !slices.ContainsFunc(c.Documents, func(d search.Document) bool { return d.ID == h.ID }) {
				b.Changes[i].Documents = append(b.Changes[i].Documents, h.Document)
			}
		}
	}
	return f.write(ctx, b)
}

func applyWithoutRemoving(ctx context.Context, f *faulty, b search.Batch) error {
	b.Changes = slices.DeleteFunc(slices.Clone(b.Changes), func(c search.Change) bool { return len(c.Documents) == 0 })
	return f.write(ctx, b)
}

func applyGrowing(ctx context.Context, f *faulty, b search.Batch) error {
	cursors, _ := f.Index.Cursors(ctx)
	writes := float64(len(cursors["writes"]))
	b.Cursors = maps.Clone(b.Cursors)
	b.Cursors["writes"] = cursors["writes"] + "x"
	return f.write(ctx, edit(b, func(d *search.Document) { d.Weight += writes }))
}

func applyFirst(ctx context.Context, f *faulty, b search.Batch) error {
	seen := map[string]bool{}
	b.Changes = slices.DeleteFunc(slices.Clone(b.Changes), func(c search.Change) bool {
		defer func() { seen[c.Group] = true }()
		return seen[c.Group]
	})
	return f.write(ctx, b)
}

func applyOneByOne(ctx context.Context, f *faulty, b search.Batch) error {
	for _, c := range b.Changes {
		if err := f.write(ctx, search.Batch{Changes: []search.Change{c}}); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return f.write(ctx, search.Batch{Cursors: b.Cursors})
}

func applyCursorFirst(ctx context.Context, f *faulty, b search.Batch) error {
	if err := f.write(ctx, search.Batch{Cursors: b.Cursors}); err != nil {
		return err
	}
	time.Sleep(time.Millisecond)
	return f.write(ctx, search.Batch{Changes: b.Changes})
}

func applyAfterClearing(ctx context.Context, f *faulty, b search.Batch) error {
	stays := search.Batch{Changes: []search.Change{{Group: "a/stays"}}}
	if len(b.Changes) == 1 && b.Changes[0].Group == "a/stays" {
		return f.write(ctx, b)
	}
	r := search.Request{Sight: profile.Actor{}.Sight(), Limit: 1000}
	old, err := f.Index.Search(ctx, r)
	if err != nil {
		return err
	}
	if err := f.write(ctx, stays); err != nil {
		return err
	}
	time.Sleep(5 * time.Millisecond)
	for _, h := range old.Hits {
		if h.Group == "a/stays" {
			h.Body = "snow"
			b.Changes = append(slices.Clone(b.Changes), search.Change{Group: h.Group, Documents: []search.Document{h.Document}})
		}
	}
	return f.write(ctx, b)
}

func applyKeepingForScores(ctx context.Context, f *faulty, b search.Batch) error {
	if err := f.Index.Apply(ctx, b); err != nil {
		return err
	}
	b.Changes = slices.DeleteFunc(slices.Clone(b.Changes), func(c search.Change) bool { return len(c.Documents) == 0 })
	return f.everything().Apply(ctx, edit(b, func(d *search.Document) { d.Audience = profile.Public() }))
}

func firstAudience(ctx context.Context, f *faulty, b search.Batch) error {
	audiences := map[string]profile.Audience{}
	return f.write(ctx, edit(b, func(d *search.Document) {
		if _, ok := audiences[d.Group]; !ok {
			audiences[d.Group] = d.Audience
		}
		d.Audience = audiences[d.Group]
	}))
}

func keepingAudiences() func(context.Context, *faulty, search.Batch) error {
	audiences := map[string]profile.Audience{}
	return func(ctx context.Context, f *faulty, b search.Batch) error {
		return f.write(ctx, edit(b, func(d *search.Document) {
			if _, ok := audiences[d.ID]; !ok {
				audiences[d.ID] = d.Audience
			}
			d.Audience = audiences[d.ID]
		}))
	}
}

func onlyFirstCompounds() func(context.Context, *faulty, search.Batch) error {
	first := true
	return func(ctx context.Context, f *faulty, b search.Batch) error {
		known := first
		first = false
		return f.write(ctx, edit(b, func(d *search.Document) {
			if !known && strings.Contains(d.Audience.String(), "+") {
				d.Audience = nil
			}
		}))
	}
}

// sharing returns an index that keeps and gives out the slices it was given.
func sharing() *faults {
	var kept []search.Document
	return &faults{
		apply: func(ctx context.Context, f *faulty, b search.Batch) error {
			for _, c := range b.Changes {
				kept = append(kept, c.Documents...)
			}
			return f.write(ctx, b)
		},
		search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
			resp, err := f.Index.Search(ctx, r)
			for i := range resp.Hits {
				resp.Hits[i].Facets = kept[0].Facets
			}
			return resp, err
		},
	}
}

func onlyFirstValue(r *search.Request) {
	for name, values := range r.Filters {
		r.Filters[name] = values[:1]
	}
}

func countPage(r search.Request, resp *search.Response, _ search.Response) {
	for _, name := range r.Facets {
		counts := map[string]int{}
		for _, h := range resp.Hits {
			for _, v := range h.Facets[name] {
				counts[v]++
			}
		}
		resp.Facets[name] = nil
		for v, n := range counts {
			resp.Facets[name] = append(resp.Facets[name], search.FacetCount{Value: v, Count: n})
		}
	}
}

func countFiltered(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
	resp, err := f.Index.Search(ctx, r)
	whole := r
	whole.Offset, whole.Limit = 0, 1000
	all, _ := f.Index.Search(ctx, whole)
	countPage(r, &all, all)
	resp.Facets = all.Facets
	return resp, err
}

func countUnfiltered(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
	resp, err := f.Index.Search(ctx, r)
	r.Filters = nil
	all, _ := f.Index.Search(ctx, r)
	resp.Facets = all.Facets
	return resp, err
}

// eachHitShuffled puts hits of one score into any order but that of IDs.
func eachHitShuffled() *faults {
	return answering(func(_ search.Request, resp *search.Response, _ search.Response) {
		slices.SortStableFunc(resp.Hits, func(a, b search.Hit) int {
			if a.Score != b.Score {
				return 0
			}
			return strings.Compare(b.ID, a.ID)
		})
	})
}

func ranksFromOne(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
	resp, err := f.Index.Search(ctx, r)
	for i := range resp.Hits {
		resp.Hits[i].Rank = i + 1
	}
	return resp, err
}

// apart makes several words of each phrase.
func apart(r *search.Request) {
	var words []search.Word
	for _, w := range r.Words {
		for text := range strings.FieldsSeq(w.Text) {
			words = append(words, search.Word{Text: text, Exclude: w.Exclude, Required: w.Required})
		}
	}
	r.Words = words
}

func failOn(text string) func(context.Context, *faulty, search.Request) (search.Response, error) {
	return func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		if slices.ContainsFunc(r.Words, func(w search.Word) bool { return w.Text == text }) {
			return search.Response{}, errors.New("cannot parse the query")
		}
		return f.Index.Search(ctx, r)
	}
}

func suggesting(keep func(search.SuggestRequest, search.Suggestion) bool) *faults {
	return &faults{suggest: func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error) {
		got, err := f.Index.Suggest(ctx, r)
		return slices.DeleteFunc(got, func(s search.Suggestion) bool { return !keep(r, s) }), err
	}}
}

func suggestAfterwards(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error) {
	all, err := f.everything().Suggest(ctx, r)
	if err != nil {
		return nil, err
	}
	r.Limit = 1000
	allowed, err := f.Index.Suggest(ctx, r)
	return slices.DeleteFunc(all, func(s search.Suggestion) bool {
		return !slices.ContainsFunc(allowed, func(a search.Suggestion) bool { return a.ID == s.ID })
	}), err
}

// filterAfterwards ranks everything and then leaves out what may not be seen.
func filterAfterwards(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
	all, err := f.everything().Search(ctx, r)
	if err != nil {
		return all, err
	}
	r.Offset, r.Limit = 0, 1000
	allowed, err := f.Index.Search(ctx, r)
	all.Hits = slices.DeleteFunc(all.Hits, func(h search.Hit) bool {
		return !slices.ContainsFunc(allowed.Hits, func(a search.Hit) bool { return a.ID == h.ID })
	})
	all.Total, all.Facets, all.Corrected = allowed.Total, allowed.Facets, allowed.Corrected
	return all, err
}

func leakScores(_ search.Request, resp *search.Response, all search.Response) {
	for i, h := range resp.Hits {
		for _, a := range all.Hits {
			if a.ID == h.ID {
				resp.Hits[i].Score = a.Score
			}
		}
	}
}

func swapKeepingCursors(ctx context.Context, f *faulty, fresh search.Index) error {
	old, err := f.Index.Cursors(ctx)
	if err != nil {
		return err
	}
	if err := f.exchange(ctx, fresh); err != nil {
		return err
	}
	return f.write(ctx, search.Batch{Cursors: old})
}

func swapInSteps(ctx context.Context, f *faulty, fresh search.Index) error {
	empty, err := f.Index.Fresh(ctx)
	if err != nil {
		return err
	}
	if err := f.Index.Swap(ctx, empty); err != nil {
		return err
	}
	time.Sleep(time.Duration(5+rand.IntN(5)) * time.Millisecond)
	return f.exchange(ctx, fresh)
}

func onceOnly() func(context.Context, *faulty, *faulty) (search.Index, error) {
	used := false
	return func(_ context.Context, _, fresh *faulty) (search.Index, error) {
		if used {
			return nil, errors.New("busy")
		}
		used = true
		return fresh, nil
	}
}

type closing struct {
	*faulty

	parent *faulty
}

func (c *closing) Close() error { return errors.Join(c.faulty.Close(), c.parent.Close()) }

// spelledOut makes words of all alternatives.
func spelledOut(r *search.Request) {
	var words []search.Word
	for _, w := range r.Words {
		words = append(words, search.Word{Text: w.Text, Exclude: w.Exclude, Required: w.Required, Phrase: w.Phrase})
		for _, a := range w.Also {
			words = append(words, search.Word{Text: a.Text})
		}
	}
	r.Words = words
}

// alternativesApart makes several alternatives of each that has several words.
func alternativesApart(r *search.Request) {
	for i, w := range r.Words {
		r.Words[i].Also = nil
		for _, a := range w.Also {
			for text := range strings.FieldsSeq(a.Text) {
				r.Words[i].Also = append(r.Words[i].Also, search.Alternative{Text: text, Words: a.Words, Weight: a.Weight})
			}
		}
	}
}

// pinBeside puts what is pinned in front without looking whether it passes.
func pinBeside(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
	resp, err := f.Index.Search(ctx, r)
	if err != nil || len(r.Pinned) == 0 || r.Offset > 0 {
		return resp, err
	}
	first, err := f.Index.Search(ctx, search.Request{Sight: r.Sight, Locale: r.Locale, Groups: r.Pinned, Limit: r.Limit})
	resp.Hits = slices.DeleteFunc(resp.Hits, func(h search.Hit) bool { return slices.Contains(r.Pinned, h.Group) })
	for _, h := range first.Hits {
		resp.Hits = slices.Insert(resp.Hits, 0, h)
	}
	return resp, err
}
