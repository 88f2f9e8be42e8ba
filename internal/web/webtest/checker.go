package webtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
)

// A Checker compares requests and answers with an OpenAPI document, which it
// reads as any client would: as JSON.
type Checker struct {
	doc   map[string]any
	paths map[string]*regexp.Regexp
}

// NewChecker returns a Checker of the document, after checking the document
// itself: all references lead somewhere, operation ids are unique, and every
// name in a path is described.
func NewChecker(t testing.TB, doc web.Document) *Checker {
	t.Helper()
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	c := &Checker{paths: map[string]*regexp.Regexp{}}
	require.NoError(t, json.Unmarshal(text, &c.doc))
	names := regexp.MustCompile(`\\\{[a-z_]+\\\}`)
	for path := range object(c.doc["paths"]) {
		c.paths[path] = regexp.MustCompile("^" + names.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	}
	require.NoError(t, c.document())
	return c
}

// Exchange reports where a request's body or its answer is not as described. An
// address that the document does not know needs no description, unless it was
// answered well.
func (c *Checker) Exchange(method, url, body string, answer *httptest.ResponseRecorder) error {
	path, _, _ := strings.Cut(url, "?")
	op := c.operation(method, path)
	if op == nil {
		if answer.Code < 400 && method != "OPTIONS" {
			return fmt.Errorf("%s %s answers %d and is not described", method, path, answer.Code)
		}
		return nil
	}
	if answer.Code < 300 && body != "" {
		if err := c.request(dig(op, "requestBody", "content"), body); err != nil {
			return fmt.Errorf("request of %s %s: %w", method, path, err)
		}
	}
	if err := c.answer(op, method, answer); err != nil {
		return fmt.Errorf("answer %d of %s %s: %w", answer.Code, method, path, err)
	}
	return nil
}

// request checks a body that was accepted. What is not JSON has no form to check.
func (c *Checker) request(content map[string]any, body string) error {
	if content == nil {
		return errors.New("no body is described")
	}
	if schema := dig(content, "application/json", "schema"); schema != nil {
		return c.conforms(schema, []byte(body))
	}
	return nil
}

func (c *Checker) answer(op map[string]any, method string, answer *httptest.ResponseRecorder) error {
	if answer.Code == 304 {
		return nil
	}
	response := dig(op, "responses", strconv.Itoa(answer.Code))
	if response == nil && answer.Code >= 400 {
		response = dig(op, "responses", "default")
	}
	if response == nil {
		return errors.New("is not described")
	}
	if answer.Body.Len() == 0 {
		if response["content"] != nil && method != "HEAD" {
			return errors.New("has no body")
		}
		return nil
	}
	kind := answer.Header().Get("Content-Type")
	schema := dig(response, "content", kind, "schema")
	if schema == nil {
		return fmt.Errorf("has a body of type %q, which is not described", kind)
	}
	if !strings.HasSuffix(kind, "json") {
		return nil
	}
	return c.conforms(schema, answer.Body.Bytes())
}

// operation finds the description of a request. Plain paths come before those
// with names in them, as in the mux.
func (c *Checker) operation(method, path string) map[string]any {
	if method == "HEAD" {
		method = "GET"
	}
	if op := dig(c.doc, "paths", path, strings.ToLower(method)); op != nil {
		return op
	}
	for template, form := range c.paths {
		if form.MatchString(path) {
			if op := dig(c.doc, "paths", template, strings.ToLower(method)); op != nil {
				return op
			}
		}
	}
	return nil
}

func (c *Checker) document() error {
	ids := map[any]bool{}
	for path, methods := range object(c.doc["paths"]) {
		for method, o := range object(methods) {
			op := object(o)
			if ids[op["operationId"]] {
				return fmt.Errorf("two operations are called %v", op["operationId"])
			}
			ids[op["operationId"]] = true
			if err := pathParameters(path, op); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	return c.references(c.doc)
}

func pathParameters(path string, op map[string]any) error {
	described := map[string]bool{}
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		if object(p)["in"] == "path" {
			described["{"+fmt.Sprint(object(p)["name"])+"}"] = true
		}
	}
	for _, segment := range strings.Split(path, "/") {
		if strings.HasPrefix(segment, "{") && !described[segment] {
			return fmt.Errorf("%s is not described", segment)
		}
		delete(described, segment)
	}
	if len(described) > 0 {
		return fmt.Errorf("%v is not in the path", described)
	}
	return nil
}

func (c *Checker) references(v any) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := c.references(e); err != nil {
				return err
			}
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && c.resolve(ref) == nil {
			return fmt.Errorf("%s leads nowhere", ref)
		}
		for _, e := range v {
			if err := c.references(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Checker) resolve(ref string) map[string]any {
	return dig(c.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func dig(m map[string]any, names ...string) map[string]any {
	for _, name := range names {
		m = object(m[name])
	}
	return m
}
