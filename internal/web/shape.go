package web

import (
	"reflect"
	"strings"
	"sync"
)

// A member is a field of a struct as JSON has it.
type member struct {
	name    string
	options string // what follows the name in the tag
	field   reflect.StructField
}

func (m member) has(option string) bool { return strings.Contains(m.options, option) }

// members returns the members of a struct. Of two with one name the one
// further out counts, as for the decoder.
func members(t reflect.Type) []member {
	var all []member
	at := map[string]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Tag.Get("json") == "-" || f.Anonymous && name == "" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		i, taken := at[name]
		switch {
		case !taken:
			at[name] = len(all)
			all = append(all, member{name, options, f})
		case len(f.Index) < len(all[i].field.Index):
			all[i] = member{name, options, f}
		}
	}
	return all
}

// shapes caches shapeOf. What it holds follows from the types alone.
var shapes sync.Map

// shapeOf returns the types of a struct's members by name. A member that is
// decoded in a way of its own has no type here.
func shapeOf(t reflect.Type) map[string]reflect.Type {
	if shape, ok := shapes.Load(t); ok {
		return shape.(map[string]reflect.Type)
	}
	shape := map[string]reflect.Type{}
	for _, m := range members(t) {
		shape[m.name] = m.field.Type
		if m.has("string") {
			shape[m.name] = nil
		}
	}
	shapes.Store(t, shape)
	return shape
}
