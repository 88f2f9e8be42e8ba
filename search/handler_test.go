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

func TestTrialHandler(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{}, taught("hub", map[string]float64{"password": 1}), func(o *search.Options) { o.Trials = &memsearch.Trials{} })
	url := prefix + "/trials"
	var scenarios []webtest.Scenario
	for _, s := range []webtest.Scenario{
		{Name: "list", URL: url}, {Name: "begin", Method: "POST", URL: url, Body: `{"kind":"plain","share":20}`},
		{Name: "stop", Method: "POST", URL: url + "/1/stop"}, {Name: "stop nothing", Method: "POST", URL: url + "/x/stop"}, {Name: "rankings", URL: url + "/rankings?kind=plain&q=hub"},
	} {
		s.Name, s.Status, s.Prepare = s.Name+" by nobody", 403, nil
		scenarios = append(scenarios, s)
		s.Name, s.Status, s.Prepare = s.Name+" but somebody", 403, by(ann)
		scenarios = append(scenarios, s)
	}
	admin := by(eve)
	scenarios = append(scenarios,
		webtest.Scenario{Name: "none", URL: url, Status: 200, Prepare: admin, Want: []string{`{"trials":[]}`}},
		webtest.Scenario{Name: "wrong", Method: "POST", URL: url, Body: `{"kind":"odd","share":101}`, Status: 422, Prepare: admin, Want: []string{`"kind"`, `"share"`}},
		webtest.Scenario{Name: "no draft", Method: "POST", URL: url, Body: `{"kind":"tuning","share":20}`, Status: 422, Prepare: admin, Want: []string{`"kind"`}, Not: []string{`"share"`}},
		webtest.Scenario{Name: "begun", Method: "POST", URL: url, Body: `{"kind":"plain","share":20}`, Status: 201, Prepare: admin, Want: []string{`"id":"trial-1","number":1,"kind":"plain","share":20,"by":"eve"`}, Not: []string{"stopped", "tuning"}},
		webtest.Scenario{Name: "begun again", Method: "POST", URL: url, Body: `{"kind":"plain","share":20}`, Status: 409, Prepare: admin},
		webtest.Scenario{Name: "stopped", Method: "POST", URL: url + "/1/stop", Status: 204, Prepare: admin},
		webtest.Scenario{Name: "stopped again", Method: "POST", URL: url + "/1/stop", Status: 204, Prepare: admin},
		webtest.Scenario{Name: "stopped what never was", Method: "POST", URL: url + "/2/stop", Status: 404, Prepare: admin},
		webtest.Scenario{Name: "no number", Method: "POST", URL: url + "/x/stop", Status: 404, Prepare: admin},
		webtest.Scenario{Name: "listed", URL: url + "?limit=1", Status: 200, Prepare: admin, Want: []string{`"number":1`, `"stopped":"`}},
		webtest.Scenario{Name: "both", URL: url + "/rankings?kind=plain&q=hub&locale=en", Status: 200, Prepare: admin, Want: []string{`"other":["article/reset","article/e17"]`, `"article/password"`}, Not: []string{"secret"}},
		webtest.Scenario{Name: "of nothing", URL: url + "/rankings?kind=plain&q=", Status: 200, Prepare: admin, Want: []string{`{"live":[],"other":[]}`}},
		webtest.Scenario{Name: "of what kind", URL: url + "/rankings?q=hub", Status: 422, Prepare: admin, Want: []string{`"kind"`}},
	)
	webtest.RunAPI(t, mounted(b.Engine), b.API().OpenAPI(prefix), scenarios)
}

func TestTuningHandler(t *testing.T) {
	store := &memsearch.Tunings{}
	b := newBench(t, helpCentre(), func(o *search.Options) { o.Tuning = store })
	tuning := `{"synonyms":[{"from":["bulb"],"to":["lamp"],"two_way":false}],"pins":[{"queries":[{"text":"hub","match":"words"}],"groups":["article/password"]}],"stop_words":[]}`
	url := prefix + "/tuning"
	var scenarios []webtest.Scenario
	for _, s := range []webtest.Scenario{
		{Name: "read", URL: url}, {Name: "save", Method: "PUT", URL: url + "/draft", Body: `{"revision":0,"tuning":` + tuning + `}`},
		{Name: "drop", Method: "DELETE", URL: url + "/draft?revision=1"}, {Name: "preview", Method: "POST", URL: url + "/preview", Body: `{"queries":["hub"]}`},
		{Name: "publish", Method: "POST", URL: url + "/versions", Body: `{"revision":1,"live":0,"note":""}`}, {Name: "list", URL: url + "/versions"},
		{Name: "version", URL: url + "/versions/1"}, {Name: "restore", Method: "POST", URL: url + "/versions/1/restore", Body: `{"live":1,"note":""}`},
	} {
		s.Name, s.Status, s.Prepare = s.Name+" by nobody", 403, nil
		scenarios = append(scenarios, s)
		s.Name, s.Status, s.Prepare = s.Name+" but somebody", 403, by(ann)
		scenarios = append(scenarios, s)
	}
	admin := by(eve)
	scenarios = append(scenarios,
		webtest.Scenario{Name: "empty", URL: url, Status: 200, Prepare: admin, Want: []string{`"live":{"number":0`, `"draft":{"revision":0,"open":false,"tuning":{"synonyms":[]`}},
		webtest.Scenario{Name: "wrong", Method: "PUT", URL: url + "/draft", Body: `{"revision":0,"tuning":{"synonyms":[{"from":[],"to":[],"two_way":false}],"pins":[],"stop_words":[]}}`, Status: 422, Prepare: admin, Want: []string{"synonyms.0.from"}},
		webtest.Scenario{Name: "saved", Method: "PUT", URL: url + "/draft", Body: `{"revision":0,"tuning":` + tuning + `}`, Status: 200, Prepare: admin, Want: []string{`"revision":1,"open":true`, `"from":["bulb"]`}},
		webtest.Scenario{Name: "saved late", Method: "PUT", URL: url + "/draft", Body: `{"revision":0,"tuning":` + tuning + `}`, Status: 409, Prepare: admin},
		webtest.Scenario{Name: "tried", Method: "POST", URL: url + "/preview", Body: `{"queries":["hub","bulb"],"locale":"en"}`, Status: 200, Prepare: admin, Want: []string{
			`"query":"bulb","asked":false,"changed":true`, `"group":"article/password","title":"Change your password","path":"/en/articles/password","rank":1,"was":0,"pinned":true`,
		}, Not: []string{"canary", "Master"}},
		webtest.Scenario{Name: "live", Method: "POST", URL: url + "/versions", Body: `{"revision":1,"live":0,"note":"first"}`, Status: 200, Prepare: admin, Want: []string{`"number":1,"by":"eve"`}},
		webtest.Scenario{Name: "used", URL: prefix + "/?q=hub", Status: 200, Want: []string{`"rank":1,"pinned":true`}},
		webtest.Scenario{Name: "live late", Method: "POST", URL: url + "/versions", Body: `{"revision":1,"live":0,"note":""}`, Status: 409, Prepare: admin},
		webtest.Scenario{Name: "listed", URL: url + "/versions", Status: 200, Prepare: admin, Want: []string{`{"versions":[{"number":1`, `"note":"first"`}, Not: []string{"bulb"}},
		webtest.Scenario{Name: "one", URL: url + "/versions/1", Status: 200, Prepare: admin, Want: []string{"bulb"}},
		webtest.Scenario{Name: "none", URL: url + "/versions/2", Status: 404, Prepare: admin},
		webtest.Scenario{Name: "no number", URL: url + "/versions/x", Status: 404, Prepare: admin},
		webtest.Scenario{Name: "back", Method: "POST", URL: url + "/versions/1/restore", Body: `{"live":1,"note":"again"}`, Status: 200, Prepare: admin, Want: []string{`"number":2`, `"restored":1`}},
		webtest.Scenario{Name: "dropped late", Method: "DELETE", URL: url + "/draft?revision=9", Status: 409, Prepare: admin},
		webtest.Scenario{Name: "dropped", Method: "DELETE", URL: url + "/draft?revision=1", Status: 204, Prepare: admin},
	)
	webtest.RunAPI(t, mounted(b.Engine), b.API().OpenAPI(prefix), scenarios)
}
