package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// ofKind makes an article of a kind that readers see.
func ofKind(t *testing.T, s *Site, kind kb.Kind, title, body string, fields map[string]string) kb.Article {
	d := draft(title, profile.Public(), "place-public")
	d.Kind, d.Body, d.Fields = kind, body, fields
	return write(t, s, d)
}

// requireComplete wants every article to have what its type requires, so that
// whoever mends a word in one can publish it again.
func requireComplete(t *testing.T, s *Site) {
	t.Helper()
	for after := "first"; after != ""; {
		page, next, err := s.library.Manuscripts(t.Context(), system, kb.ManuscriptQuery{After: strings.TrimPrefix(after, "first")})
		require.NoError(t, err)
		for _, a := range page {
			for _, tr := range a.Translations {
				list, err := s.library.Findings(t.Context(), system, a.ID, tr.Locale)
				require.NoError(t, err)
				for _, f := range list {
					require.NotEqual(t, kb.SeverityError, f.Severity, "%s in %s: %+v", tr.Slug, tr.Locale, f)
				}
			}
		}
		after = next
	}
}

// TestTypedPages: each type of content is shown as what it is.
func TestTypedPages(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "processes.json")
	require.NoError(t, os.WriteFile(nothing, []byte("{}"), 0o600))
	s := open(t, func(c *Config) { c.Processes = nothing }) // nobody has to look at release notes
	_, err := s.library.SaveCategory(t.Context(), system, kb.Category{
		ID: "place-public", Audience: profile.Public(), Source: "en", Labels: map[string]kb.Label{"en": {Title: "Place"}},
	})
	require.NoError(t, err)
	other := ofKind(t, s, kb.KindPost, "Some news", "New.", nil)
	ofKind(t, s, kb.KindWebinar, "Live; lesson, one", "Come.", map[string]string{
		"starts": "2026-12-01T15:00:00Z", "ends": "2026-12-01T16:30:00Z", "speaker": "Ines <b>", "join": "https://meet.example.com/x?a=1&b=2",
		"recording": "https://video.example.com/w",
	})
	ofKind(t, s, kb.KindVideo, "A film", "See.\n\n## Transcript\n\nWords.", map[string]string{"source": "https://video.example.com/v", "duration": "12:34"})
	ofKind(t, s, kb.KindReleaseNote, "Release nine", "## New\n\nThings.", map[string]string{"version": "9.0", "released": "2026-11-02"})
	ofKind(t, s, kb.KindFAQ, "Questions", "First.\n\n## Is it `red`?\n\nYes, see [news](article:"+other.ID+").\n\n## Is it blue?\n\nNo.", nil)
	ofKind(t, s, kb.KindFAQ, "One question?", "One answer.", nil)
	ofKind(t, s, kb.KindTroubleshooting, "It beeps", "## Symptom\n\nBeeps.\n\n## Cause\n\nBattery.\n\n## Solution\n\n1. Change it.\n\n## More\n\nText.", nil)
	film, err := s.library.Find(t.Context(), system, "en", "a-film")
	require.NoError(t, err)
	ofKind(t, s, kb.KindSeries, "All of it", "[a](article:"+other.ID+") [b](article:"+film.ID+")\n\n:::internal\nFor us.\n:::\n", nil)
	requireComplete(t, s)
	as := serve(t, s)
	for _, c := range []struct {
		person, path string
		has, hasNot  []string
	}{
		{"", "/articles/live-lesson-one", []string{
			`<time datetime="2026-12-01T15:00:00Z">Tuesday, December 1, 2026`, `<bdi>UTC</bdi>`, "Ines &lt;b&gt;", `href="https://meet.example.com/x?a=1&amp;b=2"`,
			"Add to calendar", `"@type":"Event"`, `"startDate":"2026-12-01T15:00:00Z"`, "Webinar", "Recording",
		}, nil},
		{"mateo", "/en/articles/live-lesson-one", []string{`<bdi>Europe/Madrid</bdi>`, "4:00"}, []string{`<bdi>UTC</bdi>`}},
		{"", "/ja/articles/live-lesson-one", []string{"カレンダーに追加", "講師", "ウェビナー"}, []string{"Add to calendar"}},
		{"", "/articles/a-film", []string{`"@type":"VideoObject"`, `"duration":"PT12M34S"`, `href="https://video.example.com/v"`, "Length", `class="part part-transcript"`}, []string{"Add to calendar"}},
		{"", "/articles/release-nine", []string{"<bdi>9.0</bdi>", "November 2, 2026", `class="part part-new"`}, nil},
		{"", "/articles/questions", []string{
			`<details class="question"><summary><h2 id="h-is-it-red">Is it <code>red</code>?</h2>`, "/articles/some-news", `"name":"Is it red?"`, `"name":"Is it blue?"`, `<p>First.</p>`,
		}, nil},
		{"", "/articles/one-question", []string{`"name":"One question?"`, "One answer."}, []string{"<details class=\"question\">"}},
		{"", "/articles/it-beeps", []string{`class="part part-symptom"`, `class="part part-fix"`, `<h2 id="h-more">More</h2>`}, nil},
		{"", "/articles/some-news", []string{`"@type":"NewsArticle"`, "Part 1 of 2", `rel="next" href="/en/articles/a-film"`}, []string{`class="said"`, `rel="prev"`}},
		{"", "/de/articles/a-film", []string{"Teil 2 von 2", `rel="prev" href="/de/articles/some-news"`}, []string{`rel="next" href="/de/articles`}},
		{"", "/articles/all-of-it", []string{"Series"}, []string{"For us.", "Only for staff"}},
		{"jonas", "/de/articles/all-of-it", []string{"For us.", "Only for staff", `<div class="part-box">`}, nil},
	} {
		body := as(c.person).get(c.path).Body
		for _, want := range c.has {
			require.Contains(t, body, want, c.path)
		}
		for _, not := range c.hasNot {
			require.NotContains(t, body, not, c.path)
		}
	}

	file := as("").get("/articles/live-lesson-one/calendar")
	require.Equal(t, "text/calendar; charset=utf-8", file.Header.Get("Content-Type"))
	for _, line := range []string{"DTSTART:20261201T150000Z", "DTEND:20261201T163000Z", `SUMMARY:Live\; lesson\, one`, "END:VCALENDAR"} {
		require.Contains(t, file.Body, line+"\r\n")
	}
	for line := range strings.SplitSeq(file.Body, "\r\n") {
		require.LessOrEqual(t, len(line), 75)
	}
	require.Equal(t, 404, as("").get("/articles/a-film/calendar").Status)
}

// TestOwnTypes: a team's own types come from a file, and a wrong one stops the
// portal with a reason.
func TestOwnTypes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "types.json")
	require.NoError(t, os.WriteFile(file, []byte(`[{"kind":"recipe","names":{"en":"Recipe","de":"Rezept"},"fields":[{"key":"heat","kind":"choice","names":{"en":"Heat","de":"Hitze"},"choices":[{"key":"hot","names":{"en":"Very hot","de":"Sehr heiß"}}]}]}]`), 0o600))
	empty := func(c *Config) { c.Demo, c.Types = false, file }
	s := open(t, empty)
	_, err := s.library.SaveCategory(t.Context(), system, kb.Category{
		ID: "place-public", Audience: profile.Public(), Source: "en", Labels: map[string]kb.Label{"en": {Title: "Place"}},
	})
	require.NoError(t, err)
	ofKind(t, s, "recipe", "Soup", "Boil.", map[string]string{"heat": "hot"})
	require.NoError(t, s.engine.Refresh(t.Context()))
	as := serve(t, s)
	for path, has := range map[string]string{"/en/articles/soup": "Very hot", "/de/articles/soup": "Sehr heiß", "/de/search?q=soup": "Rezept"} {
		require.Contains(t, as("").get(path).Body, has, path)
	}
	require.NoError(t, os.WriteFile(file, []byte(`[{"kind":"Recipe","names":{"en":"Recipe"}}]`), 0o600))
	_, err = Open(t.Context(), Config{Data: t.TempDir(), Types: file})
	require.ErrorContains(t, err, "-types "+file)
	require.ErrorContains(t, err, "small letters")
}
