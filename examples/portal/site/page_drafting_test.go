package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestAgentsDesk walks an agent from a conversation to a review. At their desk is
// what is theirs.
func TestAgentsDesk(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	jonas, place := as("jonas"), anyCategory(t, s)
	theirs, err := s.library.Create(t.Context(), system, draft("Zebra crossing", profile.Public(), place))
	require.NoError(t, err)

	t.Run("has the parts that they need", func(t *testing.T) {
		require.Contains(t, jonas.get("/en/").Body, `href="/en/desk"`)
		home := jonas.get("/en/desk")
		require.Equal(t, 200, home.Status)
		for _, part := range deskRoutes() {
			want := map[string]int{"/desk/articles": 200, "/desk/cases": 200, "/desk/inbox": 200, binPath: 200, "/desk/draft": 200}[part.Path]
			if require.Equal(t, want == 200, strings.Contains(home.Body, `href="/en`+part.Path+`"`), part.Path); want == 0 {
				require.Equal(t, 404, jonas.get("/en"+part.Path).Status, part.Path)
				continue
			}
			require.Equal(t, want, jonas.get("/en"+part.Path).Status, part.Path)
		}
	})
	t.Run("drafts of others are none of theirs", func(t *testing.T) {
		list := jonas.get("/en/desk/articles").Body
		require.Contains(t, list, "Runbook: deciding warranty and goodwill")
		require.NotContains(t, list, "Zebra crossing")
		require.NotContains(t, list, "Inés Carrasco")
		require.Equal(t, 404, jonas.get("/en/desk/articles/"+theirs.ID+"/en").Status)
		require.Equal(t, 404, jonas.post("/en/desk/articles/"+theirs.ID+"/en", url.Values{"title": {"Mine"}, "do": {"save"}}).Status)
		require.Equal(t, 404, jonas.get("/en"+processPath(theirs.ID, "en")).Status)
	})
	asked := jonas.post("/en/desk/draft", url.Values{"text": {"Lena Berg: My hub is dark. Call me: +49 30 901820\nJonas: Hold the button."}, "subject": {"Dark hub"}, "kind": {"troubleshooting"}, "locale": {"en"}, "ref": {"C-17"}})
	require.Equal(t, 200, asked.Status, asked.Body)
	require.NotContains(t, fields(asked.Body).Get("body"), "901820")
	form := fields(asked.Body)
	form.Set("category", place)
	form.Set("do", "create")
	made := jonas.post("/en/desk/draft", form)
	require.Equal(t, 303, made.Status, made.Body)
	at := strings.TrimSuffix(made.Header.Get("Location"), "?done=saved")
	id := strings.Split(at, "/")[4]
	t.Run("goes on with their draft", func(t *testing.T) {
		page := jonas.get(at)
		require.Equal(t, 200, page.Status)
		for _, absent := range []string{`value="publish"`, `value="archive"`, `value="attach"`, "/desk/health/", "/desk/media"} {
			require.NotContains(t, page.Body, absent)
		}
		typed := fields(page.Body)
		typed.Set("title", "The hub is dark")
		require.Equal(t, 303, jonas.send(at, typed, "save").Status)
		typed = fields(jonas.get(at).Body)
		require.Equal(t, 403, jonas.send(at, typed, "publish").Status)
		require.Contains(t, jonas.get("/en/desk/articles").Body, "The hub is dark")
		require.Contains(t, jonas.get("/en/desk").Body, "1 article of yours is a draft")
		require.Equal(t, 404, jonas.get(at+"/file").Status)
	})
	t.Run("sends it to be reviewed", func(t *testing.T) {
		process := jonas.get(at + "/process")
		require.Equal(t, 200, process.Status)
		require.NotContains(t, process.Body, "/plans")
		require.Equal(t, 403, jonas.post(at+"/plans", url.Values{"do": {"publish"}, "at": {"2031-01-01T10:00"}, "key": {"p1"}}).Status)
		require.Equal(t, 303, jonas.post(at+"/reviews", url.Values{"note": {"Please look"}, "key": {"r1"}}).Status)
		list, _, err := s.library.Reviews(t.Context(), system, kb.ReviewList{Article: id})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, 200, jonas.get("/en/desk/reviews/"+list[0].ID).Status)
		require.Equal(t, 403, jonas.post("/en/desk/reviews/"+list[0].ID+"/verdict", url.Values{"verdict": {"approve"}}).Status)
		require.Contains(t, as("ruth").get(at+"/notes").Body, "Jonas", "who can be asked about it")
	})
}
