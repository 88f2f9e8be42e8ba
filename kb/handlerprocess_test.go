package kb_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/kb"
)

// TestProcessOverHTTP walks a text through review, plan and verification.
func TestProcessOverHTTP(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleAny, Verify: time.Hour})
	s := &site{world: w.world, Handler: http.StripPrefix(prefix, w.Library.Handler())}
	a := w.drafted("vpn")
	text := "/manuscripts/" + a.ID + "/texts/en"
	r := w.ask(author, w.drafted("other"), kb.ReviewRequest{Reviewers: []string{"rosa"}, Key: "k"})
	later := start.Add(time.Hour).Format(time.RFC3339)
	p, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedArchive, At: start.Add(time.Hour)})
	require.NoError(t, err)
	s.run(t, []webtest.Scenario{
		{Method: "POST", URL: text + "/reviews", Body: `{}`, Status: 404, Prepare: as(ann), Not: []string{"vpn"}},
		{Method: "POST", URL: text + "/reviews", Body: `{"reviewers":["rosa"],"dice":1}`, Status: 422, Prepare: as(author), Want: []string{"dice"}},
		{Method: "POST", URL: text + "/reviews", Body: `{"reviewers":["ines"],"note":"look"}`, Status: 422, Prepare: as(author), Want: []string{"reviewers"}},
		{Method: "POST", URL: text + "/reviews", Body: `{"reviewers":["rosa"],"note":"look"}`, Status: 201, Prepare: as(author), Want: []string{`"state":"open"`, `"person":"rosa"`}},
		{Method: "POST", URL: text + "/reviews", Body: `{"reviewers":["rosa"]}`, Status: 409, Prepare: as(author), Want: []string{"error.review.open"}},
		{URL: "/reviews", Status: 403, Prepare: as(ann)},
		{URL: "/reviews?mine=true", Status: 200, Prepare: as(reviewer), Want: []string{r.ID}},
		{URL: "/reviews?mine=true", Status: 200, Prepare: as(other), Want: []string{`"reviews":[]`}},
		{URL: "/reviews?state=approved", Status: 200, Prepare: as(reviewer), Want: []string{`"reviews":[]`}},
		{URL: "/reviews?after=forged", Status: 422, Prepare: as(reviewer)},
		{URL: "/reviews/" + r.ID, Status: 404, Prepare: as(ann)},
		{URL: "/reviews/" + r.ID, Status: 200, Prepare: as(author), Want: []string{`"revision":1`}},
		{Method: "PUT", URL: "/reviews/" + r.ID + "/verdict", Body: `{"verdict":"perhaps"}`, Status: 422, Prepare: as(reviewer), Want: []string{"verdict"}},
		{Method: "PUT", URL: "/reviews/" + r.ID + "/verdict", Body: `{"verdict":"reject"}`, Status: 422, Prepare: as(reviewer), Want: []string{"comment"}},
		{Method: "PUT", URL: "/reviews/" + r.ID + "/verdict", Body: `{"verdict":"approve"}`, Status: 403, Prepare: as(author)},
		{Method: "PUT", URL: "/reviews/" + r.ID + "/verdict", Body: `{"verdict":"approve"}`, Status: 200, Prepare: as(reviewer), Want: []string{`"state":"approved"`}},
		{Method: "DELETE", URL: "/reviews/" + r.ID, Status: 409, Prepare: as(author)},
		{Method: "POST", URL: text + "/plans", Body: `{"do":"burn","at":"` + later + `"}`, Status: 422, Prepare: as(reviewer), Want: []string{`"do"`}},
		{Method: "POST", URL: text + "/plans", Body: `{"do":"publish"}`, Status: 422, Prepare: as(reviewer), Want: []string{`"at"`}},
		{Method: "POST", URL: text + "/plans", Body: `{"do":"publish","at":"` + later + `"}`, Status: 403, Prepare: as(author)},
		{Method: "POST", URL: text + "/plans", Body: `{"do":"publish","at":"` + later + `"}`, Status: 201, Prepare: as(reviewer), Want: []string{`"state":"waiting"`}},
		{URL: "/plans?state=waiting", Status: 200, Prepare: as(author), Want: []string{p.ID}},
		{URL: "/plans", Status: 403, Prepare: as(ann)},
		{Method: "DELETE", URL: "/plans/" + p.ID, Status: 404, Prepare: as(ann)},
		{Method: "DELETE", URL: "/plans/" + p.ID, Status: 200, Prepare: as(reviewer), Want: []string{`"state":"cancelled"`}},
		{Method: "PUT", URL: "/manuscripts/" + a.ID + "/verification", Status: 403, Prepare: as(author)},
		{Method: "PUT", URL: "/manuscripts/" + a.ID + "/verification", Status: 200, Prepare: as(reviewer), Want: []string{`"by":"rosa"`}},
		{URL: "/verifications", Status: 200, Prepare: as(author), Want: []string{a.ID}},
		{URL: "/verifications", Status: 403, Prepare: as(ann)},
		{Method: "DELETE", URL: "/manuscripts/" + a.ID + "/verification", Status: 200, Prepare: as(reviewer), Want: []string{`"lapsed":true`}},
	})
}
