package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestBlockPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	at := "/en/desk/blocks/zebra-care"
	require.Equal(t, 404, as("tom").get("/en/desk/blocks").Status)
	require.Equal(t, 404, as("ines").get(at).Status, "authors write no blocks")
	require.Contains(t, as("ruth").get(at).Body, `name="version" value="0"`)
	form := url.Values{"version": {"0"}, "text-en": {"Be **kind**."}, "text-de": {"Sei nett."}, "audience": {"public"}, "note": {"First."}}
	require.Equal(t, 403, as("ines").post(at, form).Status)
	form.Set("do", "preview")
	require.Contains(t, as("ruth").post(at, form).Body, "<strong>kind</strong>")
	require.Equal(t, 404, as("ines").get(at).Status, "a preview saves nothing")
	form.Set("do", "save")
	for range 2 { // a retry saves nothing twice
		require.Equal(t, at+"?done=saved", as("ruth").post(at, form).Header.Get("Location"))
	}
	d := draft("Zebra crossing", profile.Public(), place)
	d.Body = ":::include zebra-care\n"
	write(t, s, d)
	d = draft("Zebra secret", profile.NewAudience("account:brisa"), place)
	d.Body = ":::include zebra-care\n"
	write(t, s, d)
	require.Contains(t, as("").get("/en/articles/zebra-crossing").Body, "<strong>kind</strong>")
	require.Contains(t, as("ruth").get("/en/desk/blocks").Body, "In 2 articles")
	seen := as("ines").get(at).Body
	require.Contains(t, seen, "Zebra crossing")
	require.Contains(t, seen, "First.")
	require.NotContains(t, seen, "Zebra secret", "nobody is told of articles that they do not see")
	require.Contains(t, as("ines").get("/en/desk/blocks").Body, "In 1 article")

	form.Set("text-en", "Other.")
	require.Equal(t, 422, as("ruth").post(at, form).Status, "somebody saved it since")
	form.Set("version", "1")
	require.Equal(t, 303, as("ruth").post(at, form).Status)
	require.Contains(t, as("").get("/en/articles/zebra-crossing").Body, "Other.")
	for name, text := range map[string]string{"loop": ":::include zebra-care", "none": ""} {
		form = url.Values{"version": {"2"}, "text-en": {text}, "audience": {"public"}}
		got := as("ruth").post(at, form)
		require.Equal(t, 422, got.Status, name)
	}
	require.Equal(t, 303, as("ruth").get("/en/desk/blocks?name=zebra-care").Status)
	require.Equal(t, 422, as("ruth").post("/en/desk/blocks/Not%20a%20name", url.Values{"version": {"0"}, "text-en": {"x"}}).Status)
}
