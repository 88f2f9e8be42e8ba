package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"log/slog"
	"net/http"
	"net/netip"
)

// requestIDHeader carries the id of a request in both directions.
const requestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// RequestID gives every request an id: in its context (RequestIDFrom), in the
// X-Request-Id header of the answer and, through LogHandler, in every line
// logged for it. The id that comes with a request is kept only from a peer
// inside trusted, and only if it is 1 to 64 letters, digits, dots, hyphens and
// underscores. Nil trusts nobody.
func RequestID(trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := r.Header.Get(requestIDHeader)
			if !sane(id) || !contains(trusted, peer(r)) {
				id = newRequestID()
			}
			w.Header().Set(requestIDHeader, id)
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
		})
	}
}

// RequestIDFrom returns the id of the request that ctx belongs to, "" outside of one.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// withRequestID makes up for a missing RequestID: an error needs an id to be found by.
func withRequestID(w http.ResponseWriter, r *http.Request) *http.Request {
	if RequestIDFrom(r.Context()) != "" {
		return r
	}
	id := newRequestID()
	w.Header().Set(requestIDHeader, id)
	return r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
}

func newRequestID() string {
	var b [10]byte
	rand.Read(b[:])
	return base32.HexEncoding.EncodeToString(b[:])
}

func sane(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

const requestIDName = "request_id"

func requestIDAttr(r *http.Request) slog.Attr {
	return slog.String(requestIDName, RequestIDFrom(r.Context()))
}

// LogHandler returns h with the request's id added to every record that is
// logged with the context of a request and does not have it already.
func LogHandler(h slog.Handler) slog.Handler { return &logHandler{h} }

type logHandler struct{ slog.Handler }

// Handle adds the id.
func (h *logHandler) Handle(ctx context.Context, rec slog.Record) error {
	if id := RequestIDFrom(ctx); id != "" && !hasRequestID(rec) {
		rec = rec.Clone()
		rec.AddAttrs(slog.String(requestIDName, id))
	}
	return h.Handler.Handle(ctx, rec)
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{h.Handler.WithGroup(name)}
}

func hasRequestID(rec slog.Record) bool {
	found := false
	rec.Attrs(func(a slog.Attr) bool {
		found = a.Key == requestIDName
		return !found
	})
	return found
}
