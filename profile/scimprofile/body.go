package scimprofile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	maxBody  = 1 << 20 // bytes
	maxDepth = 16      // of objects and lists in a body
	maxOps   = 1000    // of a PATCH
)

// An object is a JSON object whose names are in lower case, each there once.
type object map[string]any

// read returns the object in a body. Names of the protocol are the same in
// capitals, so one that is there twice in any spelling is refused.
func read(r *http.Request) (object, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/scim+json" && kind != "application/json" {
		return nil, fault{http.StatusUnsupportedMediaType, "", "the body is not application/scim+json"}
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, err
		}
		return nil, badSyntax("the body cannot be read")
	}
	if !utf8.Valid(data) {
		return nil, badSyntax("the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badSyntax("something follows the body")
	}
	o, ok := v.(object)
	if !ok {
		return nil, badSyntax("the body is no object")
	}
	return o, nil
}

func value(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, badSyntax("the body is no JSON")
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if depth == maxDepth {
		return nil, badSyntax("the body is nested too deep")
	}
	o, list := object{}, []any{}
	for d.More() {
		name := ""
		if open == '{' {
			token, err := d.Token()
			if err != nil {
				return nil, badSyntax("the body is no JSON")
			}
			text, _ := token.(string)
			name = strings.ToLower(text)
			if _, there := o[name]; there {
				return nil, badSyntax("a name is there twice")
			}
		}
		v, err := value(d, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '{' {
			o[name] = v
		} else {
			list = append(list, v)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, badSyntax("the body is no JSON")
	}
	if open == '{' {
		return o, nil
	}
	return list, nil
}

// lists reports whether a member is a list with the text.
func (o object) lists(name, text string) bool {
	list, _ := o[name].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok && strings.EqualFold(s, text) {
			return true
		}
	}
	return false
}

// An operation is one of a PATCH.
type operation struct {
	op    string // "add", "replace", "remove"
	at    *path  // nil means that the value says which attributes
	value any
	has   bool // there is a value
}

// operations reads the body of a PATCH.
func operations(r *http.Request) ([]operation, error) {
	o, err := read(r)
	if err != nil {
		return nil, err
	}
	list, ok := o["operations"].([]any)
	if !ok || len(list) == 0 || len(list) > maxOps || !o.lists("schemas", schemaPatch) {
		return nil, badSyntax("a PatchOp has the schema and a list of operations")
	}
	ops := make([]operation, len(list))
	for i, v := range list {
		if ops[i], err = readOperation(v); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

func readOperation(v any) (operation, error) {
	o, ok := v.(object)
	if !ok {
		return operation{}, badSyntax("an operation is no object")
	}
	var out operation
	op, _ := o["op"].(string)
	switch out.op = strings.ToLower(op); out.op {
	case "add", "replace", "remove":
	default:
		return out, badSyntax("an operation is add, replace or remove")
	}
	out.value, out.has = o["value"]
	if text, there := o["path"]; there && text != nil && text != "" {
		s, ok := text.(string)
		if !ok {
			return out, badPath("the path is no text")
		}
		at, err := parsePath(s)
		if err != nil {
			return out, err
		}
		out.at = &at
	}
	switch {
	case out.op == "remove" && out.at == nil:
		return out, noTarget("remove needs a path")
	case out.op != "remove" && !out.has:
		return out, badValue("add and replace need a value")
	}
	return out, nil
}
