package markdown_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// rendering is a source and the HTML it becomes.
type rendering struct{ name, source, want string }

func requireRenderings(t *testing.T, opts *markdown.Options, all []rendering) {
	t.Helper()
	r := markdown.New(opts)
	for _, c := range all {
		doc, err := r.Render(c.source)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, strings.TrimSpace(string(doc.HTML)), c.name)
	}
}

func TestMarkdown(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"text", "A *b* **c** ~~d~~ `e<`\nf  \ng", "<p>A <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;</code>\nf<br/>\ng</p>"},
		{"table", "|a|b|c|d|\n|:-|-:|:-:|-|\n|1|2|3|4|", `<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>
<thead>
<tr>
<th align="left">a</th>
<th align="right">b</th>
<th align="center">c</th>
<th>d</th>
</tr>
</thead>
<tbody>
<tr>
<td align="left">1</td>
<td align="right">2</td>
<td align="center">3</td>
<td>4</td>
</tr>
</tbody>
</table></div>`},
		{"tasks", "- [x] a\n- [ ] b", `<ul>
<li><span class="task" role="img" aria-label="Done">☑</span> a</li>
<li><span class="task" role="img" aria-label="To do">☐</span> b</li>
</ul>`},
		{"bare links", "https://a.example/b and www.a.example and x@a.example", `<p><a href="https://a.example/b" rel="noopener">https://a.example/b</a> and <a href="http://www.a.example" rel="noopener">www.a.example</a> and <a href="mailto:x@a.example">x@a.example</a></p>`},
		{"code", "```go run\na < b\n```\n\n    c", "<pre tabindex=\"0\"><code class=\"language-go\">a &lt; b\n</code></pre>\n<pre tabindex=\"0\"><code>c\n</code></pre>"},
		{"odd language", "```\"><b>\nx\n```", "<pre tabindex=\"0\"><code>x\n</code></pre>"},
		{"definitions", "a\n: b", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>"},
		{"footnote", "a[^x]\n\n[^x]: b", `<p>a<sup id="h-fnref:1"><a href="#h-fn:1" class="footnote-ref" role="doc-noteref">1</a></sup></p>
<div class="footnotes" role="doc-endnotes">
<hr/>
<ol>
<li id="h-fn:1">
<p>b` + "\u00a0" + `<a href="#h-fnref:1" class="footnote-backref" role="doc-backlink" aria-label="Back to the text">↩︎</a></p>
</li>
</ol>
</div>`},
		{"html", `a <kbd>Ctrl</kbd> <sub>1</sub><sup>2</sup> <abbr title="x">y</abbr> <mark>z</mark>`, `<p>a <kbd>Ctrl</kbd> <sub>1</sub><sup>2</sup> <abbr title="x">y</abbr> <mark>z</mark></p>`},
		{"details", "<details open><summary>s</summary>\n\n*b*\n\n</details>", "<details open=\"\"><summary>s</summary>\n<p><em>b</em></p>\n</details>"},
		{"figure", `<figure><img src="/a.png" alt="b" width="10" height="20"><figcaption>c</figcaption></figure>`, `<figure><img src="/a.png" alt="b" width="10" height="20" loading="lazy"/><figcaption>c</figcaption></figure>`},
		{"invalid UTF-8", "a\xffb\x00c", "<p>a\uFFFDb\uFFFDc</p>"},
		{"byte order mark", "\uFEFF# a", `<h2 id="h-a">a</h2>`},
		{"overridden direction", "a\u202Eb", "<p>ab</p>"},
	})
}

func TestWordlessScripts(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"emphasis after punctuation", "**警告：**我们", "<p><strong>警告：</strong>我们</p>"},
		{"emphasis before a bracket", "これは**「重要」**です", "<p>これは<strong>「重要」</strong>です</p>"},
		{"Korean", "**강조(emphasis)**는", "<p><strong>강조(emphasis)</strong>는</p>"},
		{"lines", "日本語の\n文章。\n한국어\n글 and\nLatin", "<p>日本語の文章。\n한국어\n글 and\nLatin</p>"},
		{"lines of code", "```\n日\n本\n```", "<pre tabindex=\"0\"><code>日\n本\n</code></pre>"},
	})
}

func TestLimits(t *testing.T) {
	_, err := markdown.New(nil).Render(strings.Repeat("a", 1<<20+1))
	require.ErrorIs(t, err, errs.Invalid)
	require.ErrorContains(t, err, "markdown.too_long")

	short := markdown.New(&markdown.Options{MaxBytes: 4})
	_, err = short.Render("12345")
	require.ErrorIs(t, err, errs.Invalid)
	_, err = short.Render("1234")
	require.NoError(t, err)
}

func TestRendererIsShared(t *testing.T) {
	r := markdown.New(nil)
	want, err := r.Render("# a\n\n[b](#a) ![c](d)\n\n|e|\n|-|\n|f|")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, err := r.Render("# a\n\n[b](#a) ![c](d)\n\n|e|\n|-|\n|f|")
				if err != nil || got.HTML != want.HTML || r.Sanitize(string(got.HTML)) != want.HTML {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestLabels(t *testing.T) {
	german := map[markdown.Label]string{markdown.LabelWarning: "Warnung", markdown.LabelDone: "Erledigt", markdown.LabelTable: "Tabelle"}
	r := markdown.New(&markdown.Options{Label: func(l markdown.Label) string { return german[l] }})
	doc, err := r.Render("> [!WARNING]\n> a\n\n- [x] b\n- [ ] c\n\n|d|\n|-|")
	require.NoError(t, err)
	for _, want := range []string{`<p class="note-title">Warnung</p>`, `aria-label="Erledigt"`, `aria-label="Tabelle"`, `aria-label="To do"`} {
		require.Contains(t, string(doc.HTML), want)
	}
	require.NotContains(t, r.Sanitize(`<span role="img" aria-label="Click here">x</span>`), "aria-label", "names that hide the text")
}

func TestDocument(t *testing.T) {
	doc, err := markdown.New(nil).Render(`# The *title*

First [a](/a "x") and [again](/a), [b](https://b.example/), <me@c.example>, [in](#part).

> [!TIP]
> Do ![a picture](/p.png) it.[^1]

## Part

- [x] one
- two<br>three

|d|e|
|-|-|
|f|g|

![far](https://far.example/i.png)

[^1]: Foot.
`)
	require.NoError(t, err)
	require.Equal(t, "The title", doc.Title)
	require.Equal(t, []markdown.Heading{{2, "h-the-title", "The title"}, {3, "h-part", "Part"}}, doc.Headings)
	require.Equal(t, []string{"/a", "https://b.example/", "https://far.example/i.png"}, doc.Links)
	require.Equal(t, []string{"/p.png"}, doc.Images)
	require.Equal(t, "ltr", doc.Dir)
	require.Equal(t, `The title
First a and again, b, me@c.example, in.
Do a picture it.
Part
one
two
three
d e
f g
far
Foot.`, doc.Text)
}

func TestTitle(t *testing.T) {
	dropping := markdown.New(&markdown.Options{DropTitle: true})
	for source, want := range map[string]string{
		"# a\n\nb":                        "a",
		"<a name=x></a>\n\n# a":           "a",
		"a\n=\n":                          "a",
		"b\n\n# a":                        "",
		"## a":                            "",
		"![b](c)\n\n# a":                  "",
		"---\n\n# a":                      "",
		"# <a name=\"x\"></a>a **b** `c`": "a b c",
	} {
		doc, err := dropping.Render(source)
		require.NoError(t, err)
		require.Equal(t, want, doc.Title, source)
		require.Equal(t, want != "", !strings.Contains(string(doc.HTML), "<h"+"2") && !strings.Contains(source, "## "), source)
	}
}
