package blevesearch_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/blevesearch/bleve/v2/registry"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
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
		require.Equal(t, want, blevesearch.Words(text), "%q", text)
	}
}

// TestShippedLanguages compares our terms with those of bleve's own analyzers,
// word by word.
func TestShippedLanguages(t *testing.T) {
	ships, parts := blevesearch.Languages()
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
		got, err := blevesearch.Terms(code, text)
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
		got, err := blevesearch.Code(tag)
		require.NoError(t, err)
		require.Equal(t, want, got, tag)
	}
}

// TestFindsInEachLanguage looks for another form of a word than that in the
// document, in the words of people who ask.
func TestFindsInEachLanguage(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), nil)
	cases := map[string]struct{ title, body, question string }{
		"en": {"Reset the hubs", "", "resetting a hub"}, "de": {"Geräte zurücksetzen", "", "wie setze ich ein Gerät zurück"},
		"es": {"Contraseñas olvidadas", "", "contrasena olvidada"}, "fr": {"Changer l'adresse", "", "changement d'adresses"},
		"ru": {"Сброс паролей", "", "сбросить пароль"}, "ar": {"إعادة تعيين كلمات المرور", "", "كلمة المرور"},
		"ja": {"パスワードを再設定する", "", "再設定"}, "zh": {"如何重置集线器", "", "集线器"}, "ko": {"비밀번호를 재설정하는 방법", "", "비밀번호"},
		"th": {"วิธีรีเซ็ตรหัสผ่าน", "", "รหัสผ่าน"}, "he": {"איפוס סיסמה", "", "סיסמה"}, "vi": {"Đặt lại mật khẩu", "", "mật khẩu"},
		"cs": {"Obnovení hesla", "", "hesla"}, "tr": {"Parolayı sıfırlama", "", "parola sıfırlama"}, "fi": {"Salasanojen palauttaminen", "", "salasanat palauttaminen"},
		"uk": {"Скидання пароля", "", "СКИДАННЯ"}, "hi": {"पासवर्ड कैसे बदलें", "", "पासवर्ड"},
	}
	var docs []search.Document
	for tag, c := range cases {
		docs = append(docs, article("a/"+tag, c.title, c.body, func(d *search.Document) { d.Locale, d.Serves = tag, []string{tag} }))
	}
	require.NoError(t, x.Apply(t.Context(), batchOf("1", docs...)))
	for tag, c := range cases {
		r := ask(c.question)
		r.Locale = tag
		resp, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, []string{"a/" + tag}, groups(resp), "%s: %s", tag, c.question)
		require.True(t, slices.ContainsFunc(resp.Hits[0].Titles, func(s search.Span) bool { return s.Match }), tag)
	}
	// A document in another language that serves the reader is found in its own.
	require.NoError(t, x.Apply(t.Context(), batchOf("2", article("a/only", "Lampen verbinden", "", func(d *search.Document) {
		d.Locale, d.Serves = "de", []string{"de", "en"}
	}))))
	r := ask("lampe")
	resp, err := x.Search(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"a/only"}, groups(resp))
}

func TestSingleCharacters(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	japanese := func(d *search.Document) { d.Locale, d.Serves = "ja", []string{"ja"} }
	require.NoError(t, x.Apply(t.Context(), batchOf("1",
		article("a/first", "水道", "", japanese), article("a/last", "断水", "", japanese), article("a/inside", "上水道局", "", japanese),
		article("a/alone", "水", "", japanese), article("a/none", "火災", "", japanese))))
	r := ask("水")
	r.Locale = "ja"
	resp, err := x.Search(t.Context(), r)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a/first", "a/last", "a/inside", "a/alone"}, groups(resp))
	for _, h := range resp.Hits {
		require.True(t, slices.Contains(h.Titles, search.Span{Text: "水", Match: true}), "%v", h.Titles)
	}
}

// TestRealHelpCentre indexes articles in twelve languages and finds each by its
// own title.
func TestRealHelpCentre(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), nil)
	type row struct{ ID, Lang, Title, Body string }
	var rows []row
	readLines(t, filepath.Join(testData(t), "kb", "projectops-multilang", "articles.jsonl"), func(line []byte) {
		var a struct {
			ID, Lang, Title string
			Body            string `json:"body_markdown"`
		}
		require.NoError(t, json.Unmarshal(line, &a))
		rows = append(rows, row{a.ID, a.Lang, a.Title, a.Body})
	})
	var docs []search.Document
	for i, a := range rows {
		if i%4 == 0 {
			docs = append(docs, article(a.ID+"/"+a.Lang, a.Title, a.Body, func(d *search.Document) { d.Locale, d.Serves = a.Lang, []string{a.Lang} }))
		}
	}
	require.NoError(t, x.Apply(t.Context(), batchOf("1", docs...)))
	missed := map[string]int{}
	for _, d := range docs {
		r := search.Request{Sight: anyone, Words: []search.Word{{Text: d.Title}}, Locale: d.Locale, Limit: 3, Snippet: 200}
		resp, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		if !slices.Contains(groups(resp), d.Group) {
			missed[d.Locale]++
		}
		prefix := strings.TrimRightFunc(d.Title[:strings.LastIndexFunc(" "+d.Title, unicode.IsSpace)], unicode.IsSpace)
		if prefix == "" {
			continue
		}
		offers, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: prefix, Locale: d.Locale, Limit: 20})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(offers, func(s search.Suggestion) bool { return s.Group == d.Group }), "typing %q of %q in %s", prefix, d.Title, d.Locale)
	}
	require.Empty(t, missed)
}
