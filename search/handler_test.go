package search_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

const prefix = "/api/v1/search"

// mounted serves an engine as a host does.
func mounted(e *search.Engine) http.Handler {
	mux := http.NewServeMux()
	h := http.StripPrefix(prefix, e.Handler())
	mux.Handle(prefix, h)
	mux.Handle(prefix+"/", h)
	return mux
}

// by signs somebody in.
func by(a profile.Actor) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request { return r.WithContext(profile.NewContext(r.Context(), a)) }
}

func TestHandler(t *testing.T) {
	b := newBench(t, helpCentre())
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Limit: 1})
	require.NoError(t, err)
	b.events.take()
	token, err := json.Marshal(map[string]string{"token": res.Hits[0].Click})
	require.NoError(t, err)
	canary := []string{"canary", "Master", "4711"}
	webtest.RunAPI(t, mounted(b.Engine), b.API().OpenAPI(prefix), []webtest.Scenario{
		{Name: "search", URL: prefix + "/?q=reset+hub&facets=kind", Status: 200, Not: canary, Want: []string{
			`"total":2`, `"group":"article/reset"`, `{"text":"Reset","match":true}`, `"facets":{"kind":[{"value":"faq","count":1},{"value":"how-to","count":1}]}`,
			`"page":1`, `"rank":1`, `"click":"`, `"partial":false`, `"path":"/en/articles/reset"`,
		}},
		{Name: "hidden", URL: prefix + "/?q=canary", Status: 200, Want: []string{`"hits":[]`, `"total":0`, `"facets":{}`}, Not: canary},
		{Name: "hidden from a customer", URL: prefix + "/?q=canary&facets=kind", Status: 200, Prepare: by(ann), Want: []string{`"facets":{"kind":[]}`}, Not: canary},
		{Name: "for staff", URL: prefix + "/?q=canary", Status: 200, Prepare: by(eve), Want: []string{"Master key"}},
		{Name: "filter", URL: prefix + "/?q=hub&kind=faq&kind=reference", Status: 200, Want: []string{`"total":1`, "article/e17"}, Not: []string{"article/reset"}},
		{Name: "filter across", URL: prefix + "/?q=hub&kind=faq&product=none", Status: 200, Want: []string{`"total":0`}},
		{Name: "everything", URL: prefix + "/?sort=updated&limit=1", Status: 200, Want: []string{`"total":3`, "article/password", `"next":"`, `"pages":3`}},
		{Name: "did you mean", URL: prefix + "/?q=my+pasword", Status: 200, Want: []string{`"did_you_mean":"my password"`}},
		{Name: "limits", URL: prefix + "/?q=hub&limit=100000&page=0", Status: 200, Want: []string{`"total":2`}},
		{Name: "odd text", URL: prefix + "/?q=%00%ff%22%27%2F.*%2F+OR+1%3D1--", Status: 200, Want: []string{`"total":`}},
		{Name: "long text", URL: prefix + "/?q=" + strings.Repeat("hub+", 1500), Status: 200, Want: []string{`"total":2`}},
		{Name: "unknown sort", URL: prefix + "/?sort=title", Status: 422, Want: []string{`"sort":`}},
		{Name: "too deep", URL: prefix + "/?page=1000", Status: 422, Want: []string{`"page":`}},
		{Name: "forged page", URL: prefix + "/?q=hub&after=x", Status: 422},
		{Name: "forged token", URL: prefix + "/?q=hub&token=x", Status: 200, Want: []string{`"total":2`, `"token":"`}},
		{Name: "page twice", URL: prefix + "/?page=1&page=2", Status: 422},
		{Name: "suggestions", URL: prefix + "/suggestions?q=chan", Status: 200, Want: []string{`"suggestions":[{"id":"article/password@en"`, `{"text":"Change","match":true}`}},
		{Name: "suggestions of what is hidden", URL: prefix + "/suggestions?q=mast", Status: 200, Want: []string{`{"suggestions":[]}`}, Not: canary},
		{Name: "suggestions for staff", URL: prefix + "/suggestions?q=mast", Status: 200, Prepare: by(eve), Want: []string{"Master"}},
		{Name: "no suggestions", URL: prefix + "/suggestions", Status: 200, Want: []string{`{"suggestions":[]}`}},
		{Name: "odd suggestions", URL: prefix + "/suggestions?q=%00%ff%E2%80%AE", Status: 200, Want: []string{`{"suggestions":[]}`}},
		{Name: "click", Method: "POST", URL: prefix + "/clicks", Body: string(token), Status: 204},
		{Name: "forged click", Method: "POST", URL: prefix + "/clicks", Body: `{"token":"x"}`, Status: 422, Want: []string{`"token":`}},
		{Name: "no token", Method: "POST", URL: prefix + "/clicks", Body: `{}`, Status: 422},
		{Name: "unknown field", Method: "POST", URL: prefix + "/clicks", Body: `{"token":"x","rank":1}`, Status: 422},
		{Name: "wrong method", Method: "POST", URL: prefix + "/", Body: `{}`, Status: 405},
		{Name: "nowhere", URL: prefix + "/documents", Status: 404},
	})
	recorded := b.events.take()
	clicks := 0
	for _, e := range recorded {
		if e.Name == search.EventClicked {
			clicks++
			require.Equal(t, res.ID, e.Search)
		}
	}
	require.Equal(t, 1, clicks)
}

// TestSameEverywhere asks the same through the engine and over HTTP, page by
// page.
func TestSameEverywhere(t *testing.T) {
	b := newBench(t, append(helpCentre(), many(25)...))
	h := mounted(b.Engine)
	for _, actor := range []profile.Actor{nobody, ann, eve} {
		for _, text := range []string{"", "hub", "lighthouse", `"reset the hub" -lamp`, "canary"} {
			after := ""
			for page := 1; page == 1 || after != ""; page++ {
				want, err := b.Search(t.Context(), actor, search.Query{Text: text, Page: page})
				require.NoError(t, err)
				r := by(actor)(httptest.NewRequest("GET", prefix+"?"+url.Values{"q": {text}, "after": {after}}.Encode(), nil))
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				require.Equal(t, 200, w.Code)
				var got struct {
					Total int
					Next  string
					Hits  []struct{ Group string }
				}
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
				groups := []string{}
				for _, hit := range got.Hits {
					groups = append(groups, strings.TrimPrefix(hit.Group, "article/"))
				}
				require.Equal(t, slugs(want.Hits), groups)
				require.Equal(t, want.Total, got.Total)
				after = got.Next
			}
		}
	}
}

func TestHandlerWhileIndexIsDown(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	index.search = func(context.Context, search.Request) (search.Response, error) {
		return search.Response{}, fmt.Errorf("open /var/lib/canary: %w", search.ErrUnavailable)
	}
	webtest.Run(t, mounted(search.NewEngine(index, nil)), []webtest.Scenario{
		{Name: "down", URL: prefix + "/?q=hub", Status: 503, Not: []string{"canary"}, WantHeader: map[string]string{"Content-Type": "application/problem+json"}},
	})
}
