package searchtest

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// passageOf reports whether the spans are a piece of text, give or take space
// and an ellipsis at the ends.
func passageOf(spans []search.Span, text string) bool {
	tidy := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.Contains(tidy(text), tidy(strings.Trim(joined(spans), "… \n")))
}

func checkHighlights(t testing.TB, open func() search.Index) {
	x := open()
	title := `Reset <b>the hub</b> & "more"`
	body := "One hub stands alone. " + strings.Repeat("Some words before it. ", 30) + `Press <i>reset</i> & hold the Hub's button. ` + strings.Repeat("Some words after it. ", 30)
	apply(t, x, document("a/1", title, body))
	h := ask(t, x, "reset hub", func(r *search.Request) { r.Locale = "en" }).Hits[0]
	require.Equal(t, title, joined(h.Titles))
	require.ElementsMatch(t, []string{"Reset", "hub"}, matched(h.Titles))
	require.True(t, passageOf(h.Snippet, body), "not from the text: %q", joined(h.Snippet))
	require.Contains(t, joined(h.Snippet), "<i>reset</i> & hold", "spans are not escaped, and the best passage is shown")
	require.Contains(t, matched(h.Snippet), "reset")
	h = ask(t, x, "button").Hits[0]
	require.Equal(t, title, joined(h.Titles))
	require.Empty(t, matched(h.Titles))
	require.Equal(t, []string{"button"}, matched(h.Snippet))
	h = ask(t, x, `button -"hub reset"`).Hits[0]
	require.Empty(t, matched(h.Titles), "nobody looks for what they exclude")
	h = ask(t, x, "").Hits[0]
	require.Equal(t, title, joined(h.Titles))
	require.Empty(t, matched(append(h.Titles, h.Snippet...)), "nothing was looked for")
	require.Empty(t, matched(ask(t, x, "-zyzzyva").Hits[0].Titles))
}

func checkSnippet(t testing.TB, open func() search.Index) {
	x := open()
	body := strings.Repeat("Words and more words fill this page to its end. ", 40) + "The lighthouse. " + strings.Repeat("Ünd möre. ", 40)
	apply(t, x, document("a/1", "Harbour", body, func(d *search.Document) { d.Summary = "About boats." }))
	for _, length := range []int{60, 200} {
		h := ask(t, x, "lighthouse", func(r *search.Request) { r.Snippet = length }).Hits[0]
		require.Contains(t, matched(h.Snippet), "lighthouse")
		require.True(t, passageOf(h.Snippet, body))
		n := utf8.RuneCountInString(strings.Trim(joined(h.Snippet), "…"))
		require.LessOrEqual(t, n, length)
		require.GreaterOrEqual(t, n, length/3, "a snippet of %d characters where %d were asked for", n, length)
	}
	require.Empty(t, ask(t, x, "lighthouse", func(r *search.Request) { r.Snippet = 0 }).Hits[0].Snippet)
	require.Equal(t, "About boats.", joined(ask(t, x, "harbour").Hits[0].Snippet))
}

func checkExplain(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "lighthouse keeper", "text"))
	require.Empty(t, ask(t, x, "lighthouse").Hits[0].Explain)
	reasons := ask(t, x, "lighthouse", func(r *search.Request) { r.Explain = true }).Hits[0].Explain
	require.NotEmpty(t, reasons)
	for _, r := range reasons {
		require.NotEmpty(t, r.What)
	}
}

// odd lists texts that break careless code.
var odd = []string{
	"", " ", "'", `"`, `\`, "?", "*", "~", "$1", "%_", "--", "+", "-", "a:b", "title:x", "/.*/", "[a TO z]", "((((", "AND OR NOT",
	"x^99", "fuzzy~2", "<script>alert(1)</script>", "&amp;", "null\x00byte", "tab\tline\nend", "שלום עולם", "مرحبا بالعالم", "👩‍👩‍👧‍👦 🔥",
	"z̷͎̈́a̶l̸g̶o̶", "\u202eright to left\u202c", "ﷺ", "ß ſ İ ı", "e\u0301", "\U000e0041", "�", "1e309", strings.Repeat("x", 5000), strings.Repeat("(", 3000),
	strings.Repeat("a b ", 2000),
}

func checkOddText(t testing.TB, open func() search.Index) {
	x := open()
	var docs []search.Document
	for i, text := range odd {
		docs = append(docs, document(fmt.Sprintf("a/%02d", i), text+" lighthouse", text, func(d *search.Document) {
			d.Summary, d.Keywords, d.Facets = text, []string{text}, map[string][]string{"odd": {text}}
		}))
	}
	apply(t, x, docs...)
	require.Len(t, ask(t, x, "lighthouse").Hits, len(odd))
	for i, text := range odd {
		for _, words := range [][]search.Word{search.Parse(text), {{Text: text}}, {{Text: text, Phrase: true}}, {{Text: text, Exclude: true}}} {
			if len(text) > 256 {
				continue // no engine asks so
			}
			ask(t, x, "", func(r *search.Request) { r.Words, r.Correct = words, true })
			ask(t, x, "", func(r *search.Request) { r.Words, r.Locale = words, text })
		}
		_, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: text, Limit: 5})
		require.NoError(t, err, "typing %q", text)
		resp := ask(t, x, "lighthouse", func(r *search.Request) { r.Filters = map[string][]string{"odd": {text}} })
		require.Equal(t, []string{docs[i].Group}, groups(resp), "filter %q", text)
		require.Equal(t, docs[i].Title, resp.Hits[0].Title)
		require.Equal(t, docs[i].Title, joined(resp.Hits[0].Titles))
		require.Equal(t, docs[i].Keywords, resp.Hits[0].Keywords)
	}
}

func checkLarge(t testing.TB, open func() search.Index) {
	x := open()
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "word%d text ", i%5000)
	}
	b.WriteString("lighthouse")
	apply(t, x, document("a/large", "Large", b.String()), document("a/small", "Small", "text"))
	resp := ask(t, x, "lighthouse")
	require.Equal(t, []string{"a/large"}, groups(resp))
	require.Contains(t, matched(resp.Hits[0].Snippet), "lighthouse")
	resp = ask(t, x, "text word1 word2") // as many matches as there can be
	require.Len(t, resp.Hits, 2)
	require.NotEmpty(t, matched(resp.Hits[1].Snippet))
}

func suggest(t testing.TB, x search.Index, text, tag string, limit int) []search.Suggestion {
	t.Helper()
	got, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: text, Locale: tag, Limit: limit})
	require.NoError(t, err)
	return got
}

func suggested(list []search.Suggestion) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.Group)
	}
	return out
}

func checkSuggest(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/reset", "Reset your hub", "password"), document("a/password", "Change the password", "hub"),
		document("a/passport", "Passport & papers", ""), document("a/hub", "Hub overview", ""))
	for text, want := range map[string][]string{
		"pass":            {"a/password", "a/passport"},
		"PASSW":           {"a/password"},
		"res":             {"a/reset"},
		"reset your h":    {"a/reset"},
		"reset your hub":  {"a/reset"},
		"reset zyzzyva":   {},
		"zyz":             {},
		"change password": {"a/password"},
	} {
		require.ElementsMatch(t, want, suggested(suggest(t, x, text, "en", 10)), "typing %q", text)
	}
	got := suggest(t, x, "passp", "en", 10)[0]
	require.Equal(t, "Passport & papers", joined(got.Title))
	require.NotEmpty(t, matched(got.Title))
	got.Title = nil
	require.Equal(t, search.Suggestion{
		ID: "a/passport@en", Group: "a/passport", Source: "test", Kind: "how-to", Locale: "en", Path: "/en/a/passport", UpdatedAt: t0,
	}, got)
}

func checkSuggestLimits(t testing.TB, open func() search.Index) {
	x := open()
	var docs []search.Document
	for i := range 30 {
		docs = append(docs, document(fmt.Sprint("a/", i), fmt.Sprint("Lighthouse number ", i), ""))
	}
	apply(t, x, append(docs, document("a/0", "Lighthouse auf Deutsch", "", locale("de")))...)
	require.Len(t, suggest(t, x, "light", "en", 7), 7)
	require.Equal(t, []string{"a/0"}, suggested(suggest(t, x, "light", "de", 7)))
	require.Empty(t, suggest(t, x, "light", "fr", 7))
	require.Empty(t, suggest(t, x, "", "en", 7))
	require.Empty(t, suggest(t, x, "?!", "en", 7))
}

func checkCorrect(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/1", "Reset your password", "The password has letters."), document("a/2", "Lighthouse", "Bright lamps."),
		document("a/3", "Passage", "Under the house."), document("a/4", "Passwort ändern", "Das Passwort.", locale("de")))
	corrected := func(text string) []search.Correction {
		return ask(t, x, text, func(r *search.Request) { r.Correct, r.Locale = true, "en" }).Corrected
	}
	require.Equal(t, []search.Correction{{Word: 0, Text: "password"}}, corrected("pasword"))
	require.Equal(t, []search.Correction{{Word: 1, Text: "lighthouse"}}, corrected("bright lighthuose"))
	for _, text := range []string{"password", "lighthouse password", "", "qqqqqqqq", "-pasword lighthouse", "x"} {
		require.Empty(t, corrected(text), "looking for %q", text)
	}
	require.Empty(t, ask(t, x, "pasword").Corrected, "nobody asked")
}

func checkCorrectFew(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "Password settings", "Lighthouse keepers and harbour masters."))
	resp := ask(t, x, "pasword setings lighthuose keeprs harbuor mastres", func(r *search.Request) { r.Correct = true })
	require.LessOrEqual(t, len(resp.Corrected), 3)
	require.NotEmpty(t, resp.Corrected)
	require.Zero(t, resp.Corrected[0].Word)
}
