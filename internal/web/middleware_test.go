package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

func prefixes(s ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, p := range s {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

func from(remote string, header ...string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.RemoteAddr = remote
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		return r
	}
}

func TestRequestID(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, web.RequestIDFrom(r.Context())) })
	proxy := prefixes("10.0.0.0/8")
	for name, tt := range map[string]struct {
		trusted []netip.Prefix
		remote  string
		id      string
		kept    bool
	}{
		"from a proxy":       {proxy, "10.1.2.3:99", "abc-1.2_X", true},
		"from a mapped one":  {proxy, "[::ffff:10.1.2.3]:99", "abc", true},
		"from a stranger":    {proxy, "192.0.2.1:99", "abc", false},
		"nobody trusted":     {nil, "10.1.2.3:99", "abc", false},
		"a line break":       {proxy, "10.1.2.3:99", "a\nb", false},
		"markup":             {proxy, "10.1.2.3:99", "<b>", false},
		"too long":           {proxy, "10.1.2.3:99", strings.Repeat("a", 65), false},
		"none":               {proxy, "10.1.2.3:99", "", false},
		"an unknown address": {proxy, "pipe", "abc", false},
	} {
		w := webtest.Scenario{URL: "/", Prepare: from(tt.remote, "X-Request-Id", tt.id)}.Serve(web.RequestID(tt.trusted)(echo))
		require.Equal(t, w.Body.String(), w.Header().Get("X-Request-Id"), name)
		require.Equal(t, tt.kept, w.Body.String() == tt.id, name)
		require.NotEmpty(t, w.Body.String(), name)
	}
	a, b := webtest.Scenario{URL: "/"}.Serve(web.RequestID(nil)(echo)), webtest.Scenario{URL: "/"}.Serve(web.RequestID(nil)(echo))
	require.NotEqual(t, a.Body.String(), b.Body.String())
	require.Empty(t, web.RequestIDFrom(t.Context()))
}

func TestLogHandlerAddsTheIDOnce(t *testing.T) {
	log, lines := logTo()
	h := web.RequestID(nil)(web.Handler(log, func(_ http.ResponseWriter, r *http.Request) error {
		log.With("a", 1).InfoContext(r.Context(), "inside")
		log.WithGroup("g").InfoContext(r.Context(), "grouped")
		return errors.New("unknown")
	}))
	webtest.Scenario{URL: "/"}.Serve(h)
	for line := range strings.Lines(lines.String()) {
		require.Equal(t, 1, strings.Count(line, "request_id"), line)
	}
	require.Equal(t, 3, strings.Count(lines.String(), "\n"))
	lines.Reset()
	log.Info("outside")
	require.NotContains(t, lines.String(), "request_id")
}

func TestAccessLogsRoutesAndNoSecrets(t *testing.T) {
	log, lines := logTo()
	var seen []web.Served
	observe := func(_ *http.Request, s web.Served) { s.Duration = 0; seen = append(seen, s) }
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", notes().Handler()))
	mux.Handle("GET /verify/{token}", web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "hello"); return err }))
	mux.Handle("GET /abort", web.Handler(nil, func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }))
	mux.HandleFunc("GET /plain/{id}", func(http.ResponseWriter, *http.Request) {})
	h := web.Access(log, observe)(web.Recover(nil)(mux))
	for _, s := range []webtest.Scenario{
		{URL: "/api/notes/1?secret=hunter2", Header: map[string]string{"Authorization": "Bearer hunter2", "Cookie": "s=hunter2"}},
		{URL: "/api/notes/hunter2"}, {URL: "/verify/hunter2"}, {URL: "/plain/hunter2"}, {URL: "/nowhere/hunter2"}, {Method: "HUNTER2", URL: "/x"},
	} {
		s.Serve(h)
	}
	require.Panics(t, func() { webtest.Scenario{URL: "/abort"}.Serve(h) })
	for i := range seen {
		seen[i].Bytes = min(seen[i].Bytes, 5)
	}
	require.Equal(t, []web.Served{
		{Method: "GET", Route: "GET /notes/{id}", Status: 200, Bytes: 5}, {Method: "GET", Route: "GET /notes/{id}", Status: 404, Bytes: 5},
		{Method: "GET", Route: "GET /verify/{token}", Status: 200, Bytes: 5}, {Method: "GET", Route: "GET /plain/{id}", Status: 200},
		{Method: "GET", Route: "", Status: 404, Bytes: 5}, {Method: "OTHER", Route: "", Status: 404, Bytes: 5},
		{Method: "GET", Route: "GET /abort", Status: 0},
	}, seen)
	require.Equal(t, len(seen), strings.Count(lines.String(), "\n"))
	require.NotContains(t, strings.ToLower(lines.String()), "hunter2")
}

func TestClientIP(t *testing.T) {
	proxies := prefixes("10.0.0.0/8", "fd00::/8")
	many := strings.Repeat("10.0.0.1, ", 40)
	for name, tt := range map[string]struct {
		trusted []netip.Prefix
		remote  string
		headers []string
		want    string
	}{
		"direct":                   {proxies, "192.0.2.1:5", nil, "192.0.2.1"},
		"spoofed by a stranger":    {proxies, "192.0.2.1:5", []string{"1.1.1.1"}, "192.0.2.1"},
		"nobody trusted":           {nil, "10.0.0.1:5", []string{"1.1.1.1"}, "10.0.0.1"},
		"one proxy":                {proxies, "10.0.0.1:5", []string{"192.0.2.9"}, "192.0.2.9"},
		"spoofed through a proxy":  {proxies, "10.0.0.1:5", []string{"1.1.1.1, 192.0.2.9"}, "192.0.2.9"},
		"two proxies":              {proxies, "10.0.0.1:5", []string{"1.1.1.1, 192.0.2.9, 10.0.0.2"}, "192.0.2.9"},
		"two headers":              {proxies, "10.0.0.1:5", []string{"1.1.1.1", "192.0.2.9"}, "192.0.2.9"},
		"only proxies":             {proxies, "10.0.0.1:5", []string{"10.0.0.3,10.0.0.2"}, "10.0.0.3"},
		"garbage ends the walk":    {proxies, "10.0.0.1:5", []string{"1.1.1.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		"a port is garbage":        {proxies, "10.0.0.1:5", []string{"1.1.1.1:80"}, "10.0.0.1"},
		"empty":                    {proxies, "10.0.0.1:5", []string{""}, "10.0.0.1"},
		"six":                      {proxies, "[fd00::1]:5", []string{"2001:db8::7"}, "2001:db8::7"},
		"mapped":                   {proxies, "[::ffff:10.0.0.1]:5", []string{"::ffff:192.0.2.9"}, "192.0.2.9"},
		"zones do not count":       {proxies, "[fe80::1%eth0]:5", nil, "fe80::1"},
		"more than anybody chains": {proxies, "10.0.0.1:5", []string{"1.1.1.1, " + many + "10.0.0.1"}, "10.0.0.1"},
		"no address":               {proxies, "@", []string{"1.1.1.1"}, "invalid IP"},
	} {
		var got netip.Addr
		h := web.ClientIP(tt.trusted)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = web.ClientIPFrom(r) }))
		var header []string
		for _, v := range tt.headers {
			header = append(header, "X-Forwarded-For", v)
		}
		webtest.Scenario{URL: "/", Prepare: from(tt.remote, header...)}.Serve(h)
		require.Equal(t, tt.want, got.String(), name)
	}
	require.Equal(t, "192.0.2.1", web.ClientIPFrom(from("192.0.2.1:5")(httptest.NewRequest("GET", "/", nil))).String(), "without the middleware")
}

func TestLimitKey(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "2001:db8:1:3::9": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64",
	} {
		require.Equal(t, want, web.LimitKey(netip.MustParseAddr(in)))
	}
}

func TestSecurityHeaders(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	strict := webtest.Scenario{URL: "/"}.Serve(web.SecurityHeaders(nil)(ok)).Header()
	policy := strict.Get("Content-Security-Policy")
	for _, directive := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"} {
		require.Contains(t, "; "+policy+";", "; "+directive+";")
	}
	require.NotContains(t, policy, "unsafe")
	require.Equal(t, "nosniff", strict.Get("X-Content-Type-Options"))
	require.Equal(t, "DENY", strict.Get("X-Frame-Options"))
	require.Equal(t, "same-origin", strict.Get("Referrer-Policy"))
	require.Equal(t, "same-origin", strict.Get("Cross-Origin-Opener-Policy"))
	require.Contains(t, strict.Get("Permissions-Policy"), "camera=()")
	require.Empty(t, strict.Get("Strict-Transport-Security"))

	loose := webtest.Scenario{URL: "/"}.Serve(web.SecurityHeaders(&web.HeaderOptions{
		FrameAncestors: []string{"'self'", "https://shop.example.com"}, Images: []string{"https://cdn.example.com"}, Frames: []string{"https://player.example.com"}, HSTS: 3600e9,
	})(ok)).Header()
	require.Contains(t, loose.Get("Content-Security-Policy"), "frame-ancestors 'self' https://shop.example.com")
	require.Contains(t, loose.Get("Content-Security-Policy"), "img-src 'self' data: https://cdn.example.com;")
	require.Contains(t, loose.Get("Content-Security-Policy"), "frame-src https://player.example.com;")
	require.Empty(t, loose.Get("X-Frame-Options"))
	require.Equal(t, "max-age=3600; includeSubDomains", loose.Get("Strict-Transport-Security"))
	for _, bad := range []string{"", "a; script-src *", "a b", "'unsafe-inline'", "a\nb", "a,b"} {
		require.Panics(t, func() { web.SecurityHeaders(&web.HeaderOptions{Images: []string{bad}}) }, "%q", bad)
	}
	missing := webtest.Scenario{URL: "/"}.Serve(web.SecurityHeaders(nil)(web.Handler(nil, failing(errs.NotFound))))
	require.NotEmpty(t, missing.Header().Get("Content-Security-Policy"), "errors have them too")
}

func TestAdv_94_CrossOrigin(t *testing.T) {
	protect, err := web.CrossOrigin("https://shop.example.com")
	require.NoError(t, err)
	done := 0
	h := protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done++ }))
	header := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	webtest.Run(t, h, []webtest.Scenario{
		{Name: "same origin", Method: "POST", URL: "/", Header: header("Sec-Fetch-Site", "same-origin"), Status: 200},
		{Name: "typed in", Method: "POST", URL: "/", Header: header("Sec-Fetch-Site", "none"), Status: 200},
		{Name: "no browser", Method: "POST", URL: "/", Status: 200},
		{Name: "trusted", Method: "POST", URL: "/", Header: header("Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example.com"), Status: 200},
		{Name: "reading", URL: "/", Header: header("Sec-Fetch-Site", "cross-site"), Status: 200},
	})
	require.Equal(t, 5, done)
	webtest.Run(t, h, []webtest.Scenario{
		{Name: "another site", Method: "POST", URL: "/", Header: header("Sec-Fetch-Site", "cross-site"), Status: 403, Want: []string{"urn:stoa:error:cross_origin"}},
		{Name: "a sibling", Method: "DELETE", URL: "/", Header: header("Sec-Fetch-Site", "same-site"), Status: 403},
		{Name: "an old browser", Method: "PUT", URL: "/", Header: header("Origin", "https://evil.example"), Status: 403},
		{Name: "a sandbox", Method: "PATCH", URL: "/", Header: header("Origin", "null"), Status: 403},
	})
	require.Equal(t, 5, done, "what is refused is not carried out")
	_, err = web.CrossOrigin("not an origin")
	require.Error(t, err)
}

func TestMaxBytes(t *testing.T) {
	h := web.MaxBytes(10)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}))
	unannounced := func(r *http.Request) *http.Request { r.ContentLength = -1; return r }
	webtest.Run(t, h, []webtest.Scenario{
		{Name: "fits", Method: "POST", URL: "/", Body: "1234567890", Status: 200, Want: []string{"1234567890"}},
		{Name: "too large", Method: "POST", URL: "/", Body: "12345678901", Status: 413, WantHeader: map[string]string{"Connection": "close"}},
		{Name: "too large, not announced", Method: "POST", URL: "/", Body: "12345678901", Prepare: unannounced, Status: 413},
	})
}

// Through every middleware at once the server's own writer stays reachable.
func TestWritersCanBeUnwrapped(t *testing.T) {
	protect, err := web.CrossOrigin()
	require.NoError(t, err)
	limiter := web.NewLimiter(web.Rate{Events: 100, Per: 1e9}, nil)
	h := web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error {
		rc := http.NewResponseController(w)
		for _, err := range []error{rc.EnableFullDuplex(), rc.Flush(), rc.SetReadDeadline(never()), rc.SetWriteDeadline(never())} {
			if err != nil {
				return err
			}
		}
		_, err := io.Copy(w, strings.NewReader("reached"))
		return err
	})
	for _, mw := range []func(http.Handler) http.Handler{
		web.Timeout(1e10), web.MaxBytes(10), web.RateLimit(limiter, func(*http.Request) string { return "x" }), protect, web.SecurityHeaders(nil),
		web.Recover(nil), web.ErrorPages(nil), web.Access(nil, nil), web.ClientIP(nil), web.RequestID(nil),
	} {
		h = mw(h)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	res, err := http.Get(server.URL)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, "reached", string(body))
}

func TestKeysHaveEnglishTexts(t *testing.T) {
	for _, key := range slices.Concat(web.Keys(), valid.Keys(), []string{"error.page_token", "error.idempotency_mismatch"}) {
		text := web.Translate(t.Context(), errs.Message{Key: key})
		require.NotEqual(t, key, text)
		require.NotContains(t, text, "\n")
	}
	var b bytes.Buffer
	require.NoError(t, json.NewEncoder(&b).Encode(web.Problem{}))
	require.NotContains(t, b.String(), "errors")
}
