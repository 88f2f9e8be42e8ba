package learning

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An index finds what is known of questions by the words that they share with
// another.
type index[T any] struct {
	entries map[string]*entry[T] // by key
	words   map[string]*word[T]
}

// An entry is what is known of one question.
type entry[T any] struct {
	key, locale string
	words       []*word[T]
	last        time.Time
	dead        bool // forgotten, and only still in lists
	is          T
}

// A word is one of questions, with those that have it.
type word[T any] struct {
	text string
	list []*entry[T]
}

func newIndex[T any]() *index[T] {
	return &index[T]{entries: map[string]*entry[T]{}, words: map[string]*word[T]{}}
}

// put adds a question that is not there.
func (x *index[T]) put(key, locale string, words []string) *entry[T] {
	e := &entry[T]{key: key, locale: locale}
	for _, text := range words {
		w, ok := x.words[text]
		if !ok {
			w = &word[T]{text: text}
			x.words[text] = w
		}
		w.list = append(w.list, e)
		e.words = append(e.words, w)
	}
	x.entries[key] = e
	return e
}

// drop removes questions.
func (x *index[T]) drop(list ...*entry[T]) {
	changed := map[*word[T]]bool{}
	for _, e := range list {
		e.dead = true
		delete(x.entries, e.key)
		for _, w := range e.words {
			changed[w] = true
		}
	}
	for w := range changed {
		if w.list = slices.DeleteFunc(w.list, func(e *entry[T]) bool { return e.dead }); len(w.list) == 0 {
			delete(x.words, w.text)
		}
	}
}

// oldest returns the tenth of the questions that is oldest.
func (x *index[T]) oldest() (out []*entry[T]) {
	times := make([]int64, 0, len(x.entries))
	for _, e := range x.entries {
		times = append(times, e.last.UnixMicro())
	}
	slices.Sort(times)
	limit := times[len(times)/10]
	for _, e := range x.entries {
		if e.last.UnixMicro() <= limit {
			out = append(out, e)
		}
	}
	return out
}

type neighbour[T any] struct {
	*entry[T]
	like float64 // from 0 to 1, which is the same words
}

const (
	mostRead = 6000 // entries of lists that are read for one question, those of rarer words first
	mostNear = 400  // questions that are compared word by word
	unheard  = 0.5  // what a new word says
)

// alike returns the questions in a language that share most with the words of
// another, by the rarity of words: those that are at least so much like it, and no
// more than most of them.
func (x *index[T]) alike(words []string, locale string, least float64, most int) []neighbour[T] {
	shared, total := x.shared(words, locale)
	var near, out []neighbour[T]
	for e, s := range shared {
		// What is shared is no more than all of either.
		if s >= least*least*total {
			near = append(near, neighbour[T]{e, s})
		}
	}
	for _, n := range nearest(near, mostNear) {
		all := 0.0
		for _, w := range n.words {
			all += x.rarity(w)
		}
		if n.like /= math.Sqrt(total * all); n.like >= least {
			out = append(out, n)
		}
	}
	return nearest(out, most)
}

// nearest returns the n that are most alike, in order.
func nearest[T any](list []neighbour[T], n int) []neighbour[T] {
	slices.SortFunc(list, func(a, b neighbour[T]) int { return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.key, b.key)) })
	return list[:min(len(list), n)]
}

// shared returns what the words say that questions have in common with some, and
// what these say together.
func (x *index[T]) shared(words []string, locale string) (shared map[*entry[T]]float64, total float64) {
	var known []*word[T]
	for _, text := range words {
		if w, ok := x.words[text]; ok {
			known = append(known, w)
			total += x.rarity(w)
		} else {
			total += unheard // it may be any
		}
	}
	slices.SortStableFunc(known, func(a, b *word[T]) int { return cmp.Compare(len(a.list), len(b.list)) })
	shared = map[*entry[T]]float64{}
	read := 0
	for _, w := range known {
		if read += len(w.list); read > mostRead {
			break
		}
		r := x.rarity(w)
		for _, e := range w.list {
			if e.locale == locale {
				shared[e] += r
			}
		}
	}
	return shared, total
}

// rarity returns how much a word says.
func (x *index[T]) rarity(w *word[T]) float64 {
	return math.Log(1 + float64(len(x.entries))/float64(len(w.list)))
}
