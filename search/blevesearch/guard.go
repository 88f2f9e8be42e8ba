package blevesearch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// A panicError is a panic that was caught: a fault in a mapped file, or bleve
// met something in one that it did not expect.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// errHung says that a call did not come back though its time was over. It is
// left to itself.
var errHung = errors.New("call into the index does not return")

// grace is how long a call may take to notice that its context is done.
const grace = 2 * time.Second

// guard calls f where no panic, no fault in a mapped file and no hang of its
// gets at the caller. Every call into bleve goes through here.
func guard[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: &panicError{value: p, stack: debug.Stack()}}
			}
			done <- r
		}()
		debug.SetPanicOnFault(true)
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case r := <-done:
		return r.value, r.err
	case <-late.C:
		var none T
		return none, fmt.Errorf("%w: %w", errHung, ctx.Err())
	}
}

// guarded is guard for what has no result and no caller's context: it has
// patience to finish.
func guarded(patience time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := guard(ctx, func() (struct{}, error) { return struct{}{}, f() })
	return err
}
