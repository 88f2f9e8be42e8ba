package site

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// TestEditorSaysHowATextIsFound: without scripts and with, whoever writes sees
// what search engines may show and what could be better, in their own language.
func TestEditorSaysHowATextIsFound(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ines")
	form := url.Values{
		"locale": {"en"}, "kind": {"how-to"}, "audience": {"public"}, "title": {"Sensor shows offline in the dashboard"}, "do": {"preview"},
		"body": {"## Steps\n\n1. One\n2. <https://x.example/long>\n\n![](media:hub-leds.svg)"}, "category": {"sensors"},
	}
	body := c.post("/en/desk/articles/new", form).Body
	for _, want := range []string{
		"Found from outside", "Sensor shows offline in the dashboard – Kelvane", "/en/articles/sensor-shows-offline-in-the-dashboard", "Another page has the same title.",
		"has no words for those who cannot see it", "The words of a link are its address: https://x.example/long", "There is little text",
	} {
		require.Contains(t, body, want)
	}
	german := c.post("/de/desk/articles/new", form).Body
	require.Contains(t, german, "Von außen gefunden")
	require.Contains(t, german, "Eine andere Seite hat denselben Titel.")
	require.NotContains(t, german, "Another page")

	var live struct{ Outside outsideWire }
	require.NoError(t, json.Unmarshal([]byte(c.post("/en/desk/articles/preview", form, "Accept", "application/json").Body), &live))
	require.True(t, live.Outside.Open)
	require.NotEmpty(t, live.Outside.Findings)

	form.Set("audience", "staff")
	require.NoError(t, json.Unmarshal([]byte(c.post("/en/desk/articles/preview", form, "Accept", "application/json").Body), &live))
	require.False(t, live.Outside.Open)
	require.Empty(t, live.Outside.Findings, "nobody outside sees it")

	form.Set("audience", "public")
	form.Set("seo_title", "What engines are told of it")
	form.Set("description", "In the place of the summary, for those who come from elsewhere.")
	body = c.post("/en/desk/articles/new", form).Body
	require.Contains(t, body, "What engines are told of it – Kelvane")
	require.Contains(t, body, `value="What engines are told of it"`)
	require.NotContains(t, body, "Another page has the same title.")
	form.Set("seo_title", strings.Repeat("x", 201))
	form.Set("do", "save")
	wrong := c.post("/en/desk/articles/new", form)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `id="f-seo_title" name="seo_title" type="text" value="`+strings.Repeat("x", 201))
}

// TestWhatEnginesAreTold: what was written for search engines stands in the head,
// and what readers see stays.
func TestWhatEnginesAreTold(t *testing.T) {
	s := open(t)
	d := draft("As readers see it", profile.Public(), anyCategory(t, s))
	d.SEOTitle, d.Description = "As engines see it", "For <engines> alone"
	write(t, s, d)
	a := serve(t, s)("").get("/en/articles/as-readers-see-it")
	h := headOf(t, a.Body)
	require.Contains(t, a.Body, "<title>As engines see it – Kelvane</title>")
	require.Contains(t, a.Body, "<h1>As readers see it</h1>")
	require.Equal(t, "As engines see it", h.meta["og:title"])
	require.Equal(t, "For <engines> alone", h.meta["description"])
	require.Contains(t, h.data[0], `"description":"For \u003cengines\u003e alone"`)
	require.Contains(t, h.data[0], `"As readers see it"`)
}
