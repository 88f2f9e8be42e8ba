package site

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// tellAll tells everybody what there is to tell, and returns how many lines with
// a text somebody finds among their notices.
func tellAll(t *testing.T, s *Site) func(person, text string) int {
	t.Helper()
	for {
		seen, err := s.tellSome(t.Context())
		require.NoError(t, err)
		if seen != "" {
			break
		}
	}
	_, err := s.notifier.Drain(t.Context())
	require.NoError(t, err)
	return func(person, text string) (n int) {
		by, err := s.people.Actor(t.Context(), person)
		require.NoError(t, err)
		items, _, err := s.notifier.Inbox(t.Context(), by, profile.NoticeQuery{Limit: 100})
		require.NoError(t, err)
		for _, item := range items {
			if strings.Contains(item.Title, text) {
				n++
			}
		}
		return n
	}
}

// TestFollowingCategoriesAndTypes: whoever follows a category or a type is told
// once of what is new in it, in the language they read, and of nothing that they
// may not see.
func TestFollowingCategoriesAndTypes(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	as := serve(t, s)
	place := func(id, parent string, audience profile.Audience) {
		_, err := s.library.SaveCategory(t.Context(), system, kb.Category{
			ID: id, Parent: parent, Audience: audience, Source: "en", Labels: map[string]kb.Label{"en": {Title: "Place " + id, Slug: id}},
		})
		require.NoError(t, err)
	}
	place("okapis", "", profile.Public())
	place("zoo", "okapis", profile.Public())
	place("closed", "okapis", profile.NewAudience("partner"))
	write(t, s, draft("Quagga post", profile.Public(), "zoo")) // before anybody follows
	tellAll(t, s)
	clock.pass(time.Minute)
	for _, person := range []string{"tom", "sverre", "anke"} {
		require.Equal(t, 303, as(person).post("/en/categories/okapis/follow", url.Values{"level": {"all"}}).Status, person)
		require.Equal(t, 303, as(person).post("/en/types/how-to/follow", nil).Status, person)
	}
	require.Equal(t, 404, as("tom").post("/en/categories/closed/follow", nil).Status)
	require.Equal(t, 404, as("tom").post("/en/types/nonsense/follow", nil).Status)
	require.Equal(t, 303, as("").post("/en/categories/okapis/follow", nil).Status, "to the sign-in")
	require.Contains(t, as("tom").get("/en/categories/okapis").Body, "Following – stop")
	saved := as("tom").get("/en/account/saved").Body
	require.Contains(t, saved, `<a href="/en/categories/okapis"`)
	require.Contains(t, saved, `<a href="/en/types/how-to"`)

	clock.pass(time.Minute)
	a := write(t, s, draft("Quagga care", profile.Public(), "zoo"))
	write(t, s, draft("Quagga secret", profile.Public(), "closed"))
	_, err := s.library.Import(t.Context(), system, kb.Bundle{Name: "b", Items: []kb.Item{{External: "x", Title: "Quagga import", Body: "Words."}}}, nil)
	require.NoError(t, err)
	told := tellAll(t, s)
	for _, person := range []string{"tom", "sverre", "anke"} {
		require.Equal(t, 1, told(person, "New: Quagga care")+told(person, "Neu: Quagga care"), person)
		require.Zero(t, told(person, "post")+told(person, "import"), person)
	}
	require.Equal(t, 1, told("sverre", "secret"))
	require.Zero(t, told("tom", "secret"))

	edit := func(locale, title string, publish func(string, int) (kb.Article, error)) {
		clock.pass(time.Minute)
		a, err = s.library.Edit(t.Context(), system, a.ID, locale, a.Version, kb.Text{Title: title, Body: "Words about " + title})
		require.NoError(t, err)
		a, err = publish(locale, a.Version)
		require.NoError(t, err)
		told = tellAll(t, s)
	}
	news := func(locale string, version int) (kb.Article, error) {
		return s.library.Publish(t.Context(), system, a.ID, locale, version)
	}
	edit("en", "Quagga caring", func(locale string, version int) (kb.Article, error) {
		return s.library.PublishMinor(t.Context(), system, a.ID, locale, version)
	})
	require.Zero(t, told("tom", "Updated"), "a small change")
	edit("de", "Quaggapflege", news)
	require.Equal(t, 1, told("anke", "Jetzt in Ihrer Sprache: Quaggapflege"))
	require.Zero(t, told("tom", "Updated")+told("tom", "Now in"), "tom reads no German")
	edit("en", "Quagga matters", news)
	require.Equal(t, 1, told("tom", "Updated: Quagga matters"))
	require.Zero(t, told("anke", "Aktualisiert"), "anke reads the German text")

	require.Equal(t, 303, as("tom").post("/en/categories/okapis/follow?off=1", url.Values{"return_to": {"/en/account/saved"}}).Status)
	require.Equal(t, 303, as("tom").post("/en/types/how-to/follow?off=1", nil).Status)
	require.NotContains(t, as("tom").get("/en/account/saved").Body, `<a href="/en/categories/okapis"`)
	edit("en", "Quagga again", news)
	require.Equal(t, 1, told("tom", "Updated: Quagga again"), "the one of before, with today's title")
	require.Equal(t, 2, told("sverre", "Updated: Quagga again"))

	t.Run("feeds", func(t *testing.T) { s.feeds(t, as, a) })
}

// feeds looks at the feeds of categories and types.
func (s *Site) feeds(t *testing.T, as func(string) *client, a kb.Article) {
	parsed := func(body string) (f struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID      string    `xml:"id"`
			Title   string    `xml:"title"`
			Updated time.Time `xml:"updated"`
			Lang    string    `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		} `xml:"entry"`
	}) {
		require.NoError(t, xml.Unmarshal([]byte(body), &f))
		return f
	}
	got := as("").get("/de/categories/okapis/feed.atom")
	require.Equal(t, "application/atom+xml; charset=utf-8", got.Header.Get("Content-Type"))
	f := parsed(got.Body)
	require.Equal(t, "urn:stoa:feed:category:okapis:de", f.ID)
	require.Len(t, f.Entries, 2)
	first := f.Entries[0]
	require.Equal(t, "urn:stoa:article:"+a.ID, first.ID)
	require.Equal(t, "Quaggapflege", first.Title)
	require.Equal(t, "de", first.Lang)
	de, _ := a.In("de")
	require.True(t, first.Updated.Equal(de.UpdatedAt.Truncate(time.Second)), "of the text, not of another language")
	require.NotContains(t, got.Body, "secret")
	require.Contains(t, as("sverre").get("/de/categories/okapis/feed.atom").Body, "Quagga secret")
	require.Equal(t, 404, as("").get("/de/categories/closed/feed.atom").Status)
	require.Equal(t, 304, as("").get("/de/categories/okapis/feed.atom", "If-None-Match", got.Header.Get("ETag")).Status)
	kinds := as("").get("/en/types/how-to/feed.atom").Body
	require.Contains(t, kinds, "Quagga again")
	require.LessOrEqual(t, len(parsed(kinds).Entries), mostFed)
	for path, feed := range map[string]string{"/en/categories/okapis": "/en/categories/okapis/feed.atom", "/de/types/how-to": "/de/types/how-to/feed.atom"} {
		require.Contains(t, as("").get(path).Body, `type="application/atom+xml" title="`)
		require.Contains(t, as("").get(path).Body, `href="`+feed+`"`)
	}
}
