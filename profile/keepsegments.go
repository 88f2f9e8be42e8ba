package profile

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"slices"
	"strings"
)

// A segmentRecord is a segment that names a person, in an export.
type segmentRecord struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// exportSegments ranges over the segments whose rules name a person.
func (d *Directory) exportSegments(ctx context.Context, person string) iter.Seq2[any, error] {
	list, err := d.store.Segments(ctx)
	list = slices.DeleteFunc(list, func(s Segment) bool { return !s.Rule.names(person) })
	return listed(func(s Segment) any { return segmentRecord{s.Name, s.Title} }, list, err)
}

// eraseSegments puts a pseudonym in the place of a person in rules. A condition
// needs its values, so there must be one even if nothing is to stay: it is
// nobody's.
func (d *Directory) eraseSegments(ctx context.Context, person string, how Erasure) (done Erased, err error) {
	stand := how.Pseudonym
	if stand == "" {
		stand = "nobody-" + strings.ToLower(rand.Text())
	}
	for tries := 5; ; tries-- {
		n, err := d.eraseInSegments(ctx, person, stand)
		done.Renamed += n
		if !errors.Is(err, ErrConflict) || tries <= 1 {
			return done, err
		}
	}
}

func (d *Directory) eraseInSegments(ctx context.Context, person, stand string) (n int, err error) {
	list, err := d.store.Segments(ctx)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if !s.Rule.names(person) {
			continue
		}
		s.Rule = s.Rule.renamed(person, stand)
		s.Version++
		// Changed by nobody, since nobody decides who belongs there.
		if err := d.store.SaveSegment(ctx, s); err != nil {
			return n, err
		}
		d.forgetRules()
		n++
	}
	return n, nil
}

// names reports whether r asks for the ID of a person.
func (r Rule) names(person string) bool {
	of := func(sub Rule) bool { return sub.names(person) }
	return r.Fact == FactID && slices.Contains(r.Values, person) || slices.ContainsFunc(r.All, of) || slices.ContainsFunc(r.Any, of)
}

// renamed returns r with another ID in the place of a person's.
func (r Rule) renamed(person, to string) Rule {
	r.Values, r.All, r.Any = slices.Clone(r.Values), slices.Clone(r.All), slices.Clone(r.Any)
	if r.Fact == FactID {
		for i, v := range r.Values {
			if v == person {
				r.Values[i] = to
			}
		}
	}
	for _, list := range [][]Rule{r.All, r.Any} {
		for i := range list {
			list[i] = list[i].renamed(person, to)
		}
	}
	return r
}
