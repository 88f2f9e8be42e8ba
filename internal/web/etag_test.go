package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

func TestETag(t *testing.T) {
	require.Equal(t, `"7"`, web.ETag(7))
	seen := map[string]bool{}
	for _, tag := range []string{web.ETag(7), web.ETag(8), web.ETag(7, "de"), web.ETag(7, "en"), web.ETag(7, "de", "ann"), web.ETag(7, "dea", "nn"), web.ETag(7, ""), web.HashETag([]byte("7"))} {
		require.Regexp(t, `^"[0-9a-v-]+"$`, tag)
		require.False(t, seen[tag], tag)
		seen[tag] = true
	}
	require.Equal(t, web.ETag(7, "de", 3), web.ETag(7, "de", 3))
}

func TestNotModified(t *testing.T) {
	tests := []struct {
		method string
		header []string
		want   bool
	}{
		{"GET", nil, false}, {"GET", []string{`"7"`}, true}, {"HEAD", []string{`"7"`}, true}, {"GET", []string{`W/"7"`}, true},
		{"GET", []string{`"6", "7"`}, true}, {"GET", []string{`"6"`, `W/"7" `}, true}, {"GET", []string{"*"}, true},
		{"GET", []string{`"6"`}, false}, {"GET", []string{"7"}, false}, {"GET", []string{`"77"`}, false}, {"GET", []string{""}, false},
		{"POST", []string{`"7"`}, false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "/", nil)
		r.Header["If-None-Match"] = tt.header
		w := httptest.NewRecorder()
		require.Equal(t, tt.want, web.NotModified(w, r, web.ETag(7)), "%s %q", tt.method, tt.header)
		require.Equal(t, `"7"`, w.Header().Get("ETag"))
		require.Equal(t, tt.want, w.Code == http.StatusNotModified)
	}
}

func TestIfMatch(t *testing.T) {
	with := func(values ...string) (int, error) {
		r := httptest.NewRequest("PUT", "/", nil)
		r.Header["If-Match"] = values
		return web.IfMatch(r)
	}
	for header, want := range map[string]int{web.ETag(7): 7, web.ETag(7, "de", "ann"): 7, `W/"7"`: 7, `"0"`: 0} {
		got, err := with(header)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, header := range [][]string{nil, {"*"}} {
		_, err := with(header...)
		require.ErrorIs(t, err, web.ErrPreconditionRequired)
	}
	for _, header := range [][]string{{""}, {"7"}, {`"7`}, {`""`}, {`"x"`}, {`"-7"`}, {`"07"`}, {`"7","8"`}, {`"7"`, `"8"`}, {`"99999999999999999999"`}, {`"7 "`}} {
		_, err := with(header...)
		require.ErrorIs(t, err, errs.Invalid, "%q", header)
	}
	require.NoError(t, web.CheckVersion(7, 7))
	require.ErrorIs(t, web.CheckVersion(8, 7), web.ErrPrecondition)
}

func TestIdempotencyKey(t *testing.T) {
	with := func(values ...string) (string, error) {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header["Idempotency-Key"] = values
		return web.IdempotencyKey(r)
	}
	for header, want := range map[string]string{"abc": "abc", `"abc"`: "abc", `"`: `"`, "a b": "a b", strings.Repeat("k", 255): strings.Repeat("k", 255)} {
		got, err := with(header)
		require.NoError(t, err, header)
		require.Equal(t, want, got)
	}
	got, err := with()
	require.NoError(t, err)
	require.Empty(t, got)
	for _, header := range [][]string{{""}, {`""`}, {"é"}, {"a\x00"}, {"a\tb"}, {strings.Repeat("k", 256)}, {"a", "a"}, {"a", "b"}} {
		_, err := with(header...)
		require.ErrorIs(t, err, errs.Invalid, "%q", header)
	}
}

func TestPathValue(t *testing.T) {
	for value, ok := range map[string]bool{
		"a": true, "日本": true, "a b": true, strings.Repeat("a", 512): true,
		"": false, "a\x00": false, "a\n": false, "\xff": false, strings.Repeat("a", 513): false, "\u0085": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetPathValue("id", value)
		got, err := web.PathValue(r, "id")
		if !ok {
			require.ErrorIs(t, err, errs.NotFound, "%q", value)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, value, got)
	}
}
