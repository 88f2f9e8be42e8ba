package i18n

import (
	"cmp"
	"slices"

	"golang.org/x/text/collate"
)

// A Sorter orders names as a reader of the locale expects: ä beside a in
// German and after z in Swedish, "Item 9" before "Item 10". It is not safe
// for concurrent use; making one is cheap.
type Sorter struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

// NewSorter returns the Sorter of a locale.
func NewSorter(l Locale) *Sorter {
	return &Sorter{collator: collate.New(l.tag(), collate.Numeric)}
}

// Compare returns -1, 0 or 1 as a comes before, with or after b. Names that
// read alike are ordered by their bytes, so that an order never depends on
// where it started.
func (s *Sorter) Compare(a, b string) int {
	return cmp.Or(s.collator.CompareString(a, b), cmp.Compare(a, b))
}

// Strings sorts names in place.
func (s *Sorter) Strings(names []string) {
	SortBy(s, names, func(name string) string { return name })
}

// SortBy sorts items in place by the name of each. Equal names keep their order.
func SortBy[T any](s *Sorter, items []T, name func(T) string) {
	type keyed struct {
		item T
		name string
		key  []byte
	}
	all := make([]keyed, len(items))
	for i, item := range items {
		n := name(item)
		all[i] = keyed{item, n, s.collator.KeyFromString(&s.buffer, n)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		return cmp.Or(slices.Compare(a.key, b.key), cmp.Compare(a.name, b.name))
	})
	for i := range all {
		items[i] = all[i].item
	}
	s.buffer.Reset()
}
