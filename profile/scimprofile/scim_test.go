package scimprofile_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/scimprofile"
)

const (
	acmeToken  = "acme-0123456789abcdef0123456789abcdef"
	zetaToken  = "zeta-0123456789abcdef0123456789abcdef"
	staffToken = "host-0123456789abcdef0123456789abcdef"
	enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

var (
	system = profile.Actor{ID: "scim", Roles: []profile.Role{profile.RoleAdmin}}
	day    = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
)

// A service is a provider with three identity providers that may call it.
type service struct {
	*profile.Directory
	store   profile.Store
	handler http.Handler
	now     time.Time
	token   string
}

func hash(t testing.TB, secret string) string {
	t.Helper()
	h, err := scimprofile.HashToken(secret)
	require.NoError(t, err)
	return h
}

func options(t testing.TB) scimprofile.Options {
	return scimprofile.Options{
		Actor: system, URL: "https://help.example/scim/v2",
		Tokens: []scimprofile.Token{
			{Hash: hash(t, acmeToken), Account: "acme", Roles: []profile.Role{profile.RoleCustomer, profile.RoleManager, profile.RolePartner}},
			{Hash: hash(t, zetaToken), Account: "zeta"},
			{Hash: hash(t, staffToken), Account: "us", Staff: true},
		},
		Groups: []scimprofile.Group{
			{ID: "managers", Name: "Support managers", Role: profile.RoleManager},
			{ID: "partners", Name: "Support partners", Role: profile.RolePartner},
			{ID: "agents", Name: "Support agents", Role: profile.RoleAgent},
		},
		Attributes: map[string]string{"title": "title", enterprise + ":department": "department", enterprise + ":manager": "boss"},
	}
}

func newService(t testing.TB, change ...func(*scimprofile.Options)) *service {
	t.Helper()
	return serviceOn(t, memprofile.New(), change...)
}

func serviceOn(t testing.TB, store profile.Store, change ...func(*scimprofile.Options)) *service {
	t.Helper()
	s := &service{store: store, now: day, token: acmeToken}
	s.Directory = profile.NewDirectory(store, &profile.Options{Now: func() time.Time { return s.now }})
	o := options(t)
	o.Now = func() time.Time { return s.now }
	for _, f := range change {
		f(&o)
	}
	p, err := scimprofile.New(s.Directory, o)
	require.NoError(t, err)
	s.handler = http.StripPrefix("/scim/v2", p.Handler())
	for _, id := range []string{"acme", "zeta", "us"} {
		_, err := s.SaveAccount(t.Context(), system, profile.Account{ID: id, Name: id})
		require.NoError(t, err)
	}
	s.add(t, "ann", "acme", profile.RoleCustomer, profile.RoleManager)
	s.add(t, "carl", "zeta", profile.RoleCustomer)
	s.add(t, "gus", "us", profile.RoleAgent)
	return s
}

func (s *service) add(t testing.TB, id, account string, roles ...profile.Role) {
	t.Helper()
	_, err := s.SavePerson(t.Context(), system, profile.Person{ID: id, Name: "Name of " + id, Email: id + "@" + cmp.Or(account, "mail") + ".example", Account: account, Roles: roles})
	require.NoError(t, err)
}

func (s *service) person(t testing.TB, id string) profile.Person {
	t.Helper()
	p, err := s.Person(t.Context(), system, id)
	require.NoError(t, err)
	return p
}

// A reply is what the service answered.
type reply struct {
	*httptest.ResponseRecorder
	body map[string]any
}

func (s *service) do(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, "/scim/v2"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	out := reply{w, nil}
	if w.Body.Len() > 0 {
		require.Equal(t, "application/scim+json", w.Header().Get("Content-Type"))
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out.body), w.Body.String())
	}
	return out
}

// ok does what must succeed with the status.
func (s *service) ok(t testing.TB, status int, method, path, body string, headers ...string) reply {
	t.Helper()
	r := s.do(t, method, path, body, headers...)
	require.Equal(t, status, r.Code, "%s %s: %s", method, path, r.Body)
	return r
}

// fails does what must be refused with the status and the scimType.
func (s *service) fails(t testing.TB, status int, kind, method, path, body string, headers ...string) {
	t.Helper()
	r := s.ok(t, status, method, path, body, headers...)
	require.Equal(t, []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, r.body["schemas"])
	require.Equal(t, http.StatusText(status), http.StatusText(r.Code))
	if kind == "" {
		require.NotContains(t, r.body, "scimType", "%s %s", method, path)
	} else {
		require.Equal(t, kind, r.body["scimType"], "%s %s: %s", method, path, r.Body)
	}
	require.NotEmpty(t, r.body["detail"])
}

func (r reply) id() string { id, _ := r.body["id"].(string); return id }

// at returns what is at a path of names and numbers.
func (r reply) at(path ...any) any {
	var v any = r.body
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

func patch(ops ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + strings.Join(ops, ",") + `]}`
}

func newUser(name string, more ...string) string {
	return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + name + `"` + strings.Join(append([]string{""}, more...), ",") + `}`
}

func (s *service) create(t testing.TB, name string, more ...string) string {
	t.Helper()
	return s.ok(t, 201, "POST", "/Users", newUser(name, more...)).id()
}

func TestTokens(t *testing.T) {
	s := newService(t, func(o *scimprofile.Options) {
		o.Tokens = append(o.Tokens, scimprofile.Token{Hash: hash(t, "next-"+acmeToken), Account: "acme", Until: day.Add(time.Hour)})
	})
	for name, authorization := range map[string][]string{
		"none": nil, "empty": {""}, "no token": {"Bearer"}, "empty token": {"Bearer "}, "spaces": {"Bearer  " + acmeToken},
		"another": {"Bearer " + acmeToken + "x"}, "cut": {"Bearer " + acmeToken[:36]}, "scheme": {"Basic " + acmeToken},
		"the hash": {"Bearer " + hash(t, acmeToken)}, "two": {"Bearer " + acmeToken, "Bearer " + acmeToken}, "huge": {"Bearer " + strings.Repeat("a", 1<<16)},
	} {
		for _, path := range []string{"/Users", "/Users/ann", "/Groups", "/ServiceProviderConfig", "/Schemas", "/nowhere"} {
			r := httptest.NewRequest("GET", "/scim/v2"+path, nil)
			for _, v := range authorization {
				r.Header.Add("Authorization", v)
			}
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			require.Equal(t, 401, w.Code, "%s %s", name, path)
			require.Contains(t, w.Header().Get("WWW-Authenticate"), "Bearer")
			require.NotContains(t, w.Body.String(), "ann")
		}
	}
	s.ok(t, 200, "GET", "/Users", "", "Authorization", "bearer "+acmeToken)
	s.token = "next-" + acmeToken
	s.ok(t, 200, "GET", "/Users", "")
	s.now = day.Add(time.Hour)
	s.fails(t, 401, "", "GET", "/Users", "")
}

func TestRefusesToStart(t *testing.T) {
	for _, weak := range []string{"", "short", strings.Repeat("a", 64), strings.Repeat("ab", 15)} {
		_, err := scimprofile.HashToken(weak)
		require.Error(t, err, weak)
	}
	d := profile.NewDirectory(memprofile.New(), nil)
	for name, change := range map[string]func(*scimprofile.Options){
		"no actor":         func(o *scimprofile.Options) { o.Actor = profile.Actor{} },
		"no token":         func(o *scimprofile.Options) { o.Tokens = nil },
		"no hash":          func(o *scimprofile.Options) { o.Tokens[0].Hash = "" },
		"the token itself": func(o *scimprofile.Options) { o.Tokens[0].Hash = acmeToken },
		"hash of nothing": func(o *scimprofile.Options) {
			o.Tokens[0].Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		},
		"no account":           func(o *scimprofile.Options) { o.Tokens[0].Account = "" },
		"everybody staff":      func(o *scimprofile.Options) { o.Roles = []profile.Role{profile.RoleAgent} },
		"group without a name": func(o *scimprofile.Options) { o.Groups[0].Name = "" },
		"group without a role": func(o *scimprofile.Options) { o.Groups[0].Role = "" },
		"two of one name":      func(o *scimprofile.Options) { o.Groups[0].Name = "support AGENTS" },
		"two of one role":      func(o *scimprofile.Options) { o.Groups[0].Role = profile.RoleAgent },
		"password kept":        func(o *scimprofile.Options) { o.Attributes["password"] = "password" },
		"attribute of ours":    func(o *scimprofile.Options) { o.Attributes["title"] = "scim.deleted" },
		"user name kept":       func(o *scimprofile.Options) { o.Attributes["userName"] = "x" },
	} {
		o := options(t)
		change(&o)
		_, err := scimprofile.New(d, o)
		require.Error(t, err, name)
	}
}

func TestDiscovery(t *testing.T) {
	s := newService(t)
	config := s.ok(t, 200, "GET", "/ServiceProviderConfig", "")
	require.Equal(t, true, config.at("patch", "supported"))
	require.Equal(t, false, config.at("bulk", "supported"))
	require.EqualValues(t, 200, config.at("filter", "maxResults"))
	require.Equal(t, "oauthbearertoken", config.at("authenticationSchemes", 0, "type"))
	types := s.ok(t, 200, "GET", "/ResourceTypes", "")
	require.EqualValues(t, 2, types.body["totalResults"])
	require.Equal(t, "/Users", s.ok(t, 200, "GET", "/ResourceTypes/User", "").body["endpoint"])
	schemas := s.ok(t, 200, "GET", "/Schemas", "")
	require.EqualValues(t, 2, schemas.body["totalResults"])
	require.Equal(t, "User", s.ok(t, 200, "GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "").body["name"])
	for _, path := range []string{"/Schemas/x", "/ResourceTypes/x", "/Bulk", "/Me", "/", "/users"} {
		s.fails(t, 404, "", "GET", path, "")
	}
}

func TestBodies(t *testing.T) {
	s := newService(t)
	id := s.create(t, "new@acme.example")
	for name, body := range map[string]string{
		"empty": " ", "cut": `{"userName":`, "list": `[]`, "text": `"x"`, "two": `{} {}`, "not UTF-8": "{\"userName\":\"\xff\"}",
		"twice": `{"userName":"a","userName":"b"}`, "twice in capitals": `{"userName":"a","USERNAME":"b"}`,
		"deep": `{"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
	} {
		s.fails(t, 400, "invalidSyntax", "POST", "/Users", body)
		s.fails(t, 400, "invalidSyntax", "PUT", "/Users/"+id, body)
		s.fails(t, 400, "invalidSyntax", "PATCH", "/Users/"+id, body)
		_ = name
	}
	s.fails(t, 415, "", "POST", "/Users", newUser("x"), "Content-Type", "text/plain")
	s.fails(t, 413, "", "POST", "/Users", newUser("x", `"x":"`+strings.Repeat("x", 2<<20)+`"`))
	for kind, bodies := range map[string][]string{
		"invalidSyntax": {
			`{"Operations":[{"op":"replace","value":{"active":false}}]}`, patch(), patch(`1`), patch(`{"op":"delete","path":"active"}`), patch(`{"path":"active","value":false}`),
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{}}`,
		},
		"noTarget":     {patch(`{"op":"remove"}`), patch(`{"op":"remove","path":"emails[value eq \"x@y.example\"]"}`)},
		"invalidPath":  {patch(`{"op":"replace","path":"nonsense","value":1}`), patch(`{"op":"replace","path":"emails[","value":1}`), patch(`{"op":"replace","path":7,"value":1}`), patch(`{"op":"add","path":"emails[x eq \"1\"].value","value":"a@b.example"}`), patch(`{"op":"add","path":"emails[type eq \"work\"]..value","value":"a@b.example"}`), patch(`{"op":"add","path":"emails[type co \"work\"].value","value":"a@b.example"}`)},
		"invalidValue": {patch(`{"op":"replace","path":"active"}`), patch(`{"op":"replace","path":"active","value":"maybe"}`), patch(`{"op":"remove","path":"active"}`), patch(`{"op":"remove","path":"userName"}`), patch(`{"op":"replace","path":"userName","value":" "}`), patch(`{"op":"replace","path":"displayName","value":{"a":1}}`), patch(`{"op":"replace","value":"x"}`), patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"nobody"}`), patch(`{"op":"replace","path":"name","value":"x"}`)},
		"mutability":   {patch(`{"op":"replace","path":"id","value":"root"}`), patch(`{"op":"add","path":"groups","value":[{"value":"agents"}]}`), patch(`{"op":"replace","path":"meta","value":{}}`)},
	} {
		for _, body := range bodies {
			s.fails(t, 400, kind, "PATCH", "/Users/"+id, body)
		}
	}
	require.Equal(t, 1, s.person(t, id).Version, "nothing of it was kept")
}

func TestVersions(t *testing.T) {
	s := newService(t)
	r := s.ok(t, 201, "POST", "/Users", newUser("new@acme.example"))
	require.Equal(t, `W/"1"`, r.Header().Get("ETag"))
	require.Equal(t, `W/"1"`, r.at("meta", "version"))
	path := "/Users/" + r.id()
	require.Equal(t, "https://help.example/scim/v2"+path, r.Header().Get("Location"))
	s.ok(t, 304, "GET", path, "", "If-None-Match", `W/"1"`)
	off := patch(`{"op":"replace","value":{"active":false}}`)
	s.fails(t, 412, "", "PATCH", path, off, "If-Match", `W/"2"`)
	s.fails(t, 412, "", "DELETE", path, "", "If-Match", `W/"7"`)
	require.False(t, s.person(t, r.id()).Disabled)
	r = s.ok(t, 200, "PATCH", path, off, "If-Match", `W/"1"`)
	require.Equal(t, `W/"2"`, r.Header().Get("ETag"))
	r = s.ok(t, 200, "PATCH", path, off)
	require.Equal(t, `W/"2"`, r.Header().Get("ETag"), "what changes nothing makes no version")
	s.ok(t, 200, "GET", path, "", "If-None-Match", `W/"1"`)
	s.ok(t, 204, "DELETE", path, "", "If-Match", "*")
}

func TestPages(t *testing.T) {
	s := newService(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		s.create(t, name+"@acme.example", `"displayName":"`+name+`"`)
	}
	for query, want := range map[string][]int{ // total, start, on the page
		"": {5, 1, 5}, "?count=2": {5, 1, 2}, "?startIndex=4&count=10": {5, 4, 2}, "?startIndex=6": {5, 6, 0}, "?startIndex=0&count=1": {5, 1, 1},
		"?startIndex=-7": {5, 1, 5}, "?count=0": {5, 1, 0}, "?count=-1": {5, 1, 0}, "?count=999999": {5, 1, 5}, "?startIndex=2147483647": {5, 2147483647, 0},
	} {
		r := s.ok(t, 200, "GET", "/Users"+query, "")
		list, _ := r.body["Resources"].([]any)
		require.EqualValues(t, want[0], r.body["totalResults"], query)
		require.EqualValues(t, want[1], r.body["startIndex"], query)
		require.EqualValues(t, want[2], r.body["itemsPerPage"], query)
		require.Len(t, list, want[2], query)
	}
	for _, query := range []string{"?count=x", "?startIndex=99999999999999999999", "?count=1.5"} {
		s.fails(t, 400, "invalidValue", "GET", "/Users"+query, "")
	}
}

// TestTokensAsItRuns: a host makes and revokes tokens while the service runs.
func TestTokensAsItRuns(t *testing.T) {
	made := map[string]scimprofile.Token{"fresh-" + acmeToken: {Account: "acme"}, "loose-" + acmeToken: {}}
	down := error(nil)
	s := newService(t, func(o *scimprofile.Options) {
		o.Find = func(_ context.Context, secret string) (scimprofile.Token, error) {
			found, ok := made[secret]
			if !ok {
				return found, errors.Join(profile.ErrNotFound, down)
			}
			return found, down
		}
	})
	s.ok(t, 200, "GET", "/Users", "")
	s.token = "fresh-" + acmeToken
	id := s.create(t, "new@acme.example")
	s.ok(t, 200, "GET", "/Users/"+id, "")
	down = profile.ErrUnavailable
	s.fails(t, 503, "", "GET", "/Users/"+id, "")
	down = nil
	delete(made, s.token)
	s.fails(t, 401, "", "GET", "/Users/"+id, "")
	for _, wrong := range []string{"loose-" + acmeToken, "other-" + acmeToken, "short"} {
		s.token = wrong
		s.fails(t, 401, "", "GET", "/Users", "")
	}
	_, err := scimprofile.New(profile.NewDirectory(memprofile.New(), nil), scimprofile.Options{
		Actor: profile.Actor{ID: "scim"}, Find: func(context.Context, string) (scimprofile.Token, error) { return scimprofile.Token{}, nil },
	})
	require.NoError(t, err, "it takes no other token then")
}
