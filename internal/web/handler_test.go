package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

const secret = "pq: password=hunter2 at /srv/app/main.go:7"

// logTo returns a logger and what it wrote.
func logTo() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(web.LogHandler(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))), &b
}

func failing(err error) web.Func {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func TestErrorsBecomeAnswers(t *testing.T) {
	wrapped := func(class error) error { return fmt.Errorf("%s: %w", secret, class) }
	tests := []struct {
		name    string
		err     error
		status  int
		problem string // the type, without its prefix
		logged  string // what the log must contain; empty means nothing logged
		retry   string
	}{
		{"not found", wrapped(errs.NotFound), 404, "not_found", "", ""},
		{"conflict", wrapped(errs.Conflict), 409, "conflict", "", ""},
		{"gone", wrapped(errs.Gone), 410, "gone", "", ""},
		{"forbidden", wrapped(errs.Forbidden), 403, "forbidden", "", ""},
		{"invalid", wrapped(errs.Invalid), 422, "invalid", "", ""},
		{"unsupported", wrapped(errs.Unsupported), 501, "unsupported", "", ""},
		{"unavailable", wrapped(errs.Unavailable), 503, "unavailable", "hunter2", "5"},
		{"unavailable for a while", web.RetryAfter(wrapped(errs.Unavailable), 1500*time.Millisecond), 503, "unavailable", "hunter2", "2"},
		{"too many", wrapped(errs.TooMany), 429, "too_many", "", "5"},
		{"too many, wait", web.TooMany(61 * time.Second), 429, "too_many_detail", "", "61"},
		{"deadline", wrapped(context.DeadlineExceeded), 503, "unavailable", "hunter2", "5"},
		{"too large", wrapped(web.ErrTooLarge), 413, "too_large", "", ""},
		{"too large, as the library says it", wrapped(&http.MaxBytesError{Limit: 5}), 413, "too_large", "", ""},
		{"media type", wrapped(web.ErrMediaType), 415, "media_type", "", ""},
		{"precondition", wrapped(web.ErrPrecondition), 412, "precondition", "", ""},
		{"precondition required", wrapped(web.ErrPreconditionRequired), 428, "if_match", "", ""},
		{"explained", errs.Say(errs.Conflict, "error.idempotency_mismatch", nil), 409, "idempotency_mismatch", "", ""},
		{"unknown", errors.New(secret), 500, "internal", "hunter2", ""},
		{"canceled, but not by the client", wrapped(context.Canceled), 500, "internal", "hunter2", ""},
		{"hidden before refused", errors.Join(errs.Forbidden, errs.NotFound), 404, "not_found", "", ""},
		{"refused before wrong", errors.Join(errs.Invalid, errs.Forbidden), 403, "forbidden", "", ""},
		{"a retry of something else", web.RetryAfter(wrapped(errs.NotFound), time.Minute), 404, "not_found", "", ""},
	}
	for _, tt := range tests {
		log, lines := logTo()
		webtest.Run(t, web.Handler(log, failing(tt.err)), []webtest.Scenario{{
			Name: tt.name, URL: "/x?token=t0ken", Status: tt.status,
			Want:       []string{`"type":"urn:stoa:error:` + tt.problem + `"`, fmt.Sprintf(`"status":%d`, tt.status)},
			Not:        []string{"hunter2", "main.go", "t0ken"},
			WantHeader: map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "Retry-After": tt.retry, "X-Content-Type-Options": "nosniff"},
			Check: func(t *testing.T, w *httptest.ResponseRecorder) {
				var p web.Problem
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
				require.NotContains(t, p.Title+p.Detail, "error.", "every key has an English text")
				require.Equal(t, w.Header().Get("X-Request-Id"), p.Instance)
				require.Equal(t, tt.status == 500, strings.Contains(p.Detail, p.Instance))
				require.Equal(t, tt.status, web.Status(tt.err))
				if tt.logged == "" {
					require.Empty(t, lines.String())
					return
				}
				require.Contains(t, lines.String(), tt.logged)
				require.Contains(t, lines.String(), `"request_id":"`+p.Instance+`"`)
				require.NotContains(t, lines.String(), "t0ken")
			},
		}})
	}
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	german := func(m errs.Message) string { return fmt.Sprintf("<%s %v>", m.Key, m.Args["max"]) }
	h := web.Handler(nil, failing(errs.Fields{"title": {Key: "error.field.too_long", Args: map[string]any{"max": 200}}, "lines[0].price": {Key: "error.field.required"}}))
	webtest.Run(t, h, []webtest.Scenario{{
		Name: "translated", URL: "/", Status: 422,
		Prepare: func(r *http.Request) *http.Request { return r.WithContext(web.WithTranslator(r.Context(), german)) },
		Check: func(t *testing.T, w *httptest.ResponseRecorder) {
			var p web.Problem
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
			require.Equal(t, "<error.invalid <nil>>", p.Title)
			require.Equal(t, "<error.fields_detail <nil>>", p.Detail)
			require.Equal(t, map[string]string{"title": "<error.field.too_long 200>", "lines[0].price": "<error.field.required <nil>>"}, p.Errors)
		},
	}})
	require.Equal(t, "Try again in 3 seconds.", web.Translate(t.Context(), errs.Message{Key: "error.too_many_detail", Args: map[string]any{"seconds": 3}}))
	require.Equal(t, "no.such.key", web.Translate(t.Context(), errs.Message{Key: "no.such.key"}))
	require.Contains(t, web.Keys(), "error.field.unknown")
	broken := web.WithTranslator(t.Context(), func(errs.Message) string { panic("catalog") })
	require.Equal(t, "Not found", web.Translate(broken, errs.Message{Key: "error.not_found"}))
}

func TestPanicsBecomeBlankAnswers(t *testing.T) {
	for name, value := range map[string]any{"text": secret, "error": errors.New(secret), "nil map": nil} {
		log, lines := logTo()
		panicking := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if value == nil {
				var m map[string]int
				m["x"]++ //nolint:staticcheck // the panic that programs have
			}
			panic(value)
		})
		webtest.Run(t, web.Recover(log)(panicking), []webtest.Scenario{
			{Name: name, URL: "/", Status: 500, Want: []string{`"title":"Something went wrong on our side"`}, Not: []string{"hunter2", "nil map"}},
		})
		require.Contains(t, lines.String(), "handler_test.go", "the stack is in the log")
	}
	abort := web.Handler(nil, func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { webtest.Scenario{URL: "/"}.Serve(abort) })

	half := web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error { _, _ = io.WriteString(w, "half"); panic("x") })
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { webtest.Scenario{URL: "/"}.Serve(half) }, "the connection is cut rather than ended well")
}

func TestAnErrorAfterTheAnswerIsOnlyLogged(t *testing.T) {
	for name, begin := range map[string]func(http.ResponseWriter, *http.Request) error{
		"write": func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "done"); return err },
		"json":  func(w http.ResponseWriter, r *http.Request) error { return web.JSON(w, r, 200, "done") },
		"flush": func(w http.ResponseWriter, _ *http.Request) error { return http.NewResponseController(w).Flush() },
		"copy": func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.Copy(w, strings.NewReader("done"))
			return err
		},
		"header alone": func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(200); return nil },
	} {
		log, lines := logTo()
		h := web.Handler(log, func(w http.ResponseWriter, r *http.Request) error {
			require.NoError(t, begin(w, r))
			return errors.New(secret)
		})
		webtest.Run(t, h, []webtest.Scenario{{Name: name, URL: "/", Status: 200, Not: []string{"problem", "urn:"}}})
		require.Contains(t, lines.String(), "after its answer had begun")
	}
	informed := web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusEarlyHints)
		return errs.NotFound
	})
	server := httptest.NewServer(informed)
	defer server.Close()
	res, err := http.Get(server.URL)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, 404, res.StatusCode, "an informational answer is not the answer")
}

func TestTheFailedAnswersHeadersDoNotStay(t *testing.T) {
	h := web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error {
		for _, name := range []string{"ETag", "Content-Length", "Content-Encoding", "Last-Modified", "Content-Disposition"} {
			w.Header().Set(name, "1")
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		return errs.NotFound
	})
	webtest.Run(t, h, []webtest.Scenario{{Name: "clean", URL: "/", Status: 404, WantHeader: map[string]string{
		"ETag": "", "Content-Encoding": "", "Last-Modified": "", "Content-Disposition": "", "Cache-Control": "no-store"}}})
}

func TestNobodyIsWrittenToWhoIsGone(t *testing.T) {
	log, lines := logTo()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := webtest.Scenario{URL: "/", Prepare: func(r *http.Request) *http.Request { return r.WithContext(ctx) }}.Serve(web.Handler(log, failing(errors.New(secret))))
	require.Zero(t, w.Body.Len())
	require.False(t, w.Flushed)
	require.NotContains(t, lines.String(), `"level":"ERROR"`)
}

func TestErrorPages(t *testing.T) {
	page := func(w http.ResponseWriter, r *http.Request, status int, err error) {
		p := web.Describe(r, err)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<h1>%s</h1>%s", p.Title, p.Instance)
	}
	panicking := func(http.ResponseWriter, *http.Request, int, error) { panic("template") }
	silent := func(http.ResponseWriter, *http.Request, int, error) {}
	with := func(page func(http.ResponseWriter, *http.Request, int, error), h http.Handler) http.Handler {
		return web.ErrorPages(page)(h)
	}
	accept := func(s string) map[string]string { return map[string]string{"Accept": s} }
	browser := accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	missing := web.Handler(nil, failing(errs.NotFound))

	webtest.Run(t, with(page, missing), []webtest.Scenario{
		{Name: "browser", URL: "/", Header: browser, Status: 404, Want: []string{"<h1>Not found</h1>"}, WantHeader: map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}},
		{Name: "no preference", URL: "/", Status: 404, Want: []string{"<h1>"}},
		{Name: "fetch", URL: "/", Header: accept("application/json"), Status: 404, Want: []string{`"status":404`}, Not: []string{"<h1>"}},
		{Name: "problem", URL: "/", Header: accept("application/problem+json"), Status: 404, Want: []string{`"status":404`}},
	})
	webtest.Run(t, with(page, web.Recover(nil)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(secret) }))), []webtest.Scenario{
		{Name: "panic", URL: "/", Header: browser, Status: 500, Want: []string{"<h1>Something went wrong"}, Not: []string{"hunter2"}},
	})
	webtest.Run(t, with(page, notes().Handler()), []webtest.Scenario{
		{Name: "an API stays JSON", URL: "/notes/9", Header: browser, Status: 404, Want: []string{`"status":404`}, Not: []string{"<h1>"}},
		{Name: "outside its operations too", URL: "/nowhere", Header: browser, Status: 404, Want: []string{`"status":404`}, Not: []string{"<h1>"}},
	})
	webtest.Run(t, with(panicking, missing), []webtest.Scenario{{Name: "a page that panics", URL: "/", Header: browser, Status: 404, Want: []string{`"status":404`}}})
	webtest.Run(t, with(silent, missing), []webtest.Scenario{{Name: "a page that says nothing", URL: "/", Header: browser, Status: 404, Want: []string{`"status":404`}}})
}

func TestJSON(t *testing.T) {
	h := func(etag, cache string, v any) http.Handler {
		return web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			if cache != "" {
				w.Header().Set("Cache-Control", cache)
			}
			if etag != "" && web.NotModified(w, r, etag) {
				return nil
			}
			return web.JSON(w, r, http.StatusOK, v)
		})
	}
	webtest.Run(t, h("", "", map[string]string{"a": "<script>"}), []webtest.Scenario{
		{Name: "escaped", URL: "/", Status: 200, Want: []string{`{"a":"\u003cscript\u003e"}`}, WantHeader: map[string]string{"Cache-Control": "no-store", "Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}},
		{Name: "head", Method: "HEAD", URL: "/", Status: 200, Not: []string{"script"}, WantHeader: map[string]string{"Content-Length": "27"}},
	})
	webtest.Run(t, h(web.ETag(3), "", 1), []webtest.Scenario{{Name: "kept", URL: "/", Status: 200, WantHeader: map[string]string{"Cache-Control": "private, no-cache", "ETag": `"3"`}}})
	webtest.Run(t, h("", "public, max-age=60", 1), []webtest.Scenario{{Name: "the handler's word", URL: "/", Status: 200, WantHeader: map[string]string{"Cache-Control": "public, max-age=60"}}})
	webtest.Run(t, h("", "", func() {}), []webtest.Scenario{{Name: "cannot be marshalled", URL: "/", Status: 500, Not: []string{"func"}}})
}
