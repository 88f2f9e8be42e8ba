package matrix_test

import (
	"fmt"
	"hash/maphash"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// seed is of the digests of this run, which are compared with each other only.
var seed = maphash.MakeSeed()

// location is what a time points to and what says nothing of when it is.
var location = reflect.TypeFor[*time.Location]()

// digest tells apart what is in values and behind their pointers, whether or
// not anybody can ask them for it. It copies nothing: it is cheap enough to be
// taken after every call.
func digest(values ...any) uint64 {
	var sum uint64
	for _, v := range values {
		sum = mix(sum, digestOf(reflect.ValueOf(v)))
	}
	return sum
}

// mix adds to a sum what comes next.
func mix(sum, next uint64) uint64 {
	sum = (sum ^ next) * 0x9e3779b97f4a7c15
	return sum ^ sum>>29
}

func digestOf(v reflect.Value) uint64 {
	switch v.Kind() {
	case reflect.Invalid, reflect.Chan:
		return 0
	case reflect.Bool:
		if v.Bool() {
			return 1
		}
		return 2
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return mix(3, uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return mix(4, v.Uint())
	case reflect.String:
		return maphash.String(seed, v.String())
	default:
		return digestInside(v)
	}
}

// digestInside returns that of a value that is made of others.
func digestInside(v reflect.Value) uint64 {
	sum := uint64(5)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.Type() != location {
			sum = mix(sum, digestOf(v.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			sum = mix(sum, digestOf(v.Field(i)))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			sum = mix(sum, digestOf(v.Index(i)))
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); { // in any order
			sum += mix(digestOf(entries.Key()), digestOf(entries.Value()))
		}
	default:
		panic(fmt.Sprintf("%s is nothing to tell states apart by", v.Type()))
	}
	return sum
}

// Without this a matrix could find no traces and nobody would know.
func TestDigestTellsStatesApart(t *testing.T) {
	type inner struct{ list []string }
	type outer struct {
		in    *inner
		times map[string]time.Time
		any   any
	}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	whole := func() *outer {
		return &outer{&inner{[]string{"a", "b"}}, map[string]time.Time{"x": now, "y": now.Add(1)}, profile.Person{ID: "ann"}}
	}
	require.Equal(t, digest(whole()), digest(whole()))
	for name, change := range map[string]func(*outer){
		"an order":         func(o *outer) { o.in.list[0], o.in.list[1] = "b", "a" },
		"a length":         func(o *outer) { o.in.list = append(o.in.list, "") },
		"a nil":            func(o *outer) { o.in = nil },
		"a time":           func(o *outer) { o.times["x"] = now.Add(time.Microsecond) },
		"swapped values":   func(o *outer) { o.times["x"], o.times["y"] = o.times["y"], o.times["x"] },
		"an empty key":     func(o *outer) { o.times[""] = time.Time{} },
		"a field far down": func(o *outer) { o.any = profile.Person{ID: "ann", Roles: []profile.Role{""}} },
	} {
		o := whole()
		change(o)
		require.NotEqual(t, digest(whole()), digest(o), name)
	}
	store := memkb.New()
	before := digest(store)
	w := newWorld(t, sound)
	require.NotEqual(t, before, digest(w.store))
}
