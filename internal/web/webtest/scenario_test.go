package webtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
)

// Each of these answers is wrong in one way, and the scenario must say so.
func TestScenariosCatch(t *testing.T) {
	expected := webtest.Scenario{URL: "/", Status: 200, Want: []string{"hello"}, Not: []string{"canary"}, WantHeader: map[string]string{"X-Kind": "a", "X-None": ""}}
	answer := func(status int, kind, body string, more ...string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Kind", kind)
			for i := 0; i+1 < len(more); i += 2 {
				w.Header().Set(more[i], more[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	require.NoError(t, expected.Fault(expected.Serve(answer(200, "a", "hello you"))))
	for name, h := range map[string]http.Handler{
		"status":            answer(201, "a", "hello"),
		"lacks":             answer(200, "a", "help"),
		"has":               answer(200, "a", "hello canary"),
		"has in a header":   answer(200, "a", "hello", "X-Title", "the canary"),
		"another value":     answer(200, "b", "hello"),
		"a header too many": answer(200, "a", "hello", "X-None", "1"),
	} {
		require.Error(t, expected.Fault(expected.Serve(h)), name)
	}
	failed := webtest.Scenario{URL: "/", Status: 500}
	require.NoError(t, failed.Fault(failed.Serve(answer(500, "", "sorry"))))
	for _, leak := range []string{`pq: syntax error at or near "x"`, "goroutine 7 [running]", "open /srv/x/main.go:7", "no such table: stoa_case"} {
		require.Error(t, failed.Fault(failed.Serve(answer(500, "", leak))), leak)
	}
}
