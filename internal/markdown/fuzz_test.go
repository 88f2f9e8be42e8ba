package markdown_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// seeds are shapes that have broken sanitisers, and some that only look so.
var seeds = []string{
	"", "plain", "# Title\n\ntext", "<script>alert(1)</script>", `<img src=x onerror=alert(1)>`, `<svg><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<textarea></textarea><img src=x onerror=y>`, `<template><img src=x onerror=y></template>`,
	`[a](javascript:alert(1)) [b](JaVa&#10;ScRiPt:x) <javascript:x> ![c](data:x) [d](//evil.example) [e](\\evil.example)`,
	`<a href="x" href="javascript:y">z</a><a name=q><p><table><tr><td><a>1</a><a>`, "<table><li>x<td>y<ul>z<tr></table></ul></li>",
	`<b><p><i></b></p></i><ul><ul><li></ol></li></ul><dl>x<dt>y<dd>z<li>`, "<pre>\n\nx\n</pre><pre>\r\nx", "<details><summary>s</summary>b</details>",
	"> [!NOTE]\n> x\n\n- [ ] y\n\n|a|b|\n|-|-:|\n|`c\\|d`|e|", "{: .x}\n\n{% if a %}\nb\n{% endif %} {{ c }} [d]({{ e }}/f)", ":::image source=\"x.png\" alt-text=\"y\":::",
	"# x {#y}\n## z {: #w .v}\n[q](#y) [r](#x)", "a[^1]\n\n[^1]: b\n", "<div id=main><div id=main>", "\x00\xff\u202e</b>", "<a href=\"%zz{{a}}b c\\d\">", `<img srcset="x 1x" src="a\b c.png" alt='"'>`,
	"<p>&lt;script&gt; &amp;amp; &#0; &#x80; &nbsp;</p>", "<plaintext>x", "<xmp><b>x</xmp>", "<title><b></title><b>", "<!--><b>--!><i>", "<![CDATA[<b>]]>", "<?x <b> ?>", "<a/href=x/>y", "<img/src=x>",
}

func FuzzSanitize(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	r := markdown.New(nil)
	f.Fuzz(func(t *testing.T, fragment string) {
		once := string(r.Sanitize(fragment))
		requireSafe(t, once, fragment)
		require.Equal(t, once, string(r.Sanitize(once)), "cleaning again changed it: %q", fragment)
	})
}

func FuzzRender(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	r := markdown.New(&markdown.Options{Untrusted: true, DropTitle: true})
	f.Fuzz(func(t *testing.T, source string) {
		doc, err := r.Render(source)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		requireSafe(t, string(doc.HTML), source)
		require.Equal(t, doc.HTML, r.Sanitize(string(doc.HTML)), "cleaning changed what was rendered: %q", source)
		require.True(t, utf8.ValidString(doc.Text))
		seen := map[string]bool{}
		for i, h := range doc.Headings {
			require.Contains(t, string(doc.HTML), `id="`+h.ID+`"`)
			require.False(t, seen[h.ID], "id %s twice", h.ID)
			seen[h.ID] = true
			require.False(t, i > 0 && h.Level > doc.Headings[i-1].Level+1, "a level is missing before %v", h)
		}
	})
}

func FuzzPlain(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Add("see https://example.com/a(b)c), and http://ex\u202eample.com")
	r := markdown.New(&markdown.Options{Untrusted: true})
	f.Fuzz(func(t *testing.T, text string) {
		out := string(markdown.Plain(text))
		requireSafe(t, out, text)
		require.Equal(t, strings.ReplaceAll(out, "<br>", "<br/>"), string(r.Sanitize(out)), "%q", text)
	})
}

func FuzzSummary(f *testing.F) {
	f.Add("The quick brown fox", 9)
	f.Add("日本語の文章はこのように切れます。", 7)
	f.Add("👨‍👩‍👧‍👦👍🏽🇩🇪é", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit > 10_000 || limit < -10_000 {
			return
		}
		got := markdown.Summary(text, limit)
		require.LessOrEqual(t, utf8.RuneCountInString(got), max(0, limit))
		require.Equal(t, strings.Join(strings.Fields(got), " "), got)
	})
}

func FuzzSplitFrontMatter(f *testing.F) {
	for _, seed := range []string{"---\na: b\n---\nx", "---\n---\n", "---", "---\nx", "---\r\na: b\r\n---\r\nx", "\ufeff---\na: 1\n...\nx", "--- \na:\n", "x\n---\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		front, body, line, err := markdown.SplitFrontMatter(source)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.True(t, strings.HasSuffix(source, body))
		require.True(t, body == "" || strings.Count(strings.TrimSuffix(source, body), "\n")+1 == line)
		require.True(t, front != nil || line == 1)
	})
}
