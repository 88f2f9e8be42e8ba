package site

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// sendMedium sends a file with a form of the desk.
func (c *client) sendMedium(path, file, content string, fields ...string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(c.t, w.WriteField(fields[i], fields[i+1]))
	}
	f, err := w.CreateFormFile("file", file)
	require.NoError(c.t, err)
	_, err = f.Write([]byte(content))
	require.NoError(c.t, err)
	require.NoError(c.t, w.Close())
	return c.do("POST", path, b.String(), "Content-Type", w.FormDataContentType())
}

const pdf = "%PDF-1.4 all of it"

// TestMediaLibrary: files are sent, described, used, replaced and removed.
func TestMediaLibrary(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	const page = "/en/desk/media"
	t.Run("is for those who write", func(t *testing.T) {
		for _, person := range []string{"", "tom", "jonas"} {
			require.Equal(t, unseen(person), as(person).get(page).Status, person)
			require.Equal(t, refusal(person), as(person).sendMedium(page, "a.pdf", pdf).Status, person)
		}
		require.Contains(t, as("ines").get("/en/desk").Body, page)
	})
	ines, ruth := as("ines"), as("ruth")
	t.Run("keeps what was typed", func(t *testing.T) {
		got := ines.sendMedium(page, "manual.pdf", "<html>", "name", "guide", "about", "The guide")
		require.Equal(t, 422, got.Status)
		for _, want := range []string{`value="guide"`, `value="The guide"`, "not what its name says", `aria-invalid="true"`} {
			require.Contains(t, got.Body, want)
		}
		require.Contains(t, ines.sendMedium(page, "a.exe", "MZ").Body, "cannot be kept")
		require.Contains(t, ines.sendMedium(page, "", "").Body, "aria-invalid", "no file at all")
	})
	t.Run("takes a file, twice as well", func(t *testing.T) {
		for range 2 {
			got := ines.sendMedium(page, `C:\papers\My manual (1).pdf`, pdf, "about", "The manual")
			require.Equal(t, 303, got.Status, got.Body)
			require.Equal(t, "/en/desk/media/My-manual-1.pdf?done=kept", got.Header.Get("Location"))
		}
		require.Contains(t, ines.get(page).Body, "My-manual-1.pdf")
		require.Contains(t, ines.get(page+"?group=documents&name=MANUAL").Body, "My-manual-1.pdf")
		require.NotContains(t, ines.get(page+"?group=pictures").Body, "My-manual-1.pdf")
		require.Contains(t, ines.get(page+"/My-manual-1.pdf").Body, "[The manual](media:My-manual-1.pdf)")
		require.Contains(t, ines.sendMedium(page, "My-manual-1.pdf", pdf+"x").Body, "something else of this name")
	})
	t.Run("shows who uses it, and serves those who read it", func(t *testing.T) {
		require.Equal(t, 404, as("").get("/media/My-manual-1.pdf").Status)
		d := draft("With a manual", profile.Public(), "place")
		places, err := s.library.Places(t.Context(), system, "en")
		require.NoError(t, err)
		d.Category, d.Body = places[0].ID, "See [it](media:My-manual-1.pdf)."
		a := write(t, s, d)
		reader := as("").get("/en/articles/" + a.Translations[0].Slug)
		require.Contains(t, reader.Body, "Files to download")
		require.Contains(t, reader.Body, `href="/media/My-manual-1.pdf" download`)
		got := as("").get("/media/My-manual-1.pdf", "Range", "bytes=0-3")
		require.Equal(t, 206, got.Status)
		require.Equal(t, "%PDF", got.Body)
		require.Contains(t, got.Header.Get("Content-Disposition"), "attachment")
		require.Contains(t, ines.get(page+"/My-manual-1.pdf").Body, "With a manual")
		require.Equal(t, 409, ines.post(page+"/My-manual-1.pdf", url.Values{"do": {"remove"}}).Status)
	})
	t.Run("is replaced by who publishes", func(t *testing.T) {
		require.Equal(t, 403, ines.sendMedium(page+"/My-manual-1.pdf", "other.pdf", pdf+" 2").Status)
		require.Equal(t, 303, ruth.sendMedium(page+"/My-manual-1.pdf", "other.pdf", pdf+" 2").Status)
		require.Equal(t, pdf+" 2", as("").get("/media/My-manual-1.pdf").Body)
		require.Contains(t, ruth.sendMedium(page+"/My-manual-1.pdf", "other.pdf", "no").Body, "not what its name says")
	})
	t.Run("is described and removed", func(t *testing.T) {
		require.Equal(t, 303, ines.sendMedium(page, "spare.txt", "words").Status)
		require.Equal(t, 303, ines.post(page+"/spare.txt", url.Values{"do": {"describe"}, "about": {"Spare words"}}).Status)
		got := ines.post(page+"/spare.txt", url.Values{"do": {"describe"}, "about": {strings.Repeat("x", 600)}})
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, "xxxx")
		require.Contains(t, ines.get(page+"?unused=yes").Body, "Spare words")
		require.Equal(t, 303, ines.post(page+"/spare.txt", url.Values{"do": {"remove"}}).Status)
		require.NotContains(t, ines.get(page).Body, "spare.txt")
	})
	t.Run("keeps what goes with a film that is used", func(t *testing.T) {
		require.Equal(t, 303, ruth.sendMedium(page, "tour.webm", "\x1a\x45\xdf\xa3 x").Status)
		require.Equal(t, 303, ruth.sendMedium(page, "tour.de.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHier.\n").Status)
		d := draft("With a tour", profile.Public(), anyCategory(t, s))
		d.Body = "![tour](media:tour.webm)"
		write(t, s, d)
		require.NotContains(t, ruth.get(page+"?unused=yes").Body, "tour.de.vtt")
		require.Contains(t, ruth.get(page+"/tour.webm").Body, "Captions: German")
		medium := ruth.get(page + "/tour.de.vtt").Body
		require.Contains(t, medium, `Goes with <a href="/en/desk/media/tour.webm">`)
		require.Equal(t, 409, ruth.post(page+"/tour.de.vtt", url.Values{"do": {"remove"}}).Status)
		require.Equal(t, 404, ines.post(page+"/tour.de.vtt", url.Values{"do": {"take"}}).Status)
		require.Contains(t, medium, `value="take"`)
		require.Equal(t, 303, ruth.post(page+"/tour.de.vtt", url.Values{"do": {"take"}}).Status)
		require.NotContains(t, ruth.get(page+"/tour.webm").Body, "Captions: German")
		require.Equal(t, 303, ruth.sendMedium(page, "tour.de.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHier.\n").Status)
	})
	t.Run("can be used by everybody", func(t *testing.T) {
		server := httptest.NewServer(s.Handler())
		t.Cleanup(server.Close)
		p := browser.Open(t, &browser.Options{Width: 1280})
		p.Go(server.URL + "/demo")
		p.Submit(`form:has([value="` + "ruth" + `"]) button`)
		d := draft("With a film", profile.Public(), "")
		places, err := s.library.Places(t.Context(), system, "en")
		require.NoError(t, err)
		d.Category, d.Body = places[0].ID, ":::embed https://youtu.be/abcdefghijk\n"
		film := "/en/articles/" + write(t, s, d).Translations[0].Slug
		got := as("").get(film)
		require.Contains(t, got.Header.Get("Content-Security-Policy"), "frame-src https://player.vimeo.com https://www.youtube-nocookie.com;")
		require.NotContains(t, got.Body, "<iframe")
		require.Equal(t, 200, p.Go(server.URL+film))
		require.Empty(t, p.Axe())
		require.Empty(t, p.ThirdParty(), "nothing is asked of others before somebody wants it")
		p.Click(".embed button")
		p.Until(`document.querySelector('.embed iframe[sandbox][title]')?.src === 'https://www.youtube-nocookie.com/embed/abcdefghijk'`)
		require.Empty(t, p.CSPViolations())
		require.Equal(t, 200, p.Go(server.URL+"/de/articles/with-a-tour"))
		p.Until(`document.querySelector("video[controls]")?.textTracks[0]?.mode === "showing"`)
		p.Click("details.transcript summary")
		require.Contains(t, p.Text("details.transcript"), "Hier.")
		require.Empty(t, p.CSPViolations())
		require.Equal(t, 200, p.Go(server.URL+"/en/desk/articles/new?kind=faq&locale=en"))
		p.Eval(`(() => {
			const files = new DataTransfer(), upload = document.querySelector("#f-upload");
			files.items.add(new File(["%PDF-1.4 sent"], "sent.pdf"));
			upload.files = files.files;
			document.querySelector("#f-body").setSelectionRange(0, 0);
			upload.dispatchEvent(new Event("change"));
		})()`, nil)
		p.Until(`document.querySelector("#f-body").value.startsWith("[sent.pdf](media:sent.pdf)")`)
		p.Until(`document.querySelector("[data-attach]").hidden && document.activeElement.id === "f-upload"`)
		for _, path := range []string{page, page + "/My-manual-1.pdf", page + "/tour.webm", page + "/tour.de.vtt"} {
			require.Equal(t, 200, p.Go(server.URL+path))
			require.Empty(t, p.Axe())
		}
	})
}
