package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

type status string

type stamp struct {
	UpdatedAt time.Time  `json:"updated_at"`
	ClosedAt  *time.Time `json:"closed_at" doc:"When it was closed, null while it is open."`
}

type link struct {
	Title string `json:"title" validate:"required,text=title"`
	URL   string `json:"url" validate:"required,safe_url"`
}

type article struct {
	stamp
	ID       string            `json:"id" doc:"The record's id."`
	Status   status            `json:"status" validate:"oneof=draft published"`
	Score    float64           `json:"score"`
	Views    uint32            `json:"views"`
	Links    []link            `json:"links"`
	Labels   map[string]string `json:"labels"`
	Parent   *article          `json:"parent,omitempty"`
	Extra    any               `json:"extra,omitempty"`
	Raw      json.RawMessage   `json:"raw,omitempty"`
	Icon     []byte            `json:"icon"`
	Big      int64             `json:"big,string"`
	hidden   string            //nolint:unused // must not show
	Internal string            `json:"-"`
}

type articleDraft struct {
	Title  string            `json:"title" validate:"required,text=title" doc:"What readers see first."`
	Kind   string            `json:"kind,omitempty" validate:"omitempty,oneof=how-to 'release note'"`
	Email  string            `json:"email,omitempty" validate:"omitempty,email"`
	Stars  int               `json:"stars" validate:"min=1,max=5"`
	Ratio  *float64          `json:"ratio" validate:"omitempty,gt=0,lt=1"`
	Tags   []string          `json:"tags,omitempty" validate:"max=3,unique,dive,required,max=10"`
	Links  []link            `json:"links,omitempty" validate:"dive"`
	Public *bool             `json:"public,omitempty"`
	Names  map[string]string `json:"names,omitempty" validate:"dive,keys,max=3,endkeys,gt=6"`
}

type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

type articleQuery struct {
	Slug   string    `path:"slug" doc:"The readable address."`
	Query  string    `query:"q" max:"256" doc:"What is looked for."`
	Status []string  `query:"status" validate:"dive,oneof=draft published"`
	Since  time.Time `query:"since"`
	Limit  int       `query:"limit" default:"20" clamp:"1,100"`
}

func sampleArticle() article {
	return article{
		ID: "a1", Status: "published", Score: 0.5, Views: 7, Links: []link{{"Home", "/"}}, Labels: map[string]string{"a": "b"},
		stamp:  stamp{UpdatedAt: time.Date(2026, 11, 21, 10, 0, 0, 1000, time.UTC)},
		Parent: &article{ID: "a0", Links: []link{}, Labels: map[string]string{}, Icon: []byte{1, 2}, Status: "draft"}, Extra: 1, Raw: json.RawMessage(`{"x":[1]}`), Icon: []byte("i"),
	}
}

func library() *web.API {
	api := web.NewAPI("kb", nil)
	api.LimitText(func(kind string) int { return map[string]int{"title": 30}[kind] })
	api.Handle(web.Op{Method: "GET", Path: "/articles", Name: "kb.articles", Summary: "Lists articles.", Policy: "kb.read", Public: true, Params: articleQuery{}, Out: page[article]{}, Errors: []int{503}},
		func(w http.ResponseWriter, r *http.Request) error {
			q, err := web.Query[articleQuery](r)
			switch {
			case err != nil:
				return err
			case q.Query == "down":
				return errs.Unavailable
			}
			return web.JSON(w, r, 200, page[article]{Items: []article{sampleArticle()}})
		})
	api.Handle(web.Op{Method: "GET", Path: "/articles/{slug}", Name: "kb.article", Summary: "Returns an article.", Policy: "kb.read", Public: true, Params: articleQuery{}, Out: article{}},
		func(w http.ResponseWriter, r *http.Request) error {
			if r.PathValue("slug") == "wrong" {
				return web.JSON(w, r, 200, map[string]any{"id": 7})
			}
			return web.JSON(w, r, 200, sampleArticle())
		})
	api.Handle(web.Op{Method: "POST", Path: "/articles", Name: "kb.create", Summary: "Creates an article.", Policy: "kb.write", In: articleDraft{}, Out: article{}, Create: true},
		func(w http.ResponseWriter, r *http.Request) error {
			if _, err := web.Decode[articleDraft](w, r, 0); err != nil {
				return err
			}
			return web.JSON(w, r, 201, sampleArticle())
		})
	api.Handle(web.Op{Method: "PUT", Path: "/articles/{slug}/links", Name: "kb.links", Summary: "Replaces the links.", Policy: "kb.write", In: page[link]{}, Update: true},
		func(w http.ResponseWriter, _ *http.Request) error { return web.NoContent(w) })
	return api
}

func TestAnswersAreAsDescribed(t *testing.T) {
	api := library()
	h := http.StripPrefix("/api/v1", api.Handler())
	webtest.RunAPI(t, h, api.OpenAPI("/api/v1"), []webtest.Scenario{
		{Name: "list", URL: "/api/v1/articles?limit=5", Status: 200, Want: []string{`"next":""`}},
		{Name: "list, not an enum", URL: "/api/v1/articles?limit=x", Status: 422, Want: []string{`"limit":`}},
		{Name: "list, down", URL: "/api/v1/articles?q=down", Status: 503, WantHeader: map[string]string{"Retry-After": "5"}},
		{Name: "read", URL: "/api/v1/articles/a", Status: 200, Not: []string{"Internal", "hidden"}},
		{Name: "head", Method: "HEAD", URL: "/api/v1/articles/a", Status: 200},
		{Name: "create", Method: "POST", URL: "/api/v1/articles", Status: 201,
			Body: `{"title":"T","stars":3,"ratio":null,"tags":["a","b"],"links":[{"title":"x","url":"/y"}],"kind":"release note","email":"a@b.co","public":true}`},
		{Name: "create, wrong", Method: "POST", URL: "/api/v1/articles", Status: 422, Body: `{"stars":"3"}`, Want: []string{`"stars":"It must be a whole number."`}},
		{Name: "create, not JSON", Method: "POST", URL: "/api/v1/articles", Status: 415, Body: "a=b", Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}},
		{Name: "update", Method: "PUT", URL: "/api/v1/articles/a/links", Status: 204, Body: `{"items":[],"next":""}`, Header: map[string]string{"If-Match": `"3"`}},
		{Name: "update without version", Method: "PUT", URL: "/api/v1/articles/a/links", Status: 428, Body: `{"items":[],"next":""}`},
		{Name: "options", Method: "OPTIONS", URL: "/api/v1/articles", Status: 204, WantHeader: map[string]string{"Allow": "GET, HEAD, POST, OPTIONS"}},
		{Name: "elsewhere", URL: "/api/v1/nowhere", Status: 404},
	})
}

// The checker above is only worth something if it catches what is not as described.
func TestTheCheckerCatches(t *testing.T) {
	api := library()
	c := webtest.NewChecker(t, api.OpenAPI(""))
	valid, err := json.Marshal(sampleArticle())
	require.NoError(t, err)
	changed := func(name string, value any) string {
		var m map[string]any
		require.NoError(t, json.Unmarshal(valid, &m))
		if m[name] = value; value == nil {
			delete(m, name)
		}
		text, err := json.Marshal(m)
		require.NoError(t, err)
		return string(text)
	}
	answer := func(status int, kind, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.WriteString(body)
		return w
	}
	const js = "application/json"
	require.NoError(t, c.Exchange("GET", "/articles/a", "", answer(200, js, string(valid))))
	for name, w := range map[string]*httptest.ResponseRecorder{
		"missing member":  answer(200, js, changed("id", nil)),
		"unknown member":  answer(200, js, changed("secret", 1)),
		"wrong type":      answer(200, js, changed("id", 1)),
		"not in the enum": answer(200, js, changed("status", "odd")),
		"null list":       answer(200, js, `{"links":null}`),
		"negative":        answer(200, js, changed("views", -1)),
		"not a time":      answer(200, js, changed("updated_at", "yesterday")),
		"not base64":      answer(200, js, changed("icon", "?")),
		"inside":          answer(200, js, changed("links", []any{map[string]any{"title": "x"}})),
		"too long inside": answer(200, js, changed("links", []any{map[string]any{"title": string(make([]rune, 31)), "url": "/"}})),
		"media type":      answer(200, "text/html", string(valid)),
		"status":          answer(202, js, string(valid)),
		"no body":         answer(200, js, ""),
		"not JSON":        answer(200, js, "x"),
		"not a problem":   answer(404, "application/problem+json", `{"error":"x"}`),
	} {
		require.Error(t, c.Exchange("GET", "/articles/a", "", w), name)
	}
	created := func() *httptest.ResponseRecorder { return answer(201, js, string(valid)) }
	require.NoError(t, c.Exchange("POST", "/articles", `{"title":"T","stars":1,"ratio":0.5}`, created()))
	for _, body := range []string{
		`{}`, `{"title":"","stars":1}`, `{"title":"T","stars":6}`, `{"title":"T","stars":1.5}`, `{"title":"T","stars":1,"ratio":1}`,
		`{"title":"T","stars":1,"odd":1}`, `{"title":"T","stars":1,"tags":["a","a"]}`, `{"title":"T","stars":1,"tags":["a","b","c","d"]}`,
		`{"title":"T","stars":1,"tags":["12345678901"]}`, `{"title":"T","stars":1,"kind":"release"}`, `{"title":"T","stars":1,"email":"x"}`,
	} {
		require.Error(t, c.Exchange("POST", "/articles", body, created()), body)
	}
	require.Error(t, c.Exchange("PATCH", "/articles", "", answer(200, js, "{}")), "not described but answered")
}

func TestDescription(t *testing.T) {
	text, err := json.MarshalIndent(library().OpenAPI("/api/v1/"), "", " ")
	require.NoError(t, err)
	var d map[string]any
	require.NoError(t, json.Unmarshal(text, &d))
	dig := func(names ...string) any {
		var v any = d
		for _, n := range names {
			v = v.(map[string]any)[n]
		}
		return v
	}
	draft := []string{"components", "schemas", "kb.ArticleDraft"}
	require.Equal(t, "3.1.0", d["openapi"])
	require.Equal(t, false, dig(append(draft, "additionalProperties")...))
	require.Equal(t, []any{"title"}, dig(append(draft, "required")...))
	require.Equal(t, 30.0, dig(append(draft, "properties", "title", "maxLength")...))
	require.Equal(t, "What readers see first.", dig(append(draft, "properties", "title", "description")...))
	require.Equal(t, []any{"how-to", "release note"}, dig(append(draft, "properties", "kind", "enum")...))
	require.Equal(t, 10.0, dig(append(draft, "properties", "tags", "items", "maxLength")...))
	require.Equal(t, []any{"number", "null"}, dig(append(draft, "properties", "ratio", "type")...))

	out := []string{"components", "schemas", "kb.Article", "properties"}
	require.NotContains(t, dig(out...), "Internal")
	require.NotContains(t, dig(out...), "hidden")
	require.Equal(t, "#/components/schemas/kb.Article", dig(append(out, "parent", "$ref")...))
	require.Nil(t, dig("components", "schemas", "kb.Article", "additionalProperties"), "later releases may add to answers")

	require.Equal(t, 7.0, dig(append(draft, "properties", "names", "additionalProperties", "minLength")...))
	require.NotContains(t, dig(append(draft, "properties", "names", "additionalProperties")...), "maxLength", "that is a rule for the names")
	require.Equal(t, false, dig("components", "schemas", "kb.LinkInput", "additionalProperties"))
	require.Nil(t, dig("components", "schemas", "kb.Link", "additionalProperties"))

	require.Len(t, dig("paths", "/api/v1/articles", "get", "security"), 2, "open to all, and better when signed in")
	require.Len(t, dig("paths", "/api/v1/articles", "post", "security"), 1)
	create := dig("paths", "/api/v1/articles", "post").(map[string]any)
	require.Equal(t, "kb.write", create["x-policy"])
	require.Contains(t, create["responses"], "201")
	for _, status := range []string{"403", "409", "413", "415", "422", "default"} {
		require.Contains(t, create["responses"], status)
	}
	require.NotContains(t, create["responses"], "428")
	require.Contains(t, string(text), `"kb.PageArticle"`)
	require.Contains(t, string(text), `"Idempotency-Key"`)
}

func TestJoinOpenAPI(t *testing.T) {
	joined := web.JoinOpenAPI("Portal", "1.2.3", library().OpenAPI("/api"), notes().OpenAPI("/api"))
	require.Equal(t, web.Info{Title: "Portal", Version: "1.2.3"}, joined.Info)
	require.Contains(t, joined.Paths, "/api/notes")
	require.Contains(t, joined.Paths, "/api/articles")
	webtest.NewChecker(t, joined)
	require.Panics(t, func() { web.JoinOpenAPI("Portal", "1", notes().OpenAPI("/api"), notes().OpenAPI("/api")) })
	other := web.NewAPI("notes", nil)
	type noteOut struct{ Other int }
	other.Handle(web.Op{Method: "GET", Path: "/other", Name: "o", Summary: "O.", Policy: "p", Out: noteOut{}}, nil)
	require.Panics(t, func() { web.JoinOpenAPI("Portal", "1", notes().OpenAPI("/api"), other.OpenAPI("/api")) })

	webtest.Run(t, web.OpenAPIHandler(joined), []webtest.Scenario{
		{Name: "document", URL: "/openapi.json", Status: 200, Want: []string{`"operationId": "notes.list"`}, WantHeader: map[string]string{"Content-Type": "application/json"}},
		{Name: "head", Method: "HEAD", URL: "/openapi.json", Status: 200, Not: []string{"operationId"}},
	})
	etag := webtest.Scenario{URL: "/"}.Serve(web.OpenAPIHandler(joined)).Header().Get("ETag")
	webtest.Run(t, web.OpenAPIHandler(joined), []webtest.Scenario{
		{Name: "again", URL: "/openapi.json", Header: map[string]string{"If-None-Match": etag}, Status: 304},
	})
}

func TestDeclarationsThatContradictThemselves(t *testing.T) {
	ok := web.Op{Method: "GET", Path: "/a", Name: "a", Summary: "A.", Policy: "p"}
	serve := func(http.ResponseWriter, *http.Request) error { return nil }
	require.NotPanics(t, func() { web.NewAPI("x", nil).Handle(ok, serve) })
	for name, spoil := range map[string]func(*web.Op){
		"no name":             func(o *web.Op) { o.Name = "" },
		"no summary":          func(o *web.Op) { o.Summary = "" },
		"no policy":           func(o *web.Op) { o.Policy = "" },
		"no method":           func(o *web.Op) { o.Method = "" },
		"head":                func(o *web.Op) { o.Method = "HEAD" },
		"no path":             func(o *web.Op) { o.Path = "" },
		"slash at the end":    func(o *web.Op) { o.Path = "/a/" },
		"a wildcard":          func(o *web.Op) { o.Path = "/a/{rest...}" },
		"a host":              func(o *web.Op) { o.Path = "example.com/a" },
		"a body of GET":       func(o *web.Op) { o.In = 1 },
		"creates by GET":      func(o *web.Op) { o.Create = true },
		"updates by POST":     func(o *web.Op) { o.Method, o.Update = "POST", true },
		"parameters, no kind": func(o *web.Op) { o.Params = 1 },
	} {
		op := ok
		spoil(&op)
		require.Panics(t, func() { web.NewAPI("x", nil).Handle(op, serve) }, name)
	}
	twice := web.NewAPI("x", nil)
	twice.Handle(ok, serve)
	sameName, samePath := ok, ok
	sameName.Path, samePath.Name = "/b", "b"
	require.Panics(t, func() { twice.Handle(sameName, serve) })
	require.Panics(t, func() { twice.Handle(samePath, serve) })
	require.Len(t, twice.Ops(), 1)
	require.Equal(t, http.StatusNoContent, twice.Ops()[0].Status)
}
