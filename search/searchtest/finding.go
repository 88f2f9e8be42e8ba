package searchtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

func checkLocale(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/1", "lighthouse keys", "", locale("en", "ja")),
		document("a/1", "lighthouse Schlüssel", "", locale("de")),
		document("a/2", "lighthouse lamps", "", locale("en", "de", "ja")))
	ids := func(tag string) []string {
		out := []string{}
		for _, h := range ask(t, x, "lighthouse", func(r *search.Request) { r.Locale = tag }).Hits {
			out = append(out, h.ID)
		}
		return out
	}
	require.ElementsMatch(t, []string{"a/1@en", "a/2@en"}, ids("en"))
	require.ElementsMatch(t, []string{"a/1@de", "a/2@en"}, ids("de"))
	require.ElementsMatch(t, []string{"a/1@en", "a/2@en"}, ids("ja"))
	require.ElementsMatch(t, []string{"a/1@en", "a/1@de", "a/2@en"}, ids(""))
	require.Empty(t, ids("fr"))
}

// shelf has six documents with two facets.
func shelf(t testing.TB, x search.Index) {
	t.Helper()
	add := func(n int, kind string, products ...string) search.Document {
		return document(fmt.Sprint("a/", n), "lighthouse", "", facet("kind", kind), facet("product", products...))
	}
	apply(t, x,
		add(1, "faq", "hub"), add(2, "faq", "lamp"), add(3, "faq", "hub", "lamp"),
		add(4, "how-to", "hub"), add(5, "how-to", "sensor"), add(6, "reference"),
		document("a/other", "unrelated", "", facet("kind", "faq"), facet("product", "hub")))
}

func filtered(filters map[string][]string) func(*search.Request) {
	return func(r *search.Request) { r.Filters, r.Facets = filters, []string{"kind", "product"} }
}

func checkFilters(t testing.TB, open func() search.Index) {
	x := open()
	shelf(t, x)
	for _, c := range []struct {
		filters map[string][]string
		want    []string
	}{
		{nil, []string{"a/1", "a/2", "a/3", "a/4", "a/5", "a/6"}},
		{map[string][]string{"kind": {"faq"}}, []string{"a/1", "a/2", "a/3"}},
		{map[string][]string{"kind": {"faq", "reference"}}, []string{"a/1", "a/2", "a/3", "a/6"}},
		{map[string][]string{"product": {"lamp", "sensor"}}, []string{"a/2", "a/3", "a/5"}},
		{map[string][]string{"kind": {"faq"}, "product": {"hub"}}, []string{"a/1", "a/3"}},
		{map[string][]string{"kind": {"faq"}, "product": {"sensor"}}, []string{}},
		{map[string][]string{"kind": {"FAQ"}}, []string{}},
		{map[string][]string{"kind": {"fa"}}, []string{}},
		{map[string][]string{"colour": {"red"}}, []string{}},
	} {
		resp := ask(t, x, "lighthouse", filtered(c.filters))
		require.ElementsMatch(t, c.want, groups(resp), "filters %v", c.filters)
		require.Equal(t, len(c.want), resp.Total, "filters %v", c.filters)
	}
}

func checkFacets(t testing.TB, open func() search.Index) {
	x := open()
	shelf(t, x)
	resp := ask(t, x, "lighthouse", func(r *search.Request) { r.Facets, r.Limit = []string{"kind", "product", "colour"}, 1 })
	require.Equal(t, []search.FacetCount{{Value: "faq", Count: 3}, {Value: "how-to", Count: 2}, {Value: "reference", Count: 1}}, resp.Facets["kind"])
	require.Equal(t, []search.FacetCount{{Value: "hub", Count: 3}, {Value: "lamp", Count: 2}, {Value: "sensor", Count: 1}}, resp.Facets["product"])
	require.Empty(t, resp.Facets["colour"])
	require.Empty(t, ask(t, x, "lighthouse").Facets, "facets that nobody asked for")
	resp = ask(t, x, "", func(r *search.Request) { r.Facets = []string{"kind"} })
	require.Equal(t, search.FacetCount{Value: "faq", Count: 4}, resp.Facets["kind"][0])
}

func checkOwnFilter(t testing.TB, open func() search.Index) {
	x := open()
	shelf(t, x)
	resp := ask(t, x, "lighthouse", filtered(map[string][]string{"kind": {"faq"}}))
	require.Equal(t, []search.FacetCount{{Value: "faq", Count: 3}, {Value: "how-to", Count: 2}, {Value: "reference", Count: 1}}, resp.Facets["kind"])
	require.Equal(t, []search.FacetCount{{Value: "hub", Count: 2}, {Value: "lamp", Count: 2}}, resp.Facets["product"])
	resp = ask(t, x, "lighthouse", filtered(map[string][]string{"kind": {"faq"}, "product": {"sensor"}}))
	require.Equal(t, []search.FacetCount{{Value: "how-to", Count: 1}}, resp.Facets["kind"])
	require.Equal(t, []search.FacetCount{{Value: "hub", Count: 2}, {Value: "lamp", Count: 2}}, resp.Facets["product"])
	require.Zero(t, resp.Total)
}

func checkSort(t testing.TB, open func() search.Index) {
	x := open()
	filler := strings.Repeat("plain words that fill the page ", 20)
	updated := func(days int) func(*search.Document) {
		return func(d *search.Document) { d.UpdatedAt = t0.AddDate(0, 0, days) }
	}
	apply(t, x,
		document("a/mentions", "Other things", filler+"lighthouse "+filler, updated(3)),
		document("a/about", "Lighthouse", "The lighthouse stands by the sea.", updated(1)),
		document("a/none", "Other things", filler, updated(9)),
		document("a/tie-b", "tie", "lighthouse", updated(2)),
		document("a/tie-a", "tie", "lighthouse", updated(2)))
	found := groups(ask(t, x, "lighthouse"))
	require.Equal(t, "a/about", found[0])
	require.Equal(t, "a/mentions", found[3])
	require.Equal(t, []string{"a/tie-a", "a/tie-b"}, found[1:3])
	apply(t, x, document("a/1-body", "one", "two three harbour"), document("a/2-title", "harbour", "one two three"))
	require.Equal(t, []string{"a/2-title", "a/1-body"}, groups(ask(t, x, "harbour")), "a title says what a document is about")
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: "a/1-body"}, {Group: "a/2-title"}}}))
	newest := func(r *search.Request) { r.Sort = search.SortUpdated }
	require.Equal(t, []string{"a/mentions", "a/tie-a", "a/tie-b", "a/about"}, groups(ask(t, x, "lighthouse", newest)))
	require.Equal(t, []string{"a/none", "a/mentions", "a/tie-a", "a/tie-b", "a/about"}, groups(ask(t, x, "", newest)))
}

func checkWeight(t testing.TB, open func() search.Index) {
	x := open()
	weight := func(w float64) func(*search.Document) { return func(d *search.Document) { d.Weight = w } }
	apply(t, x,
		document("a/less", "lighthouse", "same text", weight(0.5)), document("a/plain", "lighthouse", "same text", weight(0)),
		document("a/more", "lighthouse", "same text", weight(2)))
	require.Equal(t, []string{"a/more", "a/plain", "a/less"}, groups(ask(t, x, "lighthouse")))
}

func checkPages(t testing.TB, open func() search.Index) {
	x := open()
	const n = 57
	var docs []search.Document
	for i := range n {
		docs = append(docs, document(fmt.Sprintf("a/%02d", i), "lighthouse "+strings.Repeat("lamp ", i%3), "same text",
			func(d *search.Document) { d.UpdatedAt = t0.Add(time.Duration(i%4) * time.Hour) }))
	}
	apply(t, x, docs...)
	for _, sort := range []search.Sort{search.SortRelevance, search.SortUpdated} {
		whole := ask(t, x, "lighthouse lamp", func(r *search.Request) { r.Limit, r.Sort = 100, sort })
		require.Len(t, whole.Hits, n)
		seen := map[string]bool{}
		var paged []string
		for offset := 0; offset < n; offset += 10 {
			resp := ask(t, x, "lighthouse lamp", func(r *search.Request) { r.Offset, r.Limit, r.Sort = offset, 10, sort })
			require.Equal(t, n, resp.Total)
			for i, h := range resp.Hits {
				require.Equal(t, offset+i+1, h.Rank)
				require.False(t, seen[h.ID], "%s twice", h.ID)
				seen[h.ID] = true
			}
			paged = append(paged, groups(resp)...)
		}
		require.Equal(t, groups(whole), paged)
	}
}

func checkLimits(t testing.TB, open func() search.Index) {
	x := open()
	shelf(t, x)
	page := func(offset, limit int) func(*search.Request) {
		return func(r *search.Request) { r.Offset, r.Limit = offset, limit }
	}
	for _, c := range []struct{ offset, limit, want int }{{0, 2, 2}, {4, 5, 2}, {6, 5, 0}, {1000, 5, 0}, {0, 0, 0}} {
		resp := ask(t, x, "lighthouse", page(c.offset, c.limit))
		require.Len(t, resp.Hits, c.want, "offset %d, limit %d", c.offset, c.limit)
		require.Equal(t, 6, resp.Total, "offset %d, limit %d", c.offset, c.limit)
	}
}

func checkAnyWord(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/one", "lighthouse", "stands alone"), document("a/both", "lighthouse", "keeper lives there"),
		document("a/neither", "harbour", "boats"))
	require.Equal(t, []string{"a/both", "a/one"}, groups(ask(t, x, "what does the lighthouse keeper want zyzzyva")))
	finds(t, x, "zyzzyva")
	finds(t, x, "light") // a part of a word is another word
}

func checkEverything(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "lighthouse", ""), document("a/2", "harbour", ""), document("a/3", "", ""))
	finds(t, x, "", "a/1", "a/2", "a/3")
	finds(t, x, "-lighthouse", "a/2", "a/3")
	finds(t, x, "-lighthouse -harbour", "a/3")
	finds(t, x, "-zyzzyva", "a/1", "a/2", "a/3")
}

func checkPhrase(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/right", "note", "Now reset the hub again."),
		document("a/order", "note", "The hub the reset again."),
		document("a/apart", "note", "Now reset every single hub, and the rest."),
		document("a/fields", "note about reset", "the hub again"),
		document("a/title", "How to reset the hub", "see above"))
	finds(t, x, `"reset the hub"`, "a/right", "a/title")
	finds(t, x, `"hub again"`, "a/right", "a/fields")
	loose := []search.Word{{Text: "reset the hub", Phrase: true}, {Text: "single"}}
	resp := ask(t, x, "", func(r *search.Request) { r.Words = loose })
	require.ElementsMatch(t, []string{"a/right", "a/title", "a/apart"}, groups(resp), "a phrase that is not required is one way to be found")
}

func checkExclude(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/1", "lighthouse", "keeper and boat"), document("a/2", "lighthouse", "boat and keeper"),
		document("a/3", "lighthouse", "empty"), document("a/4", "lighthouse", "", func(d *search.Document) { d.Keywords = []string{"keeper"} }))
	finds(t, x, "lighthouse -keeper", "a/3")
	finds(t, x, `lighthouse -"keeper and boat"`, "a/2", "a/3", "a/4")
	finds(t, x, "lighthouse -lighthouse")
	apply(t, x, document("a/5", "lighthouse", "with wi-fi"), document("a/6", "lighthouse", "with sci fi"))
	finds(t, x, "with -wi-fi", "a/6") // a word of several parts is one word
}

func checkRequired(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/1", "lighthouse", "keeper"), document("a/2", "lighthouse", "empty"), document("a/3", "harbour", "keeper"))
	finds(t, x, "lighthouse +keeper", "a/1", "a/3")
	finds(t, x, "+lighthouse +keeper", "a/1")
	finds(t, x, "+zyzzyva lighthouse")
	finds(t, x, "+keeper -harbour zyzzyva", "a/1")
	apply(t, x, document("a/5", "pier", "with wi-fi"), document("a/6", "pier", "with sci fi"), document("a/7", "pier", "fi and wi"))
	finds(t, x, "+wi-fi pier", "a/5")
}

func checkStopWords(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/who", "What to do when it is not on", "The who is who of this and that."),
		document("a/hub", "Reset hubs", "Hold buttons."))
	english := func(r *search.Request) { r.Locale = "en" }
	for _, text := range []string{"the", "who is who", "to be or not to be", `"it is not on"`} {
		require.Equal(t, []string{"a/who"}, groups(ask(t, x, text, english)), "looking for %q", text)
	}
}

func checkFolding(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/1", "PASSWORD (reset)", "Crème brûlée, “quoted” and e-mail."),
		document("a/2", "ÄRGER", "С новым годом"))
	for _, text := range []string{"password", "Password?", "reset", "crème", "cre\u0300me", "CRÈME", "ｐａｓｓｗｏｒｄ", "brûlée", "quoted", "e-mail"} {
		finds(t, x, text, "a/1")
	}
	for _, text := range []string{"ärger", "Ärger", "A\u0308rger", "НОВЫМ", "годом"} {
		finds(t, x, text, "a/2")
	}
}

func checkStemming(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "Reset the hub", "Press a button."), document("a/2", "Unrelated", "Nothing."))
	for _, text := range []string{"resetting", "resets hubs", "buttons", "pressed"} {
		resp := ask(t, x, text, func(r *search.Request) { r.Locale = "en" })
		require.Equal(t, []string{"a/1"}, groups(resp), "looking for %q", text)
	}
	apply(t, x, document("a/3", "Die Häuser", "Wir verbinden Geräte.", locale("de")))
	resp := ask(t, x, "Gerät", func(r *search.Request) { r.Locale = "de" })
	require.Equal(t, []string{"a/3"}, groups(resp))
}

func checkUnspaced(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/ja", "パスワードを再設定する方法", "画面の右上にある設定ボタンを押します。", locale("ja")),
		document("a/zh", "如何重置集线器", "长按按钮十秒钟,直到指示灯闪烁。", locale("zh")),
		document("a/ko", "비밀번호를 재설정하는 방법", "설정 버튼을 누르십시오.", locale("ko")),
		document("a/th", "วิธีรีเซ็ตรหัสผ่าน", "กดปุ่มค้างไว้สิบวินาที", locale("th")))
	for text, want := range map[string]string{
		"再設定": "a/ja", "パスワード": "a/ja", "設定ボタン": "a/ja", "集线器": "a/zh", "指示灯闪烁": "a/zh", "비밀번호": "a/ko", "รหัสผ่าน": "a/th",
	} {
		tag := strings.TrimPrefix(want, "a/")
		resp := ask(t, x, text, func(r *search.Request) { r.Locale = tag })
		require.Equal(t, []string{want}, groups(resp), "looking for %q", text)
		require.Equal(t, resp.Hits[0].Title, joined(resp.Hits[0].Titles))
	}
	for text, tag := range map[string]string{"冷蔵庫": "ja", "法方": "ja", "器线集": "zh"} {
		require.Empty(t, groups(ask(t, x, text, func(r *search.Request) { r.Locale = tag })), "looking for %q", text)
	}
	require.Equal(t, []string{"a/zh"}, groups(ask(t, x, `"重置集线器"`, func(r *search.Request) { r.Locale = "zh" })))
	require.Empty(t, groups(ask(t, x, `"集线器重置"`, func(r *search.Request) { r.Locale = "zh" })))
}
