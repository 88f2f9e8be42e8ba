package matrix_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// The same calls over HTTP have to end as the tables say: handlers decide
// nothing of their own.

// A served is a registered operation as a program asks for it.
type served struct {
	name  string // of the operation
	route string // that leads to it
	ask   func(w *world, by profile.Actor, state string) (path string, body any)
	found func(by profile.Actor, state string) string // what the answer holds if the thing is among it; nil means any
}

// askers are the roles whose calls are made over HTTP too: handlers do not know
// of roles, so that these stand for all.
var askers = []string{"anyone", "customer", "manager", "agent", "admin"}

func TestServedLikeTheTables(t *testing.T) {
	long(t)
	p, err := readPolicy()
	require.NoError(t, err)
	registered := map[string]operation{}
	for _, op := range operations() {
		registered[op.name] = op
	}
	var ops []operation
	for _, one := range servedOperations() {
		op, known := registered[one.name]
		require.True(t, known, one.name)
		ops = append(ops, operation{name: op.name, on: op.on, call: one.call})
	}
	v := judgeBy(t, p, ops, askers, func(t *testing.T) *world { return newWorld(t, sound) })
	t.Logf("%d cells, %d wrong, %d leaks", v.cells, len(v.wrong), len(v.leaks))
	require.Empty(t, v.wrong)
	require.Empty(t, v.leaks)
	require.Empty(t, v.traces)
}

// call asks for the operation over HTTP.
func (s served) call(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
	method := ""
	for _, op := range w.desk.API().Ops() {
		if op.Name == s.route {
			method = op.Method
		}
	}
	path, body := s.ask(w, by, state)
	text, err := json.Marshal(body)
	if err != nil {
		return nil, false, err
	}
	if body == nil {
		text = nil
	}
	by.Assurance = profile.AssuranceStrong
	r := httptest.NewRequestWithContext(profile.NewContext(ctx, by), method, path, strings.NewReader(string(text)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", `"1"`)
	answer := httptest.NewRecorder()
	w.desk.ServeHTTP(answer, r)
	got := strings.ReplaceAll(answer.Body.String(), `"`, " ") // canaries are looked for as words
	switch answer.Code {
	case http.StatusForbidden, http.StatusUnauthorized:
		if err = errs.Forbidden; by.Anonymous() != (answer.Code == http.StatusUnauthorized) {
			err = fmt.Errorf("%d for %q", answer.Code, by.ID)
		}
	case http.StatusNotFound:
		err = errs.NotFound
	case http.StatusConflict:
		err = errs.Conflict
	case http.StatusUnprocessableEntity:
		err = fmt.Errorf("%w: %s", errs.Invalid, answer.Body)
	default:
		if answer.Code > 299 {
			err = fmt.Errorf("%d: %s", answer.Code, answer.Body)
		}
	}
	found := s.found == nil || strings.Contains(answer.Body.String(), s.found(by, state))
	return got, found, err
}

// alike are the routes that are left out above, for they ask what another one
// asks, and the operation that they lead to.
var alike = map[string]string{
	"profile.my_sessions": "profile.Sessions.List", "profile.end_my_session": "profile.Sessions.Revoke", "profile.end_my_sessions": "profile.Sessions.RevokeAll",
	"profile.my_address": "profile.Bounces.Mine", "profile.retry_my_address": "profile.Bounces.Retry",
	"profile.add_role": "profile.SaveRole", "profile.save_role": "profile.SaveRole", "profile.add_account": "profile.SaveAccount", "profile.add_field": "profile.SaveField", "profile.save_field": "profile.SaveField",
}

// servedRoutes returns which routes lead to an operation that is registered.
func servedRoutes() map[string]bool {
	out := map[string]bool{}
	for _, one := range servedOperations() {
		out[one.route] = true
	}
	for _, op := range operations() {
		for route, name := range alike {
			if op.name == name {
				out[route] = true
			}
		}
	}
	return out
}

func servedOperations() []served {
	return slices.Concat(servedPeople(), servedChanges(), servedAccounts(), servedSegments(), servedFields(), servedRoles(), servedSessions(), servedOthers())
}

// to returns what asks for a path with a person's or an account's ID in it.
func to(path string, body any) func(*world, profile.Actor, string) (string, any) {
	return func(_ *world, by profile.Actor, state string) (string, any) { return idIn(path, by, state), body }
}

// idIn puts the ID of who or what a call is about into a path.
func idIn(path string, by profile.Actor, state string) string {
	id := subject(by, state)
	if slices.Contains(states["account"], state) || slices.Contains(states["field"], state) {
		id = state
	}
	return strings.Replace(path, "{id}", id, 1)
}

func idHeld(by profile.Actor, state string) string { return `"id":"` + idIn("{id}", by, state) + `"` }

// part is what is found if the answer holds a text.
func part(text string) func(profile.Actor, string) string {
	return func(profile.Actor, string) string { return text }
}

func servedPeople() []served {
	return []served{
		{"profile.Person", "profile.person", to("/people/{id}", nil), idHeld},
		{"profile.People", "profile.people", to("/people?limit=200", nil), idHeld},
		{"profile.Access", "profile.access", to("/people/{id}/access", nil), nil},
		{"profile.TryAccess", "profile.try_access", to("/people/bob/access", map[string]any{"name": "B", "account": "acme", "roles": []string{"manager"}}), nil},
		{"profile.Export", "profile.export", to("/people/{id}/export", nil), nil},
		{"profile.EraseEverything", "profile.erase", to("/people/{id}/erasure", map[string]any{"mode": "delete"}), nil},
	}
}

func servedChanges() []served {
	return []served{
		{"profile.SavePerson", "profile.save_person", personWith(func(p map[string]any) { p["name"] = "Renamed" }), nil},
		{"profile.SavePerson/promote", "profile.save_person", personWith(func(p map[string]any) {
			if roles := p["roles"].([]profile.Role); !slices.Contains(roles, profile.RoleReviewer) {
				p["roles"] = append(slices.Clone(roles), profile.RoleReviewer)
			}
		}), nil},
		{"profile.SavePerson/add", "profile.add_person", to("/people", map[string]any{"name": "New", "account": "acme", "roles": []string{"customer"}}), nil},
		{"profile.DisablePerson", "profile.disable_person", to("/people/{id}/disabled", nil), nil},
		{"profile.EnablePerson", "profile.enable_person", to("/people/{id}/disabled", nil), nil},
		{"profile.RemovePerson", "profile.remove_person", to("/people/{id}", nil), nil},
	}
}

// personWith asks for a change of somebody, as they are in the store.
func personWith(change func(map[string]any)) func(*world, profile.Actor, string) (string, any) {
	return func(w *world, by profile.Actor, state string) (string, any) {
		p, err := w.keeping.Person(context.Background(), subject(by, state))
		if err != nil {
			p = profile.Person{Name: "N"}
		}
		body := map[string]any{"name": p.Name, "email": p.Email, "account": p.Account, "roles": append([]profile.Role{}, p.Roles...)}
		change(body)
		return idIn("/people/{id}", by, state), body
	}
}

func servedAccounts() []served {
	return []served{
		{"profile.Account", "profile.account", to("/accounts/{id}", nil), nil},
		{"profile.Accounts", "profile.accounts", to("/accounts", nil), idHeld},
		{"profile.SaveAccount/own", "profile.save_account", func(w *world, by profile.Actor, state string) (string, any) {
			a, err := w.keeping.Account(context.Background(), state)
			if err != nil {
				a = profile.Account{ID: state, Name: "N"}
			}
			return "/accounts/" + state, map[string]any{"name": a.Name, "attributes": edited(by, maps.Clone(a.Attributes), "own")}
		}, nil},
	}
}

func servedSegments() []served {
	rule := map[string]any{"fact": profile.FactPlan, "op": "in", "values": []string{"gold"}}
	return []served{
		{"profile.Segments", "profile.segments", to("/segments", nil), nil},
		{"profile.Segments", "profile.segment", to("/segments/partner", nil), nil},
		{"profile.RuleFacts", "profile.segment_facts", to("/segment-facts", nil), nil},
		{"profile.TrySegment", "profile.try_segment", to("/segments/gold/trial", map[string]any{"rule": rule}), nil},
		{"profile.SaveSegment", "profile.add_segment", to("/segments", map[string]any{"name": "gold", "title": "Gold", "rule": rule}), nil},
		{"profile.SaveSegment", "profile.save_segment", to("/segments/partner", map[string]any{"title": "Gold", "rule": rule}), nil},
		{"profile.RemoveSegment", "profile.remove_segment", to("/segments/partner", nil), nil},
	}
}

func servedFields() []served {
	label := map[string]any{"label": map[string]string{"en": "New"}, "edit": "self"}
	named := func(_ profile.Actor, state string) string { return `"name":"` + state + `"` }
	inForm := func(_ profile.Actor, state string) string { return `"attributes.` + state + `"` }
	return []served{
		{"profile.Fields", "profile.fields", to("/fields/person", nil), named},
		{"profile.Fields/accounts", "profile.fields", to("/fields/account", nil), named},
		{"profile.Fields", "profile.field", to("/fields/person/{id}", nil), named},
		{"profile.Fields", "profile.form_rules", to("/form-rules/person", nil), inForm},
		{"profile.TryField", "profile.try_field", to("/fields/person/own/trial", label), nil},
		{"profile.RemoveField", "profile.remove_field", to("/fields/person/{id}", nil), nil},
	}
}

func servedRoles() []served {
	role := func(path string, body any) func(*world, profile.Actor, string) (string, any) {
		return func(_ *world, _ profile.Actor, state string) (string, any) {
			if state == "none" {
				state = "member.none"
			}
			return strings.Replace(path, "{key}", state, 1), body
		}
	}
	return []served{
		{"profile.Roles", "profile.roles", role("/roles", nil), func(_ profile.Actor, state string) string { return `"key":"` + state + `"` }},
		{"profile.Role", "profile.role", role("/roles/{key}", nil), nil},
		{"profile.TryRole", "profile.try_role", role("/roles/{key}/trial", map[string]any{"permissions": []string{}}), nil},
		{"profile.RemoveRole", "profile.remove_role", role("/roles/{key}", nil), nil},
		{"profile.TryRemoveRole", "profile.try_remove_role", role("/roles/{key}/removal?instead=customer", nil), nil},
	}
}

func servedSessions() []served {
	session := func(path string) func(*world, profile.Actor, string) (string, any) {
		return func(w *world, by profile.Actor, state string) (string, any) {
			return idIn(path, by, state) + "/" + w.session[subject(by, state)], nil
		}
	}
	return []served{
		{"profile.Sessions.List", "profile.sessions", to("/people/{id}/sessions", nil), part(`"via":"demo"`)},
		{"profile.Sessions.Revoke", "profile.end_session", session("/people/{id}/sessions"), nil},
		{"profile.Sessions.RevokeAll", "profile.end_sessions", to("/people/{id}/sessions", nil), func(_ profile.Actor, state string) string {
			if state == "self" {
				return `"ended":2`
			}
			return `"ended":1`
		}},
		{"profile.Identities.List", "profile.identities", to("/people/{id}/identities", nil), part(`"via":"idp"`)},
		{"profile.Identities.Link", "profile.link_identity", func(_ *world, by profile.Actor, state string) (string, any) {
			return idIn("/people/{id}/identities", by, state), map[string]any{"via": "idp", "subject": "fresh-" + state}
		}, nil},
		{"profile.Identities.Unlink", "profile.unlink_identity", func(_ *world, by profile.Actor, state string) (string, any) {
			return "/identities?via=idp&subject=" + subjectOf(subject(by, state)), nil
		}, nil},
	}
}

func servedOthers() []served {
	invite := func(roles ...string) func(*world, profile.Actor, string) (string, any) {
		return func(_ *world, _ profile.Actor, state string) (string, any) {
			return "/invitations", map[string]any{"address": newAddress(), "account": state, "roles": append([]string{}, roles...)}
		}
	}
	connect := func(body map[string]any) func(*world, profile.Actor, string) (string, any) {
		return to("/connections", body)
	}
	return []served{
		{"profile.Invitations.Invite", "profile.invite", invite(), nil},
		{"profile.Invitations.Invite/reviewer", "profile.invite", invite("reviewer"), nil},
		{"profile.Invitations.List", "profile.invitations", to("/invitations?account={id}", nil), func(_ profile.Actor, state string) string { return `"account":"` + state + `"` }},
		{"profile.Invitations.Revoke", "profile.revoke_invitation", func(w *world, _ profile.Actor, state string) (string, any) {
			return "/invitations/" + w.invited[state], nil
		}, nil},
		{"profile.Connections.Make", "profile.connect", connect(map[string]any{"kind": "directory", "name": "New", "account": "acme"}), nil},
		{"profile.Connections.Make/staff", "profile.connect", connect(map[string]any{"kind": "widget", "name": "New", "staff": true}), nil},
		{"profile.Connections.List", "profile.connections", to("/connections", nil), nil},
		{"profile.Connections.End", "profile.end_connection", func(w *world, _ profile.Actor, _ string) (string, any) {
			return "/connections/" + w.connected, nil
		}, nil},
	}
}
