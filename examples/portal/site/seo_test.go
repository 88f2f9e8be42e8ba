package site

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/search/seo"
)

// A mapped is an address in a sitemap.
type mapped struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	Links   []struct {
		Lang string `xml:"hreflang,attr"`
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/1999/xhtml link"`
	Videos []struct {
		Content string `xml:"content_loc"`
		Picture string `xml:"thumbnail_loc"`
	} `xml:"http://www.google.com/schemas/sitemap-video/1.1 video"`
}

func (m mapped) alternates() (out []seo.Alternate) {
	for _, l := range m.Links {
		out = append(out, seo.Alternate{Lang: l.Lang, Href: l.Href})
	}
	return out
}

// A head is what a page says to search engines.
type head struct {
	canonical string
	links     []seo.Alternate
	meta      map[string]string
	data      []string
}

func headOf(t *testing.T, body string) head {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	require.NoError(t, err)
	h := head{meta: map[string]string{}}
	for n := range root.Descendants() {
		a := map[string]string{}
		for _, one := range n.Attr {
			a[one.Key] = one.Val
		}
		switch {
		case n.Data == "link" && a["rel"] == "canonical":
			require.Empty(t, h.canonical, "one canonical address")
			h.canonical = a["href"]
		case n.Data == "link" && a["hreflang"] != "":
			h.links = append(h.links, seo.Alternate{Lang: a["hreflang"], Href: a["href"]})
		case n.Data == "meta":
			h.meta[a["name"]+a["property"]] = a["content"]
		case n.Data == "script" && a["type"] == "application/ld+json":
			h.data = append(h.data, n.FirstChild.Data)
		}
	}
	return h
}

// mapOf reads all the files that the index of a portal names.
func mapOf(t *testing.T, c *client) (all []mapped, files int) {
	t.Helper()
	var index struct {
		Files []mapped `xml:"sitemap"`
	}
	answer := c.get("/sitemap.xml")
	require.Equal(t, "application/xml; charset=utf-8", answer.Header.Get("Content-Type"))
	require.NoError(t, xml.Unmarshal([]byte(answer.Body), &index))
	for _, f := range index.Files {
		var file struct {
			URLs []mapped `xml:"url"`
		}
		answer := c.from(strings.TrimPrefix(f.Loc, c.server.URL))
		require.Equal(t, 200, answer.Status, f.Loc)
		require.Equal(t, "application/xml; charset=utf-8", answer.Header.Get("Content-Type"))
		require.NoError(t, xml.Unmarshal([]byte(answer.Body), &file))
		require.NotEmpty(t, file.URLs)
		require.LessOrEqual(t, len(file.URLs), 20)
		require.LessOrEqual(t, len(answer.Body), seo.MaxBytes)
		newest := ""
		for _, u := range file.URLs {
			newest = max(newest, u.LastMod)
		}
		require.Equal(t, newest, f.LastMod, f.Loc)
		all = append(all, file.URLs...)
	}
	return all, len(index.Files)
}

// TestFoundFromOutside reads the portal as a search engine does: all that its
// sitemaps name, in every language.
func TestFoundFromOutside(t *testing.T) {
	s := open(t, behindProxy, func(c *Config) { c.maps = seo.Splitter{URLs: 20} })
	as := serve(t, s)
	c := as("")
	all, files := mapOf(t, c)
	require.Greater(t, len(all), 100)
	require.Greater(t, files, 10, "files are split")
	pages, kinds, videos := map[string][]seo.Alternate{}, map[string]int{}, 0
	for _, u := range all {
		require.NotContains(t, pages, u.Loc, "each address once")
		pages[u.Loc] = u.alternates()
		if strings.Contains(u.Loc, "/articles/") {
			_, err := time.Parse(time.RFC3339, u.LastMod)
			require.NoError(t, err, u.Loc)
		}
		for _, v := range u.Videos {
			videos++
			require.Equal(t, 200, c.from(strings.TrimPrefix(v.Picture, c.server.URL)).Status)
			require.Equal(t, 200, c.from(strings.TrimPrefix(v.Content, c.server.URL)).Status)
		}
	}
	require.Positive(t, videos)
	require.Empty(t, seo.CheckAlternates(pages))
	for page, alternates := range pages {
		kinds = tally(t, c, page, alternates, kinds)
	}
	for _, kind := range []string{"WebSite", "BreadcrumbList", "TechArticle", "FAQPage", "HowTo", "VideoObject", "Event", "Course", "NewsArticle"} {
		require.Positive(t, kinds[kind], "some page is a %s: %v", kind, kinds)
	}
	for _, path := range []string{"/sitemaps/en-99.xml", "/sitemaps/en-0.xml", "/sitemaps/en-01.xml", "/sitemaps/fr-1.xml", "/sitemaps/en.xml", "/sitemaps/en-1", "/sitemaps/-1.xml"} {
		a := c.from(path)
		require.Equal(t, 404, a.Status, path)
		require.NotContains(t, a.Header.Get("Content-Type"), "xml")
	}
	t.Run("not for search engines", func(t *testing.T) { hiddenFromEngines(t, s, as("marek")) })
	t.Run("other addresses", func(t *testing.T) { otherAddresses(t, as) })
}

// tally checks what a page says of itself and counts what it says it is.
func tally(t *testing.T, c *client, page string, alternates []seo.Alternate, kinds map[string]int) map[string]int {
	t.Helper()
	a := c.from(strings.TrimPrefix(page, c.server.URL))
	require.Equal(t, 200, a.Status, page)
	h := headOf(t, a.Body)
	require.Equal(t, page, h.canonical)
	require.Equal(t, page, h.meta["og:url"])
	require.NotContains(t, h.meta, "robots", page)
	require.NotEmpty(t, h.meta["og:title"], page)
	require.ElementsMatch(t, alternates, h.links, page)
	if strings.Contains(page, "/articles/") || strings.Contains(page, "/courses/") {
		require.NotEmpty(t, h.meta["description"], page)
		require.Equal(t, h.meta["description"], h.meta["og:description"])
	}
	if strings.Contains(page, "/articles/") {
		require.Len(t, h.data, 2, page)
		require.Equal(t, "article", h.meta["og:type"])
		require.NotEmpty(t, h.meta["article:published_time"], page)
	}
	for _, d := range h.data {
		for _, f := range seo.CheckData([]byte(d)) {
			require.True(t, f.Mild, "%s: %v in %s", page, f, d)
		}
		kind, _, _ := strings.Cut(strings.TrimPrefix(d, `{"@context":"https://schema.org","@type":"`), `"`)
		kinds[kind]++
	}
	return kinds
}

// hiddenFromEngines: what is for those who work here, or for one person, says that
// nobody should keep it, and nothing of what it is.
func hiddenFromEngines(t *testing.T, s *Site, c *client) {
	checked := 0
	for _, r := range s.routes() {
		path, get := strings.CutPrefix(r.Pattern, "GET ")
		if !get || strings.Contains(path, "{") || !ours(path) || strings.HasSuffix(path, "/stream") {
			continue
		}
		for _, who := range []string{c.person, ""} {
			a := (&client{t: t, server: c.server, person: who, http: c.http}).from("/de" + path)
			if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				continue
			}
			checked++
			h := headOf(t, a.Body)
			require.Equal(t, "noindex", h.meta["robots"], path)
			require.Empty(t, h.canonical, path)
			require.Empty(t, h.data, path)
		}
	}
	require.Greater(t, checked, 20)
}

// otherAddresses: whatever address a page is asked for at, it names the same one.
func otherAddresses(t *testing.T, as func(string) *client) {
	c := as("")
	for path, want := range map[string]string{
		"/articles/sensor-shows-offline":                    "/en/articles/sensor-shows-offline",
		"/ja/articles/sensor-shows-offline?x=1":             "",
		"/en/articles/sensor-shows-offline?utm_source=mail": "/en/articles/sensor-shows-offline",
		"/en/categories/sensors?page=2":                     "/en/categories/sensors",
		"/de/courses?topic=nothing":                         "/de/courses",
		"/en/":                                              "/en/",
		"/":                                                 "/en/",
		"/en/articles/sensor-shows-offline?thanks=1&after=here": "/en/articles/sensor-shows-offline",
	} {
		a := c.from(path)
		for a.Status == http.StatusMovedPermanently {
			a = c.from(a.Header.Get("Location"))
		}
		require.Equal(t, 200, a.Status, path)
		h := headOf(t, a.Body)
		if want != "" {
			require.Equal(t, c.server.URL+want, h.canonical, path)
		}
		require.True(t, slices.ContainsFunc(h.links, func(l seo.Alternate) bool { return l.Href == h.canonical }), "%s is one of its own languages", path)
		for _, l := range h.links {
			if l.Lang != seo.Default {
				require.True(t, strings.HasPrefix(l.Href, c.server.URL+i18n.JoinPath(i18n.Locale(l.Lang), "/")), l.Href)
			}
		}
	}
	require.Empty(t, headOf(t, as("tom").from("/en/articles/sensor-shows-offline").Body).data, "what somebody sees who is known may be for them alone")
	require.Equal(t, "noindex", headOf(t, c.from("/en/nowhere").Body).meta["robots"])
	require.Contains(t, c.get("/robots.txt").Body, "Sitemap: "+c.server.URL+"/sitemap.xml")
}
