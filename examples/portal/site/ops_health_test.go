package site

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// A brokenIndex takes everything and answers nothing. What it says when asked
// is for the log.
type brokenIndex struct{ search.Index }

var errBroken = fmt.Errorf("segment 7 of /var/secret-folder/index is damaged: %w", search.ErrUnavailable)

func (brokenIndex) Search(context.Context, search.Request) (search.Response, error) {
	return search.Response{}, errBroken
}

func (brokenIndex) Suggest(context.Context, search.SuggestRequest) ([]search.Suggestion, error) {
	return nil, errBroken
}

func (brokenIndex) Count(context.Context) (int, error) { return 0, errBroken }

// TestHealth asks what machines ask, while all is well and while it is not.
func TestHealth(t *testing.T) {
	t.Run("well", func(t *testing.T) {
		c := serve(t, open(t))("")
		require.Equal(t, "ok\n", c.get("/healthz").Body)
		a := c.get("/readyz")
		require.Equal(t, 200, a.Status)
		require.Equal(t, "ready\n", a.Body)
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
		require.Empty(t, a.Header.Get("Set-Cookie"))
		require.Equal(t, 404, c.do("POST", "/readyz", "").Status)
	})

	t.Run("index not read yet", func(t *testing.T) {
		s, err := Open(t.Context(), Config{Data: t.TempDir(), Demo: true})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		a := serve(t, s)("").get("/readyz")
		require.Equal(t, 200, a.Status)
		require.Equal(t, "ready; search: still reading\n", a.Body)
	})

	t.Run("index broken", func(t *testing.T) {
		c := serve(t, open(t, func(c *Config) { c.wrapIndex = func(i search.Index) search.Index { return brokenIndex{i} } }))("")
		a := c.get("/readyz")
		require.Equal(t, 200, a.Status, "all pages answer, so the portal stays in service")
		require.Equal(t, "ready; search: no answer\n", a.Body, "what is wrong is nobody else's business")
		require.Equal(t, 200, c.get("/en/articles/sensor-shows-offline").Status)
		require.Contains(t, c.get("/en/search?q=sensor+offline").Body, "Sensor shows offline", "titles are searched instead")
		require.Equal(t, 200, c.get("/metrics").Status)
	})

	t.Run("database gone", func(t *testing.T) {
		s, err := Open(t.Context(), Config{Data: t.TempDir(), Demo: true})
		require.NoError(t, err)
		require.NoError(t, s.db.close())
		t.Cleanup(func() { _ = s.Close() })
		c := serve(t, s)("")
		require.Equal(t, 200, c.get("/healthz").Status, "a restart would not help")
		a := c.get("/readyz")
		require.Equal(t, 503, a.Status)
		require.Equal(t, "database: no answer\n", a.Body)
		for _, path := range []string{"/en/", "/en/articles/sensor-shows-offline", "/en/search?q=sensor", "/api/v1/articles"} {
			a := c.get(path)
			require.GreaterOrEqual(t, a.Status, 500, path)
			require.NotContains(t, a.Body, "sql:", path)
			require.NotEmpty(t, a.Header.Get("X-Request-Id"))
		}
	})

	t.Run("asked often", func(t *testing.T) {
		c := serve(t, open(t))("")
		for range 300 {
			require.Equal(t, 200, c.get("/healthz").Status)
		}
		require.Equal(t, 200, c.get("/readyz").Status)
	})
}

var sample = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{(.*)\})? (\S+)$`)

// samples returns all that /metrics shows, by name and labels.
func samples(t *testing.T, c *client) map[string]string {
	t.Helper()
	a := c.get("/metrics")
	require.Equal(t, 200, a.Status)
	require.Contains(t, a.Header.Get("Content-Type"), "text/plain")
	out := map[string]string{}
	for _, m := range sample.FindAllStringSubmatch(a.Body, -1) {
		out[m[1]+"{"+m[2]+"}"] = m[3]
	}
	return out
}

// TestMetrics: what is asked for shows in numbers, and in nothing that whoever
// asks can choose.
func TestMetrics(t *testing.T) {
	s := running(t)
	c := serve(t, s)("")
	before := len(samples(t, c))
	browser := []string{"User-Agent", "Mozilla/5.0 Firefox/140.0"}
	for i := range 40 {
		c.get(fmt.Sprintf("/en/articles/canary-%d?canary=%d", i, i), browser...)
		c.get(fmt.Sprintf("/canary/%d", i), browser...)
		c.get(fmt.Sprintf("/en/search?q=canary%d", i), browser...)
		c.do(fmt.Sprintf("CANARY%d", i), "/en/", "", browser...)
	}
	require.Equal(t, 200, c.get("/en/articles/sensor-shows-offline", browser...).Status)
	require.Equal(t, 200, c.get("/api/v1/articles").Status)
	until(t, "events are stored", func() bool { st := s.ledger.Stats(); return st.Pending == 0 && st.Stored >= 41 })
	listen(t, serve(t, s)("tom"), "/api/v1/live?article=none")

	got := samples(t, c)
	for series := range got {
		require.NotContains(t, strings.ToLower(series), "canary")
	}
	require.Less(t, len(got)-before, 200, "series do not grow with what is asked for")
	require.Equal(t, "40", got[`stoa_http_request_duration_seconds_count{method="GET",route="GET /articles/{slug}",status="4xx"}`])
	require.Equal(t, "1", got[`stoa_http_request_duration_seconds_count{method="GET",route="GET /articles/{slug}",status="2xx"}`])
	require.Equal(t, "40", got[`stoa_http_request_duration_seconds_count{method="GET",route="GET /search",status="2xx"}`])
	require.Equal(t, "1", got[`stoa_events_total{name="article.viewed"}`])
	require.Equal(t, "40", got[`stoa_events_total{name="search.performed"}`])
	require.Equal(t, "0", got[`stoa_events_pending{}`])
	require.Equal(t, "0", got[`stoa_search_lag_seconds{}`])
	require.Equal(t, "0", got[`stoa_search_stalled_seconds{}`])
	require.Contains(t, got, `stoa_database_connections_in_use{}`)
	require.Contains(t, got, `go_goroutines{}`)
	require.Equal(t, fmt.Sprint(s.engine.Status(t.Context()).Documents), got[`stoa_search_documents{}`])
	for series := range got {
		require.NotContains(t, series, "/live", "how long a stream is open is not how long it takes to answer")
	}
}
