package site

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/foldersource"
	"github.com/stoa-go/stoa/search/websource"
)

// elsewhereSite is a site on this machine that is crawled. Its bad pages are those
// of a site that nobody would want to crawl.
func elsewhereSite(t testing.TB) *httptest.Server {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := func(title, text string) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><nav>menu</nav><main><h1>%s</h1><p>%s</p></main>`, title, title, text)
		}
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /private")
		case "/sitemap.xml":
			fmt.Fprint(w, "<urlset>")
			for _, p := range []string{"/quokka", "/wombat", "/private", "/away", "/down", "/gone"} {
				fmt.Fprintf(w, "<url><loc>http://%s%s</loc></url>", r.Host, p)
			}
			fmt.Fprint(w, "</urlset>")
		case "/quokka":
			page("Quokka manual &lt;b&gt;", "How to feed the quokka &lt;script&gt;alert(1)&lt;/script&gt;.")
		case "/wombat":
			page("Wombat manual", "How to feed the wombat.")
		case "/private":
			page("Private", "CANARY")
		case "/away":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		case "/down":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site
}

// crawling lets a portal crawl a site on this machine.
func crawling(site *httptest.Server) func(*Config) {
	return func(c *Config) {
		c.Crawl = []string{"zoo=" + site.URL + "/sitemap.xml"}
		c.outside = outbound.NewClient(&outbound.Options{Allow: netip.Addr.IsLoopback})
		c.crawlDelay = time.Nanosecond
	}
}

// crawlAll crawls all sites and puts what was read into the index.
func crawlAll(t testing.TB, s *Site) {
	t.Helper()
	for _, e := range s.sources {
		if site, ok := e.Source.(*websource.Source); ok {
			_, err := site.Crawl(t.Context())
			require.NoError(t, err)
		}
	}
	require.NoError(t, s.engine.Refresh(t.Context()))
}

// TestExternalHits: what is found elsewhere is found along with what is here, the
// same by whatever searches, and leads out where it says.
func TestExternalHits(t *testing.T) {
	elsewhere := elsewhereSite(t)
	host := strings.TrimPrefix(elsewhere.URL, "http://")
	s := open(t, crawling(elsewhere))
	as := serve(t, s)

	desk := as("ruth").get("/en/desk/sources").Body
	require.Contains(t, desk, "It has not been read yet.")
	for _, who := range []string{"tom", "ines", ""} {
		require.Equal(t, unseen(who), as(who).get("/en/desk/sources").Status)
		require.Equal(t, refusal(who), as(who).post("/en/desk/sources/zoo", url.Values{}).Status)
	}
	require.Equal(t, 404, as("ruth").post("/en/desk/sources/other", url.Values{}).Status)
	require.Equal(t, "/en/desk/sources?done=asked", as("ruth").post("/en/desk/sources/zoo", url.Values{}).Header.Get("Location"))

	crawlAll(t, s)
	desk = as("ruth").get("/en/desk/sources").Body
	for _, text := range []string{"2 pages found", "2 problems", "All of it was read.", host + "/away", "Leads to another website", "(500)", "Not allowed by robots.txt: 1", "Not there: 1"} {
		require.Contains(t, desk, text)
	}
	require.NotContains(t, desk, "169.254.169.254")

	for _, locale := range []string{"en", "de", "ja"} {
		body := as("").get("/" + locale + "/search?q=quokka+manual").Body
		require.Contains(t, body, "<bdi>"+host+"</bdi>", locale)
		require.Contains(t, body, `rel="external nofollow noopener"`)
		require.NotContains(t, body, "<script>alert")
		require.NotContains(t, body, `href="`+elsewhere.URL, "clicks would not count")
	}
	require.NotContains(t, as("").get("/en/search?q=CANARY").Body, "Private")
	api := as("").get("/api/v1/search?q=quokka+manual&locale=en&facets=site").Body
	require.Contains(t, api, `"path":"`+elsewhere.URL+`/quokka"`)
	require.Contains(t, api, `"site":[`)
	suggested := regexp.MustCompile(`"href":"(/en/search/out\?c=[^"]+)","kind":"External page · ` + regexp.QuoteMeta(host) + `"`).FindStringSubmatch(as("sverre").get("/en/search/suggestions?q=quok").Body)
	require.NotNil(t, suggested)
	answer := as("sverre").get(suggested[1], "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	require.Equal(t, []any{http.StatusFound, elsewhere.URL + "/quokka"}, []any{answer.Status, answer.Header.Get("Location")})
	found, err := s.engine.Search(t.Context(), profile.Actor{}, search.Query{Text: "manual", Locale: "en", Filters: map[string][]string{"site": {host}}})
	require.NoError(t, err)
	filtered := as("").get("/en/search?q=manual&site=" + url.QueryEscape(host)).Body
	require.Equal(t, found.Total, strings.Count(filtered, `<li class="hit">`))
	require.Equal(t, 2, found.Total)
	require.NotContains(t, as("").get("/sitemaps/en-1.xml").Body, host, "what is elsewhere is not ours to announce")

	out := regexp.MustCompile(`href="(/en/search/out\?c=[^"]+)"`).FindStringSubmatch(as("tom").get("/en/search?q=quokka").Body)
	require.NotNil(t, out)
	answer = as("tom").get(out[1], "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	require.Equal(t, http.StatusFound, answer.Status)
	require.Equal(t, elsewhere.URL+"/quokka", answer.Header.Get("Location"))
	for _, bad := range []string{"", "?c=", "?c=made-up", "?c=" + url.QueryEscape("https://evil.example/")} {
		require.Equal(t, 404, as("").get("/en/search/out"+bad).Status, bad)
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	var clicked []analytics.Event
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		if e.Name == search.EventClicked && strings.HasPrefix(e.Subject, "page/") {
			clicked = append(clicked, e)
		}
	}
	require.Len(t, clicked, 2, "from the box, and from the results")
}

// TestFoldersAreSearched: files are found, and lead to where they are published.
func TestFoldersAreSearched(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "quokka.md"), []byte("# Quokka handbook\n\nFeed it."), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "bad.docx"), []byte("no"), 0o600))
	s := open(t, func(c *Config) { c.Folders = []string{"zoo=" + folder + ",https://docs.example/{page}"} })
	as := serve(t, s)
	_, err := s.sources[0].Source.(*foldersource.Source).Read(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.engine.Refresh(t.Context()))
	require.Contains(t, as("").get("/en/search?q=quokka").Body, "<bdi>docs.example</bdi>")
	require.Contains(t, as("").get("/api/v1/search?q=quokka&locale=en").Body, `"path":"https://docs.example/quokka"`)
	desk := as("ruth").get("/en/desk/sources").Body
	require.Contains(t, desk, "1 page found")
	require.Contains(t, desk, "bad.docx")
}

// TestSourcesAreNamed: a portal says at its start what it cannot search.
func TestSourcesAreNamed(t *testing.T) {
	for crawl, says := range map[string]string{
		"ftp://docs.example/":          "is no address of a page",
		"docs.example":                 "say what it is called",
		"../x=https://docs.example/":   "say what it is called",
		"kb=https://docs.example/":     "another source is called kb",
		"a=https://user@docs.example/": "is no address of a page",
	} {
		_, err := Open(t.Context(), Config{Data: t.TempDir(), Crawl: []string{crawl}})
		require.ErrorContains(t, err, says, crawl)
	}
}
