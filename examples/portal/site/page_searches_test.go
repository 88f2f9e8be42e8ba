package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSavedSearches(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	tom, page := as("tom"), "/en/search?q=hub+light&kind=how-to&page=1"
	require.NotContains(t, as("").get(page).Body, "/search/keep")
	require.NotContains(t, as("").post("/en/search/keep", url.Values{"asked": {"q=hub"}}).Header.Get("Location"), "/en/search?q=hub", "visitors are asked who they are")
	require.Contains(t, tom.get(page).Body, "Save this search")
	require.NotContains(t, tom.get("/en/search").Body, "Save this search", "there is nothing to keep")
	require.NotContains(t, tom.get("/en/search?q="+strings.Repeat("long+", 120)).Body, "Save this search")
	for range 2 {
		got := tom.post("/en/search/keep", url.Values{"asked": {"page=7&kind=how-to&q=hub+light&evil=1"}, "do": {"keep"}})
		require.Equal(t, 303, got.Status)
		require.Equal(t, "/en/search?kind=how-to&q=hub+light", got.Header.Get("Location"))
	}
	require.Contains(t, tom.get(page).Body, "Saved – remove")
	saved := tom.get("/en/account/saved").Body
	require.Equal(t, 1, strings.Count(saved, ">hub light</a>"), saved)
	require.NotContains(t, as("priya").get("/en/account/saved").Body, "hub light")
	for _, bad := range []string{"", "page=3", "%zz", "q=" + strings.Repeat("x", 600)} {
		require.Equal(t, 422, tom.post("/en/search/keep", url.Values{"asked": {bad}}).Status, bad)
	}
	got := tom.post("/en/search/keep", url.Values{"asked": {"kind=how-to&q=hub+light"}, "do": {"drop"}, "from": {"saved"}})
	require.Equal(t, "/en/account/saved", got.Header.Get("Location"))
	require.Contains(t, tom.get("/en/account/saved").Body, "You have saved no searches yet.")
}
