package site

import (
	"context"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/search"
)

// A stuckIndex answers when whoever asks has gone.
type stuckIndex struct{ search.Index }

func (stuckIndex) Search(ctx context.Context, _ search.Request) (search.Response, error) {
	<-ctx.Done()
	return search.Response{}, ctx.Err()
}

// TestRequestsEnd: a request has a time, and a stream does not.
func TestRequestsEnd(t *testing.T) {
	s := open(t, func(c *Config) {
		c.timeout = 500 * time.Millisecond
		c.wrapIndex = func(i search.Index) search.Index { return stuckIndex{i} }
	})
	as := serve(t, s)
	stream := listen(t, as("tom"), "/api/v1/live?article=none")
	began := time.Now()
	a := as("").get("/en/search?q=sensor")
	require.Equal(t, 503, a.Status, a.Body)
	require.Less(t, time.Since(began), 10*time.Second)
	require.GreaterOrEqual(t, time.Since(began), 500*time.Millisecond)
	require.Contains(t, a.Body, "<html", "as a page")
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Equal(t, 200, as("").get("/en/").Status)
	require.True(t, stream.open(), "the stream goes on")
	require.Equal(t, requestTimeout, open(t).cfg.timeout, "where nothing is said")
}

// TestStreamsAreCounted: nobody takes all the streams there are, and whoever
// leaves makes room.
func TestStreamsAreCounted(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	ask := func(ctx context.Context, person string) *http.Response {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, as("").server.URL+"/api/v1/live?article=none", nil)
		require.NoError(t, err)
		if person != "" {
			r.Header.Set("Authorization", bearerPrefix+person)
		}
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	for range streamsEach {
		require.Equal(t, 200, ask(ctx, "").StatusCode)
	}
	refused := ask(t.Context(), "")
	require.Equal(t, 429, refused.StatusCode)
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
	require.Equal(t, 200, ask(t.Context(), "tom").StatusCode, "somebody else at the same address")
	leave()
	until(t, "there is room again", func() bool {
		one, cancel := context.WithCancel(t.Context())
		defer cancel()
		return ask(one, "").StatusCode == 200
	})
}

// TestStreamsAreRead: a stream is asked for with GET.
func TestStreamsAreRead(t *testing.T) {
	c := serve(t, open(t))("")
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		a := c.do(method, "/api/v1/live?article=none", "")
		require.Equal(t, 405, a.Status, method)
		require.Equal(t, "GET, HEAD", a.Header.Get("Allow"))
	}
	a := c.do("HEAD", "/api/v1/live?article=none", "")
	require.Equal(t, 200, a.Status)
	require.Equal(t, "text/event-stream", a.Header.Get("Content-Type"))
}

// TestMetricsAreNotForEverybody: only programs on the same machine read them.
func TestMetricsAreNotForEverybody(t *testing.T) {
	s := open(t, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	c := serve(t, s)("")
	require.Equal(t, 200, c.get("/metrics").Status)
	require.Equal(t, 200, c.at("localhost:8080", "/metrics").Status)
	for _, header := range [][]string{
		{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-For", "127.0.0.1"}, {"Forwarded", "for=192.0.2.1"}, {"X-Real-IP", "192.0.2.1"}, {"Via", "1.1 proxy"},
	} {
		require.Equal(t, 404, c.get("/metrics", header...).Status, header)
	}
	require.Equal(t, 404, c.at("rebound.example", "/metrics").Status)
	require.Equal(t, 404, serve(t, open(t, func(c *Config) { c.MetricsElsewhere = true }))("").get("/metrics").Status)

	limited := false
	for range 900 {
		limited = limited || c.get("/metrics").Status == 429
	}
	require.True(t, limited, "asking for them counts as any request does")
}

// TestCountryIsBelievedFromProxies, and from nobody else.
func TestCountryIsBelievedFromProxies(t *testing.T) {
	country := func(proxies string) string {
		s := open(t, func(c *Config) { c.Country, c.Proxies = "X-Country", []netip.Prefix{netip.MustParsePrefix(proxies)} })
		return serve(t, s)("").get("/", "X-Country", "JP", "Accept-Language", "").Header.Get("Content-Language")
	}
	require.Equal(t, "ja", country("127.0.0.0/8"))
	require.Equal(t, "en", country("10.0.0.0/8"))
	_, err := Open(t.Context(), Config{Data: t.TempDir(), Country: "X-Country"})
	require.ErrorContains(t, err, "-country-header X-Country: say with -proxies")
}

// TestStatementTimeout is what PostgreSQL is told where nobody says otherwise.
func TestStatementTimeout(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	for more, want := range map[string]string{"": "30s", "statement_timeout=5000": "5s", "statement_timeout=": "0"} {
		d, err := dialPostgres(dsn+"&"+more, statementTimeout)
		require.NoError(t, err)
		var got string
		require.NoError(t, d.read.GetContext(t.Context(), &got, `show statement_timeout`))
		require.Equal(t, want, got, more)
		require.NoError(t, d.close())
	}
}
