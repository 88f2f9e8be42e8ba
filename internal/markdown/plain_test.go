package markdown_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

func TestPlain(t *testing.T) {
	link := func(address string) string {
		return `<a href="` + address + `" rel="noopener nofollow ugc">` + address + `</a>`
	}
	for text, want := range map[string]string{
		"":                              "",
		" \n\n\x00\n":                   "",
		"a <b>&\"'":                     "a &lt;b&gt;&amp;&#34;&#39;",
		"a\nb\r\nc\rd":                  "a<br>\nb<br>\nc<br>\nd",
		"*a* [b](c)":                    "*a* [b](c)",
		"see https://a.example/b?c=d.":  "see " + link("https://a.example/b?c=d") + ".",
		"(http://a.example/b_(c))":      "(" + link("http://a.example/b_(c)") + ")",
		"“https://a.example/”、次":        "“" + link("https://a.example/") + "”、次",
		"javascript:alert(1) ftp://a/b": "javascript:alert(1) ftp://a/b",
		"https://u:p@a.example/":        "https://u:p@a.example/",
		`https://a.example/"onclick=b`:  link("https://a.example/") + "&#34;onclick=b",
		"a\u202Eb":                      "ab",
	} {
		if want != "" {
			want = `<p dir="auto">` + want + "</p>\n"
		}
		require.Equal(t, want, string(markdown.Plain(text)), "%q", text)
	}
	require.Equal(t, "<p dir=\"auto\">a</p>\n<p dir=\"auto\">b</p>\n", string(markdown.Plain("\na\n\n\n\nb\n")))
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{" a \n b\t", 9, "a b"},
		{"The quick brown fox", 12, "The quick…"},
		{"The quick, brown fox", 12, "The quick…"},
		{"Donaudampfschifffahrt", 10, "Donaudamp…"},
		{"日本語の文章はこのように切れます。", 8, "日本語の文章は…"},
		{"文章。次の文章です", 4, "文章。…"},
		{"스토아는 도움말 센터를 만듭니다", 10, "스토아는 도움말…"},
		{"e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{"👨‍👩‍👧👍🏽🇩🇪🇫🇷x", 9, "👨‍👩‍👧👍🏽…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"abc", -1, ""},
	} {
		require.Equal(t, c.want, markdown.Summary(c.text, c.limit), "%q", c.text)
	}
}
