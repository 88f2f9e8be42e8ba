package layout_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

func as(by profile.Actor) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		ctx := profile.NewContext(r.Context(), by)
		return r.WithContext(analytics.NewContext(ctx, analytics.Event{Session: "v1", Visitor: "b1"}))
	}
}

func TestHandler(t *testing.T) {
	site := siteOf(item("home"), item("guides", only("partner")), item("desk", only("staff")))
	site.Pages = []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1, Blocks: []layout.Block{block("card")}}}}}
	w := newWorld(t, site)
	api := w.API()
	agent := profile.Actor{ID: "agent", Roles: []profile.Role{profile.RoleAgent}}
	const rule = `{"id":"r1","do":"promote","ref":"guides","for":{"any":["partner"]},"reason":{"en":"for partners"}}`
	const offer = `{"id":"p1","slot":"home/aside","title":{"en":"Sale"},"audience":["public"]}`
	ifMatch := func(v string) map[string]string { return map[string]string{"If-Match": v} }
	doc := api.OpenAPI("")
	var all []webtest.Scenario
	for _, by := range []struct {
		name  string
		actor profile.Actor
		code  int
	}{{"visitor", profile.Actor{}, 401}, {"customer", ann, 403}, {"agent", agent, 403}} {
		for _, c := range []webtest.Scenario{
			{URL: "/rules"}, {URL: "/promotions"}, {Method: "POST", URL: "/rules", Body: rule}, {Method: "POST", URL: "/promotions", Body: offer},
			{Method: "PUT", URL: "/rules/r1", Body: rule, Header: ifMatch(`"1"`)}, {Method: "DELETE", URL: "/rules/r1", Header: ifMatch(`"1"`)},
			{Method: "DELETE", URL: "/promotions/p1"}, {Method: "POST", URL: "/preview", Body: `{"page":"home"}`},
		} {
			c.Name, c.Prepare, c.Status = by.name+" "+c.Method+c.URL, as(by.actor), by.code
			c.Not = []string{"guides", "Sale"}
			all = append(all, c)
		}
	}
	all = append(all, []webtest.Scenario{
		{Name: "no rules", URL: "/rules", Prepare: as(root), Status: 200, Want: []string{`"rules":[]`}},
		{Name: "a rule", Method: "POST", URL: "/rules", Body: rule, Prepare: as(root), Status: 201, Want: []string{`"version":1`, `"saved_by":"root"`}, WantHeader: map[string]string{"ETag": `"1"`}},
		{Name: "the same again", Method: "POST", URL: "/rules", Body: rule, Prepare: as(root), Status: 201, Want: []string{`"version":1`}},
		{Name: "another of its name", Method: "POST", URL: "/rules", Body: `{"id":"r1","do":"hide","ref":"home"}`, Prepare: as(root), Status: 409},
		{Name: "of nothing", Method: "POST", URL: "/rules", Body: `{"id":"r2","do":"hide","ref":"nothing"}`, Prepare: as(root), Status: 422, Want: []string{`"ref"`}},
		{Name: "an unknown field", Method: "POST", URL: "/rules", Body: `{"id":"r2","when":"now"}`, Prepare: as(root), Status: 422, Want: []string{`"when"`}},
		{Name: "a change", Method: "PUT", URL: "/rules/r1", Body: rule, Header: ifMatch(`"1"`), Prepare: as(root), Status: 200, Want: []string{`"version":2`}},
		{Name: "a late change", Method: "PUT", URL: "/rules/r1", Body: rule, Header: ifMatch(`"1"`), Prepare: as(root), Status: 412},
		{Name: "a change of nothing", Method: "PUT", URL: "/rules/r9", Body: `{"id":"r9","do":"hide","ref":"home"}`, Header: ifMatch(`"1"`), Prepare: as(root), Status: 404},
		{Name: "no creation by change", Method: "PUT", URL: "/rules/r9", Body: rule, Header: ifMatch(`"0"`), Prepare: as(root), Status: 412},
		{Name: "without a version", Method: "PUT", URL: "/rules/r1", Body: rule, Prepare: as(root), Status: 428},
		{Name: "a promotion", Method: "POST", URL: "/promotions", Body: offer, Prepare: as(root), Status: 201, Want: []string{`"version":1`}},
		{Name: "the same promotion", Method: "POST", URL: "/promotions", Body: offer, Prepare: as(root), Status: 201, Want: []string{`"version":1`}},
		{Name: "its change", Method: "PUT", URL: "/promotions/p1", Body: offer, Header: ifMatch(`"1"`), Prepare: as(root), Status: 200, Want: []string{`"version":2`}},
		{Name: "promotions", URL: "/promotions", Prepare: as(root), Status: 200, Want: []string{`"id":"p1"`}},
		{
			Name: "as a partner", Method: "POST", URL: "/preview", Body: `{"page":"home","signed_in":true,"segments":["partner"]}`, Prepare: as(root), Status: 200,
			Want: []string{`"for partners"`, `"main":[{"id":"guides"`, `"Sale"`, `"card"`}, Not: []string{"desk"},
		},
		{
			Name: "as a visitor", Method: "POST", URL: "/preview", Body: `{"page":"home"}`, Prepare: as(root), Status: 200,
			Want: []string{`"main":[{"id":"home"`}, Not: []string{"guides", "desk"},
		},
		{Name: "a visitor's page", URL: "/pages/home", Prepare: as(profile.Actor{}), Status: 200, Want: []string{`"main":[{"id":"home"`, `"card"`, `"reason":{"key":""}`, `"id":"p1"`}, Not: []string{"desk", "guides"}},
		{Name: "an agent's page", URL: "/pages/home", Prepare: as(agent), Status: 200, Want: []string{`"desk"`}, Not: []string{"guides"}},
		{Name: "a page that is not", URL: "/pages/none", Prepare: as(ann), Status: 200, Want: []string{`"slots":{}`}},
		{Name: "a choice", URL: "/choice", Prepare: as(ann), Status: 200, Want: []string{`{"personal":true}`}},
		{Name: "nobody's choice", URL: "/choice", Status: 403},
		{Name: "out", Method: "PUT", URL: "/choice", Body: `{"personal":false}`, Prepare: as(ann), Status: 200, Want: []string{`{"personal":false}`}},
		{Name: "reset", Method: "POST", URL: "/reset", Prepare: as(ann), Status: 204},
		{Name: "nobody's reset", Method: "POST", URL: "/reset", Status: 403},
		{Name: "used", Method: "POST", URL: "/used", Body: `{"ref":"home"}`, Prepare: as(ann), Status: 204},
		{Name: "used by nobody", Method: "POST", URL: "/used", Body: `{"ref":"home"}`, Status: 204},
		{Name: "click", Method: "POST", URL: "/promotions/p1/click", Prepare: as(profile.Actor{}), Status: 204},
		{Name: "dismissal", Method: "POST", URL: "/promotions/p1/dismissal", Prepare: as(ann), Status: 204},
		{Name: "of what is not there", Method: "POST", URL: "/promotions/p9/dismissal", Prepare: as(ann), Status: 404},
		{Name: "the rule goes late", Method: "DELETE", URL: "/rules/r1", Header: ifMatch(`"1"`), Prepare: as(root), Status: 412},
		{Name: "the rule goes", Method: "DELETE", URL: "/rules/r1", Header: ifMatch(`"2"`), Prepare: as(root), Status: 204},
		{Name: "the promotion goes", Method: "DELETE", URL: "/promotions/p1", Prepare: as(root), Status: 204},
		{Name: "it is gone", Method: "DELETE", URL: "/promotions/p1", Prepare: as(root), Status: 404},
	}...)
	webtest.RunAPI(t, api.Handler(), doc, all)
	trail, err := w.store.Trail(t.Context(), "person:ann")
	require.NoError(t, err)
	require.True(t, trail.Choice.Off)
	require.False(t, trail.Shows[0].DismissedAt.IsZero())
	require.Equal(t, "v1", trail.Shows[0].Visit)
	for _, op := range api.Ops() {
		require.NotEmpty(t, op.Policy)
	}
}

// TestPreviewCountsNothing: looking at the portal as somebody leaves no trace.
func TestPreviewCountsNothing(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a", PerPerson: 1, Holdout: 100})
	l, err := w.Preview(t.Context(), root, profile.Actor{}, "", "home")
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, offers(l, "aside"))
	require.Empty(t, w.events())
}

// TestRulesAtTheSameTime: administrators who save different rules at once do not
// stand in each other's way.
func TestRulesAtTheSameTime(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	faults := make(chan error, 4)
	for i := range 4 {
		go func() {
			_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "r" + string(rune('a'+i)), Do: layout.ActionPin, Ref: "i0"})
			faults <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-faults)
	}
	book, err := w.Rules(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, book.Rules, 4)
	require.Equal(t, 4, book.Revision)
	_, err = w.SaveRule(t.Context(), ann, layout.Rule{ID: "x", Do: layout.ActionPin, Ref: "i0"})
	require.ErrorIs(t, err, layout.ErrForbidden)
	require.ErrorIs(t, w.RemoveRule(t.Context(), ann, "ra", 1), layout.ErrForbidden)
}
