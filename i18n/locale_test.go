package i18n_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func TestParseLocale(t *testing.T) {
	for in, want := range map[string]i18n.Locale{
		"de": "de", "DE": "de", "pt-br": "pt-BR", "zh-hant-tw": "zh-Hant-TW", "zh-TW": "zh-TW", "es-419": "es-419",
		"en-latn-us": "en-US", "iw": "he", "in": "id", "sh": "sr-Latn", "sr-Latn": "sr-Latn", "eng": "en", "en-UK": "en-GB",
		"de-1996": "de-1996", "ca-valencia": "ca-valencia", "no": "no", "fil": "fil", "tl": "fil",
	} {
		got, err := i18n.ParseLocale(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
}

func TestCodeLocale(t *testing.T) {
	for part, want := range map[string]i18n.Locale{
		"de": "de", "pt-BR": "pt-BR", "DE": "de", "ios": "", "mac": "", "": "", "x": "", "german": "", "-": "",
	} {
		require.Equal(t, want, i18n.CodeLocale(part), part)
	}
}

func TestParseLocaleRefuses(t *testing.T) {
	for _, in := range []string{
		"", "d", "en_US", "en-", "-en", "en--US", "jp", "xx", "und", "und-CH", "mul", "root", "x-klingon", "i-klingon",
		"en-x-a", "en-US-u-co-phonebk", "en-a-bbb", "de-de-de", "zh-cmn", "qaa", "en-ZZ", "en-XX", "en-Qaaa",
		"en us", "en\x00", "ën", "en-US\n", "../de", "<b>", strings.Repeat("a", 1000), "en-" + strings.Repeat("abcdefgh-", 4),
	} {
		_, err := i18n.ParseLocale(in)
		require.ErrorIs(t, err, i18n.ErrInvalid, "%q", in)
		require.Less(t, len(err.Error()), 100)
	}
}

func TestLocaleInJSON(t *testing.T) {
	var in struct{ A, B i18n.Locale }
	require.NoError(t, json.Unmarshal([]byte(`{"A": "PT-br", "B": ""}`), &in))
	require.Equal(t, i18n.Locale("pt-BR"), in.A)
	require.Empty(t, in.B)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"A": "<b>"}`), &in), i18n.ErrInvalid)
}

func TestLocaleParts(t *testing.T) {
	for l, want := range map[i18n.Locale][4]string{
		"de":           {"de", "Latn", "ltr", ""},
		"de-AT":        {"de", "Latn", "ltr", "de"},
		"en-AU":        {"en", "Latn", "ltr", "en-001"},
		"pt-BR":        {"pt", "Latn", "ltr", "pt"},
		"zh":           {"zh", "Hans", "ltr", ""},
		"zh-TW":        {"zh", "Hant", "ltr", "zh-Hant"},
		"zh-Hant-TW":   {"zh", "Hant", "ltr", "zh-Hant"},
		"zh-Hant":      {"zh", "Hant", "ltr", ""},
		"sr-Latn":      {"sr", "Latn", "ltr", ""},
		"ar-EG":        {"ar", "Arab", "rtl", "ar"},
		"he":           {"he", "Hebr", "rtl", ""},
		"fa":           {"fa", "Arab", "rtl", ""},
		"ur":           {"ur", "Arab", "rtl", ""},
		"az-Arab":      {"az", "Arab", "rtl", ""},
		"ks-Deva":      {"ks", "Deva", "ltr", ""},
		"dv":           {"dv", "Thaa", "rtl", ""},
		"":             {"", "Latn", "ltr", ""},
		"not a locale": {"not a locale", "Latn", "ltr", ""},
	} {
		require.Equal(t, want, [4]string{l.Language(), l.Script(), string(l.Dir()), string(l.Parent())}, "%q", l)
	}
}

func TestLocaleNames(t *testing.T) {
	for _, tt := range []struct {
		l, in      i18n.Locale
		name, self string
	}{
		{"de", "en", "German", "Deutsch"},
		{"de", "es", "alemán", "Deutsch"},
		{"de", "ja", "ドイツ語", "Deutsch"},
		{"es", "de", "Spanisch", "Español"},
		{"fr", "ar", "الفرنسية", "Français"},
		{"pt-BR", "en", "Brazilian Portuguese", "Português (Brasil)"},
		{"zh", "en", "Simplified Chinese", "简体中文"},
		{"zh-Hant", "en", "Traditional Chinese", "繁體中文"},
		{"ar", "de", "Arabisch", "العربية"},
		{"nb", "en", "Norwegian Bokmål", "Norsk bokmål"},
		{"de", "tlh", "German", "Deutsch"}, // a language without names of languages
		{"nonsense!", "en", "nonsense!", "nonsense!"},
	} {
		require.Equal(t, tt.name, tt.l.Name(tt.in), "%s in %s", tt.l, tt.in)
		require.Equal(t, tt.self, tt.l.Autonym())
	}
}

func FuzzParseLocale(f *testing.F) {
	for _, s := range []string{"de", "zh-Hant-TW", "en-US-u-co-phonebk", "x-foo", "sr-Latn-RS-ekavsk", "i-klingon", "sh-abcdefgh-abcdefgh-abcdefgh"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := i18n.ParseLocale(s)
		if err != nil {
			require.ErrorIs(t, err, i18n.ErrInvalid)
			require.Empty(t, l)
			return
		}
		require.LessOrEqual(t, len(l), i18n.MaxLocale)
		again, err := i18n.ParseLocale(string(l))
		require.NoError(t, err, "%q from %q", l, s)
		require.Equal(t, l, again, "canonical form is stable")
		l.Dir()
		l.Autonym()
		l.Name("de")
		for n := 0; l != ""; n++ {
			require.Less(t, n, 8, "parents of %q do not end", again)
			l = l.Parent()
		}
	})
}
