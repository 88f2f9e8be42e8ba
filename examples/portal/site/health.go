package site

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/promanalytics"
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

// openMetrics makes the ledger, and counts what it is told and what it loses.
func (s *Site) openMetrics(store analytics.Store) (err error) {
	if s.gauges, err = promanalytics.New(s.metrics, nil); err != nil {
		return err
	}
	s.ledger = analytics.NewLedger(store, &analytics.Options{Logger: s.cfg.Log, Now: s.cfg.Now, Dropped: s.gauges.Dropped})
	s.events = s.gauges.Recorder(s.ledger)
	return s.gauges.Watch(s.ledger)
}

// watchSearch adds how fresh the index is.
func (s *Site) watchSearch() error {
	return errors.Join(
		s.gauges.Gauge("search_documents", "Texts that can be found.", func() float64 {
			return float64(s.engine.Status(context.Background()).Documents)
		}),
		s.gauges.Gauge("search_stalled_seconds", "How long the oldest change has been waiting to become readable.", func() float64 {
			var worst time.Duration
			for _, src := range s.engine.Status(context.Background()).Sources {
				worst = max(worst, src.Stalled)
			}
			return worst.Seconds()
		}),
	)
}

// observe counts one answered request.
func (s *Site) observe(_ *http.Request, served web.Served) {
	s.gauges.Observe(served.Method, served.Route, served.Status, served.Bytes, served.Duration)
}
