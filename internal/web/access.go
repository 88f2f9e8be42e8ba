package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Served is one answered request. It holds nothing that was sent by the
// client: no path, query, header or address.
type Served struct {
	Method   string // a standard method, else "OTHER"
	Route    string // the pattern that matched, "" if none did
	Status   int    // 0 if the request ended without an answer
	Bytes    int64  // of the body
	Duration time.Duration
}

type routeKey struct{}

// Access logs one line for each request, with its route's pattern in place of
// its path, and hands the same to observe, for metrics. A nil log discards, a
// nil observe is not called. It belongs outside Recover.
func Access(log *slog.Logger, observe func(*http.Request, Served)) func(http.Handler) http.Handler {
	log = orDiscard(log)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start, route := time.Now(), new(string)
			r = r.WithContext(context.WithValue(r.Context(), routeKey{}, route))
			t := track(w)
			defer func() {
				if *route == "" {
					*route = r.Pattern
				}
				s := Served{method(r.Method), *route, t.status, t.bytes, time.Since(start)}
				logServed(r.Context(), log, s)
				if observe != nil {
					observe(r, s)
				}
			}()
			next.ServeHTTP(t, r)
			if !gone(r) {
				t.begin() // a handler that wrote nothing answers 200
			}
		})
	}
}

func logServed(ctx context.Context, log *slog.Logger, s Served) {
	log.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("method", s.Method), slog.String("route", s.Route), slog.Int("status", s.Status),
		slog.Int64("bytes", s.Bytes), slog.Duration("duration", s.Duration))
}

// noteRoute tells Access, which sees an older copy of the request, the pattern
// that was matched further in.
func noteRoute(r *http.Request) {
	if route, ok := r.Context().Value(routeKey{}).(*string); ok && r.Pattern != "" {
		*route = r.Pattern
	}
}

// method keeps a stranger's inventions out of logs and metric labels.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "OTHER"
}
