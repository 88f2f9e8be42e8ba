package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// auditOver asks for a page of the record.
func auditOver(t *testing.T, c *client, query string) (actions []string, next string) {
	t.Helper()
	a := c.get("/api/v1/audit?" + query)
	require.Equal(t, 200, a.Status, a.Body)
	var page struct {
		Entries []struct{ Action, Actor, Person, Outcome string }
		Next    string
	}
	require.NoError(t, json.Unmarshal([]byte(a.Body), &page))
	for _, e := range page.Entries {
		actions = append(actions, e.Action+" "+e.Actor+" "+e.Person+" "+e.Outcome)
	}
	return actions, page.Next
}

// TestViewOverHTTP: a program of a session sees the portal as somebody does,
// changes nothing meanwhile, and all of it is in the record, which is read page
// by page by those who may.
func TestViewOverHTTP(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("")
	_, ruth := signIn(t, c, "ruth")
	_, tom := signIn(t, c, "tom")
	view := func(method, path, cookie string) answer { return c.do(method, "/api/v1"+path, "", "Cookie", cookie) }
	me := func() string { return c.get("/api/v1/me", "Cookie", ruth).Body }

	require.Equal(t, 403, view(http.MethodPut, "/people/priya/view", tom).Status)
	require.Equal(t, 403, view(http.MethodPut, "/people/nobody/view", tom).Status, "nobody learns who is there")
	require.Equal(t, 404, view(http.MethodPut, "/people/priya/view", "x=y").Status)
	require.Equal(t, 404, as("ruth").do(http.MethodPut, "/api/v1/people/tom/view", "").Status, "a token has no session that could show it")
	require.Equal(t, 404, view(http.MethodPut, "/people/nobody/view", ruth).Status)
	require.Equal(t, 403, view(http.MethodPut, "/people/ruth/view", ruth).Status)

	seen := view(http.MethodPut, "/people/tom/view", ruth)
	require.Equal(t, 204, seen.Status, seen.Body)
	require.Equal(t, `"cache"`, seen.Header.Get("Clear-Site-Data"))
	require.Contains(t, me(), `"id":"tom"`)
	require.Contains(t, me(), `"viewer":"ruth"`)
	require.Contains(t, c.get("/en/account", "Cookie", ruth).Body, "Tom Whitlock")
	require.Equal(t, 403, view(http.MethodDelete, "/me/sessions", ruth).Status, "nothing is changed meanwhile")

	require.Equal(t, 403, c.get("/api/v1/audit", "Cookie", ruth).Status, "with the rights of who is looked at")
	require.Equal(t, 204, view(http.MethodDelete, "/me/view", ruth).Status)
	require.Equal(t, 204, view(http.MethodDelete, "/me/view", ruth).Status, "again is no fault")
	require.Contains(t, me(), `"id":"ruth"`)

	require.Equal(t, 401, as("").get("/api/v1/audit").Status)
	for _, person := range []string{"tom", "priya"} {
		require.Equal(t, 403, as(person).get("/api/v1/audit").Status, person)
	}
	all, _ := auditOver(t, as("ruth"), "action=view&limit=200")
	require.Contains(t, all, "view.begun ruth tom done")
	require.Contains(t, all, "view.ended ruth tom done")
	require.Contains(t, all, "view.begun tom priya refused")
	refused, _ := auditOver(t, as("ruth"), "action=view&outcome=refused&who=tom")
	require.NotEmpty(t, refused)
	require.NotContains(t, refused, "view.begun ruth tom done")
	none, _ := auditOver(t, as("ruth"), "from=2999-01-01T00:00:00Z")
	require.Empty(t, none)

	var paged []string
	for q := (url.Values{"action": {"view"}, "limit": {"1"}}); ; {
		page, next := auditOver(t, as("ruth"), q.Encode())
		require.LessOrEqual(t, len(page), 1)
		paged = append(paged, page...)
		if next == "" {
			break
		}
		q.Set("after", next)
	}
	require.Equal(t, all, paged)
	_, next := auditOver(t, as("ruth"), "action=view&limit=1")
	for _, bad := range []string{"from=yesterday", "outcome=maybe", "limit=x", "after=xyz", "who=tom&after=" + url.QueryEscape(next)} {
		require.Contains(t, []int{400, 422}, as("ruth").get("/api/v1/audit?"+bad).Status, bad)
	}
}

// TestAddressesOverHTTP: addresses are found for those who signed in.
func TestAddressesOverHTTP(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	found := as("tom").get("/api/v1/address-suggestions?text=damrak")
	require.Equal(t, 200, found.Status)
	require.Contains(t, found.Body, `"label":"Damrak 1, 1012 LG Amsterdam"`)
	var list struct{ Suggestions []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(found.Body), &list))
	one := as("tom").get("/api/v1/address-suggestions/" + list.Suggestions[0].ID)
	require.Equal(t, 200, one.Status)
	require.Contains(t, one.Body, `"postal_code":"1012 LG"`)
	require.Equal(t, 404, as("tom").get("/api/v1/address-suggestions/999").Status)
	require.Equal(t, 401, as("").get("/api/v1/address-suggestions?text=damrak").Status)
	require.Contains(t, as("tom").get("/api/v1/address-suggestions?text=x").Body, `"suggestions":[]`)
	var last answer
	for range 40 {
		last = as("tom").get("/api/v1/address-suggestions?text=damrak")
	}
	require.Equal(t, 429, last.Status)
	require.NotEmpty(t, last.Header.Get("Retry-After"))
	require.Equal(t, 200, as("priya").get("/api/v1/address-suggestions?text=damrak").Status)
	for _, path := range []string{"/api/v1/audit", "/api/v1/people/{id}/view", "/api/v1/me/view", "/api/v1/address-suggestions"} {
		require.Contains(t, as("").get("/openapi.json").Body, `"`+path+`"`)
	}
	lookup := s.lookup
	_, err := lookup.Suggest(t.Context(), profile.Actor{ID: "x", Assurance: profile.AssuranceLink}, profile.AddressQuery{Text: "damrak"})
	require.ErrorIs(t, err, profile.ErrForbidden)
}
