package blevesearch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// Options is what an [Index] can be told. Its zero value works.
type Options struct {
	Logger *slog.Logger     // nil means no log
	Now    func() time.Time // names generations; nil means time.Now

	Concurrent int           // searches at once; 0 means eight for each processor
	Queue      time.Duration // how long one waits for its turn before search.ErrTooMany; 0 means a second
	Timeout    time.Duration // how long a search may take; 0 means ten seconds
	Commit     time.Duration // how long a batch may take to reach the disk; 0 means a minute
}

func (o *Options) filled() Options {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Logger == nil {
		f.Logger = slog.New(slog.DiscardHandler)
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	if f.Concurrent <= 0 {
		f.Concurrent = 8 * runtime.GOMAXPROCS(0)
	}
	if f.Queue <= 0 {
		f.Queue = time.Second
	}
	if f.Timeout <= 0 {
		f.Timeout = 10 * time.Second
	}
	if f.Commit <= 0 {
		f.Commit = time.Minute
	}
	return f
}

// An Index is a [search.Index] on disk. Make one with [Open].
type Index struct {
	opts     Options // filled
	home     *home
	library  lexis.Library
	spellers spellers
	schema   string
	slots    chan struct{} // holds one value for each search under way
	writing  gate          // closed while something writes
	parent   *Index        // whom Fresh was called on, nil if that is none

	mu      sync.RWMutex // guards what follows
	current *generation  // nil if there is none
	failure error        // why there is none

	checking gate      // closed while files are checked
	checked  time.Time // when they were last found sound
}

var _ search.Index = (*Index)(nil)

// Open opens the index in a directory, which it makes if there is none. A
// directory that another process uses is an error that matches
// [search.ErrUnavailable], after two seconds.
//
// All files are read and checked. An index that is damaged, or that another
// version has made, is put aside under the name "damaged" and Open returns an
// empty one, without cursors, so that its engine fills it again.
func Open(dir string, opts *Options) (*Index, error) {
	x, err := newIndex(opts)
	if err != nil {
		return nil, fmt.Errorf("blevesearch: %w", err)
	}
	if x.home, err = enterHome(dir); err != nil {
		return nil, fmt.Errorf("blevesearch: %w", err)
	}
	if x.current, err = x.openCurrent(); err != nil {
		return nil, fmt.Errorf("blevesearch: %w", errors.Join(err, x.home.leave()))
	}
	return x, nil
}

func newIndex(opts *Options) (*Index, error) {
	lib, err := lexis.NewLibrary()
	if err != nil {
		return nil, err
	}
	sp, err := newSpellers()
	if err != nil {
		return nil, err
	}
	o := opts.filled()
	return &Index{
		opts: o, library: lib, spellers: sp, schema: schema(lib), slots: make(chan struct{}, o.Concurrent),
		writing: make(gate, 1), checking: make(gate, 1),
	}, nil
}

// openCurrent opens the current generation, or a new one in its place if it
// cannot be continued.
func (x *Index) openCurrent() (*generation, error) {
	dir, err := x.home.current()
	if err == nil {
		if err := x.home.tidy(dir); err != nil {
			return nil, err
		}
		if dir == "" {
			return x.startEmpty()
		}
		var g *generation
		if g, err = openGeneration(dir, x.schema); err == nil {
			return g, nil
		}
	}
	if d := new(damage); !errors.As(err, &d) {
		return nil, fmt.Errorf("%w: %w", search.ErrUnavailable, err)
	}
	x.opts.Logger.Warn("search index put aside, a new one begins", "dir", dir, "err", err)
	if dir != "" {
		if err := x.home.putAside(dir); err != nil {
			return nil, err
		}
	}
	return x.startEmpty()
}

func (x *Index) startEmpty() (*generation, error) {
	dir, err := x.home.next(x.opts.Now())
	if err != nil {
		return nil, err
	}
	g, err := newGeneration(dir, x.schema, false)
	if err != nil {
		return nil, err
	}
	if err := x.home.setCurrent(dir); err != nil {
		return nil, errors.Join(err, g.stop())
	}
	return g, nil
}

// A gate lets one in at a time, like a mutex that heeds a context.
type gate chan struct{}

func (g gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// Cursors implements [search.Index].
func (x *Index) Cursors(ctx context.Context) (map[string]string, error) {
	return look(ctx, x, func(_ context.Context, v *view) (map[string]string, error) {
		internals, err := readInternals(v.snapshot)
		if err != nil {
			return nil, err
		}
		maps.DeleteFunc(internals, func(key, _ string) bool { return !strings.HasPrefix(key, internalCursor) })
		cursors := map[string]string{}
		for key, value := range internals {
			cursors[strings.TrimPrefix(key, internalCursor)] = value
		}
		return cursors, nil
	})
}

// Count implements [search.Index].
func (x *Index) Count(ctx context.Context) (int, error) {
	return look(ctx, x, func(_ context.Context, v *view) (int, error) {
		internals, err := readInternals(v.snapshot)
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(internals[internalCount])
	})
}

// Search implements [search.Index]. More searches at once than Options allows
// wait for a moment and are then refused with an error that matches
// [search.ErrTooMany].
func (x *Index) Search(ctx context.Context, r search.Request) (search.Response, error) {
	leave, err := x.turn(ctx)
	if err != nil {
		return search.Response{}, err
	}
	defer leave()
	return look(ctx, x, func(ctx context.Context, v *view) (search.Response, error) { return x.answer(ctx, v, r) })
}

// Suggest implements [search.Index].
func (x *Index) Suggest(ctx context.Context, r search.SuggestRequest) ([]search.Suggestion, error) {
	leave, err := x.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return look(ctx, x, func(ctx context.Context, v *view) ([]search.Suggestion, error) { return x.suggest(ctx, v, r) })
}

// turn waits for a turn to search.
func (x *Index) turn(ctx context.Context) (leave func(), err error) {
	leave = func() { <-x.slots }
	select {
	case x.slots <- struct{}{}:
		return leave, nil
	default:
	}
	late := time.NewTimer(x.opts.Queue)
	defer late.Stop()
	select {
	case x.slots <- struct{}{}:
		return leave, nil
	case <-late.C:
		return nil, errs.Say(errs.TooMany, "error.search.busy", nil)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close implements [search.Index]. It waits for searches under way.
func (x *Index) Close() error {
	if err := x.writing.enter(context.Background()); err != nil {
		return err
	}
	defer x.writing.leave()
	g := x.set(nil, fmt.Errorf("blevesearch: %w", errClosed))
	var err error
	if g != nil {
		err = g.retire(x.opts.Timeout + grace)
	}
	if x.parent == nil {
		return errors.Join(err, x.home.leave())
	}
	if g == nil {
		return err
	}
	return errors.Join(err, removeAll(g.dir))
}

// set puts a generation in the place of the current one, which it returns, or
// an error that says why there is none.
func (x *Index) set(g *generation, failure error) *generation {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.current
	x.current, x.failure = g, failure
	return old
}

// enter returns the current generation, in use until it is left.
func (x *Index) enter() (*generation, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return nil, x.failure
	}
	if !x.current.enter() {
		return nil, fmt.Errorf("blevesearch: %w", search.ErrUnavailable)
	}
	return x.current, nil
}

// Stem implements [search.Stemmer].
func (x *Index) Stem(locale, word string) string { return x.library.Stem(locale, word) }
