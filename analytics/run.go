package analytics

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Run writes events to the store until ctx ends, then writes the rest for at
// most Options.Drain. While the store cannot be reached it tries again, with
// the same IDs, so that nothing is there twice. It returns an error only if
// events were lost at the end.
//
// End it after whatever records events has ended, an HTTP server for example:
// what comes later is dropped.
func (l *Ledger) Run(ctx context.Context) error {
	l.setStopped(false)
	failures := 0
	wait := time.NewTimer(l.opts.Flush)
	defer wait.Stop()
	for {
		wake := l.wake
		if failures > 0 {
			wake = nil // the store has to recover; a full batch is no reason to press it
		}
		select {
		case <-ctx.Done():
			return l.drain(ctx)
		case <-wake:
		case <-wait.C:
		}
		if err := l.Flush(ctx); err != nil && ctx.Err() == nil {
			failures++
			l.opts.Logger.WarnContext(ctx, "events could not be stored", "error", err, "failures", failures, "pending", l.Stats().Pending)
			wait.Reset(backoff(failures))
			continue
		}
		failures = 0
		wait.Reset(l.opts.Flush)
	}
}

// backoff returns how long to wait after failures in a row.
func backoff(failures int) time.Duration {
	d := min(100*time.Millisecond<<min(failures-1, 10), 30*time.Second)
	return d/2 + rand.N(d/2+1)
}

func (l *Ledger) setStopped(stopped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = stopped
}

// drain writes what waits, once no more can come.
func (l *Ledger) drain(ctx context.Context) error {
	l.setStopped(true)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.opts.Drain)
	defer cancel()
	for failures := 1; ; failures++ {
		err := l.Flush(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(backoff(failures)):
		case <-ctx.Done():
			n := len(l.take())
			l.landed(n, 0)
			l.drop(DropLost, n)
			return fmt.Errorf("%d events are lost: %w", n, err)
		}
	}
}

// appendTimeout bounds one write, so that a store that hangs is a store that fails.
const appendTimeout = 30 * time.Second

// Flush writes all that waits, or fails and keeps what it could not write for
// the next time. Run calls it; so may tests, and whoever wants to read what was
// just recorded.
func (l *Ledger) Flush(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	all := l.take()
	rest := all
	defer func() { l.settle(all, rest) }() // also if the store panics
	for len(rest) > 0 {
		n, err := l.write(ctx, rest[:min(len(rest), l.opts.Batch)])
		rest = rest[n:]
		if err != nil {
			return err
		}
	}
	return nil
}

// write stores a batch and returns how many events, from its front, are done
// with. Of a batch that the store refuses, only those events are dropped that
// it refuses one by one.
func (l *Ledger) write(ctx context.Context, batch []Event) (int, error) {
	err := l.attempt(ctx, batch)
	switch {
	case err == nil:
		l.landed(len(batch), len(batch))
		return len(batch), nil
	case !errors.Is(err, ErrInvalid):
		return 0, err
	case len(batch) == 1:
		l.opts.Logger.ErrorContext(ctx, "event refused by the store", "name", batch[0].Name, "id", batch[0].ID, "error", err)
		l.landed(1, 0)
		l.drop(DropRefused, 1)
		return 1, nil
	}
	half := len(batch) / 2
	n, err := l.write(ctx, batch[:half])
	if err != nil {
		return n, err
	}
	m, err := l.write(ctx, batch[half:])
	return n + m, err
}

func (l *Ledger) attempt(ctx context.Context, batch []Event) error {
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	return l.store.Append(ctx, batch)
}

// take removes all that waits from the queue.
func (l *Ledger) take() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	events := l.pending
	l.pending, l.spare = l.spare, nil
	l.flying += len(events)
	return events
}

// landed counts n events as done with, some of them as stored.
func (l *Ledger) landed(n, stored int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Stored += int64(stored)
	l.flying -= n
}

// settle puts the rest of what was taken back in front of what has come since.
// If all of it has landed, its memory is used again.
func (l *Ledger) settle(all, rest []Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying -= len(rest)
	if len(rest) > 0 {
		l.pending = append(rest[:len(rest):len(rest)], l.pending...)
		return
	}
	clear(all)
	l.spare = all[:0]
}
