package blevesearch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/stoa-go/stoa/search"
)

// look reads the current state of the index. Whatever goes wrong in f is
// followed up.
func look[T any](ctx context.Context, x *Index, f func(context.Context, *view) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	g, err := x.enterOrRevive(ctx)
	if err != nil {
		return none, err
	}
	bounded, cancel := context.WithTimeout(ctx, x.opts.Timeout)
	defer cancel()
	value, err := guard(bounded, func() (value T, err error) {
		defer g.leave()
		err = g.read(func(v *view) (err error) {
			value, err = f(bounded, v)
			return err
		})
		return value, err
	})
	if err != nil {
		return none, x.follow(ctx, g, err)
	}
	return value, nil
}

// follow finds out what a failed read means: a caller who does not want to know
// any more, a mistake in the request, damaged files, or a mistake of ours, which
// is not to cost the index.
func (x *Index) follow(ctx context.Context, g *generation, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, errHung):
		return fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, err)
	case errors.Is(err, search.ErrInvalid):
		return fmt.Errorf("blevesearch: %w", err)
	case errors.Is(err, errShut):
		return x.reopen(g, err)
	}
	x.logFailure("search index not read", err)
	if found := x.check(ctx, g); found != nil {
		return x.giveUp(g, found)
	}
	return fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, err)
}

func (x *Index) logFailure(message string, err error) {
	args := []any{"err", err}
	if p := new(panicError); errors.As(err, &p) {
		args = append(args, "stack", string(p.stack))
	}
	x.opts.Logger.Error(message, args...)
}

// checkPause is how long files that were found sound are believed to be.
const checkPause = 10 * time.Second

// check returns what is wrong with the files of a generation, if anything is.
func (x *Index) check(ctx context.Context, g *generation) error {
	if x.checking.enter(ctx) != nil {
		return nil
	}
	defer x.checking.leave()
	now := x.opts.Now()
	if now.Sub(x.checked) < checkPause || !g.enter() {
		return nil
	}
	err := guarded(openPatience, func() error {
		defer g.leave()
		return g.read(func(v *view) error { return inspectAgain(v.snapshot, x.schema) })
	})
	if err = damaged(err); err == nil || fromMachine(err) {
		x.checked = now
		return nil
	}
	return err
}

// giveUp puts a damaged generation aside. From then on there is no index until
// one is swapped in.
func (x *Index) giveUp(g *generation, cause error) error {
	failure := fmt.Errorf("blevesearch: %w: %w", search.ErrRebuild, cause)
	x.mu.Lock()
	mine := x.current == g
	if mine {
		x.current, x.failure = nil, failure
	}
	x.mu.Unlock()
	if !mine {
		return failure
	}
	x.opts.Logger.Error("search index put aside, it must be rebuilt", "dir", g.dir, "err", cause)
	err := g.retire(x.opts.Timeout)
	if x.parent == nil {
		err = errors.Join(err, x.home.putAside(g.dir))
	} else {
		err = errors.Join(err, removeAll(g.dir))
	}
	if err != nil {
		x.opts.Logger.Warn("search index not put aside", "dir", g.dir, "err", err)
	}
	return failure
}

// reopen closes and opens the generation again after a write that failed, as
// what bleve then holds in memory is not what it has on disk.
func (x *Index) reopen(g *generation, cause error) error {
	x.logFailure("search index opened again", cause)
	failure := fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, cause)
	_ = x.checking.enter(context.Background())
	defer x.checking.leave()
	if !x.is(g) {
		return failure // somebody else was faster
	}
	x.set(nil, &resting{dir: g.dir, since: x.opts.Now(), failure: failure})
	if err := g.retire(x.opts.Timeout); err != nil {
		x.opts.Logger.Warn("search index not closed", "dir", g.dir, "err", err)
	}
	if err := x.revive(g.dir); err != nil && !errors.Is(err, search.ErrUnavailable) {
		return err
	}
	return failure
}

// is reports whether g is the current generation.
func (x *Index) is(g *generation) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.current == g
}

// resting says that an index could not be opened again for reasons that may
// pass, such as a full disk.
type resting struct {
	dir     string
	since   time.Time
	failure error
}

func (r *resting) Error() string { return r.failure.Error() }
func (r *resting) Unwrap() error { return r.failure }

// restPause is how long to wait before an index is tried to be opened again.
const restPause = time.Second

// enterOrRevive is enter, after another attempt to open an index that rests.
func (x *Index) enterOrRevive(ctx context.Context) (*generation, error) {
	g, err := x.enter()
	if r := new(resting); !errors.As(err, &r) || x.opts.Now().Sub(r.since) < restPause {
		return g, err
	} else if x.checking.enter(ctx) == nil {
		defer x.checking.leave()
		if g, err := x.enter(); err == nil {
			return g, nil
		}
		if err := x.revive(r.dir); err != nil {
			return nil, err
		}
	}
	return x.enter()
}

// revive opens a generation again, or gives it up.
func (x *Index) revive(dir string) error {
	g, err := openGeneration(dir, x.schema)
	if err == nil {
		x.set(g, nil)
		return nil
	}
	if d := new(damage); errors.As(err, &d) {
		failure := fmt.Errorf("blevesearch: %w: %w", search.ErrRebuild, err)
		x.set(nil, failure)
		x.opts.Logger.Error("search index put aside, it must be rebuilt", "dir", dir, "err", err)
		if err := x.home.putAside(dir); err != nil {
			x.opts.Logger.Warn("search index not put aside", "dir", dir, "err", err)
		}
		return failure
	}
	failure := fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, err)
	x.set(nil, &resting{dir: dir, since: x.opts.Now(), failure: failure})
	return failure
}

func removeAll(dir string) error { return os.RemoveAll(dir) }
