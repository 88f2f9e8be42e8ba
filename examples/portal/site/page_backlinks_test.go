package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

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

	editor := as("ruth").get(at + "/en").Body
	require.Contains(t, editor, at+"/links")
	require.Contains(t, editor, "Before you archive: what links here")
	require.Contains(t, editor, "Leading there")
	require.NotContains(t, as("ines").get(at+"/en").Body, "Before you archive", "authors do not archive")
	require.Contains(t, as("ruth").get(at+"/en/history").Body, "Leading there")
	page := as("ruth").get(at + "/links").Body
	require.Contains(t, page, "Leading there 11")
	require.Contains(t, page, "Canary quagga")
	page = as("ines").get(at + "/links").Body
	require.Contains(t, page, "Leading there 11")
	require.NotContains(t, page, "Canary quagga", "authors do not see it at the desk")
	ask := as("ruth").get(at + "/delete").Body
	require.Contains(t, ask, "these links become plain text")
	require.Contains(t, ask, "Show everything that links here")
	require.Equal(t, 404, as("tom").get(at+"/links").Status)
	require.Equal(t, 404, as("ruth").get("/en/desk/articles/nothing/links").Status)
	require.Equal(t, 422, as("ruth").get(at+"/links?after=odd").Status)
}
