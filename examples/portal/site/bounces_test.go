package site

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/profile"
)

func hooked(c *Config) { c.Mail.Hook = "t0ken" }

// TestRefusedAddress: an address that the mail server does not know is written
// to no more, its owner sees that, and may have it tried again.
func TestRefusedAddress(t *testing.T) {
	server := smtptest.Serve(t, false)
	server.Say["RCPT"] = "550 5.1.1 no such user"
	s := running(t, mailing(t, server))
	as := serve(t, s)
	edit := followed(t, s, as, "The quagga handbook", "tom")
	require.NotContains(t, as("tom").get("/en/account/preferences").Body, `id="held"`)
	edit("New words.")
	held := func() bool {
		is, err := s.bounces.Held(t.Context(), "tom.whitlock@aldergate.example.com")
		require.NoError(t, err)
		return is
	}
	until(t, "it came back", held)
	page := as("tom").get("/en/account/preferences").Body
	require.Contains(t, page, "Mails to tom.whitlock@aldergate.example.com have come back")
	require.NotContains(t, as("priya").get("/en/account/preferences").Body, `id="held"`)
	require.Equal(t, 303, as("").post("/en/account/preferences/mail", nil).Status)
	require.True(t, held(), "nobody else has it tried again")

	before := len(server.Logins())
	edit("Newer words.")
	until(t, "nothing waits", func() bool { return told(t, s)() && waiting(t, s) == 0 })
	require.Len(t, server.Logins(), before, "the server is not asked again")
	require.Equal(t, 2, strings.Count(as("tom").get("/en/account/notices").Body, ">Updated: "), "here is everything")

	require.Equal(t, 303, as("tom").post("/en/account/preferences/mail", nil).Status)
	require.False(t, held())
	require.NotContains(t, as("tom").get("/en/account/preferences").Body, `id="held"`)
}

// TestBounceHook takes what providers and mail servers report, from those who
// know the token.
func TestBounceHook(t *testing.T) {
	s := open(t, outbox(t.TempDir()), hooked)
	as := serve(t, s)
	report := func(token, kind, body string) answer {
		return as("").do(http.MethodPost, bouncesPath, body, "Authorization", "Bearer "+token, "Content-Type", kind)
	}
	held := func(address string) bool {
		is, err := s.bounces.Held(t.Context(), address)
		require.NoError(t, err)
		return is
	}
	tom := `{"address":"Tom.Whitlock@aldergate.example.com","kind":"complaint","key":"e1"}`
	for _, token := range []string{"", "other", "t0kenn"} {
		require.Equal(t, 404, report(token, "application/json", tom).Status)
	}
	require.Equal(t, 404, as("ruth").do(http.MethodPost, bouncesPath, tom, "Content-Type", "application/json").Status)
	require.False(t, held("tom.whitlock@aldergate.example.com"))
	for _, bad := range []string{"", "{}", `{"address":"x","kind":"hard"}`, `{"address":"a@b.example","kind":"odd"}`, `{"address":"a@b.example","kind":"hard","more":1}`} {
		a := report("t0ken", "application/json", bad)
		require.GreaterOrEqual(t, a.Status, 400, bad)
		require.Less(t, a.Status, 500, bad)
	}
	require.Equal(t, 422, report("t0ken", "message/rfc822", "Subject: hello\n\nNo report.").Status)
	for range 2 {
		require.Equal(t, 204, report("t0ken", "application/json", tom).Status)
	}
	require.True(t, held("tom.whitlock@aldergate.example.com"))
	require.Contains(t, as("tom").get("/de/account/preferences").Body, "unerwünscht")

	returned := "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" +
		"Final-Recipient: rfc822; priya.nair@aldergate.example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; <odd\nAction: failed\nStatus: 5.1.1\n\n--B--\n"
	require.Equal(t, 204, report("t0ken", "message/rfc822", returned).Status)
	require.True(t, held("priya.nair@aldergate.example.com"))

	silent := open(t, outbox(t.TempDir()))
	require.Equal(t, 404, serve(t, silent)("").do(http.MethodPost, bouncesPath, tom, "Authorization", "Bearer ", "Content-Type", "application/json").Status, "without a token nobody reports")
}

// TestHeldInTheBrowser shows the way back to mails.
func TestHeldInTheBrowser(t *testing.T) {
	slow(t)
	s := open(t, outbox(t.TempDir()))
	require.NoError(t, s.bounces.Note(t.Context(), profile.BounceReport{Address: "layla.mansour@aldergate.example.com", Kind: profile.BounceHard}))
	base := serve(t, s)("").server.URL
	p := browser.Open(t, &browser.Options{Width: 390, ReducedMotion: true})
	p.Go(base + "/ar/demo")
	p.Follow(`form:has(input[value="layla"]) button`)
	p.Go(base + "/ar/account/preferences")
	p.WaitVisible("#held")
	require.Empty(t, p.Axe())
	screenshot(p, "held.png")
	require.Equal(t, 200, p.Follow("#held button"))
	require.NotContains(t, p.HTML(), `id="held"`)
}
