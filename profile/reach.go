package profile

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A reach is how much of somebody's fields an actor may read and change.
type reach struct{ all, self, manager bool }

// reads reports whether the actor sees the values of f.
func (r reach) reads(f Field) bool { return f.Edit != FieldHidden && (r.self || r.manager) }

// edits reports whether the actor may change the values of f.
func (r reach) edits(f Field) bool {
	switch f.Edit {
	case FieldBySelf:
		return r.self || r.manager || r.all
	case FieldByManager:
		return r.manager || r.all
	}
	return r.all
}

// overPerson is how far the actor reaches into p's fields.
func (d *Directory) overPerson(by Actor, p Person) reach {
	return reach{all: d.policy.May(by, PermissionDirectoryWrite), self: by.ID == p.ID, manager: d.managesMember(by, p)}
}

// overAccount is how far the actor reaches into a's fields.
func (d *Directory) overAccount(by Actor, a Account) reach {
	manages := by.Account != "" && by.Account == a.ID && d.policy.May(by, PermissionMembersWrite)
	return reach{all: d.policy.May(by, PermissionDirectoryWrite), manager: manages}
}

// merge returns the attributes that the actor leaves. Nil ones stay, and so does
// what the actor cannot see, unless they ask for something else, which is
// refused.
func (r reach) merge(fields []Field, old, given map[string][]string, seesAll bool) (map[string][]string, error) {
	if given == nil {
		return old, nil
	}
	fields = withAddresses(fields)
	out := map[string][]string{}
	for name, values := range given {
		if len(values) > 0 {
			out[name] = values
		}
	}
	if !seesAll {
		for name, values := range old {
			if _, ok := given[name]; !ok && !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name && r.reads(f) }) {
				out[name] = values
			}
		}
	}
	if r.all {
		return out, nil
	}
	for _, name := range changedNames(old, out) {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name && r.edits(f) }) {
			return nil, ErrForbidden
		}
	}
	return out, nil
}

func changedNames(a, b map[string][]string) []string {
	var names []string
	for name, values := range a {
		if !reflect.DeepEqual(values, b[name]) {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}

// checkFields applies the fields to attributes that were old and are to become
// given. What nobody touched may stay as it is, but an actor with a form before
// them must not leave out what is required and theirs to give.
func (r reach) checkFields(fields []Field, old, given map[string][]string, form bool) (map[string][]string, error) {
	w := errs.Fields{}
	fields = withAddresses(fields)
	given = maps.Clone(given)
	if given == nil {
		given = map[string][]string{}
	}
	for _, f := range fields {
		values, changed := given[f.Name], !reflect.DeepEqual(old[f.Name], given[f.Name])
		switch {
		case len(values) == 0 && !(form && r.edits(f)), len(values) > 0 && !changed:
			continue
		}
		if kept := f.Check(w, "attributes."+f.Name, values); len(kept) > 0 {
			given[f.Name] = kept
		} else {
			delete(given, f.Name)
		}
	}
	given = checkAddresses(w, old, given)
	if len(given) == 0 {
		given = nil
	}
	return given, w.Err()
}

// visible returns the attributes that the actor may see.
func (r reach) visible(fields []Field, m map[string][]string) map[string][]string {
	var out map[string][]string
	for _, f := range withAddresses(fields) {
		if values, ok := m[f.Name]; ok && r.reads(f) {
			if out == nil {
				out = map[string][]string{}
			}
			out[f.Name] = values
		}
	}
	return out
}

// both joins the errors of two checks into one list of fields.
func both(a, b error) error {
	x, isA := errors.AsType[errs.Fields](a)
	y, isB := errors.AsType[errs.Fields](b)
	if !isA || !isB {
		return errors.Join(a, b)
	}
	for at, m := range y {
		x.Add(at, m.Key, m.Args)
	}
	return x.Err()
}

// asks returns which properties the actor has a form for: what everybody has, and
// the fields that are theirs to change if the form asks for any.
func (r reach) asks(fields []Field, form bool) func(property string) bool {
	return func(property string) bool {
		name, isField := strings.CutPrefix(property, "attributes.")
		if !isField {
			return property == "name" || form && r.self && (property == "locale" || property == "zone")
		}
		return form && slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name && r.edits(f) })
	}
}
