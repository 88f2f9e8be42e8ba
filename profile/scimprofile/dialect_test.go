package scimprofile_test

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/scimprofile"
)

func query(filter string) string { return "?filter=" + url.QueryEscape(filter) }

// What Microsoft Entra ID sends when somebody joins, changes and leaves.
func TestEntra(t *testing.T) {
	s := newService(t)
	find := "/Users" + query(`userName eq "jo.doe@acme.example"`)
	require.EqualValues(t, 0, s.ok(t, 200, "GET", find, "").body["totalResults"])
	r := s.ok(t, 201, "POST", "/Users", `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "Jo.Doe@acme.example", "active": true,
		"displayName": "Jo Doe", "name": {"formatted": "Jo Doe", "givenName": "Jo", "familyName": "Doe"},
		"emails": [{"primary": true, "type": "work", "value": "jo@acme.example"}],
		"phoneNumbers": [{"type": "mobile", "value": "+1 555"}], "preferredLanguage": "de-AT", "roles": [],
		"addresses": [{"type": "work", "formatted": "Street 1"}], "title": "Technician",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Field service", "manager": {"value": "boss-7"}, "employeeNumber": "17"}
	}`)
	id := r.id()
	p := s.person(t, id)
	require.Equal(t, []string{"Jo Doe", "jo@acme.example", "acme", "de-AT"}, []string{p.Name, p.Email, p.Account, p.Locale})
	require.Equal(t, []profile.Role{profile.RoleCustomer}, p.Roles)
	require.Equal(t, []string{"Field service"}, p.Attributes["department"])
	require.Equal(t, []string{"boss-7"}, p.Attributes["boss"])
	require.Equal(t, "Field service", r.at(enterprise, "department"))
	require.Equal(t, "boss-7", r.at(enterprise, "manager", "value"))
	require.NotContains(t, r.body, "phoneNumbers")
	for _, filter := range []string{
		`userName eq "jo.doe@acme.example"`, `USERNAME EQ "JO.DOE@ACME.EXAMPLE"`, `externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"`,
		`emails[type eq "work"].value eq "jo@acme.example"`, `emails.value eq "jo@acme.example"`, `id eq "` + id + `"`,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jo.doe@acme.example"`,
	} {
		r := s.ok(t, 200, "GET", "/Users"+query(filter), "")
		require.EqualValues(t, 1, r.body["totalResults"], filter)
		require.Equal(t, id, r.at("Resources", 0, "id"), filter)
	}

	s.ok(t, 200, "PATCH", "/Users/"+id, patch(
		`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"doe@acme.example"}`,
		`{"op":"Add","path":"emails[type eq \"home\"].value","value":"home@else.example"}`,
		`{"op":"Replace","path":"name.familyName","value":"Roe"}`,
		`{"op":"Replace","path":"displayName","value":"Jo Roe"}`,
		`{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Sales"}`,
		`{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":[{"$ref":null,"value":"boss-8"}]}`,
		`{"op":"Remove","path":"title"}`,
		`{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 556"}`,
	))
	p = s.person(t, id)
	require.Equal(t, []string{"Jo Roe", "doe@acme.example"}, []string{p.Name, p.Email})
	require.Equal(t, []string{"Sales"}, p.Attributes["department"])
	require.Equal(t, []string{"boss-8"}, p.Attributes["boss"])
	require.NotContains(t, p.Attributes, "title")

	for i, op := range []string{
		`{"op":"Replace","path":"active","value":"False"}`, `{"op":"Replace","path":"active","value":"True"}`,
		`{"op":"replace","value":{"active":false}}`, `{"op":"Add","path":"active","value":"tRUE"}`,
		`{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]}`, `{"op":"replace","path":"active","value":true}`,
		`{"op":"REPLACE","value":{"active":"False"}}`,
	} {
		r := s.ok(t, 200, "PATCH", "/Users/"+id, patch(op))
		require.Equal(t, i%2 == 0, s.person(t, id).Disabled, op)
		require.Equal(t, i%2 == 1, r.body["active"], op)
	}
	s.ok(t, 204, "DELETE", "/Users/"+id, "")
	s.fails(t, 404, "", "GET", "/Users/"+id, "")
}

// What Okta sends.
func TestOkta(t *testing.T) {
	s := newService(t)
	r := s.ok(t, 201, "POST", "/Users", `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "isaac.brock@acme.example",
		"name": {"givenName": "Isaac", "familyName": "Brock"}, "emails": [{"primary": true, "value": "isaac.brock@acme.example", "type": "work"}],
		"displayName": "Isaac Brock", "locale": "en_US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq", "active": true
	}`)
	id := r.id()
	p := s.person(t, id)
	require.Equal(t, "en-US", p.Locale)
	require.NotContains(t, r.Body.String(), "1mz050nq")
	for _, values := range p.Attributes {
		require.NotContains(t, values, "1mz050nq", "no password is kept")
	}
	s.ok(t, 200, "PUT", "/Users/"+id, `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "`+id+`", "userName": "isaac@acme.example",
		"name": {"givenName": "Isaac", "middleName": "X", "familyName": "Rock"}, "emails": [{"primary": true, "value": "isaac@acme.example", "type": "work", "display": "x"}],
		"active": true, "groups": [], "meta": {"resourceType": "User"}
	}`)
	p = s.person(t, id)
	require.Equal(t, []string{"Isaac Rock", "isaac@acme.example", "en-US"}, []string{p.Name, p.Email, p.Locale})
	require.NotContains(t, p.Attributes, "scim.external_id", "what a PUT leaves out is gone")
	s.ok(t, 200, "PATCH", "/Users/"+id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`)
	require.True(t, s.person(t, id).Disabled)
	s.ok(t, 200, "PUT", "/Users/"+id, newUser("isaac@acme.example"))
	require.True(t, s.person(t, id).Disabled, "a PUT that does not say so lets nobody in again")
	s.ok(t, 200, "PUT", "/Users/"+id, newUser("isaac@acme.example", `"active":true`))
	require.False(t, s.person(t, id).Disabled)
}

func TestPatchShapes(t *testing.T) {
	for name, c := range map[string]struct {
		op    string
		check func(t *testing.T, p profile.Person)
	}{
		"names as paths in the value": {`{"op":"replace","value":{"name.givenName":"Ada","name.familyName":"L","emails[type eq \"work\"].value":"ada@acme.example","` + enterprise + `:department":"R&D"}}`, func(t *testing.T, p profile.Person) {
			require.Equal(t, []string{"Ada L", "ada@acme.example", "R&D"}, []string{p.Name, p.Email, p.Attributes["department"][0]})
		}},
		"an extension in the value": {`{"op":"add","value":{"` + enterprise + `":{"department":"R&D","costCenter":"4"}}}`, func(t *testing.T, p profile.Person) {
			require.Equal(t, []string{"R&D"}, p.Attributes["department"])
		}},
		"the core schema in the value": {`{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"title":"Dr"}}}`, func(t *testing.T, p profile.Person) {
			require.Equal(t, []string{"Dr"}, p.Attributes["title"])
		}},
		"name as an object": {`{"op":"replace","path":"name","value":{"givenName":"Ada","familyName":"L"}}`, func(t *testing.T, p profile.Person) { require.Equal(t, "Ada L", p.Name) }},
		"name removed": {`{"op":"remove","path":"name"}`, func(t *testing.T, p profile.Person) {
			require.NotContains(t, p.Attributes, "scim.given_name")
			require.Equal(t, "new@acme.example", p.Name)
		}},
		"emails as a list": {`{"op":"add","path":"emails","value":[{"type":"home","value":"h@x.example"},{"type":"work","value":"w@acme.example"}]}`, func(t *testing.T, p profile.Person) {
			require.Equal(t, "w@acme.example", p.Email)
		}},
		"the first of emails": {`{"op":"replace","path":"emails","value":[{"type":"work","value":"w@acme.example"},{"primary":true,"value":"p@acme.example"}]}`, func(t *testing.T, p profile.Person) {
			require.Equal(t, "p@acme.example", p.Email)
		}},
		"no emails":         {`{"op":"replace","path":"emails","value":[]}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Email) }},
		"emails removed":    {`{"op":"remove","path":"emails"}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Email) }},
		"work removed":      {`{"op":"remove","path":"emails[type eq \"work\"]"}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Email) }},
		"home removed":      {`{"op":"remove","path":"emails[type eq \"home\"]"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "new@acme.example", p.Email) }},
		"by value removed":  {`{"op":"remove","path":"emails[value eq \"new@acme.example\"]"}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Email) }},
		"by primary":        {`{"op":"replace","path":"emails[primary eq true].value","value":"p@acme.example"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "p@acme.example", p.Email) }},
		"primary as a text": {`{"op":"replace","path":"emails[primary eq \"True\"].value","value":"p@acme.example"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "p@acme.example", p.Email) }},
		"whole address":     {`{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"p@acme.example","type":"work"}}`, func(t *testing.T, p profile.Person) { require.Equal(t, "p@acme.example", p.Email) }},
		"a bracket in it":   {`{"op":"replace","path":"emails[type eq \"wo]rk\"].value","value":"p@acme.example"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "new@acme.example", p.Email) }},
		"time zone":         {`{"op":"add","path":"timezone","value":"Europe/Vienna"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "Europe/Vienna", p.Zone) }},
		"no time zone":      {`{"op":"add","path":"timezone","value":"Middle Earth"}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Zone) }},
		"a list of tongues": {`{"op":"add","path":"preferredLanguage","value":"de-AT, en;q=0.8"}`, func(t *testing.T, p profile.Person) { require.Equal(t, "de-AT", p.Locale) }},
		"no language":       {`{"op":"add","path":"preferredLanguage","value":"German please"}`, func(t *testing.T, p profile.Person) { require.Empty(t, p.Locale) }},
		"password":          {`{"op":"replace","path":"password","value":"secret"}`, func(t *testing.T, p profile.Person) { require.Equal(t, 1, p.Version) }},
		"unknown extension": {`{"op":"add","path":"urn:example:2.0:User:shoe","value":"44"}`, func(t *testing.T, p profile.Person) { require.Equal(t, 1, p.Version) }},
		"roles":             {`{"op":"add","path":"roles","value":[{"value":"admin"}]}`, func(t *testing.T, p profile.Person) { require.Equal(t, []profile.Role{profile.RoleCustomer}, p.Roles) }},
		"groups in a value": {`{"op":"add","value":{"groups":[{"value":"managers"}],"id":"x"}}`, func(t *testing.T, p profile.Person) { require.Equal(t, []profile.Role{profile.RoleCustomer}, p.Roles) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := s.create(t, "new@acme.example", `"name":{"givenName":"New"}`)
			s.ok(t, 200, "PATCH", "/Users/"+id, patch(c.op))
			c.check(t, s.person(t, id))
		})
	}
}

// What people call themselves stays until the provider has another name.
func TestOwnNames(t *testing.T) {
	s := newService(t)
	id := s.create(t, "new@acme.example", `"displayName":"Newton, Isaac"`)
	p := s.person(t, id)
	p.Name, p.Attributes = "Isaac", nil
	_, err := s.SavePerson(t.Context(), profile.Actor{ID: id, Account: "acme"}, p)
	require.NoError(t, err)
	s.ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"title","value":"Sir"}`))
	require.Equal(t, "Isaac", s.person(t, id).Name)
	s.ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"displayName","value":"Newton, Sir Isaac"}`))
	require.Equal(t, "Newton, Sir Isaac", s.person(t, id).Name)
}

func TestOneOfAName(t *testing.T) {
	s := newService(t)
	body := newUser("new@acme.example", `"externalId":"x-1"`, `"displayName":"New"`)
	id := s.ok(t, 201, "POST", "/Users", body).id()
	require.Equal(t, id, s.ok(t, 201, "POST", "/Users", body).id(), "the same again is the same user")
	for _, other := range []string{
		newUser("new@acme.example", `"externalId":"x-2"`, `"displayName":"New"`), newUser("NEW@acme.example"), newUser("else@acme.example", `"externalId":"x-1"`),
		newUser("ann@acme.example"),
	} {
		s.fails(t, 409, "uniqueness", "POST", "/Users", other)
	}
	second := s.create(t, "second@acme.example", `"externalId":"x-2"`)
	s.fails(t, 409, "uniqueness", "PATCH", "/Users/"+second, patch(`{"op":"replace","path":"userName","value":"New@acme.example"}`))
	s.fails(t, 409, "uniqueness", "PUT", "/Users/"+second, newUser("second@acme.example", `"externalId":"x-1"`))
	s.ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"userName","value":"renamed@acme.example"}`))
	s.fails(t, 409, "uniqueness", "POST", "/Users", newUser("renamed@acme.example"))
	again := s.create(t, "new@acme.example")
	require.NotEqual(t, id, again, "a name that is free again is somebody else")
	require.Equal(t, "renamed@acme.example", s.ok(t, 200, "GET", "/Users/"+id, "").body["userName"])
	s.token = zetaToken
	s.create(t, "new@acme.example")
}

// Somebody who was invited before is found and taken over.
func TestPeopleWhoAreThereAlready(t *testing.T) {
	s := newService(t)
	r := s.ok(t, 200, "GET", "/Users"+query(`userName eq "ann@acme.example"`), "")
	require.Equal(t, "ann", r.at("Resources", 0, "id"))
	s.ok(t, 200, "PATCH", "/Users/ann", patch(`{"op":"add","path":"externalId","value":"x-9"}`, `{"op":"replace","path":"userName","value":"ann.upn@acme.example"}`))
	require.EqualValues(t, 1, s.ok(t, 200, "GET", "/Users"+query(`userName eq "ann.upn@acme.example"`), "").body["totalResults"])
	p := s.person(t, "ann")
	require.Equal(t, []string{"Name of ann", "ann@acme.example"}, []string{p.Name, p.Email})
	require.Equal(t, []profile.Role{profile.RoleCustomer, profile.RoleManager}, p.Roles)
}

func TestLeaving(t *testing.T) {
	s := newService(t)
	id := s.create(t, "new@acme.example")
	s.ok(t, 200, "PATCH", "/Groups/managers", patch(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
	store, ok := s.store.(profile.SessionStore)
	require.True(t, ok)
	sessions := profile.NewSessions(store, s.Directory, nil)
	w := httptest.NewRecorder()
	_, err := sessions.Start(w, httptest.NewRequest("POST", "/", nil), profile.SignIn{Person: id})
	require.NoError(t, err)
	visit := httptest.NewRequest("GET", "/", nil)
	visit.AddCookie(w.Result().Cookies()[0])
	_, err = sessions.Authenticate(visit)
	require.NoError(t, err)
	s.ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"False"}`))
	_, err = sessions.Authenticate(visit)
	require.ErrorIs(t, err, profile.ErrForbidden, "they are signed out with their next request")

	s.ok(t, 204, "DELETE", "/Users/"+id, "")
	for _, c := range [][]string{{"GET", ""}, {"PUT", newUser("new@acme.example")}, {"PATCH", patch(`{"op":"replace","value":{"active":true}}`)}, {"DELETE", ""}} {
		s.fails(t, 404, "", c[0], "/Users/"+id, c[1])
	}
	require.EqualValues(t, 0, s.ok(t, 200, "GET", "/Users"+query(`userName eq "new@acme.example"`), "").body["totalResults"])
	require.NotContains(t, s.ok(t, 200, "GET", "/Groups/managers", "").Body.String(), id)
	require.True(t, s.person(t, id).Disabled, "they are still there for what they wrote")

	back := s.create(t, "new@acme.example")
	require.Equal(t, id, back)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, s.person(t, id).Roles, "their rights do not come back with them")
	require.False(t, s.person(t, id).Disabled)
}

func TestDeletedUsersMayBeRemoved(t *testing.T) {
	s := newService(t, func(o *scimprofile.Options) { o.Remove = true })
	id := s.create(t, "new@acme.example")
	s.ok(t, 204, "DELETE", "/Users/"+id, "")
	_, err := s.Person(t.Context(), system, id)
	require.ErrorIs(t, err, profile.ErrNotFound)
	s.fails(t, 404, "", "DELETE", "/Users/"+id, "")
	s.create(t, "new@acme.example")
}

// A portal may ask for what no provider knows. Leaving does not wait for it.
func TestLeavingDoesNotWaitForAForm(t *testing.T) {
	store := memprofile.New()
	s := serviceOn(t, store)
	first, second := s.create(t, "first@acme.example"), s.create(t, "second@acme.example")
	_, err := s.SaveField(t.Context(), system, profile.Field{Name: "badge", Label: map[string]string{"en": "Badge"}, Required: true, Edit: profile.FieldBySelf})
	require.NoError(t, err)
	s.ok(t, 200, "PATCH", "/Users/"+first, patch(`{"op":"replace","value":{"active":false}}`))
	s.ok(t, 204, "DELETE", "/Users/"+second, "")
	require.True(t, s.person(t, first).Disabled && s.person(t, second).Disabled)
}
