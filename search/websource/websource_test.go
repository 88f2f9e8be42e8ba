package websource_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/searchtest"
	"github.com/stoa-go/stoa/search/websource"
)

const mapAt = "https://docs.example/sitemap.xml"

// TestSource: a site that is crawled is a source like any other.
func TestSource(t *testing.T) {
	searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
		w := newWeb(map[string]page{})
		path := filepath.Join(t.TempDir(), "docs")
		store, err := gathered.OpenFile(path)
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close() })
		s := source(t, w, store, mapAt)
		var mu sync.Mutex
		var keys []string
		group := map[string]string{}
		put := func(key string, p *page) error {
			mu.Lock()
			if i := slices.Index(keys, key); p != nil && i < 0 {
				keys = append(keys, key)
			}
			w.set("docs.example/"+key, p)
			list := make([]string, len(keys))
			for i, k := range keys {
				list[i] = "/" + k
			}
			m := sitemap(list...)
			w.set("docs.example/sitemap.xml", &m)
			mu.Unlock()
			_, err := s.Crawl(context.WithoutCancel(t.Context()))
			return err
		}
		return s, searchtest.Fixture{
			Put: func(key, body string) (string, error) {
				p := text("Page "+key, body)
				if err := put(key, &p); err != nil {
					return "", err
				}
				return groupOf(s, "https://docs.example/"+key, group, &mu)
			},
			Remove: func(key string) error { return put(key, nil) },
			Reopen: func() search.Source {
				require.NoError(t, store.Close())
				store, err = gathered.OpenFile(path)
				require.NoError(t, err)
				s = source(t, w, store, mapAt)
				return s
			},
		}
	})
}

// groupOf returns the group that a page is in.
func groupOf(s search.Source, path string, known map[string]string, mu *sync.Mutex) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	if known[path] != "" {
		return known[path], nil
	}
	changes, _, err := s.Changes(context.Background(), "", 1000)
	for _, c := range changes {
		for _, d := range c.Documents {
			known[d.Path] = c.Group
		}
	}
	return known[path], err
}

// TestOnlyWhatChanged: a second crawl asks whether pages changed, and tells only
// of those that did. What is gone is removed; what does not answer is not.
func TestOnlyWhatChanged(t *testing.T) {
	tagged := func(title, body, tag string) page {
		p := text(title, body)
		p.tag = tag
		return p
	}
	w := newWeb(map[string]page{
		"docs.example/sitemap.xml": sitemap("/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"),
		"docs.example/a":           tagged("A", "same", `"1"`), "docs.example/b": tagged("B", "before", `"1"`), "docs.example/c": text("C", "same"), "docs.example/d": text("D", "gone soon"),
		"docs.example/e": text("E", "down soon"), "docs.example/f": text("F", "unlisted soon"), "docs.example/g": text("G", "private soon"), "docs.example/h": text("H", "unindexed soon"),
	})
	s := source(t, w, gathered.NewMemory(), mapAt)
	first := crawl(t, s)
	require.Equal(t, []int{8, 8, 0}, []int{first.Pages, first.Changed, first.Removed})
	var r reader
	require.Equal(t, 8, r.read(t, s))
	before := r.found["https://docs.example/c"].UpdatedAt

	again := crawl(t, s)
	require.Equal(t, []int{8, 0, 0, 2}, []int{again.Pages, again.Changed, again.Removed, again.Same})
	require.Zero(t, r.read(t, s), "nothing has changed")

	for key, p := range map[string]*page{
		"/b": ptr(tagged("B", "after", `"2"`)), "/d": nil, "/e": {err: errors.New("reset")}, "/g": {status: 403}, "/h": {header: map[string]string{"X-Robots-Tag": "noindex"}, body: "<p>x</p>"},
		"/sitemap.xml": ptr(sitemap("/a", "/b", "/c", "/d", "/e", "/g", "/h")),
	} {
		w.set("docs.example"+key, p)
	}
	third := crawl(t, s)
	require.Equal(t, []int{6, 1, 2}, []int{third.Pages, third.Changed, third.Removed})
	require.Equal(t, 3, r.read(t, s))
	require.Equal(t, []string{"/a", "/b", "/c", "/e", "/f", "/g"}, r.paths(), "what answers stays, listed or not, and so does what does not")
	require.Equal(t, "B\nafter", r.found["https://docs.example/b"].Body)
	require.Equal(t, before, r.found["https://docs.example/c"].UpdatedAt)
	w.set("docs.example/f", nil)
	crawl(t, s)
	crawl(t, s)
	r.read(t, s)
	require.Equal(t, []string{"/a", "/b", "/c", "/e"}, r.paths(), "unlisted and gone; closed for three crawls")
}

func ptr[T any](v T) *T { return &v }

// TestNothingIsLostToTrouble: a site that is down, a sitemap that is empty or
// broken and a crawl that ends early take nothing away.
func TestNothingIsLostToTrouble(t *testing.T) {
	all := func() map[string]page {
		return map[string]page{"docs.example/sitemap.xml": sitemap("/a", "/b", "/c"), "docs.example/a": text("A", "a"), "docs.example/b": text("B", "b"), "docs.example/c": text("C", "c")}
	}
	for name, change := range map[string]map[string]*page{
		"an empty sitemap":           {"/sitemap.xml": ptr(sitemap())},
		"a sitemap of another site":  {"/sitemap.xml": ptr(sitemap("https://evil.example/x"))},
		"no sitemap":                 {"/sitemap.xml": nil},
		"a page for a sitemap":       {"/sitemap.xml": ptr(text("Sorry", "We are moving"))},
		"errors":                     {"/a": {status: 500}, "/b": {status: 502}, "/c": {status: 500}},
		"redirects to a maintenance": {"/a": {status: 302, header: map[string]string{"Location": "/sorry"}}, "/b": {status: 302, header: map[string]string{"Location": "https://status.example/"}}, "/c": {status: 307, header: map[string]string{"Location": "/sorry"}}, "/sorry": {status: 503}},
		"robots that do not answer":  {"/robots.txt": {status: 503}, "/a": nil},
		"a busy site":                {"/a": {status: 429, header: map[string]string{"Retry-After": "100000"}}},
		"pages that cannot be read":  {"/a": ptr(page{body: "\x89PNG", header: map[string]string{"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}})},
		"blank pages":                {"/a": ptr(page{}), "/b": ptr(page{body: "<html></html>"})},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(all())
				s := source(t, w, gathered.NewMemory(), mapAt)
				crawl(t, s)
				var r reader
				r.read(t, s)
				for key, p := range change {
					w.set("docs.example"+key, p)
				}
				report := crawl(t, s)
				require.Zero(t, report.Removed)
				require.Zero(t, r.read(t, s))
				require.Equal(t, []string{"/a", "/b", "/c"}, r.paths())
				require.Equal(t, 3, report.Pages)
			})
		})
	}
}

// TestGoesOn: a crawl that is cut off goes on where it was after a restart, by
// links as well; a new one asks for everything again.
func TestGoesOn(t *testing.T) {
	for _, start := range []string{mapAt, "https://docs.example/"} {
		t.Run(start, func(t *testing.T) {
			pages := map[string]page{"docs.example/": text("Home", `<a href="/0">0</a>`)}
			var list []string
			for i := range 8 {
				pages[fmt.Sprint("docs.example/", i)] = text(fmt.Sprint("Page ", i), fmt.Sprintf(`<a href="/%d">on</a>`, i+1))
				list = append(list, fmt.Sprint("/", i))
			}
			if start == mapAt {
				pages["docs.example/sitemap.xml"] = sitemap(list...)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cutting := pages["docs.example/5"]
			cutting.hook = func(*http.Request) { cancel() }
			pages["docs.example/5"] = cutting
			w, path := newWeb(pages), filepath.Join(t.TempDir(), "docs")
			store, err := gathered.OpenFile(path)
			require.NoError(t, err)
			_, err = source(t, w, store, start).Crawl(ctx)
			require.ErrorIs(t, err, context.Canceled)
			require.NoError(t, store.Close())
			cutting.hook = nil
			w.set("docs.example/5", &cutting)
			w.took()

			store, err = gathered.OpenFile(path)
			require.NoError(t, err)
			defer store.Close()
			s := source(t, w, store, start)
			report := crawl(t, s)
			require.Equal(t, websource.EndWhole, report.End)
			asked := w.took()
			for i := range 8 {
				require.Equal(t, i >= 5, slices.Contains(asked, fmt.Sprint("docs.example/", i)), "page %d: %v", i, asked)
			}
			crawl(t, s)
			require.Subset(t, w.took(), []string{"docs.example/0", "docs.example/7"})
		})
	}
}

// TestLanguages: pages that name each other are versions of one; those that only
// claim to be are not.
func TestLanguages(t *testing.T) {
	in := func(lang, title string, alternates ...string) page {
		p := page{body: fmt.Sprintf(`<html lang="%s"><head><title>%s</title>`, lang, title)}
		for i := 0; i < len(alternates); i += 2 {
			p.body += fmt.Sprintf(`<link rel="alternate" hreflang="%s" href="%s">`, alternates[i], alternates[i+1])
		}
		p.body += `</head><nav>menu</nav><main><p>text</p></main>`
		return p
	}
	set := []string{"en", "/en/a", "de-AT", "/de/a", "x-default", "/en/a"}
	w := newWeb(map[string]page{
		"docs.example/sitemap.xml": sitemap("/en/a", "/de/a", "/de/b", "/de/c", "/none"),
		"docs.example/en/a":        in("en-US", "A", set...), "docs.example/de/a": in("de", "A auf Deutsch", set...),
		"docs.example/de/b": in("de", "B", set...), "docs.example/de/c": in("de", "C", append(set, "de", "/de/c")...), "docs.example/none": in("", "None"),
	})
	s := source(t, w, gathered.NewMemory(), mapAt, func(o *websource.Options) { o.Locales, o.Locale = []string{"en", "de", "ja"}, "fr" })
	crawl(t, s)
	var r reader
	r.read(t, s)
	require.Len(t, r.groups, 4)
	got := map[string][]string{}
	for path, d := range r.found {
		got[path[len("https://docs.example"):]] = append([]string{d.Locale}, d.Serves...)
	}
	require.Equal(t, map[string][]string{
		"/en/a": {"en", "en", "de", "ja"}, "/de/a": {"de-AT", "de-AT"}, "/de/b": {"de", "de", "en", "ja"}, "/de/c": {"de", "de", "en", "ja"}, "/none": {"fr", "fr", "en", "de", "ja"},
	}, got)
}

// TestDocument: what is found of a page.
func TestDocument(t *testing.T) {
	w := newWeb(map[string]page{"docs.example/guide/": {
		header: map[string]string{"Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT"},
		body: `<html lang="de"><head><title>Anleitung | Beispiel</title><meta name="description" content="Wie man ihn
			zurücksetzt."></head><body><header>Logo</header><nav>Menü</nav><main><nav>Brotkrumen</nav><h1>Hub <em>zurücksetzen</em></h1>
			<p>Halten Sie den Knopf<br>zehn Sekunden.</p><h2>Danach</h2><table><tr><td>E-17</td><td>Kein Netz</td></tr></table><aside>Werbung</aside>
			<p hidden>versteckt</p><script>alert(1)</script></main><footer>Impressum</footer></body></html>`,
	}})
	s := source(t, w, gathered.NewMemory(), "https://docs.example/guide", func(o *websource.Options) { o.Audience = profile.NewAudience("partner") })
	crawl(t, s)
	var r reader
	r.read(t, s)
	require.Empty(t, r.paths(), "/guide does not answer, /guide/ nobody leads to")
	s = source(t, w, gathered.NewMemory(), "https://docs.example/guide/", func(o *websource.Options) { o.Audience = profile.NewAudience("partner") })
	crawl(t, s)
	r = reader{}
	r.read(t, s)
	d := r.found["https://docs.example/guide/"]
	require.Equal(t, "Hub zurücksetzen", d.Title)
	require.Equal(t, "Wie man ihn zurücksetzt.", d.Summary)
	require.Equal(t, "Hub zurücksetzen\nHalten Sie den Knopf\nzehn Sekunden.\nDanach\nE-17\nKein Netz", d.Body)
	require.Equal(t, []string{"Danach"}, d.Keywords)
	require.Equal(t, profile.NewAudience("partner"), d.Audience)
	require.Equal(t, map[string][]string{"kind": {"page"}, "language": {"de"}, "site": {"docs.example"}}, d.Facets)
	require.Equal(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), d.UpdatedAt)
	require.Equal(t, "docs.example", d.Elsewhere())
}

// TestRun: a site is crawled when it is due, sooner when somebody asks, and not at
// each restart.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWeb(map[string]page{"docs.example/sitemap.xml": sitemap("/a"), "docs.example/a": text("A", "a")})
		store := gathered.NewMemory()
		var s *websource.Source
		run := func() (stop func()) {
			s = source(t, w, store, mapAt, func(o *websource.Options) { o.Every = 24 * time.Hour })
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- s.Run(ctx) }()
			return func() {
				cancel()
				require.NoError(t, <-done)
			}
		}
		crawls := func(d time.Duration) (n int) {
			time.Sleep(d)
			synctest.Wait()
			for _, a := range w.took() {
				if a == "docs.example/sitemap.xml" {
					n++
				}
			}
			return n
		}
		stop := run()
		require.Equal(t, 1, crawls(23*time.Hour))
		stop()
		stop = run()
		require.Equal(t, 0, crawls(59*time.Minute), "it was not due")
		require.Equal(t, 1, crawls(2*time.Minute))
		s.Ask()
		s.Ask()
		require.Equal(t, 1, crawls(time.Minute))
		st, err := s.Status(t.Context())
		require.NoError(t, err)
		require.False(t, st.Running)
		require.Equal(t, websource.EndWhole, st.End)
		require.Equal(t, 1, st.Pages)
		require.Greater(t, time.Until(st.Next), 23*time.Hour)
		stop()
	})
}

// TestPrivateNetworks: what is on the machine or in its network is not reached,
// unless the program says so.
func TestPrivateNetworks(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sitemap.xml" {
			fmt.Fprintf(w, "<urlset><url><loc>http://%s/secret</loc></url></urlset>", r.Host)
			return
		}
		fmt.Fprint(w, "<!doctype html><title>Secret</title><main>secret</main>")
	}))
	defer site.Close()
	for open, pages := range map[bool]int{false: 0, true: 1} {
		opts := &websource.Options{Delay: time.Nanosecond}
		if open {
			opts.Client = outbound.NewClient(&outbound.Options{Allow: netip.Addr.IsLoopback})
		}
		s, err := websource.New("docs", []string{site.URL + "/sitemap.xml"}, gathered.NewMemory(), opts)
		require.NoError(t, err)
		report := crawl(t, s)
		require.Equal(t, pages, report.Pages)
		require.Equal(t, open, report.End == websource.EndWhole)
	}
}

func TestNew(t *testing.T) {
	for _, start := range []string{"", "docs.example", "ftp://docs.example/", "javascript:alert(1)", "https://user@docs.example/", "/docs"} {
		_, err := websource.New("docs", []string{start}, gathered.NewMemory(), nil)
		require.ErrorIs(t, err, websource.ErrInvalid, start)
	}
	_, err := websource.New("docs", nil, gathered.NewMemory(), nil)
	require.ErrorIs(t, err, websource.ErrInvalid)
}
