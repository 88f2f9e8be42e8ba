package search

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// A gate lets one in at a time, like a mutex that heeds a context.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// A feed is a source on its way into the index.
type feed struct {
	source Source

	gate   gate   // held by whoever reads the source into the index
	cursor string // of the index, if known
	known  bool
	failed int // writes in a row

	mu    sync.Mutex // guards state and busy
	state SourceStatus
	busy  time.Time // since when it is being read

	asking gate      // held by whoever asks whether the source stalls
	asked  time.Time // when somebody did
	held   bool      // what the answer was
}

func newFeed(s Source) *feed { return &feed{source: s, gate: newGate(), asking: newGate()} }

// note changes the feed's state.
func (f *feed) note(change func(*SourceStatus)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
}

// step reads one batch from a source into the index and reports whether there
// may be more.
func (e *Engine) step(ctx context.Context, f *feed) (more bool, err error) {
	e.begun(f)
	if err := f.gate.enter(ctx); err != nil {
		return false, err
	}
	defer f.gate.leave()
	e.begun(f) // whoever was in before has ended its own step
	generation := e.currentGeneration()
	if err = e.locate(ctx, f); err == nil {
		more, err = e.advance(ctx, f)
	}
	if errors.Is(err, ErrRebuild) {
		e.demand(generation, err.Error())
	}
	e.observe(f, more, err)
	return more, err
}

// begun notes that the source is being read, unless it is already.
func (e *Engine) begun(f *feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy = or(f.busy, e.now())
}

// locate finds out where the index stands.
func (e *Engine) locate(ctx context.Context, f *feed) error {
	if f.known {
		return nil
	}
	cursors, err := e.index.Cursors(ctx)
	if err != nil {
		return fmt.Errorf("cursors: %w", err)
	}
	f.cursor, f.known = cursors[f.source.Name()], true
	return nil
}

func (e *Engine) advance(ctx context.Context, f *feed) (more bool, err error) {
	changes, next, err := e.read(ctx, f.source, f.cursor)
	if err != nil || len(changes) == 0 && next == f.cursor {
		return false, err
	}
	f.known = false // whatever happens now, the index knows best
	batch := Batch{Changes: changes, Cursors: map[string]string{f.source.Name(): next}}
	skipped, err := e.write(ctx, e.index, batch, f.failed >= patience)
	if err != nil {
		f.failed++
		return false, fmt.Errorf("apply: %w", err)
	}
	f.cursor, f.known, f.failed = next, true, 0
	f.note(func(s *SourceStatus) { s.Changes += len(changes) - skipped; s.Skipped += skipped })
	return true, nil
}

// read reads one batch and leaves out what no index could keep. A source that
// panics is a source that fails.
func (e *Engine) read(ctx context.Context, s Source, after string) (changes []Change, next string, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.opts.Logger.ErrorContext(ctx, "a search source panicked", "source", s.Name(), "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("source %s: panic: %v", s.Name(), p)
		}
	}()
	changes, next, err = s.Changes(ctx, after, e.opts.Batch)
	if err != nil {
		return nil, "", fmt.Errorf("source %s: %w", s.Name(), err)
	}
	if len(changes) > 0 && next == after {
		return nil, "", fmt.Errorf("source %s: changes, but the cursor stays %q", s.Name(), after)
	}
	for i := range changes {
		e.tidy(ctx, s, &changes[i])
	}
	return changes, next, nil
}

// observe notes how reading a source went.
func (e *Engine) observe(f *feed, more bool, err error) {
	now := e.now()
	f.note(func(s *SourceStatus) {
		f.busy = time.Time{}
		s.CheckedAt, s.Error = now, ""
		switch {
		case err != nil:
			s.Error = err.Error()
		case !more:
			s.CaughtUp, s.behind = true, time.Time{}
			return
		}
		if s.behind.IsZero() {
			s.behind = now
		}
	})
}

// filling reports whether there is a source that was never read to its end.
func (e *Engine) filling() bool {
	for _, f := range e.feeds {
		f.mu.Lock()
		done := f.state.CaughtUp
		f.mu.Unlock()
		if !done {
			return true
		}
	}
	return false
}

// A pause grows with each failure in a row.
type pause struct {
	first, next time.Duration
}

// longest is how many times the first pause the longest one is.
const longest = 20

// rest waits, and longer the next time, unless it is woken.
func (p *pause) rest(ctx context.Context, wake <-chan struct{}) {
	p.next = min(max(2*p.next, p.first), longest*p.first)
	timer := time.NewTimer(p.next)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

func (p *pause) reset() { p.next = 0 }
