package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

// note is the HTML of a note with a paragraph.
func note(kind, title, text string) string {
	return `<aside class="note note-` + kind + "\" role=\"note\">\n<p class=\"note-title\">" + title + "</p>\n" + text + "</aside>"
}

func TestNotes(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"note", "> [!NOTE]\n> a *b*", note("note", "Note", "<p>a <em>b</em></p>\n")},
		{"lower case, no blank", ">[!warning]\n>a", note("warning", "Warning", "<p>a</p>\n")},
		{"text on the first line", "> [!TIP] a\n> b", note("tip", "Tip", "<p>a\nb</p>\n")},
		{"blocks", "> [!IMPORTANT]\n> a\n>\n> - b", note("important", "Important", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n")},
		{"empty", "> [!CAUTION]", note("caution", "Caution", "")},
		{"in a list", "- a\n\n  > [!NOTE]\n  > b", "<ul>\n<li>\n<p>a</p>\n" + note("note", "Note", "<p>b</p>\n") + "\n</li>\n</ul>"},
		{"not first", "> a\n>\n> [!NOTE]", "<blockquote>\n<p>a</p>\n<p>[!NOTE]</p>\n</blockquote>"},
		{"unknown", "> [!DANGER]\n> a", "<blockquote>\n<p>[!DANGER]\na</p>\n</blockquote>"},
		{"quote", "> a", "<blockquote>\n<p>a</p>\n</blockquote>"},
		{"video", "> [!VIDEO https://v.example/1]", "<blockquote>\n<p><a href=\"https://v.example/1\" rel=\"noopener\">https://v.example/1</a></p>\n</blockquote>"},
		{"style", "> [!div class=\"checklist\"]\n> a", "<blockquote>\n<p>a</p>\n</blockquote>"},
	})
}

func TestMicrosoftLearn(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"image", `:::image type="content" source="media/a.png" alt-text="A [b] *c*":::`, `<p><img src="media/a.png" alt="A [b] *c*" loading="lazy"/></p>`},
		{"image that ends apart", "a :::image source=\"a.png\" alt-text=\"b\"::: c\n:::image-end:::", "<p>a <img src=\"a.png\" alt=\"b\" loading=\"lazy\"/> c\n</p>"},
		{"image from a script", `:::image source="javascript:a" alt-text="b":::`, "<p>b</p>"},
		{"image without source", `:::image alt-text="b"::: c`, "<p> c</p>"},
		{"layout", ":::row:::\n:::column span=\"2\":::\na\n:::column-end:::\n:::row-end:::", "<p>\n\na\n\n</p>"},
		{"other colons", "a ::: b :::c", "<p>a ::: b :::c</p>"},
		{"include", "a [!INCLUDE [x](../y.md)] b", "<p>a  b</p>"},
		{"word", "Press [!UICONTROL Save all].", "<p>Press Save all.</p>"},
		{"anchor of a heading", "# <a name=\"x-y\"></a>Über", `<h2 id="h-x-y">Über</h2>`},
	})
}

func TestJekyll(t *testing.T) {
	const liquid = "{% capture a %}\nb\n{% endcapture %}\n{% include c.html\n  d=a %}\n\ne {{ f }}\n{: .g}\n\n{: .h}\n\n1. [i](/j){:class=\"k\"} l"
	requireRenderings(t, nil, []rendering{
		{"all of it", liquid, "<p>\nb\n\n</p>\n<p>e {{ f }}\n</p>\n\n<ol>\n<li><a href=\"/j\">i</a> l</li>\n</ol>"},
		{"in targets", "[a]({{ site.baseurl }}/b) [c]({% link d/e.md %}) [f]({{site.url}}{% link g.md %}) <img src=\"{{ site.baseurl }}/h.png\">",
			`<p><a href="/b">a</a> <a href="d/e.md">c</a> <a href="g.md">f</a> <img src="/h.png" loading="lazy" alt=""/></p>`},
		{"in raw HTML", "<div>\n  {%\n   include a.html\n  %}\n  b\n</div>", "<div>\n  \n  b\n</div>"},
		{"in code", "`{% a %}` `{: .b}`\n\n```\n{% c %}\n```", "<p><code>{% a %}</code> <code>{: .b}</code></p>\n<pre tabindex=\"0\"><code>{% c %}\n</code></pre>"},
		{"no end", "a {% b\n\nc {: d", "<p>a {% b</p>\n<p>c {: d</p>"},
		{"table without delimiters", "|**a**|`b|c`|\n|1|2\\|3|", `<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>
<thead>
<tr>
<th><strong>a</strong></th>
<th><code>b|c</code></th>
</tr>
</thead>
<tbody>
<tr>
<td>1</td>
<td>2|3</td>
</tr>
</tbody>
</table></div>`},
		{"not a table", "|a|b|\nc", "<p>|a|b|\nc</p>"},
		{"one row", "|a|b|", "<p>|a|b|</p>"},
		{"raw HTML after a blank line", "<div>\n\n    <ul><li>a</li></ul>\n\n</div>\n\n    <b>", "<div>\n    <ul><li>a</li></ul>\n</div>\n<pre tabindex=\"0\"><code>&lt;b&gt;\n</code></pre>"},
	})
	requireRenderings(t, &markdown.Options{KeepTemplates: true}, []rendering{
		{"kept", "{% a %} {: .b} {{ c }} <i>{% d %}</i>", "<p>{% a %} {: .b} {{ c }} <i>{% d %}</i></p>"},
	})
}

func TestStructureOfHTML(t *testing.T) {
	r := markdown.New(nil)
	for fragment, want := range map[string]string{
		"<b>a":                                 "<b>a</b>",
		"a</b></div>":                          "a",
		"<p>a<p>b":                             "<p>a</p><p>b</p>",
		"<p>a<div>b</div>c":                    "<p>a</p><div>b</div>c",
		"<b><i>a</b>b</i>":                     "<b><i>a</i></b>b",
		"<a href=x>a<a href=y>b":               `<a href="x">a</a><a href="y">b</a>`,
		"<li>a":                                "a",
		"<ul>a<li>b<li>c</ul>":                 "<ul><li>a</li><li>b</li><li>c</li></ul>",
		"<ul><ul><li>a":                        "<ul><li><ul><li>a</li></ul></li></ul>",
		"<ol><li>a<ul><li>b</ol>c":             "<ol><li>a<ul><li>b</li></ul></li></ol>c",
		"<dl>a<dt>b<dd>c":                      "<dl><dd>a</dd><dt>b</dt><dd>c</dd></dl>",
		"<td>a</td><tr>b":                      "ab",
		"<table>a<td>b<tr><td>c<td>d":          "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
		"<table><tr><td><table><tr>a</table>b": "<table><tr><td><table><tr><td>a</td></tr></table>b</td></tr></table>",
		"<table><tr><td></div></table>":        "<table><tr><td></td></tr></table>",
		"<div><table></div>a":                  "<div><table><tr><td>a</td></tr></table></div>",
		"<h1>a<h2>b</h1>c":                     "<h1>a</h1><h2>b</h2>c",
		"<center><font color=red>a</font>":     "a",
		"<form><input value=a><button>b":       "b",
		"<script>a</script>b<style>c</style>d": "bd",
		"<svg><text>a</text></svg>b":           "b",
		"<svg>a":                               "a",
		"<svg><svg>a</svg>b</svg>c":            "bc",
		"<textarea><b>a</textarea>":            "&lt;b&gt;a",
		"<noscript><img src=x></noscript>a":    "a",
		"<!-- a -->b<!doctype html><?c?>":      "b",
		"<p> </p>a<h2></h2>":                   " a",
		"<pre>\n\na</pre>":                     "<pre>\n\na</pre>",
		"<img src=a>b</img>":                   `<img src="a" loading="lazy" alt=""/>b`,
		"<br/>a<hr>":                           "<br/>a<hr/>",
		`<p class="note-title x">a`:            "<p>a</p>",
		`<p class=note-title>a`:                `<p class="note-title">a</p>`,
		`<b ID=x id=y onclick=z>a`:             `<b id="h-x">a</b>`,
		"<th colspan=2 scope=row>":             "",
		"<table><th colspan=2 scope=row>a":     `<table><tr><th colspan="2" scope="row">a</th></tr></table>`,
		"<td rowspan=65535>":                   "",
		"<table><td rowspan=65535>a":           "<table><tr><td>a</td></tr></table>",
		"<bdo dir=rtl lang=he-IL>a":            `<bdo dir="rtl" lang="he-IL">a</bdo>`,
		"&lt;b&gt; &amp;amp; &quot;":           "&lt;b&gt; &amp;amp; &#34;",
	} {
		got := string(r.Sanitize(fragment))
		require.Equal(t, want, got, fragment)
		requireSafe(t, got, fragment)
	}
}

func TestDepthIsBounded(t *testing.T) {
	r := markdown.New(nil)
	got := string(r.Sanitize(strings.Repeat("<div>", 5000) + "a"))
	require.Equal(t, 100, strings.Count(got, "<div>"))
	require.Contains(t, got, "a</div>")

	doc, err := r.Render(strings.Repeat("> ", 5000) + "a")
	require.NoError(t, err)
	require.Equal(t, markdown.MaxDepth, strings.Count(string(doc.HTML), "<blockquote>"))
	require.True(t, strings.HasSuffix(doc.Text, "> a"))

	doc, err = r.Render(strings.Repeat("*a ", 3*markdown.MaxMarks) + strings.Repeat("b* ", 3*markdown.MaxMarks))
	require.NoError(t, err)
	require.NotContains(t, string(doc.HTML), "<em>")
	doc, err = r.Render(strings.Repeat("*a* ", markdown.MaxMarks))
	require.NoError(t, err)
	require.Equal(t, markdown.MaxMarks/2, strings.Count(string(doc.HTML), "<em>"))
}
