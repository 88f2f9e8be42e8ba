package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

type noteIn struct {
	Text string `json:"text" validate:"required,max=20"`
}

type noteOut struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type notesQuery struct {
	Limit int `query:"limit" default:"20" clamp:"1,100"`
}

func notes() *web.API {
	api := web.NewAPI("notes", nil)
	api.Handle(web.Op{Method: "GET", Path: "/notes", Name: "notes.list", Summary: "Lists.", Policy: "notes.read", Params: notesQuery{}, Out: []noteOut{}},
		func(w http.ResponseWriter, r *http.Request) error {
			q, err := web.Query[notesQuery](r)
			if err != nil {
				return err
			}
			return web.JSON(w, r, http.StatusOK, make([]noteOut, q.Limit))
		})
	api.Handle(web.Op{Method: "GET", Path: "/notes/{id}", Name: "notes.read", Summary: "Reads one.", Policy: "notes.read", Out: noteOut{}},
		func(w http.ResponseWriter, r *http.Request) error {
			id, err := web.PathValue(r, "id")
			if err != nil {
				return err
			}
			if id != "1" {
				return errs.NotFound
			}
			if web.NotModified(w, r, web.ETag(7)) {
				return nil
			}
			return web.JSON(w, r, http.StatusOK, noteOut{id, "hello"})
		})
	api.Handle(web.Op{Method: "POST", Path: "/notes", Name: "notes.write", Summary: "Writes one.", Policy: "notes.write", In: noteIn{}, Out: noteOut{}, Create: true},
		func(w http.ResponseWriter, r *http.Request) error {
			in, err := web.Decode[noteIn](w, r, 0)
			if err != nil {
				return err
			}
			return web.JSON(w, r, http.StatusCreated, noteOut{"2", in.Text})
		})
	api.Handle(web.Op{Method: "DELETE", Path: "/notes/{id}", Name: "notes.delete", Summary: "Removes one.", Policy: "notes.write", Update: true},
		func(w http.ResponseWriter, r *http.Request) error {
			version, _ := web.IfMatch(r)
			if err := web.CheckVersion(7, version); err != nil {
				return err
			}
			return web.NoContent(w)
		})
	return api
}

func TestOperationsCapTheirBodies(t *testing.T) {
	api := web.NewAPI("files", nil)
	for path, most := range map[string]int64{"/small": 10, "/usual": 0} {
		api.Handle(web.Op{Method: "PUT", Path: path, Name: path, Summary: "Takes a file.", Policy: "p", Consumes: "text/plain", MaxBody: most},
			func(w http.ResponseWriter, r *http.Request) error {
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					return err
				}
				return web.NoContent(w)
			})
	}
	webtest.RunAPI(t, api.Handler(), api.OpenAPI(""), []webtest.Scenario{
		{Name: "fits", Method: "PUT", URL: "/small", Body: "1234567890", Header: map[string]string{"Content-Type": "text/plain"}, Status: 204},
		{Name: "does not", Method: "PUT", URL: "/small", Body: "12345678901", Header: map[string]string{"Content-Type": "text/plain"}, Status: 413},
		{Name: "fits the default", Method: "PUT", URL: "/usual", Body: "12345678901", Header: map[string]string{"Content-Type": "text/plain"}, Status: 204},
		{Name: "does not fit the default", Method: "PUT", URL: "/usual", Body: strings.Repeat("1", web.DefaultLimit+1), Header: map[string]string{"Content-Type": "text/plain"}, Status: 413},
	})
}

func TestAPI(t *testing.T) {
	tests := []struct {
		name, method, url, body string
		header                  map[string]string
		status                  int
		want, not               []string
	}{
		{name: "list", method: "GET", url: "/notes?limit=1", status: 200, want: []string{`[{"id":"","text":""}]`}},
		{name: "clamped", method: "GET", url: "/notes?limit=1000000", status: 200},
		{name: "repeated parameter", method: "GET", url: "/notes?limit=1&limit=2", status: 422, want: []string{`"limit":"It is given more than once."`}},
		{name: "read", method: "GET", url: "/notes/1", status: 200, want: []string{`"hello"`}},
		{name: "read again", method: "GET", url: "/notes/1", header: map[string]string{"If-None-Match": `W/"7"`}, status: 304, not: []string{"hello"}},
		{name: "head", method: "HEAD", url: "/notes/1", status: 200, not: []string{"hello"}},
		{name: "not there", method: "GET", url: "/notes/9", status: 404, want: []string{`"type":"urn:stoa:error:not_found"`, `"title":"Not found"`, `"status":404`}},
		{name: "NUL in the path", method: "GET", url: "/notes/a%00b", status: 404},
		{name: "no such path", method: "GET", url: "/other", status: 404, want: []string{`"type":"urn:stoa:error:not_found"`}},
		{name: "slash at the end", method: "GET", url: "/notes/", status: 404, want: []string{`"status":404`}},
		{name: "dots at the end", method: "GET", url: "/notes/..", status: 404, want: []string{`"status":404`}},
		{name: "no path", method: "GET", url: "", status: 404, want: []string{`"status":404`}},
		{name: "two slashes", method: "GET", url: "//notes", status: 404, want: []string{`"status":404`}},
		{name: "dots", method: "GET", url: "/notes/../notes", status: 404, want: []string{`"status":404`}},
		{name: "other method", method: "PUT", url: "/notes/1", status: 405, want: []string{`"title":"This address does not know the method"`}},
		{name: "options", method: "OPTIONS", url: "/notes", status: 204},
		{name: "create", method: "POST", url: "/notes", body: `{"text":"a"}`, status: 201, want: []string{`{"id":"2","text":"a"}`}},
		{name: "create with a bad key", method: "POST", url: "/notes", body: `{"text":"a"}`, header: map[string]string{"Idempotency-Key": "é"}, status: 422, want: []string{"urn:stoa:error:idempotency_key"}},
		{name: "unknown field", method: "POST", url: "/notes", body: `{"text":"a","Text":"b"}`, status: 422, want: []string{`"Text":"There is no such field."`}},
		{name: "delete without a version", method: "DELETE", url: "/notes/1", status: 428},
		{name: "delete an old version", method: "DELETE", url: "/notes/1", header: map[string]string{"If-Match": `"6"`}, status: 412},
		{name: "delete", method: "DELETE", url: "/notes/1", header: map[string]string{"If-Match": `"7-abc"`}, status: 204},
	}
	for _, prefix := range []string{"", "/api/v1"} {
		mux := http.NewServeMux()
		mux.Handle(prefix+"/", http.StripPrefix(prefix, notes().Handler()))
		for _, tt := range tests {
			t.Run(prefix+" "+tt.name, func(t *testing.T) {
				r := httptest.NewRequest(tt.method, "/x", strings.NewReader(tt.body))
				path, query, _ := strings.Cut(tt.url, "?")
				r.URL.Path, r.URL.RawQuery = prefix+strings.ReplaceAll(path, "%00", "\x00"), query
				if tt.body != "" {
					r.Header.Set("Content-Type", "application/json; charset=UTF-8")
				}
				for k, v := range tt.header {
					r.Header.Set(k, v)
				}
				w := httptest.NewRecorder()
				http.StripPrefix(prefix, notes().Handler()).ServeHTTP(w, r)
				require.Equal(t, tt.status, w.Code, w.Body)
				if w.Code >= 400 {
					require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
					require.NotEmpty(t, w.Header().Get("X-Request-Id"))
				}
				require.Empty(t, w.Header().Get("Location"))
				for _, s := range tt.want {
					require.Contains(t, w.Body.String(), s)
				}
				for _, s := range tt.not {
					require.NotContains(t, w.Body.String(), s)
				}
			})
		}
	}
}
