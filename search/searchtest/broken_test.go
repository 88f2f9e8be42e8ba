package searchtest_test

import (
	"context"
	"errors"
	"html"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// A silentT notes that a check has failed and keeps it to itself.
type silentT struct {
	testing.TB

	mu     sync.Mutex
	failed bool
}

func (s *silentT) fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = true
}

func (s *silentT) Errorf(string, ...any) { s.fail() }
func (s *silentT) Error(...any)          { s.fail() }
func (s *silentT) Fail()                 { s.fail() }
func (s *silentT) Helper()               {}
func (s *silentT) FailNow() {
	s.fail()
	runtime.Goexit()
}

// fails reports whether a check finds fault.
func fails(t *testing.T, check func(testing.TB)) bool {
	t.Helper()
	s := &silentT{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recover() != nil {
				s.fail()
			}
		}()
		check(s)
	}()
	<-done
	return s.failed
}

// A faulty index is one in memory, beside another that holds everything for
// everybody, with faults where functions are set.
type faulty struct {
	search.Index
	*faults

	mu  sync.Mutex
	all search.Index // the same documents, all public
}

type faults struct {
	apply   func(ctx context.Context, f *faulty, b search.Batch) error
	search  func(ctx context.Context, f *faulty, r search.Request) (search.Response, error)
	suggest func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error)
	cursors func(c map[string]string) map[string]string
	fresh   func(ctx context.Context, f, fresh *faulty) (search.Index, error)
	swap    func(ctx context.Context, f *faulty, fresh search.Index) error
}

func newFaulty(fs *faults) *faulty {
	return &faulty{Index: memsearch.New(), all: memsearch.New(), faults: fs}
}

func (f *faulty) Apply(ctx context.Context, b search.Batch) error {
	if f.apply != nil {
		return f.apply(ctx, f, b)
	}
	return f.write(ctx, b)
}

// write does what Apply should.
func (f *faulty) write(ctx context.Context, b search.Batch) error {
	if err := f.Index.Apply(ctx, b); err != nil {
		return err
	}
	return f.everything().Apply(ctx, edit(b, func(d *search.Document) { d.Audience = profile.Public() }))
}

func (f *faulty) everything() search.Index {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

// edit returns the batch with changed documents.
func edit(b search.Batch, change func(*search.Document)) search.Batch {
	b.Changes = slices.Clone(b.Changes)
	for i, c := range b.Changes {
		b.Changes[i].Documents = slices.Clone(c.Documents)
		for j := range c.Documents {
			change(&b.Changes[i].Documents[j])
		}
	}
	return b
}

func (f *faulty) Search(ctx context.Context, r search.Request) (search.Response, error) {
	if f.search != nil {
		return f.search(ctx, f, r)
	}
	return f.Index.Search(ctx, r)
}

func (f *faulty) Suggest(ctx context.Context, r search.SuggestRequest) ([]search.Suggestion, error) {
	if f.suggest != nil {
		return f.suggest(ctx, f, r)
	}
	return f.Index.Suggest(ctx, r)
}

func (f *faulty) Cursors(ctx context.Context) (map[string]string, error) {
	c, err := f.Index.Cursors(ctx)
	if f.cursors != nil {
		c = f.cursors(c)
	}
	return c, err
}

func (f *faulty) Fresh(ctx context.Context) (search.Index, error) {
	inner, err := f.Index.Fresh(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &faulty{Index: inner, all: memsearch.New(), faults: f.faults}
	if f.fresh != nil {
		return f.fresh(ctx, f, fresh)
	}
	return fresh, nil
}

func (f *faulty) Swap(ctx context.Context, fresh search.Index) error {
	if f.swap != nil {
		return f.swap(ctx, f, fresh)
	}
	return f.exchange(ctx, fresh)
}

// exchange does what Swap should.
func (f *faulty) exchange(ctx context.Context, fresh search.Index) error {
	g, ok := fresh.(*faulty)
	if !ok {
		return f.Index.Swap(ctx, fresh)
	}
	if err := f.Index.Swap(ctx, g.Index); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = g.all
	return nil
}

// asking returns a fault that changes what is asked for.
func asking(change func(*search.Request)) *faults {
	return &faults{search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		r.Words, r.Filters = slices.Clone(r.Words), maps.Clone(r.Filters)
		change(&r)
		return f.Index.Search(ctx, r)
	}}
}

// answering returns a fault that changes what is answered, knowing what
// somebody who sees everything would get.
func answering(change func(r search.Request, resp *search.Response, all search.Response)) *faults {
	return &faults{search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		resp, err := f.Index.Search(ctx, r)
		if err != nil {
			return resp, err
		}
		all, err := f.everything().Search(ctx, r)
		change(r, &resp, all)
		return resp, err
	}}
}

// writing returns a fault that changes documents on their way in.
func writing(change func(*search.Document)) *faults {
	return &faults{apply: func(ctx context.Context, f *faulty, b search.Batch) error { return f.write(ctx, edit(b, change)) }}
}

func eachHit(change func(*search.Hit)) *faults {
	return answering(func(_ search.Request, resp *search.Response, _ search.Response) {
		for i := range resp.Hits {
			change(&resp.Hits[i])
		}
	})
}

func eachWord(change func(*search.Word)) *faults {
	return asking(func(r *search.Request) {
		for i := range r.Words {
			change(&r.Words[i])
		}
	})
}

// brokenIndexes lists faults, each with the check that must find it.
var brokenIndexes = []struct {
	name, caughtBy string
	faults         *faults
}{
	{"finds ghosts", "Empty", answering(func(_ search.Request, resp *search.Response, _ search.Response) { resp.Total++ })},
	{"keeps bodies in hits", "RoundTrip", eachHit(func(h *search.Hit) { h.Body = "body" })},
	{"loses weights", "RoundTrip", writing(func(d *search.Document) { d.Weight = 1 })},
	{"loses keywords", "Fields", writing(func(d *search.Document) { d.Keywords = nil })},
	{"loses summaries", "Fields", writing(func(d *search.Document) { d.Summary = "" })},
	{"keeps old versions of a group", "Replace", &faults{apply: applyMerging}},
	{"forgets to remove", "Remove", &faults{apply: applyWithoutRemoving}},
	{"scores by the number of writes", "Again", &faults{apply: applyGrowing}},
	{"first change wins", "LastWins", &faults{apply: applyFirst}},
	{"drops other cursors", "Cursors", &faults{cursors: func(c map[string]string) map[string]string {
		if len(c) > 1 {
			delete(c, "kb")
		}
		return c
	}}},
	{"commits changes one by one", "Whole", &faults{apply: applyOneByOne}},
	{"moves cursors before documents", "Whole", &faults{apply: applyCursorFirst}},
	{"shows half a batch", "AtOnce", &faults{apply: applyOneByOne}},
	{"shows cursors before documents", "AtOnce", &faults{apply: applyCursorFirst}},
	{"hands out its own slices", "Aliasing", sharing()},
	{"ignores the locale", "Locale", asking(func(r *search.Request) { r.Locale = "" })},
	{"finds only by own language", "Locale", writing(func(d *search.Document) { d.Serves = []string{d.Locale} })},
	{"wants all values of a filter", "Filters", asking(onlyFirstValue)},
	{"ignores filters on unknown facets", "Filters", asking(func(r *search.Request) { delete(r.Filters, "colour") })},
	{"counts only the page", "Facets", answering(countPage)},
	{"counts behind the own filter", "OwnFilter", &faults{search: countFiltered}},
	{"counts before any filter", "OwnFilter", &faults{search: countUnfiltered}},
	{"always sorts by relevance", "Sort", asking(func(r *search.Request) { r.Sort = search.SortRelevance })},
	{"breaks ties by chance", "Sort", eachHitShuffled()},
	{"ignores weights", "Weight", writing(func(d *search.Document) { d.Weight = 1 })},
	{"repeats a hit on the next page", "Pages", asking(func(r *search.Request) { r.Offset = max(0, r.Offset-1) })},
	{"counts ranks from each page", "Pages", &faults{search: ranksFromOne}},
	{"caps the total", "Limits", answering(func(r search.Request, resp *search.Response, _ search.Response) { resp.Total = len(resp.Hits) })},
	{"wants all words", "AnyWord", eachWord(func(w *search.Word) { w.Required = !w.Exclude })},
	{"finds nothing for no words", "Everything", answering(func(r search.Request, resp *search.Response, _ search.Response) {
		if !slices.ContainsFunc(r.Words, func(w search.Word) bool { return !w.Exclude }) {
			*resp = search.Response{}
		}
	})},
	{"takes phrases apart", "Phrase", asking(apart)},
	{"ignores exclusion", "Exclude", eachWord(func(w *search.Word) { w.Exclude = false })},
	{"ignores requirements", "Required", eachWord(func(w *search.Word) { w.Required = false })},
	{"drops stop words", "StopWords", asking(func(r *search.Request) {
		r.Words = slices.DeleteFunc(r.Words, func(w search.Word) bool { return len(w.Text) < 4 })
	})},
	{"heeds case", "Folding", writing(func(d *search.Document) { d.Title = strings.ReplaceAll(d.Title, "PASSWORD", "PASS_WORD") })},
	{"escapes spans", "Highlights", eachHit(func(h *search.Hit) {
		for i := range h.Titles {
			h.Titles[i].Text = html.EscapeString(h.Titles[i].Text)
		}
	})},
	{"marks nothing", "Highlights", eachHit(func(h *search.Hit) { h.Titles = []search.Span{{Text: h.Title}} })},
	{"shows the beginning of the text", "Highlights", eachHit(func(h *search.Hit) { h.Snippet = []search.Span{{Text: "Some words before it."}} })},
	{"ignores the length of snippets", "Snippet", asking(func(r *search.Request) { r.Snippet *= 3 })},
	{"always shows the summary", "Snippet", eachHit(func(h *search.Hit) { h.Snippet = []search.Span{{Text: h.Summary, Match: true}} })},
	{"always explains", "Explain", asking(func(r *search.Request) { r.Explain = true })},
	{"never explains", "Explain", asking(func(r *search.Request) { r.Explain = false })},
	{"fails on odd text", "OddText", &faults{search: failOn("title:x")}},
	{"panics on odd text", "OddText", asking(func(r *search.Request) {
		if len(r.Words) > 0 && strings.Contains(r.Words[0].Text, "((") {
			panic("unbalanced")
		}
	})},
	{"cuts long texts", "Large", writing(func(d *search.Document) { d.Body = d.Body[:min(len(d.Body), 100_000)] })},
	{"suggests only from the beginning", "Suggest", suggesting(func(r search.SuggestRequest, s search.Suggestion) bool {
		return strings.HasPrefix(strings.ToLower(s.Title[0].Text), strings.ToLower(r.Text[:min(2, len(r.Text))]))
	})},
	{"suggests without limit", "SuggestLimits", &faults{suggest: func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error) {
		r.Limit = 50
		return f.Index.Suggest(ctx, r)
	}}},
	{"suggests in all languages", "SuggestLimits", &faults{suggest: func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error) {
		r.Locale = ""
		return f.Index.Suggest(ctx, r)
	}}},
	{"never corrects", "Correct", answering(func(_ search.Request, resp *search.Response, _ search.Response) { resp.Corrected = nil })},
	{"corrects unasked", "Correct", asking(func(r *search.Request) { r.Correct = true })},
	{"corrects right words", "Correct", answering(func(r search.Request, resp *search.Response, _ search.Response) {
		if len(resp.Corrected) == 0 && len(r.Words) > 0 {
			resp.Corrected = []search.Correction{{Text: "other"}}
		}
	})},
	{"fresh is not empty", "Fresh", &faults{fresh: func(ctx context.Context, _, fresh *faulty) (search.Index, error) {
		return fresh, fresh.write(ctx, search.Batch{Cursors: map[string]string{"test": "1"}})
	}}},
	{"swap keeps the old cursors", "Fresh", &faults{swap: swapKeepingCursors}},
	{"swap does nothing", "Fresh", &faults{swap: func(context.Context, *faulty, search.Index) error { return nil }}},
	{"one fresh index only", "FreshClosed", &faults{fresh: onceOnly()}},
	{"closing a fresh index closes the old one", "FreshClosed", &faults{fresh: func(_ context.Context, f, fresh *faulty) (search.Index, error) {
		return &closing{faulty: fresh, parent: f}, nil
	}}},
	{"swaps with anything", "SwapStranger", &faults{swap: func(ctx context.Context, f *faulty, fresh search.Index) error {
		_ = f.exchange(ctx, fresh)
		return nil
	}}},
	{"is empty for a moment during a swap", "SwapUnderway", &faults{swap: swapInSteps}},
	{"ignores the context of Apply", "Canceled", &faults{apply: func(_ context.Context, f *faulty, b search.Batch) error {
		return f.write(context.Background(), b)
	}}},
	{"ignores the context of Search", "Canceled", &faults{search: func(_ context.Context, f *faulty, r search.Request) (search.Response, error) {
		return f.Index.Search(context.Background(), r)
	}}},
	{"is empty while it writes", "Concurrent", &faults{apply: applyAfterClearing}},
	{"shows everything to everybody", "Sees", &faults{search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		return f.everything().Search(ctx, r)
	}}},
	{"shows documents for nobody", "Sees", writing(func(d *search.Document) {
		if d.Audience.Nobody() {
			d.Audience = profile.Public()
		}
	})},
	{"suggests everything to everybody", "Sees", &faults{suggest: func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error) {
		return f.everything().Suggest(ctx, r)
	}}},
	{"counts facets for everybody", "Sees", answering(func(_ search.Request, resp *search.Response, all search.Response) { resp.Facets = all.Facets })},
	{"takes + for or", "Compound", writing(func(d *search.Document) {
		d.Audience = profile.NewAudience(strings.Split(strings.Join(d.Audience, "+"), "+")...)
	})},
	{"knows only the compound terms of the first batch", "Compound", &faults{apply: onlyFirstCompounds()}},
	{"keeps an audience once given", "Narrowed", &faults{apply: keepingAudiences()}},
	{"one audience for all versions", "Versions", &faults{apply: firstAudience}},
	{"filters after it has ranked", "Unseen", &faults{search: filterAfterwards}},
	{"totals leak", "Unseen", answering(func(_ search.Request, resp *search.Response, all search.Response) { resp.Total = all.Total })},
	{"scores leak", "Unseen", answering(leakScores)},
	{"facet values leak", "Unseen", answering(func(_ search.Request, resp *search.Response, all search.Response) {
		for name := range all.Facets {
			resp.Facets[name] = append(resp.Facets[name], all.Facets[name][:min(1, len(all.Facets[name]))]...)
		}
	})},
	{"corrections leak", "Unseen", answering(func(_ search.Request, resp *search.Response, all search.Response) { resp.Corrected = all.Corrected })},
	{"hidden words stop corrections", "Unseen", answering(func(_ search.Request, resp *search.Response, all search.Response) {
		if len(all.Corrected) == 0 {
			resp.Corrected = nil
		}
	})},
	{"hidden suggestions take up room", "Unseen", &faults{suggest: suggestAfterwards}},
	{"removed documents count on", "UnseenRemoved", &faults{apply: applyKeepingForScores, search: answering(leakScores).search}},
}

// TestBrokenIndexes feeds the suite an index for each fault.
func TestBrokenIndexes(t *testing.T) {
	checks := searchtest.IndexChecks()
	for _, b := range brokenIndexes {
		t.Run(b.name, func(t *testing.T) {
			open := func() search.Index { return newFaulty(b.faults) }
			require.True(t, fails(t, func(t testing.TB) { checks[b.caughtBy](t, open) }), "%s does not find it", b.caughtBy)
		})
	}
}

// TestSoundIndex shows that the harness itself is not what fails.
func TestSoundIndex(t *testing.T) {
	for name, check := range searchtest.IndexChecks() {
		if name == "Stemming" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			check(t, func() search.Index { return newFaulty(&faults{}) })
		})
	}
}

// TestEveryPromiseIsTested requires a fault for each sentence of the contract.
func TestEveryPromiseIsTested(t *testing.T) {
	caught := map[string]bool{"Stemming": true, "Unspaced": true} // nothing in memory to break
	for _, b := range brokenIndexes {
		caught[b.caughtBy] = true
	}
	for name := range searchtest.IndexChecks() {
		require.True(t, caught[name], "no broken index is caught by %s", name)
	}
}

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
