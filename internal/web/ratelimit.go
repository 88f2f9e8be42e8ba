package web

import (
	"net/http"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Rate is how often something may happen.
type Rate struct {
	Events int           // this many
	Per    time.Duration // in this time
	Burst  int           // this many at once; zero means Events
}

// LimiterOptions configure a Limiter.
type LimiterOptions struct {
	Keys int              // how many keys are told apart at one time; zero means 65,536
	Now  func() time.Time // nil means time.Now
}

// A Limiter counts events by key and refuses those beyond a Rate: a token
// bucket for each key. It remembers only keys whose bucket is not full. When
// there are more of those than it may remember, the newcomers share one bucket,
// so that a flood of keys neither grows the memory nor frees anybody.
// A Limiter is safe for concurrent use. It counts for its process only.
type Limiter struct {
	interval time.Duration // between events at the steady rate
	slack    time.Duration // how far ahead of the steady rate a burst may run
	keys     int
	now      func() time.Time

	mu     sync.Mutex
	full   map[string]time.Time // when the key's bucket will be full again
	others time.Time            // the same for the keys that are not told apart
	sweep  time.Time            // when it is worth looking for full buckets again
}

// NewLimiter returns a Limiter. A rate without events or time panics.
func NewLimiter(rate Rate, opts *LimiterOptions) *Limiter {
	if rate.Events <= 0 || rate.Per <= 0 || rate.Burst < 0 {
		panic("web: a rate needs events and a time")
	}
	if opts == nil {
		opts = &LimiterOptions{}
	}
	l := &Limiter{interval: rate.Per / time.Duration(rate.Events), keys: opts.Keys, now: opts.Now, full: map[string]time.Time{}}
	burst := rate.Burst
	if burst == 0 {
		burst = rate.Events
	}
	l.slack = time.Duration(burst-1) * l.interval
	if l.keys <= 0 {
		l.keys = 1 << 16
	}
	if l.now == nil {
		l.now = time.Now
	}
	return l
}

// Allow counts an event of the key and reports whether it may happen; if not,
// it is not counted and wait says when the next one may.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.full[key]
	if !known && !l.room(now) {
		l.others, wait, ok = l.take(l.others, now)
		return wait, ok
	}
	l.full[key], wait, ok = l.take(full, now)
	return wait, ok
}

// take takes one event out of the bucket that will be full at the given time.
func (l *Limiter) take(full, now time.Time) (_ time.Time, wait time.Duration, ok bool) {
	if full.Before(now) {
		full = now
	}
	if ahead := full.Sub(now); ahead > l.slack {
		return full, ahead - l.slack, false
	}
	return full.Add(l.interval), 0, true
}

// room reports whether one more key can be remembered, after forgetting those
// whose bucket is full. Looking through all of them is done only so often.
func (l *Limiter) room(now time.Time) bool {
	if len(l.full) < l.keys {
		return true
	}
	if now.Before(l.sweep) {
		return false
	}
	l.sweep = now.Add(max(l.interval, time.Second))
	for key, full := range l.full {
		if !full.After(now) {
			delete(l.full, key)
		}
	}
	return len(l.full) < l.keys
}

// RateLimit answers 429 with Retry-After when the limiter refuses the key of a
// request. Requests with the key "" are not limited. A usual key is
// LimitKey(ClientIPFrom(r)), or the actor's id with a letter in front.
func RateLimit(l *Limiter, key func(*http.Request) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if k := key(r); k != "" {
				if wait, ok := l.Allow(k); !ok {
					WriteError(w, r, nil, TooMany(wait))
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TooMany returns the error of a limit that lets the next one through after wait.
func TooMany(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return RetryAfter(errs.Say(errs.TooMany, "error.too_many_detail", map[string]any{"seconds": max(1, seconds)}), wait)
}
