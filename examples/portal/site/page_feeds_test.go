package site

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var feedAddress = regexp.MustCompile(`value="http[^"]*(/en/feeds/[A-Z2-7]{26})"`)

// feedFor has somebody make a feed on the page, and returns its path.
func feedFor(t *testing.T, c *client, of, key string, header ...string) string {
	t.Helper()
	a := c.post("/en/account/feeds", url.Values{"of": {of}, "key": {key}}, header...)
	require.Equal(t, 200, a.Status, a.Body)
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	found := feedAddress.FindStringSubmatch(html.UnescapeString(a.Body))
	require.NotNil(t, found, a.Body)
	return found[1]
}

// TestPrivateFeeds follows feeds of one's own: whoever has the address reads what
// the owner may see at that moment, and nothing once it is taken back.
func TestPrivateFeeds(t *testing.T) {
	now := time.Now().UTC()
	s := open(t, func(c *Config) { c.Now = func() time.Time { return now } })
	as := serve(t, s)
	place, err := s.library.SaveCategory(t.Context(), system, kb.Category{ID: "okapis", Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "Okapis"}}})
	require.NoError(t, err)
	d := draft("Partners only", profile.NewAudience("partner"), place.ID)
	d.Summary, d.Body = "", "## First\n\nThe text begins\nhere, & goes on.\n\n:::for staff\nzqstaff\n:::\n"
	hidden := write(t, s, d)
	for _, path := range []string{"/en/feed.atom", "/en/categories/okapis/feed.atom"} {
		require.NotContains(t, as("").get(path).Body, "Partners only")
	}
	all, some, other := feedFor(t, as("sverre"), "", "k1"), feedFor(t, as("sverre"), "category/okapis", "k2"), feedFor(t, as("tom"), "", "k1")
	kinds := feedFor(t, as("sverre"), "type/how-to", "k3")
	require.NotEqual(t, all, other)

	a := as("").get(some)
	require.Equal(t, 200, a.Status)
	for name, want := range map[string]string{
		"Content-Type": "application/atom+xml; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Etag": "",
	} {
		require.Equal(t, want, a.Header.Get(name), name)
	}
	require.Contains(t, a.Body, "Partners only")
	require.Regexp(t, `<summary>[^<]*The text begins here, &amp; goes on\.`, a.Body, "without a summary, how the text begins")
	require.NotContains(t, a.Body, "zqstaff")
	require.NotContains(t, a.Body, strings.TrimPrefix(some, "/en/feeds/"), "the secret is nowhere in it")
	require.Contains(t, as("").get(strings.Replace(some, "/en/", "/de/", 1)).Body, `xml:lang="de"`)
	require.Contains(t, as("").get(all).Body, "Partners only")
	require.Contains(t, as("").get(kinds).Body, "Partners only")
	require.NotContains(t, as("sverre").get(other).Body, "Partners only", "it holds what its owner sees, whoever reads it")

	t.Run("rights are those of now", func(t *testing.T) {
		b, err := s.library.Arrange(t.Context(), system, hidden.ID, hidden.Version, kb.Meta{Category: place.ID, Kind: hidden.Kind, Audience: profile.NewAudience("staff"), Owner: hidden.Owner})
		require.NoError(t, err)
		for _, path := range []string{all, some, kinds} {
			require.NotContains(t, as("").get(path).Body, "Partners only", path)
		}
		_, err = s.library.Arrange(t.Context(), system, b.ID, b.Version, kb.Meta{Category: place.ID, Kind: b.Kind, Audience: profile.NewAudience("partner"), Owner: b.Owner})
		require.NoError(t, err)
		place.Audience = profile.NewAudience("staff")
		place, err = s.library.SaveCategory(t.Context(), system, place)
		require.NoError(t, err)
		require.Equal(t, 404, as("").get(some).Status)
		list := as("sverre").get("/en/account/feeds").Body
		require.Contains(t, list, "Something you no longer see")
		require.NotContains(t, list, "Okapis")
		place.Audience = profile.Public()
		_, err = s.library.SaveCategory(t.Context(), system, place)
		require.NoError(t, err)
		require.Contains(t, as("").get(some).Body, "Partners only")
	})
	t.Run("a form sent again", func(t *testing.T) {
		now = now.Add(time.Minute)
		again := feedFor(t, as("sverre"), "category/okapis", "k2")
		require.Equal(t, 404, as("").get(some).Status, "its address is another one now")
		require.Equal(t, 200, as("").get(again).Status)
		some = again
		require.Equal(t, 3, strings.Count(as("sverre").get("/en/account/feeds").Body, "/end\""))
	})
	t.Run("refused", func(t *testing.T) {
		for _, of := range []string{"category/none", "type/none", "zq", "article/" + hidden.ID, "category/a\x00"} {
			a := as("sverre").post("/en/account/feeds", url.Values{"of": {of}, "key": {"k9"}})
			require.Equal(t, 422, a.Status, of)
			require.Contains(t, a.Body, `aria-invalid="true"`, of)
		}
		for _, path := range []string{"/en/feeds/x", "/en/feeds/" + strings.Repeat("A", 26), "/en/feeds/" + strings.Repeat("A", 9000)} {
			a := as("sverre").get(path)
			require.Equal(t, 404, a.Status)
			require.NotContains(t, a.Body, "Partners only")
		}
		require.Equal(t, 303, as("").get("/en/account/feeds").Status)
		require.Equal(t, 404, as("").get(strings.Replace(some, "/feeds/", "/links/", 1)).Status, "it is good for nothing else")
	})
	t.Run("taken back", func(t *testing.T) {
		end := regexp.MustCompile(`action="([^"]*/end)"`).FindAllStringSubmatch(as("sverre").get("/en/account/feeds").Body, -1)
		require.Len(t, end, 3)
		require.Equal(t, 303, as("tom").post(end[0][1], nil).Status)
		require.Equal(t, 200, as("").get(some).Status, "nobody takes back another's")
		require.Contains(t, as("sverre").get(as("sverre").post(end[0][1], nil).Header.Get("Location")).Body, "has been taken back")
		require.Equal(t, 404, as("").get(some).Status)
		require.Equal(t, 303, as("sverre").post(end[0][1], nil).Status, "again")
		require.Equal(t, 200, as("").get(all).Status)
	})
	t.Run("with all sessions", func(t *testing.T) {
		_, err := s.sessions.RevokeAll(t.Context(), system, "sverre", "")
		require.NoError(t, err)
		require.Equal(t, 404, as("").get(all).Status)
		require.Equal(t, 200, as("").get(other).Status, "of others nothing ends")
	})
	t.Run("with its owner", func(t *testing.T) {
		now = now.Add(time.Minute)
		_, err := s.people.DisablePerson(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, 404, as("").get(other).Status)
		_, err = s.people.EnablePerson(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, 404, as("").get(other).Status, "for good")
		now = now.Add(time.Minute)
		other = feedFor(t, as("tom"), "", "k4")
		require.Equal(t, 200, as("").get(other).Status)
		now = now.Add(366 * 24 * time.Hour)
		require.Equal(t, 404, as("").get(other).Status, "after a year")
	})
}
