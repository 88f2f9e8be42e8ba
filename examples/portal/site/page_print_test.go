package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestPrint: articles, series and categories are documents for paper, with what
// their reader may see.
func TestPrint(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	base := as("").server.URL
	place := func(id, parent string) {
		_, err := s.library.SaveCategory(t.Context(), system, kb.Category{
			ID: id, Parent: parent, Audience: profile.Public(), Source: "en", Labels: map[string]kb.Label{"en": {Title: "Place " + id, Slug: id}},
		})
		require.NoError(t, err)
	}
	place("okapis", "")
	place("zoo", "okapis")
	one := write(t, s, draft("Quagga one", profile.Public(), "okapis"))
	d := draft("Quagga two", profile.Public(), "zoo")
	d.Body = "## Steps\n\n[first](article:" + one.ID + "#steps), [below](#steps), [elsewhere](https://example.com/x)"
	two := write(t, s, d)
	write(t, s, draft("Quagga secret", profile.NewAudience("staff"), "zoo"))
	for name, content := range map[string]string{"quagga.webm": "\x1a\x45\xdf\xa3 x", "quagga.en.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nStripes in front.\n", "inside.webm": "\x1a\x45\xdf\xa3 y"} {
		_, err := s.library.Upload(t.Context(), system, kb.Upload{Name: name, Content: strings.NewReader(content)})
		require.NoError(t, err)
	}
	d = draft("Quagga film", profile.Public(), "zoo")
	d.Kind, d.Fields, d.Body = kb.KindVideo, map[string]string{"source": "media:quagga.webm"}, "Look ![at it](media:inside.webm)"
	write(t, s, d)
	d = draft("Quagga elsewhere", profile.Public(), "zoo")
	d.Kind, d.Fields = kb.KindVideo, map[string]string{"source": "https://youtu.be/abcdefghijk"}
	write(t, s, d)
	series := draft("Quagga series", profile.Public(), "okapis")
	series.Kind, series.Body = kb.KindSeries, "[one](article:"+one.ID+") [two](article:"+two.ID+")"
	write(t, s, series)
	for path, want := range map[string]struct{ has, lacks []string }{
		"/en/articles/quagga-two/print": {
			[]string{"<h1>Quagga two</h1>", `href="#a1-h-steps"`, `<h2 id="a1-h-steps">`, as("").server.URL + "/en/articles/quagga-one#h-steps", `name="robots" content="noindex"`},
			[]string{"article.contents", "Quagga series", `id="h-steps"`},
		},
		"/en/articles/quagga-series/print": {
			[]string{`<h1 dir="auto">Quagga series</h1>`, `<a href="#a2">Quagga one</a>`, `<h3 id="a3-h-steps"`, `href="#a2"`, "Text of Quagga one"}, []string{"secret"},
		},
		"/en/articles/quagga-film/print": {
			[]string{`<a href="` + base + `/media/quagga.webm">Quagga film</a>`, base + "/media/quagga.webm</bdi>", `<details class="transcript" open>`, "Stripes in front.", ">at it</a>", base + "/media/inside.webm</bdi>"},
			[]string{"<video", "<track"},
		},
		"/en/articles/quagga-elsewhere/print": {[]string{"https://youtu.be/abcdefghijk"}, []string{"<iframe"}},
		"/en/categories/okapis/print": {
			[]string{`<h1 dir="auto">Place okapis</h1>`, "Place zoo", "Text of Quagga one", `href="#a3"`}, []string{"secret"},
		},
	} {
		got := as("").get(path)
		require.Equal(t, 200, got.Status, path)
		for _, text := range want.has {
			require.Contains(t, got.Body, text, path)
		}
		for _, text := range want.lacks {
			require.NotContains(t, got.Body, text, path)
		}
	}
	require.Contains(t, as("jonas").get("/en/categories/zoo/print").Body, "Text of Quagga secret")
	require.Equal(t, 404, as("").get("/en/articles/quagga-secret/print").Status)

	p := browser.Open(t, still(1280))
	p.Go(as("").server.URL + "/en/categories/okapis/print")
	require.Empty(t, p.Axe())
	pdf := string(p.PDF())
	require.True(t, strings.HasPrefix(pdf, "%PDF-"))
	require.Equal(t, 6, strings.Count(pdf, "/Type /Page\n")+strings.Count(pdf, "/Type /Page /")+strings.Count(pdf, "/Type /Page>"), "contents, and a page for each article")
}
