package searchtest_test

import (
	"context"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

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
	{"does not know the language of a text", "OwnLanguage", writing(func(d *search.Document) { d.Locale = "und" })},
	{"shows only the reader's language", "OwnLanguage", writing(func(d *search.Document) { d.Serves = []string{d.Locale} })},
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
	{"knows no alternatives", "Alternatives", eachWord(func(w *search.Word) { w.Also = nil })},
	{"takes alternatives for the word", "Alternatives", asking(spelledOut)},
	{"adds alternatives up", "BestAlternative", asking(spelledOut)},
	{"takes alternatives apart", "AlternativePhrase", asking(alternativesApart)},
	{"wants all of what an alternative is for", "AlternativePhrase", eachWord(func(w *search.Word) {
		w.Also = slices.DeleteFunc(slices.Clone(w.Also), func(a search.Alternative) bool { return a.Words > 1 })
	})},
	{"marks only the words", "AlternativeMarks", answering(func(r search.Request, resp *search.Response, _ search.Response) {
		for i := range resp.Hits {
			resp.Hits[i].Titles = []search.Span{{Text: resp.Hits[i].Title}}
		}
	})},
	{"relaxes what is required", "AlternativesNot", eachWord(func(w *search.Word) {
		if len(w.Also) > 0 {
			w.Required = false
		}
	})},
	{"corrects what somebody knows", "AlternativeCorrected", eachWord(func(w *search.Word) { w.Also = nil })},
	{"knows no pins", "Pinned", asking(func(r *search.Request) { r.Pinned = nil })},
	{"pins what it finds anyway", "Pinned", answering(func(r search.Request, resp *search.Response, _ search.Response) {
		resp.Hits = slices.DeleteFunc(resp.Hits, func(h search.Hit) bool { return h.Pinned && h.Score == 0 })
	})},
	{"does not say what is pinned", "Pinned", eachHit(func(h *search.Hit) { h.Pinned = false })},
	{"pins in any order", "Pinned", asking(func(r *search.Request) { slices.Reverse(r.Pinned) })},
	{"pins in spite of filters", "Pinned", &faults{search: pinBeside}},
	{"finds other groups", "Groups", asking(func(r *search.Request) { r.Groups = nil })},
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
	{"corrects without end", "CorrectFew", answering(func(r search.Request, resp *search.Response, _ search.Response) {
		for i := range r.Words {
			resp.Corrected = append(resp.Corrected, search.Correction{Word: i, Text: "password"})
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
			require.True(t, suitetest.Fails(t, func(t testing.TB) { checks[b.caughtBy](t, open) }), "%s does not find it", b.caughtBy)
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
