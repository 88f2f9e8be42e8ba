// Package searchtest checks implementations of [search.Index] and
// [search.Source].
//
// Whoever writes an index or a source of their own runs the same suite as those
// of this module:
//
//	func TestIndex(t *testing.T) {
//		searchtest.TestIndex(t, func(t *testing.T) search.Index { return myindex.New(t.TempDir()) })
//	}
//
// It is imported from tests only.
package searchtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A Feature is something that not every index can do. Those that an index is
// said to have are checked.
type Feature string

// The features.
const (
	FeatureStemming   Feature = "stemming"   // finds "resetting" by "reset" in English
	FeatureUnspaced   Feature = "unspaced"   // finds words of scripts that put no spaces between them
	FeatureCorrection Feature = "correction" // corrects misspelt words
)

// TestIndex runs the contract of [search.Index] as subtests. open must return a
// new empty index each time it is called, and may clean up with t.Cleanup.
func TestIndex(t *testing.T, open func(*testing.T) search.Index, features ...Feature) {
	for _, c := range indexContract {
		if c.needs != "" && !slices.Contains(features, c.needs) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Logf("contract: %s", c.says)
			c.check(t, func() search.Index { return open(t) })
		})
	}
}

// A promise is one sentence of a contract and how to check it.
type promise struct {
	name, says string
	check      func(t testing.TB, open func() search.Index)
	needs      Feature
}

var indexContract = []promise{
	{"Empty", "a new index has no documents, cursors, hits or suggestions, and no error", checkEmpty, ""},
	{"RoundTrip", "a hit is the document that was applied, without its body, times in UTC", checkRoundTrip, ""},
	{"Fields", "title, summary, body and keywords are searched", checkFields, ""},
	{"Replace", "a change replaces all documents of its group", checkReplace, ""},
	{"Remove", "a change without documents removes its group; removing what is not there does no harm", checkRemove, ""},
	{"Again", "applying a batch twice is applying it once", checkAgain, ""},
	{"LastWins", "of two changes to one group in a batch the last one is right", checkLastWins, ""},
	{"Cursors", "cursors are kept as they are given; a source that a batch does not name keeps its own", checkCursors, ""},
	{"Whole", "a batch that fails leaves nothing behind, neither documents nor cursors", checkWhole, ""},
	{"AtOnce", "searches see all of a batch or nothing, and cursors are never ahead of documents", checkAtOnce, ""},
	{"Aliasing", "changing what was given to or got from an index changes nothing inside it", checkAliasing, ""},
	{"Locale", "only documents that serve the locale are found, any of them without one", checkLocale, ""},
	{"Filters", "values of one facet widen a filter, facets narrow it", checkFilters, ""},
	{"Facets", "facets count all documents found, most frequent first, then by value", checkFacets, ""},
	{"OwnFilter", "the filter of a facet does not limit its own counts, but those of the others", checkOwnFilter, ""},
	{"Sort", "hits come by relevance or newest first, ties by ID", checkSort, ""},
	{"Weight", "of equals the one with the greater weight comes first", checkWeight, ""},
	{"OwnLanguage", "of documents that match alike those in the reader's language come first, suggestions too; one that matches better stays ahead", checkOwnLanguage, ""},
	{"Pages", "pages have every hit exactly once and in one order, ranks counting on", checkPages, ""},
	{"Limits", "no hits are returned beyond the limit or behind the end, but the total is right", checkLimits, ""},
	{"AnyWord", "a document with some of the words is found, one with more of them comes first", checkAnyWord, ""},
	{"Everything", "no words find everything, only excluded words everything without them", checkEverything, ""},
	{"Phrase", "the words of a phrase stand next to each other and in order", checkPhrase, ""},
	{"Exclude", "documents with an excluded word or phrase are not found", checkExclude, ""},
	{"Required", "documents without a required word are not found", checkRequired, ""},
	{"StopWords", "words that are everywhere are found if there is nothing else to look for", checkStopWords, ""},
	{"Folding", "case, width, accents' composition and punctuation around words do not matter", checkFolding, ""},
	{"Alternatives", "a document with an alternative to a word is found as if it had the word, behind those that have it", checkAlternatives, ""},
	{"BestAlternative", "a document scores by the word or by one alternative, whichever is best, and never by both", checkBestAlternative, ""},
	{"AlternativePhrase", "an alternative of several words is found where these stand next to each other, one to several words stands in for all of them", checkAlternativePhrase, ""},
	{"AlternativeMarks", "what was found in place of a word is marked and explained", checkAlternativeMarks, ""},
	{"AlternativesNot", "what is quoted, required or excluded has no alternatives", checkAlternativesNot, ""},
	{"AlternativeCorrected", "a word that has alternatives is not corrected", checkAlternativeCorrected, FeatureCorrection},
	{"Pinned", "pinned groups are found and come first, for those who may see them, once, and within filters", checkPinned, ""},
	{"Groups", "of groups that are asked for only these are found", checkGroups, ""},
	{"Stemming", "inflected forms of a word find each other", checkStemming, FeatureStemming},
	{"Unspaced", "words are found inside text that has no spaces", checkUnspaced, FeatureUnspaced},
	{"Highlights", "spans add up to the title and to a passage of the text, as they are, and mark what matched", checkHighlights, ""},
	{"Snippet", "snippets are as long as asked for; without a match in the text the summary is shown", checkSnippet, ""},
	{"Explain", "hits say how their score came about if asked to", checkExplain, ""},
	{"OddText", "no text is an error or breaks another document", checkOddText, ""},
	{"Large", "a text of a megabyte is searched to its end", checkLarge, ""},
	{"Suggest", "titles are suggested that have the words typed, the last one at least begun", checkSuggest, ""},
	{"SuggestLimits", "suggestions heed limit and locale, and there are none for no text", checkSuggestLimits, ""},
	{"Correct", "a misspelt word is corrected to one that finds something, others are left alone", checkCorrect, FeatureCorrection},
	{"CorrectFew", "of many misspelt words no more than the first three are corrected, as each costs a look at all words", checkCorrectFew, FeatureCorrection},
	{"Fresh", "Fresh returns an empty index; the old one answers until Swap, which puts documents and cursors in its place", checkFresh, ""},
	{"FreshClosed", "giving up a fresh index changes nothing, and another one can be had", checkFreshClosed, ""},
	{"SwapStranger", "Swap refuses an index that is not from Fresh", checkSwapStranger, ""},
	{"SwapUnderway", "a search sees the old content or the new one, never a mixture or an error", checkSwapUnderway, ""},
	{"Canceled", "a canceled context stops a call before it changes anything", checkCanceled, ""},
	{"Concurrent", "readers and a writer do not disturb each other", checkConcurrent, ""},
	{"Sees", "a document is found by those its audience includes and by nobody else", checkSees, ""},
	{"Compound", "a term with + needs all its parts", checkCompound, ""},
	{"Narrowed", "a change of audience takes effect with the batch", checkNarrowed, ""},
	{"Versions", "the versions of a group have audiences of their own", checkVersions, ""},
	{"Unseen", "every answer is the same with and without documents that the asker may not see", checkUnseen, ""},
	{"UnseenRemoved", "documents that are gone have no influence either", checkUnseenRemoved, ""},
}

// t0 is when documents were updated.
var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

// anyone is the sight of an anonymous visitor.
var anyone = profile.Actor{}.Sight()

// document returns a public English how-to; each change adjusts it.
func document(group, title, body string, change ...func(*search.Document)) search.Document {
	d := search.Document{
		ID: group + "@en", Group: group, Source: "test", Kind: "how-to", Locale: "en", Serves: []string{"en"}, Title: title, Body: body,
		Path: "/en/" + group, Audience: profile.Public(), Facets: map[string][]string{"kind": {"how-to"}}, UpdatedAt: t0, Weight: 1,
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func audience(terms ...string) func(*search.Document) {
	return func(d *search.Document) { d.Audience = profile.NewAudience(terms...) }
}

func facet(name string, values ...string) func(*search.Document) {
	return func(d *search.Document) { d.Facets[name] = values }
}

// locale makes the document the version of its group in a language.
func locale(tag string, serves ...string) func(*search.Document) {
	return func(d *search.Document) {
		d.ID, d.Locale, d.Serves = d.Group+"@"+tag, tag, append([]string{tag}, serves...)
	}
}

// changes returns one change for each group of the documents, in order.
func changes(docs ...search.Document) []search.Change {
	var out []search.Change
	for _, d := range docs {
		i := slices.IndexFunc(out, func(c search.Change) bool { return c.Group == d.Group })
		if i < 0 {
			i = len(out)
			out = append(out, search.Change{Group: d.Group})
		}
		out[i].Documents = append(out[i].Documents, d)
	}
	return out
}

func apply(t testing.TB, x search.Index, docs ...search.Document) {
	t.Helper()
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: changes(docs...), Cursors: map[string]string{"test": "1"}}))
}

// ask returns what anyone finds by text; each change adjusts the request.
func ask(t testing.TB, x search.Index, text string, change ...func(*search.Request)) search.Response {
	t.Helper()
	r := search.Request{Sight: anyone, Words: search.Parse(text), Limit: 50, Snippet: 100}
	for _, f := range change {
		f(&r)
	}
	resp, err := x.Search(t.Context(), r)
	require.NoError(t, err)
	return resp
}

// groups returns the groups of hits, in order.
func groups(r search.Response) []string {
	out := []string{}
	for _, h := range r.Hits {
		out = append(out, h.Group)
	}
	return out
}

func finds(t testing.TB, x search.Index, text string, want ...string) {
	t.Helper()
	require.ElementsMatch(t, want, groups(ask(t, x, text)), "looking for %q", text)
}

func joined(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func matched(spans []search.Span) []string {
	out := []string{}
	for _, s := range spans {
		if s.Match {
			out = append(out, s.Text)
		}
	}
	return out
}
