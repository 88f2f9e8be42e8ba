package blevesearch

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// A part is one of bleve's segments as one search reads it. Documents are
// numbers in it. All reading is done here and not through bleve's index reader,
// which starts goroutines whose panics nobody can catch.
type part struct {
	snapshot *scorch.SegmentSnapshot
	segment  segment.Segment
	size     int             // documents, removed ones included
	admitted *roaring.Bitmap // those that the asker may see; not to be changed
	dicts    map[string]segment.TermDictionary
}

func newPart(s *scorch.SegmentSnapshot) *part {
	return &part{
		snapshot: s, segment: s.Segment(), size: int(s.Segment().Count()), dicts: map[string]segment.TermDictionary{},
	}
}

func (p *part) dictionary(field string) (segment.TermDictionary, error) {
	if d, ok := p.dicts[field]; ok {
		return d, nil
	}
	d, err := p.segment.Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("dictionary of %s: %w", field, err)
	}
	p.dicts[field] = d
	return d, nil
}

// postings returns who has a term, removed documents included.
func (p *part) postings(field, term string) (segment.PostingsList, error) {
	d, err := p.dictionary(field)
	if err != nil {
		return nil, err
	}
	list, err := d.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("postings of %s: %w", field, err)
	}
	return list, nil
}

// members returns the documents of a list, nil if there are none. The bitmap may
// be part of a file and is not to be changed.
func members(list segment.PostingsList) *roaring.Bitmap {
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return nil
	}
	if n, ok := it.DocNum1Hit(); ok {
		return roaring.BitmapOf(uint32(n))
	}
	return it.ActualBitmap()
}

// having returns the documents that have a term, nil if there are none. The
// bitmap is not to be changed.
func (p *part) having(field, term string) (*roaring.Bitmap, error) {
	list, err := p.postings(field, term)
	if err != nil {
		return nil, err
	}
	return members(list), nil
}

// count returns how many of the admitted documents have a term.
func (p *part) count(field, term string) (int, error) {
	b, err := p.having(field, term)
	if err != nil || b == nil {
		return 0, err
	}
	return int(b.AndCardinality(p.admitted)), nil
}

// each calls f with each term of a field that begins with prefix, in order,
// until it returns false.
func (p *part) each(ctx context.Context, field, prefix string, f func(term string) (bool, error)) error {
	return p.eachAccepted(ctx, field, prefix, nil, f)
}

// eachAccepted is each for the terms that an automaton accepts.
func (p *part) eachAccepted(ctx context.Context, field, prefix string, a segment.Automaton, f func(term string) (bool, error)) error {
	d, err := p.dictionary(field)
	if err != nil {
		return err
	}
	it := iterate(d, a, prefix)
	for n := 0; ; n++ {
		if n%256 == 255 && ctx.Err() != nil {
			return ctx.Err()
		}
		entry, err := it.Next()
		if err != nil {
			return fmt.Errorf("terms of %s: %w", field, err)
		}
		if entry == nil {
			return nil
		}
		if ok, err := f(entry.Term); !ok || err != nil {
			return err
		}
	}
}

// iterate returns the accepted terms that begin with prefix, without counts if
// the dictionary can leave these out.
func iterate(d segment.TermDictionary, a segment.Automaton, prefix string) segment.DictionaryIterator {
	start, end := []byte(prefix), after(prefix)
	if terms, ok := d.(interface {
		AutomatonIteratorOmitCount(a segment.Automaton, start, end []byte) segment.DictionaryIterator
	}); ok {
		return terms.AutomatonIteratorOmitCount(a, start, end)
	}
	return d.AutomatonIterator(a, start, end)
}

// after returns the first key behind all that begin with prefix, nil if there
// is none.
func after(prefix string) []byte {
	key := []byte(prefix)
	for i := len(key) - 1; i >= 0; i-- {
		if key[i] < 0xff {
			key[i]++
			return key[:i+1]
		}
	}
	return nil
}

// id returns a document's ID.
func (p *part) id(doc uint32) (string, error) {
	id, err := p.segment.DocID(uint64(doc))
	if err != nil {
		return "", fmt.Errorf("ID: %w", err)
	}
	return string(id), nil
}

// stored returns a document and its body as they are stored.
func (p *part) stored(doc uint32) (document, body string, err error) {
	err = p.segment.VisitStoredFields(uint64(doc), func(field string, _ byte, value []byte, _ []uint64) bool {
		switch field {
		case fieldDoc:
			document = string(value)
		case fieldBody:
			body = string(value)
		}
		return true
	})
	if err != nil {
		return "", "", fmt.Errorf("stored document: %w", err)
	}
	return document, body, nil
}
