package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestPathsStayHere: what content links to is a page of this portal in a
// language that it offers, whatever language was asked for.
func TestPathsStayHere(t *testing.T) {
	s := open(t)
	for ref, want := range map[kb.Ref]string{
		{Kind: "article", Locale: "en", Slug: "a", Asked: "de"}:              "/de/articles/a",
		{Kind: "article", Locale: "en", Slug: "a"}:                           "/en/articles/a",
		{Kind: "article", Locale: "en", Slug: "a", Asked: "fr"}:              "/en/articles/a",
		{Kind: "article", Locale: "en", Slug: "a", Asked: "/evil.example"}:   "/en/articles/a",
		{Kind: "article", Locale: "en", Slug: "a", Asked: "../.."}:           "/en/articles/a",
		{Kind: "article", Locale: "/evil.example", Slug: "a"}:                "/en/articles/a",
		{Kind: "article", Locale: "en", Slug: ".."}:                          "/en/",
		{Kind: "category", Locale: "en", Slug: "..", Asked: "de"}:            "/de/",
		{Kind: "media", Slug: ".."}:                                          "/",
		{Kind: "media", Slug: "/evil.example"}:                               "/media/%2Fevil.example",
		{Kind: "article", Locale: "en", Slug: `..\..\x`, Asked: "evil\tco"}:  "/en/articles/..%5C..%5Cx",
		{Kind: "category", Locale: "de", Slug: "a/b?c", Asked: "javascript"}: "/de/categories/a%2Fb%3Fc",
	} {
		require.Equal(t, want, s.path(ref), "%+v", ref)
	}
	// The API takes any language, and what it shows links to pages that exist.
	all := plant(t, s, func(state string) bool { return state == "public" })
	gate := linkToAll(t, s, all)
	for _, asked := range []string{"fr", "%2Fevil.example", "..%2F.."} {
		a := serve(t, s)("").get("/api/v1/articles/" + gate.ID + "?locale=" + asked)
		require.NotContains(t, a.Body, "//evil.example")
		if a.Status == 200 {
			require.Contains(t, a.Body, "/en/articles/"+all["public"].slug, asked)
		}
	}
}
