package site

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
)

// journeys keeps searches of different people of yesterday, none of whom found
// what they looked for.
func journeys(t *testing.T, s *Site, a kb.Article) {
	t.Helper()
	var list []analytics.Event
	at := s.cfg.Now().UTC().Add(-26 * time.Hour)
	for i := range 4 {
		one := analytics.Event{At: at.Add(time.Duration(i) * time.Minute), Received: at, Session: fmt.Sprint("s", i), User: fmt.Sprint("zq-person-", i), Locale: "en"}
		gone, shown, read := one, one, one
		gone.ID, gone.Name, gone.Text = fmt.Sprint("q", i), "search.performed", "Purple Blinking"
		shown.ID, shown.Name, shown.Text, shown.Hits, shown.Props = fmt.Sprint("r", i), "search.performed", "zebra", 1, map[string]string{"shown": "article/" + a.ID}
		shown.At = shown.At.Add(10 * time.Minute)
		read.ID, read.Name, read.Subject, read.Search = fmt.Sprint("c", i), "search.clicked", "article/"+a.ID, shown.ID
		read.At = shown.At.Add(time.Minute)
		view := read
		view.ID, view.Name = fmt.Sprint("v", i), "article.viewed"
		list = append(list, gone, shown, read, view)
	}
	list = append(list, analytics.Event{ID: "alone", Name: "search.performed", At: at, Received: at, Session: "x", User: "tom", Locale: "en", Text: "zqsecret of tom"})
	require.NoError(t, sqlanalytics.New(s.db.write).Append(t.Context(), list))
	require.NoError(t, s.reporter.DoDue(t.Context()))
	require.NoError(t, s.analyst.DoDue(t.Context()))
}

func TestContentHealth(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	d := draft("Zebra crossing", profile.Public(), anyCategory(t, s))
	d.Owner, d.Body = "ines", "## Steps\n\nWalk."
	a := write(t, s, d)
	journeys(t, s, a)
	t.Run("is for those who work on articles", func(t *testing.T) {
		for _, path := range []string{"/en/desk/health", "/en/desk/health/searches", "/en/desk/health/questions", "/en/desk/health/articles/" + a.ID, "/en/desk/draft"} {
			for _, person := range []string{"", "tom", "jonas"} {
				if person == "jonas" && path == "/en/desk/draft" {
					continue // agents draft
				}
				require.Equal(t, unseen(person), as(person).get(path).Status, "%s %s", person, path)
			}
			require.Equal(t, 200, as("ines").get(path).Status, path)
		}
		require.NotContains(t, as("ines").get("/en/desk/health").Body, "All articles together")
		got := as("marek").get("/en/desk/health").Body
		require.Contains(t, got, "All articles together")
		require.Contains(t, got, "trend-bar")
		require.Equal(t, 200, as("marek").get("/ar/desk/health?code=translation_missing").Status)
		require.Equal(t, 422, as("marek").get("/en/desk/health?code=nonsense").Status)
	})
	t.Run("says of an article what led to it", func(t *testing.T) {
		got := as("ines").get("/en/desk/health/articles/" + a.ID).Body
		require.Contains(t, got, "zebra")
		require.Contains(t, got, "There is no text in German")
		require.Contains(t, as("ines").get("/en/desk/articles/"+a.ID+"/en").Body, "Searches that show this article")
	})
	t.Run("gaps name nobody and become articles", func(t *testing.T) {
		got := as("ines").get("/en/desk/health/searches").Body
		require.Contains(t, got, "purple blinking")
		require.NotContains(t, got, "zqsecret")
		require.NotContains(t, got, "zq-person")
		require.NotContains(t, got, "/desk/search/")
		require.Contains(t, as("ruth").get("/en/desk/health/searches").Body, "/en/desk/search/synonyms/new?from=purple&#43;blinking&amp;locale=en")
		require.Contains(t, as("ines").get("/en/desk/articles/new?kind=guide").Body, "purple blinking", "beside the editor")
		page := "/en/desk/draft?gap=" + url.QueryEscape("en|purple blinking")
		got = as("ines").get(page).Body
		require.Contains(t, got, `value="Purple blinking"`)
		form := url.Values{"do": {"create"}, "title": {"Purple blinking"}, "body": {"It restarts."}, "kind": {"faq"}, "locale": {"en"}, "source": {"gap"}, "ref": {"en|purple blinking"}, "key": {"k"}}
		bad := as("ines").post("/en/desk/draft", form)
		require.Equal(t, 422, bad.Status, "without a category")
		require.Contains(t, bad.Body, "It restarts.")
		form.Set("category", anyCategory(t, s))
		for range 2 {
			require.Equal(t, 303, as("ines").post("/en/desk/draft", form).Status)
		}
		require.NotContains(t, as("ines").get("/en/desk/health/searches").Body, "purple blinking")
		require.Contains(t, as("ines").get("/en/desk/health/searches?state=handled").Body, "purple blinking")
		require.Equal(t, 303, as("ines").post("/en/desk/health/searches", url.Values{"query": {"en|purple blinking"}, "state": {"ignored"}}).Status)
		require.Equal(t, 404, as("ines").post("/en/desk/health/searches", url.Values{"query": {"en|zqsecret of tom"}, "state": {"ignored"}}).Status)
		require.Equal(t, 404, as("tom").post("/en/desk/health/searches", url.Values{"query": {"en|purple blinking"}, "state": {"open"}}).Status)
	})
	t.Run("questions that come again become answers", func(t *testing.T) {
		for i := range 3 {
			f := kb.Feedback{
				ID: fmt.Sprint("f", i), Article: a.ID, Locale: "en", Comment: "Where is the zebra button, asks tom@example.com", Person: fmt.Sprint("p", i), At: s.cfg.Now().UTC(),
				State: kb.FeedbackDone, Assignee: "ines", Resolution: "It is on the back.", UpdatedAt: s.cfg.Now().UTC(), Version: 1,
			}
			require.NoError(t, s.articles.AddFeedback(t.Context(), f))
		}
		require.NoError(t, s.analyst.Review(t.Context()))
		got := as("ines").get("/en/desk/health/questions").Body
		require.Contains(t, got, "Where is the zebra button, asks [email]")
		require.Contains(t, got, "It is on the back.")
		list, _, err := s.analyst.Candidates(t.Context(), system, insight.CandidateList{})
		require.NoError(t, err)
		require.Contains(t, as("ines").get("/en/desk/draft?question="+list[0].ID).Body, "It is on the back.")
		require.Equal(t, 303, as("ines").post("/en/desk/health/questions/"+list[0].ID, url.Values{"state": {"dismissed"}}).Status)
		require.NotContains(t, as("ines").get("/en/desk/health/questions").Body, "zebra button")
	})
	if testing.Short() {
		return
	}
	inEveryLook(t, s, "marek", func(t *testing.T, p *browser.Page, to, check func(string)) {
		for _, path := range []string{"/desk/health", "/desk/health/articles/" + a.ID, "/desk/articles/" + a.ID + "/en/notes", "/desk/draft"} {
			to(path)
			check(path)
		}
		require.Empty(t, p.CSPViolations())
	})
}

func TestDraftFromConversation(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	page := "/en/desk/draft"
	form := url.Values{
		"do": {"read"}, "kind": {"troubleshooting"}, "locale": {"en"}, "ref": {"C-17"}, "names": {"Berg"},
		"text": {"Tom: The hub of Mrs Berg is red. Write to tom@example.com <b>\nInês: Hold the button, Tom.\nfor ten seconds"},
	}
	got := as("ines").post(page, form)
	require.Equal(t, 200, got.Status)
	for _, want := range []string{"The hub of Mrs [name] is red. Write to [email] &lt;b&gt;", "Hold the button, [name].\nfor ten seconds", "tom@example.com", "## Symptom", "<mark>[email]</mark>", `value="C-17"`} {
		require.Contains(t, got.Body, want)
	}
	require.Equal(t, 1, strings.Count(got.Body, "tom@example.com"), "only where it is said what was taken out")
	for name, change := range map[string]func(url.Values){
		"nothing": func(v url.Values) { v.Set("text", " ") }, "json": func(v url.Values) { v.Set("text", "{nonsense") }, "kind": func(v url.Values) { v.Set("kind", "none") },
	} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		change(bad)
		got := as("ines").post(page, bad)
		require.Equal(t, 422, got.Status, name)
		require.Contains(t, got.Body, "C-17", "what was typed stays")
	}
	for name, text := range map[string]string{
		"json": `{"title": "Red hub", "turns": [{"role": "customer", "name": "Tom", "text": "It is red, says Tom"}, {"role": "agent", "text": "Restart it.", "accepted": true}]}`,
		"mail": "From: Tom Berg <tom@example.com>\nSubject: =?utf-8?q?Red_hub?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nIt is red, says Tom=\n Berg\n> old words\n",
	} {
		form.Set("text", text)
		got := as("ines").post(page, form)
		require.Equal(t, 200, got.Status, name)
		require.Contains(t, got.Body, "It is red, says [name]", name)
		require.Contains(t, got.Body, `value="Red hub"`, name)
		require.NotContains(t, got.Body, "old words", name)
	}
	keep := url.Values{"do": {"create"}, "title": {"Red hub"}, "body": {"## Symptom\n\nIt is red."}, "kind": {"troubleshooting"}, "locale": {"en"}, "category": {anyCategory(t, s)}, "source": {"upload"}, "ref": {"C-17"}, "key": {"k"}}
	done := as("ines").post(page, keep)
	require.Equal(t, 303, done.Status)
	at := strings.SplitN(done.Header.Get("Location"), "?", 2)[0]
	require.Contains(t, as("ines").get(at+"/notes").Body, "conversation C-17")
	keep.Set("source", "made-up")
	require.Equal(t, 400, as("ines").post(page, keep).Status/100*100)
}

// TestOwnPatterns: what a team's own file names is taken out of conversations
// and of what is kept of searches, and a wrong one stops the portal with a
// reason.
func TestOwnPatterns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redact.json")
	require.NoError(t, os.WriteFile(file, []byte(`[{"kind":"customer-number","pattern":"\\bK-\\d{4}\\b"}]`), 0o600))
	s := open(t, func(c *Config) { c.Demo, c.Redact = false, file })
	d, err := s.library.DraftFrom(t.Context(), system, kb.Conversation{Source: kb.Source{Kind: "upload"}, Locale: "en", Title: "Hub of K-1234", Turns: []kb.Turn{{Role: kb.TurnAsker, Text: "I am K-1234."}}})
	require.NoError(t, err)
	require.Equal(t, "Hub of [customer-number]", d.Draft.Title)
	s.events.Record(t.Context(), analytics.Event{Name: "search.performed", Text: "bill of K-1234 for tom@example.com", Locale: "en"})
	require.NoError(t, s.ledger.Flush(t.Context()))
	var kept []string
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		kept = append(kept, e.Text)
	}
	require.Equal(t, []string{"bill of [customer-number] for [email]"}, kept)
	require.NoError(t, os.WriteFile(file, []byte(`[{"kind":"customer-number","pattern":"("}]`), 0o600))
	_, err = Open(t.Context(), Config{Data: t.TempDir(), Redact: file})
	require.ErrorContains(t, err, "-redact "+file)
	require.ErrorContains(t, err, "missing closing )")
}
