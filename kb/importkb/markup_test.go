package importkb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// page reads one page of HTML.
func page(t *testing.T, body string) kb.Item {
	t.Helper()
	b, err := importkb.Folder(fstest.MapFS{"p.html": {Data: []byte("<!doctype html><html lang=de><head><meta charset=utf-8><title>T</title></head><body>" + body + "</body></html>")}}, "x")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	require.Len(t, b.Items, 1)
	return b.Items[0]
}

// TestHTMLBecomesMarkdown: what Markdown has words for.
func TestHTMLBecomesMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"<h1>T</h1><p>A  <b>bold </b>word</p>": "A **bold** word",
		"<h2>Steps</h2>x<h1>More</h1>":         "## Steps\n\nx\n\n## More",
		"<p>a<br>b</p>":                        "a\\\nb",
		"<p>a<br></p>":                         "a",
		"<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>":                            "- a\n  - b\n- c\n\n  d",
		"<ol start=3><li>a<li>b</ol>":                                                                "3. a\n4. b",
		"<pre><code class=language-go>a\n  ``` b</code></pre>":                                       "````go\na\n  ``` b\n````",
		"<p><code>a`b</code> <em><strong>x</strong></em></p>":                                        "``a`b`` ***x***",
		"<table><tr><th>A|B<th>C<tr><td colspan=2>1<br>2</table>":                                    "| A\\|B | C |\n| --- | --- |\n| 1 2 |  |",
		"<blockquote>a<p>b</blockquote>":                                                             "> a\n> \n> b",
		`<div class="confluence-information-macro-warning"><p>Hot</p></div>`:                         "> [!CAUTION]\n> Hot",
		`<p><a href="x y(1).html">go</a> <a href="javascript:alert(1)">no</a></p>`:                   "[go](x%20y%281%29.html) no",
		`<p><img src="a.png" alt="A [b]"><img src="data:image/png;base64,x" alt=d></p>`:              `![A \[b\]](a.png)d`,
		"<script>alert(1)</script><style>p{}</style><p hidden>h</p><p style='display: none'>h</p>ok": "ok",
		"<p>1. not a list</p><p># no heading</p><p>- no point</p><p>::: no box</p>":                  "1\\. not a list\n\n\\# no heading\n\n\\- no point\n\n\\::: no box",
		"<p>*a* _b_ &lt;script&gt; &amp;lt; [x](y) `c`</p>":                                          "\\*a\\* \\_b\\_ \\<script> &amp;lt; \\[x\\](y) \\`c\\`",
		"<span><p>a</p><p>b</p></span>":                                                              "a\n\nb",
	} {
		item := page(t, in)
		require.Equal(t, want+"\n", item.Body, in)
	}
	item := page(t, "<h1>Über <i>uns</i></h1>x")
	require.Equal(t, []string{"Über uns", "de", "p", "x\n"}, []string{item.Title, item.Locale, item.External, item.Body})
	require.Equal(t, []string{"/p.html"}, item.RedirectFrom)
}

// TestHostileHTML: whatever a page holds, nothing of it runs, and reading it ends.
func TestHostileHTML(t *testing.T) {
	for _, body := range []string{
		strings.Repeat("<ul><li>", 200) + "x", strings.Repeat("<blockquote>", 200) + "x", strings.Repeat("<b><i>", 200) + "x",
		strings.Repeat("<table><tr><td colspan=9999999>", 100) + "x", "<a href='" + strings.Repeat("(", 10_000) + "'>x</a>",
		"<pre>" + strings.Repeat("`", 20_000) + "</pre>", strings.Repeat("<p>\\", 1000), "<p>x\\", "<p>\\<br>\\<br>",
		"&lt;img src=x onerror=alert(1)&gt;", `<a href=" java&#10;script:alert(1)">x</a>`, `<a href="vbscript:x">x</a>`, `<img src="x.png)[y](javascript:alert(1)">`,
	} {
		b, err := importkb.Folder(fstest.MapFS{"p.html": {Data: []byte("<title>T</title>" + body)}}, "x")
		require.NoError(t, err)
		require.Equal(t, 1, len(b.Items)+len(b.Problems))
		l := kb.NewLibrary(memkb.New(), nil)
		r, err := l.Import(t.Context(), admin, b, nil)
		require.NoError(t, err)
		if r.Created == 0 {
			require.NotEmpty(t, r.Problems)
			continue
		}
		page, err := l.Article(t.Context(), profile.Actor{}, firstArticle(t, l), "en")
		require.NoError(t, err)
		for _, bad := range []string{"<script", "<img src=x", "href=\"java", "href=\"vb", "href=\" java"} {
			require.NotContains(t, string(page.Text.HTML), bad)
		}
	}
	deep := strings.Repeat("<div>", 5000)
	b, err := importkb.Folder(fstest.MapFS{"p.html": {Data: []byte(deep)}}, "x")
	require.NoError(t, err)
	require.Len(t, b.Problems, 1)
	require.Equal(t, "p.html", b.Problems[0].File)
}

func firstArticle(t *testing.T, l *kb.Library) string {
	t.Helper()
	list, _, err := l.Manuscripts(t.Context(), admin, kb.ManuscriptQuery{})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list[0].ID
}

// TestConfluence: a page of a space, known by its number, under its own title.
func TestConfluence(t *testing.T) {
	b, err := importkb.Folder(fstest.MapFS{
		"SUP/index.html": {Data: []byte(`<h1 id="title-heading"><span id="title-text">Space Details:</span></h1><div id="main-content">list</div>`)},
		"SUP/Reset-the-hub_12345.html": {Data: []byte(`<html><head><title>Support : Reset the hub</title></head><body>
<div id="breadcrumb-section"><ol><li>Support</li></ol></div><h1 id="title-heading" class="pagetitle"><span id="title-text"> Support : Reset the hub </span></h1>
<div id="main-content" class="wiki-content group"><p>Press <a href="Power_99.html">power</a>.</p><p><img src="attachments/12345/7.png"></p></div><div id="footer">Atlassian</div></body></html>`)},
		"SUP/Power_99.html":           {Data: []byte(`<span id="title-text">Support : Power</span><div id="main-content">Plug it in.</div>`)},
		"SUP/attachments/12345/7.png": {Data: dot}, "SUP/attachments/12345/unused.png": {Data: dot},
	}, "space")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	require.Len(t, b.Items, 2)
	require.Len(t, b.Media, 1)
	item := b.Items[1]
	require.Equal(t, []string{"12345", "Reset the hub", "Support", "reset-the-hub"}, []string{item.External, item.Title, item.Category, item.Slug})
	require.Equal(t, []string{"/Reset-the-hub_12345.html", "/pages/12345"}, item.RedirectFrom)
	require.Equal(t, "Press [power](Power_99.html).\n\n![](attachments/12345/7.png)\n", item.Body)
	s := memkb.New()
	run(t, kb.NewLibrary(s, nil), b)
	a := byExternal(t, s)["12345"]
	rev, err := s.Revision(t.Context(), a.ID, "en", 1)
	require.NoError(t, err)
	require.Contains(t, rev.Body, "(article:"+byExternal(t, s)["99"].ID+")")
	require.Contains(t, rev.Body, "(media:7.png)")
}

// TestConfluenceTree: pages with others below them are categories, as deep as these
// may be, again and again the same; the home of a space is none.
func TestConfluenceTree(t *testing.T) {
	space := fstest.MapFS{"SUP/index.html": {Data: []byte(`<h1><span id="title-text">Space Details:</span></h1><div id="main-content"><ul><li><a href="Home_1.html">Home</a><ul><li><a href="B_3.html">B</a></li><li><a href="A_2.html">A</a></li></ul></li></ul></div>`)}}
	page := func(name, title string, above ...string) {
		crumbs := `<li class="first"><a href="index.html">Support</a></li>`
		for _, file := range above {
			title, _, _ := strings.Cut(file, "_")
			crumbs += `<li><span><a href="` + file + `.html">` + title + `</a></span></li>`
		}
		space["SUP/"+name+".html"] = &fstest.MapFile{Data: []byte(`<ol id="breadcrumbs">` + crumbs + `</ol><span id="title-text">Support : ` + title + `</span><div id="main-content">Text of ` + title + `</div>`)}
	}
	page("Home_1", "Home")
	page("A_2", "A", "Home_1")
	page("B_3", "B", "Home_1")
	page("Below_4", "Below", "Home_1", "A_2")
	way := []string{"Home_1", "A_2", "Below_4"}
	for n := range 8 {
		name := fmt.Sprintf("L%d_%d", n, 100+n)
		page(name, fmt.Sprintf("L%d", n), way...)
		way = append(way, name)
	}
	b, err := importkb.Folder(space, "space")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	s := memkb.New()
	l := kb.NewLibrary(s, nil)
	run(t, l, b)
	titles := map[string]string{}
	all, _, err := s.Categories(t.Context())
	require.NoError(t, err)
	above := map[string]string{}
	for _, c := range all {
		titles[c.ID], above[c.ID] = c.Labels["en"].Title, c.Parent
	}
	found := byExternal(t, s)
	for number, want := range map[string]string{
		"1": "Support", "2": "Support/A", "3": "Support", "4": "Support/A/Below", "100": "Support/A/Below/L0", "107": "Support/A/Below/L0/L1/L2/L3/L4",
	} {
		var way []string
		for id := found[number].Category; id != ""; id = above[id] {
			way = append(way, titles[id])
		}
		slices.Reverse(way)
		require.Equal(t, want, strings.Join(way, "/"), number)
	}
	require.Equal(t, []int{10, 0, 20}, []int{found["1"].Order, found["2"].Order, found["3"].Order})
	again := run(t, l, b)
	require.Equal(t, []int{0, 0, 0, 12}, []int{again.Categories, again.Created, again.Updated, again.Unchanged})
	to, err := l.Redirect(t.Context(), admin, "/pages/107", "en")
	require.NoError(t, err)
	require.Equal(t, found["107"].ID, to.ID)
}
