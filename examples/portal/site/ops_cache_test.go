package site

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPagesAreKeptOncePerLanguage: a visitor cannot make the portal keep pages
// by naming hosts and languages, nor get a page with the host of another.
func TestPagesAreKeptOncePerLanguage(t *testing.T) {
	for _, base := range []string{"", "https://support.example.com"} {
		s := open(t, func(c *Config) { c.BaseURL = base })
		ask := serve(t, s)("")
		for i := range 20 {
			host := fmt.Sprintf("host-%d.example", i)
			for _, header := range [][]string{{"Accept-Language", fmt.Sprintf("x%c, en;q=0.5", 'a'+i)}, {"Cookie", localeCookie + "=fr"}, {"Cookie", localeCookie + "=en-ZA"}} {
				body := ask.at(host, "/en/articles/sensor-shows-offline", header...).Body
				want := base
				if want == "" {
					want = "http://" + host
				}
				require.Contains(t, body, `<link rel="canonical" href="`+want+`/en/articles/sensor-shows-offline"`)
				require.Contains(t, body, `"url":"`+want+`/en/articles/sensor-shows-offline"`)
				require.Equal(t, 1, strings.Count(body, `hreflang="x-default"`))
				for j := range i {
					require.NotContains(t, body, fmt.Sprintf("host-%d.example", j))
				}
				require.NotContains(t, body, ".invalid")
				require.Equal(t, 200, ask.at(host, "/", header...).Status)
			}
		}
		require.Equal(t, 2, s.memory.pages.Len())
		require.LessOrEqual(t, s.memory.found.Len(), 8)
	}
}

// TestOddHosts: a host with signs in it that mean something in a page is shown
// escaped, and its page is not kept.
func TestOddHosts(t *testing.T) {
	s := open(t)
	odd := "a&b'c.example"
	body := serve(t, s)("").at(odd, "/en/articles/sensor-shows-offline").Body
	require.NotContains(t, body, odd)
	require.Contains(t, body, "a&amp;b")
	require.Zero(t, s.memory.pages.Len())
}

// TestUnchangedPages: a browser that has a page is not sent it again, although
// the form in it would have another key.
func TestUnchangedPages(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	for _, path := range []string{"/en/", "/en/articles/sensor-shows-offline", "/en/categories/sensors"} {
		first := c.get(path)
		tag := first.Header.Get("ETag")
		require.NotEmpty(t, tag, path)
		again := c.get(path, "If-None-Match", tag)
		require.Equal(t, 304, again.Status, path)
		require.Empty(t, again.Body)
		require.Equal(t, 200, c.get(path, "If-None-Match", `"other"`).Status)
		require.Equal(t, 200, c.at("other.example", path, "If-None-Match", tag).Status, "its links lead to another host")
		require.Equal(t, 200, serve(t, s)("tom").get(path, "If-None-Match", tag).Status)
	}
	key := formKey.FindString(c.get("/en/articles/sensor-shows-offline").Body)
	require.NotEqual(t, key, formKey.FindString(c.get("/en/articles/sensor-shows-offline").Body))
	require.NotContains(t, key, s.memory.formKey)

	other := open(t, func(c *Config) { c.Data = t.TempDir() })
	require.NotEqual(t, s.memory.formKey, other.memory.formKey, "nobody knows the mark of a portal but itself")
}

// TestAnswersOfPeopleAreNotKept: what is answered to somebody who is signed in
// stays in no cache, whatever answers.
func TestAnswersOfPeopleAreNotKept(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	id := strings.Split(strings.Split(as("").get("/api/v1/articles").Body, `"id":"`)[1], `"`)[0]
	for _, path := range []string{
		"/en/", "/en/articles/sensor-shows-offline", "/en/feed.atom", "/en/search/suggestions?q=sensor", "/en/search?q=sensor",
		"/api/v1/me", "/api/v1/articles", "/api/v1/articles/" + id, "/api/v1/categories", "/api/v1/search?q=sensor", "/api/v1/search/suggestions?q=sensor",
	} {
		a := as("tom").get(path)
		require.Equal(t, 200, a.Status, path)
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"), path)
		require.Contains(t, as("").get(path).Header.Get("Cache-Control"), "private", path)
	}
}
