package mailprofile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// A provider is a service that mails are handed to.
type provider struct {
	mu      sync.Mutex
	trouble profiletest.Trouble
	got     []mailprofile.Letter
}

func (p *provider) behave(trouble profiletest.Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = trouble
}

func (p *provider) deliver(ctx context.Context, l mailprofile.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	quoting := errors.New("refused: " + string(l.EML))
	switch p.trouble {
	case profiletest.TroubleLater:
		return quoting
	case profiletest.TroubleForGood:
		return profile.Permanent(quoting)
	case profiletest.TroubleHang:
		<-ctx.Done()
		return ctx.Err()
	}
	p.got = append(p.got, l)
	return nil
}

func TestFuncChannel(t *testing.T) {
	profiletest.TestChannel(t, func(t *testing.T) profiletest.ChannelEnd {
		p := &provider{}
		c, err := mailprofile.NewFunc("Hilfe <help@portal.example>", p.deliver, nil)
		require.NoError(t, err)
		nowhere := ann
		nowhere.Email = ""
		return profiletest.ChannelEnd{
			Channel: c, To: ann, Nowhere: nowhere, Trouble: p.behave,
			Got: func() (got []profiletest.Received) {
				p.mu.Lock()
				defer p.mu.Unlock()
				for _, l := range p.got {
					mail := smtptest.Read(t, string(l.EML))
					got = append(got, profiletest.Received{Key: l.Key, Text: mail.Subject + "\n" + mail.Text})
				}
				return got
			},
		}
	})
	_, err := mailprofile.NewFunc("help@portal.example", nil, nil)
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, err = mailprofile.NewFunc("nobody", (&provider{}).deliver, nil)
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "box")
	c, err := mailprofile.NewFunc("help@portal.example", mailprofile.Folder(dir), nil)
	require.NoError(t, err)
	for _, m := range []profile.Message{message(), message(), message(func(m *profile.Message) { m.Key = "../../evil" })} {
		require.NoError(t, c.Send(t.Context(), m))
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "a mail that comes again takes its own place")
	content, err := os.ReadFile(filepath.Join(dir, "ABC123.eml"))
	require.NoError(t, err)
	mail := smtptest.Read(t, string(content))
	require.Equal(t, "Geändert: VPN einrichten", mail.Subject)
	require.Contains(t, mail.Header.Get("To"), "ann@acme.example")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "others on the machine do not read people's mail")

	blocked := filepath.Join(dir, "ABC123.eml")
	c, err = mailprofile.NewFunc("help@portal.example", mailprofile.Folder(blocked), nil)
	require.NoError(t, err)
	err = c.Send(t.Context(), message())
	require.Error(t, err)
	require.False(t, profile.IsPermanent(err))
	require.NotContains(t, err.Error(), dir)
}

func TestBrand(t *testing.T) {
	letter := func(b mailprofile.Brand, change ...func(*profile.Message)) smtptest.Letter {
		p := &provider{}
		c, err := mailprofile.NewFunc("help@portal.example", p.deliver, &mailprofile.Options{Brand: b})
		require.NoError(t, err)
		require.NoError(t, c.Send(t.Context(), message(change...)))
		return smtptest.Read(t, string(p.got[0].EML))
	}
	l := letter(mailprofile.Brand{Name: "Kelvane <&>", Home: "https://help.example/?a=1&b", Colour: "#0a3c37"})
	require.Contains(t, l.HTML, `Kelvane &lt;&amp;&gt;`)
	require.Contains(t, l.HTML, `href="https://help.example/?a=1&amp;b"`)
	require.Contains(t, l.HTML, "color:#ffffff;background:#0a3c37")
	require.Contains(t, l.Text, "-- \nKelvane <&> https://help.example/?a=1&b\n")
	require.NotContains(t, l.HTML, "ZgotmplZ")

	l = letter(mailprofile.Brand{Name: "Sun", Colour: "#ffe000"})
	require.Contains(t, l.HTML, "color:#000000;background:#ffe000", "what stands on a light colour is dark")
	require.NotContains(t, l.HTML, `style="color:#ffe000"`, "nobody reads yellow links on white")

	arabic := letter(mailprofile.Brand{Name: "Kelvane"}, func(m *profile.Message) { m.To.Locale = "ar" })
	require.Contains(t, arabic.HTML, `<html lang="ar" dir="rtl">`)
	require.Contains(t, l.HTML, `<html lang="de" dir="ltr">`)

	for _, b := range []mailprofile.Brand{{Colour: "red"}, {Colour: "#12345"}, {Colour: "#12345;"}, {Colour: "#+1+1+1"}, {Home: "javascript:alert(1)"}} {
		_, err := mailprofile.NewFunc("help@portal.example", (&provider{}).deliver, &mailprofile.Options{Brand: b})
		require.ErrorIs(t, err, profile.ErrInvalid, "%v", b)
	}
}
