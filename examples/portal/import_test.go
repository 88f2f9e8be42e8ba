package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// imported starts a portal without the demo on what is at path, and returns it
// with its data folder. Each request is another client's, so that none is one
// too many.
func imported(t testing.TB, path string) (*process, string) {
	t.Helper()
	folder := t.TempDir()
	return start(t, "-data", folder, "-demo=false", "-log", "off", "-proxies", "127.0.0.1", "-import", path), folder
}

// visit gets a path as a client of its own.
func (p *process) visit(n int, path string) answer {
	p.t.Helper()
	return p.get(path, "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", 100+n/250, n%250), "Accept-Language", "")
}

// lines returns what a program wrote, line by line.
func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

// sourceLine is what a test needs of a line of articles.jsonl.
type sourceLine struct {
	ID, Lang, Title string
	RedirectFrom    []string `json:"redirect_from"`
	SourceURL       string   `json:"source_url"`
}

// old returns the addresses at which the line's article was found before.
func (l sourceLine) old() []string {
	if u, err := url.Parse(l.SourceURL); err == nil && u.Path != "" {
		return append(slices.Clone(l.RedirectFrom), u.Path)
	}
	return l.RedirectFrom
}

func sourceLines(t testing.TB, file string) (out []sourceLine) {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	in := bufio.NewScanner(bytes.NewReader(raw))
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var l sourceLine
		require.NoError(t, json.Unmarshal(in.Bytes(), &l))
		out = append(out, l)
	}
	require.NoError(t, in.Err())
	return out
}

// TestImportHelpCentre takes in a real help centre of 55 articles in four
// languages, with the addresses it had before.
func TestImportHelpCentre(t *testing.T) {
	from := data(t, "kb/logingov-help")
	p, folder := imported(t, from)
	require.NotContains(t, p.out.String(), "\r", "nobody watches: there is no bar")
	said := lines(p.out.String())
	require.Regexp(t, `^imported `+from+`: 55 articles in 220 texts: 55 new, 0 changed, 0 as they were, 0 problems; `+
		`6 categories and 0 pictures new or changed, 760 old addresses; \d+\.\d s, \d+ texts a second$`, said[len(said)-2])
	db := look(t, folder)
	require.Equal(t, 55, count(t, db, `select count(*) from stoa_article`))
	require.Equal(t, 220, count(t, db, `select count(*) from stoa_translation where status = 'published'`))
	require.Equal(t, 760, count(t, db, `select count(*) from stoa_redirect`))
	before := stored(t, db)

	t.Run("old addresses", func(t *testing.T) { oldAddresses(t, p, from) })
	p.stop()

	again := start(t, "-data", folder, "-demo=false", "-log", "off", "-import", from)
	require.Contains(t, again.out.String(), "55 articles in 220 texts: 0 new, 0 changed, 55 as they were, 0 problems; 0 categories and 0 pictures new or changed")
	again.stop()
	require.Equal(t, before, stored(t, db), "importing again changes nothing")
}

// oldAddresses follows where pages were before to where they are: each leads,
// for ever, to the article it was, in the language it was in.
func oldAddresses(t *testing.T, p *process, from string) {
	seen, followed, languages := 0, 0, map[string]int{}
	for _, l := range sourceLines(t, filepath.Join(from, "articles.jsonl")) {
		for _, old := range l.old() {
			// The whole list is long; every language and form of address is in this part.
			if seen++; seen%6 > 0 {
				continue
			}
			a, hops := p.visit(followed, old), 0
			for ; a.status == 301 && hops < 3; hops++ {
				a = p.visit(followed, a.header.Get("Location"))
			}
			require.Equal(t, 200, a.status, "%s (%s)", old, l.Lang)
			require.Equal(t, 1, hops, "%s leads there at once", old)
			require.Contains(t, a.body, "<h1>"+html.EscapeString(withoutControls(l.Title))+"</h1>", "%s was in %s", old, l.Lang)
			followed++
			languages[l.Lang]++
		}
	}
	require.Greater(t, followed, 50)
	require.Len(t, languages, 4)
	t.Logf("%d old addresses followed, by language: %v", followed, languages)
	require.Equal(t, 404, p.visit(followed, "/help/there-never-was-such-a-page").status)
}

// withoutControls returns a title as the library keeps it, without the
// characters that turn the direction of all that follows.
func withoutControls(title string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, title)
}

// TestImportTwelveLanguages takes in a help centre in more languages than the
// interface has texts in. All of it can be read, each page in the language of
// its content and around it in one the interface has.
func TestImportTwelveLanguages(t *testing.T) {
	if testing.Short() {
		t.Skip("1,368 texts take a while")
	}
	from := data(t, "kb/projectops-multilang")
	p, folder := imported(t, from)
	said := lines(p.out.String())
	require.Contains(t, said[len(said)-2], ": 114 articles in 1368 texts: 114 new, 0 changed, 0 as they were, 0 problems; 13 categories ")
	t.Log(said[len(said)-2])
	db := look(t, folder)
	require.Equal(t, 1368, count(t, db, `select count(*) from stoa_translation where status = 'published'`))
	titles := map[string]string{}
	for _, l := range sourceLines(t, filepath.Join(from, "articles.jsonl")) {
		if l.ID == "actuals/actuals-overview" {
			titles[l.Lang] = withoutControls(l.Title)
		}
	}
	require.Len(t, titles, 12)
	p.caughtUp()
	n := 0
	for lang, title := range titles {
		t.Run(lang, func(t *testing.T) {
			n++
			a := p.visit(n, i18n.JoinPath(i18n.Locale(lang), "/articles/actuals-overview"))
			require.Equal(t, 200, a.status)
			require.Contains(t, a.body, "<h1>"+html.EscapeString(title)+"</h1>")
			require.Equal(t, lang, a.header.Get("Content-Language"))
			readableIn(t, a.body, i18n.Locale(lang))
			for _, path := range []string{"/", "/categories", "/categories/actuals", "/search?q=actuals", "/contact"} {
				require.Equal(t, 200, p.visit(n, i18n.JoinPath(i18n.Locale(lang), path)).status, path)
			}
			list := p.visit(n, i18n.JoinPath(i18n.Locale(lang), "/categories/actuals")).body
			require.Contains(t, list, html.EscapeString(title), "lists are in the language of content")
			found := p.visit(n, i18n.JoinPath(i18n.Locale(lang), "/search?"+url.Values{"q": {title}}.Encode())).body
			require.Contains(t, found, `"`+i18n.JoinPath(i18n.Locale(lang), "/articles/actuals-overview?c="), "what is written in it is found")
		})
	}
	t.Run("sitemap", func(t *testing.T) { sitemapLeads(t, p) })
	p.stop()
	again := start(t, "-data", folder, "-demo=false", "-log", "off", "-import", from)
	require.Contains(t, again.out.String(), ": 0 new, 0 changed, 114 as they were, 0 problems; 0 categories and 0 pictures new or changed")
	require.Equal(t, 200, again.get("/pl/articles/actuals-overview").status, "languages are known from the start")
}

var htmlTag = regexp.MustCompile(`<html lang="([^"]+)" dir="([^"]+)">`)

// readableIn requires that a page says of its content that it is in lang, and
// of itself what it speaks.
func readableIn(t *testing.T, body string, lang i18n.Locale) {
	t.Helper()
	page := htmlTag.FindStringSubmatch(body)
	require.NotNil(t, page)
	spoken := i18n.Locale(page[1])
	require.Equal(t, string(spoken.Dir()), page[2])
	switch lang {
	case "en", "de", "es", "ja", "ar":
		require.Equal(t, lang, spoken)
		require.Contains(t, body, `<article class="text">`)
	default:
		require.Equal(t, i18n.Locale("en"), spoken)
		require.Contains(t, body, fmt.Sprintf(`<article class="text" %s>`, attrs(lang)))
		require.Contains(t, body, fmt.Sprintf(`<span class="drop-label" %s>%s</span>`, attrs(lang), lang.Autonym()))
	}
}

func attrs(l i18n.Locale) string { return fmt.Sprintf(`lang="%s" dir="%s"`, l, l.Dir()) }

// sitemapLeads asks for some of the addresses that outside search engines are
// told of.
func sitemapLeads(t *testing.T, p *process) {
	var urls []string
	for _, file := range locations(t, p, "/sitemap.xml") {
		urls = append(urls, locations(t, p, file)...)
	}
	require.Greater(t, len(urls), 1368)
	for i := 0; i < len(urls); i += 11 {
		require.Equal(t, 200, p.visit(i, urls[i]).status, urls[i])
	}
}

// locations returns the paths that a sitemap, or an index of them, names.
func locations(t *testing.T, p *process, path string) (out []string) {
	var list struct {
		Maps  []string `xml:"sitemap>loc"`
		Pages []string `xml:"url>loc"`
	}
	require.NoError(t, xml.Unmarshal([]byte(p.get(path).body), &list))
	for _, loc := range append(list.Maps, list.Pages...) {
		out = append(out, strings.TrimPrefix(loc, p.url))
	}
	return out
}

// TestImportOriginals takes in files as they were written for other systems,
// with front matter of every kind.
func TestImportOriginals(t *testing.T) {
	p, folder := imported(t, data(t, "kb/raw-samples/files"))
	require.Contains(t, p.out.String(), " in 44 texts: 43 new, 0 changed, 0 as they were, 2 problems; ")
	require.Equal(t, []string{
		"not imported: dynamics-365-project-operations-pr.he-il__confirm-proforma-invoice.md:2: audience: Application User is not an audience. Please choose from the list of segments.",
		"not imported: dynamics-365-project-operations-pr.he-il__sales-overview.md:2: audience: Admin is not an audience. Please choose from the list of segments.",
	}, lines(p.out.String())[:2], "nothing becomes public whose audience is not understood")
	db := look(t, folder)
	var slugs []struct{ Locale, Slug string }
	require.NoError(t, db.SelectContext(t.Context(), &slugs, `select locale, slug from stoa_translation where status = 'published'`))
	require.Len(t, slugs, 44)
	for i, s := range slugs {
		a := p.visit(i, i18n.JoinPath(i18n.Locale(s.Locale), "/articles/"+s.Slug))
		require.Equal(t, 200, a.status, s.Slug)
		require.NotContains(t, a.body, "<script>", s.Slug)
	}
}

// TestImportFaults: what cannot be taken is named by file, line and reason, in
// words, and the rest is taken.
func TestImportFaults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "faulty")
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	write("setup/good.md", "---\ntitle: A good one\nsummary: It is good.\nredirect_from: /old/good\n---\n\nText.\n")
	write("setup/plain.md", "# Without front matter\n\nText.\n")
	write("setup/open.md", "---\ntitle: Never closed\n\nText.\n")
	write("setup/yaml.md", "---\ntitle: Fine\nsummary: fine\ntags: [a, b\norder: 1\n---\n\nText.\n")
	write("setup/date.md", "---\ntitle: When\nupdated: the day before yesterday\n---\n\nText.\n")
	write("setup/audience.md", "---\ntitle: Who\naudience: [Everyone We Like]\n---\n\nText.\n")
	write("setup/kind.md", "---\ntitle: What\nkind: sonnet\n---\n\nText.\n")
	write("setup/lang.md", "---\ntitle: Where\nlang: klingon_\n---\n\nText.\n")
	write("setup/long.md", "---\ntitle: "+strings.Repeat("so long ", 100)+"\n---\n\nText.\n")
	write("setup/twice.md", "---\nid: same\ntitle: One\n---\n\nText.\n")
	write("setup/twice-again.md", "---\nid: same\ntitle: Other\n---\n\nText.\n")
	write("setup/claims.md", "---\ntitle: Claims\nredirect_from: /old/good\n---\n\nText.\n")
	write("setup/empty.md", "")
	write("media/not-a-picture.png", "this is no picture")
	p, _ := imported(t, dir)
	out := p.out.String()
	t.Log("\n" + out)
	for _, want := range []string{
		`setup/open\.md:\d+: .*front matter`, `setup/yaml\.md:\d+: `, `setup/date\.md:\d+: .*day before yesterday.*date`, `setup/audience\.md:\d+: audience: .*Everyone We Like`,
		`setup/kind\.md:\d+: .*kind`, `setup/lang\.md:\d+: .*`, `setup/long\.md:\d+: title: `, `setup/twice.*:\d+: .*second time`, `(good|claims)\.md:\d+: .*/old/good`, `media/not-a-picture\.png|not-a-picture\.png: `,
	} {
		require.Regexp(t, `(?m)^not imported: .*`+want, out)
	}
	require.NotRegexp(t, `error\.[a-z_]+\.`, out, "words, not the names of texts")
	require.Equal(t, 200, p.get("/en/articles/good").status, "the rest is there")
	require.Equal(t, 200, p.get("/en/articles/plain").status)
	require.Equal(t, 404, p.get("/en/articles/audience").status)
}

// TestImportCutOff: a file that ends in the middle of a line is read up to it.
func TestImportCutOff(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, `{"id":"a/%d","lang":"en","category":"a","title":"Title %d","body_markdown":"Text of %d"}`+"\n", i, i, i)
	}
	whole := b.String()
	file := filepath.Join(dir, "articles.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(whole[:len(whole)-30]), 0o644))
	p, folder := imported(t, file)
	require.Regexp(t, `(?m)^not imported: articles\.jsonl:20: What is here is no JSON that an article can be read from\. .+$`, p.out.String())
	require.Contains(t, p.out.String(), "19 articles in 19 texts: 19 new, 0 changed, 0 as they were, 1 problem;")
	p.stop()

	require.NoError(t, os.WriteFile(file, []byte(whole), 0o644))
	again := start(t, "-data", folder, "-demo=false", "-log", "off", "-import", file)
	require.Contains(t, again.out.String(), "20 articles in 20 texts: 1 new, 0 changed, 19 as they were, 0 problems")
}

// TestProgress: whoever watches sees a bar, a log has a line now and then.
func TestProgress(t *testing.T) {
	clock := time.Unix(0, 0)
	run := func(bar bool, every time.Duration) string {
		var out bytes.Buffer
		p := newProgress(&out)
		require.False(t, p.bar, "a buffer is no terminal")
		p.bar, p.every, p.now, p.last = bar, every, func() time.Time { return clock }, clock
		for i := range 100 {
			clock = clock.Add(time.Second / 10)
			p.show(i+1, 100)
		}
		p.end()
		return out.String()
	}
	require.Equal(t, "importing 50/100\nimporting 100/100\n", run(false, 5*time.Second))
	drawn := strings.Split(run(true, time.Second), "\r")
	require.Equal(t, "importing [###...........................] 10/100", drawn[1])
	require.Equal(t, "importing [##############################] 100/100\n", drawn[len(drawn)-1])
	require.Len(t, drawn, 11)
}
