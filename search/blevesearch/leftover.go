package blevesearch

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/stoa-go/stoa/profile"
)

const (
	purgeRounds = 10 // how often files that nothing uses are looked for before they are said to stay
	purgeEvery  = 100 * time.Millisecond
)

// Leftovers reports whether files of the index name people, in audiences, whom
// no document names any more, or may: it does not look into files that are not
// used any more but stay. bleve keeps documents that were removed until it merges
// the files that they are in, and those files until it writes something else if
// somebody was reading them; a rebuild takes them out at once.
func (x *Index) Leftovers(ctx context.Context) (bool, error) {
	if named, err := x.namesNobody(ctx); named || err != nil {
		return named, err
	}
	for range purgeRounds {
		unused, err := x.unused(ctx)
		if !unused || err != nil {
			return false, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(purgeEvery):
		}
	}
	return true, nil
}

// unused reports whether there are files of segments that the index is not made
// of: it is done with them, or still writes them.
func (x *Index) unused(ctx context.Context) (bool, error) {
	return look(ctx, x, func(_ context.Context, v *view) (bool, error) {
		used := map[string]bool{}
		for _, s := range v.snapshot.Segments() {
			if p, ok := s.Segment().(segment.PersistedSegment); ok {
				used[filepath.Base(p.Path())] = true
			}
		}
		entries, err := os.ReadDir(v.dir)
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if filepath.Ext(e.Name()) == extSegment && !used[e.Name()] {
				return true, nil
			}
		}
		return false, nil
	})
}

// namesNobody reports whether a segment has a name that no document has.
func (x *Index) namesNobody(ctx context.Context) (bool, error) {
	return look(ctx, x, func(ctx context.Context, v *view) (bool, error) {
		named := map[string]bool{} // by term, whether a document has it
		for _, p := range v.open() {
			if err := p.people(ctx, named); err != nil {
				return false, err
			}
		}
		for _, live := range named {
			if !live {
				return true, nil
			}
		}
		return false, nil
	})
}

// people notes the terms that name people, and whether a document has them.
func (p *part) people(ctx context.Context, named map[string]bool) error {
	removed := p.snapshot.Deleted()
	return p.each(ctx, fieldKey, keyAudience, func(term string) (bool, error) {
		if !strings.Contains(term, profile.SegmentPerson) {
			return true, nil
		}
		docs, err := p.having(fieldKey, term)
		if err != nil {
			return false, err
		}
		live := docs != nil && docs.GetCardinality() > 0
		if live && removed != nil {
			live = docs.GetCardinality() > docs.AndCardinality(removed)
		}
		term = strings.Clone(term)
		named[term] = named[term] || live
		return true, nil
	})
}
