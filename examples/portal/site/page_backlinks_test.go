package site

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

func TestBacklinkPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	to := write(t, s, draft("Zebra crossing", profile.Public(), anyCategory(t, s)))
	at := "/en/desk/articles/" + to.ID
	require.Contains(t, as("ruth").get(at+"/links").Body, "No text links here.")
	require.NotContains(t, as("ruth").get(at+"/delete").Body, "What links here</h2>")
	for i := range 12 {
		d := draft(fmt.Sprint("Leading there ", i), profile.Public(), anyCategory(t, s))
		d.Body = "See [that](article:" + to.ID + ")."
		write(t, s, d)
	}
	d := draft("Canary quagga", profile.NewAudience("account:nobody"), anyCategory(t, s))
	d.Body = "See [that](article:" + to.ID + ")."
	write(t, s, d)

	for title, audience := range map[string]profile.Audience{"Okapi course": profile.Public(), "Canary okapi": profile.NewAudience("account:nobody")} {
		words := courses.Words{"en": title, "de": title + " auf Deutsch"}
		_, err := s.school.Create(t.Context(), system, courses.Draft{
			Settings: courses.Settings{Slug: strings.ReplaceAll(strings.ToLower(title), " ", "-"), Audience: audience},
			Content: courses.Content{Title: words, Modules: []courses.Module{{Title: words, Lessons: []courses.Lesson{
				{ID: "shows", Kind: courses.LessonArticle, Title: courses.Words{"en": "Okapi shows", "de": "Okapi zeigt"}, Article: to.ID},
				{ID: "leads", Kind: courses.LessonText, Title: courses.Words{"en": "Okapi leads"}, Body: courses.Words{"en": "[that](/en/articles/zebra-crossing)"}},
			}}}},
		})
		require.NoError(t, err)
	}

	editor := as("ruth").get(at + "/en").Body
	require.Contains(t, editor, at+"/links")
	require.Contains(t, editor, "Before you archive: what links here")
	require.Contains(t, editor, "Leading there")
	require.NotContains(t, as("ines").get(at+"/en").Body, "Before you archive", "authors do not archive")
	require.Contains(t, as("ruth").get(at+"/en/history").Body, "Leading there")
	page := as("ruth").get(at + "/links").Body
	require.Contains(t, page, "Leading there 11")
	require.Contains(t, page, "Canary quagga")
	require.Equal(t, 2, strings.Count(page, "Okapi shows"), "of two courses")
	require.Equal(t, 2, strings.Count(page, "Okapi leads"))
	require.Contains(t, page, "Canary okapi")
	require.Contains(t, page, "/lessons/leads")
	page = as("ruth").get("/de/desk/articles/" + to.ID + "/links").Body
	require.Contains(t, page, "Lektion des Kurses")
	require.Contains(t, page, "Okapi zeigt")
	require.Contains(t, page, "Okapi course auf Deutsch")
	page = as("ines").get(at + "/links").Body
	require.Contains(t, page, "Leading there 11")
	require.NotContains(t, page, "Canary", "authors do not see it at the desk")
	require.Equal(t, 1, strings.Count(page, "Okapi shows"))
	require.Contains(t, as("ines").get("/api/v1/manuscripts/"+to.ID+"/backlinks").Body, `"title":"Okapi leads"`)
	ask := as("ruth").get(at + "/delete").Body
	require.Contains(t, ask, "these links become plain text")
	require.Contains(t, ask, "Show everything that links here")
	require.Equal(t, 404, as("tom").get(at+"/links").Status)
	require.Equal(t, 404, as("ruth").get("/en/desk/articles/nothing/links").Status)
	require.Equal(t, 422, as("ruth").get(at+"/links?after=odd").Status)
}
