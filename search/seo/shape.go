package seo

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Shape is what a type of schema.org takes to be of use to search engines. The
// table of shapes was written by hand from what schema.org and Google's pages on
// rich results say of these types; a property that is not in it counts as unknown
// even where schema.org has it.
type Shape struct {
	Required    []string            // without these there is no rich result
	OneOf       []string            // one of these is required, nil for none
	Recommended []string            // engines ask for these
	Properties  map[string][]string // what may stand in each: "text", "url", "time", "duration", "number", or types
}

// A Fault is something that is wrong with structured data.
type Fault struct {
	Path string // where: "mainEntity[0].acceptedAnswer"
	Says string
	Mild bool // it is valid and could be better
}

// Error says what is wrong, and where.
func (f Fault) Error() string { return f.Path + ": " + f.Says }

// CheckData checks a document of JSON-LD against the table of shapes.
func CheckData(data []byte) []Fault {
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return []Fault{{"", err.Error(), false}}
	}
	c := checker{}
	if doc["@context"] != "https://schema.org" {
		c.fault("", "the context is not https://schema.org")
	}
	delete(doc, "@context")
	c.object("", doc, nil)
	return c.faults
}

type checker struct{ faults []Fault }

func (c *checker) fault(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{path, fmt.Sprintf(format, args...), false})
}

// object checks an object that should be one of some types, nil for any.
func (c *checker) object(path string, o map[string]any, wanted []string) {
	kind, _ := o["@type"].(string)
	shape, known := shapes[kind]
	if !known || wanted != nil && !slices.Contains(wanted, kind) {
		c.fault(path, "%q is none of the types that can stand here: %s", kind, strings.Join(wanted, ", "))
		return
	}
	for name, v := range o {
		kinds, ok := shape.Properties[name]
		switch {
		case name == "@type":
		case !ok:
			c.fault(at(path, name), "%s has no such property in the table", kind)
		default:
			c.value(at(path, name), v, kinds)
		}
	}
	c.presence(path, kind, shape, o)
}

func (c *checker) presence(path, kind string, shape Shape, o map[string]any) {
	for _, name := range shape.Required {
		if empty(o[name]) {
			c.fault(at(path, name), "%s requires it", kind)
		}
	}
	if len(shape.OneOf) > 0 && !slices.ContainsFunc(shape.OneOf, func(name string) bool { return !empty(o[name]) }) {
		c.fault(path, "%s requires one of %s", kind, strings.Join(shape.OneOf, ", "))
	}
	for _, name := range shape.Recommended {
		if empty(o[name]) {
			c.faults = append(c.faults, Fault{at(path, name), "it is recommended for " + kind, true})
		}
	}
}

func at(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// value checks what stands in a property.
func (c *checker) value(path string, v any, kinds []string) {
	switch v := v.(type) {
	case []any:
		for i, one := range v {
			c.value(path+"["+strconv.Itoa(i)+"]", one, kinds)
		}
	case map[string]any:
		c.object(path, v, kinds)
	case float64:
		if !slices.Contains(kinds, "number") {
			c.fault(path, "a number cannot stand here")
		}
	case string:
		if !slices.ContainsFunc(kinds, func(kind string) bool { return isKind(kind, v) }) {
			c.fault(path, "%.60q is none of %s", v, strings.Join(kinds, ", "))
		}
	default:
		c.fault(path, "%T cannot stand here", v)
	}
}

var duration = regexp.MustCompile(`^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$`)

func isKind(kind, v string) bool {
	switch kind {
	case "text":
		return strings.TrimSpace(v) != ""
	case "url":
		u, err := url.Parse(v)
		return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
	case "time":
		_, err := time.Parse(time.RFC3339, v)
		_, day := time.Parse(time.DateOnly, v)
		return err == nil || day == nil
	case "duration":
		return duration.MatchString(v) && v != "P" && !strings.HasSuffix(v, "T")
	}
	return false
}

// ShapeOf returns what a type takes, if the table has it. It is not to be changed.
func ShapeOf(kind string) (Shape, bool) {
	s, ok := shapes[kind]
	return s, ok
}
