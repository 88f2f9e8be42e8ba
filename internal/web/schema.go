package web

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Schema is a JSON Schema as OpenAPI 3.1 has it, as much of it as the API
// declarations need.
type Schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Type        any                `json:"type,omitempty"` // a string, or a list of them
	Format      string             `json:"format,omitempty"`
	Description string             `json:"description,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false or a *Schema
	Items       *Schema            `json:"items,omitempty"`
	AnyOf       []*Schema          `json:"anyOf,omitempty"`
	Enum        []any              `json:"enum,omitempty"`
	Default     any                `json:"default,omitempty"`
	MinLength   *int               `json:"minLength,omitempty"`
	MaxLength   *int               `json:"maxLength,omitempty"`
	MinItems    *int               `json:"minItems,omitempty"`
	MaxItems    *int               `json:"maxItems,omitempty"`
	UniqueItems bool               `json:"uniqueItems,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	Above       *float64           `json:"exclusiveMinimum,omitempty"`
	Below       *float64           `json:"exclusiveMaximum,omitempty"`
	Encoding    string             `json:"contentEncoding,omitempty"`
}

// schemas makes schemas of types and collects those with a name.
type schemas struct {
	api   string // in front of names
	runes func(kind string) int
	named map[string]*Schema
	names map[schemaKey]string
}

// A schemaKey tells a type that is read, where nothing unknown may be, from the
// same type written, to which later releases may add.
type schemaKey struct {
	t  reflect.Type
	in bool
}

func (s *schemas) of(t reflect.Type, in bool) *Schema {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem(), in)
	case t == reflect.TypeFor[time.Time]():
		return &Schema{Type: "string", Format: "date-time"}
	case t == reflect.TypeFor[json.RawMessage](), t.Kind() == reflect.Interface:
		return &Schema{}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()), readsText(t):
		return &Schema{Type: "string"}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()), t.Implements(reflect.TypeFor[json.Marshaler]()):
		return &Schema{}
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.structure(t, in)
	case reflect.Map:
		return &Schema{Type: "object", Additional: s.of(t.Elem(), in)}
	case reflect.Slice, reflect.Array:
		return s.sequence(t, in)
	}
	return scalar(t)
}

func (s *schemas) sequence(t reflect.Type, in bool) *Schema {
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		return &Schema{Type: "string", Encoding: "base64"}
	}
	return &Schema{Type: "array", Items: s.of(t.Elem(), in)}
}

func scalar(t reflect.Type) *Schema {
	switch {
	case t.Kind() == reflect.String:
		return &Schema{Type: "string"}
	case t.Kind() == reflect.Bool:
		return &Schema{Type: "boolean"}
	case isFloat(t):
		return &Schema{Type: "number"}
	case isUint(t):
		return &Schema{Type: "integer", Minimum: new(float64)}
	case isInt(t):
		return &Schema{Type: "integer"}
	}
	panic("web: there is no schema for " + t.String())
}

// structure refers to the named schema of a struct, and makes it first if need be.
func (s *schemas) structure(t reflect.Type, in bool) *Schema {
	if t.Name() == "" {
		return s.object(t, in)
	}
	key := schemaKey{t, in}
	name, ok := s.names[key]
	if !ok {
		name = s.name(key)
		s.names[key], s.named[name] = name, &Schema{} // known before its fields, which may hold it again
		*s.named[name] = *s.object(t, in)
	}
	return &Schema{Ref: "#/components/schemas/" + name}
}

// name finds a free name for a type: "kb.Article", then "kb.ArticleInput", then numbers.
func (s *schemas) name(key schemaKey) string {
	base := s.api + "." + typeName(key.t)
	if key.t == reflect.TypeFor[Problem]() {
		base = "Problem"
	}
	name := base
	if _, taken := s.named[name]; taken && key.in {
		name = base + "Input"
	}
	for i := 2; s.named[name] != nil; i++ {
		name = base + strconv.Itoa(i)
	}
	return name
}

// typeName is the type's name with a capital and without its parameters' packages.
func typeName(t reflect.Type) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(t.Name(), func(r rune) bool { return strings.ContainsRune("[],*", r) }) {
		word = word[strings.LastIndexAny(word, "./")+1:]
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func (s *schemas) object(t reflect.Type, in bool) *Schema {
	o := &Schema{Type: "object", Properties: map[string]*Schema{}}
	if in {
		o.Additional = false
	}
	for _, m := range members(t) {
		o.Properties[m.name] = s.member(m, in)
		if required(m, in) {
			o.Required = append(o.Required, m.name)
		}
	}
	return o
}

// required reports whether a field is always there: because an input without
// it is refused, or because an output never leaves it out.
func required(m member, in bool) bool {
	if !in {
		return !m.has("omitempty") && !m.has("omitzero")
	}
	own, _, _ := strings.Cut(m.field.Tag.Get("validate")+",", "dive,") // what follows is about the entries
	return slices.Contains(strings.Split(own, ","), "required")
}

func (s *schemas) member(m member, in bool) *Schema {
	schema := s.of(m.field.Type, in)
	if m.has("string") {
		schema = &Schema{Type: "string"}
	}
	s.rules(schema, m.field.Tag.Get("validate"))
	if m.field.Type.Kind() == reflect.Pointer && !m.has("omit") {
		schema = orNull(schema)
	}
	if doc := m.field.Tag.Get("doc"); doc != "" {
		schema.Description = doc
	}
	return schema
}

// orNull lets a schema be null as well.
func orNull(s *Schema) *Schema {
	if kind, ok := s.Type.(string); ok {
		s.Type = []string{kind, "null"}
		if s.Enum != nil {
			s.Enum = append(s.Enum, nil)
		}
		return s
	}
	return &Schema{AnyOf: []*Schema{s, {Type: "null"}}}
}
