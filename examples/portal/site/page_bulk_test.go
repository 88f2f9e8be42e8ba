package site

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

func TestBulkPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	a := write(t, s, draft("Zebra crossing", profile.Public(), place))
	b := write(t, s, draft("Zebra stripes", profile.Public(), place))
	secret := write(t, s, draft("Zebra secret", profile.NewAudience("account:brisa"), place))

	list := as("ruth").get("/en/desk/articles?title=zebra")
	require.Contains(t, list.Body, `name="article" value="`+a.ID+`"`)
	require.Contains(t, list.Body, `name="query" value="title=zebra"`)
	to := "/en/desk/articles/bulk"
	require.Contains(t, as("ruth").post(to, nil).Body, "No article is chosen.")
	all := url.Values{"all": {"yes"}, "query": {"title=zebra"}}
	require.Contains(t, as("ruth").post(to, all).Body, "3 articles chosen")
	mine := as("ines").post(to, url.Values{"article": {a.ID, secret.ID, "none"}})
	require.Contains(t, mine.Body, "1 article chosen")
	require.NotContains(t, mine.Body, "Zebra secret")
	require.Equal(t, 404, as("tom").post(to, all).Status)

	form := url.Values{"step": {"try"}, "do": {"archive"}, "article": {a.ID, b.ID, "none"}}
	refused := as("ines").post(to, form)
	require.Contains(t, refused.Body, "Nothing would change. 3 are refused.")
	leading := draft("Yak leads there", profile.Public(), place)
	leading.Body = "[one](article:" + a.ID + ") [two](article:" + b.ID + ")"
	write(t, s, leading)
	try := as("ruth").post(to, form)
	require.Contains(t, try.Body, "2 articles would change. 1 is refused.")
	require.Equal(t, 2, strings.Count(try.Body, "1 other text links here."))
	words := courses.Words{"en": "Yaks"}
	_, err := s.school.Create(t.Context(), system, courses.Draft{Settings: courses.Settings{Audience: profile.Public()}, Content: courses.Content{Title: words, Modules: []courses.Module{
		{Title: words, Lessons: []courses.Lesson{{Kind: courses.LessonArticle, Title: words, Article: a.ID}}},
	}}})
	require.NoError(t, err)
	try = as("ruth").post(to, form)
	require.Contains(t, try.Body, "2 other texts link here.", "a lesson shows it")
	require.Contains(t, try.Body, `/en/desk/articles/`+a.ID+`/links"`)
	require.Equal(t, 200, as("").get("/en/articles/zebra-crossing").Status, "trying changes nothing")
	items := regexp.MustCompile(`type="hidden" name="article" value="([^"]+)"`).FindAllStringSubmatch(try.Body, -1)
	require.Len(t, items, 2)
	form = url.Values{"step": {"apply"}, "do": {"archive"}}
	for _, m := range items {
		form.Add("article", html.UnescapeString(m[1]))
	}
	for range 2 { // a retry does nothing twice
		require.Contains(t, as("ruth").post(to, form).Body, "2 articles were changed.")
	}
	require.Equal(t, 404, as("").get("/en/articles/zebra-crossing").Status)
	form.Set("do", "delete")
	require.Contains(t, as("ruth").post(to, form).Body, "2 were refused.", "somebody changed them since")

	wrong := as("ruth").post(to, url.Values{"step": {"try"}, "do": {"audience"}, "to_audience": {"no such:thing"}, "article": {a.ID}})
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `value="no such:thing"`)
	require.Equal(t, 422, as("ruth").post(to, url.Values{"step": {"try"}, "do": {"burn"}, "article": {a.ID}}).Status)
}
