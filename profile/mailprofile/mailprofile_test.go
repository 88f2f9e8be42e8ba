package mailprofile_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

var ann = profile.Recipient{ID: "ann", Name: "Ann Ash", Email: "ann@acme.example", Locale: "de"}

func channel(t *testing.T, s *smtptest.Server, change ...func(*mailprofile.Options)) *mailprofile.Channel {
	o := &mailprofile.Options{Port: s.Port, TLS: &tls.Config{RootCAs: s.Roots, ServerName: "localhost"}, Timeout: 2 * time.Second}
	for _, f := range change {
		f(o)
	}
	c, err := mailprofile.New("127.0.0.1", "Hilfe & Rat <help@portal.example>", o)
	require.NoError(t, err)
	return c
}

func message(change ...func(*profile.Message)) profile.Message {
	m := profile.Message{
		Key: "ABC123", To: ann, Line: "Geändert: VPN einrichten", At: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		Why: "Sie folgen dem.", Open: "Lesen", SettingsAs: "Einstellungen", UnsubAs: "Abbestellen",
		Settings: "https://help.example/account/preferences", Unsubscribe: "https://help.example/api/v1/me/notices/unsubscribe?token=a-b_c",
		Items: []profile.MessageItem{{ID: "n1", Title: "VPN <einrichten>", Body: "Neu & \"besser\"", URL: "https://help.example/articles/vpn?a=1&b=2"}},
	}
	for _, f := range change {
		f(&m)
	}
	return m
}

func TestChannel(t *testing.T) {
	profiletest.TestChannel(t, func(t *testing.T) profiletest.ChannelEnd {
		s := smtptest.Serve(t, false)
		nowhere := ann
		nowhere.Email = ""
		return profiletest.ChannelEnd{
			Channel: channel(t, s), To: ann, Nowhere: nowhere, Trouble: s.Behave,
			Got: func() []profiletest.Received {
				var got []profiletest.Received
				for _, e := range s.Got() {
					l := smtptest.Read(t, e.Data)
					require.Empty(t, l.Header["Bcc"])
					got = append(got, profiletest.Received{Key: l.Header.Get("Message-Id"), Text: l.Subject + "\n" + l.Text})
				}
				return got
			},
		}
	})
}

func TestLetter(t *testing.T) {
	s := smtptest.Serve(t, false)
	require.NoError(t, channel(t, s, func(o *mailprofile.Options) { o.ReplyTo = "answers@portal.example" }).Send(t.Context(), message()))
	require.Len(t, s.Got(), 1)
	e := s.Got()[0]
	require.Contains(t, e.From, "<help@portal.example>")
	require.Len(t, e.To, 1)
	require.Contains(t, e.To[0], "<ann@acme.example>")
	l := smtptest.Read(t, e.Data)
	require.Equal(t, "Geändert: VPN einrichten", l.Subject)
	for name, want := range map[string]string{
		"Message-Id": "<ABC123@portal.example>", "Auto-Submitted": "auto-generated", "Reply-To": "<answers@portal.example>",
		"List-Unsubscribe":      "<https://help.example/api/v1/me/notices/unsubscribe?token=a-b_c>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": "Sun, 01 Mar 2026 09:30:00 +0000",
		"User-Agent": "", "X-Mailer": "", "Bcc": "", "Cc": "",
	} {
		require.Equal(t, want, l.Header.Get(name), name)
	}
	from, err := l.Header.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, "Hilfe & Rat", from[0].Name)
	require.Equal(t, `VPN <einrichten>
Neu & "besser"
https://help.example/articles/vpn?a=1&b=2

-- 
Sie folgen dem.
Einstellungen: https://help.example/account/preferences
Abbestellen: https://help.example/api/v1/me/notices/unsubscribe?token=a-b_c
`, l.Text)
	require.Contains(t, l.HTML, `lang="de"`)
	require.Contains(t, l.HTML, `<a href="https://help.example/articles/vpn?a=1&amp;b=2" style="color:#0b57a4">VPN &lt;einrichten&gt;</a>`)
	require.Contains(t, l.HTML, `Neu &amp; &#34;besser&#34;`)
	for _, never := range []string{"<img", "<script", "<link", "http://", "<einrichten>"} {
		require.NotContains(t, l.HTML, never)
	}
}

func TestDigest(t *testing.T) {
	s := smtptest.Serve(t, false)
	require.NoError(t, channel(t, s).Send(t.Context(), message(func(m *profile.Message) {
		m.Digest, m.Unsubscribe = profile.DigestDaily, ""
		m.Items = []profile.MessageItem{{Title: "One", Group: "Articles", URL: "https://h.example/1"}, {Title: "Two", Group: "Articles", URL: "https://h.example/2"}, {Title: "Three", Group: "Cases", URL: "https://h.example/3"}}
	})))
	l := smtptest.Read(t, s.Got()[0].Data)
	require.True(t, strings.HasPrefix(l.Text, "== Articles ==\n\nOne\nhttps://h.example/1\n\nTwo\nhttps://h.example/2\n\n== Cases ==\n\nThree\n"), l.Text)
	require.Equal(t, 1, strings.Count(l.HTML, ">Articles</h2>"))
	require.Empty(t, l.Header.Get("List-Unsubscribe"))
	require.Empty(t, l.Header.Get("List-Unsubscribe-Post"))
}

// Whatever stands in a text or an address, the mail has the headers and the
// recipients that it was given.
func TestNoInjection(t *testing.T) {
	for i, odd := range []string{
		"a\r\nBcc: evil@evil.example", "a\nX-Evil: 1\n\nbody", "a\rb", "\r\n.\r\nMAIL FROM:<x>", "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=", "\u2028Bcc: x", "\x00\x0b",
	} {
		s := smtptest.Serve(t, false)
		c := channel(t, s)
		require.NoError(t, c.Send(t.Context(), message(func(m *profile.Message) {
			m.Line, m.To.Name, m.Why, m.Items[0].Title, m.Items[0].Body = odd, odd, odd, odd, odd
		})))
		require.Len(t, s.Got(), 1, "%d", i)
		e := s.Got()[0]
		require.Len(t, e.To, 1)
		l := smtptest.Read(t, e.Data)
		require.Empty(t, l.Header.Get("Bcc"))
		require.Empty(t, l.Header.Get("X-Evil"))
		for _, key := range []string{odd, "<x@y>", strings.Repeat("k", 100)} {
			require.NoError(t, c.Send(t.Context(), message(func(m *profile.Message) { m.Key = key })))
		}
		for _, e := range s.Got() {
			id := smtptest.Read(t, e.Data).Header.Get("Message-Id")
			require.Regexp(t, `^<[A-Za-z0-9]+@portal\.example>$`, id)
		}
		for _, address := range []string{"ann@acme.example\r\nRCPT TO:<evil@evil.example>", "ann@acme.example>, <evil@evil.example", "a@b.example,c@d.example", "Ann <ann@acme.example>", "\"a b\n\"@x.example"} {
			err := c.Send(t.Context(), message(func(m *profile.Message) { m.To.Email = address }))
			require.True(t, profile.IsPermanent(err), "%q: %v", address, err)
			require.NotContains(t, err.Error(), "acme")
		}
		require.Len(t, s.Got(), 4)
	}
}

func TestSecurity(t *testing.T) {
	login := func(o *mailprofile.Options) { o.Username, o.Password = "help", "s3cret" }
	t.Run("STARTTLS", func(t *testing.T) {
		s := smtptest.Serve(t, false)
		require.NoError(t, channel(t, s, login).Send(t.Context(), message()))
		require.Equal(t, 1, s.Secure())
		require.Equal(t, []string{"|help|s3cret"}, s.Logins())
	})
	t.Run("implicit", func(t *testing.T) {
		s := smtptest.Serve(t, true)
		c := channel(t, s, login, func(o *mailprofile.Options) { o.Security = mailprofile.SecurityImplicit })
		require.NoError(t, c.Send(t.Context(), message()))
		require.Equal(t, 1, s.Secure())
		require.Equal(t, []string{"|help|s3cret"}, s.Logins())
	})
	t.Run("none", func(t *testing.T) {
		s := smtptest.Serve(t, false)
		none := func(o *mailprofile.Options) { o.Security = mailprofile.SecurityNone }
		require.NoError(t, channel(t, s, none).Send(t.Context(), message()))
		require.Zero(t, s.Secure())
		require.Error(t, channel(t, s, none, login).Send(t.Context(), message()), "no password goes out in the clear")
		require.Empty(t, s.Logins())
	})
	t.Run("stranger", func(t *testing.T) {
		s := smtptest.Serve(t, false)
		c := channel(t, s, login, func(o *mailprofile.Options) { o.TLS = &tls.Config{ServerName: "localhost"} })
		err := c.Send(t.Context(), message())
		require.ErrorIs(t, err, profile.ErrUnavailable)
		require.False(t, profile.IsPermanent(err))
		require.Empty(t, s.Got())
		require.Empty(t, s.Logins())
	})
	o := mailprofile.Options{Username: "help", Password: "s3cret"}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %v", o, o, o, &o), "s3cret")
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		command, says string
		permanent     bool
		arrives       bool
	}{
		{"MAIL", "451 4.3.0 busy", false, false},
		{"MAIL", "550 5.7.1 not you", true, false},
		{"RCPT", "450 4.2.0 greylisted", false, false},
		{"RCPT", "550 5.1.1 no such user", true, false},
		{".", "452 4.2.2 full", false, false},
		{".", "554 5.6.0 spam", true, false},
		{"AUTH", "535 5.7.8 wrong", false, false},
		{"RSET", "500 what", false, true},
		{"QUIT", "421 gone", false, true},
	} {
		s := smtptest.Serve(t, false)
		s.Say[c.command] = c.says
		err := channel(t, s, func(o *mailprofile.Options) { o.Username, o.Password = "help", "s3cret" }).Send(t.Context(), message())
		if c.arrives {
			require.NoError(t, err, "%v: a mail that was taken is not sent again", c)
			require.Len(t, s.Got(), 1)
			continue
		}
		require.Error(t, err, "%v", c)
		require.Equal(t, c.permanent, profile.IsPermanent(err), "%v: %v", c, err)
		for _, secret := range []string{"acme", "s3cret", "VPN", "no such user"} {
			require.NotContains(t, err.Error(), secret)
		}
	}
}

func TestNew(t *testing.T) {
	for _, c := range [][2]string{{"", "help@portal.example"}, {"smtp.example", ""}, {"smtp.example", "nobody"}, {"smtp.example", "a@b.example\r\nX: y"}} {
		_, err := mailprofile.New(c[0], c[1], nil)
		require.ErrorIs(t, err, profile.ErrInvalid, "%v", c)
	}
	_, err := mailprofile.New("smtp.example", "help@portal.example", &mailprofile.Options{ReplyTo: "x"})
	require.ErrorIs(t, err, profile.ErrInvalid)
	c, err := mailprofile.New("smtp.example", "help@portal.example", nil)
	require.NoError(t, err)
	require.Equal(t, profile.ChannelMail, c.Name())
}
