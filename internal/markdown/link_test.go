package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

func TestTargets(t *testing.T) {
	r := markdown.New(nil)
	for target, want := range map[string]string{
		"/a/b?c=d&e#f":                      "/a/b?c=d&e#f",
		"a b.md":                            "a%20b.md",
		"../x/y.md":                         "../x/y.md",
		"?q=1":                              "?q=1",
		"HTTPS://Example.COM/Path":          "https://example.com/Path",
		"https://example.com/%zz%41":        "https://example.com/%25zz%41",
		"https://bücher.example/ä":          "https://xn--bcher-kva.example/%C3%A4",
		"https://аpple.com/":                "https://xn--pple-43d.com/",
		"//cdn.example/x":                   "https://cdn.example/x",
		`\\cdn.example\x`:                   "https://cdn.example/x",
		`/\cdn.example`:                     "https://cdn.example",
		"/\t/cdn.example":                   "https://cdn.example",
		`img\a.png`:                         "img/a.png",
		"mailto:a@b.example?subject=x":      "mailto:a@b.example?subject=x",
		"tel:+49-30-1":                      "tel:+49-30-1",
		" https://example.com/ ":            "https://example.com/",
		"javascript:alert(1)":               "",
		"JaVaScRiPt:alert(1)":               "",
		"java\nscript:alert(1)":             "",
		"\x01javascript:alert(1)":           "",
		"vbscript:x":                        "",
		"data:text/html,x":                  "",
		"file:///etc/passwd":                "",
		"ftp://x.example/":                  "",
		"http:example.com":                  "",
		"https:///example.com":              "",
		"https://user:pw@example.com/":      "",
		"https://example.com/\u202Egnp.exe": "",
		"mailto:":                           "",
		"1:2":                               "",
		"":                                  "",
		"#":                                 "",
	} {
		got := string(r.Sanitize(`<a href="` + strings.ReplaceAll(target, `"`, "&quot;") + `">x</a>`))
		if want == "" {
			require.Equal(t, "x", got, "%q", target)
			continue
		}
		require.Contains(t, strings.ReplaceAll(got, "&amp;", "&"), `<a href="`+want+`"`, "%q", target)
	}
}

func TestRel(t *testing.T) {
	const source = "[a](https://x.example/) [b](/y) [c](#z) [d](mailto:e@f.example) <a href=/g rel=opener target=_blank>h</a>"
	requireRenderings(t, nil, []rendering{{"trusted", source,
		`<p><a href="https://x.example/" rel="noopener">a</a> <a href="/y">b</a> <a href="#z">c</a> <a href="mailto:e@f.example">d</a> <a href="/g">h</a></p>`}})
	requireRenderings(t, &markdown.Options{Untrusted: true}, []rendering{{"untrusted", source,
		`<p><a href="https://x.example/" rel="noopener nofollow ugc">a</a> <a href="/y">b</a> <a href="#z">c</a> <a href="mailto:e@f.example">d</a> <a href="/g">h</a></p>`}})
}

func TestLinkOption(t *testing.T) {
	var seen []string
	opts := &markdown.Options{Link: func(href string) (string, bool) {
		seen = append(seen, href)
		switch href {
		case "old.md#part":
			return "/articles/new#part", true
		case "evil":
			return "javascript:alert(1)", true
		}
		return href, href != "gone"
	}}
	requireRenderings(t, opts, []rendering{{"rewritten", "[a](old.md#part) [b](gone) [c](evil) [d](#x) [e](javascript:y) [f](https://g.example/)",
		`<p><a href="/articles/new#part">a</a> b c <a href="#x">d</a> e <a href="https://g.example/" rel="noopener">f</a></p>`}})
	require.Equal(t, []string{"old.md#part", "gone", "evil", "https://g.example/"}, seen)
}

func TestImages(t *testing.T) {
	requireRenderings(t, nil, []rendering{
		{"own", `![a](b.png "c")`, `<p><img src="b.png" alt="a" title="c" loading="lazy"/></p>`},
		{"without alt", `<img src="/b.png">`, `<img src="/b.png" loading="lazy" alt=""/>`},
		{"foreign", "![a](https://x.example/b.png)", `<p><a href="https://x.example/b.png" rel="noopener">a</a></p>`},
		{"foreign without text", "![](https://x.example/b.png) ![](//x.example/pixel?u=1)", `<p><a href="https://x.example/b.png" rel="noopener">Image b.png</a> <a href="https://x.example/pixel?u=1" rel="noopener">Image</a></p>`},
		{"foreign in a link", "[![a](https://x.example/b.png)](/c)", `<p><a href="/c">a</a></p>`},
		{"foreign in a bad link", "[![a](https://x.example/b.png)](javascript:c)", "<p>a</p>"},
		{"script", "![a](javascript:b) ![c](data:image/png;base64,AAAA)", "<p>a c</p>"},
		{"of many sizes", `<img srcset="https://x.example/1 1x" src=/b.png onerror=c style=d>`, `<img src="/b.png" loading="lazy" alt=""/>`},
	})
	opts := &markdown.Options{
		ImageHosts: []string{"cdn.example"},
		Image: func(src string) (string, bool) {
			return strings.Replace(src, "media/", "https://cdn.example/", 1), !strings.Contains(src, "secret")
		},
	}
	requireRenderings(t, opts, []rendering{
		{"rewritten", "![a](media/b.png)", `<p><img src="https://cdn.example/b.png" alt="a" loading="lazy"/></p>`},
		{"dropped", "![a](secret.png)", "<p>a</p>"},
		{"without encryption", "![a](http://cdn.example/b.png)", `<p><a href="http://cdn.example/b.png" rel="noopener">a</a></p>`},
		{"similar host", "![a](https://cdn.example.evil.example/b.png)", `<p><a href="https://cdn.example.evil.example/b.png" rel="noopener">a</a></p>`},
		{"other port", "![a](https://cdn.example:8443/b.png)", `<p><a href="https://cdn.example:8443/b.png" rel="noopener">a</a></p>`},
	})
}
