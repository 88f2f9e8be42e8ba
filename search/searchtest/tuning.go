package searchtest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// also gives the first words of a request alternatives.
func also(alternatives ...[]search.Alternative) func(*search.Request) {
	return func(r *search.Request) {
		for i, list := range alternatives {
			r.Words[i].Also = list
		}
	}
}

func or(texts ...string) []search.Alternative {
	var out []search.Alternative
	for _, text := range texts {
		out = append(out, search.Alternative{Text: text, Weight: 0.9})
	}
	return out
}

func checkAlternatives(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/word", "page", "bulb on the pier"), document("a/other", "page", "lamp on the pier"), document("a/second", "page", "torch on the pier"),
		document("a/german", "page", "lamp on the pier", locale("de")), document("a/neither", "page", "boats on the pier"),
		document("a/staff", "page", "lamp lamp lamp", audience("staff")), document("a/faq", "page", "a lamp on the pier", facet("kind", "faq")))
	english := func(r *search.Request) { r.Locale = "en" }
	resp := ask(t, x, "bulb", english, also(or("lamp", "torch")))
	require.Equal(t, "a/word", groups(resp)[0], "the word itself comes first")
	require.ElementsMatch(t, []string{"a/word", "a/other", "a/second", "a/faq"}, groups(resp))
	require.Equal(t, 4, resp.Total)
	finds(t, x, "bulb", "a/word")
	resp = ask(t, x, "zyzzyva", english, also(or("lamp")), func(r *search.Request) {
		r.Filters, r.Facets = map[string][]string{"kind": {"faq"}}, []string{"kind"}
	})
	require.Equal(t, []string{"a/faq"}, groups(resp), "what no document has is found by another name")
	require.Equal(t, []search.FacetCount{{Value: "faq", Count: 1}, {Value: "how-to", Count: 1}}, resp.Facets["kind"])
	resp = ask(t, x, "bulb", also(or("", "  ", "?!", "zyzzyva")))
	require.Equal(t, []string{"a/word"}, groups(resp), "odd alternatives find nothing")
}

func checkBestAlternative(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/one", "page", "bulb filler filler"), document("a/all", "page", "bulb lamp torch"), document("a/lamps", "page", "lamp torch filler"),
		document("a/common", "page", "bulb filler filler"), document("a/common2", "page", "bulb filler filler"))
	scores := map[string]float64{}
	for _, h := range ask(t, x, "bulb", also(or("lamp", "torch"))).Hits {
		scores[h.Group] = h.Score
	}
	require.InDelta(t, scores["a/one"], scores["a/all"], 1e-9, "a document scores by the best, not by all")
	require.Less(t, scores["a/lamps"], scores["a/one"], "however rare it is, an alternative is worth no more than the word")
	require.Positive(t, scores["a/lamps"])

	x = open()
	apply(t, x,
		document("a/both", "page", "lamp near the pier"), document("a/word", "page", "bulb near the boats"),
		document("a/far", "page", "lamp near the boats"), document("a/pier", "page", "boats near the pier"))
	require.Equal(t, "a/both", groups(ask(t, x, "bulb pier", also(or("lamp"))))[0], "what has all that was asked for comes first")
	twice := ask(t, x, "lamp bulb", also(or("bulb"), or("lamp"))).Hits
	plain := ask(t, x, "lamp bulb").Hits
	require.Len(t, twice, len(plain))
	for i := range plain {
		require.InDelta(t, plain[i].Score, twice[i].Score, 1e-9, "an alternative that is asked for anyway counts once")
	}
}

func checkAlternativePhrase(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/short", "page", "Setting up SSO for a team"),
		document("a/long", "page", "Setting up single sign on for a team"),
		document("a/apart", "page", "Setting up a single form for a team"))
	resp := ask(t, x, "sso", also(or("single sign on")))
	require.Equal(t, []string{"a/short", "a/long"}, groups(resp), "its words stand next to each other")
	over := func(words int, text string) []search.Alternative {
		return []search.Alternative{{Text: text, Words: words, Weight: 0.9}}
	}
	resp = ask(t, x, "single sign on", also(over(3, "sso")))
	require.Equal(t, []string{"a/long", "a/short", "a/apart"}, groups(resp), "one stands in for several, and is worth more than some")
	nested := ask(t, x, "single sign on", also([]search.Alternative{{Text: "sso", Words: 3}, {Text: "zyzzyva"}}, over(2, "team")))
	require.Contains(t, groups(nested), "a/short", "choices inside one another are all looked for")
	resp = ask(t, x, "single", also(over(2, "sso")))
	require.Equal(t, []string{"a/long", "a/apart"}, sorted(groups(resp), "a/long", "a/apart"), "what is not there needs no other name")
}

// sorted returns list in the order of want, to compare what has no order.
func sorted(list []string, want ...string) []string {
	slices.SortFunc(list, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) })
	return list
}

func checkAlternativeMarks(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "A lamp", "We sign here, then set up single sign on and switch the lamp."))
	h := ask(t, x, "bulb", also(or("lamp"))).Hits[0]
	require.Equal(t, []string{"lamp"}, matched(h.Titles))
	require.Equal(t, []string{"lamp"}, matched(h.Snippet))
	h = ask(t, x, "sso", also(or("single sign on"))).Hits[0]
	require.Empty(t, matched(h.Titles))
	require.Equal(t, []string{"single", "sign", "on"}, matched(h.Snippet), "words that stand alone are not what was found")
	h = ask(t, x, "bulb", also(or("lamp")), func(r *search.Request) { r.Explain = true }).Hits[0]
	require.Contains(t, h.Explain[0].What, "lamp")
}

func checkAlternativesNot(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/bulb", "page", "bulb on the pier"), document("a/lamp", "page", "lamp on the pier"), document("a/none", "page", "pier"))
	for text, want := range map[string][]string{
		"+bulb": {"a/bulb"}, `"bulb"`: {"a/bulb"}, "-bulb": {"a/lamp", "a/none"}, "-bulb pier": {"a/lamp", "a/none"},
	} {
		require.ElementsMatch(t, want, groups(ask(t, x, text, also(or("lamp")))), "%s is looked for as it is written", text)
	}
	require.ElementsMatch(t, []string{"a/bulb"}, groups(ask(t, x, "bulb +on", also(or("lamp", "pier")), func(r *search.Request) {
		r.Words = append(r.Words, search.Word{Text: "bulb", Required: true})
	})), "what is required is required")
}

func checkAlternativeCorrected(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "password", "the password page"), document("a/2", "lamp", "text"))
	correct := func(r *search.Request) { r.Locale, r.Correct = "en", true }
	require.Empty(t, ask(t, x, "passwort lamp", correct, also(or("lamp"))).Corrected, "somebody knows the word")
	require.Len(t, ask(t, x, "passwort lamp", correct).Corrected, 1)
}

func pinned(groups ...string) func(*search.Request) {
	return func(r *search.Request) { r.Pinned = groups }
}

// pier has documents of which some are to be pinned.
func pier(t testing.TB, x search.Index) {
	t.Helper()
	apply(t, x,
		document("a/best", "Lamp", "lamp lamp"), document("a/good", "page", "the lamp"), document("a/some", "page", "a page about the lamp and more words"),
		document("a/other", "page", "boats", facet("kind", "faq")), document("a/two", "page", "more boats"),
		document("a/two", "Seite", "Boote", locale("de")), document("a/staff", "page", "boats", audience("staff")))
}

func checkPinned(t testing.TB, open func() search.Index) {
	x := open()
	pier(t, x)
	english := func(r *search.Request) { r.Locale, r.Facets = "en", []string{"kind"} }
	resp := ask(t, x, "lamp", english, pinned("a/two", "a/zyzzyva", "a/some", "a/staff"))
	require.Equal(t, []string{"a/two", "a/some", "a/best", "a/good"}, groups(resp), "they come first and in order, found or not, once")
	require.Equal(t, 4, resp.Total)
	require.Equal(t, []search.FacetCount{{Value: "how-to", Count: 4}}, resp.Facets["kind"])
	for i, h := range resp.Hits {
		require.Equal(t, i < 2, h.Pinned, h.Group)
		require.Equal(t, i+1, h.Rank)
	}
	require.Equal(t, []string{"lamp"}, matched(resp.Hits[1].Snippet))
	for _, c := range []struct {
		text   string
		change func(*search.Request)
		want   []string
	}{
		{"lamp -boats", nil, []string{"a/best", "a/good", "a/some"}},
		{"+lamp", nil, []string{"a/best", "a/good", "a/some"}},
		{"+boats", nil, []string{"a/two", "a/other"}},
		{"lamp", func(r *search.Request) { r.Filters = map[string][]string{"kind": {"faq"}} }, []string{}},
		{"zyzzyva", nil, []string{"a/two"}},
		{"lamp", func(r *search.Request) { r.Offset, r.Limit = 1, 2 }, []string{"a/best", "a/good"}},
		{"lamp", func(r *search.Request) { r.Offset, r.Limit = 0, 1 }, []string{"a/two"}},
	} {
		if c.change == nil {
			c.change = func(*search.Request) {}
		}
		require.Equal(t, c.want, groups(ask(t, x, c.text, english, pinned("a/two"), c.change)), "looking for %q", c.text)
	}
	resp = ask(t, x, "lamp", english, pinned("a/other"), func(r *search.Request) { r.Filters = map[string][]string{"kind": {"faq"}} })
	require.Equal(t, []search.FacetCount{{Value: "how-to", Count: 3}, {Value: "faq", Count: 1}}, resp.Facets["kind"])
	german := ask(t, x, "lamp", pinned("a/two"), func(r *search.Request) { r.Locale = "de" })
	require.Len(t, german.Hits, 1)
	require.Equal(t, "a/two@de", german.Hits[0].ID, "in the reader's language")
	dated := ask(t, x, "lamp", english, pinned("a/two"), func(r *search.Request) { r.Sort = search.SortUpdated })
	require.Equal(t, []string{"a/best", "a/good", "a/some", "a/two"}, groups(dated), "newest first is newest first")
}

func checkGroups(t testing.TB, open func() search.Index) {
	x := open()
	pier(t, x)
	only := func(groups ...string) func(*search.Request) {
		return func(r *search.Request) { r.Groups, r.Locale, r.Facets = groups, "en", []string{"kind"} }
	}
	resp := ask(t, x, "", only("a/other", "a/two", "a/staff", "a/zyzzyva"))
	require.Equal(t, []string{"a/other", "a/two"}, sorted(groups(resp), "a/other", "a/two"))
	require.Equal(t, 2, resp.Total)
	require.Equal(t, []search.FacetCount{{Value: "faq", Count: 1}, {Value: "how-to", Count: 1}}, resp.Facets["kind"])
	require.Equal(t, []string{"a/good"}, groups(ask(t, x, "lamp", only("a/good", "a/other"))))
	require.Equal(t, []string{"a/other", "a/good"}, groups(ask(t, x, "lamp", only("a/good", "a/other"), pinned("a/two", "a/other"))))
	require.Empty(t, groups(ask(t, x, "", only("a/staff"))))
	require.Equal(t, []string{"a/staff"}, groups(ask(t, x, "", only("a/staff"), as("agent"))))
}
