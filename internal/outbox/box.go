package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Options change how a [Box] works.
type Options struct {
	Attempts int           // before a message is dead; zero means 12, which takes about three hours
	Timeout  time.Duration // for one attempt; zero means 30 s
	Workers  int           // attempts at once; zero means 4
	Poll     time.Duration // how often the database is asked; zero means 500 ms
	Log      *slog.Logger  // nil means none

	// Backoff returns how long to wait after the nth failed attempt, before
	// jitter. Nil means 5 s, doubled each time, an hour at most.
	Backoff func(n int) time.Duration
}

// A Box delivers messages. Any number of programs may run one on the same
// database.
type Box struct {
	db       *sqldb.DB
	o        Options
	handlers map[string]Handler
}

// New returns a Box on db, whose schema must be current, see [Migrate]. Nil
// options are the zero ones.
func New(db *sqldb.DB, o *Options) *Box {
	b := &Box{db: db, handlers: map[string]Handler{}}
	if o != nil {
		b.o = *o
	}
	b.o.Attempts = cmp.Or(b.o.Attempts, 12)
	b.o.Timeout = cmp.Or(b.o.Timeout, 30*time.Second)
	b.o.Workers = cmp.Or(b.o.Workers, 4)
	b.o.Poll = cmp.Or(b.o.Poll, 500*time.Millisecond)
	if b.o.Log == nil {
		b.o.Log = slog.New(slog.DiscardHandler)
	}
	if b.o.Backoff == nil {
		b.o.Backoff = backoff
	}
	return b
}

func backoff(n int) time.Duration {
	return min(time.Hour, 5*time.Second<<min(n-1, 20))
}

// Handle has h deliver messages of the kind. Call it before Run. Messages of
// kinds without a handler wait for a Box that has one.
func (b *Box) Handle(kind string, h Handler) { b.handlers[kind] = h }

// lease is for how long a message is one runner's: the time of an attempt and
// as much again to write down how it went, at least a few seconds.
func (b *Box) lease() time.Duration { return 2*b.o.Timeout + 5*time.Second }

// Run delivers messages until ctx ends, then waits for the handlers, whose
// contexts end too. It returns the error of ctx. While the database fails it
// goes on trying.
func (b *Box) Run(ctx context.Context) error {
	freed := make(chan struct{}, b.o.Workers)
	busy := 0
	defer func() {
		for range busy {
			<-freed
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		woken := b.db.Committed()
		claimed, err := b.claim(ctx, b.o.Workers-busy)
		if err != nil && ctx.Err() == nil {
			b.o.Log.WarnContext(ctx, "outbox: look for messages", "error", err)
			woken = nil // a failing database is not asked more often
		}
		for _, d := range claimed {
			busy++
			go func() {
				defer func() { freed <- struct{}{} }()
				b.deliver(ctx, d)
			}()
		}
		if busy == b.o.Workers {
			woken = nil // nobody could take what it announces
		}
		timer.Reset(b.o.Poll)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-freed:
			busy--
		case <-woken:
		case <-timer.C:
		}
	}
}

// Drain delivers what is due, one message after the other, until nothing is.
// It returns how many attempts it made, failed ones included.
func (b *Box) Drain(ctx context.Context) (attempts int, err error) {
	for {
		claimed, err := b.claim(ctx, 1)
		if err != nil || len(claimed) == 0 {
			return attempts, err
		}
		attempts++
		b.deliver(ctx, claimed[0])
	}
}

// deliver makes one attempt and writes down how it went.
func (b *Box) deliver(ctx context.Context, d claimed) {
	err := b.attempt(ctx, d.delivery())
	e := b.judge(ctx, d, err)
	if err != nil {
		b.o.Log.WarnContext(ctx, "outbox: attempt failed", "destination", d.Destination, "kind", d.Kind,
			"message", d.Seq, "attempt", d.Attempts, "outcome", string(e.outcome), "error", err)
	}
	// The attempt was made, whether or not anybody still wants to know.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.o.Timeout)
	defer cancel()
	if err := b.settlePatiently(ctx, d, e); err != nil {
		b.o.Log.ErrorContext(ctx, "outbox: write down an attempt", "message", d.Seq, "error", err)
	}
}

// settlePatiently tries for as long as the lease leaves time: a delivery that
// is not written down is made again.
func (b *Box) settlePatiently(ctx context.Context, d claimed, e ending) error {
	for {
		err := b.settle(ctx, d, e)
		if err == nil || !errors.Is(err, errs.Unavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(jitter(b.o.Poll)):
		}
	}
}

func (b *Box) attempt(ctx context.Context, d Delivery) (err error) {
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			b.o.Log.ErrorContext(ctx, "outbox: handler panicked", "kind", d.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return b.handlers[d.Kind](ctx, d)
}

// An Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	OutcomeDelivered   Outcome = "delivered"
	OutcomeFailed      Outcome = "failed"      // there will be another
	OutcomeDead        Outcome = "dead"        // there will be none
	OutcomeInterrupted Outcome = "interrupted" // the program was stopping; another follows at once
)

// An ending is an outcome with what follows from it.
type ending struct {
	outcome Outcome
	err     error
	delay   time.Duration
}

func (b *Box) judge(ctx context.Context, d claimed, err error) ending {
	switch {
	case err == nil:
		return ending{outcome: OutcomeDelivered}
	case isPermanent(err):
		return ending{outcome: OutcomeDead, err: err}
	case ctx.Err() != nil:
		return ending{outcome: OutcomeInterrupted, err: err}
	case d.Attempts >= b.o.Attempts:
		return ending{outcome: OutcomeDead, err: err}
	}
	return ending{outcome: OutcomeFailed, err: err, delay: max(delayOf(err), jitter(b.o.Backoff(d.Attempts)))}
}

// jitter returns between half of d and d, so that what failed together does not
// come back together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
