package websource_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/websource"
)

// TestHostileSites: whatever a site does, what it wants found is found, and
// nothing else is, nor asked for.
func TestHostileSites(t *testing.T) {
	const links, mapped = "https://docs.example/d/", "https://docs.example/sitemap.xml"
	plain := func(body string) page { return page{body: body} }
	to := func(status int, where string) page {
		return page{status: status, header: map[string]string{"Location": where}}
	}
	for _, c := range []struct {
		name, start string
		pages       map[string]page
		must        []string // paths found
		mustNot     []string // beginnings of what must not be asked for
		left        map[websource.Reason]int
		end         websource.End
		most        int // requests; 0 means 40
	}{
		{name: "links without end", start: links, pages: endless(), must: nil, end: websource.EndWhole, most: 40},
		{
			name: "paths in circles", start: links, must: []string{"/d/", "/d/a/a/a/x", "/d/a/a/x", "/d/a/x"},
			pages: map[string]page{
				"docs.example/d/": text("Home", `<a href="a/x">x</a>`), "docs.example/d/a/x": text("A", `<a href="a/x">x</a>`),
				"docs.example/d/a/a/x": text("B", `<a href="a/x">x</a>`), "docs.example/d/a/a/a/x": text("C", `<a href="a/x">x</a>`),
			},
		},
		{
			name: "a page without end", start: mapped, must: []string{"/ok"}, left: map[websource.Reason]int{websource.ReasonLarge: 1},
			pages: map[string]page{"docs.example/sitemap.xml": sitemap("/huge", "/ok"), "docs.example/huge": text("Huge", strings.Repeat("word ", 300_000)), "docs.example/ok": text("Ok", "fine")},
		},
		{
			name: "letters of another kind than it says", start: mapped, must: []string{"/latin", "/nonsense", "/wide"},
			pages: map[string]page{
				"docs.example/sitemap.xml": sitemap("/latin", "/nonsense", "/wide"),
				"docs.example/latin":       {body: "<title>Gr\xfc\xdfe</title><main>K\xf6ln</main>", header: map[string]string{"Content-Type": "text/html; charset=iso-8859-1"}},
				"docs.example/nonsense":    {body: "<title>Bad \xff\xfe\x00</title><main>\xc3\x28 text</main>", header: map[string]string{"Content-Type": "text/html; charset=klingon"}},
				"docs.example/wide":        {body: "\xff\xfe<\x00p\x00>\x00W\x00i\x00d\x00e\x00", header: map[string]string{"Content-Type": "text/html; charset=utf-8"}},
			},
		},
		{
			name: "redirects off the site", start: mapped, must: []string{"/ok"}, mustNot: []string{"169.254.169.254", "evil.example", "localhost"},
			left: map[websource.Reason]int{websource.ReasonElsewhere: 4},
			pages: map[string]page{
				"docs.example/sitemap.xml": sitemap("/a", "/b", "/c", "/d", "/ok"), "docs.example/ok": text("Ok", "fine"),
				"docs.example/a": to(302, "http://169.254.169.254/latest/meta-data/"), "docs.example/b": to(301, "https://evil.example/"),
				"docs.example/c": to(307, "//localhost/admin"), "docs.example/d": to(308, "file:///etc/passwd"),
			},
		},
		{
			name: "redirects in a circle", start: mapped, must: nil, left: map[websource.Reason]int{websource.ReasonLoop: 2},
			pages: map[string]page{"docs.example/sitemap.xml": sitemap("/a", "/self", "/n0"), "docs.example/a": to(301, "/b"), "docs.example/b": to(301, "/a"), "docs.example/self": to(302, "/self"),
				"docs.example/n0": to(302, "/n1"), "docs.example/n1": to(302, "/n2"), "docs.example/n2": to(302, "/n3"), "docs.example/n3": to(302, "/n4"), "docs.example/n4": to(302, "/n5"), "docs.example/n5": to(302, "/n6"), "docs.example/n6": text("Far", "far")},
		},
		{
			name: "robots disallow", start: links, must: []string{"/d/", "/d/open", "/d/private/but-this"}, mustNot: []string{"docs.example/d/private/secret", "docs.example/d/x.pdf", "docs.example/d/%C3%BC"},
			left: map[websource.Reason]int{websource.ReasonRobots: 3},
			pages: map[string]page{
				"docs.example/robots.txt": plain("User-agent: *\nDisallow: /\n\nUser-Agent: other\nUser-agent: stoabot/2.0 # us\nDisallow: /d/private/\nAllow: /d/private/but-*\nDisallow: /*.pdf$\nDisallow: /d/ü\n"),
				"docs.example/d/":         text("Home", `<a href="open">o</a><a href="private/secret">s</a><a href="private/but-this">b</a><a href="x.pdf">p</a><a href="%C3%BC">u</a>`),
				"docs.example/d/open":     text("Open", "open"), "docs.example/d/private/secret": text("Secret", "secret"), "docs.example/d/private/but-this": text("But", "this"), "docs.example/d/x.pdf": plain("%PDF"),
			},
		},
		{name: "robots that cannot be read", start: mapped, end: websource.EndRobots, mustNot: []string{"docs.example/sitemap.xml"}, pages: map[string]page{
			"docs.example/robots.txt": {status: 500}, "docs.example/sitemap.xml": sitemap("/ok"), "docs.example/ok": text("Ok", "fine"),
		}},
		{name: "robots of another host", start: mapped, end: websource.EndRobots, mustNot: []string{"evil.example"}, pages: map[string]page{
			"docs.example/robots.txt": to(301, "https://evil.example/robots.txt"), "docs.example/sitemap.xml": sitemap("/ok"), "docs.example/ok": text("Ok", "fine"),
		}},
		{name: "a bomb for a sitemap", start: "https://docs.example/sitemap.xml.gz", end: websource.EndMap, pages: map[string]page{
			"docs.example/sitemap.xml.gz": plain(packed(t, "<urlset>"+strings.Repeat(" ", 2<<20)+"</urlset>")),
		}},
		{name: "a sitemap in a bomb of entities", start: mapped, end: websource.EndMap, pages: map[string]page{
			"docs.example/sitemap.xml": plain(`<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>`),
		}},
		{
			name: "a sitemap that lies", start: mapped, must: []string{"/ok"}, mustNot: []string{"evil.example", "10.0.0.1", "docs.example:22", "docs.example/%2e"},
			left: map[websource.Reason]int{websource.ReasonElsewhere: 6, websource.ReasonGone: 1, websource.ReasonNoIndex: 1},
			pages: map[string]page{
				"docs.example/sitemap.xml": sitemap("/gone", "/ok", "/ok#again", "https://evil.example/", "http://10.0.0.1/", "https://docs.example:22/", "javascript://x/%0aalert(1)", "https://user:pass@docs.example/", "ftp://docs.example/", "/hidden"),
				"docs.example/ok":          text("Ok", "fine"), "docs.example/hidden": {body: `<meta name="robots" content="noindex"><p>hidden</p>`},
			},
		},
		{
			name: "sitemaps in sitemaps", start: mapped, must: []string{"/ok"}, mustNot: []string{"evil.example"}, end: websource.EndMap,
			pages: map[string]page{
				"docs.example/sitemap.xml": plain(`<sitemapindex><sitemap><loc>/sitemap.xml</loc></sitemap><sitemap><loc>/deep.xml.gz</loc></sitemap><sitemap><loc>/broken.xml</loc></sitemap><sitemap><loc>https://evil.example/s.xml</loc></sitemap></sitemapindex>`),
				"docs.example/deep.xml.gz": plain(packed(t, sitemap("/ok").body)), "docs.example/broken.xml": {status: 500}, "docs.example/ok": text("Ok", "fine"),
			},
		},
		{
			name: "what asks not to be found", start: links, must: []string{"/d/", "/d/seen", "/d/through"}, mustNot: []string{"docs.example/d/unfollowed", "docs.example/d/rel"},
			left: map[websource.Reason]int{websource.ReasonNoIndex: 4, websource.ReasonCanonical: 1},
			pages: map[string]page{
				"docs.example/d/":           text("Home", `<a href="seen">1</a><a href="list">2</a><a href="none">3</a><a href="rel" rel="nofollow">4</a><a href="head">5</a><a href="bot">6</a><a href="copy">7</a><a href="seen?utm_source=x">8</a>`),
				"docs.example/d/seen":       {body: `<link rel="canonical" href="https://docs.example/d/seen"><p>seen</p>`},
				"docs.example/d/list":       {body: `<meta name="ROBOTS" content="NOINDEX, follow"><a href="through">x</a>`},
				"docs.example/d/none":       {body: `<meta name="robots" content="none"><a href="unfollowed">x</a>`},
				"docs.example/d/head":       {body: "<p>head</p>", header: map[string]string{"X-Robots-Tag": "noindex"}},
				"docs.example/d/bot":        {body: `<meta name="stoabot" content="noindex"><p>bot</p>`},
				"docs.example/d/copy":       {body: `<link rel="canonical" href="https://original.example/"><p>copy</p>`},
				"docs.example/d/through":    {body: "<title>Through</title><p>through</p>", header: map[string]string{"X-Robots-Tag": "otherbot: noindex"}},
				"docs.example/d/unfollowed": text("No", "no"), "docs.example/d/rel": text("No", "no"),
			},
		},
		{
			name: "files", start: mapped, must: []string{"/doc.txt", "/guess"}, left: map[websource.Reason]int{websource.ReasonType: 2, websource.ReasonUnreadable: 1, websource.ReasonEmpty: 1},
			pages: map[string]page{
				"docs.example/sitemap.xml": sitemap("/doc.txt", "/a.zip", "/pic.png", "/bad.docx", "/guess", "/empty"),
				"docs.example/doc.txt":     {body: "First line\nmore", header: map[string]string{"Content-Type": "text/plain"}},
				"docs.example/a.zip":       {body: "PK", header: map[string]string{"Content-Type": "application/zip"}},
				"docs.example/pic.png":     {body: "\x89PNG\r\n\x1a\n", header: map[string]string{"Content-Type": "image/png"}},
				"docs.example/bad.docx":    {body: "PK\x03\x04 not", header: map[string]string{"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}},
				"docs.example/guess":       {body: "<!doctype html><title>Guess</title><p>guessed</p>", header: map[string]string{"Content-Type": ""}},
				"docs.example/empty":       {body: `<!doctype html><title>App</title><div id="root"></div><script>text()</script>`},
			},
		},
		{name: "a site that is down", start: mapped, end: websource.EndDown, most: 8, pages: func() map[string]page {
			m, paths := map[string]page{}, []string{}
			for i := range 20 {
				paths = append(paths, fmt.Sprint("/", i))
				m[fmt.Sprint("docs.example/", i)] = page{err: errors.New("no route")}
			}
			m["docs.example/sitemap.xml"] = sitemap(paths...)
			return m
		}()},
		{name: "a site that is busy", start: mapped, end: websource.EndBusy, most: 4, pages: map[string]page{
			"docs.example/sitemap.xml": sitemap("/a", "/b"), "docs.example/a": {status: 429, header: map[string]string{"Retry-After": "7200"}}, "docs.example/b": text("B", "b"),
		}},
		{name: "elements in elements", start: mapped, must: []string{"/ok"}, left: map[websource.Reason]int{websource.ReasonUnreadable: 1}, pages: map[string]page{
			"docs.example/sitemap.xml": sitemap("/deep", "/ok"), "docs.example/deep": plain("<main>" + strings.Repeat("<div>", 150_000) + "text"), "docs.example/ok": text("Ok", "fine"),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWeb(c.pages)
				s := source(t, w, gathered.NewMemory(), c.start, func(o *websource.Options) { o.MaxBytes, o.MaxPages, o.Delay = 1<<20, 30, time.Second })
				report := crawl(t, s)
				var r reader
				r.read(t, s)
				asked := w.took()
				if c.must != nil {
					require.Equal(t, c.must, r.paths())
				}
				for _, address := range asked {
					for _, not := range c.mustNot {
						require.False(t, strings.HasPrefix(address, not), "%s was asked for", address)
					}
				}
				for reason, n := range c.left {
					require.Equal(t, n, report.Left[reason], "%s: %v", reason, report)
				}
				if c.end != "" {
					require.Equal(t, c.end, report.End, "%v", report)
				}
				most := c.most
				if most == 0 {
					most = 40
				}
				require.LessOrEqual(t, len(asked), most, "%v", asked)
				require.Equal(t, len(r.found), report.Pages)
			})
		})
	}
}

// endless is a site whose every page leads to two more.
func endless() map[string]page {
	pages := map[string]page{}
	var grow func(path string, depth int)
	grow = func(path string, depth int) {
		pages["docs.example"+path] = text("Page "+path, fmt.Sprintf(`<a href="%s?n=%d">on</a>`, "/d/", depth+1))
		if depth < 200 {
			grow(fmt.Sprintf("/d/?n=%d", depth+1), depth+1)
		}
	}
	grow("/d/", 0)
	return pages
}

// TestPolite: one request at a time to a host, with pauses, as a guest that says
// who it is, and that comes back when a busy server wants it to.
func TestPolite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := page{serve: func(n int) page {
			if n < 3 {
				return page{status: 503, header: map[string]string{"Retry-After": "90"}}
			}
			return text("Busy", "at last")
		}}
		slow := text("Slow", "slow")
		slow.hook = func(*http.Request) { time.Sleep(3 * time.Second) }
		w := newWeb(map[string]page{
			"docs.example/robots.txt": {body: "User-agent: *\nCrawl-delay: 2.5\nDisallow:"}, "docs.example/sitemap.xml": sitemap("/a", "/b", "/busy"),
			"docs.example/a": slow, "docs.example/b": slow, "docs.example/busy": busy,
		})
		hosts := websource.NewHosts()
		var sources []*websource.Source
		for range 2 {
			sources = append(sources, source(t, w, gathered.NewMemory(), "https://docs.example/sitemap.xml", func(o *websource.Options) {
				o.Hosts, o.Contact = hosts, "https://portal.example/contact"
			}))
		}
		done := make(chan websource.Report)
		for _, s := range sources {
			go func() { report, _ := s.Crawl(t.Context()); done <- report }()
		}
		for range sources {
			report := <-done
			require.Equal(t, 3, report.Pages)
			require.Equal(t, websource.EndWhole, report.End)
		}
		require.Equal(t, 1, w.most, "requests at a time")
		require.Equal(t, "Mozilla/5.0 (compatible; StoaBot; +https://portal.example/contact)", w.agent)
		turnedAway := 0
		for i := 1; i < len(w.at); i++ {
			pause := 2500 * time.Millisecond
			switch before := w.asked[i-1]; {
			case before == "docs.example/robots.txt":
				continue // what it says is not known yet
			case before == "docs.example/busy" && turnedAway < 2:
				turnedAway++
				pause = 90 * time.Second
			}
			require.GreaterOrEqual(t, w.at[i].Sub(w.at[i-1]), pause, "before %s", w.asked[i])
		}
	})
}
