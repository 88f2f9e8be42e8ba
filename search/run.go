package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Run keeps the index fresh from all sources until ctx ends, and then returns
// nil. It never gives up: what fails is tried again, after longer and longer
// pauses, and an index that cannot be continued is rebuilt while the old one
// answers. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { e.keepRebuilding(ctx) })
	if e.opts.Tuning != nil || e.opts.Trials != nil {
		wg.Go(func() { e.keepTuned(ctx) })
	}
	for _, f := range e.feeds {
		wg.Go(func() { e.follow(ctx, f) })
	}
	e.checkSources(ctx)
	wg.Wait()
	return nil
}

// follow reads a source as it changes. One whose Wait does not wait is not
// asked without end.
func (e *Engine) follow(ctx context.Context, f *feed) {
	failing, idle := pause{first: e.opts.Retry}, pause{first: 50 * time.Millisecond}
	early, said := false, ""
	for ctx.Err() == nil {
		rebuilt := e.nextRebuild()
		more, err := e.step(ctx, f)
		if err == nil {
			failing.reset()
			said = ""
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			early = false
			said = e.unread(ctx, f, err, said)
			failing.rest(ctx, rebuilt)
		case more:
			early = false
			idle.reset()
		default:
			if early {
				idle.rest(ctx, nil)
			}
			early = e.await(ctx, f)
		}
	}
}

// unread says that a source was not read, and returns what was said. That the index
// is filled anew is no fault, and is said once.
func (e *Engine) unread(ctx context.Context, f *feed, err error, said string) string {
	if !errors.Is(err, ErrRebuild) {
		e.opts.Logger.ErrorContext(ctx, "search source not read", "source", f.source.Name(), "err", err)
		return said
	}
	if said != err.Error() {
		e.opts.Logger.InfoContext(ctx, "search source waits for the index to be filled anew", "source", f.source.Name(), "reason", err)
	}
	return err.Error()
}

// await returns when the source may have changed, and reports whether that was
// at once.
func (e *Engine) await(ctx context.Context, f *feed) (early bool) {
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, e.opts.Poll)
	defer cancel()
	err := wait(bounded, f.source, f.cursorNow(ctx))
	if err != nil && bounded.Err() == nil {
		e.opts.Logger.WarnContext(ctx, "search source does not wait", "source", f.source.Name(), "err", err)
	}
	return time.Since(began) < 10*time.Millisecond
}

// wait calls the Wait of a source, whose panics are errors.
func wait(ctx context.Context, s Source, after string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("source %s: panic: %v", s.Name(), p)
		}
	}()
	return s.Wait(ctx, after)
}

func (f *feed) cursorNow(ctx context.Context) string {
	if f.gate.enter(ctx) != nil {
		return ""
	}
	defer f.gate.leave()
	return f.cursor
}

// checkSources asks for a rebuild if the index holds documents of a source that
// there is no more.
func (e *Engine) checkSources(ctx context.Context) {
	cursors, err := e.index.Cursors(ctx)
	if err != nil || len(e.feeds) == 0 {
		return // each feed asks by itself and says so
	}
	for name := range cursors {
		if !slices.ContainsFunc(e.feeds, func(f *feed) bool { return f.source.Name() == name }) {
			e.demand(e.currentGeneration(), fmt.Sprintf("there is no more source %q", name))
		}
	}
}

// Refresh brings the index up to date once, with a rebuild if it needs one. It
// is for imports, tests and programs that do not call [Engine.Run].
func (e *Engine) Refresh(ctx context.Context) (err error) {
	if err := errors.Join(e.retune(ctx), e.retry(ctx)); err != nil {
		return err
	}
	for range maxRefreshes {
		if err = e.rebuildIfWanted(ctx); err != nil {
			return err
		}
		if err = e.drainAll(ctx); !errors.Is(err, ErrRebuild) {
			return err
		}
	}
	return err
}

// maxRefreshes is how often Refresh follows a source that wants a rebuild.
const maxRefreshes = 3

func (e *Engine) drainAll(ctx context.Context) error {
	for _, f := range e.feeds {
		if err := e.drain(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) drain(ctx context.Context, f *feed) error {
	for more := true; more; {
		var err error
		if more, err = e.step(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// Rebuild asks for the index to be filled anew, by [Engine.Run] in the
// background or by the next [Engine.Refresh]. It needs permission search.tune.
func (e *Engine) Rebuild(_ context.Context, by profile.Actor) error {
	if err := e.permit(by, profile.PermissionSearchTune); err != nil {
		return err
	}
	if len(e.feeds) == 0 {
		return fmt.Errorf("rebuild without sources: %w", ErrUnavailable)
	}
	e.demand(e.currentGeneration(), "asked for by "+by.ID)
	return nil
}
