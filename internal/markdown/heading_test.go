package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

func headings(t *testing.T, opts *markdown.Options, source string) []markdown.Heading {
	t.Helper()
	doc, err := markdown.New(opts).Render(source)
	require.NoError(t, err)
	return doc.Headings
}

func TestHeadingIDs(t *testing.T) {
	for text, want := range map[string]string{
		"Reset your password":            "h-reset-your-password",
		"What's new in 2.0?":             "h-whats-new-in-20",
		"Größe & Farbe":                  "h-größe-farbe",
		"パスワードを リセット":                    "h-パスワードを-リセット",
		"إعادة تعيين كلمة المرور":        "h-إعادة-تعيين-كلمة-المرور",
		"हिन्दी":                         "h-हिन्दी",
		"!!!":                            "h-section",
		"`code` and *more*":              "h-code-and-more",
		"cafe\u0301":                     "h-café",
		"![logo](/x.png)":                "h-logo",
		strings.Repeat("long ", 50):      "h-" + strings.Repeat("long-", 15) + "long-",
		"own {#id}":                      "h-id",
		"own {: #id .x}":                 "h-id",
		`<a name="id"></a>own`:           "h-id",
		`<a id="id"></a>own`:             "h-id",
		"own {#a b\"><script>c</script>": "h-own-a-b",
		"location":                       "h-location",
	} {
		got := headings(t, nil, "# "+text)[0].ID
		require.Equal(t, strings.TrimSuffix(want, "-"), strings.TrimSuffix(got, "-"), text)
	}
}

func TestHeadingIDsAreUnique(t *testing.T) {
	var ids []string
	for _, h := range headings(t, nil, "# a\n# a\n# a 2\n# a\n# a {#a-3}\n<p id=a></p>") {
		ids = append(ids, h.ID)
	}
	require.Equal(t, []string{"h-a", "h-a-2", "h-a-2-2", "h-a-3", "h-a-3-2"}, ids)
}

func TestHeadingLevels(t *testing.T) {
	levels := func(opts *markdown.Options, source string) (all []int) {
		for _, h := range headings(t, opts, source) {
			all = append(all, h.Level)
		}
		return all
	}
	require.Equal(t, []int{2, 3, 4, 3, 2}, levels(nil, "# a\n## b\n### c\n## d\n# e"))
	require.Equal(t, []int{2, 3, 3}, levels(nil, "## a\n#### b\n### c"), "no level is skipped")
	require.Equal(t, []int{2, 2}, levels(nil, "### a\n# b"))
	require.Equal(t, []int{3, 4, 5, 6, 6, 6}, levels(&markdown.Options{TopLevel: 3}, "# a\n## b\n### c\n#### d\n##### e\n###### f"))
	require.Equal(t, []int{2, 3}, levels(&markdown.Options{DropTitle: true}, "# title\n## a\n### b"))
	require.Equal(t, []int{2}, levels(nil, "#\n\n# <img>\n\n<h3>a</h3>"), "headings without text are none")
	require.Equal(t, []int{2, 2}, levels(nil, "<h2>a<h2>b"))
}

func TestAnchors(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"to a heading", "[x](#My-Part)\n\n# My part", "<p><a href=\"#h-my-part\">x</a></p>\n<h2 id=\"h-my-part\">My part</h2>"},
		{"as GitHub writes it", "[x](#a--b)\n\n# A & B", "<p><a href=\"#h-a-b\">x</a></p>\n<h2 id=\"h-a-b\">A &amp; B</h2>"},
		{"by the name its author chose", "[x](#own) [y](#title)\n\n# Title {#own}", "<p><a href=\"#h-own\">x</a> <a href=\"#h-own\">y</a></p>\n<h2 id=\"h-own\">Title</h2>"},
		{"escaped", "[x](#%E6%97%A5)\n\n# 日", "<p><a href=\"#h-%E6%97%A5\">x</a></p>\n<h2 id=\"h-日\">日</h2>"},
		{"to an id in HTML", "[x](#b)\n\n<div id=\"b\">y</div>", "<p><a href=\"#h-b\">x</a></p>\n<div id=\"h-b\">y</div>"},
		{"to nowhere", "[x](#main)", `<p><a href="#main">x</a></p>`},
		{"of another name", `<a id="__proto__" name="x">a</a>`, `<p><a id="h-__proto__">a</a></p>`},
	})
}

func TestPartsShareNoIDs(t *testing.T) {
	r := markdown.New(nil)
	for _, part := range []string{"7", "8"} {
		doc, err := r.RenderPart(part, "# a\n\n[b](#a) c[^1]\n\n[^1]: d")
		require.NoError(t, err)
		require.Equal(t, "h-"+part+"-a", doc.Headings[0].ID)
		require.Contains(t, doc.HTML, `href="#h-`+part+`-a"`)
		require.Contains(t, doc.HTML, `href="#h-`+part+`-fn:1"`)
		require.Contains(t, doc.HTML, `id="h-`+part+`-fn:1"`)
		require.Equal(t, doc.HTML, r.Sanitize(string(doc.HTML)))
	}
}
