package search

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An Engine searches one [Index] for everybody and keeps it fresh from its
// sources. It is safe for concurrent use.
type Engine struct {
	opts  Options // filled
	index Index
	key   cursor.Key
	slots chan struct{} // holds one value for each search under way
	feeds []*feed

	tuning sync.Mutex // held while a version of the tuning is taken
	tuned  atomic.Pointer[tuned]
	trial  atomic.Pointer[trialRun] // nil while none is running

	rebuilding gate          // closed while a rebuild is under way
	wanted     chan struct{} // wakes Run when a rebuild is asked for

	mu         sync.Mutex    // guards what follows
	reason     string        // why the index must be rebuilt, or empty
	generation int           // how often the index was swapped
	rebuilt    chan struct{} // closed at the next swap
	progress   *Progress     // of the rebuild under way

	meaningless string // why the last search went by words only, or empty
}

// NewEngine returns an engine over the index, which it owns from now on but
// does not close. Two sources with one name are a mistake in the program, and
// panic.
func NewEngine(index Index, opts *Options) *Engine {
	e := &Engine{
		opts: opts.filled(), index: index, rebuilding: newGate(), wanted: make(chan struct{}, 1), rebuilt: make(chan struct{}),
	}
	e.key = cursor.NewKey(e.opts.Secret)
	e.slots = make(chan struct{}, e.opts.Concurrent)
	names := map[string]bool{}
	for _, s := range e.opts.Sources {
		if names[s.Name()] {
			panic(fmt.Sprintf("search: two sources are named %q", s.Name()))
		}
		names[s.Name()] = true
		e.feeds = append(e.feeds, newFeed(s))
	}
	return e
}

// now returns the time as stores keep it.
func (e *Engine) now() time.Time { return e.opts.Now().UTC().Truncate(time.Microsecond) }

// permit returns an error unless by holds the permission.
func (e *Engine) permit(by profile.Actor, p profile.Permission) error {
	if !e.opts.Policy.May(by, p) {
		return fmt.Errorf("%s: %w", p, ErrForbidden)
	}
	return nil
}

// locale returns the language that documents must serve for by.
func (e *Engine) locale(by profile.Actor, asked string) string {
	if asked = or(asked, by.Locale); asked == "" {
		return ""
	}
	return e.opts.Locale(clip(asked, maxValue))
}

// enter waits for a turn to ask the index, and returns a context that bounds
// how long it may take with what to call at the end.
func (e *Engine) enter(ctx context.Context) (context.Context, func(), error) {
	select {
	case e.slots <- struct{}{}:
	default:
		if err := e.queue(ctx); err != nil {
			return nil, nil, err
		}
	}
	bounded, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	return bounded, func() { cancel(); <-e.slots }, nil
}

func (e *Engine) queue(ctx context.Context) error {
	timer := time.NewTimer(e.opts.Queue)
	defer timer.Stop()
	select {
	case e.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return errs.Say(errs.TooMany, "error.search.busy", nil)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask asks the index and reports a need for a rebuild. The error matches
// ErrUnavailable if somebody else should answer.
func (e *Engine) ask(ctx context.Context, call func(context.Context) error) error {
	generation := e.currentGeneration()
	bounded, leave, err := e.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	err = call(bounded)
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.Is(err, ErrRebuild):
		e.demand(generation, err.Error())
		return unavailable(err)
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable(err)
	}
	return err
}

// unavailable returns an error of that class which keeps its cause.
func unavailable(cause error) error {
	return fmt.Errorf("%w: %w", errs.Say(errs.Unavailable, "error.search.unavailable", nil), cause)
}
