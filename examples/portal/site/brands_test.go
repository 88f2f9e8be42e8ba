package site

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

const (
	kelvane, nordkap = "support.kelvane.example", "hilfe.nordkap.example"
	brandsFile       = "../brands.json"
)

// TestBrands: two portals over one store, each at its host with its own name,
// look, menu, languages and what is written for it alone.
func TestBrands(t *testing.T) {
	s := open(t, func(c *Config) { c.Brands = brandsFile })
	as := serve(t, s)
	place := anyCategory(t, s)
	write(t, s, draft("Only at Nordkap zqnordkap", profile.NewAudience("brand-nordkap"), place))
	write(t, s, draft("Partners at Nordkap zqpartner", profile.NewAudience("brand-nordkap+partner"), place))
	require.NoError(t, s.engine.Refresh(t.Context()))
	// Nobody can be put on a brand by a rule.
	_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{
		Name: "brand-nordkap", Title: "Everybody", Rule: profile.Rule{Fact: profile.FactID, Op: profile.OpKnown},
	})
	require.NoError(t, err)
	style := regexp.MustCompile(`/static/theme/theme-[0-9a-f]+\.css`)
	for range 2 {
		ours, theirs := as("").at(kelvane, "/en/").Body, as("").at(nordkap, "/en/").Body
		require.Contains(t, ours, "<title>Kelvane – Support</title>")
		require.Contains(t, theirs, "<title>Nordkap – Support</title>")
		require.Contains(t, theirs, `href="https://nordkap.example/service">Installation service</a>`)
		require.NotContains(t, ours, "nordkap.example")
		require.NotContains(t, theirs, "Kelvane – ")
		require.NotEqual(t, style.FindString(ours), style.FindString(theirs))
		require.Contains(t, as("").at(nordkap, style.FindString(theirs)).Body, "--brand:#27408b")
		require.Contains(t, theirs, `<link rel="canonical" href="http://`+nordkap+`/en/">`)
		require.Contains(t, ours, `hreflang="ja"`)
		require.NotContains(t, theirs, `hreflang="ja"`)
		require.Contains(t, as("").at("made-up.example", "/en/").Body, "<title>Kelvane – Support</title>", "other hosts are the first brand's")

		require.Contains(t, as("").at(nordkap, "/").Body, `<html lang="de"`)
		require.Contains(t, as("").at(nordkap, "/", "Accept-Language", "ja").Body, `<html lang="de"`)
		require.Contains(t, as("").at(nordkap, "/", "Accept-Language", "en").Body, `<html lang="en"`)
		require.Contains(t, as("").at(kelvane, "/", "Accept-Language", "ja").Body, `<html lang="ja"`)
	}
	slug := "/en/articles/only-at-nordkap-zqnordkap"
	page := as("").at(nordkap, slug)
	require.Equal(t, 404, as("").at(kelvane, slug).Status)
	require.Equal(t, 200, page.Status)
	require.NotContains(t, page.Body, "noindex")
	require.NotContains(t, page.Body, "Not public")
	require.Contains(t, as("sverre").at(nordkap, "/en/search?q=zqpartner").Body, "Partners at Nordkap")
	for _, path := range []string{"/en/", "/en/search?q=zqnordkap", "/en/feed.atom", "/sitemaps/en-1.xml", "/api/v1/articles?limit=200", "/api/v1/search?q=zqnordkap", slug} {
		at := as("").at(nordkap, path)
		require.Contains(t, strings.ToLower(at.Body), "only-at-nordkap", path)
		require.NotContains(t, at.All(), "zqpartner", path)
		for _, person := range []string{"", "tom", "sverre"} {
			other := as(person).at(kelvane, path)
			require.NotContains(t, other.All(), "Only at Nordkap", "%q at %s", person, path)
			if path != slug { // which the page that says that there is none repeats
				require.NotContains(t, strings.ToLower(other.All()), "only-at-nordkap", "%q at %s", person, path)
			}
			require.NotContains(t, other.All(), "zqpartner", path)
		}
	}
	require.Contains(t, as("").at(nordkap, "/sitemaps/en-1.xml").Body, "<loc>http://"+nordkap+"/en/")
	require.NotContains(t, as("").at(nordkap, "/sitemap.xml").Body+as("").at(nordkap, "/sitemaps/en-1.xml").Body, "/ja")
	require.Equal(t, 404, as("").at(nordkap, "/sitemaps/ja-1.xml").Status)
	require.Contains(t, as("").at(nordkap, "/en/feed.atom").Body, "<title>Nordkap – ")
}

// TestBrandsBehindProxy: what links from outside begin with is the brand's first
// host, at whichever of its hosts somebody asks.
func TestBrandsBehindProxy(t *testing.T) {
	s := open(t, func(c *Config) { c.Brands, c.BaseURL = brandsFile, "https://"+kelvane })
	as := serve(t, s)
	for _, host := range []string{nordkap, "help.nordkap.example"} {
		require.Contains(t, as("").at(host, "/en/articles/sensor-shows-offline").Body, `<link rel="canonical" href="https://`+nordkap+`/en/articles/sensor-shows-offline">`)
	}
	require.Contains(t, as("").at(kelvane, "/en/articles/sensor-shows-offline").Body, `<link rel="canonical" href="https://`+kelvane+`/en/articles/sensor-shows-offline">`)
}

// TestBrandsRefused: a mistake in the file is said, with its place.
func TestBrandsRefused(t *testing.T) {
	_, err := Open(t.Context(), Config{Data: t.TempDir(), Brands: "no/such/file"})
	require.ErrorContains(t, err, "-brands")
	_, err = Open(t.Context(), Config{Data: t.TempDir(), Brands: brandsFile, Locales: []string{"en"}})
	require.ErrorContains(t, err, `brand nordkap: the portal does not speak "de"`)
}
