package search

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Progress is how far a rebuild has come.
type Progress struct {
	Reason   string    // why there is one
	Since    time.Time // when it began
	Changes  int       // groups read so far in this attempt
	Expected int       // documents in the old index, 0 if it cannot tell
	Attempts int       // how often it began anew
}

func (e *Engine) currentGeneration() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.generation
}

// nextRebuild returns a channel that is closed when the index is next swapped.
func (e *Engine) nextRebuild() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rebuilt
}

// demand asks for a rebuild, unless the index was rebuilt since generation or
// there is nothing to fill it from.
func (e *Engine) demand(generation int, reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if generation != e.generation || e.reason != "" || len(e.feeds) == 0 {
		return
	}
	e.reason = reason
	e.opts.Logger.Warn("search index will be rebuilt", "reason", reason)
	select {
	case e.wanted <- struct{}{}:
	default:
	}
}

func (e *Engine) wantedReason() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reason
}

// keepRebuilding rebuilds whenever that is asked for.
func (e *Engine) keepRebuilding(ctx context.Context) {
	failing := pause{first: e.opts.Retry}
	for ctx.Err() == nil {
		if e.wantedReason() == "" {
			select {
			case <-e.wanted:
			case <-ctx.Done():
			}
			continue
		}
		if err := e.rebuildIfWanted(ctx); err != nil && ctx.Err() == nil {
			e.opts.Logger.ErrorContext(ctx, "search index not rebuilt", "err", err)
			failing.rest(ctx, nil)
			continue
		}
		failing.reset()
	}
}

// rebuildIfWanted makes one attempt, if the index still needs it when nobody
// else is at it.
func (e *Engine) rebuildIfWanted(ctx context.Context) error {
	if err := e.rebuilding.enter(ctx); err != nil {
		return err
	}
	defer e.rebuilding.leave()
	reason := e.wantedReason()
	if reason == "" {
		return nil
	}
	e.begin(ctx, reason)
	if err := e.rebuild(ctx); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opts.Logger.InfoContext(ctx, "search index rebuilt", "changes", e.progress.Changes, "took", e.now().Sub(e.progress.Since))
	e.progress = nil
	return nil
}

func (e *Engine) begin(ctx context.Context, reason string) {
	expected, err := e.index.Count(ctx)
	if err != nil {
		expected = 0
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.progress == nil {
		e.progress = &Progress{Reason: reason, Since: e.now()}
	}
	e.progress.Attempts++
	e.progress.Changes, e.progress.Expected = 0, expected
}

// rebuild fills a fresh index and puts it in the place of the old one, which
// answers until then and is kept up to date as long as it can be.
func (e *Engine) rebuild(ctx context.Context) (err error) {
	fresh, err := e.index.Fresh(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, fresh.Close())
		}
	}()
	cursors := map[string]string{}
	if err := e.fill(ctx, fresh, cursors, true); err != nil {
		return err
	}
	// What came in the meantime is read while nobody writes to the old index, so
	// that the new one is never behind it.
	leave, err := e.enterFeeds(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := e.fill(ctx, fresh, cursors, false); err != nil {
		return err
	}
	// A batch that is not bulk makes those before it durable.
	if err := fresh.Apply(ctx, Batch{Cursors: cursors}); err != nil {
		return err
	}
	if err := e.index.Swap(ctx, fresh); err != nil {
		return err
	}
	e.swapped(cursors)
	return nil
}

func (e *Engine) enterFeeds(ctx context.Context) (leave func(), err error) {
	var entered []*feed
	leave = func() {
		for _, f := range entered {
			f.gate.leave()
		}
	}
	for _, f := range e.feeds {
		if err := f.gate.enter(ctx); err != nil {
			leave()
			return nil, err
		}
		entered = append(entered, f)
	}
	return leave, nil
}

// fill reads all sources to their ends into a fresh index. A source that fails
// is waited for by the patient, as what was read before stays, and left as it
// is by others.
func (e *Engine) fill(ctx context.Context, fresh Index, cursors map[string]string, patient bool) error {
	for _, f := range e.feeds {
		if err := e.fillFrom(ctx, fresh, f.source, cursors, patient); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) fillFrom(ctx context.Context, fresh Index, s Source, cursors map[string]string, patient bool) error {
	failing := pause{first: e.opts.Retry}
	for more := true; more; {
		var err error
		more, err = e.pour(ctx, fresh, s, cursors)
		_, source := errors.AsType[*readError](err)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case source && !errors.Is(err, ErrRebuild):
			e.opts.Logger.ErrorContext(ctx, "search rebuild waits for a source", "source", s.Name(), "err", err)
			if !patient {
				return nil
			}
			failing.rest(ctx, nil)
			more = true
		case err != nil:
			return err
		default:
			failing.reset()
		}
	}
	return nil
}

// A readError is a source's.
type readError struct{ error }

func (r *readError) Unwrap() error { return r.error }

// pour reads one batch of a source into a fresh index.
func (e *Engine) pour(ctx context.Context, fresh Index, s Source, cursors map[string]string) (more bool, err error) {
	name := s.Name()
	changes, next, err := e.read(ctx, s, cursors[name])
	if err != nil {
		return false, &readError{err}
	}
	if len(changes) == 0 && next == cursors[name] {
		return false, nil
	}
	batch := Batch{Changes: changes, Cursors: map[string]string{name: next}, Bulk: true}
	if _, err := e.write(ctx, fresh, batch, e.attempts() > patience); err != nil {
		return false, err
	}
	cursors[name] = next
	e.opts.Progress(e.advanced(len(changes)))
	return true, nil
}

// attempts returns how often the rebuild under way has begun.
func (e *Engine) attempts() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.progress.Attempts
}

// advanced notes that a rebuild has come further.
func (e *Engine) advanced(changes int) Progress {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.progress.Changes += changes
	return *e.progress
}

// swapped notes that the index now stands at cursors.
func (e *Engine) swapped(cursors map[string]string) {
	now := e.now()
	for _, f := range e.feeds {
		f.cursor, f.known = cursors[f.source.Name()], true
		f.note(func(s *SourceStatus) {
			*s = SourceStatus{Changes: s.Changes, Skipped: s.Skipped, CaughtUp: true, CheckedAt: now}
		})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.generation++
	e.reason = ""
	close(e.rebuilt)
	e.rebuilt = make(chan struct{})
}
