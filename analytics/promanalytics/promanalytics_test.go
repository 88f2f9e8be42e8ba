package promanalytics_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/analytics/promanalytics"
)

// values returns every series as "name{label=value,...}" with its value, of a
// histogram the count.
func values(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	require.NoError(t, err)
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			name := f.GetName() + "{" + strings.Join(labels, ",") + "}"
			out[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return out
}

func newMetrics(t *testing.T, o *promanalytics.Options) (*promanalytics.Metrics, *prometheus.Registry) {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	m, err := promanalytics.New(reg, o)
	require.NoError(t, err)
	return m, reg
}

func TestEvents(t *testing.T) {
	m, reg := newMetrics(t, &promanalytics.Options{Names: []string{"article.viewed"}})
	ledger := analytics.NewLedger(memanalytics.New(), &analytics.Options{Size: 3, Dropped: m.Dropped})
	require.NoError(t, m.Watch(ledger))
	rec := m.Recorder(ledger)
	for _, name := range []string{"article.viewed", "article.viewed", "case.opened", "search.performed", "bad"} {
		rec.Record(t.Context(), analytics.Event{Name: name, User: "ann", Text: "secret", Path: "/secret"})
	}
	got := values(t, reg)
	require.Equal(t, map[string]float64{
		"stoa_events_total{name=article.viewed}":    2,
		"stoa_events_total{name=other}":             3,
		"stoa_events_dropped_total{reason=full}":    1,
		"stoa_events_dropped_total{reason=invalid}": 1,
		"stoa_events_pending{}":                     3,
	}, got)
}

func TestNamesAreBounded(t *testing.T) {
	m, reg := newMetrics(t, nil)
	rec := m.Recorder(analytics.Discard)
	for i := range 1_000 {
		rec.Record(t.Context(), analytics.Event{Name: fmt.Sprint("thing.happened_", i)})
	}
	got := values(t, reg)
	require.Len(t, got, 101)
	require.EqualValues(t, 900, got["stoa_events_total{name=other}"])
}

func TestRequests(t *testing.T) {
	m, reg := newMetrics(t, nil)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /articles/{slug}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("slug") == "missing" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "hello")
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		require.NoError(t, http.NewResponseController(w).Flush())
	})
	h := m.Middleware(mux)
	for _, r := range []struct{ method, url string }{
		{"GET", "/articles/secret-1?q=secret"}, {"GET", "/articles/secret-2"}, {"GET", "/articles/missing"},
		{"GET", "/stream"}, {"GET", "/wp-admin/secret"}, {"SECRET", "/articles/a"},
	} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(r.method, r.url, nil))
	}
	got := values(t, reg)
	const name = "stoa_http_request_duration_seconds"
	require.Equal(t, map[string]float64{
		name + "{method=GET,route=GET /articles/{slug},status=2xx}": 2,
		name + "{method=GET,route=GET /articles/{slug},status=4xx}": 1,
		name + "{method=GET,route=other,status=4xx}":                1,
		name + "{method=other,route=other,status=4xx}":              1,
		"stoa_http_response_size_bytes{route=GET /articles/{slug}}": 3,
		"stoa_http_response_size_bytes{route=other}":                2,
		"stoa_http_streams_total{route=GET /stream}":                1,
	}, got)
	for series := range got {
		require.NotContains(t, strings.ToLower(series), "secret")
	}
}

func TestGaugesAndTimers(t *testing.T) {
	m, reg := newMetrics(t, nil)
	lag := 7.0
	require.NoError(t, m.Gauge("index_lag_seconds", "How far the index is behind.", func() float64 { return lag }))
	took, err := m.Timer("search", "Time to answer a search.")
	require.NoError(t, err)
	took(20 * time.Millisecond)
	again, err := m.Timer("search", "Time to answer a search.")
	require.NoError(t, err)
	again(time.Second)
	got := values(t, reg)
	require.EqualValues(t, 7, got["stoa_index_lag_seconds{}"])
	require.EqualValues(t, 2, got["stoa_search_seconds{}"])
	require.NoError(t, m.Gauge("index_lag_seconds", "How far the index is behind.", func() float64 { return 9 }))
	require.EqualValues(t, 9, values(t, reg)["stoa_index_lag_seconds{}"], "the newer one counts")
	require.Error(t, m.Gauge("bad\xff", "?", func() float64 { return 0 }))
	_, err = m.Timer("index_lag", "Taken by a gauge.")
	require.Error(t, err)
}

func TestTwoPortalsShare(t *testing.T) {
	a, reg := newMetrics(t, nil)
	b, err := promanalytics.New(reg, nil)
	require.NoError(t, err)
	for _, m := range []*promanalytics.Metrics{a, b} {
		m.Dropped(analytics.DropFull, 2)
	}
	require.EqualValues(t, 4, values(t, reg)["stoa_events_dropped_total{reason=full}"])
	other := prometheus.NewRegistry()
	require.NoError(t, other.Register(prometheus.NewGauge(prometheus.GaugeOpts{Name: "stoa_events_total", Help: "Something else."})))
	_, err = promanalytics.New(other, nil)
	require.Error(t, err)
}
