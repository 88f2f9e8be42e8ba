package site

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/search"
)

// A logbook keeps what is logged, every level of it, as lines of JSON.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.buf.String()), "\n")
}

func (l *logbook) logger() *slog.Logger {
	return slog.New(web.LogHandler(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// secrets are what people send and what must never stand in a log.
var secrets = map[string]string{
	"query":        "canaryquery",
	"comment":      "canarycomment",
	"cookie":       "canarycookie",
	"token":        "canarytoken",
	"user agent":   "canaryagent",
	"referrer":     "canaryreferrer",
	"language":     "canarylanguage",
	"address":      "203.0.113.77",
	"idempotency":  "canarykey",
	"form":         "canaryform",
	"body":         "canarybody",
	"mail address": "canary.person@example.com",
}

// everything asks for every route, as somebody, with a secret in each place
// where a request can have one. It returns the ids of the requests.
func everything(t *testing.T, s *Site, c *client) (ids []string) {
	t.Helper()
	header := []string{
		"Cookie", sessionCookie + "=" + secrets["cookie"] + "; " + localeCookie + "=" + secrets["cookie"], "User-Agent", secrets["user agent"],
		"Referer", "https://example.com/?q=" + secrets["referrer"], "Accept-Language", "de, " + secrets["language"], "X-Forwarded-For", secrets["address"],
		"Idempotency-Key", secrets["idempotency"], "X-Forwarded-Proto", "https",
	}
	query := "?" + url.Values{"q": {secrets["query"] + " " + secrets["mail address"]}, "c": {secrets["query"]}, "after": {secrets["query"]}}.Encode()
	form := url.Values{
		"person": {secrets["form"]}, "locale": {secrets["form"]}, "return_to": {"/" + secrets["form"]}, "helpful": {"no"}, "reason": {"other"},
		"comment": {secrets["comment"] + " " + secrets["mail address"]}, "key": {secrets["form"]},
	}
	ask := func(method, path, body string, more ...string) {
		a := c.do(method, path, body, append(more, header...)...)
		ids = append(ids, a.Header.Get("X-Request-Id"))
	}
	for _, route := range s.routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		path := strings.NewReplacer("{$}", "", "{slug}", "sensor-shows-offline", "{name}", "none.png", "{id}", "tom", "{token}", secrets["token"]).Replace(pattern)
		if method == http.MethodPost {
			ask(method, path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
			continue
		}
		if strings.HasSuffix(path, "/stream") {
			method = http.MethodHead // one that is opened stays open
		}
		ask(method, path+query, "")
		ask(method, "/de"+path, "")
		ask(method, path+"?q="+secrets["query"], "")
	}
	json := `{"title":"` + secrets["body"] + `","comment":"` + secrets["comment"] + `","helpful":false,"unknown":"` + secrets["body"] + `"`
	for _, path := range []string{"/articles", "/articles/none", "/articles/none/feedback", "/categories", "/search", "/search/suggestions", "/me", "/feedback", "/slugs/en/none", "/manuscripts/none"} {
		for _, body := range []string{"", json, json + "}"} {
			ask(http.MethodPost, apiPrefix+path+query, body, "Content-Type", "application/json")
		}
		ask(http.MethodGet, apiPrefix+path+query, "")
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/openapi.json", "/static/portal.css", "/static/none.css", "/no/such/page"} {
		ask(http.MethodGet, path+query, "")
	}
	return ids
}

// TestLogs visits everything as several people, while all is well and while
// nothing is, and reads what was logged about it.
func TestLogs(t *testing.T) {
	var book logbook
	logged := func(c *Config) { c.Log = book.logger() }
	well := open(t, logged)
	broken := open(t, logged, func(c *Config) { c.wrapIndex = func(i search.Index) search.Index { return brokenIndex{i} } })
	var ids []string
	for _, s := range []*Site{well, broken} {
		// The limit on requests has a test of its own.
		for _, person := range []string{"", "tom", "ruth", secrets["token"]} {
			ids = append(ids, everything(t, s, serve(t, s)(person))...)
		}
	}
	require.NoError(t, broken.db.close())
	ids = append(ids, everything(t, broken, serve(t, broken)("tom"))...)

	people := names(well)
	require.Greater(t, len(people), 20)
	known, faults := map[string]bool{}, 0
	for _, line := range book.lines() {
		var entry struct {
			Time, Level, Msg  string
			Request           string `json:"request_id"`
			Method, Route, ID string
			Status            int
		}
		require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
		require.NotEmpty(t, entry.Time, line)
		require.NotEmpty(t, entry.Msg, line)
		for what, secret := range secrets {
			require.NotContains(t, strings.ToLower(line), secret, what)
		}
		for _, name := range people {
			require.NotContains(t, line, name)
		}
		if entry.Msg == "request" {
			require.NotEmpty(t, entry.Method, line)
			require.NotZero(t, entry.Status, line)
			require.False(t, known[entry.Request], "two requests with one id")
			known[entry.Request] = true
		}
		if entry.Level != "INFO" && entry.Level != "DEBUG" && entry.Request != "" {
			faults++
		}
	}
	for _, id := range ids {
		require.True(t, known[id], "a request that was answered with id %q is not in the log", id)
	}
	require.Greater(t, faults, 5, "what goes wrong is logged with the request it went wrong in")
	require.Less(t, faults, len(ids))
}

// names returns what the demo's people and companies are called, and their
// addresses.
func names(s *Site) (out []string) {
	for _, p := range s.world.People {
		out = append(out, p.Name, p.Email)
	}
	for _, a := range s.world.Accounts {
		out = append(out, a.Name)
	}
	return out
}
