package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// Errors that only HTTP knows. They may be wrapped.
var (
	ErrTooLarge             error = &fault{http.StatusRequestEntityTooLarge, "too_large"} // the body is larger than allowed
	ErrMediaType            error = &fault{http.StatusUnsupportedMediaType, "media_type"} // the body is not what the operation reads
	ErrPrecondition         error = &fault{http.StatusPreconditionFailed, "precondition"} // it changed since the client read it
	ErrPreconditionRequired error = &fault{http.StatusPreconditionRequired, "if_match"}   // If-Match is missing
	ErrMethod               error = &fault{http.StatusMethodNotAllowed, "method"}         // the path knows other methods; whoever returns it sets Allow
	errSlowBody             error = &fault{http.StatusRequestTimeout, "slow_body"}        // the body did not arrive in time
	errSignIn               error = &fault{http.StatusUnauthorized, "sign_in"}            // nobody is signed in
	errInternal             error = &fault{http.StatusInternalServerError, "internal"}    // everything unknown
	errTimeout              error = &fault{http.StatusServiceUnavailable, "unavailable"}  // the handler took too long
)

// errGone says that nobody is left to answer.
var errGone = errors.New("client is gone")

// A fault is an error with a status of its own.
type fault struct {
	status int
	name   string
}

func (f *fault) Error() string { return http.StatusText(f.status) }

// classes maps the classes of errs, in the order in which they are looked for:
// what an actor may not know about comes before everything that says it exists.
func classes() []struct {
	err error
	fault
} {
	return []struct {
		err error
		fault
	}{
		{errs.NotFound, fault{http.StatusNotFound, "not_found"}},
		{errs.Forbidden, fault{http.StatusForbidden, "forbidden"}},
		{errs.Gone, fault{http.StatusGone, "gone"}},
		{errs.Conflict, fault{http.StatusConflict, "conflict"}},
		{errs.Invalid, fault{http.StatusUnprocessableEntity, "invalid"}},
		{errs.TooMany, fault{http.StatusTooManyRequests, "too_many"}},
		{errs.Unsupported, fault{http.StatusNotImplemented, "unsupported"}},
		{errs.Unavailable, fault{http.StatusServiceUnavailable, "unavailable"}},
		{context.DeadlineExceeded, fault{http.StatusServiceUnavailable, "unavailable"}},
	}
}

// Status returns the HTTP status that answers err.
func Status(err error) int { return classify(err).status }

func classify(err error) fault {
	var own *fault
	if errors.As(err, &own) {
		return *own
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault{http.StatusRequestEntityTooLarge, "too_large"}
	}
	for _, c := range classes() {
		if errors.Is(err, c.err) {
			return c.fault
		}
	}
	return fault{http.StatusInternalServerError, "internal"}
}

// RetryAfter returns err with the time after which the client may try again,
// for TooMany and Unavailable. Without it clients are told 5 seconds.
func RetryAfter(err error, d time.Duration) error { return &later{err, d} }

type later struct {
	error
	after time.Duration
}

func (l *later) Unwrap() error { return l.error }

const defaultRetryAfter = 5 * time.Second

// retrySeconds is the Retry-After of err in whole seconds, rounded up, 0 for none.
func retrySeconds(status int, err error) int {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0
	}
	d := defaultRetryAfter
	var l *later
	if errors.As(err, &l) {
		d = l.after
	}
	return max(1, int((d+time.Second-1)/time.Second))
}
