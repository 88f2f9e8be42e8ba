package blevesearch

import (
	"sync"

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
// [bag.reset], but most of a document needs none: bleve only reads what is known
// of a term, and documents share it (see [common]).
type bag struct {
	terms     index.TokenFrequencies
	freqs     arena[index.TokenFreq]
	locations arena[index.TokenLocation]
}

func newBag() *bag { return &bag{terms: index.TokenFrequencies{}} }

// reset empties the bag, which nobody may use any more.
func (b *bag) reset() {
	if len(b.terms) > most*slab {
		b.terms = index.TokenFrequencies{}
	}
	clear(b.terms)
	b.freqs.reset(func(tf *index.TokenFreq) {
		tf.SetFrequency(0)
		tf.Locations = tf.Locations[:0]
	})
	b.locations.reset(func(*index.TokenLocation) {})
}

// has notes that a term is there.
func (b *bag) has(term string) { b.terms[term] = &common().counts[0] }

// count counts a term.
func (b *bag) count(term string) {
	n := 1
	if tf := b.terms[term]; tf != nil {
		n += tf.Frequency()
	}
	if n < commonCounts {
		b.terms[term] = &common().counts[n]
		return
	}
	tf := b.freqs.next()
	tf.SetFrequency(n)
	b.terms[term] = tf
}

// place counts a term and notes where it is.
func (b *bag) place(term string, position int) {
	tf := b.terms[term]
	if tf == nil && position < commonPlaces {
		b.terms[term] = &common().once[position]
		return
	}
	if tf == nil || tf.Frequency() == 1 {
		tf = b.own(term, tf)
	}
	tf.SetFrequency(tf.Frequency() + 1)
	tf.Locations = append(tf.Locations, b.location(position))
}

// own makes what is known of a term the bag's own.
func (b *bag) own(term string, shared *index.TokenFreq) *index.TokenFreq {
	tf := b.freqs.next()
	if shared != nil {
		tf.SetFrequency(shared.Frequency())
		tf.Locations = append(tf.Locations, shared.Locations...)
	}
	b.terms[term] = tf
	return tf
}

func (b *bag) location(position int) *index.TokenLocation {
	if position < commonPlaces {
		return common().places[position]
	}
	l := b.locations.next()
	l.Position = position
	return l
}

const (
	commonPlaces = 4096 // first positions of which documents share what is known
	commonCounts = 8    // numbers of times, likewise
)

// common is what documents share and nobody changes: a term at one position, a
// term that is there some times. Most terms of most documents are like that, and
// bleve reads it from the processor's cache instead of all over the memory.
var common = sync.OnceValue(func() *commonTerms {
	c := &commonTerms{places: make([]*index.TokenLocation, commonPlaces), once: make([]index.TokenFreq, commonPlaces)}
	locations := make([]index.TokenLocation, commonPlaces)
	for i := range commonPlaces {
		locations[i].Position = i
		c.places[i] = &locations[i]
		c.once[i].SetFrequency(1)
		c.once[i].Locations = c.places[i : i+1 : i+1]
	}
	for n := range c.counts {
		c.counts[n].SetFrequency(n)
	}
	return c
})

type commonTerms struct {
	places []*index.TokenLocation
	once   []index.TokenFreq
	counts [commonCounts]index.TokenFreq
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
