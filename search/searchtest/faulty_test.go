package searchtest_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

// A faulty index is one in memory, beside another that holds everything for
// everybody, with faults where functions are set.
type faulty struct {
	search.Index
	*faults

	mu  sync.Mutex
	all search.Index // the same documents, all public
}

type faults struct {
	apply   func(ctx context.Context, f *faulty, b search.Batch) error
	search  func(ctx context.Context, f *faulty, r search.Request) (search.Response, error)
	suggest func(ctx context.Context, f *faulty, r search.SuggestRequest) ([]search.Suggestion, error)
	cursors func(c map[string]string) map[string]string
	fresh   func(ctx context.Context, f, fresh *faulty) (search.Index, error)
	swap    func(ctx context.Context, f *faulty, fresh search.Index) error
}

func newFaulty(fs *faults) *faulty {
	return &faulty{Index: memsearch.New(), all: memsearch.New(), faults: fs}
}

func (f *faulty) Apply(ctx context.Context, b search.Batch) error {
	if f.apply != nil {
		return f.apply(ctx, f, b)
	}
	return f.write(ctx, b)
}

// write does what Apply should.
func (f *faulty) write(ctx context.Context, b search.Batch) error {
	if err := f.Index.Apply(ctx, b); err != nil {
		return err
	}
	return f.everything().Apply(ctx, edit(b, func(d *search.Document) { d.Audience = profile.Public() }))
}

func (f *faulty) everything() search.Index {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

// edit returns the batch with changed documents.
func edit(b search.Batch, change func(*search.Document)) search.Batch {
	b.Changes = slices.Clone(b.Changes)
	for i, c := range b.Changes {
		b.Changes[i].Documents = slices.Clone(c.Documents)
		for j := range c.Documents {
			change(&b.Changes[i].Documents[j])
		}
	}
	return b
}

func (f *faulty) Search(ctx context.Context, r search.Request) (search.Response, error) {
	if f.search != nil {
		return f.search(ctx, f, r)
	}
	return f.Index.Search(ctx, r)
}

func (f *faulty) Suggest(ctx context.Context, r search.SuggestRequest) ([]search.Suggestion, error) {
	if f.suggest != nil {
		return f.suggest(ctx, f, r)
	}
	return f.Index.Suggest(ctx, r)
}

func (f *faulty) Cursors(ctx context.Context) (map[string]string, error) {
	c, err := f.Index.Cursors(ctx)
	if f.cursors != nil {
		c = f.cursors(c)
	}
	return c, err
}

func (f *faulty) Fresh(ctx context.Context) (search.Index, error) {
	inner, err := f.Index.Fresh(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &faulty{Index: inner, all: memsearch.New(), faults: f.faults}
	if f.fresh != nil {
		return f.fresh(ctx, f, fresh)
	}
	return fresh, nil
}

func (f *faulty) Swap(ctx context.Context, fresh search.Index) error {
	if f.swap != nil {
		return f.swap(ctx, f, fresh)
	}
	return f.exchange(ctx, fresh)
}

// exchange does what Swap should.
func (f *faulty) exchange(ctx context.Context, fresh search.Index) error {
	g, ok := fresh.(*faulty)
	if !ok {
		return f.Index.Swap(ctx, fresh)
	}
	if err := f.Index.Swap(ctx, g.Index); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = g.all
	return nil
}

// asking returns a fault that changes what is asked for.
func asking(change func(*search.Request)) *faults {
	return &faults{search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		r.Words, r.Filters = slices.Clone(r.Words), maps.Clone(r.Filters)
		change(&r)
		return f.Index.Search(ctx, r)
	}}
}

// answering returns a fault that changes what is answered, knowing what
// somebody who sees everything would get.
func answering(change func(r search.Request, resp *search.Response, all search.Response)) *faults {
	return &faults{search: func(ctx context.Context, f *faulty, r search.Request) (search.Response, error) {
		resp, err := f.Index.Search(ctx, r)
		if err != nil {
			return resp, err
		}
		all, err := f.everything().Search(ctx, r)
		change(r, &resp, all)
		return resp, err
	}}
}

// writing returns a fault that changes documents on their way in.
func writing(change func(*search.Document)) *faults {
	return &faults{apply: func(ctx context.Context, f *faulty, b search.Batch) error { return f.write(ctx, edit(b, change)) }}
}

func eachHit(change func(*search.Hit)) *faults {
	return answering(func(_ search.Request, resp *search.Response, _ search.Response) {
		for i := range resp.Hits {
			change(&resp.Hits[i])
		}
	})
}

func eachWord(change func(*search.Word)) *faults {
	return asking(func(r *search.Request) {
		for i := range r.Words {
			change(&r.Words[i])
		}
	})
}
