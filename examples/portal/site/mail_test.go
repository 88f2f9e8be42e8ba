package site

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// mailing has a portal write to people by a server of the test's.
func mailing(t *testing.T, server *smtptest.Server) func(*Config) {
	file := filepath.Join(t.TempDir(), "word")
	require.NoError(t, os.WriteFile(file, []byte("s3cret\n"), 0o600))
	return func(c *Config) {
		c.BaseURL = "https://help.kelvane.example"
		c.Mail = Mail{Server: fmt.Sprintf("smtp://portal@localhost:%d", server.Port), Password: "s3cret", From: "help@kelvane.example"}
		c.mailTLS = &tls.Config{RootCAs: server.Roots, ServerName: "localhost"}
	}
}

// told waits until what was there before is old news for followers.
func told(t *testing.T, s *Site) func() bool {
	return func() bool {
		at, err := s.db.setting(t.Context(), noticesCursor)
		require.NoError(t, err)
		changes, _, err := s.library.Source().Changes(t.Context(), at, 1)
		return err == nil && at != "" && len(changes) == 0
	}
}

// followed makes an article that people follow, and returns what changes it.
func followed(t *testing.T, s *Site, as func(string) *client, title string, people ...string) (change func(body string)) {
	t.Helper()
	a := write(t, s, draft(title, profile.Public(), anyCategory(t, s)))
	until(t, "what was there is old news", told(t, s))
	slug := strings.ReplaceAll(strings.ToLower(title), " ", "-")
	for _, person := range people {
		require.Equal(t, 303, as(person).post("/en/articles/"+slug+"/keep", url.Values{"list": {"follows"}}).Status)
	}
	return func(body string) {
		m, err := s.library.Manuscript(t.Context(), system, a.ID)
		require.NoError(t, err)
		m, err = s.library.Edit(t.Context(), system, a.ID, "en", m.Version, kb.Text{Title: title, Slug: slug, Summary: "In short", Body: body})
		require.NoError(t, err)
		publish(t, s, m)
	}
}

// TestMails: followers of an article get one mail each by a real conversation
// with a server, though two instances work at it, in their language, with links
// that lead there; and one click ends it.
func TestMails(t *testing.T) {
	check := func(t *testing.T, change ...func(*Config)) {
		server := smtptest.Serve(t, false)
		change = append(change, mailing(t, server))
		s := running(t, change...)
		as := serve(t, s)
		if onServer(s.cfg.DB) {
			running(t, change...)
		}
		people := []string{"tom", "sverre", "lucia", "priya"}
		edit := followed(t, s, as, "The quagga handbook", people...)
		edit("New words.")
		until(t, "everybody has a mail", func() bool { return len(server.Got()) >= len(people) })
		edit("Newer words.")
		until(t, "everybody has another", func() bool { return len(server.Got()) >= 2*len(people) })
		until(t, "nothing waits", func() bool { return waiting(t, s) == 0 })

		seen, stop := map[string]int{}, map[string]string{}
		for _, e := range server.Got() {
			l := smtptest.Read(t, e.Data)
			require.Len(t, e.To, 1)
			seen[l.Header.Get("Message-Id")]++
			require.Contains(t, e.From, "<help@kelvane.example>")
			require.Equal(t, `"Kelvane" <help@kelvane.example>`, l.Header.Get("From"))
			require.Equal(t, "List-Unsubscribe=One-Click", l.Header.Get("List-Unsubscribe-Post"))
			require.Contains(t, l.HTML, "Kelvane")
			require.NotContains(t, l.HTML, "<img")
			require.NotContains(t, l.Text+l.HTML, "New words", "a notice has none of the text")
			stop[e.To[0]] = strings.Trim(l.Header.Get("List-Unsubscribe"), "<>")
			if strings.Contains(e.To[0], "lucia") {
				require.Equal(t, "Actualizado: The quagga handbook", l.Subject)
				require.Contains(t, l.Text, "https://help.kelvane.example/es/articles/the-quagga-handbook")
				require.Contains(t, l.HTML, `lang="es"`)
			}
		}
		require.Len(t, seen, 2*len(people), "nobody gets a mail twice: %v", seen)
		require.Equal(t, 2*len(people), server.Secure())
		require.Equal(t, "|portal|s3cret", server.Logins()[0])

		lucia, err := s.people.Person(t.Context(), system, "lucia")
		require.NoError(t, err)
		address := stop[find(t, stop, lucia.Email)]
		path := strings.TrimPrefix(address, "https://help.kelvane.example")
		require.NotEqual(t, address, path)
		stranger := as("")
		page := stranger.get(path)
		require.Equal(t, 200, page.Status)
		require.Contains(t, page.Body, "Cambios en los artículos que sigue")
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", page.Header.Get("Referrer-Policy"))
		require.Equal(t, 200, stranger.do(http.MethodHead, path, "").Status)
		prefs, err := s.people.Preferences(t.Context(), system, "lucia")
		require.NoError(t, err)
		require.Empty(t, prefs.Notices, "opening the link ends nothing")

		// As mail programs do it, twice since they may.
		for range 2 {
			done := stranger.do(http.MethodPost, path, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")
			require.Equal(t, 200, done.Status, done.Body)
		}
		prefs, err = s.people.Preferences(t.Context(), system, "lucia")
		require.NoError(t, err)
		require.Equal(t, map[string][]string{kindUpdated: {profile.ChannelInbox}}, prefs.Notices)
		for _, bad := range []string{"/unsubscribe", "/unsubscribe?token=" + strings.Repeat("x", 80), path + "x"} {
			require.Equal(t, 400, stranger.get(bad).Status, bad)
			require.Equal(t, 400, stranger.post(bad, nil).Status, bad)
		}
		require.Equal(t, 403, stranger.do(http.MethodPost, path, "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").Status, "no other site does it for somebody")

		edit("Newest words.")
		until(t, "the others have a third", func() bool { return len(server.Got()) >= 3*len(people)-1 && waiting(t, s) == 0 })
		require.Len(t, server.Got(), 3*len(people)-1, "she is left alone")
		require.Contains(t, as("lucia").get("/es/account/notices").Body, "Actualizado: ")
	}
	t.Run("sqlite", func(t *testing.T) { check(t) })
	t.Run("two on postgres", func(t *testing.T) { check(t, on(testdb.PostgresDSN(t))) })
}

// waiting counts what is still to be done for notices.
func waiting(t *testing.T, s *Site) (n int) {
	t.Helper()
	require.NoError(t, s.db.read.GetContext(t.Context(), &n, `select count(*) from stoa_outbox where status = 'pending'`))
	return n
}

func find(t *testing.T, in map[string]string, part string) string {
	t.Helper()
	for key := range in {
		if strings.Contains(key, part) {
			return key
		}
	}
	require.Fail(t, "there is none", "%s in %v", part, in)
	return ""
}

// TestMailFolder: a demo writes its mails into files, with links to where it is,
// and its own pages lead there by path.
func TestMailFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s := running(t, func(c *Config) { c.Mail.Folder, c.Served = dir, "http://127.0.0.1:8080" })
	as := serve(t, s)
	edit := followed(t, s, as, "The quagga handbook", "tom")
	edit("New words.")
	var files []string
	until(t, "the mail is there", func() bool {
		files, _ = filepath.Glob(filepath.Join(dir, "*.eml"))
		return len(files) > 0
	})
	content, err := os.ReadFile(files[0])
	require.NoError(t, err)
	l := smtptest.Read(t, string(content))
	require.Contains(t, l.Text, "http://127.0.0.1:8080/en/articles/the-quagga-handbook\n")
	require.Contains(t, as("tom").get("/en/account/notices").Body, `href="/en/articles/the-quagga-handbook"`)
}

func TestMailConfig(t *testing.T) {
	base := Config{BaseURL: "https://help.example", Mail: Mail{Server: "smtp://mail.example", From: "help@example.com"}}
	require.NoError(t, base.check())
	for _, tt := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.BaseURL = "" }, "-base-url"},
		{func(c *Config) { c.BaseURL, c.Demo, c.Served = "", true, "http://127.0.0.1:8080" }, "-base-url"},
		{func(c *Config) { c.BaseURL, c.Mail = "", Mail{Folder: "x"} }, "-base-url"},
		{func(c *Config) { c.Mail.From = "" }, "-mail-from"},
		{func(c *Config) { c.Mail.From = "nobody" }, "-mail-from nobody"},
		{func(c *Config) { c.Mail = Mail{From: "help@example.com"} }, "-mail-folder"},
		{func(c *Config) { c.Mail.Folder = "x" }, "say one of them"},
		{func(c *Config) { c.Mail.Server = "mail.example:25" }, "smtp://"},
		{func(c *Config) { c.Mail.Server = "https://mail.example" }, "smtp://"},
		{func(c *Config) { c.Mail.Server = "smtp://mail.example:0" }, "port"},
		{func(c *Config) { c.Mail.Server = "smtp://mail.example/x" }, "smtp://"},
		{func(c *Config) { c.Mail.Server = "smtp://ann:SECRET@mail.example" }, "-mail-password-file"},
		{func(c *Config) { c.Mail.Server = "smtp://ann:SECRET@mail.example:p%%" }, "-mail"},
		{func(c *Config) { c.Mail.Server = "smtp://ann@mail.example" }, "belong together"},
		{func(c *Config) { c.Mail.Password = "SECRET" }, "belong together"},
		{func(c *Config) { c.Mail.Server, c.Mail.Password = "smtp+plain://ann@mail.example", "SECRET" }, "in the clear"},
	} {
		c := base
		tt.change(&c)
		err := c.check()
		require.ErrorContains(t, err, tt.want)
		require.NotContains(t, err.Error(), "SECRET")
	}
}
