package site

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestProcessPages walks a text from its author through review to readers, and
// on to the day on which nobody vouches for it any more.
func TestProcessPages(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	s := open(t, func(c *Config) {
		c.Now = func() time.Time { return now }
	})
	as := serve(t, s)
	d := draft("Release zebra", profile.Public(), anyCategory(t, s))
	d.Kind, d.Body = kb.KindReleaseNote, "## What changed\n\nStripes."
	d.Fields = map[string]string{"version": "1.0", "released": "2026-11-20"}
	by, err := s.people.Actor(t.Context(), "ines")
	require.NoError(t, err)
	a, err := s.library.Create(t.Context(), by, d)
	require.NoError(t, err)
	process := "/en" + processPath(a.ID, "en")

	t.Run("is for those who work there", func(t *testing.T) {
		for _, person := range []string{"", "tom", "priya"} {
			for _, path := range []string{process, "/en/desk/inbox", "/en/desk/calendar", "/en/desk/reviews/none"} {
				require.Equal(t, unseen(person), as(person).get(path).Status, "%q %s", person, path)
			}
		}
		require.Equal(t, 404, as("ines").get("/en/desk/reviews/none").Status)
		require.Equal(t, 404, as("ines").get("/en"+processPath(a.ID, "xx")).Status)
	})
	t.Run("keeps what was typed", func(t *testing.T) {
		got := as("ines").post("/en/desk/articles/"+a.ID+"/en/reviews", url.Values{"note": {"look at\nstripes"}, "due": {"2020-01-01T10:00"}, "key": {"k1"}})
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, "look at\nstripes")
		require.Contains(t, got.Body, "2020-01-01T10:00")
		require.Contains(t, got.Body, "has not passed yet")
		got = as("ines").post("/en/desk/articles/"+a.ID+"/en/reviews", url.Values{"due": {"tomorrow"}, "key": {"k1"}})
		require.Equal(t, 422, got.Status)
	})
	reviewer := reviewerOf(t, s)
	t.Run("asks once", func(t *testing.T) {
		require.Contains(t, as("ines").get(process).Body, `value="`+reviewer+`"`)
		for range 2 {
			got := as("ines").post("/en/desk/articles/"+a.ID+"/en/reviews", url.Values{"reviewers": {reviewer}, "note": {"stripes?"}, "key": {"k2"}})
			require.Equal(t, 303, got.Status, got.Body)
		}
		require.Contains(t, as("ines").get(process+"?done=asked").Body, "The review has been asked for.")
		inbox := as(reviewer).get("/en/desk/inbox").Body
		require.Equal(t, 1, strings.Count(inbox, "Release zebra"))
		require.Contains(t, as(reviewer).get("/en/desk").Body, "1 text waits for your decision")
		require.NotContains(t, as("ines").get("/en/desk").Body, "for your decision")
	})
	list, _, err := s.library.Reviews(t.Context(), system, kb.ReviewList{Article: a.ID})
	require.NoError(t, err)
	require.Len(t, list, 1)
	page := "/en/desk/reviews/" + list[0].ID
	t.Run("decides", func(t *testing.T) {
		got := as(reviewer).get(page)
		require.Equal(t, 200, got.Status)
		for _, want := range []string{"Stripes.", "stripes?", "One approval is enough"} {
			require.Contains(t, got.Body, want)
		}
		require.NotContains(t, as("ines").get(page).Body, `name="verdict"`, "who wrote it is not offered to decide")
		got = as(reviewer).post(page+"/verdict", url.Values{"verdict": {"reject"}, "comment": {""}})
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, `<option value="reject" selected>`)
		got = as("ines").post(page+"/verdict", url.Values{"verdict": {"approve"}})
		require.Equal(t, 403, got.Status)
		got = as(reviewer).post(page+"/verdict", url.Values{"verdict": {"approve"}, "comment": {"very good"}})
		require.Equal(t, 303, got.Status, got.Body)
		require.Contains(t, as("ines").get("/en/desk/inbox").Body, "Approved")
		require.Contains(t, as("ines").get(page).Body, "very good")
		got = as(reviewer).post(page+"/verdict", url.Values{"verdict": {"reject"}, "comment": {"no, wait"}})
		require.Equal(t, 409, got.Status)
		require.Contains(t, got.Body, "This review has ended already")
	})
	t.Run("plans, and does it", func(t *testing.T) {
		got := as("ines").post("/en/desk/articles/"+a.ID+"/en/plans", url.Values{"do": {"publish"}, "at": {"2026-11-22T12:00"}, "key": {"k3"}})
		require.Equal(t, 403, got.Status)
		require.NotContains(t, as("ines").get(process).Body, `name="do"`)
		got = as(reviewer).post("/en/desk/articles/"+a.ID+"/en/plans", url.Values{"do": {"publish"}, "at": {""}, "note": {"for the fair"}, "key": {"k3"}})
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, "for the fair")
		got = as(reviewer).post("/en/desk/articles/"+a.ID+"/en/plans", url.Values{"do": {"publish"}, "at": {"2026-11-23T12:00"}, "note": {"for the fair"}, "key": {"k3"}})
		require.Equal(t, 303, got.Status, got.Body)
		calendar := as(reviewer).get("/en/desk/calendar").Body
		require.Contains(t, calendar, "Release zebra")
		require.Contains(t, calendar, "November 2026")
		require.NotContains(t, as(reviewer).get("/en/desk/calendar?month=2027-03").Body, "Release zebra")
		require.Equal(t, 200, as(reviewer).get("/en/desk/calendar?month=2026-99").Status)
		now = now.Add(2 * wholeDay)
		require.NoError(t, s.library.DoDue(t.Context()))
		require.Contains(t, as("").get("/en/articles/release-zebra").Body, "Checked on November 24, 2026")
		require.Contains(t, as(reviewer).get(process).Body, `name="minor"`, "now there is something to be told of")
		got = as(reviewer).post("/en/desk/articles/"+a.ID+"/en/plans", url.Values{"do": {"publish"}, "at": {now.Add(wholeDay).Format("2006-01-02T15:04")}, "minor": {"yes"}, "key": {"k4"}})
		require.Equal(t, 303, got.Status, got.Body)
		require.Contains(t, as(reviewer).get(process).Body, "(minor)")
	})
	t.Run("is verified, or old", func(t *testing.T) {
		now = now.Add(366 * wholeDay)
		require.NoError(t, s.library.DoDue(t.Context()))
		require.Contains(t, as("").get("/en/articles/release-zebra").Body, "may be out of date")
		require.Contains(t, as("ines").get("/en/desk/inbox").Body, "Run out")
		got := as("ines").post("/en/desk/articles/"+a.ID+"/en/verification", url.Values{"do": {"verify"}})
		require.Equal(t, 403, got.Status)
		got = as(reviewer).post("/en/desk/articles/"+a.ID+"/en/verification", url.Values{"do": {"verify"}})
		require.Equal(t, 303, got.Status)
		require.NotContains(t, as("").get("/en/articles/release-zebra").Body, "may be out of date")
	})
	if testing.Short() {
		return
	}
	inEveryLook(t, s, reviewer, func(t *testing.T, p *browser.Page, to, check func(string)) {
		for _, path := range []string{processPath(a.ID, "en"), "/desk/reviews/" + list[0].ID, "/desk/inbox", "/desk/calendar?month=2026-11"} {
			to(path)
			check(path)
		}
		require.Empty(t, p.CSPViolations())
	})
}

// reviewerOf returns somebody of the demo who reviews.
func reviewerOf(t testing.TB, s *Site) string {
	t.Helper()
	for p, err := range s.people.AllPeople(t.Context(), system, profile.PersonQuery{Role: profile.RoleReviewer}) {
		require.NoError(t, err)
		return p.ID
	}
	t.Fatal("nobody reviews")
	return ""
}
