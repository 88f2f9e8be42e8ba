// Package rows says what becomes of cases and entries in a store, so that stores
// in memory and in databases agree.
package rows

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/stored"
)

// Case returns a copy of c as every store keeps it. It shares nothing with c, and
// what is empty is nil.
func Case(c cases.Case) cases.Case {
	c.People, c.Articles, c.Tags = list(c.People), list(c.Articles), list(c.Tags)
	c.Links, c.Audience = list(c.Links), list(c.Audience)
	for i, p := range c.People {
		c.People[i].Added = stored.Time(p.Added)
	}
	fields := maps.Clone(c.Fields)
	for name, values := range fields {
		fields[name] = list(values)
	}
	if c.Fields = fields; len(fields) == 0 {
		c.Fields = nil
	}
	for _, at := range []*time.Time{&c.RepliedAt, &c.CreatedAt, &c.UpdatedAt, &c.TouchedAt, &c.WaitingAt, &c.SolvedAt, &c.ClosedAt} {
		*at = stored.Time(*at)
	}
	return c
}

// Entry returns a copy of e as every store keeps it.
func Entry(e cases.Entry) cases.Entry {
	e.Changes, e.Files, e.At = list(e.Changes), list(e.Files), stored.Time(e.At)
	return e
}

// list returns a copy, nil if it is empty.
func list[S ~[]T, T any](s S) S {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}

// Batch returns copies of what is given to [cases.Store.Save], by the ID of the
// case, or an error that says what makes it impossible. The cases come in the
// order of their IDs: who saves several does not wait for who does the same.
func Batch(list []cases.Case, entries []cases.Entry) ([]cases.Case, map[string][]cases.Entry, error) {
	if err := check(reflect.ValueOf(list)); err != nil {
		return nil, nil, err
	}
	if err := check(reflect.ValueOf(entries)); err != nil {
		return nil, nil, err
	}
	of, ids := map[string][]cases.Entry{}, map[string]bool{}
	for _, e := range entries {
		of[e.Case] = append(of[e.Case], Entry(e))
		if ids[e.ID] {
			return nil, nil, fmt.Errorf("entry %q: %w", e.ID, cases.ErrConflict)
		}
		ids[e.ID] = true
	}
	out := make([]cases.Case, len(list))
	named := 0
	for i, c := range list {
		if out[i] = Case(c); len(of[c.ID]) > 0 {
			named++
		}
		if err := checkCase(c, of[c.ID]); err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(out, func(a, b cases.Case) int { return strings.Compare(a.ID, b.ID) })
	twice := len(slices.CompactFunc(slices.Clone(out), func(a, b cases.Case) bool { return a.ID == b.ID })) < len(out)
	if twice || named < len(of) {
		return nil, nil, fmt.Errorf("a case named twice, or an entry of none: %w", cases.ErrInvalid)
	}
	return out, of, nil
}

// checkCase reports what is wrong with a case and its new entries, the last of
// which must be the case's newest.
func checkCase(c cases.Case, entries []cases.Entry) error {
	for i, e := range entries {
		if e.Number != c.Last-len(entries)+1+i {
			return fmt.Errorf("entry %d of case %q, whose last is %d: %w", e.Number, c.ID, c.Last, cases.ErrConflict)
		}
	}
	if slices.ContainsFunc(c.Audience, func(term string) bool { return strings.Contains(term, "+") }) {
		return fmt.Errorf("audience %v of case %q: %w", c.Audience, c.ID, cases.ErrInvalid)
	}
	if !slices.Contains(Priorities(), c.Priority) {
		return fmt.Errorf("priority %q of case %q: %w", c.Priority, c.ID, cases.ErrInvalid)
	}
	return nil
}

// check returns an Invalid error if a text or a time in v is one that no store
// keeps.
func check(v reflect.Value) error {
	if at, ok := v.Interface().(time.Time); ok {
		if y := at.UTC().Year(); y < 1 || y > 9999 {
			return fmt.Errorf("the year %d is none of 1 to 9999: %w", y, cases.ErrInvalid)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		return stored.CheckText(v.String())
	case reflect.Struct:
		return each(v.NumField(), v.Field)
	case reflect.Slice:
		return each(v.Len(), v.Index)
	case reflect.Map:
		keys := v.MapKeys()
		return each(2*len(keys), func(i int) reflect.Value {
			if i%2 == 0 {
				return keys[i/2]
			}
			return v.MapIndex(keys[i/2])
		})
	default:
		return nil
	}
}

func each(n int, part func(int) reflect.Value) error {
	for i := range n {
		if err := check(part(i)); err != nil {
			return err
		}
	}
	return nil
}
