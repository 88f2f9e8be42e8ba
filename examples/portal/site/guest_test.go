package site

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A lending is a portal with an article for staff that links to another, and has
// a picture; the other has one too.
type lending struct {
	*Site
	lent, other kb.Article
	now         time.Time
}

func newLending(t *testing.T) *lending {
	l := &lending{now: time.Now()}
	l.Site = open(t, func(c *Config) { c.Now = func() time.Time { return l.now } })
	place := anyCategory(t, l.Site)
	for _, name := range []string{"lent", "kept"} {
		_, err := l.library.PutMedia(t.Context(), system, name+".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><title>`+name+`</title></svg>`))
		require.NoError(t, err)
	}
	for _, name := range []string{"Täglich.webm", "Täglich.en.vtt", "Täglich.svg", "tour.webm", "tour.de.srt", "kept.webm", "kept.en.vtt"} {
		content := map[string]string{".webm": "\x1a\x45\xdf\xa3 " + name, ".vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nSaid in " + name, ".srt": "1\n00:00:00,000 --> 00:00:01,000\nHier", ".svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`}[path.Ext(name)]
		_, err := l.library.Upload(t.Context(), system, kb.Upload{Name: name, Content: strings.NewReader(content)})
		require.NoError(t, err)
	}
	staff := profile.NewAudience("staff")
	d := draft("Secret recipe", staff, place)
	d.Body = "Only here ![x](media:kept.svg) ![y](media:kept.webm)"
	l.other = write(t, l.Site, d)
	d = draft("Internal procedure", staff, place)
	d.Body = fmt.Sprintf("## Steps\n\nDo it **so** ![p](media:lent.svg) ![t](media:tour.webm) and [as there](article:%s), see [sensors](/articles/sensor-shows-offline) and [out](https://example.com/x).", l.other.ID)
	d.Related, d.Kind, d.Fields = []string{l.other.ID}, kb.KindVideo, map[string]string{"source": "media:Täglich.webm"}
	l.lent = write(t, l.Site, d)
	require.NoError(t, l.engine.Refresh(t.Context()))
	return l
}

const sharePath = "/en/articles/internal-procedure/share"

// lend makes a link and returns its path.
func (l *lending) lend(t *testing.T, c *client, address string) string {
	t.Helper()
	a := c.post(sharePath, url.Values{"address": {address}, "days": {"7"}})
	require.Equal(t, 200, a.Status, a.Body)
	return linkIn(t, a.Body)
}

func cookieOf(a answer) string {
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return cookie
}

func TestGuests(t *testing.T) {
	l := newLending(t)
	as := serve(t, l.Site)
	jonas, guest := as("jonas"), as("")
	require.Contains(t, jonas.get("/en/articles/internal-procedure").Body, sharePath)
	require.NotContains(t, jonas.get("/en/articles/sensor-shows-offline").Body, "/share", "everybody reads that")
	require.Equal(t, 404, jonas.get("/en/articles/sensor-shows-offline/share").Status)
	for _, person := range []string{"tom", "priya", "sverre"} {
		require.Equal(t, 404, as(person).get(sharePath).Status)
		require.Equal(t, 404, as(person).post(sharePath, url.Values{"address": {"a@example.com"}}).Status)
	}
	require.Equal(t, 303, guest.get(sharePath).Status, "who is nobody is asked to sign in")

	wrong := jonas.post(sharePath, url.Values{"address": {"nowhere"}, "days": {"30"}})
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-address-fault")
	require.Contains(t, wrong.Body, `value="nowhere"`)
	require.Regexp(t, `value="30" selected`, wrong.Body)
	link := l.lend(t, jonas, "guest@example.com")
	list := jonas.get(sharePath).Body
	require.Contains(t, list, "guest@example.com")
	require.Contains(t, list, "not opened yet")
	require.NotContains(t, list, link)

	// Opening it uses nothing up, and shows nothing.
	for range 30 {
		a := guest.get(link)
		require.Equal(t, 200, a.Status)
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
		require.Empty(t, a.Header.Get("Set-Cookie"))
		require.NotContains(t, a.Body, "Internal procedure")
	}
	require.Contains(t, jonas.get(sharePath).Body, "not opened yet")
	in := guest.post(link, nil)
	require.Equal(t, 303, in.Status)
	pass := cookieOf(in)
	with := func(path string) answer { return guest.get(path, "Cookie", pass) }
	page := with(in.Header.Get("Location"))
	require.Equal(t, 200, page.Status)
	for _, there := range []string{"Internal procedure", "Do it <strong>so</strong>", "as there", "/shared/media/lent.svg", "Jonas", `href="https://example.com/x"`, "/articles/sensor-shows-offline"} {
		require.Contains(t, page.Body, there)
	}
	for _, not := range []string{"secret-recipe", "Secret recipe", l.other.ID} {
		require.NotContains(t, page.Body, not)
	}
	for _, name := range []string{"lent.svg", "tour.webm", "tour.de.vtt", "T%C3%A4glich.webm", "T%C3%A4glich.en.vtt", "T%C3%A4glich.svg"} {
		require.Contains(t, page.Body, `"/shared/media/`+name+`"`)
		require.Equal(t, 200, with("/shared/media/"+name).Status, name)
	}
	require.Contains(t, page.Body, "Said in Täglich.en.vtt")

	// It opens one thing.
	for _, path := range []string{
		"/en/articles/internal-procedure", "/en/articles/secret-recipe", "/shared/media/kept.svg", "/shared/media/kept.webm", "/shared/media/kept.en.vtt", "/shared/media/lent.sv", "/media/T%C3%A4glich.en.vtt", "/media/tour.webm", "/media/lent.svg", "/media/kept.svg",
		"/api/v1/articles/" + l.lent.ID, "/api/v1/articles/" + l.other.ID, "/en/admin", sharePath + "x",
	} {
		require.Equal(t, 404, with(path).Status, path)
	}
	require.NotContains(t, with("/en/search?q=procedure").Body, "Internal procedure")
	require.Equal(t, 303, with("/en/account").Status, "a guest is nobody")
	require.Contains(t, with("/api/v1/me").Body, `"id":""`)
	require.Equal(t, 404, guest.get("/shared").Status)
	require.Equal(t, 404, guest.get("/shared/media/lent.svg").Status)

	// It ends when it is taken back, and with it every pass.
	second := cookieOf(guest.post(link, nil))
	require.Equal(t, 200, guest.get("/shared", "Cookie", second).Status)
	other := cookieOf(guest.post(l.lend(t, jonas, "other@example.com"), nil))
	_, rest, _ := strings.Cut(jonas.get(sharePath).Body, "guest@example.com")
	id := regexp.MustCompile(`share/([^/"]+)/end`).FindStringSubmatch(rest)[1]
	require.Equal(t, 404, as("tom").post(sharePath+"/"+id+"/end", nil).Status)
	require.Equal(t, 404, jonas.post(sharePath+"/nobody/end", nil).Status)
	require.Equal(t, 303, jonas.post(sharePath+"/"+id+"/end", nil).Status)
	for _, a := range []answer{guest.get("/shared", "Cookie", second), guest.get(link), guest.post(link, nil)} {
		require.Equal(t, 410, a.Status)
	}
	require.Equal(t, 200, guest.get("/en/", "Cookie", second).Status, "what has worn off keeps nobody out of what is open")
	require.Equal(t, 200, guest.get("/shared", "Cookie", other).Status, "others keep theirs")
	require.Equal(t, 303, guest.post("/shared/leave", nil, "Cookie", other).Status)
	require.Equal(t, 410, guest.get("/shared", "Cookie", other).Status)
	for _, wrong := range []string{"x", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		require.Equal(t, 404, guest.get("/en/links/"+wrong).Status)
		require.Equal(t, 404, guest.post("/en/links/"+wrong, nil).Status)
	}
}

// TestGuestsEnd: what is lent is lent for a time, and for as long as whoever
// lends it might.
func TestGuestsEnd(t *testing.T) {
	l := newLending(t)
	as := serve(t, l.Site)
	guest := as("")
	link := l.lend(t, as("jonas"), "guest@example.com")
	enter := func() string { return cookieOf(guest.post(link, nil)) }
	pass := enter()
	l.now = l.now.Add(13 * time.Hour)
	require.Equal(t, 410, guest.get("/shared", "Cookie", pass).Status, "a pass is for half a day")
	l.now = l.now.Add(7*24*time.Hour - 14*time.Hour)
	pass = enter()
	require.Equal(t, 200, guest.get("/shared", "Cookie", pass).Status)
	l.now = l.now.Add(2 * time.Hour)
	require.Equal(t, 410, guest.get("/shared", "Cookie", pass).Status, "and ends with its link")
	require.Equal(t, 410, guest.post(link, nil).Status)

	link = l.lend(t, as("jonas"), "guest@example.com")
	pass = enter()
	_, err := l.people.DisablePerson(t.Context(), system, "jonas")
	require.NoError(t, err)
	require.Equal(t, 410, guest.get("/shared", "Cookie", pass).Status)
	require.Equal(t, 410, guest.get("/shared/media/lent.svg", "Cookie", pass).Status)
	require.Equal(t, 410, guest.get(link).Status)
	_, err = l.people.EnablePerson(t.Context(), system, "jonas")
	require.NoError(t, err)
	require.Equal(t, 200, guest.get("/shared", "Cookie", pass).Status)
	a, err := l.library.Manuscript(t.Context(), system, l.lent.ID)
	require.NoError(t, err)
	_, err = l.library.Archive(t.Context(), system, l.lent.ID, "en", a.Version)
	require.NoError(t, err)
	require.Equal(t, 410, guest.get("/shared", "Cookie", pass).Status)
}

func TestGuestsAccessible(t *testing.T) {
	slow(t)
	l := newLending(t)
	base := serve(t, l.Site)("").server.URL
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t, &look.opts)
			check := checker(t, p, name)
			p.Go(base + "/" + look.locale + "/demo?return_to=/" + look.locale + "/articles/internal-procedure")
			p.Submit(`form:has(input[value="jonas"]) button`)
			check("article that can be shared")
			p.Go(base + "/" + look.locale + "/articles/internal-procedure/share")
			check("share")
			require.Equal(t, 422, p.Submit(`.sheet button`))
			check("share with errors")
			p.Fill("#f-address", "guest@example.com")
			require.Equal(t, 200, p.Submit(`.sheet button`))
			check("share with a link")
			link := p.Value("#f-link")
			other := browser.Open(t, &look.opts)
			require.Equal(t, 200, other.Go(link))
			check = checker(t, other, name)
			check("guest link")
			require.Equal(t, 200, other.Submit(`.sheet button`))
			check("shared")
			require.Empty(t, other.CSPViolations())
			require.Equal(t, 200, other.Submit(`.notice button`))
			require.Equal(t, 404, other.Go(base+"/shared"))
		})
	}
}
