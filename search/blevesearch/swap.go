package blevesearch

import (
	"context"
	"errors"
	"fmt"

	index "github.com/blevesearch/bleve_index_api"

	"github.com/stoa-go/stoa/search"
)

// Fresh implements [search.Index]. It also works while the index itself must be
// rebuilt.
func (x *Index) Fresh(ctx context.Context) (search.Index, error) {
	if err := x.writing.enter(ctx); err != nil {
		return nil, err
	}
	defer x.writing.leave()
	if x.parent != nil || x.closed() {
		return nil, fmt.Errorf("blevesearch: %w", search.ErrUnavailable)
	}
	dir, err := x.home.next(x.opts.Now())
	if err != nil {
		return nil, fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, err)
	}
	g, err := newGeneration(dir, x.schema, true)
	if err != nil {
		return nil, fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, errors.Join(err, removeAll(dir)))
	}
	return &Index{
		opts: x.opts, home: x.home, library: x.library, spellers: x.spellers, schema: x.schema, slots: x.slots, writing: make(gate, 1),
		checking: make(gate, 1), parent: x, current: g,
	}, nil
}

// closed reports whether nothing can be done any more.
func (x *Index) closed() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.current == nil && errors.Is(x.failure, errClosed)
}

// Swap implements [search.Index]. fresh is written out, closed, checked and
// opened again before it takes the place of the old content, which is removed
// when the last search that reads it has ended.
func (x *Index) Swap(ctx context.Context, fresh search.Index) error {
	f, ok := fresh.(*Index)
	if !ok || f.parent != x {
		return fmt.Errorf("blevesearch: swap with an index that is not from Fresh: %w", search.ErrInvalid)
	}
	if err := x.writing.enter(ctx); err != nil {
		return err
	}
	defer x.writing.leave()
	if err := f.writing.enter(ctx); err != nil {
		return err
	}
	defer f.writing.leave()
	if x.closed() {
		return fmt.Errorf("blevesearch: %w", errClosed)
	}
	g, err := f.harden(ctx)
	if err != nil {
		return err
	}
	if err := x.home.setCurrent(g.dir); err != nil {
		return fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, errors.Join(err, g.stop(), removeAll(g.dir)))
	}
	if old := x.set(g, nil); old != nil {
		if err := errors.Join(old.retire(x.opts.Timeout+grace), removeAll(old.dir)); err != nil {
			x.opts.Logger.Warn("old search index not removed", "dir", old.dir, "err", err)
		}
	}
	return nil
}

// harden makes a fresh index one that lasts. It is of no use afterwards.
func (x *Index) harden(ctx context.Context) (*generation, error) {
	if err := x.write(ctx, index.NewBatch(), true); err != nil {
		return nil, err
	}
	g := x.set(nil, fmt.Errorf("blevesearch: swapped: %w", errClosed))
	if err := g.retire(x.opts.Timeout + grace); err != nil {
		return nil, fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, err)
	}
	hard, err := openGeneration(g.dir, x.schema)
	if err != nil {
		return nil, fmt.Errorf("blevesearch: %w: %w", search.ErrUnavailable, errors.Join(err, removeAll(g.dir)))
	}
	return hard, nil
}

// errClosed says that an index was closed or swapped.
var errClosed = fmt.Errorf("closed: %w", search.ErrUnavailable)
