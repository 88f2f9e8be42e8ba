package site

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/promanalytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/search"
)

// mountHealth serves what machines ask: is it alive, can it serve, how is it.
func (s *Site) mountHealth(mux *http.ServeMux) {
	metrics := s.Metrics()
	serves := map[string]web.Func{
		"GET /healthz": func(w http.ResponseWriter, _ *http.Request) error { return plain(w, http.StatusOK, "ok") },
		"GET /readyz":  s.readyz,
	}
	if !s.cfg.MetricsElsewhere {
		serves["GET /metrics"] = func(w http.ResponseWriter, r *http.Request) error {
			if !sameMachine(r) {
				return errs.NotFound
			}
			metrics.ServeHTTP(w, r)
			return nil
		}
	}
	for pattern, serve := range serves {
		mux.Handle(pattern, web.Handler(s.cfg.Log, serve))
	}
}

// Metrics serves what the portal counts, in the format of Prometheus. It tells
// how busy the portal is and with what, so it is not for everybody.
func (s *Site) Metrics() http.Handler {
	return promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{Registry: s.metrics})
}

// sameMachine reports whether a request is of a program on this machine, and of
// nobody for whom a proxy on it, or a page in a browser on it, asks.
func sameMachine(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, _ := netip.ParseAddr(strings.Trim(host, "[]"))
	return web.ClientIPFrom(r).IsLoopback() && (addr.IsLoopback() || strings.EqualFold(host, "localhost"))
}

func plain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := w.Write([]byte(text + "\n"))
	return err
}

// readyz says whether the portal can answer: the database does. An index that
// does not answer is said and leaves the portal ready: all its pages do, and
// titles are searched in its place. What exactly is wrong stands in the log.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.db.read.PingContext(ctx); err != nil {
		s.cfg.Log.WarnContext(ctx, "not ready", "err", err)
		return plain(w, http.StatusServiceUnavailable, "database: no answer")
	}
	switch status := s.engine.Status(ctx); {
	case status.Error != "":
		s.cfg.Log.WarnContext(ctx, "index does not answer", "err", status.Error)
		return plain(w, http.StatusOK, "ready; search: no answer"+s.cfg.Search.place())
	case !status.CaughtUp():
		return plain(w, http.StatusOK, "ready; search: still reading"+s.cfg.Search.place())
	}
	return plain(w, http.StatusOK, "ready"+s.cfg.Search.place())
}

// openMetrics makes the ledger, and counts what it is told and what it loses,
// and what the program itself takes.
func (s *Site) openMetrics(store analytics.Store) (err error) {
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if s.gauges, err = promanalytics.New(s.metrics, nil); err != nil {
		return err
	}
	redact := func(text string) string { return analytics.Redact(s.redactor.Mask(text)) }
	s.ledger = analytics.NewLedger(store, &analytics.Options{Redact: redact, Logger: s.cfg.Log, Now: s.cfg.Now, Dropped: s.gauges.Dropped})
	s.events = s.gauges.Recorder(s.ledger)
	return s.gauges.Watch(s.ledger)
}

// watchSearch adds how fresh the index is, and what else is asked for at every
// scrape.
func (s *Site) watchSearch() error {
	worst := func(of func(search.SourceStatus) time.Duration) func() float64 {
		return func() float64 {
			var most time.Duration
			for _, src := range s.status().Sources {
				most = max(most, of(src))
			}
			return most.Seconds()
		}
	}
	return errors.Join(
		s.gauges.Gauge("search_documents", "Texts that can be found.", func() float64 { return float64(s.status().Documents) }),
		s.gauges.Gauge("search_lag_seconds", "For how long there has been something to read that the index has not read.",
			worst(func(src search.SourceStatus) time.Duration { return src.Lag })),
		s.gauges.Gauge("search_stalled_seconds", "How long the oldest change has been waiting to become readable.",
			worst(func(src search.SourceStatus) time.Duration { return src.Stalled })),
		s.gauges.Gauge("database_connections_in_use", "Connections to the database that are in use.",
			func() float64 { return float64(s.db.read.Stats().InUse) }),
	)
}

// status is for scrapes, which do not wait long.
func (s *Site) status() search.Status {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.engine.Status(ctx)
}

// observe counts one answered request. How long a reader stays with a stream is
// not how long it takes to answer.
func (s *Site) observe(_ *http.Request, served web.Served) {
	if served.Route != apiPrefix+"/live" && !strings.HasSuffix(served.Route, "/account/notices/stream") && !strings.HasSuffix(served.Route, transferPath+"/{job}/events") {
		s.gauges.Observe(served.Method, served.Route, served.Status, served.Bytes, served.Duration)
	}
}
