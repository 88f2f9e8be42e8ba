package seo_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/search/seo"
)

var (
	noon  = seo.At(time.Date(2026, 3, 1, 12, 0, 0, 999, time.UTC))
	one   = 1
	ours  = &seo.Organization{Name: "Kelvane", URL: "https://a.example/"}
	about = seo.Page{URL: "https://a.example/x", Description: "About it", InLanguage: "en", DatePublished: noon, DateModified: noon, Publisher: ours}
)

// whole are things of every type with all that the table asks for.
func whole() []seo.Thing {
	return []seo.Thing{
		seo.Organization{Name: "Kelvane", URL: "https://a.example/", Logo: "https://a.example/l.svg", SameAs: []string{"https://b.example/"}},
		seo.Person{Name: "Ann"},
		seo.WebSite{Name: "Kelvane", URL: "https://a.example/", InLanguage: "en", Publisher: ours, Search: &seo.SearchAction{Target: "https://a.example/search?q={search_term_string}"}},
		seo.BreadcrumbList{Items: []seo.ListItem{{1, "Home", "https://a.example/"}, {2, "Here", ""}}},
		seo.Article{Headline: "One", Page: about}, seo.Article{Kind: "TechArticle", Headline: "One", Page: about, MainPage: about.URL}, seo.Article{Kind: "NewsArticle", Headline: "One", Page: about},
		seo.FAQPage{Headline: "FAQ", Page: about, Questions: []seo.Question{{Name: "Why?", Accepted: &seo.Answer{Text: "<p>So.</p>"}}}},
		seo.QAPage{Page: about, Question: seo.Question{
			Name: "Why?", Text: "Why is it so?", AnswerCount: &one, UpvoteCount: &one, DateCreated: noon, Author: &seo.Person{Name: "Ann"},
			Accepted: &seo.Answer{Text: "So.", URL: "https://a.example/x#1", UpvoteCount: &one, DateCreated: noon}, Suggested: []seo.Answer{{Text: "Or so."}},
		}},
		seo.HowTo{Name: "To do it", Page: about, TotalTime: seo.Duration(90 * time.Minute), Tools: []string{"Screwdriver"}, Supplies: []string{"Battery"}, Steps: []seo.Step{{Position: 1, Name: "First", Text: "Do it.", URL: "https://a.example/x#a"}}},
		seo.VideoObject{Name: "See it", Page: about, Thumbnail: []string{"https://a.example/t.png"}, UploadDate: noon, Duration: seo.Duration(time.Minute), ContentURL: "https://a.example/f.webm", Transcript: "Said."},
		seo.Course{Name: "Learn it", Page: about, Provider: ours, Offers: []seo.Offer{{Category: "Paid", Price: "49.00", Currency: "EUR"}}, Instances: []seo.CourseInstance{
			{Mode: seo.ModeOnline, Workload: seo.Duration(2 * time.Hour)}, {Mode: seo.ModeOnsite, StartDate: noon, EndDate: noon, Location: &seo.Place{Name: "Hall"}},
		}},
		seo.Event{Name: "Come", URL: "https://a.example/x", About: "About it", Language: "en", StartDate: noon, EndDate: noon, Attend: seo.AttendOnline, Status: seo.EventScheduled, Location: seo.Place{Virtual: true, URL: "https://a.example/j"}, Organizer: ours},
	}
}

func TestEveryTypeIsAsTheTableSays(t *testing.T) {
	for _, thing := range whole() {
		data, err := seo.Data(thing)
		require.NoError(t, err)
		require.Empty(t, seo.CheckData(data), "%s: %s", thing.SchemaType(), data)
		var o map[string]any
		require.NoError(t, json.Unmarshal(data, &o))
		require.Equal(t, "https://schema.org", o["@context"])
		require.Equal(t, thing.SchemaType(), o["@type"])
	}
}

// TestTheTableBites: what lacks something, or says what cannot stand there, is
// found out.
func TestTheTableBites(t *testing.T) {
	for name, tc := range map[string]struct {
		data string
		path string
		mild bool
	}{
		"no JSON":              {`{`, "", false},
		"no context":           {`{"@type":"Person","name":"Ann"}`, "", false},
		"another context":      {`{"@context":"http://a.example","@type":"Person","name":"Ann"}`, "", false},
		"no type":              {`{"@context":"https://schema.org","name":"Ann"}`, "", false},
		"unknown type":         {`{"@context":"https://schema.org","@type":"Dragon","name":"Ann"}`, "", false},
		"nothing required":     {`{"@context":"https://schema.org","@type":"Person"}`, "name", false},
		"blank":                {`{"@context":"https://schema.org","@type":"Person","name":" "}`, "name", false},
		"unknown property":     {`{"@context":"https://schema.org","@type":"Person","name":"Ann","wings":"2"}`, "wings", false},
		"wrong text":           {`{"@context":"https://schema.org","@type":"Person","name":"Ann","url":"/ann"}`, "url", false},
		"script":               {`{"@context":"https://schema.org","@type":"Person","name":"Ann","url":"javascript:alert(1)"}`, "url", false},
		"number for text":      {`{"@context":"https://schema.org","@type":"Person","name":1}`, "name", false},
		"wrong thing":          {`{"@context":"https://schema.org","@type":"FAQPage","mainEntity":[{"@type":"Person","name":"Ann"}]}`, "mainEntity[0]", false},
		"nested":               {`{"@context":"https://schema.org","@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Why?","acceptedAnswer":{"@type":"Answer"}}]}`, "mainEntity[0].acceptedAnswer.text", false},
		"no answer":            {`{"@context":"https://schema.org","@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Why?"}]}`, "mainEntity[0]", false},
		"no time":              {`{"@context":"https://schema.org","@type":"Article","headline":"x","datePublished":"soon"}`, "datePublished", false},
		"no duration":          {`{"@context":"https://schema.org","@type":"HowTo","name":"x","step":[{"@type":"HowToStep","text":"x"}],"totalTime":"PT"}`, "totalTime", false},
		"video without pic":    {`{"@context":"https://schema.org","@type":"VideoObject","name":"x","uploadDate":"2026-01-01","embedUrl":"https://a.example"}`, "thumbnailUrl", false},
		"could be better":      {`{"@context":"https://schema.org","@type":"Article","headline":"x","datePublished":"2026-01-01"}`, "publisher", true},
		"context where a part": {`{"@context":"https://schema.org","@type":"Article","headline":"x","publisher":{"@context":"https://schema.org","@type":"Organization","name":"x"}}`, "publisher.@context", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range seo.CheckData([]byte(tc.data)) {
				if f.Path == tc.path && f.Mild == tc.mild {
					require.NotEmpty(t, f.Error())
					return
				}
			}
			t.Fatalf("not found out: %s: %v", tc.data, seo.CheckData([]byte(tc.data)))
		})
	}
	_, known := seo.ShapeOf("QAPage")
	require.True(t, known)
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "PT0S", 90 * time.Second: "PT1M30S", 26 * time.Hour: "PT26H", time.Hour + time.Second: "PT1H1S", time.Millisecond: "PT0S"} {
		require.Equal(t, want, seo.Duration(d).String())
	}
}

// FuzzScript: whatever people wrote, the element ends where it should, the page
// has no other, and what is read is what was written.
func FuzzScript(f *testing.F) {
	for _, s := range []string{"", "plain", "</script><script>alert(1)</script>", "<!--", "<!-- <script>", "]]>", "a\u2028b\u2029c", "\"\\", "\x00", "\xff", "</SCRIPT >", "&lt;/script&gt;", "{{.}}", "日本語 العربية 😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := seo.Script(
			seo.FAQPage{Headline: s, Page: seo.Page{Description: s}, Questions: []seo.Question{{Name: s, Accepted: &seo.Answer{Text: s}}}},
			seo.Article{Kind: s, Headline: s},
		)
		require.NoError(t, err)
		require.NotContains(t, string(out), "\u2028")
		require.NotContains(t, string(out), "\u2029")
		scripts := scriptsOf(t, "<head>"+string(out)+"</head><body><p id=after></p>")
		require.Len(t, scripts, 2)
		var o struct {
			Headline   string
			MainEntity []struct{ AcceptedAnswer struct{ Text string } }
		}
		require.NoError(t, json.Unmarshal([]byte(scripts[0]), &o))
		require.Equal(t, string([]rune(s)), o.Headline, "what is no UTF-8 is replaced: %q", out)
	})
}

// scriptsOf returns what is in the elements of structured data of a page, as a
// browser reads it, which has no other scripts and goes on after them.
func scriptsOf(t *testing.T, page string) (out []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	after := false
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			after = after || a.Key == "id" && a.Val == "after"
		}
		if n.Data == "script" {
			require.Equal(t, "application/ld+json", n.Attr[0].Val)
			out = append(out, n.FirstChild.Data)
		}
	}
	require.True(t, after, page)
	return out
}

func TestHead(t *testing.T) {
	h := seo.Head{
		Title: `Say "no"`, Description: "<b>", Canonical: "https://a.example/en/x", Default: "https://a.example/x",
		Alternates: []seo.Alternate{{"en", "https://a.example/en/x"}, {"de", "https://a.example/de/x"}, {"en", "https://a.example/other"}},
		Feeds:      []seo.Feed{{Title: "News", Href: "/feed.atom"}},
		Card:       seo.Card{SiteName: "Kelvane", Type: "article", Locale: "en", Image: "https://a.example/i.png", ImageAlt: "It", Large: true, Published: noon.Time, Modified: noon.Time},
		Data:       []seo.Thing{seo.Person{Name: "Ann"}},
	}
	out, err := h.HTML()
	require.NoError(t, err)
	for _, want := range []string{
		`<link rel="canonical" href="https://a.example/en/x">`, `<link rel="alternate" hreflang="de" href="https://a.example/de/x">`, `hreflang="x-default" href="https://a.example/x"`,
		`content="Say &#34;no&#34;"`, `name="description" content="&lt;b&gt;"`, `type="application/atom+xml" title="News"`, `og:locale" content="en"`, `og:locale:alternate" content="de"`,
		`article:published_time" content="2026-03-01T12:00:00Z"`, `"summary_large_image"`, `"@type":"Person"`,
	} {
		require.Contains(t, string(out), want)
	}
	require.Equal(t, 1, strings.Count(string(out), `hreflang="en"`))
	h.NoIndex = true
	out, err = h.HTML()
	require.NoError(t, err)
	require.Contains(t, string(out), `content="noindex"`)
	for _, not := range []string{"canonical", "hreflang", "ld+json", "og:url", "og:locale:alternate"} {
		require.NotContains(t, string(out), not)
	}
}

func TestCheckAlternates(t *testing.T) {
	en, de, all := seo.Alternate{Lang: "en", Href: "E"}, seo.Alternate{Lang: "de", Href: "D"}, seo.Alternate{Lang: seo.Default, Href: "X"}
	require.Empty(t, seo.CheckAlternates(map[string][]seo.Alternate{"E": {en, de, all}, "D": {en, de, all}, "alone": nil}))
	for name, pages := range map[string]map[string][]seo.Alternate{
		"does not name itself": {"E": {de}, "D": {en, de}},
		"is not named by D":    {"E": {en, de}, "D": {de}},
		"which is no page":     {"E": {en, de}},
	} {
		faults := seo.CheckAlternates(pages)
		require.NotEmpty(t, faults)
		require.Contains(t, faults[len(faults)-1].Error()+faults[0].Error(), name)
	}
}
