package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

// sink is the cheapest writer there is, so that what is measured is ours.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

func bare() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(noteOut{"1", "hello"})
	})
}

func plainFunc(w http.ResponseWriter, r *http.Request) error {
	return web.JSON(w, r, http.StatusOK, noteOut{"1", "hello"})
}

func everything(h http.Handler) http.Handler {
	protect, _ := web.CrossOrigin()
	limiter := web.NewLimiter(web.Rate{Events: 1 << 30, Per: time.Second}, nil)
	log := slog.New(web.LogHandler(slog.NewJSONHandler(io.Discard, nil)))
	for _, mw := range []func(http.Handler) http.Handler{
		web.Timeout(10 * time.Second), web.MaxBytes(1 << 20), web.RateLimit(limiter, func(r *http.Request) string { return web.LimitKey(web.ClientIPFrom(r)) }),
		protect, web.SecurityHeaders(nil), web.Recover(log), web.Access(log, nil), web.ClientIP(nil), web.RequestID(nil),
	} {
		h = mw(h)
	}
	return h
}

// The cost of the house around a handler, beside the handler alone.
func BenchmarkHandlers(b *testing.B) {
	api := web.NewAPI("bench", nil)
	api.Handle(web.Op{Method: "GET", Path: "/notes/{id}", Name: "n", Summary: "N.", Policy: "p", Out: noteOut{}}, plainFunc)
	mux := http.NewServeMux()
	mux.Handle("GET /notes/{id}", bare())
	for _, bb := range []struct {
		name string
		h    http.Handler
	}{
		{"bare", bare()}, {"handler", web.Handler(nil, plainFunc)}, {"everything", everything(web.Handler(nil, plainFunc))},
		{"mux/bare", mux}, {"mux/api", api.Handler()}, {"mux/api+everything", everything(api.Handler())},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.h.ServeHTTP(&sink{http.Header{}}, httptest.NewRequest("GET", "/notes/1", nil))
			}
		})
	}
}

// The same over a real socket, where the house stands beside the kernel.
func BenchmarkServed(b *testing.B) {
	for _, bb := range []struct {
		name string
		h    http.Handler
	}{{"bare", bare()}, {"everything", everything(web.Handler(nil, plainFunc))}} {
		b.Run(bb.name, func(b *testing.B) {
			server := httptest.NewServer(bb.h)
			defer server.Close()
			for b.Loop() {
				res, err := server.Client().Get(server.URL)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
		})
	}
}

// Strict decoding beside the standard decoder with unknown fields refused.
func BenchmarkDecode(b *testing.B) {
	body := []byte(`{"title":"` + strings.Repeat("Printer on fire ", 10) + `","count":7,"on":true,"items":[{"price":1,"ratio":0.5},{"price":2,"ratio":1.5}],"labels":{"a":"b","c":"d"},"at":"2026-11-21T10:00:00Z"}`)
	b.Run("standard", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d := json.NewDecoder(bytes.NewReader(body))
			d.DisallowUnknownFields()
			var v wire
			if err := d.Decode(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("strict", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := &http.Request{Method: "POST", Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
			if _, err := web.Decode[wire](&sink{http.Header{}}, r, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLimiter(b *testing.B) {
	l := web.NewLimiter(web.Rate{Events: 1 << 30, Per: time.Second}, nil)
	for b.Loop() {
		l.Allow("2001:db8::/64")
	}
}
