package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestBlockRemovalPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	_, err := s.library.SaveBlock(t.Context(), system, kb.Block{Name: "okapi", Audience: profile.Public(), Texts: kb.Words{"en": "An okapi stands here."}})
	require.NoError(t, err)
	d := draft("Zebra crossing", profile.Public(), anyCategory(t, s))
	d.Body = "Look:\n\n:::include okapi\n"
	a := write(t, s, d)
	at := "/en/desk/blocks/okapi"
	ruth := as("ruth")

	found := ruth.get("/en/desk/replace?find=okapi+stands").Body
	require.Contains(t, found, `value="block/okapi:en:1:0:0"`)
	require.NotContains(t, as("ines").get("/en/desk/replace?find=okapi+stands").Body, "block/okapi", "authors change no blocks")
	done := ruth.post("/en/desk/replace", url.Values{"find": {"stands"}, "with": {"sits"}, "hit": {"block/okapi:en:1:0:0"}}).Body
	require.Contains(t, done, at)
	require.Contains(t, ruth.get("/en/articles/"+a.Translations[0].Slug).Body, "An okapi sits here.")

	page := ruth.get(at).Body
	require.Contains(t, page, "It can be removed once no article")
	require.NotContains(t, page, "Remove it for good")
	refused := ruth.post(at+"/removal", url.Values{"version": {"2"}, "do": {"remove"}})
	require.Equal(t, 409, refused.Status)
	require.Contains(t, refused.Body, "Articles or other texts include it.")
	require.Contains(t, refused.Body, "Zebra crossing")
	require.Equal(t, 409, ruth.post(at+"/removal", url.Values{"version": {"1"}, "do": {"unfold"}}).Status)
	require.Equal(t, 403, as("ines").post(at+"/removal", url.Values{"version": {"2"}, "do": {"unfold"}}).Status)
	page = ruth.post(at+"/removal", url.Values{"version": {"2"}, "do": {"unfold"}}).Body
	require.Contains(t, page, "Zebra crossing")
	require.Contains(t, page, "Remove it for good")
	require.Contains(t, ruth.get("/en/articles/"+a.Translations[0].Slug).Body, "An okapi sits here.")
	require.Equal(t, 422, ruth.post(at+"/removal", url.Values{"version": {"x"}}).Status)
	for range 2 { // sent twice
		require.Equal(t, 303, ruth.post(at+"/removal", url.Values{"version": {"2"}, "do": {"remove"}}).Status)
	}
	require.Contains(t, ruth.get("/en/desk/blocks?done=removed").Body, "It is removed.")
	require.NotContains(t, ruth.get("/en/desk/blocks").Body, "okapi")
	require.Contains(t, ruth.get("/en/articles/"+a.Translations[0].Slug).Body, "An okapi sits here.")
}
