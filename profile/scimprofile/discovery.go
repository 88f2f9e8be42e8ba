package scimprofile

import (
	"net/http"
	"strings"
)

func (s scope) readConfig(w http.ResponseWriter, _ *http.Request) error {
	no, yes := map[string]any{"supported": false}, map[string]any{"supported": true}
	return write(w, http.StatusOK, map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":   yes, "sort": no, "etag": yes, "changePassword": no,
		"bulk":   map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": maxBody},
		"filter": map[string]any{"supported": true, "maxResults": maxCount},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "A token in the header Authorization", "primary": true,
		}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig", "location": s.opts.URL + "/ServiceProviderConfig"},
	})
}

func (s scope) types() []map[string]any {
	one := func(id, schema string) map[string]any {
		return map[string]any{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}, "id": id, "name": id,
			"endpoint": "/" + id + "s", "schema": schema,
			"meta": map[string]any{"resourceType": "ResourceType", "location": s.opts.URL + "/ResourceTypes/" + id},
		}
	}
	user := one("User", schemaUser)
	for path := range s.opts.Attributes {
		if strings.HasPrefix(path, strings.ToLower(schemaEnterprise)) {
			user["schemaExtensions"] = []any{map[string]any{"schema": schemaEnterprise, "required": false}}
		}
	}
	return []map[string]any{user, one("Group", schemaGroup)}
}

func (s scope) listTypes(w http.ResponseWriter, r *http.Request) error {
	return s.list(w, r, s.types())
}

func (s scope) readType(w http.ResponseWriter, r *http.Request) error { return s.find(w, r, s.types()) }

func (s scope) listSchemas(w http.ResponseWriter, r *http.Request) error {
	return s.list(w, r, s.schemas())
}

func (s scope) readSchema(w http.ResponseWriter, r *http.Request) error {
	return s.find(w, r, s.schemas())
}

func (s scope) list(w http.ResponseWriter, r *http.Request, all []map[string]any) error {
	body, err := page(r, all, func(one map[string]any) map[string]any { return one })
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, body)
}

func (s scope) find(w http.ResponseWriter, r *http.Request, all []map[string]any) error {
	for _, one := range all {
		if id, _ := one["id"].(string); strings.EqualFold(id, r.PathValue("id")) {
			return write(w, http.StatusOK, one)
		}
	}
	return notFound()
}

// An attribute is one of a schema.
type attribute struct {
	name, kind string
	required   bool
	fixed      bool // only the service sets it
	multi      bool
	unique     bool
	subs       []attribute
}

func (s scope) schemas() []map[string]any {
	text := func(name string) attribute { return attribute{name: name, kind: "string"} }
	user := []attribute{
		{name: "userName", kind: "string", required: true, unique: true},
		{name: "name", kind: "complex", subs: []attribute{text("formatted"), text("givenName"), text("familyName")}},
		text("displayName"), text("preferredLanguage"), text("locale"), text("timezone"),
		{name: "active", kind: "boolean"},
		{name: "emails", kind: "complex", multi: true, subs: []attribute{text("value"), text("type"), {name: "primary", kind: "boolean"}}},
		{name: "groups", kind: "complex", multi: true, fixed: true, subs: []attribute{text("value"), text("display")}},
	}
	group := []attribute{
		{name: "displayName", kind: "string", required: true, fixed: true, unique: true},
		{name: "members", kind: "complex", multi: true, subs: []attribute{text("value"), text("display")}},
	}
	return []map[string]any{s.schema(schemaUser, "User", user), s.schema(schemaGroup, "Group", group)}
}

func (s scope) schema(id, name string, list []attribute) map[string]any {
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "id": id, "name": name, "attributes": wires(list),
		"meta": map[string]any{"resourceType": "Schema", "location": s.opts.URL + "/Schemas/" + id},
	}
}

func wires(list []attribute) []any {
	out := []any{}
	for _, a := range list {
		one := map[string]any{
			"name": a.name, "type": a.kind, "multiValued": a.multi, "required": a.required, "caseExact": false,
			"mutability": "readWrite", "returned": "default", "uniqueness": "none",
		}
		if a.fixed {
			one["mutability"] = "readOnly"
		}
		if a.unique {
			one["uniqueness"] = "server"
		}
		if a.subs != nil {
			one["subAttributes"] = wires(a.subs)
		}
		out = append(out, one)
	}
	return out
}
