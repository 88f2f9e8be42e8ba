package blevesearch

import (
	"context"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// Leftovers reports whether files of the index name people, in audiences, whom
// no document names any more. bleve keeps documents that were removed until it
// merges the files that they are in; a rebuild takes them out at once.
func (x *Index) Leftovers(ctx context.Context) (bool, error) {
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
