package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestBrokenLinkPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	category := anyCategory(t, s)
	require.Contains(t, as("ruth").get("/en/desk").Body, "/en/desk/links")
	to := write(t, s, draft("Zebra crossing", profile.Public(), category))
	d := draft("Leading there", profile.Public(), category)
	d.Body = "[a](article:" + to.ID + ") [b](/de/articles/" + to.Translations[0].Slug + ") [c](/en/articles/no-such-quokka)\n\n:::include okapi\n"
	from := write(t, s, d)
	page := as("ruth").get("/en/desk/links?state=gone").Body
	require.Contains(t, page, "no-such-quokka")
	require.NotContains(t, page, "Zebra")
	require.Contains(t, as("ruth").get("/en/desk/links?state=block").Body, "/en/desk/blocks/okapi")
	_, err := s.library.Archive(t.Context(), system, to.ID, "en", to.Version)
	require.NoError(t, err)
	page = as("ruth").get("/en/desk/links?state=archived").Body
	require.Contains(t, page, "Zebra crossing")
	require.Contains(t, page, "Article is archived")
	require.NotContains(t, page, "no-such-quokka")
	require.Contains(t, as("ruth").get("/de/desk/links?state=archived").Body, "Artikel archiviert")
	editor := as("ruth").get("/en/desk/articles/" + from.ID + "/en").Body
	require.Contains(t, editor, "Line 1: The article “Zebra crossing” that a link leads to is archived.")
	require.Contains(t, editor, "Line 3: There is no included text “okapi”.")
	require.Equal(t, 422, as("ruth").get("/en/desk/links?state=odd").Status)
	require.Equal(t, 422, as("ruth").get("/en/desk/links?after=odd").Status)
	require.Equal(t, 404, as("tom").get("/en/desk/links").Status)
	api := as("ruth").from("/api/v1/links/broken?state=block")
	require.Contains(t, api.Body, `"to":"okapi"`)
}
