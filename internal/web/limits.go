package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

func errCrossOrigin() error { return errs.Say(errs.Forbidden, "error.cross_origin", nil) }

// MaxBytes caps the body of every request at n bytes. What announces more is
// answered 413 at once; what sends more fails where it is read, as ErrTooLarge.
func MaxBytes(n int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > n {
				w.Header().Set("Connection", "close")
				WriteError(w, r, nil, ErrTooLarge)
				return
			}
			r.Body = http.MaxBytesReader(bottom(w), r.Body, n)
			next.ServeHTTP(w, r)
		})
	}
}

// grace is how long an answer may still take to be written after a timeout.
const grace = 5 * time.Second

// Timeout ends the context of a request after d, its cause being a 503, stops
// reading a body that has not arrived by then, and cuts the connection if the
// answer is not written soon after. Nothing is buffered, and the handler runs
// in the server's goroutine: one that ignores its context is not stopped.
// Streams lift the timeout.
func Timeout(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancelCause(r.Context())
			defer cancel(nil)
			l := &lifetime{control: http.NewResponseController(w), cancel: cancel}
			l.timer = time.AfterFunc(d, l.expire)
			defer l.end()
			next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, lifetimeKey{}, l)))
		})
	}
}

type lifetimeKey struct{}

// A lifetime is the time a request has. The lock keeps a timer that fires at
// the last moment from touching the connection's next request.
type lifetime struct {
	control *http.ResponseController
	cancel  context.CancelCauseFunc
	timer   *time.Timer

	mu   sync.Mutex
	over bool
}

func (l *lifetime) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.cancel(errTimeout)
	// Unsupported deadlines leave the context, which is all a test recorder has.
	_ = l.control.SetReadDeadline(time.Now())
	_ = l.control.SetWriteDeadline(time.Now().Add(grace))
}

// end keeps the timer from firing any more.
func (l *lifetime) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.timer.Stop()
}

// lift frees a request from its Timeout.
func lift(r *http.Request) {
	if l, ok := r.Context().Value(lifetimeKey{}).(*lifetime); ok {
		l.end()
	}
}

// Unhurried frees a request from its [Timeout]: a download takes as long as its
// reader does.
func Unhurried(r *http.Request) { lift(r) }
