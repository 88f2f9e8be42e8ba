package web

import (
	"strconv"
	"strings"
)

// rules adds to a schema what a field's validate tag says about it. Rules that
// a schema cannot express, or that depend on other fields, stay unsaid.
func (s *schemas) rules(schema *Schema, tag string) {
	target := schema
	skip := false
	for rule := range strings.SplitSeq(tag, ",") {
		name, param, _ := strings.Cut(rule, "=")
		switch {
		case name == "keys" || name == "endkeys":
			skip = name == "keys"
		case skip || target == nil || target.Ref != "":
		case name == "dive":
			target = elements(target)
		default:
			s.rule(target, name, param)
		}
	}
}

func elements(schema *Schema) *Schema {
	if schema.Items != nil {
		return schema.Items
	}
	values, _ := schema.Additional.(*Schema)
	return values
}

func (s *schemas) rule(schema *Schema, name, param string) {
	switch name {
	case "min", "gte", "max", "lte", "gt", "lt", "len", "eq":
		bound(schema, name, param)
	case "required":
		atLeastOne(schema)
	case "oneof":
		for _, choice := range choices(param) {
			schema.Enum = append(schema.Enum, enumValue(schema, choice))
		}
	case "email":
		schema.Format, schema.MaxLength = "email", new(254)
	case "url", "uri", "http_url", "https_url":
		schema.Format, schema.MaxLength = "uri", new(2000)
	case "safe_url":
		schema.Format, schema.MaxLength = "uri-reference", new(2000)
	case "unique":
		schema.UniqueItems = schema.Type == "array"
	case "text":
		if s.runes != nil && s.runes(param) > 0 {
			schema.MaxLength = new(s.runes(param))
		}
	case "slug":
		schema.MaxLength = new(120)
	case "locale":
		schema.MaxLength = new(35)
	case "uuid", "ipv4", "ipv6", "hostname":
		schema.Format = name
	}
}

// atLeastOne says what required means for a value that is there: not its zero.
func atLeastOne(schema *Schema) {
	switch schema.Type {
	case "string":
		schema.MinLength = new(1)
	}
}

// bound sets a limit on what a rule of the validator counts: characters,
// entries or the number itself.
func bound(schema *Schema, name, param string) {
	n, err := strconv.ParseFloat(param, 64)
	if err != nil {
		return
	}
	whole := int(n)
	low, high := limits(schema)
	switch {
	case low != nil:
		switch name {
		case "min", "gte":
			*low = new(whole)
		case "gt":
			*low = new(whole + 1)
		case "max", "lte":
			*high = new(whole)
		case "lt":
			*high = new(whole - 1)
		case "len":
			*low, *high = new(whole), new(whole)
		}
	case name == "min" || name == "gte":
		schema.Minimum = &n
	case name == "max" || name == "lte":
		schema.Maximum = &n
	case name == "gt":
		schema.Above = &n
	case name == "lt":
		schema.Below = &n
	case name == "eq" || name == "len":
		schema.Enum = []any{n}
	}
}

// limits returns where a schema keeps its limits on length, nil for numbers.
func limits(schema *Schema) (low, high **int) {
	switch schema.Type {
	case "string":
		return &schema.MinLength, &schema.MaxLength
	case "array":
		return &schema.MinItems, &schema.MaxItems
	}
	return nil, nil
}

func enumValue(schema *Schema, choice string) any {
	if schema.Type == "integer" {
		if n, err := strconv.Atoi(choice); err == nil {
			return n
		}
	}
	return choice
}

// choices splits the parameter of oneof: words, or phrases in single quotes.
func choices(param string) []string {
	var all []string
	for i, part := range strings.Split(param, "'") {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}
