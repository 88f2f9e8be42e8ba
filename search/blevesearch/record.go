package blevesearch

import (
	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
)

// A record is a document as bleve indexes it. It is analyzed before bleve gets
// it, where a panic can be caught, and so that one look at a word serves all
// fields. Every record has every field: bleve merges segments faster if they
// have the same ones.
type record struct {
	id      string
	fields  []index.Field
	builder *builder // whose memory the fields are
}

var _ index.Document = (*record)(nil)

func (r *record) ID() string                                 { return r.id }
func (r *record) Size() int                                  { return 0 }
func (r *record) VisitComposite(index.CompositeFieldVisitor) {}
func (r *record) HasComposite() bool                         { return false }
func (r *record) NumPlainTextBytes() uint64                  { return 0 }
func (r *record) StoredFieldsBytes() uint64                  { return 0 }
func (r *record) Indexed() bool                              { return true }

func (r *record) VisitFields(visit index.FieldVisitor) {
	for _, f := range r.fields {
		visit(f)
	}
}

func (r *record) AddIDField() {
	id := document.NewTextFieldCustom("_id", nil, []byte(r.id), index.IndexField|index.StoreField, nil)
	r.fields = append(r.fields, id)
}

// A field is an analyzed field of a record.
type field struct {
	name    string
	options index.FieldIndexingOptions
	value   []byte // if stored
	terms   index.TokenFrequencies
	length  int
}

var _ index.Field = (*field)(nil)

func (f *field) Name() string                                     { return f.name }
func (f *field) Value() []byte                                    { return f.value }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) Analyze()                                         {}
func (f *field) Options() index.FieldIndexingOptions              { return f.options }
func (f *field) AnalyzedLength() int                              { return f.length }
func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *field) NumPlainTextBytes() uint64                        { return 0 }

// The fields of a record.
const (
	fieldText  = "text"  // terms of all its text, with positions
	fieldTitle = "title" // terms of its title and keywords
	fieldStart = "start" // beginnings of the words of its title, for suggestions
	fieldKey   = "key"   // whatever is matched as a whole; see the kinds of keys
	fieldDoc   = "doc"   // the document without its body, stored
	fieldBody  = "body"  // the body, stored
)

const (
	optionsScored = index.IndexField
	optionsPlaced = index.IndexField | index.IncludeTermVectors
	optionsMatch  = index.IndexField | index.SkipFreqNorm
	optionsStored = index.StoreField | index.SkipFreqNorm
)

// A bag collects the terms of a field. Its memory is used again after
// [bag.reset]: it is most of what indexing allocates.
type bag struct {
	terms     index.TokenFrequencies
	freqs     arena[index.TokenFreq]
	locations arena[index.TokenLocation]
}

func newBag() *bag { return &bag{terms: index.TokenFrequencies{}} }

// reset empties the bag, which nobody may use any more.
func (b *bag) reset() {
	if clear(b.terms); b.freqs.used > most*slab {
		b.terms = index.TokenFrequencies{}
	}
	b.freqs.reset(func(tf *index.TokenFreq) {
		tf.SetFrequency(0)
		tf.Locations = tf.Locations[:0]
	})
	b.locations.reset(func(*index.TokenLocation) {})
}

// entry returns what is known of a term.
func (b *bag) entry(term string) *index.TokenFreq {
	tf := b.terms[term]
	if tf == nil {
		tf = b.freqs.next()
		b.terms[term] = tf
	}
	return tf
}

// has notes that a term is there.
func (b *bag) has(term string) { b.entry(term) }

// count counts a term.
func (b *bag) count(term string) {
	tf := b.entry(term)
	tf.SetFrequency(tf.Frequency() + 1)
}

// place counts a term and notes where it is.
func (b *bag) place(term string, position int) {
	l := b.locations.next()
	l.Position = position
	tf := b.entry(term)
	tf.SetFrequency(tf.Frequency() + 1)
	tf.Locations = append(tf.Locations, l)
}

// An arena hands out structs that it allocates many at a time.
type arena[T any] struct {
	slabs [][]T
	used  int
}

const (
	slab = 64 // structs allocated at once
	most = 64 // slabs that are kept
)

func (a *arena[T]) next() *T {
	i, j := a.used/slab, a.used%slab
	if i == len(a.slabs) {
		a.slabs = append(a.slabs, make([]T, slab))
	}
	a.used++
	return &a.slabs[i][j]
}

// reset takes everything back, after each was cleaned. After a very large
// document it keeps nothing.
func (a *arena[T]) reset(clean func(*T)) {
	if len(a.slabs) > most {
		*a = arena[T]{}
		return
	}
	for n := range a.used {
		clean(&a.slabs[n/slab][n%slab])
	}
	a.used = 0
}
