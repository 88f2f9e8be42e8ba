package site

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestBinPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	a := write(t, s, draft("Zebra crossing", profile.Public(), anyCategory(t, s)))
	slug := a.Translations[0].Slug
	form := func(version int) url.Values { return url.Values{"version": {strconv.Itoa(version)}} }
	at := "/en/desk/articles/" + a.ID + "/delete"

	require.Contains(t, as("ruth").get("/en/desk/articles/"+a.ID+"/en").Body, at)
	require.NotContains(t, as("ines").get("/en/desk/articles/"+a.ID+"/en").Body, at, "authors do not delete what readers see")
	require.Equal(t, 403, as("ines").get(at).Status)
	ask := as("ruth").get(at)
	require.Contains(t, ask.Body, "Readers lose it in English.")
	require.Equal(t, 200, as("").get("/en/articles/"+slug).Status, "asking does nothing")
	require.Equal(t, 403, as("ines").post(at, form(a.Version)).Status)
	require.Equal(t, 422, as("ruth").post(at, url.Values{"version": {"x"}}).Status)
	require.Equal(t, 409, as("ruth").post(at, form(a.Version-1)).Status)
	for range 2 { // a retry deletes nothing twice
		require.Equal(t, "/en/desk/bin?done=deleted", as("ruth").post(at, form(a.Version)).Header.Get("Location"))
	}
	gone := as("").get("/en/articles/" + slug)
	require.Equal(t, 410, gone.Status, "search engines need not ask again")
	require.Contains(t, gone.Body, "has been removed")
	require.NotContains(t, gone.Body, "canonical")
	require.Equal(t, 404, as("ruth").get("/en/desk/articles/"+a.ID+"/en").Status)
	bin := as("ruth").get("/en/desk/bin?done=deleted")
	require.Contains(t, bin.Body, "Zebra crossing")
	require.Contains(t, bin.Body, "Deleted by Ruth")
	require.NotContains(t, as("ruth").get("/en/desk/bin?title=none").Body, "Zebra crossing")
	require.NotContains(t, as("ines").get("/en/desk/bin").Body, "/restore")
	require.Equal(t, 404, as("tom").get("/en/desk/bin").Status)

	one := "/en/desk/bin/" + a.ID
	require.Equal(t, 403, as("ines").post(one+"/restore", form(a.Version+1)).Status)
	require.Equal(t, "/en/desk/articles/"+a.ID+"/en?done=undeleted", as("ruth").post(one+"/restore", form(a.Version+1)).Header.Get("Location"))
	require.Equal(t, 200, as("").get("/en/articles/"+slug).Status)
	require.Equal(t, 404, as("ruth").post(one+"/purge", form(a.Version+2)).Status, "it is not in the bin")

	_, err := s.library.Delete(t.Context(), system, a.ID, a.Version+2)
	require.NoError(t, err)
	require.Equal(t, 403, as("ines").post(one+"/purge", form(a.Version+3)).Status)
	require.Equal(t, "/en/desk/bin?done=purged", as("ruth").post(one+"/purge", form(a.Version+3)).Header.Get("Location"))
	require.NotContains(t, as("ruth").get("/en/desk/bin").Body, "Zebra crossing")
	_, err = s.articles.Article(t.Context(), a.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
}
