package site

import (
	"html"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestReplacePages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	d := draft("Zebra crossing", profile.Public(), place)
	d.Body = "A zebrafinch <b> and a zebrafinch"
	a := write(t, s, d)
	d = draft("Zebra secret", profile.NewAudience("account:brisa"), place)
	d.Body = "A zebrafinch"
	write(t, s, d)

	at := "/en/desk/replace"
	require.Equal(t, 404, as("tom").get(at).Status)
	require.Contains(t, as("ines").get(at+"?find=zebrafunch").Body, "It is found nowhere.")
	bad := as("ines").get(at + "?find=(&regexp=yes")
	require.Equal(t, 422, bad.Status)
	require.Contains(t, bad.Body, "This is no regular expression")
	found := as("ines").get(at + "?find=zebrafinch&with=%3Ci%3E")
	require.Contains(t, found.Body, "2 places")
	require.Contains(t, found.Body, "A <del>zebrafinch</del><ins>&lt;i&gt;</ins> &lt;b&gt; and a zebrafinch")
	require.NotContains(t, found.Body, "Zebra secret")
	require.NotContains(t, found.Body, `name="publish"`)
	hits := regexp.MustCompile(`name="hit" value="([^"]+)"`).FindAllStringSubmatch(found.Body, -1)
	require.Len(t, hits, 2)

	form := url.Values{"find": {"zebrafinch"}, "with": {"finch"}, "hit": {html.UnescapeString(hits[1][1])}, "note": {"Shorter."}, "publish": {"yes"}}
	refused := as("ines").post(at, form)
	require.Contains(t, refused.Body, "Refused", "authors do not publish")
	require.Contains(t, as("").get("/en/articles/zebra-crossing").Body, "and a zebrafinch")
	rev, err := s.library.Revision(t.Context(), system, a.ID, "en", 0)
	require.NoError(t, err)
	require.Equal(t, "A zebrafinch <b> and a finch", rev.Body)
	require.Equal(t, "Shorter.", rev.Note)
	require.Contains(t, as("ruth").post(at, form).Body, "Refused", "somebody saved it since")

	found = as("ruth").get(at + "?find=zebrafinch&language=en")
	require.Contains(t, found.Body, "Zebra secret")
	form = url.Values{"find": {"zebrafinch"}, "with": {"finch"}, "publish": {"yes"}}
	for _, m := range regexp.MustCompile(`name="hit" value="([^"]+)"`).FindAllStringSubmatch(found.Body, -1) {
		form.Add("hit", html.UnescapeString(m[1]))
	}
	for range 2 {
		done := as("ruth").post(at, form)
		require.Contains(t, done.Body, "Published")
		require.NotContains(t, done.Body, "Refused")
	}
	require.NotContains(t, as("").get("/en/articles/zebra-crossing").Body, "zebrafinch")
	require.Equal(t, 422, as("ruth").post(at, url.Values{"find": {"x"}, "hit": {"odd:1"}}).Status)
}
