package site

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
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
}
