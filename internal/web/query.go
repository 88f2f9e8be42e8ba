package web

import (
	"encoding"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// What a query string may hold.
const (
	maxQuery      = 8 << 10 // bytes
	maxQueryText  = 1024    // bytes in a text without a max tag
	maxQueryItems = 100     // values of one repeatable parameter
)

// Query reads the URL's query into a T, a struct whose fields are tagged
//
//	query:"name"     the parameter; fields without it are left alone
//	default:"20"     what a missing or empty parameter means
//	clamp:"1,100"    numbers outside are moved to the nearer end
//	max:"256"        the most bytes of a text, 1024 if not said
//
// and are text, numbers, truth values, times (RFC 3339), types that read
// themselves from text, pointers to these, which stay nil if the parameter is
// missing, or slices of these, for parameters that may be repeated, up to 100
// times. Unknown parameters are ignored. A repeated parameter for a field that
// is not a slice, text with control characters or a number that does not fit
// is refused in errs.Fields; a query that cannot be read at all is errs.Invalid.
func Query[T any](r *http.Request) (T, error) {
	return pairs[T](r.URL.RawQuery, maxQuery, "query")
}

// pairs reads an encoded list of names and values into a struct by a tag.
func pairs[T any](encoded string, most int, tag string) (T, error) {
	var v, zero T
	if len(encoded) > most {
		return v, errs.Say(errs.Invalid, "error.query", nil)
	}
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return v, errs.Say(errs.Invalid, "error.query", nil)
	}
	faults := errs.Fields{}
	setFields(reflect.ValueOf(&v).Elem(), tag, values, faults)
	if len(faults) > 0 {
		return zero, faults
	}
	return v, nil
}

func setFields(v reflect.Value, tag string, values url.Values, faults errs.Fields) {
	for f, field := range v.Fields() {
		name, tagged := f.Tag.Lookup(tag)
		switch {
		case f.Anonymous && !tagged && field.Kind() == reflect.Struct:
			setFields(field, tag, values, faults)
		case tagged && f.IsExported():
			given := values[name]
			if fallback, ok := f.Tag.Lookup("default"); ok && (len(given) == 0 || len(given) == 1 && given[0] == "") {
				given = []string{fallback}
			}
			if key := setAll(field, given, f.Tag); key != "" {
				faults.Add(name, "error.field."+key, map[string]any{"max": maxBytes(f.Tag)})
			}
		}
	}
}

// setAll sets a field to the values of its parameter and returns what is wrong
// with them.
func setAll(v reflect.Value, given []string, tag reflect.StructTag) string {
	switch {
	case len(given) == 0:
		return ""
	case v.Kind() == reflect.Slice && !readsText(v.Type()):
		return setSlice(v, given, tag)
	case len(given) > 1:
		return "repeated"
	}
	if v.Kind() != reflect.Pointer {
		return set(v, given[0], tag)
	}
	p := reflect.New(v.Type().Elem())
	key := set(p.Elem(), given[0], tag)
	v.Set(p)
	return key
}

func setSlice(v reflect.Value, given []string, tag reflect.StructTag) string {
	if len(given) > maxQueryItems {
		return "repeated"
	}
	v.Set(reflect.MakeSlice(v.Type(), len(given), len(given)))
	for i, s := range given {
		if key := set(v.Index(i), s, tag); key != "" {
			return key
		}
	}
	return ""
}

func set(v reflect.Value, s string, tag reflect.StructTag) string {
	switch {
	case len(s) > maxBytes(tag):
		return "too_long"
	case !utf8.ValidString(s) || strings.ContainsFunc(s, forbidden(tag)):
		return "characters"
	case readsText(v.Type()):
		return setText(v, s)
	case v.Kind() == reflect.String:
		v.SetString(s)
		return ""
	case v.Kind() == reflect.Bool:
		return setBool(v, s)
	}
	return setNumber(v, s, tag)
}

func setText(v reflect.Value, s string) string {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		at, err := time.Parse(time.RFC3339, s)
		*t = at.UTC().Truncate(time.Microsecond)
		return unless(err, "format")
	}
	return unless(v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)), "format")
}

func setBool(v reflect.Value, s string) string {
	switch s {
	case "true", "1", "on":
		v.SetBool(true)
	case "false", "0", "":
	default:
		return "want_boolean"
	}
	return ""
}

func setNumber(v reflect.Value, s string, tag reflect.StructTag) string {
	low, high, clamped := clamp(tag)
	switch {
	case v.CanInt():
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if key := numberFault(err, clamped, "want_integer"); key != "" {
			return key
		}
		if clamped { // ParseInt gives the nearer end of the range for what is outside
			n = min(max(n, low), high)
		}
		v.SetInt(n)
	case v.CanUint():
		n, err := strconv.ParseUint(s, 10, v.Type().Bits())
		if key := numberFault(err, clamped, "want_integer"); key != "" {
			return key
		}
		if clamped {
			n = min(max(n, uint64(low)), uint64(high))
		}
		v.SetUint(n)
	default:
		if strings.Trim(s, "0123456789+-.eE") != "" { // hexadecimal, infinite or not a number
			return "want_number"
		}
		n, err := strconv.ParseFloat(s, v.Type().Bits())
		if key := numberFault(err, false, "want_number"); key != "" {
			return key
		}
		v.SetFloat(n)
	}
	return ""
}

func numberFault(err error, clamped bool, wanted string) string {
	outside := errors.Is(err, strconv.ErrRange)
	switch {
	case err == nil, outside && clamped:
		return ""
	case outside:
		return "range"
	}
	return wanted
}

// clamp returns the two ends of a clamp tag.
func clamp(tag reflect.StructTag) (low, high int64, ok bool) {
	ends, ok := tag.Lookup("clamp")
	if !ok {
		return 0, 0, false
	}
	least, most, _ := strings.Cut(ends, ",")
	return number(least), number(most), true
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic("web: a tag needs a whole number in place of " + strconv.Quote(s))
	}
	return n
}

func maxBytes(tag reflect.StructTag) int {
	if s, ok := tag.Lookup("max"); ok {
		return int(number(s))
	}
	if _, form := tag.Lookup("form"); form {
		return maxFormText
	}
	return maxQueryText
}

// forbidden tells which characters a field may not have. Only what comes from
// a text area has lines.
func forbidden(tag reflect.StructTag) func(rune) bool {
	if tag.Get("lines") == "" {
		return unicode.IsControl
	}
	return func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }
}

func readsText(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func unless(err error, key string) string {
	if err != nil {
		return key
	}
	return ""
}
