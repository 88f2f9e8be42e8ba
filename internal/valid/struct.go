package valid

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode"

	"github.com/go-playground/validator/v10"

	"github.com/stoa-go/stoa/internal/errs"
)

// shared is the validator with its cache of the structs it has seen. It is
// built once, never changed after and safe for concurrent use.
var shared = sync.OnceValue(newValidator)

// maxName caps field names in errors, which repeat the keys of maps.
const maxName = 200

// flattened stands for an embedded struct in the validator's field paths.
const flattened = "\x00"

// Struct checks v, a struct or a pointer to one, against its validate tags.
// What is wrong comes back as errs.Fields.
func Struct(v any) error {
	err := shared().Struct(v)
	if err == nil {
		return nil
	}
	var faults validator.ValidationErrors
	if !errors.As(err, &faults) {
		return fmt.Errorf("valid: %T cannot be checked: %w", v, err)
	}
	f := errs.Fields{}
	for _, fault := range faults {
		m := message(fault)
		f.Add(fieldName(v, fault), m.Key, m.Args)
	}
	return f.Err()
}

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(wireName)
	must(v.RegisterValidation("text", func(fl validator.FieldLevel) bool {
		mustBeString(fl)
		return Text(fl.Field().String(), TextKind(fl.Param())) == nil
	}))
	for tag, check := range checks() {
		must(v.RegisterValidation(tag, func(fl validator.FieldLevel) bool {
			mustBeString(fl)
			return check(fl.Field().String()) == nil
		}))
	}
	return v
}

// checks are the rules of a string by tag, among them the validator's own
// names for rules that are too weak for what strangers send.
func checks() map[string]func(string) error {
	email := func(s string) error { _, err := Email(s); return err }
	address := func(s string) error { _, err := absoluteURL(s); return err }
	return map[string]func(string) error{
		"email": email, "slug": Slug, "locale": Locale, "bcp47_language_tag": Locale,
		"url": address, "uri": address, "http_url": address, "https_url": address,
		"safe_url": func(s string) error { _, err := SafeURL(s); return err },
	}
}

func mustBeString(fl validator.FieldLevel) {
	if fl.Field().Kind() != reflect.String {
		panic(fmt.Sprintf("valid: the rule %s is for strings, not for %s", fl.GetTag(), fl.Field().Type()))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// wireName is the name of a field on the wire.
func wireName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name != "" && name != "-":
		return name
	case f.Anonymous:
		return flattened
	}
	return snake(f.Name)
}

// snake turns a Go name into a wire name: "HTMLBody" into "html_body".
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 {
			beforeLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || beforeLower {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// fieldName is the path below the checked struct: "lines[0].price". The
// validator puts the struct's name in front, if it has one.
func fieldName(v any, fault validator.FieldError) string {
	path := fault.Namespace()
	if name := reflect.Indirect(reflect.ValueOf(v)).Type().Name(); name != "" {
		path = strings.TrimPrefix(path, name+".")
	}
	path = strings.ReplaceAll(path, flattened+".", "")
	if len(path) > maxName {
		path = path[:maxName]
	}
	return strings.ToValidUTF8(path, "?")
}
