package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Document is an OpenAPI 3.1 description, made from the declarations that
// serve the API.
type Document struct {
	OpenAPI    string                          `json:"openapi"`
	Info       Info                            `json:"info"`
	Paths      map[string]map[string]Operation `json:"paths"` // by path and method in lower case
	Components Components                      `json:"components"`
}

// Info says what a Document describes.
type Info struct {
	Title   string `json:"title"`
	Version string `json:"version"`
}

// Components are the parts that operations refer to.
type Components struct {
	Schemas         map[string]*Schema         `json:"schemas"`
	SecuritySchemes map[string]json.RawMessage `json:"securitySchemes"`
}

// An Operation describes one method of a path.
type Operation struct {
	ID         string                `json:"operationId"`
	Summary    string                `json:"summary"`
	Tags       []string              `json:"tags"`
	Parameters []Parameter           `json:"parameters,omitempty"`
	Body       *Body                 `json:"requestBody,omitempty"`
	Responses  map[string]Response   `json:"responses"`
	Security   []map[string][]string `json:"security"`
	Policy     string                `json:"x-policy"`
}

// A Parameter describes a part of the path, the query or the header.
type Parameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *Schema `json:"schema"`
}

// A Body describes what is sent.
type Body struct {
	Required bool             `json:"required"`
	Content  map[string]Media `json:"content"`
}

// A Response describes an answer.
type Response struct {
	Description string           `json:"description"`
	Content     map[string]Media `json:"content,omitempty"`
}

// Media is content of one media type.
type Media struct {
	Schema *Schema `json:"schema"`
}

// OpenAPI describes the API as mounted under prefix, "/api/v1" or "".
func (a *API) OpenAPI(prefix string) Document {
	s := a.schemas()
	d := newDocument(a.name, "1")
	s.of(reflect.TypeFor[Problem](), false)
	for _, op := range a.ops { // answers get the plain names, whatever is declared first
		if op.Out != nil {
			s.of(reflect.TypeOf(op.Out), false)
		}
	}
	for _, op := range a.ops {
		path := strings.TrimSuffix(prefix, "/") + strings.TrimSuffix(op.Path, "{$}")
		if d.Paths[path] == nil {
			d.Paths[path] = map[string]Operation{}
		}
		d.Paths[path][strings.ToLower(op.Method)] = s.operation(a.name, op)
	}
	d.Components.Schemas = s.named
	return d
}

func (a *API) schemas() *schemas {
	return &schemas{api: a.name, runes: a.runes, named: map[string]*Schema{}, names: map[schemaKey]string{}}
}

func newDocument(title, version string) Document {
	return Document{
		OpenAPI: "3.1.0",
		Info:    Info{title, version},
		Paths:   map[string]map[string]Operation{},
		Components: Components{
			Schemas: map[string]*Schema{},
			SecuritySchemes: map[string]json.RawMessage{
				"signedIn": json.RawMessage(`{"type":"http","scheme":"bearer","description":"However the host signs people in: its session or a token."}`),
			},
		},
	}
}

func (s *schemas) operation(tag string, op Op) Operation {
	o := Operation{
		ID: op.Name, Summary: op.Summary, Tags: []string{tag}, Policy: op.Policy,
		Parameters: s.parameters(op),
		Responses:  s.responses(op),
		Security:   []map[string][]string{{"signedIn": {}}},
	}
	if op.Public {
		o.Security = append(o.Security, map[string][]string{})
	}
	switch {
	case op.In != nil:
		o.Body = &Body{Required: true, Content: jsonOf(s.of(reflect.TypeOf(op.In), true))}
	case op.Consumes != "":
		o.Body = &Body{Required: true, Content: map[string]Media{op.Consumes: {&Schema{}}}}
	}
	return o
}

func jsonOf(schema *Schema) map[string]Media {
	return map[string]Media{"application/json": {schema}}
}

var pathName = regexp.MustCompile(`\{([a-z_]+)\}`)

func (s *schemas) parameters(op Op) []Parameter {
	var all []Parameter
	described := s.queryParameters(op.Params)
	for _, m := range pathName.FindAllStringSubmatch(op.Path, -1) {
		p := Parameter{Name: m[1], In: "path", Required: true, Schema: &Schema{Type: "string"}}
		if i := slices.IndexFunc(described, func(d Parameter) bool { return d.In == "path" && d.Name == m[1] }); i >= 0 {
			p = described[i]
		}
		all = append(all, p)
	}
	for _, d := range described {
		if d.In == "query" {
			all = append(all, d)
		}
	}
	if op.Create {
		all = append(all, Parameter{Name: "Idempotency-Key", In: "header", Schema: &Schema{Type: "string", MinLength: new(1), MaxLength: new(maxIdempotencyKey)},
			Description: "A key of the client's choice. The same key with the same body answers the same; repeat a request with it until there is an answer."})
	}
	if op.Update {
		all = append(all, Parameter{Name: "If-Match", In: "header", Required: true, Schema: &Schema{Type: "string"},
			Description: "The ETag of the version that the change was made from."})
	}
	return all
}

// queryParameters describes the tagged fields of a parameter struct.
func (s *schemas) queryParameters(params any) []Parameter {
	if params == nil {
		return nil
	}
	var all []Parameter
	for _, f := range reflect.VisibleFields(reflect.Indirect(reflect.ValueOf(params)).Type()) {
		p := Parameter{In: "query", Description: f.Tag.Get("doc")}
		if p.Name = f.Tag.Get("query"); p.Name == "" {
			p.Name, p.In, p.Required = f.Tag.Get("path"), "path", true
		}
		if p.Name == "" {
			continue
		}
		p.Schema = s.of(f.Type, true)
		s.rules(p.Schema, f.Tag.Get("validate"))
		queryRules(p.Schema, f.Tag)
		all = append(all, p)
	}
	return all
}

// queryRules adds what the tags of Query say. What is clamped is not refused,
// so the schema states where the useful range ends without making it a fault.
func queryRules(schema *Schema, tag reflect.StructTag) {
	target := schema
	if schema.Items != nil {
		target = schema.Items
		schema.MaxItems = new(maxQueryItems)
	}
	if target.Type == "string" && target.MaxLength == nil && target.Format == "" {
		target.MaxLength = new(maxBytes(tag))
	}
	if low, high, ok := clamp(tag); ok {
		target.Minimum, target.Maximum = new(float64(low)), new(float64(high))
	}
	if d, ok := tag.Lookup("default"); ok {
		schema.Default = defaultValue(schema, d)
	}
}

func defaultValue(schema *Schema, s string) any {
	var v any
	if schema.Type != "string" && schema.Type != "array" && json.Unmarshal([]byte(s), &v) == nil {
		return v
	}
	if schema.Type == "array" {
		return []string{s}
	}
	return s
}

func (s *schemas) responses(op Op) map[string]Response {
	ok := Response{Description: http.StatusText(op.Status)}
	switch {
	case op.Out != nil:
		ok.Content = jsonOf(s.of(reflect.TypeOf(op.Out), false))
	case op.Produces != "":
		ok.Content = map[string]Media{op.Produces: {&Schema{}}}
	}
	problem := map[string]Media{"application/problem+json": {s.of(reflect.TypeFor[Problem](), false)}}
	all := map[string]Response{
		strconv.Itoa(op.Status): ok,
		"default":               {Description: "A problem.", Content: problem},
	}
	for _, status := range op.errors() {
		all[strconv.Itoa(status)] = Response{Description: http.StatusText(status), Content: problem}
	}
	return all
}

// errors are the statuses that an operation's declaration leads to.
func (op Op) errors() []int {
	all := slices.Clone(op.Errors)
	if strings.Contains(op.Path, "{") && op.Path != "/{$}" {
		all = append(all, http.StatusNotFound)
	}
	if op.In != nil || op.Consumes != "" {
		all = append(all, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if op.Params != nil || op.Create {
		all = append(all, http.StatusUnprocessableEntity)
	}
	if op.Create || op.Update {
		all = append(all, http.StatusConflict)
	}
	if op.Update {
		all = append(all, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	}
	if !op.Public {
		all = append(all, http.StatusUnauthorized, http.StatusForbidden)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// JoinOpenAPI returns one Document of several. Two that describe the same
// operation, or different schemas by the same name, panic.
func JoinOpenAPI(title, version string, docs ...Document) Document {
	joined := newDocument(title, version)
	for _, d := range docs {
		for path, methods := range d.Paths {
			if joined.Paths[path] == nil {
				joined.Paths[path] = map[string]Operation{}
			}
			for method, op := range methods {
				if _, taken := joined.Paths[path][method]; taken {
					panic(fmt.Sprintf("web: two APIs describe %s %s", method, path))
				}
				joined.Paths[path][method] = op
			}
		}
		for name, schema := range d.Components.Schemas {
			if have, taken := joined.Components.Schemas[name]; taken && !reflect.DeepEqual(have, schema) {
				panic("web: two APIs have a schema named " + name)
			}
		}
		maps.Copy(joined.Components.Schemas, d.Components.Schemas)
	}
	return joined
}

// OpenAPIHandler serves the document, with an ETag.
func OpenAPIHandler(d Document) http.Handler {
	body, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic(err)
	}
	etag := HashETag(body)
	return Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "public, no-cache")
		if NotModified(w, r, etag) {
			return nil
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			w.Write(body) //nolint:errcheck // the client left; nobody can be told
		}
		return nil
	})
}
