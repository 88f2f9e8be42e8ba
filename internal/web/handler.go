package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Func is a handler that may fail.
type Func func(w http.ResponseWriter, r *http.Request) error

// Handler serves f and answers its error, if any, with WriteError. A panic is
// answered like an unknown error; http.ErrAbortHandler passes. A nil log
// discards.
func Handler(log *slog.Logger, f Func) http.Handler {
	log = orDiscard(log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r)
		t := track(w)
		defer recovered(t, r, log)
		if err := f(t, r); err != nil {
			WriteError(t, r, log, err)
		}
	})
}

// Recover answers a panic in the handlers below like an unknown error.
func Recover(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return Handler(log, func(w http.ResponseWriter, r *http.Request) error {
			next.ServeHTTP(w, r)
			return nil
		})
	}
}

// recovered ends a request that panicked. When part of the answer is out, the
// connection is cut: the client must not take a half for the whole.
func recovered(t *writer, r *http.Request, log *slog.Logger) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	r = withRequestID(t, r)
	log.ErrorContext(r.Context(), "handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()), requestIDAttr(r))
	if t.wrote() {
		panic(http.ErrAbortHandler)
	}
	if !gone(r) {
		answer(t, r, log, errInternal)
	}
}

// WriteError answers err: its status, Retry-After where there is one, and the
// host's error page or a problem. It writes nothing if the handler already
// wrote or the client is gone, and logs what the operator must know: unknown
// errors, what is unavailable, and errors after the answer had begun.
func WriteError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	t, log := track(w), orDiscard(log)
	r = withRequestID(t, r)
	if gone(r) || errors.Is(err, errGone) {
		log.DebugContext(r.Context(), "client is gone", "err", err, requestIDAttr(r))
		return
	}
	if timedOut(r.Context()) && Status(err) == http.StatusInternalServerError {
		err = fmt.Errorf("%w: %w", errTimeout, err)
	}
	err = signInFirst(r, err)
	status := Status(err)
	switch {
	case t.wrote():
		log.ErrorContext(r.Context(), "request failed after its answer had begun", "err", err, requestIDAttr(r))
		return
	case status == http.StatusInternalServerError:
		log.ErrorContext(r.Context(), "request failed", "err", err, requestIDAttr(r))
	case status == http.StatusServiceUnavailable:
		log.WarnContext(r.Context(), "request could not be served now", "err", err, requestIDAttr(r))
	}
	answer(t, r, log, err)
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// gone reports whether nobody waits for the answer any more.
func gone(r *http.Request) bool {
	return errors.Is(r.Context().Err(), context.Canceled) && !timedOut(r.Context())
}

func timedOut(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), errTimeout)
}
