package profile_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
)

func TestHabitsOverHTTP(t *testing.T) {
	p := newPortal(t)
	as := func(id string) func(*http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			return r.WithContext(profile.NewContext(r.Context(), p.as(t, id)))
		}
	}
	const at = "/help/api/me/"
	version := func(n string) map[string]string { return map[string]string{"If-Match": `"` + n + `"`} }
	key := map[string]string{"Idempotency-Key": "k1"}
	bare := `{"theme":"","contrast":"","motion":"","text_size":0,"clock":"","dates":"","numbers":"","notices":{},"digests":{},"quiet":{"from":"","to":""},"unnoted":false}`
	dark := `{"theme":"dark","notices":{"news":[]},"quiet":{"from":"22:00","to":"06:00"}}`
	h := http.StripPrefix("/help/api", p.Handler())
	webtest.RunAPI(t, h, p.API().OpenAPI("/help/api"), []webtest.Scenario{
		{Name: "nobody prefers", URL: at + "preferences", Status: 403},
		{Name: "nobody saves", Method: "PUT", URL: at + "preferences", Header: version("0"), Body: dark, Status: 403},
		{Name: "nothing saved", URL: at + "preferences", Prepare: as("bob"), Status: 200, Want: []string{bare}},
		{Name: "no version", Method: "PUT", URL: at + "preferences", Prepare: as("bob"), Body: dark, Status: 428},
		{Name: "wrong values", Method: "PUT", URL: at + "preferences", Prepare: as("bob"), Header: version("0"), Body: `{"theme":"pink","text_size":5}`, Status: 422,
			Want: []string{`"theme"`, `"text_size"`}},
		{Name: "unknown field", Method: "PUT", URL: at + "preferences", Prepare: as("bob"), Header: version("0"), Body: `{"colour":"pink"}`, Status: 422},
		{Name: "saved", Method: "PUT", URL: at + "preferences", Prepare: as("bob"), Header: version("0"), Body: dark, Status: 200,
			Want: []string{`"theme":"dark"`, `"notices":{"news":[]}`, `"from":"22:00"`}},
		{Name: "stale", Method: "PUT", URL: at + "preferences", Prepare: as("bob"), Header: version("0"), Body: dark, Status: 412},
		{Name: "kept", URL: at + "preferences", Prepare: as("bob"), Status: 200, Want: []string{`"theme":"dark"`}},
		{Name: "of others", URL: at + "preferences", Prepare: as("root"), Status: 200, Want: []string{bare}, Not: []string{"dark"}},

		{Name: "nobody's consents", URL: at + "consents", Status: 403},
		{Name: "nobody consents", Method: "POST", URL: at + "consents", Body: `{"purpose":"news","wording":"n-1","given":true}`, Status: 403},
		{Name: "never asked", URL: at + "consents", Prepare: as("bob"), Status: 200, Want: []string{`{"current":[],"history":[],"next":""}`}},
		{Name: "no words", Method: "POST", URL: at + "consents", Prepare: as("bob"), Body: `{"given":true}`, Status: 422, Want: []string{`"purpose"`, `"wording"`}},
		{Name: "agrees", Method: "POST", URL: at + "consents", Prepare: as("bob"), Header: key, Body: `{"purpose":"news","wording":"n-1","given":true}`, Status: 201,
			Want: []string{`"given":true`, `"via":"api"`}},
		{Name: "agrees again", Method: "POST", URL: at + "consents", Prepare: as("bob"), Header: key, Body: `{"purpose":"news","wording":"n-1","given":true}`, Status: 201},
		{Name: "with the same key refuses", Method: "POST", URL: at + "consents", Prepare: as("bob"), Header: key, Body: `{"purpose":"news","wording":"n-1"}`, Status: 409},
		{Name: "what counts", URL: at + "consents", Prepare: as("bob"), Status: 200, Want: []string{`"current":[{`, `"history":[{`, `"purpose":"news"`}},
		{Name: "of one purpose", URL: at + "consents?purpose=ads", Prepare: as("bob"), Status: 200, Want: []string{`"history":[]`}},
		{Name: "a forged page", URL: at + "consents?after=x", Prepare: as("bob"), Status: 422},

		{Name: "nobody's shelf", URL: at + "shelf/favourites", Status: 403},
		{Name: "nobody puts", Method: "PUT", URL: at + "shelf/favourites", Body: `{"ref":"article/1"}`, Status: 403},
		{Name: "nobody takes", Method: "DELETE", URL: at + "shelf/favourites?ref=article/1", Status: 403},
		{Name: "an empty shelf", URL: at + "shelf/favourites", Prepare: as("bob"), Status: 200, Want: []string{`{"items":[],"next":""}`}},
		{Name: "no such list", URL: at + "shelf/other", Prepare: as("bob"), Status: 404},
		{Name: "put", Method: "PUT", URL: at + "shelf/favourites", Prepare: as("bob"), Body: `{"ref":"article/1","title":"One","data":{"k":"v"}}`, Status: 200,
			Want: []string{`"ref":"article/1"`, `"title":"One"`, `"data":{"k":"v"}`, `"at":"2026-03-01T09:30:00Z"`}},
		{Name: "put a link", Method: "PUT", URL: at + "shelf/favourites", Prepare: as("bob"), Body: `{"ref":"javascript:x"}`, Status: 422},
		{Name: "put nothing", Method: "PUT", URL: at + "shelf/favourites", Prepare: as("bob"), Body: `{}`, Status: 422},
		{Name: "follow", Method: "PUT", URL: at + "shelf/follows", Prepare: as("bob"), Body: `{"ref":"article/1","level":"important"}`, Status: 200,
			Want: []string{`"level":"important"`, `"data":{}`}},
		{Name: "read", URL: at + "shelf/favourites?limit=1", Prepare: as("bob"), Status: 200, Want: []string{`"title":"One"`}},
		{Name: "whether it is there", URL: at + "shelf/favourites?ref=article/2", Prepare: as("bob"), Status: 200, Want: []string{`"items":[]`}},
		{Name: "others see nothing", URL: at + "shelf/favourites", Prepare: as("root"), Status: 200, Want: []string{`"items":[]`}},
		{Name: "take", Method: "DELETE", URL: at + "shelf/favourites?ref=article/1", Prepare: as("bob"), Status: 204},
		{Name: "take again", Method: "DELETE", URL: at + "shelf/favourites?ref=article/1", Prepare: as("bob"), Status: 204},
		{Name: "gone", URL: at + "shelf/favourites", Prepare: as("bob"), Status: 200, Want: []string{`"items":[]`}},
		{Name: "clear", Method: "DELETE", URL: at + "shelf/follows", Prepare: as("bob"), Status: 204},
	})
}

func TestPreferencesHaveAnETag(t *testing.T) {
	p := newPortal(t)
	get := func(id, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/me/preferences", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r.WithContext(profile.NewContext(r.Context(), p.as(t, id))))
		return w
	}
	first := get("bob", "")
	tag := first.Header().Get("ETag")
	require.True(t, strings.HasPrefix(tag, `"0-`), "what was never saved has version 0")
	require.Equal(t, "private, no-cache", first.Header().Get("Cache-Control"))
	require.Equal(t, 304, get("bob", tag).Code)
	require.Equal(t, 200, get("ann", tag).Code, "somebody else at the same browser")
	r := httptest.NewRequest("PUT", "/me/preferences", strings.NewReader(`{"theme":"dark"}`))
	r.Header.Set("If-Match", tag)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r.WithContext(profile.NewContext(r.Context(), p.as(t, "bob"))))
	require.Equal(t, 200, w.Code)
	require.Equal(t, w.Header().Get("ETag"), get("bob", tag).Header().Get("ETag"))
}
