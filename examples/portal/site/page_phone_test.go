package site

import (
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// texting has a portal write its text messages into a folder.
func texting(dir string) func(*Config) {
	return func(c *Config) { c.SMS.Folder, c.Served = dir, "http://127.0.0.1:8080" }
}

// textsIn returns the text messages in a folder, the newest last.
func textsIn(t *testing.T, dir string) (list []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	at := map[string]time.Time{}
	for _, f := range files {
		info, err := os.Stat(f)
		require.NoError(t, err)
		content, err := os.ReadFile(f)
		require.NoError(t, err)
		i := 0
		for i < len(list) && !at[list[i]].After(info.ModTime()) {
			i++
		}
		at[string(content)] = info.ModTime()
		list = append(list[:i:i], append([]string{string(content)}, list[i:]...)...)
	}
	return list
}

// codeIn returns the code that was sent last.
func codeIn(t *testing.T, dir string) string {
	t.Helper()
	texts := textsIn(t, dir)
	require.NotEmpty(t, texts)
	m := regexp.MustCompile(`"text": "[^"]*?(\d{6})`).FindStringSubmatch(texts[len(texts)-1])
	require.NotNil(t, m, texts)
	return m[1]
}

// other is a code that is not the one.
func other(code string) string {
	if code == "111111" {
		return "222222"
	}
	return "111111"
}

// TestPhone: a telephone is somebody's once they typed what went there, and
// then it is told what they chose.
func TestPhone(t *testing.T) {
	dir, now := filepath.Join(t.TempDir(), "texts"), time.Now()
	s := running(t, texting(dir), func(c *Config) { c.Now = func() time.Time { return now } })
	as := serve(t, s)
	tom := as("tom")
	do := func(what string, form url.Values) answer {
		form.Set("do", what)
		return tom.post("/en/account/preferences/phone", form)
	}
	page := func() string { return html.UnescapeString(tom.get("/en/account/preferences").Body) }
	require.Contains(t, page(), `name="notices.article.updated" value="sms"`, "the kinds have a column for it")
	require.NotContains(t, page(), `value="sms" checked`, "nobody is sent texts who did not ask")

	for _, bad := range []string{"", "12", "0660 123", "+43 <b>"} {
		a := do("ask", url.Values{"number": {bad}})
		require.Equal(t, 422, a.Status, bad)
		require.Contains(t, a.Body, `id="f-number-fault"`)
	}
	require.Contains(t, do("ask", url.Values{"number": {"0660 4711"}}).Body, `value="0660 4711"`, "what was typed stays")
	require.Equal(t, 422, do("pay", url.Values{}).Status)
	require.Empty(t, textsIn(t, dir))

	asked := do("ask", url.Values{"number": {"+43 660 123 45 67"}})
	require.Equal(t, 303, asked.Status, asked.Body)
	require.Equal(t, 303, do("ask", url.Values{"number": {"+436601234567"}}).Status)
	require.Len(t, textsIn(t, dir), 1, "sent again is sent once")
	require.Contains(t, page(), "+436601234567")
	require.NotContains(t, as("priya").get("/en/account/preferences").Body, "436601234567")
	require.NotContains(t, page(), codeIn(t, dir))
	wrong := do("confirm", url.Values{"code": {other(codeIn(t, dir))}})
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `id="f-code-fault"`)
	require.Contains(t, wrong.Body, "You can try 4 more times.")
	require.Contains(t, wrong.Body, `value="`+other(codeIn(t, dir))+`"`)
	for range 5 {
		wrong = do("confirm", url.Values{"code": {other(codeIn(t, dir))}})
	}
	require.Contains(t, wrong.Body, "too many times")
	require.Contains(t, do("confirm", url.Values{"code": {codeIn(t, dir)}}).Body, "too many times", "the right one is too late")

	now = now.Add(2 * time.Minute)
	require.Equal(t, 303, do("ask", url.Values{"number": {"+436601234567"}}).Status)
	now = now.Add(11 * time.Minute)
	require.Contains(t, do("confirm", url.Values{"code": {codeIn(t, dir)}}).Body, "This code is too old")
	require.Equal(t, 303, do("ask", url.Values{"number": {"+436601234567"}}).Status)
	require.Equal(t, 303, do("confirm", url.Values{"code": {codeIn(t, dir)}}).Status)
	require.Contains(t, page(), "Yours since")

	// Another number counts once it is shown to be theirs.
	require.Equal(t, 303, do("ask", url.Values{"number": {"+4917012345"}}).Status)
	numbers, err := s.phones.Numbers(t.Context(), "tom")
	require.NoError(t, err)
	require.Equal(t, []string{"+436601234567"}, numbers)
	now = now.Add(2 * time.Minute)
	require.Equal(t, 303, do("ask", url.Values{"number": {"+436601234567"}}).Status)
	many := do("ask", url.Values{"number": {"+4917099999"}})
	require.Equal(t, 429, many.Status, "five codes in an hour")
	require.Contains(t, many.Body, `id="f-number-fault"`)

	// What they chose comes by text.
	edit := followed(t, s, as, "The quagga handbook", "tom")
	p, err := s.people.Preferences(t.Context(), system, "tom")
	require.NoError(t, err)
	p.Notices = map[string][]string{kindUpdated: {"sms"}}
	_, err = s.people.SavePreferences(t.Context(), profile.Actor{ID: "tom"}, "tom", p)
	require.NoError(t, err)
	before := len(textsIn(t, dir))
	now = now.Add(time.Minute)
	edit("New words.")
	until(t, "a text is there", func() bool { return told(t, s)() && waiting(t, s) == 0 && len(textsIn(t, dir)) > before })
	texts := textsIn(t, dir)
	require.Len(t, texts, before+1)
	require.True(t, strings.Contains(texts[before], "quagga") && strings.Contains(texts[before], "+436601234567"), texts[before])

	require.Equal(t, 303, do("remove", url.Values{}).Status)
	require.Equal(t, 303, do("remove", url.Values{}).Status, "again is no fault")
	require.Contains(t, page(), "No telephone has been added yet")

	priya := as("priya")
	status := priya.do("PUT", "/api/v1/me/phone", `{"number": "+436601234567"}`, "Content-Type", "application/json").Status
	require.Equal(t, 200, status)
	require.Equal(t, 401, as("").get("/api/v1/me/phone").Status)
	require.Contains(t, as("").get("/openapi.json").Body, "/api/v1/me/phone/confirmation")
}

// TestTextsAreSet: what the flags say has to go together.
func TestTextsAreSet(t *testing.T) {
	for _, bad := range []SMS{{Service: "http://texts.example.com"}, {Service: "https://x.example", Folder: "x"}, {Token: "x"}} {
		require.Error(t, bad.check(&Config{BaseURL: "https://help.example"}))
	}
	require.Error(t, SMS{Folder: "x"}.check(&Config{}), "links need an address")
	require.NoError(t, SMS{Service: "https://texts.example.com/v1", Token: "x"}.check(&Config{BaseURL: "https://help.example"}))
}

// phoneInTheBrowser adds a telephone and removes it, without script too.
func phoneInTheBrowser(t *testing.T, p *browser.Page, dir, number string, check func(string)) {
	t.Helper()
	const ask, confirm, remove = `#reach-phone button[value="ask"]`, `#reach-phone button[value="confirm"]`, `#reach-phone button[value="remove"]`
	p.Fill("#f-number", "12")
	require.Equal(t, 422, p.Follow(ask))
	check("phone: no number")
	p.Fill("#f-number", number)
	require.Equal(t, 200, p.Follow(ask))
	check("phone: code waits")
	p.Fill("#f-code", other(codeIn(t, dir)))
	require.Equal(t, 422, p.Follow(confirm))
	check("phone: wrong code")
	p.Fill("#f-code", codeIn(t, dir))
	require.Equal(t, 200, p.Follow(confirm))
	check("phone: confirmed")
	require.Equal(t, 200, p.Follow(remove))
}
