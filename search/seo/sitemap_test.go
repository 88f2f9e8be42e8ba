package seo_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/seo"
)

// A file is a sitemap as those who read one see it.
type file struct {
	XMLName xml.Name
	URLs    []struct {
		Loc     string `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 loc"`
		LastMod string `xml:"lastmod"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Lang string `xml:"hreflang,attr"`
			Href string `xml:"href,attr"`
		} `xml:"http://www.w3.org/1999/xhtml link"`
		Images []struct {
			Loc string `xml:"http://www.google.com/schemas/sitemap-image/1.1 loc"`
		} `xml:"http://www.google.com/schemas/sitemap-image/1.1 image"`
		Videos []struct {
			Title    string `xml:"http://www.google.com/schemas/sitemap-video/1.1 title"`
			Duration int    `xml:"http://www.google.com/schemas/sitemap-video/1.1 duration"`
			Player   string `xml:"http://www.google.com/schemas/sitemap-video/1.1 player_loc"`
		} `xml:"http://www.google.com/schemas/sitemap-video/1.1 video"`
	} `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 url"`
}

func parse(t *testing.T, data []byte) file {
	t.Helper()
	var f file
	require.NoError(t, xml.Unmarshal(data, &f), string(data))
	return f
}

func pages(n int) iter.Seq2[seo.URL, error] {
	return func(yield func(seo.URL, error) bool) {
		for i := range n {
			if !yield(seo.URL{Loc: fmt.Sprintf("https://a.example/p/%d", i), Modified: time.Unix(int64(i), 0)}, nil) {
				return
			}
		}
	}
}

func these(urls ...seo.URL) iter.Seq2[seo.URL, error] {
	return func(yield func(seo.URL, error) bool) {
		for _, u := range urls {
			if !yield(u, nil) {
				return
			}
		}
	}
}

func files(t *testing.T, s seo.Splitter, urls iter.Seq2[seo.URL, error]) (out []seo.File) {
	t.Helper()
	for f, err := range s.Files(urls) {
		require.NoError(t, err)
		out = append(out, f)
	}
	return out
}

func TestSitemapSays(t *testing.T) {
	day := time.Date(2026, 3, 1, 12, 0, 0, 7000, time.FixedZone("", 3600))
	both := []seo.Alternate{{Lang: "en", Href: "https://a.example/en/x?a=1&b=2"}, {Lang: "de", Href: "https://a.example/de/x"}, {Lang: "ja", Href: "/relative"}}
	var b bytes.Buffer
	require.NoError(t, seo.Splitter{}.Write(&b, these(
		seo.URL{Loc: "https://a.example/en/x?a=1&b=2", Modified: day, Alternates: both, Images: []string{"https://a.example/i.png", "no address"}, Videos: []seo.Video{
			{Title: "Whole & <sound>", Description: "d", Thumbnail: "https://a.example/t.png", Player: "https://v.example/1", Duration: 90 * time.Second},
			{Title: "Without a picture", Description: "d", Player: "https://v.example/1"},
			{Title: "Nowhere", Description: "d", Thumbnail: "https://a.example/t.png"},
		}},
		seo.URL{Loc: "/relative"}, seo.URL{Loc: "javascript:alert(1)"}, seo.URL{Loc: "https://a.example/" + strings.Repeat("x", 2048)},
	), 1))
	f := parse(t, b.Bytes())
	require.Equal(t, "urlset", f.XMLName.Local)
	require.Len(t, f.URLs, 1, "what the protocol does not allow is left out")
	u := f.URLs[0]
	require.Equal(t, "https://a.example/en/x?a=1&b=2", u.Loc)
	require.Equal(t, "2026-03-01T11:00:00Z", u.LastMod)
	require.Len(t, u.Links, 2)
	require.Equal(t, "alternate", u.Links[1].Rel)
	require.Equal(t, "de", u.Links[1].Lang)
	require.Len(t, u.Images, 1)
	require.Len(t, u.Videos, 1, "search engines refuse videos without a picture or an address")
	require.Equal(t, "Whole & <sound>", u.Videos[0].Title)
	require.Equal(t, 90, u.Videos[0].Duration)
}

// TestSitemapSplits: every address is in exactly one file, and no file is larger
// than is allowed, whatever the bounds are.
func TestSitemapSplits(t *testing.T) {
	for _, s := range []seo.Splitter{{URLs: 3}, {URLs: 1}, {Bytes: 700}, {URLs: 10}, {URLs: 11}, {Bytes: 1}} {
		list := files(t, s, pages(10))
		var all []string
		for i, f := range list {
			require.Equal(t, i+1, f.Number)
			var b bytes.Buffer
			require.NoError(t, s.Write(&b, pages(10), f.Number))
			require.Equal(t, f.Bytes, b.Len(), "%+v", s)
			if s.Bytes > 1 {
				require.LessOrEqual(t, b.Len(), s.Bytes)
			}
			read := parse(t, b.Bytes())
			require.Len(t, read.URLs, f.URLs)
			require.True(t, s.URLs == 0 || f.URLs <= s.URLs)
			for _, u := range read.URLs {
				all = append(all, u.Loc)
				require.Equal(t, "https://a.example/p/"+fmt.Sprint(len(all)-1), u.Loc)
			}
			require.Equal(t, int64(len(all)-1), f.Modified.Unix(), "the newest of the file")
		}
		require.Len(t, all, 10, "%+v", s)
		var b bytes.Buffer
		require.ErrorIs(t, s.Write(&b, pages(10), len(list)+1), seo.ErrNotFound)
		require.ErrorIs(t, s.Write(&b, pages(10), 0), seo.ErrNotFound)
		require.Zero(t, b.Len())
	}
}

// TestSitemapOfTheLargestKind keeps to the protocol without being told, and holds
// one address at a time.
func TestSitemapOfTheLargestKind(t *testing.T) {
	list := files(t, seo.Splitter{URLs: 1 << 30, Bytes: 1 << 40}, pages(seo.MaxURLs+1))
	require.Len(t, list, 2)
	require.Equal(t, seo.MaxURLs, list[0].URLs)
	require.LessOrEqual(t, list[0].Bytes, seo.MaxBytes)
	perRun := testing.AllocsPerRun(1, func() {
		require.NoError(t, seo.Splitter{}.Write(io.Discard, pages(1000), 1))
	})
	require.Less(t, perRun, 40_000.0)
}

func TestSitemapOfNothing(t *testing.T) {
	require.Equal(t, 1, len(files(t, seo.Splitter{}, pages(0))))
	list := files(t, seo.Splitter{}, these(seo.URL{Loc: "no"}, seo.URL{Loc: "https://a.example/"}))
	require.Equal(t, 1, list[0].Skipped)
	require.Equal(t, 1, list[0].URLs)
	var b bytes.Buffer
	require.NoError(t, seo.Splitter{}.Write(&b, pages(0), 1))
	require.Empty(t, parse(t, b.Bytes()).URLs)
}

func TestSitemapFails(t *testing.T) {
	broken := errors.New("the store is gone")
	urls := func(yield func(seo.URL, error) bool) {
		if yield(seo.URL{Loc: "https://a.example/"}, nil) {
			yield(seo.URL{}, broken)
		}
	}
	var b bytes.Buffer
	require.ErrorIs(t, seo.Splitter{}.Write(&b, urls, 1), broken)
	require.NotContains(t, b.String(), "</urlset>", "half a list is not taken for a whole one")
	for _, err := range (seo.Splitter{}).Files(urls) {
		require.ErrorIs(t, err, broken)
	}
	require.ErrorIs(t, seo.WriteIndex(io.Discard, urls), broken)
}

func TestSitemapIndex(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, seo.WriteIndex(&b, these(seo.URL{Loc: "https://a.example/sitemaps/en-1.xml", Modified: time.Unix(0, 0)}, seo.URL{Loc: "https://a.example/sitemaps/de-1.xml"})))
	var index struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Files   []struct {
			Loc     string  `xml:"loc"`
			LastMod *string `xml:"lastmod"`
		} `xml:"sitemap"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &index))
	require.Len(t, index.Files, 2)
	require.Equal(t, "1970-01-01T00:00:00Z", *index.Files[0].LastMod)
	require.Nil(t, index.Files[1].LastMod)
	require.Error(t, seo.WriteIndex(io.Discard, pages(seo.MaxURLs+1)))
}

func TestRobots(t *testing.T) {
	r := seo.Robots{
		Rules: []seo.Rule{
			{Disallow: []string{"/search", "api/", "/a#b\nAllow: /"}, Allow: []string{"/api/docs"}},
			{Agents: []string{"Greedy\nbot", ""}, Delay: 1500 * time.Millisecond},
		},
		Sitemaps: []string{"https://a.example/sitemap.xml"},
	}
	require.Equal(t, "User-agent: *\nAllow: /api/docs\nDisallow: /search\nDisallow: /api/\nDisallow: /a%23bAllow: /\n\n"+
		"User-agent: Greedybot\nUser-agent: *\nDisallow:\nCrawl-delay: 1\n\nSitemap: https://a.example/sitemap.xml\n", r.String())
	require.Empty(t, seo.Robots{}.String())
}
