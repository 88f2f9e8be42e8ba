package blevesearch

import (
	"context"
	"errors"
	"time"

	index "github.com/blevesearch/bleve_index_api"
)

// OpenAs is Open for an index whose records have another form.
func OpenAs(dir, schema string) (*Index, error) {
	x, err := newIndex(nil)
	if err != nil {
		return nil, err
	}
	x.schema = schema
	if x.home, err = enterHome(dir); err != nil {
		return nil, err
	}
	if x.current, err = x.openCurrent(); err != nil {
		return nil, errors.Join(err, x.home.leave())
	}
	return x, nil
}

// Occupy takes a search's turn until it is given back.
func (x *Index) Occupy() (giveBack func()) {
	x.slots <- struct{}{}
	return func() { <-x.slots }
}

// CloseUnderneath closes bleve's index without telling the Index.
func (x *Index) CloseUnderneath() error {
	g, err := x.enter()
	if err != nil {
		return err
	}
	defer g.leave()
	return g.index.Close()
}

// Panic makes a read panic, as a mistake of ours would.
func (x *Index) Panic(ctx context.Context) error {
	_, err := look(ctx, x, func(context.Context, *view) (int, error) { panic("a mistake") })
	return err
}

// Fault makes a read touch memory that is not there, as a file does that became
// shorter.
func (x *Index) Fault(ctx context.Context, fault func()) error {
	_, err := look(ctx, x, func(context.Context, *view) (int, error) { fault(); return 0, nil })
	return err
}

// WritePanic makes a write panic inside bleve.
func (x *Index) WritePanic(ctx context.Context) error {
	batch := index.NewBatch()
	batch.Update(&record{id: "bad", fields: []index.Field{&bad{&field{name: fieldText}}}})
	return x.write(ctx, batch, true)
}

type bad struct{ index.Field }

func (b *bad) AnalyzedLength() int { panic("a mistake") }

// WriteHang makes a write hang inside bleve until release is closed.
func (x *Index) WriteHang(ctx context.Context, release <-chan struct{}) error {
	batch := index.NewBatch()
	batch.Update(&record{id: "slow", fields: []index.Field{&slow{&field{name: fieldText}, release}}})
	return x.write(ctx, batch, true)
}

type slow struct {
	index.Field
	release <-chan struct{}
}

func (s *slow) AnalyzedLength() int { <-s.release; return 1 }

// Dir returns the directory of the current generation.
func (x *Index) Dir() string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.current.dir
}

// Number returns the number that orders times.
var Number = timeNumber

// Merge has bleve merge all segments in its own goroutine, and waits for that
// no longer than a moment.
func (x *Index) Merge(ctx context.Context) error {
	g, err := x.enter()
	if err != nil {
		return err
	}
	g.leave()
	return guarded(time.Millisecond, func() error { return g.index.ForceMerge(ctx, nil) })
}
