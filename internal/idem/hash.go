package idem

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// maxDepth bounds how deep Hash follows a value; only a cycle gets there.
const maxDepth = 64

// Hash returns a hash of an input that stays the same over processes,
// architectures and releases: 26 characters. It sees the exported fields of
// structs by name, follows pointers, and takes times as instants in
// microseconds and text marshalers as their text. Fields that hold their zero
// value, nil and empty slices and maps do not count, so a field added later
// does not change the hash of an input that does not use it.
//
// Inputs are plain data: a func, a channel, a cycle or a struct that hides
// fields panics, rather than giving two inputs the same hash.
func Hash(v any) string {
	var b buffer
	b.value(reflect.ValueOf(v), 0)
	sum := sha256.Sum256(b.data)
	return text(sum[:])
}

// A buffer collects a value in a form in which different values differ: each
// begins with a letter for its kind, and what varies in length with its length.
type buffer struct{ data []byte }

func (b *buffer) value(v reflect.Value, depth int) {
	if depth > maxDepth {
		panic("idem: Hash of a value that is nested too deep or has a cycle")
	}
	if !v.IsValid() {
		b.data = append(b.data, 'n')
		return
	}
	if b.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		b.pointer(v, depth)
	case reflect.Struct:
		b.fields(v, depth)
	case reflect.Map:
		b.entries(v, depth)
	case reflect.Slice, reflect.Array:
		b.elements(v, depth)
	default:
		b.scalar(v)
	}
}

// special takes the types that say themselves what they mean.
func (b *buffer) special(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface || !v.CanInterface() {
		return false
	}
	switch x := v.Interface().(type) {
	case time.Time:
		b.number('t', uint64(x.UnixMicro()))
	case encoding.TextMarshaler:
		s, err := x.MarshalText()
		if err != nil {
			panic(fmt.Sprintf("idem: Hash of %s: %v", v.Type(), err))
		}
		b.text('x', s)
	default:
		return false
	}
	return true
}

func (b *buffer) scalar(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		b.text('s', []byte(v.String()))
	case v.Kind() == reflect.Bool && v.Bool():
		b.number('b', 1)
	case v.Kind() == reflect.Bool:
		b.number('b', 0)
	case v.CanInt():
		b.number('i', uint64(v.Int()))
	case v.CanUint():
		b.number('u', v.Uint())
	case v.CanFloat():
		b.number('f', math.Float64bits(v.Float()))
	default:
		panic(fmt.Sprintf("idem: Hash of a %s", v.Type()))
	}
}

func (b *buffer) pointer(v reflect.Value, depth int) {
	if v.IsNil() {
		b.data = append(b.data, 'n')
		return
	}
	b.data = append(b.data, 'p')
	b.value(v.Elem(), depth+1)
}

func (b *buffer) fields(v reflect.Value, depth int) {
	b.data = append(b.data, '{')
	var all [][]byte
	for field, value := range v.Fields() {
		if !field.IsExported() && !field.Anonymous && field.Name != "_" {
			panic(fmt.Sprintf("idem: Hash of %s, which hides the field %s", v.Type(), field.Name))
		}
		if field.Name == "_" || empty(value) {
			continue
		}
		var f buffer
		f.text('k', []byte(field.Name))
		f.value(value, depth+1)
		all = append(all, f.data)
	}
	b.sorted(all)
}

func (b *buffer) entries(v reflect.Value, depth int) {
	b.data = append(b.data, 'm')
	var all [][]byte
	for key, value := range v.Seq2() {
		var e buffer
		e.value(key, depth+1)
		e.value(value, depth+1)
		all = append(all, e.data)
	}
	b.sorted(all)
}

func (b *buffer) elements(v reflect.Value, depth int) {
	b.number('l', uint64(v.Len()))
	for i := range v.Len() {
		b.value(v.Index(i), depth+1)
	}
}

// sorted appends parts whose order carries no meaning.
func (b *buffer) sorted(parts [][]byte) {
	slices.SortFunc(parts, bytes.Compare)
	b.data = binary.AppendUvarint(b.data, uint64(len(parts)))
	for _, p := range parts {
		b.text('e', p)
	}
}

func (b *buffer) text(kind byte, s []byte) {
	b.data = binary.AppendUvarint(append(b.data, kind), uint64(len(s)))
	b.data = append(b.data, s...)
}

func (b *buffer) number(kind byte, n uint64) {
	b.data = binary.BigEndian.AppendUint64(append(b.data, kind), n)
}

// empty reports whether a field does not count. A struct of empty fields is
// one, so that an absent list and an empty one are the same at any depth.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		for field, value := range v.Fields() {
			if !field.IsExported() && !field.Anonymous || !empty(value) {
				return v.IsZero()
			}
		}
		return true
	}
	return v.IsZero()
}
