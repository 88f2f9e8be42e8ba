// Package promanalytics shows Prometheus what a portal does: events by name,
// events that were lost, requests by route, and whatever else a program wants
// watched.
//
//	metrics, err := promanalytics.New(prometheus.DefaultRegisterer, nil)
//	...
//	ledger := analytics.NewLedger(store, &analytics.Options{Dropped: metrics.Dropped})
//	library := kb.NewLibrary(articles, &kb.Options{Events: metrics.Recorder(ledger)})
//	handler := metrics.Middleware(mux)
//
// No label holds anything that a client chooses: no path, no query, no person.
// A route is the pattern that the program declared, a status its class, and an
// event's name one of a bounded number.
package promanalytics

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/web"
)

// Other is the label of everything that has none of its own.
const Other = "other"

const maxNames = 100

// Metrics are the collectors of one portal. Make them with [New]. Its methods
// may be called concurrently.
type Metrics struct {
	reg      prometheus.Registerer
	events   *prometheus.CounterVec
	dropped  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	size     *prometheus.HistogramVec
	streams  *prometheus.CounterVec

	mu     sync.RWMutex
	names  map[string]bool
	closed bool // no more names are learned
}

// Options adjust Metrics. The zero value is ready to use.
type Options struct {
	Names   []string  // names of events that are counted apart; nil means the first 100 that occur
	Buckets []float64 // of durations in seconds; nil means 1 ms to 10 s
}

// New registers the collectors of a portal. Those that are registered already,
// by another portal in the same program for example, are shared. A nil opts
// means the defaults.
func New(reg prometheus.Registerer, opts *Options) (*Metrics, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Buckets == nil {
		o.Buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	}
	m := &Metrics{reg: reg, names: map[string]bool{}, closed: o.Names != nil}
	for _, name := range o.Names {
		m.names[name] = true
	}
	sizes := prometheus.ExponentialBuckets(256, 4, 9) // 256 B to 16 MiB
	var errs [5]error
	m.events, errs[0] = register(reg, counter("stoa_events_total", "Events recorded, by name.", "name"))
	m.dropped, errs[1] = register(reg, counter("stoa_events_dropped_total", "Events lost, by reason.", "reason"))
	m.duration, errs[2] = register(reg, histogram("stoa_http_request_duration_seconds", "Time to answer, by route and class of status.", o.Buckets, "method", "route", "status"))
	m.size, errs[3] = register(reg, histogram("stoa_http_response_size_bytes", "Size of answers, by route.", sizes, "route"))
	m.streams, errs[4] = register(reg, counter("stoa_http_streams_total", "Event streams that have ended, by route.", "route"))
	return m, errors.Join(errs[:]...)
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// register returns c, or the collector of the same kind that was there first.
func register[C prometheus.Collector](reg prometheus.Registerer, c C) (C, error) {
	err := reg.Register(c)
	if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if same, ok := there.ExistingCollector.(C); ok {
			return same, nil
		}
	}
	return c, err
}

// Recorder returns a recorder that counts events by name and passes them on to
// next.
func (m *Metrics) Recorder(next analytics.Recorder) analytics.Recorder {
	return analytics.RecorderFunc(func(ctx context.Context, e analytics.Event) {
		m.events.WithLabelValues(m.label(e.Name)).Inc()
		next.Record(ctx, e)
	})
}

// label returns name if it is one of the bounded number.
func (m *Metrics) label(name string) string {
	m.mu.RLock()
	known, closed := m.names[name], m.closed
	m.mu.RUnlock()
	switch {
	case known:
		return name
	case closed:
		return Other
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.names) >= maxNames {
		m.closed = true
		return Other
	}
	m.names[strings.Clone(name)] = true
	return name
}

// Dropped counts lost events. It is for analytics.Options.Dropped.
func (m *Metrics) Dropped(reason analytics.DropReason, n int) {
	m.dropped.WithLabelValues(string(reason)).Add(float64(n))
}

// Middleware measures the requests that next answers. Event streams are
// counted and not timed: they last as long as the reader stays.
func (m *Metrics) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Access(nil, func(_ *http.Request, s web.Served) {
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
				m.streams.WithLabelValues(route(s.Route)).Inc()
				return
			}
			m.Observe(s.Method, s.Route, s.Status, s.Bytes, s.Duration)
		})(next).ServeHTTP(w, r)
	})
}

// Observe counts one answered request, for hosts with middleware of their own.
// The route is the pattern that matched, never the path.
func (m *Metrics) Observe(method, pattern string, status int, bytes int64, took time.Duration) {
	m.duration.WithLabelValues(known(method), route(pattern), class(status)).Observe(took.Seconds())
	m.size.WithLabelValues(route(pattern)).Observe(float64(bytes))
}

func route(pattern string) string {
	if pattern == "" {
		return Other
	}
	return pattern
}

func class(status int) string {
	if status < 100 || status > 599 {
		return Other
	}
	return fmt.Sprintf("%dxx", status/100)
}

// known keeps a stranger's inventions out of the labels.
func known(method string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method) {
		return method
	}
	return Other
}

// Gauge shows a value that is asked for at every scrape, as stoa_NAME: how far
// an index lags behind, or how many jobs wait. A gauge of the same name is
// replaced.
func (m *Metrics) Gauge(name, help string, value func() float64) error {
	g := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stoa_" + name, Help: help}, value)
	err := m.reg.Register(g)
	if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		m.reg.Unregister(there.ExistingCollector)
		err = m.reg.Register(g)
	}
	if err != nil {
		return fmt.Errorf("gauge %s: %w", name, err)
	}
	return nil
}

// Timer returns a function that notes how long something took, shown as
// stoa_NAME_seconds: a search, or a call to a CRM.
func (m *Metrics) Timer(name, help string) (func(time.Duration), error) {
	h, err := register(m.reg, prometheus.NewHistogram(prometheus.HistogramOpts{Name: "stoa_" + name + "_seconds", Help: help}))
	if err != nil {
		return nil, fmt.Errorf("timer %s: %w", name, err)
	}
	return func(d time.Duration) { h.Observe(d.Seconds()) }, nil
}

// Watch shows how many events of a ledger wait to be stored.
func (m *Metrics) Watch(l *analytics.Ledger) error {
	return m.Gauge("events_pending", "Events that wait to be stored.", func() float64 { return float64(l.Stats().Pending) })
}
