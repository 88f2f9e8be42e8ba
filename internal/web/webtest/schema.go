package webtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// conforms reports where a JSON text is not as its schema has it.
func (c *Checker) conforms(schema map[string]any, text []byte) error {
	if schema == nil {
		return errors.New("has no schema")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	return c.valid(schema, v, "body")
}

func (c *Checker) valid(schema map[string]any, v any, at string) error {
	if ref, ok := schema["$ref"].(string); ok {
		return c.valid(c.resolve(ref), v, at)
	}
	if options, ok := schema["anyOf"].([]any); ok && !slices.ContainsFunc(options, func(o any) bool { return c.valid(object(o), v, at) == nil }) {
		return fmt.Errorf("%s is none of its kinds", at)
	}
	if kinds := list(schema["type"]); len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k any) bool { return isA(k, v) }) {
		return fmt.Errorf("%s is not a %v but %v", at, schema["type"], v)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.ContainsFunc(enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(v) }) {
		return fmt.Errorf("%s is not one of %v", at, enum)
	}
	switch v := v.(type) {
	case map[string]any:
		return c.members(schema, v, at)
	case []any:
		return c.entries(schema, v, at)
	case string:
		return text(schema, v, at)
	case json.Number:
		return number(schema, v, at)
	}
	return nil
}

func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

func isA(kind, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	case json.Number:
		_, err := strconv.ParseInt(v.String(), 10, 64)
		return kind == "number" || kind == "integer" && err == nil
	}
	return false
}

func (c *Checker) members(schema, v map[string]any, at string) error {
	for _, name := range list(schema["required"]) {
		if _, ok := v[name.(string)]; !ok {
			return fmt.Errorf("%s lacks %v", at, name)
		}
	}
	for name, member := range v {
		inner, known := object(schema["properties"])[name]
		more := schema["additionalProperties"]
		switch {
		case known:
		case more == false:
			return fmt.Errorf("%s has an unknown member %q", at, name)
		case more == nil && schema["properties"] != nil:
			return fmt.Errorf("%s has a member %q that is not described", at, name)
		default:
			inner = more
		}
		if err := c.valid(object(inner), member, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func (c *Checker) entries(schema map[string]any, v []any, at string) error {
	if err := within(schema, "minItems", "maxItems", float64(len(v)), at); err != nil {
		return err
	}
	for i, e := range v {
		if items := object(schema["items"]); items != nil {
			if err := c.valid(items, e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		if schema["uniqueItems"] == true && slices.ContainsFunc(v[:i], func(o any) bool { return reflect.DeepEqual(o, e) }) {
			return fmt.Errorf("%s has an entry twice", at)
		}
	}
	return nil
}

func text(schema map[string]any, v, at string) error {
	if err := within(schema, "minLength", "maxLength", float64(utf8.RuneCountInString(v)), at); err != nil {
		return err
	}
	var err error
	switch schema["format"] {
	case "date-time":
		_, err = time.Parse(time.RFC3339Nano, v)
	case "email":
		_, err = mail.ParseAddress(v)
	case "uri":
		u, parsed := url.Parse(v)
		if err = parsed; err == nil && !u.IsAbs() {
			err = errors.New("is not absolute")
		}
	case "uri-reference":
		_, err = url.Parse(v)
	}
	if schema["contentEncoding"] == "base64" {
		_, err = base64.StdEncoding.DecodeString(v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

func number(schema map[string]any, v json.Number, at string) error {
	n, err := v.Float64()
	if err != nil {
		return err
	}
	if above, ok := schema["exclusiveMinimum"].(float64); ok && n <= above {
		return fmt.Errorf("%s is not above %v", at, above)
	}
	if below, ok := schema["exclusiveMaximum"].(float64); ok && n >= below {
		return fmt.Errorf("%s is not below %v", at, below)
	}
	return within(schema, "minimum", "maximum", n, at)
}

func within(schema map[string]any, low, high string, n float64, at string) error {
	if least, ok := schema[low].(float64); ok && n < least {
		return fmt.Errorf("%s: %v is below %v", at, n, least)
	}
	if most, ok := schema[high].(float64); ok && n > most {
		return fmt.Errorf("%s: %v is above %v", at, n, most)
	}
	return nil
}
