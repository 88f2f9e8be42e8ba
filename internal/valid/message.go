package valid

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/stoa-go/stoa/internal/errs"
)

// prefix is what all message keys of the package begin with.
const prefix = "error.field."

// Keys returns every message key that the package's errors carry, for a check
// that all catalogs have them. The arguments are max, min, length and choices.
func Keys() []string {
	names := []string{
		"required", "too_long", "too_short", "too_many", "too_few", "too_big", "too_small", "length",
		"choice", "email", "url", "slug", "locale", "characters", "encoding", "duplicate", "mismatch", "invalid",
	}
	for i, n := range names {
		names[i] = prefix + n
	}
	return names
}

func say(name string, args map[string]any) error {
	return errs.Say(errs.Invalid, prefix+name, args)
}

func messageOf(err error) errs.Message {
	var says *errs.Says
	if errors.As(err, &says) {
		return says.Message
	}
	return errs.Message{Key: prefix + "invalid"}
}

// message says why the validator refused a field.
func message(fault validator.FieldError) errs.Message {
	var name string
	var args map[string]any
	switch tag := fault.Tag(); {
	case tag == "text":
		return messageOf(Text(stringOf(fault.Value()), TextKind(fault.Param())))
	case checks()[tag] != nil:
		return messageOf(checks()[tag](stringOf(fault.Value())))
	case strings.HasPrefix(tag, "required"):
		name = "required"
	case tag == "unique":
		name = "duplicate"
	case tag == "oneof" || tag == "oneofci" || tag == "eq":
		name, args = "choice", map[string]any{"choices": strings.Join(strings.Fields(fault.Param()), ", ")}
	case strings.HasSuffix(tag, "field"):
		name = "mismatch"
	default:
		name, args = bound(fault)
	}
	return errs.Message{Key: prefix + name, Args: args}
}

// bound says which limit was passed. How it reads depends on what was counted:
// characters, entries or the number itself.
func bound(fault validator.FieldError) (string, map[string]any) {
	kind := fault.Kind()
	switch fault.Tag() {
	case "max", "lte", "lt":
		return pick(kind, "too_long", "too_many", "too_big"), map[string]any{"max": param(fault)}
	case "min", "gte", "gt":
		return pick(kind, "too_short", "too_few", "too_small"), map[string]any{"min": param(fault)}
	case "len":
		return "length", map[string]any{"length": param(fault)}
	}
	return "invalid", nil
}

func pick(kind reflect.Kind, text, list, number string) string {
	switch kind {
	case reflect.String:
		return text
	case reflect.Slice, reflect.Array, reflect.Map:
		return list
	}
	return number
}

// param returns a rule's parameter as the number it is, so that it can be
// written the reader's way. An exclusive limit on whole numbers moves by one.
func param(fault validator.FieldError) any {
	n, err := strconv.Atoi(fault.Param())
	if err != nil {
		return fault.Param()
	}
	switch {
	case fault.Kind() == reflect.Float32 || fault.Kind() == reflect.Float64:
	case fault.Tag() == "lt":
		n--
	case fault.Tag() == "gt":
		n++
	}
	return n
}

func stringOf(v any) string {
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return r.String()
	}
	return ""
}
