package site

import (
	"encoding/json"
	"encoding/xml"
	"html"
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

// TestPages is a table of whole requests: who asks for what, and what must and
// must not be in the answer.
func TestPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	for _, tt := range []struct {
		name, person, path string
		header             []string
		status             int
		want, not          []string
	}{
		{name: "home", path: "/en/", status: 200, want: []string{`<html lang="en" dir="ltr">`, "How can we help?", "Getting started", `hreflang="ar"`}, not: []string{"internal", "Partner"}},
		{name: "home without language", path: "/", status: 200, want: []string{`<html lang="en"`, `<link rel="canonical" href="http://127.0.0.1`}},
		{name: "home by header", path: "/", header: []string{"Accept-Language", "fr;q=1, de-AT;q=0.8"}, status: 200, want: []string{`<html lang="de"`}},
		{name: "path before header", path: "/ja/", header: []string{"Accept-Language", "de"}, status: 200, want: []string{`<html lang="ja"`}},
		{name: "preference of the profile", person: "lucia", path: "/", status: 200, want: []string{`<html lang="es"`}},
		{name: "hostile header", path: "/", header: []string{"Accept-Language", strings.Repeat("en;q=0.1,", 90) + "\u202e"}, status: 200},
		{name: "staff sees staff's topics", person: "jonas", path: "/en/categories", status: 200, want: []string{"Support runbooks"}},
		{name: "article", path: "/en/articles/sensor-shows-offline", status: 200, want: []string{"<h1>Sensor shows offline in the dashboard</h1>", `"@type":"TechArticle"`, `property="og:title"`, "On this page", "Was this helpful?", "/de/articles/"}},
		{name: "article in another language", path: "/de/articles/sensor-shows-offline", status: 301},
		{name: "article that exists in English only", path: "/de/articles/move-a-hub", status: 404},
		{name: "signed-in article, anonymous", path: "/en/articles/invoices", status: 404, want: []string{"could not find this page"}, not: []string{"invoice number"}},
		{name: "no such article", path: "/en/articles/nowhere", status: 404, want: []string{"could not find this page"}},
		{name: "old address", path: "/kb/old-sensor-offline", status: 301},
		{name: "search", path: "/en/search?q=sensor+offline", status: 200, want: []string{"<mark>", "Filter the results", "Troubleshooting"}},
		{name: "search with a filter", path: "/en/search?q=sensor&kind=faq", status: 200, want: []string{`class="chip"`}},
		{name: "search for nothing", path: "/en/search?q=xyzzyqqy", status: 200, want: []string{"Nothing found", "What you can try", "Ask a person"}},
		{name: "search for everything", path: "/en/search", status: 200, want: []string{"results"}},
		{name: "search, too deep", path: "/en/search?q=sensor&page=900", status: 422},
		{name: "search, script", path: "/en/search?q=%3Cscript%3Ealert(1)%3C/script%3E", status: 200, not: []string{"<script>alert"}},
		{name: "repeated parameter", path: "/en/search?q=a&q=b", status: 422},
		{name: "slash at the end", path: "/en/categories/", status: 301},
		{name: "demo", path: "/en/demo", status: 200, want: []string{"Choose who to be", "Sign in as Tom Whitlock"}},
		{name: "contact", path: "/es/contact", status: 200, want: []string{"mailto:"}},
		{name: "robots", path: "/robots.txt", status: 200, want: []string{"Sitemap: http://"}},
		{name: "no listing", path: "/static/", status: 404},
		{name: "metrics", path: "/metrics", status: 200, want: []string{"stoa_"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := as(tt.person).get(tt.path, tt.header...)
			require.Equal(t, tt.status, a.Status, a.Body)
			for _, want := range tt.want {
				require.Contains(t, a.Body, want)
			}
			for _, not := range tt.not {
				require.NotContains(t, a.Body, not)
			}
			require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
			require.NotContains(t, a.Header.Get("Content-Security-Policy"), "unsafe-inline")
			require.NotEmpty(t, a.Header.Get("X-Request-Id"))
		})
	}
}

// TestPagesOfOneSearch: whoever turns the page has searched once.
func TestPagesOfOneSearch(t *testing.T) {
	s := running(t)
	c := serve(t, s)("")
	browser := []string{"User-Agent", "Mozilla/5.0 Firefox/140.0"}
	first := c.get("/en/search?q=sensor", browser...)
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(first.Body)
	require.NotNil(t, next)
	second := c.get(html.UnescapeString(next[1]), browser...)
	require.Equal(t, 200, second.Status)
	require.Contains(t, second.Body, `aria-current="page"><span class="hidden">Page </span>2`)
	require.NotRegexp(t, `href="[^"]*[?;&]t=[^"]*" rel="nofollow"`, second.Body, "another filter is another search")
	require.Equal(t, 200, c.get("/en/contact", browser...).Status)
	until(t, "the events are stored", func() bool { st := s.ledger.Stats(); return st.Pending == 0 && st.Stored > 0 })
	require.Equal(t, "1", samples(t, c)[`stoa_events_total{name="search.performed"}`])
}

// TestErrorPages: an error has a short heading, and then says what to do.
func TestErrorPages(t *testing.T) {
	s := open(t)
	for _, locale := range s.languages.Offered() {
		p := s.catalog.In(locale)
		for _, status := range []int{400, 403, 404, 405, 409, 413, 422, 429, 500, 501, 503} {
			require.LessOrEqual(t, len([]rune(heading(p, status))), 40, "%s %d", locale, status)
			require.NotContains(t, strings.TrimRight(heading(p, status), "."), ".")
		}
	}
	c := serve(t, s)("")
	a := c.get("/de/search?q=sensor&page=900")
	require.Equal(t, 422, a.Status)
	require.Contains(t, a.Body, "<h1>Bitte prüfen Sie Ihre Angaben</h1>")
	require.Contains(t, a.Body, "Etwas daran kann so nicht angenommen werden.")
}

// TestNoStateByGet: reading writes nothing but events, and forms from other
// sites are refused.
func TestCrossSiteForms(t *testing.T) {
	c := serve(t, open(t))("")
	for _, path := range []string{"/demo/sign-in", "/locale", "/en/articles/sensor-shows-offline/feedback"} {
		a := c.post(path, url.Values{"person": {"tom"}, "locale": {"de"}, "helpful": {"yes"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		require.Equal(t, 403, a.Status, path)
		require.Empty(t, a.Header.Get("Set-Cookie"))
	}
}

func TestSignInAndOut(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	a := c.post("/demo/sign-in", url.Values{"person": {"tom"}, "return_to": {"https://evil.example/"}})
	require.Equal(t, 303, a.Status)
	require.Equal(t, "/", a.Header.Get("Location"), "nobody is sent elsewhere")
	cookie := a.Header.Get("Set-Cookie")
	require.Contains(t, cookie, "HttpOnly")
	session := strings.Split(cookie, ";")[0]
	require.Contains(t, c.get("/en/", "Cookie", session).Body, "Tom Whitlock")
	require.NotContains(t, c.get("/en/", "Cookie", session[:len(session)-2]+"xx").Body, "Tom Whitlock", "a signature cannot be made up")
	require.Contains(t, c.get("/en/", "Cookie", session).Header.Get("Cache-Control"), "no-store")

	_, err := s.people.DisablePerson(t.Context(), system, "tom")
	require.NoError(t, err)
	require.NotContains(t, c.get("/en/", "Cookie", session).Body, "Tom Whitlock", "leaving takes effect with the next request")
	require.Equal(t, 422, c.post("/demo/sign-in", url.Values{"person": {"tom"}}).Status)
}

// TestWithoutDemo: no demo, no demo's doors.
func TestWithoutDemo(t *testing.T) {
	s := open(t, func(c *Config) { c.Demo = false })
	as := serve(t, s)
	require.Equal(t, 404, as("").get("/demo").Status)
	require.Equal(t, 404, as("").post("/demo/sign-in", url.Values{"person": {"admin"}}).Status)
	require.Contains(t, as("tom").get("/api/v1/me").Body, `"id":""`)
	require.Contains(t, as("").get("/en/").Body, "There is nothing here yet")
}

func TestRatingCountsOnce(t *testing.T) {
	s := open(t)
	c := serve(t, s)("tom")
	form := url.Values{"helpful": {"no"}, "reason": {"outdated"}, "comment": {"The lights changed."}, "key": {"form-1"}}
	for range 3 {
		a := c.post("/en/articles/sensor-shows-offline/feedback", form)
		require.Equal(t, 303, a.Status, a.Body)
	}
	page, _, err := s.library.Feedback(t.Context(), system, "", "", 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Equal(t, "The lights changed.", page[0].Comment)
	form.Set("comment", strings.Repeat("long ", 1000))
	form.Set("key", "form-2")
	a := c.post("/en/articles/sensor-shows-offline/feedback", form)
	require.Equal(t, 422, a.Status)
	require.Contains(t, a.Body, "long long long", "nothing typed is lost")
	require.Contains(t, a.Body, `aria-invalid="true"`)
}

func TestFeed(t *testing.T) {
	c := serve(t, open(t))("")
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
			Link  struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	require.NoError(t, xml.Unmarshal([]byte(c.get("/de/feed.atom").Body), &feed))
	require.Len(t, feed.Entries, 30)
	require.Equal(t, 200, c.get(strings.TrimPrefix(feed.Entries[0].Link.Href, c.server.URL)).Status)
}

// TestRecentSaysWhatItSortsBy: an article that changed in one language stands
// first in the lists of all, with the date of that change.
func TestRecentSaysWhatItSortsBy(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	place := anyCategory(t, s)
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	on := func(n int) { ahead.Store(int64(time.Duration(n) * 24 * time.Hour)) }
	on(10)
	old := write(t, s, draft("First one", profile.Public(), place))
	on(20)
	write(t, s, draft("Second one", profile.Public(), place))
	on(30)
	old, err := s.library.Edit(t.Context(), system, old.ID, "de", old.Version, kb.Text{Title: "Das erste", Body: "Text"})
	require.NoError(t, err)
	_, err = s.library.Publish(t.Context(), system, old.ID, "de", old.Version)
	require.NoError(t, err)
	c := serve(t, s)("")
	_, home, ok := strings.Cut(c.get("/en/").Body, `id="recent"`)
	require.True(t, ok)
	require.Regexp(t, `(?s)^.*?First one.*?datetime="`+day(30)+`".*?Second one.*?datetime="`+day(20)+`"`, home)
	feed := c.get("/en/feed.atom").Body
	require.Regexp(t, `(?s)<updated>`+day(20)+`.*?<entry.*?Second one.*?<updated>`+day(20)+`.*?First one.*?<updated>`+day(10), feed, "the English texts")
	german := c.get("/de/feed.atom").Body
	require.Regexp(t, `(?s)<updated>`+day(30)+`.*?<entry.*?Das erste.*?<updated>`+day(30)+`.*?Second one.*?<updated>`+day(20), german)
}

var jsonLD = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// TestStructuredDataCannotBreakOut puts what ends a script into a title.
func TestStructuredDataCannotBreakOut(t *testing.T) {
	s := open(t)
	d := draft(`</script><script>alert(1)</script> & "quotes"`, profile.Public(), anyCategory(t, s))
	d.Slug = "break-out"
	write(t, s, d)
	body := serve(t, s)("").get("/en/articles/break-out").Body
	require.NotContains(t, body, "<script>alert")
	require.Len(t, jsonLD.FindAllString(body, -1), 2)
}

func anyCategory(t *testing.T, s *Site) string {
	t.Helper()
	tree, err := s.library.Categories(t.Context(), profile.Actor{}, "en")
	require.NoError(t, err)
	return tree[0].ID
}

func TestOpenAPI(t *testing.T) {
	var doc struct {
		OpenAPI string                               `json:"openapi"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}
	c := serve(t, open(t))("ruth")
	require.NoError(t, json.Unmarshal([]byte(c.get("/openapi.json").Body), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	for _, path := range []string{"/api/v1/articles", "/api/v1/articles/{id}", "/api/v1/categories", "/api/v1/search/", "/api/v1/search/suggestions", "/api/v1/articles/{id}/feedback", "/api/v1/me"} {
		require.True(t, doc.Paths[path] != nil, "%s is described", path)
	}
	part := regexp.MustCompile(`\{[^}]*\}`)
	for path, ops := range doc.Paths {
		if ops["get"] == nil {
			continue
		}
		if strings.HasSuffix(path, "/unsubscribe") {
			continue // a page for those who follow the link in a mail
		}
		got := c.get(part.ReplaceAllString(path, "x"))
		require.NotContains(t, got.Header.Get("Content-Type"), "text/html", "%s is described and not there", path)
	}
}

// TestPublishedIsFound follows an article from the API to the search page.
func TestPublishedIsFound(t *testing.T) {
	s := open(t)
	a := write(t, s, draft("Quokkas in the warehouse", profile.Public(), anyCategory(t, s)))
	require.NoError(t, s.engine.Refresh(t.Context()))
	c := serve(t, s)("")
	require.Contains(t, c.get("/en/search?q=quokkas").Body, "warehouse")
	_, err := s.library.Archive(t.Context(), system, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.NoError(t, s.engine.Refresh(t.Context()))
	require.NotContains(t, c.get("/en/search?q=warehouse").Body, "Quokkas")
}

var _ = kb.KindFAQ
