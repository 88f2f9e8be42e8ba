package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSupportInsideAProduct does what a team would try first: an administrator
// of the product writes an article, and its customers find and read it.
func TestSupportInsideAProduct(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := newProduct(ctx, filepath.Join(t.TempDir(), "host.db"))
	require.NoError(t, err)
	defer p.db.Close()
	keepFresh, err := addSupport(ctx, p)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- keepFresh(ctx) }()

	answer := func(method, path, login, body string, header ...string) (int, string, http.Header) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if login != "" {
			r.Header.Set("Authorization", "Bearer key-of-"+login)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		p.mux.ServeHTTP(w, r)
		return w.Code, w.Body.String(), w.Header()
	}

	status, body, _ := answer("POST", "/support/categories", "ann", `{"id":"printers","audience":["public"],"labels":{"en":{"title":"Printers"}}}`, "Idempotency-Key", "k0")
	require.Equal(t, http.StatusCreated, status, body)
	status, body, _ = answer("POST", "/support/articles", "bob", `{"title":"x","category":"printers","kind":"faq","audience":["public"],"body":"x"}`, "Idempotency-Key", "k1")
	require.Equal(t, http.StatusForbidden, status, body)
	draft := `{"title":"Printer is slow","category":"printers","kind":"faq","audience":["account:zenith","staff"],"body":"Switch it off and on."}`
	status, body, header := answer("POST", "/support/articles", "ann", draft, "Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, status, body)
	id := strings.Split(strings.Split(body, `"id":"`)[1], `"`)[0]
	status, body, _ = answer("PUT", "/support/manuscripts/"+id+"/texts/en/publication", "ann", "", "If-Match", header.Get("ETag"))
	require.Equal(t, http.StatusOK, status, body)

	require.Eventually(t, func() bool {
		_, body, _ = answer("GET", "/support/search?q=slow+printer", "bob", "")
		return strings.Contains(body, "Printer is slow") || strings.Contains(body, `"slow"`)
	}, 10*time.Second, 20*time.Millisecond, "its reader finds it")
	status, body, _ = answer("GET", "/support/articles/"+id, "bob", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "Switch it off and on")
	status, body, _ = answer("GET", "/support/articles/"+id, "", "")
	require.Equal(t, http.StatusNotFound, status)
	require.NotContains(t, body, "Printer is slow")
	_, body, _ = answer("GET", "/support/search?q=slow+printer", "", "")
	require.NotContains(t, body, id)
	status, body, _ = answer("GET", "/support/me", "bob", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"account":"zenith"`)
	status, body, _ = answer("PUT", "/support/me/shelf/favourites", "bob", `{"ref":"article/`+id+`","title":"Printer"}`)
	require.Equal(t, http.StatusOK, status, body)
	_, body, _ = answer("GET", "/support/me/shelf/favourites", "ann", "")
	require.NotContains(t, body, id, "everybody has their own")
	cancel()
	require.NoError(t, <-done)
}
