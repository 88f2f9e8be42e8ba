package kb_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/kb"
)

func TestSlugify(t *testing.T) {
	for title, want := range map[string]string{
		"Reset your hub":              "reset-your-hub",
		"  What's new -- in 2.0?  ":   "what-s-new-in-2-0",
		"Über Größe & Maß":            "uber-grosse-mass",
		"STRAẞE":                      "strasse",
		"Łódź, Ærø, Œuvre":            "łodz-ærø-œuvre",
		"İstanbul ve ışık":            "istanbul-ve-ısık",
		"Ελληνικά Όμηρος":             "ελληνικα-ομηρος",
		"Как сбросить пароль: ёлка й": "как-сбросить-пароль-ёлка-й",
		"はじめに ガイド":                    "はじめに-ガイド",
		"ﾊﾝｶｸ":                        "ハンカク",
		"비밀번호 재설정":                    "비밀번호-재설정",
		"重置密码（新）":                     "重置密码-新",
		"إعادة تعيين كلمة المرور":     "إعادة-تعيين-كلمة-المرور",
		"שָׁלוֹם עולם":                "שָׁלוֹם-עולם",
		"รีเซ็ตรหัสผ่าน":              "รีเซ็ตรหัสผ่าน",
		"पासवर्ड रीसेट करें":          "पासवर्ड-रीसेट-करें",
		"٣ خطوات":                     "٣-خطوات",
		"❤️ love 👍🏽":                  "love",
		"1️⃣ first":                   "1-first",
		"x²":                          "x2",
		"½ cup":                       "1-2-cup",
		"a\u200db\u00adc":             "a-b-c",
		"!?":                          "",
		"":                            "",
		"\xff\xfe":                    "",
		"--a--":                       "a",
	} {
		got := kb.Slugify(title)
		require.Equal(t, want, got, "%q", title)
		require.Equal(t, got, kb.Slugify(got), "a slug of %q is a slug", title)
	}
	long := kb.Slugify(strings.Repeat("wörter und ", 40))
	require.Equal(t, 100, utf8.RuneCountInString(long))
	require.Equal(t, 99, utf8.RuneCountInString(kb.Slugify(strings.Repeat("a", 99)+" b")), "no hyphen at the end")
	require.Equal(t, 100, utf8.RuneCountInString(kb.Slugify(strings.Repeat("한", 500))))
}

func FuzzSlugify(f *testing.F) {
	for _, s := range []string{"Größe", "がぎ", "ﷺ", "ẞß", "é", "각", "\u0345a", "ΐ", "Ǆ", "ᾼ", "a\u0328\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		slug := kb.Slugify(title)
		require.LessOrEqual(t, utf8.RuneCountInString(slug), 100)
		require.Equal(t, slug, kb.Slugify(slug))
		if slug != "" {
			require.NoError(t, valid.Slug(slug), "%q of %q", slug, title)
		}
	})
}
