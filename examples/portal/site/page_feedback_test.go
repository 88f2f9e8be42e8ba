package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestFeedbackPages walks what a reader said to those who see to it, and back to
// the reader.
func TestFeedbackPages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	d := draft("Zebra crossing", profile.Public(), anyCategory(t, s))
	d.Owner, d.Body = "ines", "## Steps\n\nWalk over the white stripes slowly."
	a := write(t, s, d)
	page := "/en/articles/zebra-crossing/suggestion"

	t.Run("is for those who write", func(t *testing.T) {
		for _, person := range []string{"", "tom", "jonas"} {
			require.Equal(t, unseen(person), as(person).get("/en/desk/feedback").Status, person)
			require.Equal(t, unseen(person), as(person).get("/en/desk/feedback/none").Status, person)
		}
		require.Equal(t, 404, as("ines").get("/en/desk/feedback/none").Status)
	})
	t.Run("takes a suggestion, once", func(t *testing.T) {
		require.Contains(t, as("tom").get("/en/articles/zebra-crossing").Body, page)
		form := url.Values{"quote": {"white stripes slowly"}, "proposal": {"white stripes quickly"}, "comment": {"it is late"}, "tell": {"yes"}, "key": {"k1"}}
		for name, change := range map[string]func(url.Values){
			"no passage":     func(v url.Values) { v.Set("quote", "") },
			"nothing to say": func(v url.Values) { v.Set("quote", ""); v.Set("comment", ""); v.Set("proposal", "") },
		} {
			bad := url.Values{}
			for k, v := range form {
				bad[k] = append([]string{}, v...)
			}
			change(bad)
			got := as("tom").post(page, bad)
			require.Equal(t, 422, got.Status, name)
			require.Contains(t, got.Body, bad.Get("comment"), name)
		}
		for range 2 {
			require.Equal(t, 303, as("tom").post(page, form).Status)
		}
		list := as("ines").get("/en/desk/feedback").Body
		require.Equal(t, 1, strings.Count(list, ">Zebra crossing<"), list)
	})
	said, _, err := s.library.ListFeedback(t.Context(), system, kb.FeedbackList{Article: a.ID})
	require.NoError(t, err)
	require.Len(t, said, 1)
	one := "/en/desk/feedback/" + said[0].ID
	t.Run("is seen to", func(t *testing.T) {
		got := as("ines").get(one)
		require.Equal(t, 200, got.Status)
		require.Contains(t, got.Body, "it is late")
		require.Contains(t, got.Body, `<ins class=`)
		got = as("ines").post(one, url.Values{"state": {"dismissed"}, "version": {"1"}})
		require.Equal(t, 422, got.Status)
		got = as("ines").post(one, url.Values{"state": {"working"}, "assignee": {"ines"}, "version": {"1"}})
		require.Equal(t, 303, got.Status, got.Body)
		require.Contains(t, as("ines").get("/en/desk").Body, "/en/desk/feedback")
		got = as("ines").post(one, url.Values{"state": {"done"}, "version": {"1"}, "resolution": {"too late"}})
		require.Equal(t, 409, got.Status)
		require.Contains(t, got.Body, "too late")
		got = as("ines").post(one, url.Values{"state": {"done"}, "assignee": {"ines"}, "version": {"2"}, "resolution": {"mended"}})
		require.Equal(t, 303, got.Status, got.Body)
		require.NotContains(t, as("ines").get("/en/desk/feedback").Body, ">Zebra crossing<")
		require.Contains(t, as("ines").get("/en/desk/feedback?state=done").Body, ">Zebra crossing<")
	})
	t.Run("says so", func(t *testing.T) {
		_, err := s.notifier.Drain(t.Context())
		require.NoError(t, err)
		require.Contains(t, as("tom").get("/en/account/notices").Body, "What you flagged has been mended")
	})
	if testing.Short() {
		return
	}
	inEveryLook(t, s, "ines", func(t *testing.T, p *browser.Page, to, check func(string)) {
		for _, path := range []string{"/desk/feedback?state=done", "/desk/feedback/" + said[0].ID, "/articles/zebra-crossing/suggestion"} {
			to(path)
			check(path)
		}
		require.Empty(t, p.CSPViolations())
	})
}
