package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// TestSignInFirst: what nobody may do is answered with 401 where it is not known
// who asks, and nothing else is.
func TestSignInFirst(t *testing.T) {
	api := web.NewAPI("test", nil)
	refuse := func(err error) web.Func { return func(http.ResponseWriter, *http.Request) error { return err } }
	for path, err := range map[string]error{
		"/forbidden": errs.Forbidden, "/hidden": errs.NotFound, "/wrong": errs.Field("a", "error.field.required", nil),
		"/said": errs.Say(errs.Forbidden, "error.profile.signed_out", nil), "/both": errs.Say(errs.NotFound, "error.gone", nil),
	} {
		api.Handle(web.Op{Method: "GET", Path: path, Name: "test." + path[1:], Summary: "Refuses.", Policy: "nobody"}, refuse(err))
	}
	page := web.Handler(nil, refuse(errs.Forbidden))
	ask := func(h http.Handler, path string, change func(*http.Request) *http.Request) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
		h.ServeHTTP(w, change(r))
		return w
	}
	as := func(somebody bool) func(*http.Request) *http.Request {
		return func(r *http.Request) *http.Request { return r.WithContext(web.SignedIn(r.Context(), somebody)) }
	}
	unknown := func(r *http.Request) *http.Request { return r }
	for _, c := range []struct {
		name   string
		answer *httptest.ResponseRecorder
		status int
		kind   string
	}{
		{"nobody", ask(api.Handler(), "/forbidden", as(false)), 401, "urn:stoa:error:sign_in"},
		{"nobody, with a reason", ask(api.Handler(), "/said", as(false)), 401, "urn:stoa:error:profile.signed_out"},
		{"somebody", ask(api.Handler(), "/forbidden", as(true)), 403, "urn:stoa:error:forbidden"},
		{"who knows", ask(api.Handler(), "/forbidden", unknown), 403, "urn:stoa:error:forbidden"},
		{"nobody, of what is hidden", ask(api.Handler(), "/hidden", as(false)), 404, "urn:stoa:error:not_found"},
		{"nobody, of what is wrong", ask(api.Handler(), "/wrong", as(false)), 422, "urn:stoa:error:invalid"},
		{"nobody, of no route", ask(api.Handler(), "/nowhere", as(false)), 404, "urn:stoa:error:not_found"},
		{"nobody, on a page", ask(page, "/", as(false)), 403, "urn:stoa:error:forbidden"},
		{"nobody, in the place of an API", ask(page, "/", func(r *http.Request) *http.Request { return web.ForProgram(as(false)(r)) }), 401, "urn:stoa:error:sign_in"},
	} {
		require.Equal(t, c.status, c.answer.Code, c.name)
		require.Contains(t, c.answer.Body.String(), `"`+c.kind+`"`, c.name)
		want := ""
		if c.status == 401 {
			want = "Bearer"
		}
		require.Equal(t, want, c.answer.Header().Get("WWW-Authenticate"), c.name)
	}
	require.Contains(t, api.OpenAPI("").Paths["/forbidden"]["get"].Responses, "401")
}
