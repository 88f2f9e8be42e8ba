package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestNotes walks what colleagues say beside an article.
func TestNotes(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	d := draft("Zebra crossing", profile.Public(), anyCategory(t, s))
	d.Owner = "ines"
	a := write(t, s, d)
	page := "/en/desk/articles/" + a.ID + "/en/notes"
	for _, person := range []string{"", "tom", "jonas"} {
		require.Equal(t, unseen(person), as(person).get(page).Status, person)
		require.Equal(t, refusal(person), as(person).post(page, url.Values{"text": {"x"}}).Status, person)
	}
	require.Contains(t, as("ines").get(page).Body, `value="marek"`, "a colleague to mention")
	require.NotContains(t, as("ines").get(page).Body, `value="tom"`)
	bad := as("ines").post(page, url.Values{"form": {"new"}, "text": {"is it <white>?"}, "mentions": {"tom"}, "key": {"k"}})
	require.Equal(t, 422, bad.Status)
	require.Contains(t, bad.Body, "is it &lt;white&gt;?")
	require.Contains(t, bad.Body, `id="new-people"`)
	for range 2 {
		require.Equal(t, 303, as("ines").post(page, url.Values{"form": {"new"}, "text": {"is it <white>?"}, "mentions": {"marek"}, "key": {"k"}}).Status)
	}
	got := as("marek").get(page).Body
	require.Equal(t, 1, strings.Count(got, "is it &lt;white&gt;?"))
	require.Contains(t, as("marek").get("/en/desk").Body, page[3:])
	list, _, err := s.library.Notes(t.Context(), system, a.ID, "", 0)
	require.NoError(t, err)
	id := list[0].ID
	require.Equal(t, 303, as("marek").post(page, url.Values{"form": {"answer-" + id}, "thread": {id}, "text": {"it is"}, "key": {"k2"}}).Status)
	require.Contains(t, as("ines").get("/en/desk/articles/"+a.ID+"/en").Body, "Notes (1 open)")
	require.Equal(t, 403, as("marek").post(page+"/"+id, url.Values{"text": {"mine"}, "version": {"1"}}).Status)
	require.Contains(t, as("ines").get(page+"?edit="+id).Body, `id="edit-`+id+`-text"`)
	require.Equal(t, 303, as("ines").post(page+"/"+id, url.Values{"form": {"edit-" + id}, "do": {"edit"}, "text": {"is it striped?"}, "version": {"1"}}).Status)
	stale := as("ines").post(page+"/"+id, url.Values{"form": {"edit-" + id}, "do": {"edit"}, "text": {"typed late"}, "version": {"1"}})
	require.Equal(t, 409, stale.Status)
	require.Contains(t, stale.Body, "typed late")
	require.Equal(t, 303, as("marek").post(page+"/"+id, url.Values{"do": {"resolve"}, "version": {"2"}}).Status)
	got = as("ines").get(page + "?done=resolved").Body
	require.Contains(t, got, "The thread is settled.")
	require.Contains(t, got, "Open again")
	require.NotContains(t, as("ines").get("/en/articles/zebra-crossing").Body, "striped")

	from, err := s.library.CreateFrom(t.Context(), profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}, draft("Made", profile.Public(), anyCategory(t, s)), kb.Source{Kind: "case", Ref: "C-17"})
	require.NoError(t, err)
	require.Contains(t, as("ines").get("/de/desk/articles/"+from.ID+"/en/notes").Body, "Fall C-17")
}
