package site

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestPagesAreNotRememberedTooLong changes the library under pages that were
// just shown: the next visitor sees it as it is.
func TestPagesAreNotRememberedTooLong(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	a := write(t, s, kb.Draft{
		Text: kb.Text{Title: "Bees in the hub", Slug: "bees", Body: "They like the warmth."},
		Meta: kb.Meta{Category: place, Kind: kb.KindFAQ, Audience: profile.Public()}, Key: "bees",
	})
	home, list, article := "/en/", "/en/categories/getting-started", "/en/articles/bees"
	for range 2 {
		for _, person := range []string{"", "tom"} {
			require.Contains(t, as(person).get(home).Body, "Bees in the hub")
			require.Contains(t, as(person).get(list).Body, "Bees in the hub")
			require.Contains(t, as(person).get(article).Body, "They like the warmth.")
		}
	}

	a, err := s.library.Edit(t.Context(), system, a.ID, "en", a.Version, kb.Text{Title: "Wasps in the hub", Slug: "bees", Body: "They like the quiet."})
	require.NoError(t, err)
	require.Contains(t, as("").get(article).Body, "They like the warmth.", "until it is published")
	a = publish(t, s, a)
	for _, person := range []string{"", "tom"} {
		require.Contains(t, as(person).get(home).Body, "Wasps in the hub")
		require.Contains(t, as(person).get(list).Body, "Wasps in the hub")
		require.Contains(t, as(person).get(article).Body, "They like the quiet.")
	}

	meta := kb.Meta{Category: place, Kind: kb.KindFAQ, Audience: profile.NewAudience(profile.SegmentStaff)}
	_, err = s.library.Arrange(t.Context(), system, a.ID, a.Version, meta)
	require.NoError(t, err)
	for _, person := range []string{"", "tom"} {
		require.NotContains(t, as(person).get(home).Body, "Wasps")
		require.NotContains(t, as(person).get(list).Body, "Wasps")
		require.Equal(t, 404, as(person).get(article).Status)
	}
	require.Contains(t, as("jonas").get(article).Body, "They like the quiet.")
}

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// TestRememberedPagesAreEachVisitorsOwn: what differs between visitors is not
// remembered.
func TestRememberedPagesAreEachVisitorsOwn(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	const path = "/en/articles/sensor-shows-offline"
	keys := map[string]bool{}
	for range 4 {
		for _, m := range formKey.FindAllStringSubmatch(c.get(path).Body, -1) {
			keys[m[1]] = true
		}
	}
	require.Len(t, keys, 8, "each form has a key of its own")
	require.NotContains(t, keys, s.memory.formKey+"-y")

	require.Contains(t, serve(t, s)("tom").get(path).Body, "Tom Whitlock")
	require.NotContains(t, c.get(path).Body, "Tom Whitlock")

	_, host, _ := strings.Cut(c.server.URL, "//")
	require.Contains(t, c.get(path).Body, `<link rel="canonical" href="http://`+host)
	other := strings.Replace(c.server.URL, "127.0.0.1", "localhost", 1)
	require.Contains(t, (&client{t: t, server: &httptest.Server{URL: other}, http: c.http}).get(path).Body, `<link rel="canonical" href="`+other)

	require.Contains(t, c.get("/articles/sensor-shows-offline", "Accept-Language", "en").Body, `<html lang="en"`)
	require.NotContains(t, c.get(path+"?thanks=1").Body, `name="key"`)
	require.Contains(t, c.get(path).Body, `name="key"`)
	bad := c.post(path+"/feedback", url.Values{"helpful": {"no"}, "comment": {strings.Repeat("very long ", 1000)}, "key": {"k"}})
	require.Equal(t, 422, bad.Status)
	require.NotContains(t, c.get(path).Body, "very long")
}

// TestPopularTakesNotice: reading shows in what is popular, not at once but soon.
func TestPopularTakesNotice(t *testing.T) {
	var ahead atomic.Int64
	s := running(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	c := serve(t, s)("")
	require.NotContains(t, c.get("/en/").Body, `id="popular"`)
	require.Equal(t, 200, c.get("/en/articles/sensor-shows-offline", "User-Agent", "Mozilla/5.0 Firefox/140.0").Status)
	until(t, "the event is stored", func() bool { return s.ledger.Stats().Stored > 0 })
	ahead.Store(int64(popularLasts))
	require.Contains(t, c.get("/en/").Body, `id="popular"`)
}
