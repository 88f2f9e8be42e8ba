package site

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestDeskCategories(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	other := anyCategory(t, s)
	const at = "/en/desk/categories"
	for who, want := range map[string]int{"": 303, "tom": 404, "jonas": 404, "ines": 404, "ruth": 200} {
		require.Equal(t, want, as(who).get(at).Status, who)
	}
	require.Equal(t, 404, as("ines").post(at+"/new", url.Values{"labels.en.title": {"Not mine"}}).Status)

	ruth := as("ruth")
	form := url.Values{"key": {"0123456789abcdef0123456789abcdef"}, "audience": {"public"}, "labels.en.title": {"Zebra barn"}, "labels.de.title": {"Zebrastall"}, "labels.de.description": {"Streifen."}}
	for range 2 { // sent twice, it is made once
		require.Equal(t, 303, ruth.post(at+"/new", form).Status)
	}
	list := ruth.get(at).Body
	require.Equal(t, 1, strings.Count(list, ">Zebra barn</a>"))
	found, err := s.library.FindCategory(t.Context(), system, "en", "zebra-barn")
	require.NoError(t, err)
	zebra := at + "/" + found.ID
	require.Contains(t, ruth.get(zebra).Body, "Streifen.")
	form.Set("key", "1123456789abcdef0123456789abcdef")
	form.Set("labels.en.description", "Kept as typed")
	again := ruth.post(at+"/new", form)
	require.Equal(t, 422, again.Status, "the address is taken")
	require.Contains(t, again.Body, "Kept as typed")
	require.Contains(t, ruth.post(at+"/new", url.Values{"audience": {"public"}}).Body, `aria-invalid="true"`)

	change := url.Values{"version": {"1"}, "audience": {"public"}, "parent": {found.ID}, "labels.en.title": {"Zebra house"}}
	loop := ruth.post(zebra, change)
	require.Equal(t, 422, loop.Status)
	require.Contains(t, loop.Body, "cannot be inside itself")
	change.Set("parent", "")
	for range 2 {
		require.Equal(t, 303, ruth.post(zebra, change).Status)
	}
	moved := as("").get("/en/categories/zebra-barn")
	require.Equal(t, 301, moved.Status)
	require.Equal(t, "/en/categories/zebra-house", moved.Header.Get("Location"))
	change.Set("labels.en.title", "Zebra hotel")
	clash := ruth.post(zebra, change)
	require.Equal(t, 409, clash.Status)
	require.Contains(t, clash.Body, "Zebra hotel")
	require.Contains(t, clash.Body, `name="version" value="2"`)

	for range 2 {
		require.Equal(t, 303, ruth.post(zebra+"/place", url.Values{"at": {"0"}}).Status)
	}
	list = ruth.get(at).Body
	_, rows, _ := strings.Cut(list, `<ul class="rows">`)
	first, _, _ := strings.Cut(rows, "</li>")
	require.Contains(t, first, "Zebra house")

	write(t, s, draft("Zebra asleep", profile.Public(), found.ID))
	now, err := s.library.CategoryDraft(t.Context(), system, found.ID)
	require.NoError(t, err)
	end := url.Values{"version": {strconv.Itoa(now.Version)}}
	closing := ruth.post(zebra+"/closing", end)
	require.Equal(t, 422, closing.Status, "it has to be said where its articles go")
	end.Set("into", other)
	for range 2 {
		require.Equal(t, 303, ruth.post(zebra+"/closing", end).Status)
	}
	require.Equal(t, 404, as("").get("/en/categories/zebra-house").Status)
	require.Equal(t, 200, as("").get("/en/articles/zebra-asleep").Status, "articles keep their addresses")

	yak, err := s.library.SaveCategory(t.Context(), system, kb.Category{Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "Yak barn"}}})
	require.NoError(t, err)
	write(t, s, draft("Yak asleep", profile.Public(), yak.ID))
	page := at + "/" + yak.ID
	require.NotContains(t, ruth.get(page).Body, "/removal")
	refused := ruth.post(page+"/removal", url.Values{"version": {"1"}})
	require.Equal(t, 409, refused.Status)
	require.Contains(t, refused.Body, "Articles stand in it")
	require.Equal(t, 303, ruth.post(page+"/closing", url.Values{"version": {"1"}, "into": {other}, "lead": {"yes"}}).Status)
	place, err := s.library.Category(t.Context(), system, other, "en")
	require.NoError(t, err)
	for range 2 {
		moved = as("").get("/en/categories/yak-barn")
		require.Equal(t, 301, moved.Status)
		require.Equal(t, "/en/categories/"+place.Slug, moved.Header.Get("Location"))
		for range 2 {
			require.Equal(t, 303, ruth.post(page+"/removal", url.Values{"version": {"2"}}).Status)
		}
	}
	require.NotContains(t, ruth.get(at).Body, "Yak barn")
	require.Equal(t, 404, as("tom").post(page+"/removal", url.Values{"version": {"2"}}).Status)
}
