package profile_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
)

// A counter is a directory and all that goes with it, over HTTP.
type counter struct {
	*portal
	http.Handler
	doc   web.Document
	ops   []web.Op
	fails error // of the next letter
	sent  []string
}

const below = "/help/api"

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{portal: newPortal(t)}
	links, _ := newLinks(c.portal)
	sessions := newSessions(c.portal, profile.SessionOptions{})
	clock := func() time.Time { return c.now }
	bounces := profile.NewBounces(c.store, c.Directory, &profile.BounceOptions{Now: clock})
	h := profile.NewHandler(c.Directory, &profile.HandlerOptions{
		Sessions: sessions, Identities: profile.NewIdentities(c.store, c.Directory, sessions), Bounces: bounces,
		Connections: profile.NewConnections(c.store, c.Directory, &profile.ConnectionOptions{Secret: []byte(portalSecret), Now: clock}),
		Invitations: profile.NewInvitations(links, c.Directory, &profile.InvitationOptions{
			Send: func(_ context.Context, i profile.Invitation, _ string) error {
				c.sent = append(c.sent, i.Address)
				return c.fails
			},
			Link: func(_ context.Context, i profile.Invitation, token string) string {
				return "https://help.example/join/" + token
			},
		}),
	})
	c.Handler, c.doc, c.ops = http.StripPrefix(below, h), h.API().OpenAPI(below), h.API().Ops()
	for _, who := range []string{"bob", "bob", "gus"} {
		signIn(t, sessions, newBrowser(t), profile.SignIn{Person: who, Via: "demo"})
	}
	require.NoError(t, bounces.Note(t.Context(), profile.BounceReport{Address: "bob@acme.example", Kind: profile.BounceHard}))
	_, err := c.SaveField(t.Context(), root, profile.Field{Name: "phone", Label: label("Telephone"), Type: profile.FieldPhone, Edit: profile.FieldBySelf})
	require.NoError(t, err)
	_, err = c.SaveField(t.Context(), root, profile.Field{Name: "score", Label: label("Score"), Edit: profile.FieldHidden})
	require.NoError(t, err)
	_, err = c.SaveRole(t.Context(), c.portal.as(t, "root"), profile.CustomRole{Key: "member.buyer", Name: label("Buyer"), Permissions: []profile.Permission{profile.PermissionMembersRead}})
	require.NoError(t, err)
	_, err = c.SaveSegment(t.Context(), root, profile.Segment{Name: "big", Title: "Big", Rule: cond("plan", profile.OpIn, "enterprise")})
	require.NoError(t, err)
	return c
}

// as makes a request come from a person; one with an exclamation mark has just
// proved who they are.
func (c *counter) as(t *testing.T, who string) func(*http.Request) *http.Request {
	id, sure := strings.CutSuffix(who, "!")
	by := c.portal.as(t, id)
	if sure {
		by.Assurance = profile.AssuranceStrong
	}
	return func(r *http.Request) *http.Request { return r.WithContext(profile.NewContext(r.Context(), by)) }
}

// A line is a scenario in short.
type line struct {
	who, method, url, body string
	header                 string // "If-Match: 1, Idempotency-Key: k"
	status                 int
	want                   string // parts of the answer, by a space
	not                    string
}

func (c *counter) run(t *testing.T, lines ...line) {
	t.Helper()
	var all []webtest.Scenario
	for i, l := range lines {
		s := webtest.Scenario{
			Name: fmt.Sprintf("%d %s %s %s", i, l.who, l.method, l.url), Method: l.method, URL: below + l.url, Body: l.body, Header: headers(l.header),
			Prepare: c.as(t, l.who), Status: l.status, Want: strings.Fields(l.want), Not: strings.Fields(l.not),
		}
		all = append(all, s)
	}
	webtest.RunAPI(t, c.Handler, c.doc, all)
}

func headers(text string) map[string]string {
	out := map[string]string{}
	for _, one := range strings.Split(text, ", ") {
		name, value, _ := strings.Cut(one, ": ")
		switch name {
		case "":
		case "If-Match":
			out[name] = `"` + value + `"`
		default:
			out[name] = value
		}
	}
	return out
}

// calls are one good call of each operation that is sent something or whose
// path has names in it.
var calls = map[string]struct{ path, body string }{
	"profile.save_preferences": {"/me/preferences", `{"theme":"dark"}`},
	"profile.consent":          {"/me/consents", `{"purpose":"news","wording":"n-1","given":true}`},
	"profile.shelf":            {"/me/shelf/favourites", ""},
	"profile.shelve":           {"/me/shelf/favourites", `{"ref":"article/1"}`},
	"profile.unshelve":         {"/me/shelf/favourites", ""},
	"profile.end_my_session":   {"/me/sessions/none", ""},
	"profile.view":             {"/people/bob/view", ""},

	"profile.add_person":     {"/people", `{"name":"New","roles":["customer"]}`},
	"profile.person":         {"/people/bob", ""},
	"profile.save_person":    {"/people/bob", `{"name":"Bob","email":"bob@acme.example","account":"acme","roles":["customer"]}`},
	"profile.remove_person":  {"/people/bob", ""},
	"profile.disable_person": {"/people/bob/disabled", ""},
	"profile.enable_person":  {"/people/bob/disabled", ""},
	"profile.access":         {"/people/bob/access", ""},
	"profile.try_access":     {"/people/bob/access", `{"name":"Bob","account":"acme","roles":["manager"]}`},
	"profile.export":         {"/people/bob/export", ""},
	"profile.erase":          {"/people/bob/erasure", `{"mode":"delete"}`},
	"profile.sessions":       {"/people/bob/sessions", ""},
	"profile.end_sessions":   {"/people/bob/sessions", ""},
	"profile.end_session":    {"/people/bob/sessions/none", ""},
	"profile.identities":     {"/people/bob/identities", ""},
	"profile.link_identity":  {"/people/bob/identities", `{"via":"idp","subject":"b-1"}`},

	"profile.add_account":  {"/accounts", `{"name":"New"}`},
	"profile.account":      {"/accounts/acme", ""},
	"profile.save_account": {"/accounts/acme", `{"name":"Acme"}`},

	"profile.add_segment":    {"/segments", `{"name":"new","title":"New","rule":{"fact":"plan","op":"known"}}`},
	"profile.segment":        {"/segments/big", ""},
	"profile.save_segment":   {"/segments/big", `{"title":"Big","rule":{"fact":"plan","op":"known"}}`},
	"profile.remove_segment": {"/segments/big", ""},
	"profile.try_segment":    {"/segments/big/trial", `{"rule":{"fact":"plan","op":"known"}}`},

	"profile.fields":       {"/fields/person", ""},
	"profile.add_field":    {"/fields/person", `{"name":"city","label":{"en":"City"}}`},
	"profile.field":        {"/fields/person/phone", ""},
	"profile.save_field":   {"/fields/person/phone", `{"label":{"en":"Phone"}}`},
	"profile.remove_field": {"/fields/person/phone", ""},
	"profile.try_field":    {"/fields/person/phone/trial", `{"label":{"en":"Phone"}}`},
	"profile.form_rules":   {"/form-rules/person", ""},

	"profile.add_role":        {"/roles", `{"key":"staff.lead","name":{"en":"Lead"}}`},
	"profile.role":            {"/roles/member.buyer", ""},
	"profile.save_role":       {"/roles/member.buyer", `{"name":{"en":"Buyer"}}`},
	"profile.remove_role":     {"/roles/member.buyer", ""},
	"profile.try_role":        {"/roles/member.buyer/trial", `{"permissions":[]}`},
	"profile.try_remove_role": {"/roles/member.buyer/removal", ""},

	"profile.invite":            {"/invitations", `{"address":"new@acme.example"}`},
	"profile.revoke_invitation": {"/invitations/none", ""},
	"profile.connect":           {"/connections", `{"kind":"directory","name":"Okta","account":"acme"}`},
	"profile.end_connection":    {"/connections/none", ""},
}

// call returns a good call of an operation.
func (c *counter) call(t *testing.T, op web.Op) webtest.Scenario {
	t.Helper()
	one, known := calls[op.Name]
	if !known {
		require.Nil(t, op.In, "calls lacks %s", op.Name)
		require.NotContains(t, op.Path, "{", "calls lacks %s", op.Name)
		one.path = op.Path
	}
	s := webtest.Scenario{Name: op.Name, Method: op.Method, URL: below + one.path, Body: one.body, Header: map[string]string{}}
	if op.Update {
		s.Header["If-Match"] = `"1"`
	}
	return s
}

// TestEveryOperationRefuses sends what is wrong to all operations there are.
func TestEveryOperationRefuses(t *testing.T) {
	c := newCounter(t)
	all := []webtest.Scenario{}
	add := func(s webtest.Scenario, what string, status int, change func(*webtest.Scenario)) {
		s.Name, s.Status, s.Prepare = s.Name+" "+what, status, c.as(t, "root!")
		header := map[string]string{}
		for name, value := range s.Header {
			header[name] = value
		}
		s.Header = header
		change(&s)
		all = append(all, s)
	}
	first := regexp.MustCompile(`^\{("[^"]+":("[^"]*"|\{.*?\}|\[\]|true))`)
	for _, op := range c.ops {
		s := c.call(t, op)
		if op.In != nil {
			add(s, "unknown field", 422, func(s *webtest.Scenario) { s.Body = `{"zzz":1,` + s.Body[1:]; s.Want = []string{`"zzz"`} })
			add(s, "twice the same", 422, func(s *webtest.Scenario) { s.Body = first.ReplaceAllString(s.Body, "{$1,$1") })
			add(s, "no object", 422, func(s *webtest.Scenario) { s.Body = `["a"]` })
			add(s, "no JSON", 422, func(s *webtest.Scenario) { s.Body = `{` })
			add(s, "wrong type", 422, func(s *webtest.Scenario) {
				s.Body = first.ReplaceAllString(s.Body, `{"theme":[1],"permissions":7,"key":7,"given":"x","name":[1],"ref":7,"title":7,"mode":7,"via":7,"rule":7,"label":7,"address":7,"kind":7`)
			})
			add(s, "too large", 413, func(s *webtest.Scenario) { s.Body += strings.Repeat(" ", 1<<20) })
			add(s, "a form", 415, func(s *webtest.Scenario) { s.Header["Content-Type"] = "application/x-www-form-urlencoded" })
		}
		if op.Update {
			add(s, "no version", 428, func(s *webtest.Scenario) { delete(s.Header, "If-Match") })
			add(s, "no tag", 422, func(s *webtest.Scenario) { s.Header["If-Match"] = "1" })
			add(s, "old version", 412, func(s *webtest.Scenario) { s.Header["If-Match"] = `"9"` })
		}
		if op.Create {
			add(s, "bad key", 422, func(s *webtest.Scenario) { s.Header["Idempotency-Key"] = "\x01" })
		}
	}
	webtest.RunAPI(t, c.Handler, c.doc, all)
	people, _, err := c.People(t.Context(), root, profile.PersonQuery{})
	require.NoError(t, err)
	require.Len(t, people, 6, "nothing came of it")
	require.Empty(t, c.sent)
}

// TestNobodyGetsAnything: whoever has not signed in is told nothing but that
// they are nobody.
func TestNobodyGetsAnything(t *testing.T) {
	c := newCounter(t)
	for _, op := range c.ops {
		if op.Public {
			continue
		}
		s := c.call(t, op)
		s.Prepare = c.as(t, "")
		answer := s.Serve(c.Handler)
		require.Contains(t, []int{401, 404}, answer.Code, "%s: %s", op.Name, answer.Body)
		for _, word := range []string{"Name of", "acme.example", "enterprise", "Telephone"} {
			require.NotContains(t, answer.Body.String(), word, op.Name)
		}
	}
}

// ranks are who asks, from nobody to whoever may everything, in the order of
// the statuses in TestWhoMayOverHTTP.
var ranks = []string{"bob", "carl", "ann", "gus", "root", "root!"}

// TestWhoMayOverHTTP: the rights are those of the front types, which
// internal/matrix checks; here is what becomes of them.
func TestWhoMayOverHTTP(t *testing.T) {
	c := newCounter(t)
	as := map[string]func(*http.Request) *http.Request{} // as they were at first
	for _, who := range ranks {
		as[who] = c.as(t, who)
	}
	// What changes something for one has to come last, or change nothing.
	for _, row := range []struct{ op, statuses string }{
		{"profile.people", "200 200 200 200 200 200"},
		{"profile.person", "200 404 200 200 200 200"},
		{"profile.accounts", "403 403 403 200 200 200"},
		{"profile.account", "200 404 200 200 200 200"},
		{"profile.access", "404 404 404 200 200 200"},
		{"profile.try_access", "404 404 404 200 200 200"},
		{"profile.segments", "403 403 403 200 200 200"},
		{"profile.segment", "403 403 403 200 200 200"},
		{"profile.segment_facts", "403 403 403 200 200 200"},
		{"profile.try_segment", "403 403 403 403 200 200"},
		{"profile.add_segment", "403 403 403 403 201 201"},
		{"profile.fields", "200 200 200 200 200 200"},
		{"profile.field", "200 200 200 200 200 200"},
		{"profile.form_rules", "200 200 200 200 200 200"},
		{"profile.try_field", "403 403 403 403 200 200"},
		{"profile.add_field", "403 403 403 403 201 201"},
		{"profile.my_sessions", "200 200 200 200 200 200"},
		{"profile.sessions", "200 404 404 404 200 200"},
		{"profile.end_session", "404 404 404 404 404 404"},
		{"profile.identities", "200 404 404 404 200 200"},
		{"profile.link_identity", "403 403 403 403 403 201"},
		{"profile.my_address", "200 200 200 200 200 200"},
		{"profile.invitations", "403 403 200 200 200 200"},
		{"profile.invite", "403 403 201 403 201 422"},
		{"profile.connections", "403 403 403 403 200 200"},
		{"profile.connect", "403 403 403 403 403 201"},
		{"profile.end_connection", "403 403 403 403 404 404"},
		{"profile.roles", "200 200 200 200 200 200"},
		{"profile.permissions", "200 200 200 200 200 200"},
		{"profile.role", "404 404 404 200 200 200"},
		{"profile.add_role", "403 403 403 403 403 201"},
		{"profile.try_role", "403 403 403 403 200 200"},
		{"profile.try_remove_role", "403 403 403 403 200 200"},
		{"profile.add_account", "403 403 403 403 201 201"},
		{"profile.save_account", "403 403 403 403 200 412"},
		{"profile.export", "403 403 403 403 403 200"},
		{"profile.erase", "403 403 403 403 403 200"},
		{"profile.save_person", "404 404 404 404 404 404"},
	} {
		i := slices.IndexFunc(c.ops, func(op web.Op) bool { return op.Name == row.op })
		require.GreaterOrEqual(t, i, 0, row.op)
		var got []string
		var last *httptest.ResponseRecorder
		for _, who := range ranks {
			s := c.call(t, c.ops[i])
			s.Prepare = as[who]
			last = s.Serve(c.Handler)
			got = append(got, fmt.Sprint(last.Code))
		}
		require.Equal(t, row.statuses, strings.Join(got, " "), "%s: %s", row.op, last.Body)
	}
}
