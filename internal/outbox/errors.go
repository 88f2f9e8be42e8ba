package outbox

import (
	"errors"
	"time"
)

// maxDelay bounds what a receiver may ask for.
const maxDelay = 24 * time.Hour

// RetryAfter returns err such that the next attempt waits for at least d, as
// the receiver asked, up to a day.
func RetryAfter(err error, d time.Duration) error { return &retryAfter{err, d} }

type retryAfter struct {
	error
	delay time.Duration
}

func (r *retryAfter) Unwrap() error { return r.error }

// Permanent returns err such that no further attempt is made: the message is
// dead at once. It is for an address that does not exist, not for a receiver
// that is down.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

func isPermanent(err error) bool {
	_, ok := errors.AsType[*permanent](err)
	return ok
}

// delayOf returns how long err asks to wait.
func delayOf(err error) time.Duration {
	if r, ok := errors.AsType[*retryAfter](err); ok {
		return min(r.delay, maxDelay)
	}
	return 0
}
