package lexis_test

import (
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2/registry"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           nil,
		"Reset the hub.":             {"Reset", "the", "hub"},
		"don't l'eau U.S. 3.5 1,000": {"don't", "l'eau", "U.S", "3.5", "1,000"},
		"note:this a/b c-d e_f _g_":  {"note", "this", "a", "b", "c", "d", "e_f", "g"},
		"ERR_CONN 0x80070005 E-17":   {"ERR_CONN", "0x80070005", "E", "17"},
		"end.Next 5.a a,b ..":        {"end.Next", "5", "a", "a", "b"},
		"cre\u0300me naïve":          {"cre\u0300me", "naïve"},
		"パスワード":                      {"パス", "スワ", "ワー", "ード", "ド"},
		"水":                          {"水"},
		"Hub設定2号":                    {"Hub", "設定", "定", "2", "号"},
		"비밀번호를 재설정":                  {"비밀", "밀번", "번호", "호를", "를", "재설", "설정", "정"},
		"รหัส":                       {"รหั", "หัส", "ส"},
		"👩‍👩‍👧 ok":                   {"ok"},
		"שלום מרחבא":                 {"שלום", "מרחבא"},
		"\u0301 lone mark":           {"lone", "mark"},
	} {
		require.Equal(t, want, lexis.Words(text), "%q", text)
	}
}

// TestShippedLanguages compares our terms with those of bleve's own analyzers,
// word by word.
func TestShippedLanguages(t *testing.T) {
	ships, parts := lexis.Languages()
	for _, code := range []string{
		"ar", "ckb", "da", "de", "en", "es", "fa", "fi", "fr", "hi", "hr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr",
	} {
		require.Contains(t, ships, code)
	}
	for _, code := range []string{"bg", "ca", "cs", "el", "eu", "ga", "gl", "hy", "id", "in", "cjk", "und"} {
		require.Contains(t, parts, code)
	}
	samples := map[string]string{
		"ar": "كيفية إعادة تعيين كلمة المرور والمستخدمين", "ckb": "چۆنیەتی گۆڕینی وشەی نهێنی", "da": "nulstilling af adgangskoder og indstillingerne",
		"de": "Zurücksetzen der Einstellungen und Geräte für Häuser", "en": "Resetting the hubs' connections and user's passwords",
		"es": "restablecer las contraseñas de los usuarios y configuraciones", "fa": "تنظیم مجدد گذرواژه‌ها و کاربران",
		"fi": "salasanojen palauttaminen asetuksissa", "fr": "réinitialiser l'adresse des utilisateurs et les paramètres",
		"hi": "पासवर्ड रीसेट करने के तरीके", "hr": "postavke lozinki korisnika", "hu": "jelszavak visszaállítása a beállításokban",
		"it": "reimpostare le password dell'utente e impostazioni", "nl": "wachtwoorden opnieuw instellen voor gebruikers",
		"no": "tilbakestilling av passordene og innstillinger", "pt": "redefinir as senhas dos utilizadores", "ro": "resetarea parolelor utilizatorilor",
		"ru": "сброс паролей пользователей в настройках", "sv": "återställning av lösenorden och inställningar", "tr": "kullanıcıların parolalarını sıfırlama",
	}
	cache := registry.NewCache()
	for code, text := range samples {
		a, err := cache.AnalyzerNamed(ships[code])
		require.NoError(t, err)
		want := []string{}
		for _, token := range a.Analyze([]byte(text)) {
			want = append(want, string(token.Term))
		}
		require.NotEmpty(t, want)
		got, err := lexis.Terms(code, text)
		require.NoError(t, err)
		require.Equal(t, want, got, code)
	}
}

func TestTags(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "en-GB": "en", "EN_us": "en", "pt-BR": "pt", "zh-Hans-CN": "cjk", "ja": "cjk", "ko-KR": "cjk", "nb": "no", "nn-NO": "no",
		"th": "und", "he": "und", "vi": "und", "": "und", "x": "und", "in": "id", "cjk": "und", "und": "und", "ta": "in", "sr": "hr", "ca": "ca",
		strings.Repeat("en-", 1000): "en",
	} {
		got, err := lexis.Code(tag)
		require.NoError(t, err)
		require.Equal(t, want, got, tag)
	}
}

// FuzzWords cuts any text into words.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Reset the hub's 3.5 V", "パスワード水", "a\u0301\u200d_.'1,2", "\xff\xfe e\u0301", "วิธีรี"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range lexis.Words(text) {
			require.NotEmpty(t, w)
			require.Contains(t, text, w)
		}
		for _, tag := range []string{"en", "fa", "ja", "hi", "tr", "und"} {
			terms, err := lexis.Terms(tag, text)
			require.NoError(t, err)
			for _, term := range terms {
				require.NotEmpty(t, term)
			}
		}
	})
}
