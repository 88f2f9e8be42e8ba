package blevesearch

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// Apply implements [search.Index]. A batch that is not for bulk is on disk when
// it returns. After an error the index is opened again and holds what it held
// before or, rarely, the whole batch: ask for its cursors.
func (x *Index) Apply(ctx context.Context, b search.Batch) error {
	if err := x.writing.enter(ctx); err != nil {
		return err
	}
	defer x.writing.leave()
	groups, docs, err := last(b.Changes)
	if err != nil {
		return fmt.Errorf("blevesearch: %w", err)
	}
	records, err := x.buildAll(ctx, docs)
	if err != nil {
		return err
	}
	batch, err := look(ctx, x, func(ctx context.Context, v *view) (*index.Batch, error) {
		return replace(ctx, v, groups, records)
	})
	if err != nil {
		return err
	}
	for source, cursor := range b.Cursors {
		setInternal(batch, internalCursor+source, cursor)
	}
	if err := x.write(ctx, batch, !b.Bulk); err != nil {
		return err // bleve may still hold the records
	}
	for _, r := range records {
		r.release()
	}
	return nil
}

// write applies a batch, which cannot be stopped any more.
func (x *Index) write(ctx context.Context, batch *index.Batch, durable bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g, err := x.enter()
	if err != nil {
		return err
	}
	err = g.commit(batch, x.opts.Commit, durable)
	if err == nil && durable {
		err = syncDir(g.dir)
	}
	g.leave()
	if err != nil {
		return x.reopen(g, err)
	}
	return nil
}

// last returns the groups that change and the documents that they have
// afterwards: of several changes to one group the last one counts.
func last(changes []search.Change) (groups []string, docs []search.Document, err error) {
	final := map[string]int{}
	for i, c := range changes {
		final[c.Group] = i
	}
	seen := map[string]bool{}
	for i, c := range changes {
		if final[c.Group] != i {
			continue
		}
		groups = append(groups, c.Group)
		for _, d := range c.Documents {
			if d.ID == "" || d.Group != c.Group || seen[d.ID] {
				return nil, nil, fmt.Errorf("document %q of group %q in a change of group %q: %w", d.ID, d.Group, c.Group, search.ErrInvalid)
			}
			seen[d.ID] = true
			docs = append(docs, d)
		}
	}
	return groups, docs, nil
}

// buildAll makes the records of documents, on all processors.
func (x *Index) buildAll(ctx context.Context, docs []search.Document) ([]*record, error) {
	records, failures := make([]*record, len(docs)), make([]error, len(docs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(docs)) {
		wg.Go(func() {
			for i := range next {
				records[i], failures[i] = x.build(docs[i])
			}
		})
	}
	for i := range docs {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, err := range failures {
		if err != nil {
			return nil, fmt.Errorf("blevesearch: %w", err)
		}
	}
	return records, nil
}

// build makes the record of a document. If its language's parts stumble over
// it, it is treated as being in no language: a text that cannot be stemmed can
// still be found.
func (x *Index) build(d search.Document) (*record, error) {
	r, err := x.tryBuild(d, x.library.Of(d.Locale))
	if _, panicked := errors.AsType[*panicError](err); !panicked {
		return r, err
	}
	x.logFailure("search document not analyzed in its language", fmt.Errorf("document %q: %w", d.ID, err))
	return x.tryBuild(d, x.library["und"])
}

func (x *Index) tryBuild(d search.Document, l *lexis.Language) (r *record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p}
		}
	}()
	return build(d, l)
}

// replace returns a batch that puts records in the place of whatever the groups
// have now.
func replace(ctx context.Context, v *view, groups []string, records []*record) (*index.Batch, error) {
	internals, err := readInternals(v.snapshot)
	if err != nil {
		return nil, err
	}
	count, err := strconv.Atoi(internals[internalCount])
	if err != nil {
		return nil, err
	}
	batch := index.NewBatch()
	for _, p := range v.open() {
		gone, err := p.inGroups(ctx, groups, records)
		if err != nil {
			return nil, err
		}
		count -= int(gone.GetCardinality())
		for it := gone.Iterator(); it.HasNext(); {
			id, err := p.id(it.Next())
			if err != nil {
				return nil, err
			}
			batch.Delete(id)
		}
	}
	for _, r := range records {
		batch.Update(r)
	}
	setInternal(batch, internalCount, strconv.Itoa(count+len(records)))
	return batch, nil
}

// inGroups returns the documents of groups, and those with the ID of a record.
func (p *part) inGroups(ctx context.Context, groups []string, records []*record) (*roaring.Bitmap, error) {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.id
	}
	found, err := p.segment.DocNumbers(ids)
	if err != nil {
		return nil, fmt.Errorf("IDs: %w", err)
	}
	for _, g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := p.having(fieldKey, keyGroup+g)
		if err != nil {
			return nil, err
		}
		if b != nil {
			found.Or(b)
		}
	}
	if removed := p.snapshot.Deleted(); removed != nil {
		found.AndNot(removed)
	}
	return found, nil
}
