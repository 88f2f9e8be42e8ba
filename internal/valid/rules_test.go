package valid_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

func TestEmail(t *testing.T) {
	label := strings.Repeat("a", 63)
	for in, want := range map[string]string{
		"a@b.co":                      "a@b.co",
		"Ann.Lee+help@Example.COM":    "Ann.Lee+help@example.com",
		"o'brien_x-y=z@mail.ex-1.org": "o'brien_x-y=z@mail.ex-1.org",
		"a@xn--bcher-kva.example":     "a@xn--bcher-kva.example",
		"a@" + label + ".co":          "a@" + label + ".co",
		strings.Repeat("a", 64) + "@" + label + "." + label + "." + strings.Repeat("a", 61): strings.Repeat("a", 64) + "@" + label + "." + label + "." + strings.Repeat("a", 61),
	} {
		got, err := valid.Email(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
	for _, in := range []string{
		"", "@", "a", "a@", "@b.co", "a@b", "a@b.", "a@.b", "a@b..co", "a@-b.co", "a@b-.co", "a@b_c.co", "a@b.1", "a@b.0x1f", "a@127.0.0.1", "a@[127.0.0.1]",
		"a b@c.de", " a@b.co", "a@b.co ", "a@b.co\n", "a@b.co\r\nBcc: x@y.zz", "a\x00@b.co", "a@b.co,c@d.ee", "a@b.co;c@d.ee", "a@b@c.de",
		`"<script>alert(1)</script>"@evil.com`, `"a"@b.co`, "a(comment)@b.co", "Ann <a@b.co>", "<a@b.co>", "=?utf-8?q?a?=@b.co",
		".a@b.co", "a.@b.co", "a..b@c.de", "-a@b.co", "a%b@c.de", "a!b@c.de", "a|b@c.de", "a/b@c.de", "a`b`@c.de", `a\b@c.de`,
		"Ａ@x.com", "ä@b.co", "a@bücher.example", "a@ｅvil.com", "a@b\u200b.co", "a@b\u3002co",
		strings.Repeat("a", 65) + "@b.co", strings.Repeat("a", 3000) + "@b.co", "a@" + strings.Repeat("a", 64) + ".co",
		strings.Repeat("a", 64) + "@" + label + "." + label + "." + strings.Repeat("a", 62),
	} {
		_, err := valid.Email(in)
		require.ErrorIs(t, err, errs.Invalid, "%q", in)
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com":                    "https://example.com",
		"HTTPS://Example.COM/Path?q=1#f":         "https://example.com/Path?q=1#f",
		"http://localhost:8080/x":                "http://localhost:8080/x",
		"http://[2001:db8::1]:80/":               "http://[2001:db8::1]:80/",
		"http://192.0.2.7/":                      "http://192.0.2.7/",
		"https://example.com/wiki/Köln":          "https://example.com/wiki/K%C3%B6ln",
		"https://xn--bcher-kva.example/":         "https://xn--bcher-kva.example/",
		"https://example.com/?u=https://b.co//x": "https://example.com/?u=https://b.co//x",
		"/":                                      "/",
		"/articles/a-b?x=1&y=%2F#top":            "/articles/a-b?x=1&y=%2F#top",
		"/ja/記事":                                 "/ja/%E8%A8%98%E4%BA%8B",
	} {
		got, err := valid.SafeURL(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
	for _, in := range []string{
		"", "example.com", "articles/a", "?q", "#f", "//evil.com", "///evil.com", `/\evil.com`, `\\evil.com`, `/a\b`, "/%5cevil.com", "/%5Cevil.com", "/%2f%2fevil.com", "/a/..//evil.com", "/./x", "/../x", "/%2e%2e/x", "/a//b", "/a%2fb",
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.co", "mailto:a@b.co", "blob:https://a.co/x",
		"http:", "http:/", "http://", "http:///x", "http:example.com", "http:/example.com", "https:\\\\evil.com", "http://?x", "http://#x", "http://:80/",
		"http://user@evil.com", "http://user:pass@evil.com", "http://good.com@evil.com/", `http://good.com\@evil.com`, "http://good.com%40evil.com", "http://evil.com%2f.good.com", "http://a b.co",
		"http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://[::1", "http://[fe80::1%25eth0]/",
		"http://a.co:0/", "http://a.co:65536/", "http://a.co:/", "http://a.co:x/", "http://-a.co/", "http://a..co/", "http://.a.co/", "http://a_b.co/", "http://" + strings.Repeat("a.", 126) + "co/",
		"http://ｅvil.com/", "http://bücher.example/", "http://evil\u3002com/", "http://good.com\uff0f.evil.com/", "http://a.co/\u2215", "http://a.co/\x00", "http://a.co/\t", "http://a.co/\x7f", "http://a.co/\u0085", "http://a.co/\xff", `http://a.co/"onload=`, "http://a.co/<x>",
		"http://a.co/%zz", "/%zz", "https://a.co/" + strings.Repeat("a", 2000),
	} {
		_, err := valid.SafeURL(in)
		require.ErrorIs(t, err, errs.Invalid, "%q", in)
	}
}

func TestReturnPath(t *testing.T) {
	for _, same := range []string{"/", "/a", "/a/", "/cases/new?subject=x%20y&z=%5C#top", "/ja/%E8%A8%98%E4%BA%8B", "/search?q=https://x.example//y"} {
		require.Equal(t, same, valid.ReturnPath(same))
	}
	for _, odd := range []string{
		"", "a", "https://evil.com", "//evil.com", "///evil.com", `/\evil.com`, `\/evil.com`, "/\t/evil.com", "/\n/evil.com", " /a", "/a ", "/%2fevil.com", "/%2F/evil.com", "/%5cevil.com", "/%5Cevil.com", "/%255cevil.com", "/%252fevil.com", "/%09/evil.com", "/%00", "/%0d%0aLocation:x",
		"/a%2fb", "/a%2Fb", "/./a", "/.//evil.com", "/a/../..//evil.com", "/%2e/evil.com", "/%2e%2e/a", "/a//b", "/;@evil.com/..", "/記事", "/／evil.com", "/%EF%BC%8Fevil.com", "/%EF%BC%BCevil.com", "/\u202eevil", "javascript:alert(1)", "/<script>", `/"x`, "/%", "/%c3%28",
		"/" + strings.Repeat("a", 2000), "@evil.com", "?x", "#x", "http:/a", "/a\x7f",
	} {
		require.Equal(t, "/", valid.ReturnPath(odd), "%q", odd)
	}
}

// Whatever is accepted must stay on the site for every reader of URLs that
// strips, unescapes or cleans on the way.
func FuzzReturnPath(f *testing.F) {
	for _, s := range []string{"/a", "//e", "/%2f", "/%5c", "/a/../b", "/?a#b", "/%EF%BC%8F", "/\\"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://portal.example/login")
	f.Fuzz(func(t *testing.T, s string) {
		got := valid.ReturnPath(s)
		for range 3 {
			require.Equal(t, "/", got[:1])
			require.NotRegexp(t, `^/[/\\]|[\x00-\x20\\]`, got)
			ref, err := url.Parse(got)
			require.NoError(t, err)
			require.Equal(t, "portal.example", base.ResolveReference(ref).Host)
			path, _, _ := strings.Cut(got, "?")
			path, _, _ = strings.Cut(path, "#")
			if got, err = url.PathUnescape(path); err != nil || !utf8.ValidString(got) {
				return
			}
			got = strings.ReplaceAll(got, " ", "+")
		}
	})
}

func FuzzSafeURL(f *testing.F) {
	for _, s := range []string{"https://a.co/x?y#z", "http://[::1]/", "/a", "javascript:x", "http:/a", "//a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := valid.SafeURL(s)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.Regexp(t, `^(https?://[a-z0-9\[]|/$|/[^/\\])`, got)
		require.NotContains(t, got, "\\")
		require.NotRegexp(t, `[\x00-\x20"<>]`, got)
		again, err := valid.SafeURL(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"a@b.co", `"x"@y.zz`, "a@b", "A@B.CO"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := valid.Email(s)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.Regexp(t, `^[A-Za-z0-9#$&'*+.=^_{}~-]{1,64}@[a-z0-9.-]+\.[a-z0-9-]+$`, got)
		require.LessOrEqual(t, len(got), 254)
		require.True(t, strings.EqualFold(s, got))
	})
}

func TestSlug(t *testing.T) {
	for _, ok := range []string{"a", "how-to-reset", "2fa", "größe", "パスワード-再設定", "كلمة-المرور", "हिन्दी", strings.Repeat("a", 120)} {
		require.NoError(t, valid.Slug(ok), ok)
	}
	for _, bad := range []string{"", "-", "a-", "-a", "a--b", "A", "a b", "a/b", "a.b", "a_b", "a%20", "..", "a\x00", "\xff", "a\u200bb", "ǅ", "\u0301a", "😀", strings.Repeat("a", 121), strings.Repeat("再", 161)} {
		require.ErrorIs(t, valid.Slug(bad), errs.Invalid, "%q", bad)
	}
}

func TestLocale(t *testing.T) {
	for _, ok := range []string{"en", "de-AT", "zh-Hant-TW", "gsw", "es-419", "sr-Latn-RS"} {
		require.NoError(t, valid.Locale(ok), ok)
	}
	for _, bad := range []string{"", "e", "english", "en_US", "en-", "-en", "en--US", "e1", "12", "en US", "en-" + strings.Repeat("a", 9), "en\x00", "ｅn", "../en", strings.Repeat("en-", 12) + "us", "en-a-b-c-d-e-f-g-h"} {
		require.ErrorIs(t, valid.Locale(bad), errs.Invalid, "%q", bad)
	}
}

func TestText(t *testing.T) {
	reason := func(err error) string {
		var says *errs.Says
		if !errors.As(err, &says) {
			return ""
		}
		return strings.TrimPrefix(says.Message.Key, "error.field.")
	}
	tests := []struct {
		text string
		kind valid.TextKind
		want string
	}{
		{"", valid.TextTitle, ""},
		{"Printer on 🔥 — ‘quick’ fix عربى", valid.TextTitle, ""},
		{"line\nbreak\ttab", valid.TextBody, ""},
		{"line\nbreak", valid.TextTitle, "characters"},
		{"tab\t", valid.TextTitle, "characters"},
		{"carriage\r\nreturn", valid.TextBody, "characters"},
		{"NUL\x00", valid.TextBody, "characters"},
		{"\x1b[31m", valid.TextBody, "characters"},
		{"DEL\x7f", valid.TextBody, "characters"},
		{"C1\u0085", valid.TextBody, "characters"},
		{"turned \u202e txt.exe", valid.TextTitle, "characters"},
		{"isolated \u2066ok\u2069", valid.TextTitle, ""},
		{"separator\u2028", valid.TextTitle, "characters"},
		{"\xc3\x28", valid.TextTitle, "encoding"},
		{"surrogate \xed\xa0\x80", valid.TextTitle, "encoding"},
		{strings.Repeat("é", 200), valid.TextTitle, ""},
		{strings.Repeat("é", 201), valid.TextTitle, "too_long"},
		{strings.Repeat("🔥", 200), valid.TextTitle, ""},
		{strings.Repeat("a", 257), valid.TextQuery, "too_long"},
		{strings.Repeat("é", 129), valid.TextQuery, "too_long"}, // 258 bytes
		{strings.Repeat("\x00", 1<<20), valid.TextTitle, "too_long"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, reason(valid.Text(tt.text, tt.kind)), "%.40q as %s", tt.text, tt.kind)
	}
	require.Panics(t, func() { _ = valid.Text("", "novel") })
}

func TestEveryTextKindHasLimits(t *testing.T) {
	for _, k := range valid.TextKinds() {
		n := valid.MaxRunes(string(k))
		require.Positive(t, n, k)
		require.NoError(t, valid.Text(strings.Repeat("a", n), k), k)
		require.ErrorIs(t, valid.Text(strings.Repeat("a", n+1), k), errs.Invalid, k)
	}
	require.Zero(t, valid.MaxRunes("novel"))
}

func TestNewlines(t *testing.T) {
	require.Equal(t, "a\nb\nc\n\nd", valid.Newlines("a\r\nb\rc\r\n\r\nd"))
	require.Equal(t, "a\nb", valid.Newlines("a\nb"))
}

func TestNote(t *testing.T) {
	f := errs.Fields{}
	_, bad := valid.Email("x")
	valid.Note(f, "email", bad)
	valid.Note(f, "other", errors.New("odd"))
	valid.Note(f, "fine", nil)
	require.Equal(t, errs.Fields{"email": {Key: "error.field.email"}, "other": {Key: "error.field.invalid"}}, f)
}
