package valid

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// MustCompile runs the validate tags of every struct it can reach from the
// values, those inside slices, maps and nil pointers included, and panics for
// one that would panic when a request comes: an unknown rule, a bad parameter,
// a rule on the wrong kind of field. It also panics for rules that would never
// run, because the list they are in lacks its dive. Tests call it with each
// struct that is given to Struct.
func MustCompile(vs ...any) {
	for _, v := range vs {
		t := reflect.TypeOf(v)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			panic(fmt.Sprintf("valid: %s is not a struct", t))
		}
		full := reflect.New(t)
		fill(full.Elem(), nil)
		attempt(t, "", func() error { return shared().Struct(full.Interface()) })
		attempt(t, "", func() error { return shared().Struct(reflect.New(t).Interface()) })
		eachTag(full.Elem(), func(f reflect.StructField, v reflect.Value, tag string) {
			attempt(t, f.Name+" "+tag, func() error { return shared().Var(v.Interface(), tag) })
		})
	}
}

// attempt adds to a panic where it came from.
func attempt(t reflect.Type, where string, f func() error) {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("valid: %s %s: %v", t, where, p))
		}
	}()
	_ = f() // whether the value is valid is not the question
}

// fill makes v as full as it can be: one entry in each list, a value behind
// each pointer. A type inside itself is not followed again.
func fill(v reflect.Value, above []reflect.Type) {
	for _, t := range above {
		if t == v.Type() {
			return
		}
	}
	above = append(above, v.Type())
	switch v.Kind() {
	case reflect.Struct:
		fillFields(v, above)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), above)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), above)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), above)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, above)
		fill(value, above)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	default:
		fillScalar(v)
	}
}

func fillFields(v reflect.Value, above []reflect.Type) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
		return
	}
	for f, value := range v.Fields() {
		if f.IsExported() {
			fill(value, above)
		}
	}
}

func fillScalar(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.CanFloat():
		v.SetFloat(1)
	}
}

// eachTag calls f for each rule of each field on its own: a struct's check
// stops at a field's first broken rule and never runs the ones behind it.
func eachTag(v reflect.Value, f func(reflect.StructField, reflect.Value, string)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			eachTag(v.Elem(), f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			eachTag(v.Index(i), f)
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			eachTag(value, f)
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() {
				mustDive(v.Type(), field, value)
				fieldTags(field, value, f)
				eachTag(value, f)
			}
		}
	}
}

func fieldTags(field reflect.StructField, v reflect.Value, f func(reflect.StructField, reflect.Value, string)) {
	inKeys := false
	for tag := range strings.SplitSeq(field.Tag.Get("validate"), ",") {
		switch name, _, _ := strings.Cut(tag, "="); {
		case tag == "dive":
			v = entry(v)
		case tag == "keys" || tag == "endkeys":
			inKeys = tag == "keys"
		case inKeys || !v.IsValid() || !standsAlone(name):
		default:
			f(field, v, tag)
		}
	}
}

// mustDive panics for a list of structs with rules that is not looked into.
func mustDive(t reflect.Type, field reflect.StructField, v reflect.Value) {
	if strings.Contains(field.Tag.Get("validate"), "dive") {
		return
	}
	if e := entry(v); e.IsValid() && e.Type() != v.Type() {
		eachTag(e, func(inner reflect.StructField, _ reflect.Value, tag string) {
			panic(fmt.Sprintf("valid: %s.%s has no dive, so %s on %s never runs", t, field.Name, tag, inner.Name))
		})
	}
}

func entry(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() { // an invalid value has the kind Invalid
	case reflect.Slice, reflect.Array:
		if v.Len() > 0 {
			return v.Index(0)
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			return value
		}
	}
	return reflect.Value{}
}

// standsAlone reports whether a rule means something without the struct around it.
func standsAlone(name string) bool {
	switch {
	case name == "" || name == "-" || name == "omitempty" || name == "omitnil" || name == "omitzero" || name == "structonly" || name == "nostructlevel":
		return false
	case strings.HasSuffix(name, "field"), strings.HasPrefix(name, "required_"), strings.HasPrefix(name, "excluded_"):
		return false
	}
	return true
}
