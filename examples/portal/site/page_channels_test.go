package site

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// outbox has a portal write its mails into a folder.
func outbox(dir string) func(*Config) {
	return func(c *Config) { c.Mail.Folder, c.Served = dir, "http://127.0.0.1:8080" }
}

// TestChannelChoices: what somebody chose is kept, what they left alone goes on
// being the portal's own way, and bad input is said where it was typed.
func TestChannelChoices(t *testing.T) {
	s := open(t, outbox(t.TempDir()))
	tom := serve(t, s)("tom")
	prefs := func() profile.Preferences {
		p, err := s.people.Preferences(t.Context(), system, "tom")
		require.NoError(t, err)
		return p
	}
	save := func(change url.Values) answer {
		form := url.Values{
			"version": {strconv.Itoa(prefs().Version)}, "text_size": {"100"}, "kinds": {kindUpdated, kindTranslated},
			"notices." + kindUpdated: {"inbox", "mail"}, "notices." + kindTranslated: {"inbox"}, "digests.mail": {""},
		}
		for name, values := range change {
			form[name] = values
		}
		return tom.post("/en/account/preferences", form)
	}
	require.NotContains(t, tom.get("/en/account/preferences").Body, ">notices.kind.", "each kind has a name")
	require.NotRegexp(t, `value="sms"|reach-phone`, tom.get("/en/account/preferences").Body, "there are no text messages")
	require.Equal(t, 404, tom.post("/en/account/preferences/phone", url.Values{"do": {"ask"}}).Status)
	require.Equal(t, 303, save(nil).Status)
	require.Empty(t, prefs().Notices, "who changes nothing has said nothing")

	require.Equal(t, 303, save(url.Values{"notices." + kindUpdated: {"inbox"}, "digests.mail": {"weekly"}, "quiet.from": {"22:00"}, "quiet.to": {"07:00"}}).Status)
	require.Equal(t, map[string][]string{kindUpdated: {"inbox"}}, prefs().Notices)
	require.Equal(t, map[string]profile.Digest{"mail": profile.DigestWeekly}, prefs().Digests)
	page := tom.get("/en/account/preferences").Body
	require.Contains(t, page, `name="notices.article.updated" value="inbox" checked`)
	require.NotContains(t, page, `name="notices.article.updated" value="mail" checked`)
	require.Contains(t, page, `<option value="weekly" selected>`)
	require.Contains(t, page, "Times are those of ")

	// What the portal does not offer now is not lost, and nobody adds to it.
	p := prefs()
	p.Notices = map[string][]string{kindUpdated: {"inbox", "push"}, "case.answered": {"mail"}}
	_, err := s.people.SavePreferences(t.Context(), profile.Actor{ID: "tom"}, "tom", p)
	require.NoError(t, err)
	require.Equal(t, 303, save(url.Values{"notices." + kindUpdated: {"mail", "pigeon", "<b>"}}).Status)
	require.Equal(t, map[string][]string{kindUpdated: {"mail", "push"}, "case.answered": {"mail"}}, prefs().Notices)

	require.Equal(t, 303, save(url.Values{"notices." + kindUpdated: {}}).Status)
	require.Equal(t, []string{"push"}, prefs().Notices[kindUpdated], "none is a choice")

	wrong := save(url.Values{"digests.mail": {"hourly"}, "quiet.from": {"25:00"}})
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `id="f-digests-mail-fault"`)
	require.Contains(t, wrong.Body, `id="f-quiet-from-fault"`)
	require.Contains(t, wrong.Body, `value="25:00"`, "what was typed stays")
	require.Equal(t, 409, save(url.Values{"version": {"1"}}).Status)
}

// TestFollowLevels: who follows the main text only is told of no translation,
// who wants nothing of nothing, and others of every change.
func TestFollowLevels(t *testing.T) {
	dir := t.TempDir()
	s := running(t, outbox(dir))
	as := serve(t, s)
	edit := followed(t, s, as, "The quagga handbook", "tom", "sverre", "priya")
	level := func(person, level string) answer {
		return as(person).post("/en/articles/the-quagga-handbook/keep", url.Values{"list": {"follows"}, "level": {level}, "return_to": {"/en/account/saved"}})
	}
	for person, l := range map[string]string{"sverre": profile.LevelImportant, "priya": profile.LevelNone} {
		a := level(person, l)
		require.Equal(t, 303, a.Status)
		require.Equal(t, "/en/account/saved", a.Header.Get("Location"))
		require.Contains(t, as(person).get("/en/account/saved").Body, `<option value="`+l+`" selected>`)
	}
	require.Equal(t, 422, level("tom", "sometimes").Status)
	require.Equal(t, "/", as("tom").post("/en/articles/the-quagga-handbook/keep", url.Values{"list": {"follows"}, "return_to": {"https://evil.example/"}}).Header.Get("Location"))

	edit("New words.")
	settled := func() bool { return told(t, s)() && waiting(t, s) == 0 }
	until(t, "tom has a mail", func() bool { return settled() && len(mailsIn(dir)) == 2 })
	found, err := s.library.Find(t.Context(), system, "en", "the-quagga-handbook")
	require.NoError(t, err)
	m, err := s.library.Manuscript(t.Context(), system, found.ID)
	require.NoError(t, err)
	m, err = s.library.Edit(t.Context(), system, found.ID, "de", m.Version, kb.Text{Title: "Das Quagga-Handbuch", Summary: "Kurz", Body: "Neu."})
	require.NoError(t, err)
	_, err = s.library.Publish(t.Context(), system, found.ID, "de", m.Version)
	require.NoError(t, err)
	notices := func(person string) string { return as(person).get("/en/account/notices").Body }
	until(t, "nothing waits", settled)
	require.NotContains(t, notices("tom"), "Quagga-Handbuch", "who reads English is told of the English text")
	require.Equal(t, 1, strings.Count(notices("sverre"), "Updated: "))
	require.NotContains(t, notices("sverre"), "Quagga-Handbuch")
	require.NotContains(t, notices("priya"), "pdated: ")
	require.Equal(t, 1, strings.Count(notices("tom"), ">Updated: "), "the text is no news again")
	require.Len(t, mailsIn(dir), 2, "nor is there another mail")
}

// screenshot takes a picture for people to look at, where STOA_SCREENSHOTS names
// a folder.
func screenshot(p *browser.Page, name string) {
	if dir := os.Getenv("STOA_SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, name))
	}
}

func mailsIn(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
	return files
}

// TestPreferencesInTheBrowser looks at the page wide and narrow, and chooses by
// keyboard.
func TestPreferencesInTheBrowser(t *testing.T) {
	slow(t)
	texts := t.TempDir()
	s := open(t, outbox(t.TempDir()), texting(texts))
	as := serve(t, s)
	require.Equal(t, 303, as("tom").post("/en/articles/sensor-shows-offline/keep", url.Values{"list": {"follows"}}).Status)
	toggle := func(t *testing.T, p *browser.Page) {
		p.Click(`input[name="notices.article.updated"][value="mail"]`)
		require.Equal(t, 200, p.Follow(".sheet button[type=submit]"))
		require.Contains(t, p.Address(), "saved=1")
		require.Empty(t, p.CSPViolations())
	}
	inEveryLook(t, s, "tom", func(t *testing.T, p *browser.Page, to, check func(string)) {
		for _, path := range []string{"/account/saved", "/account/notices", "/account/preferences"} {
			to(path)
			check(path)
		}
		toggle(t, p)
		if strings.HasSuffix(t.Name(), "/wide") {
			phoneInTheBrowser(t, p, texts, "+43 660 1234567", check)
		}
	})
	base := as("").server.URL
	p := browser.Open(t, &browser.Options{Width: 320, NoScript: true, ReducedMotion: true})
	p.Go(base + "/ja/demo")
	p.Follow(`form:has(input[value="tom"]) button`)
	for _, path := range []string{"/account/saved", "/account/notices", "/account/preferences"} {
		require.Equal(t, 200, p.Go(base+"/ja"+path))
		fits(t, p, path)
	}
	toggle(t, p)
	toggle(t, p)
	phoneInTheBrowser(t, p, texts, "+81 90 1234 5678", func(what string) { fits(t, p, what) })
	prefs, err := s.people.Preferences(t.Context(), system, "tom")
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"inbox", "mail"}, prefs.Notices[kindUpdated], "turned off and on, twice")
}
