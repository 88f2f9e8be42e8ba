package site

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// TestReportPages: what people searched for is told to those who tune searches,
// and acted on where it is listed.
func TestReportPages(t *testing.T) {
	now := time.Now().UTC()
	s := open(t, func(c *Config) { c.Past, c.Now = true, func() time.Time { return now } })
	require.NoError(t, s.reporter.DoDue(t.Context()))
	require.NoError(t, s.analyst.DoDue(t.Context()))
	as := serve(t, s)
	for _, who := range []string{"tom", "ines", ""} {
		for _, path := range []string{reportsPath, workPath} {
			require.Equal(t, unseen(who), as(who).get("/en"+path).Status)
		}
		require.Equal(t, refusal(who), as(who).post("/en"+workPath, url.Values{"version": {"0"}, "locale": {"en"}, "question": {"x"}, "state": {"open"}}).Status)
		require.NotEqual(t, 200, as(who).get("/api/v1/search-reports/questions.csv").Status)
	}
	ruth := as("ruth")

	t.Run("reports", func(t *testing.T) {
		body := ruth.get("/en" + reportsPath + "?question=en%7CHub+Offline").Body
		for _, text := range []string{"sensor shows offline", "Help inside the product", "Not signed in", `<h2 id="question"><bdi lang="en">hub offline`, "questions.csv?"} {
			require.Contains(t, body, text)
		}
		require.NotContains(t, body, "demo-", "visitors are nobody's business")
		narrow := ruth.get("/en" + reportsPath + "?language=de&measure=empty").Body
		require.Contains(t, narrow, "eichschein")
		require.NotContains(t, narrow, "sensor shows offline")
		require.Contains(t, ruth.get("/en"+reportsPath+"?role=agent").Body, "Too few people have searched")
		require.Contains(t, ruth.get("/en"+reportsPath+"?question=en%7Ca+secret").Body, "Too few people have asked this")
		for _, odd := range []string{"?days=9999", "?days=-1", "?measure=<b>", "?language=%00%ff", "?question=%ff", "?brand=" + strings.Repeat("x", 99)} {
			require.Less(t, ruth.get("/en"+reportsPath+odd).Status, 500, odd)
		}
		table := ruth.get("/api/v1/search-reports/questions.csv?days=28&language=de")
		require.Contains(t, table.Body, "de,eichschein,")
		require.Contains(t, table.Header.Get("Content-Type"), "text/csv")
	})

	t.Run("worklist", func(t *testing.T) {
		body := ruth.get("/en" + workPath).Body
		for _, text := range []string{"eichschein", "lights on the hub", "Opened from far down", "logger not responding", "/desk/search/pins/new?locale=en&amp;queries=lights"} {
			require.Contains(t, body, text)
		}
		require.NotContains(t, body, "change battery")
		require.Contains(t, ruth.get("/en/desk/search/pins/new?locale=en&queries=lights+on+the+hub").Body, "\nlights on the hub</textarea>")
		require.Contains(t, ruth.get("/en/desk/draft?gap=en%7Clights+on+the+hub").Body, "Lights on the hub")
		require.Equal(t, 404, ruth.get("/en/desk/draft?gap=en%7Cnobody+asked").Status)
		form := url.Values{"version": {"0"}, "locale": {"de"}, "question": {"eichschein"}, "state": {"dismissed"}, "reason": {"  "}}
		bad := ruth.post("/en"+workPath+"?language=de", form)
		require.Equal(t, 422, bad.Status)
		require.Contains(t, bad.Body, `id="f-reason-1-fault">Please fill this in.`)
		form.Set("reason", "We sell <none>")
		for range 2 { // a retry decides nothing twice
			a := ruth.post("/en"+workPath+"?language=de", form)
			require.Equal(t, 303, a.Status, a.Body)
			require.Equal(t, "/en"+workPath+"?did=dismissed&language=de", a.Header.Get("Location"))
		}
		require.NotContains(t, ruth.get("/en"+workPath).Body, "eichschein")
		dismissed := ruth.get("/en" + workPath + "?state=dismissed").Body
		require.Contains(t, dismissed, "We sell &lt;none&gt;")
		require.Contains(t, dismissed, "Dismissed by ")
		form.Set("reason", "another")
		require.Equal(t, 303, ruth.post("/en"+workPath, form).Status, "within a minute it is the same person's")
		form.Set("version", "5")
		require.Equal(t, 409, ruth.post("/en"+workPath, form).Status)
		done := url.Values{"version": {"0"}, "locale": {"en"}, "question": {"webhook signature"}, "state": {"done"}, "deed": {"article"}}
		require.Equal(t, 303, ruth.post("/en"+workPath, done).Status)
		require.Contains(t, ruth.get("/en"+workPath+"?state=done").Body, "Nobody has asked since")
		for _, wrong := range []url.Values{{}, {"version": {"0"}, "state": {"odd"}}, {"version": {"x"}}, {"version": {"0"}, "state": {"done"}, "deed": {"pin"}, "question": {"\x00"}}} {
			require.NotEqual(t, 500, ruth.post("/en"+workPath, wrong).Status)
		}
	})
	for _, l := range []string{"de", "es", "ja", "ar"} {
		for _, path := range []string{reportsPath, workPath, workPath + "?state=done", workPath + "?state=dismissed"} {
			require.Equal(t, 200, ruth.get("/"+l+path).Status)
		}
	}
}

func TestReportsAccessible(t *testing.T) {
	slow(t)
	s := open(t, func(c *Config) { c.Past = true })
	require.NoError(t, s.reporter.DoDue(t.Context()))
	inEveryLook(t, s, "ruth", func(_ *testing.T, _ *browser.Page, to, check func(string)) {
		to(reportsPath + "?question=en%7Chub+offline")
		check("reports")
		to(reportsPath + "?role=agent")
		check("reports of too few")
		to(workPath)
		check("worklist")
		to(comparePath + "?replay=plain")
		check("comparison")
	})
}

// TestComparePages: two rankings are compared by what visitors follow, one vote
// each.
func TestComparePages(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, behindProxy, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	as := serve(t, s)
	at := "/en" + comparePath
	for _, who := range []string{"tom", "ines", ""} {
		require.Equal(t, unseen(who), as(who).get(at).Status)
		require.Equal(t, refusal(who), as(who).post(at, url.Values{"kind": {"plain"}, "share": {"100"}}).Status)
		require.Equal(t, refusal(who), as(who).post(at+"/1/stop", url.Values{}).Status)
	}
	ruth := as("ruth")
	require.Contains(t, ruth.get(at).Body, "No comparison is running")
	bad := ruth.post(at, url.Values{"kind": {"tuning"}, "share": {"<b>"}})
	require.Equal(t, 422, bad.Status)
	require.Contains(t, bad.Body, "There is no draft to try.")
	require.Contains(t, bad.Body, `value="&lt;b&gt;"`)
	require.Contains(t, bad.Body, "from 1 to 100")

	for _, title := range []string{"Zebra one", "Zebra two"} {
		write(t, s, draft(title, profile.Public(), anyCategory(t, s)))
	}
	require.NoError(t, s.engine.Refresh(t.Context()))
	found, err := s.engine.Search(t.Context(), system, search.Query{Text: "zebra", Locale: "en"})
	require.NoError(t, err)
	second := found.Hits[1].Group
	_, err = s.engine.SaveTuning(t.Context(), system, search.Tuning{Pins: []search.Pin{{Queries: []search.Pattern{{Text: "zebra", Match: search.MatchExact}}, Groups: []string{second}}}}, 0)
	require.NoError(t, err)
	form := url.Values{"kind": {"tuning"}, "share": {"100"}}
	for range 2 { // a retry begins nothing twice
		require.Equal(t, at+"?done=begun", ruth.post(at, form).Header.Get("Location"))
	}
	require.Equal(t, 409, ruth.post(at, url.Values{"kind": {"plain"}, "share": {"5"}}).Status)

	c := as("")
	type results struct {
		Hits []struct{ Group, Click string }
	}
	for visitor := range 4 {
		from := []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", visitor)}
		for range 5 { // who comes again has one vote
			var r results
			a := c.get("/api/v1/search?q=zebra&locale=en", from...)
			require.NoError(t, json.Unmarshal([]byte(a.Body), &r))
			require.Len(t, r.Hits, 2)
			require.NotContains(t, a.Body, "trial-", "nobody sees that there is one")
			i := slices.IndexFunc(r.Hits, func(h struct{ Group, Click string }) bool { return h.Group == second })
			require.Equal(t, 204, c.do("POST", "/api/v1/search/clicks", `{"token":"`+r.Hits[i].Click+`"}`, append(from, "Content-Type", "application/json")...).Status)
		}
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	ahead.Store(int64(3 * time.Hour))
	require.NoError(t, s.reporter.DoDue(t.Context()))
	body := ruth.get(at).Body
	require.Contains(t, body, "Not enough votes yet")
	ballot, err := s.reporter.Ballot(t.Context(), system, "trial-1")
	require.NoError(t, err)
	require.LessOrEqual(t, ballot.Live+ballot.Other+ballot.Even, 4)
	require.Positive(t, ballot.Live+ballot.Other)
	require.Contains(t, ruth.get(at+"?replay=tuning").Body, "replayed.")
	for range 2 {
		require.Equal(t, at+"?done=stopped", ruth.post(at+"/1/stop", url.Values{}).Header.Get("Location"))
	}
	require.Equal(t, 404, ruth.post(at+"/9/stop", url.Values{}).Status)
	require.Equal(t, 404, ruth.post(at+"/x/stop", url.Values{}).Status)
	require.Contains(t, ruth.get(at).Body, "Earlier comparisons")
	for _, l := range []string{"de", "es", "ja", "ar"} {
		require.Equal(t, 200, ruth.get("/"+l+comparePath+"?replay=plain").Status)
	}
}
