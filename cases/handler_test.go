package cases_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
)

const prefix = "/support/api"

// as makes a request come from an actor.
func as(by profile.Actor) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request { return r.WithContext(profile.NewContext(r.Context(), by)) }
}

// run runs scenarios, whose URLs are below the prefix, against the description
// of the API.
func (d *desk) run(t *testing.T, scenarios []webtest.Scenario) {
	t.Helper()
	for i := range scenarios {
		scenarios[i].Name = strconv.Itoa(i) + " " + scenarios[i].Method + " " + scenarios[i].URL
		scenarios[i].URL = prefix + scenarios[i].URL
	}
	webtest.RunAPI(t, http.StripPrefix(prefix, d.Handler()), d.API().OpenAPI(prefix), scenarios)
}

func TestReadingOverHTTP(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	d.say(t, bob, c.ID, cases.Message{Body: "CANARY", Internal: true})
	d.say(t, bob, c.ID, cases.Message{Body: "Look below the box."})
	at, no := "/cases/"+c.ID, []string{"CANARY", "assignee", "queue", "tags", "impact", "audience", "input", "number"}
	d.run(t, []webtest.Scenario{
		{URL: "/kinds", Status: 200, Want: []string{"[]"}},
		{URL: "/kinds?locale=de", Status: 200, Prepare: as(ann), Want: []string{"Ein Problem", "Wer ist betroffen?"}, Not: []string{"refund", "risk"}},
		{URL: "/kinds", Status: 200, Prepare: as(mia), Want: []string{"A refund"}, Not: []string{"risk"}},
		{URL: "/cases", Status: 403},
		{URL: "/cases", Status: 200, Prepare: as(ann), Want: []string{c.Reference, `"may_comment":true`}, Not: no},
		{URL: "/cases", Status: 200, Prepare: as(bea), Want: []string{`{"cases":[]}`}},
		{URL: "/cases?state=closed&kind=problem&order=oldest", Status: 200, Prepare: as(ann), Want: []string{`{"cases":[]}`}},
		{URL: "/cases?assignee=none&queue=support&order=touched", Status: 200, Prepare: as(bob), Want: []string{c.ID, `"queue":"support"`}},
		{URL: "/cases?assignee=none", Status: 403, Prepare: as(ann)},
		{URL: "/cases?order=sideways", Status: 422, Prepare: as(ann), Want: []string{`"order"`}},
		{URL: "/cases?after=forged", Status: 422, Prepare: as(ann)},
		{URL: at, Status: 404}, {URL: at, Status: 404, Prepare: as(gus), Not: []string{"invoice"}},
		{URL: at, Status: 200, Prepare: as(ann), Want: []string{`"state":"in_progress"`, `"people":[]`}, Not: no},
		{URL: "/cases/" + c.Reference, Status: 200, Prepare: as(mia), Want: []string{c.ID}},
		{URL: at + "/entries", Status: 404, Prepare: as(gus)},
		{URL: at + "/entries", Status: 200, Prepare: as(ann), Want: []string{"Look below"}, Not: no},
		{URL: at + "/entries", Status: 200, Prepare: as(bob), Want: []string{"CANARY", `"internal":true`}},
		{URL: at + "/entries?after=forged", Status: 422, Prepare: as(ann)},
		{Method: "DELETE", URL: at, Status: 405, Prepare: as(ann)},
	})
}

func TestChangingOverHTTP(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	at := "/cases/" + c.ID
	version := func() map[string]string { return map[string]string{"If-Match": web.ETag(d.stored(t, c.ID).Version)} }
	key := map[string]string{"Idempotency-Key": "k"}
	draft := `{"kind":"question","subject":"Lamp","body":"It blinks.","people":[{"person":"bea","comment":true}]}`
	d.run(t, []webtest.Scenario{
		{Method: "POST", URL: "/cases", Body: draft, Status: 403},
		{Method: "POST", URL: "/cases", Body: draft, Header: key, Status: 201, Prepare: as(ann), Want: []string{`"reference"`, `"channel":"api"`, `"person":"bea"`}},
		{Method: "POST", URL: "/cases", Body: draft, Header: key, Status: 201, Prepare: as(ann)},
		{Method: "POST", URL: "/cases", Body: strings.Replace(draft, "Lamp", "Bell", 1), Header: key, Status: 409, Prepare: as(ann)},
		{Method: "POST", URL: "/cases", Body: `{"kind":"problem","subject":" ","body":"b"}`, Status: 422, Prepare: as(ann), Want: []string{`"subject"`, `"fields.affects"`}},
		{Method: "POST", URL: "/cases", Body: `{"kind":"question","state":"closed"}`, Status: 422, Prepare: as(ann), Want: []string{"state"}},
		{Method: "POST", URL: at + "/entries", Body: `{"body":"More."}`, Header: key, Status: 201, Prepare: as(ann), Want: []string{`"kind":"reply"`}},
		{Method: "POST", URL: at + "/entries", Body: `{"body":"x","internal":true}`, Status: 403, Prepare: as(ann)},
		{Method: "POST", URL: at + "/entries", Body: `{"body":""}`, Status: 422, Prepare: as(ann), Want: []string{"body"}},
		{Method: "POST", URL: at + "/entries", Body: `{"body":"x"}`, Status: 404, Prepare: as(gus)},
		{Method: "POST", URL: at + "/entries", Body: `{"body":"Like this.","solution":true}`, Status: 201, Prepare: as(bob), Want: []string{`"kind":"solution"`}},
		{Method: "PUT", URL: at + "/solution", Body: `{"accepted":false}`, Status: 422, Prepare: as(ann), Want: []string{"reason"}},
		{Method: "PUT", URL: at + "/solution", Body: `{"accepted":true}`, Status: 403, Prepare: as(bob)},
		{Method: "PUT", URL: at + "/solution", Body: `{"accepted":true}`, Status: 200, Prepare: as(ann), Want: []string{`"state":"closed"`}},
		{Method: "PUT", URL: at + "/state", Body: `{"open":true,"reason":"Again."}`, Status: 200, Prepare: as(ann), Want: []string{`"state":"open"`}},
		{Method: "PUT", URL: at + "/escalation", Body: `{"reason":"Monday."}`, Status: 200, Prepare: as(ann), Want: []string{`"escalated":true`}},
		{Method: "PUT", URL: at + "/people/bea", Body: `{"comment":true}`, Status: 200, Prepare: as(ann), Want: []string{`"person":"bea"`}},
		{Method: "PUT", URL: at + "/people/gus", Body: `{}`, Status: 422, Prepare: as(ann)},
		{Method: "DELETE", URL: at + "/people/bea", Status: 204, Prepare: as(bea)},
		{Method: "DELETE", URL: at + "/people/bea", Status: 404, Prepare: as(bea)},
		{Method: "POST", URL: at + "/articles", Body: `{"reference":"article/reset"}`, Status: 200, Prepare: as(ann), Want: []string{"article/reset"}},
		{Method: "POST", URL: at + "/articles", Body: `{"reference":"article/secret"}`, Status: 422, Prepare: as(ann)},
		{Method: "DELETE", URL: at + "/articles?reference=article/reset", Status: 204, Prepare: as(ann)},
		{Method: "PUT", URL: at + "/assignee", Body: `{"person":"kim"}`, Status: 403, Prepare: as(ann)},
		{Method: "PUT", URL: at + "/assignee", Body: `{"person":"kim"}`, Status: 200, Prepare: as(bob), Want: []string{`"assignee":"kim"`}},
		{Method: "PUT", URL: at + "/assignee", Body: `{"person":"ines"}`, Status: 422, Prepare: as(bob), Want: []string{"assignee"}},
		{Method: "PUT", URL: at + "/status", Body: `{"status":"waiting"}`, Status: 200, Prepare: as(bob), Want: []string{`"state":"waiting"`}},
		{Method: "PUT", URL: at + "/status", Body: `{"status":"limbo"}`, Status: 422, Prepare: as(bob)},
		{Method: "PUT", URL: at, Body: `{"subject":"New"}`, Status: 428, Prepare: as(ann)},
		{Method: "PUT", URL: at, Body: `{"subject":"New"}`, Header: map[string]string{"If-Match": web.ETag(1)}, Status: 412, Prepare: as(ann)},
		{Method: "PUT", URL: at + "/state", Body: `{"open":false}`, Status: 200, Prepare: as(ann), Want: []string{`"state":"closed"`}},
	})
	d.run(t, []webtest.Scenario{
		{Method: "PUT", URL: at, Body: `{"tags":["Box"]}`, Header: version(), Status: 403, Prepare: as(ann)},
		{Method: "PUT", URL: at, Body: `{"tags":["Box"],"priority":"urgent"}`, Header: version(), Status: 200, Prepare: as(bob), Want: []string{`"tags":["box"]`, `"priority":"urgent"`}},
	})
}
