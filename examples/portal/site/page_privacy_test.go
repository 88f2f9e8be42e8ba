package site

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestConsentPage(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("tom")
	require.Equal(t, 303, as("").get("/en/account/privacy").Status, "who has not signed in is asked to")
	page := c.get("/en/account/privacy")
	require.Equal(t, 200, page.Status)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	require.Equal(t, 2, strings.Count(page.Body, "You have not answered yet."))
	say := func(purpose, given string) int {
		return c.post("/en/account/privacy/consents", url.Values{"purpose": {purpose}, "given": {given}, "person": {"priya"}}).Status
	}
	for _, given := range []string{"no", "yes", "yes", "no", "yes"} {
		require.Equal(t, 303, say("product-news", given))
	}
	for _, wrong := range [][2]string{{"product-news", ""}, {"product-news", "perhaps"}, {"soul", "yes"}, {"", "yes"}} {
		require.Equal(t, 422, say(wrong[0], wrong[1]))
	}
	agreed, err := s.people.Consented(t.Context(), profile.Actor{ID: "tom"}, "tom", "product-news")
	require.NoError(t, err)
	require.True(t, agreed)
	history, _, err := s.people.ConsentHistory(t.Context(), system, profile.ConsentQuery{Person: "tom"})
	require.NoError(t, err)
	require.Len(t, history, 4, "what was said already is not said again")
	body := c.get("/en/account/privacy?saved=1").Body
	require.Contains(t, body, "You agreed on")
	require.Contains(t, body, "Your answer has been recorded.")
	require.Equal(t, 4, strings.Count(body, "product-news-1"))
	require.NotContains(t, as("priya").get("/en/account/privacy").Body, "You agreed on")

	for i := range 20 {
		require.Equal(t, 303, say("usage-analysis", []string{"yes", "no"}[i%2]))
	}
	_, rest, ok := strings.Cut(c.get("/en/account/privacy").Body, `?after=`)
	require.True(t, ok)
	token, _, _ := strings.Cut(rest, `"`)
	require.Equal(t, 4, strings.Count(c.get("/en/account/privacy?after="+token).Body, "product-news-1"))
	require.NotEqual(t, 200, as("priya").get("/en/account/privacy?after="+token).Status, "the page is one's own")
}

func TestExport(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("tom")
	require.Equal(t, 303, as("").post("/en/account/privacy/export", nil).Status)
	require.Equal(t, 404, c.get("/en/account/privacy/export").Status)
	require.Equal(t, 200, c.get("/en/articles/sensor-shows-offline", "User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0").Status)
	a := c.post("/en/account/privacy/export", url.Values{"person": {"priya"}})
	require.Equal(t, 200, a.Status)
	require.Equal(t, []string{"application/json", "no-store"}, []string{a.Header.Get("Content-Type"), a.Header.Get("Cache-Control")})
	require.Regexp(t, `^attachment; filename="my-data-\d{4}-\d\d-\d\d\.json"$`, a.Header.Get("Content-Disposition"))
	var got struct {
		Person string
		Kept   map[string][]map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(a.Body), &got))
	require.Equal(t, "tom", got.Person)
	require.Contains(t, a.Body, "tom.whitlock@aldergate.example.com")
	require.Contains(t, a.Body, `"name":"article.viewed"`)
	require.NotContains(t, a.Body, "Priya")
	own, err := s.articles.Slug(t.Context(), "sensor-shows-offline")
	require.NoError(t, err)
	_, err = s.library.Rate(t.Context(), profile.Actor{ID: "tom"}, kb.Opinion{Article: own, Comment: "zqhelpful words", Key: "zq"})
	require.NoError(t, err)
	require.Contains(t, c.post("/en/account/privacy/export", nil).Body, "zqhelpful words", "what one said of articles is in it")
	require.NotContains(t, as("priya").post("/en/account/privacy/export", nil).Body, "zqhelpful words")

	s.people.Register(profile.NewKeeper("zebra", func(context.Context, string) iter.Seq2[any, error] {
		return func(yield func(any, error) bool) { yield(nil, errors.New("out of stripes")) }
	}, nil))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.server.URL+"/en/account/privacy/export", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", bearerPrefix+"tom")
	res, err := c.http.Do(r)
	if err == nil {
		defer res.Body.Close()
		err = json.NewDecoder(res.Body).Decode(&got)
	}
	require.Error(t, err, "a half is not taken for the whole")
}

func TestDeleteAccount(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, tom := signIn(t, c, "tom")
	_, phone := signIn(t, c, "tom")
	_, priya := signIn(t, c, "priya")
	require.Equal(t, 303, c.post("/en/account/privacy/consents", url.Values{"purpose": {"product-news"}, "given": {"yes"}}, "Cookie", tom).Status)
	page := c.get("/en/account/privacy/delete", "Cookie", tom)
	require.Equal(t, 200, page.Status)
	require.Contains(t, page.Body, "What stays")
	for _, name := range []string{"", "Priya Nair", "tom"} {
		a := c.post("/en/account/privacy/delete", url.Values{"name": {name}, "person": {"priya"}}, "Cookie", tom)
		require.Equal(t, 422, a.Status)
		require.Contains(t, a.Body, "f-name-fault")
		require.Contains(t, a.Body, `value="`+name+`"`)
	}
	require.Equal(t, 200, c.get("/api/v1/me", "Cookie", tom).Status)
	id, err := s.articles.Slug(t.Context(), "sensor-shows-offline")
	require.NoError(t, err)
	_, err = s.library.Rate(t.Context(), profile.Actor{ID: "tom"}, kb.Opinion{Article: id, Comment: "zqhelpful words", Key: "zq"})
	require.NoError(t, err)
	require.NotEmpty(t, profiletest.Census(t, s.db.write.DB, "zqhelpful"))

	asked := c.post("/en/account/privacy/delete", url.Values{"name": {" Tom Whitlock "}}, "Cookie", tom)
	require.Contains(t, asked.Header.Get("Location"), "/en/account/confirm", "it cannot be undone")
	require.Equal(t, 200, c.get("/api/v1/me", "Cookie", tom).Status)
	confirmed := c.post("/en/account/confirm", nil, "Cookie", tom)
	require.Equal(t, 303, confirmed.Status)
	require.Equal(t, 401, c.get("/api/v1/me", "Cookie", tom).Status, "the session of before is over")
	tom, _, _ = strings.Cut(confirmed.Header.Get("Set-Cookie"), ";")
	gone := c.post("/en/account/privacy/delete", url.Values{"name": {" Tom Whitlock "}}, "Cookie", tom)
	require.Equal(t, 303, gone.Status)
	require.Equal(t, "/en/goodbye", gone.Header.Get("Location"))
	require.Contains(t, strings.Join(gone.Header.Values("Set-Cookie"), "\n"), "Max-Age=0")
	require.Contains(t, c.get("/en/goodbye").Body, "Your account has been deleted")
	for _, session := range []string{tom, phone} {
		require.Equal(t, 401, c.get("/api/v1/me", "Cookie", session).Status)
	}
	require.Equal(t, 200, c.get("/api/v1/me", "Cookie", priya).Status)
	_, err = s.people.Person(t.Context(), system, "tom")
	require.ErrorIs(t, err, profile.ErrNotFound)
	for _, word := range []string{"zqhelpful", "Tom Whitlock", "tom.whitlock"} {
		require.Empty(t, profiletest.Census(t, s.db.write.DB, word), "%s is in no table", word)
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		require.NotEqual(t, "tom", e.User, e.Name)
		require.NotEqual(t, "person/tom", e.Subject, e.Name)
	}
	require.NoError(t, s.seed(t.Context()))
	_, err = s.people.Person(t.Context(), system, "tom")
	require.ErrorIs(t, err, profile.ErrNotFound, "the next start does not bring them back")

	_, ruth := signIn(t, c, "ruth")
	page = c.get("/en/account/privacy/delete", "Cookie", ruth)
	require.Contains(t, page.Body, "Ask another administrator.")
	require.NotContains(t, page.Body, "f-name")
	require.Equal(t, 403, c.post("/en/account/privacy/delete", url.Values{"name": {"Ruth Adeyemi"}}, "Cookie", ruth).Status)
	require.Equal(t, 303, c.post("/en/admin/people/priya/view", nil, "Cookie", ruth).Status)
	for path, form := range map[string]url.Values{"delete": {"name": {"Priya Nair"}}, "export": nil, "consents": {"purpose": {"product-news"}, "given": {"yes"}}} {
		require.Equal(t, 403, c.post("/en/account/privacy/"+path, form, "Cookie", ruth).Status, "nobody does it by looking as somebody")
	}
	require.Equal(t, 200, c.get("/api/v1/me", "Cookie", priya).Status)
}

func TestPrivacyAccessible(t *testing.T) {
	slow(t)
	people := map[string]string{"wide": "tom", "Arabic": "layla"}
	s := open(t)
	base := serve(t, s)("").server.URL
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t, &look.opts)
			check := checker(t, p, name)
			to := func(path string) { p.Go(base + "/" + look.locale + path) }
			to("/demo?return_to=/" + look.locale + "/")
			p.Submit(`form:has(input[value="` + people[name] + `"]) button`)
			to("/account/privacy")
			check("privacy")
			require.Equal(t, 200, p.Submit(`button[value="yes"]`))
			to("/account/privacy?saved=1")
			check("privacy with answers")
			to("/account/privacy/delete")
			check("delete")
			require.Equal(t, 422, p.Submit(".sheet button"))
			check("delete with errors")
			person, err := s.people.Person(t.Context(), system, people[name])
			require.NoError(t, err)
			p.Fill("#f-name", person.Name)
			require.Equal(t, 200, p.Submit(".sheet button"))
			check("confirm")
			require.Equal(t, 200, p.Submit(".sheet button"))
			require.Equal(t, person.Name, p.Value("#f-name"), "what was typed is there")
			check("delete after confirming")
			require.Equal(t, 200, p.Submit(".sheet button"))
			require.Contains(t, p.Address(), "/goodbye")
			check("goodbye")
			require.Empty(t, p.CSPViolations())
		})
	}
}
