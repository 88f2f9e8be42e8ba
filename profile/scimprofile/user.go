package scimprofile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// Attributes of a person that keep what the protocol knows of a user.
const (
	attrPrefix    = "scim."
	attrUserName  = attrPrefix + "user_name"
	attrExternal  = attrPrefix + "external_id"
	attrDisplay   = attrPrefix + "display_name"
	attrFormatted = attrPrefix + "formatted_name"
	attrGiven     = attrPrefix + "given_name"
	attrFamily    = attrPrefix + "family_name"
	attrDeleted   = attrPrefix + "deleted"
)

// A user is a person as the protocol sees one.
type user struct {
	userName string
	names    [4]string // display, formatted, given, family
	external string
	email    string
	locale   string
	zone     string
	active   bool
	more     map[string]string // what Options.Attributes keeps, by path
}

const (
	display = iota
	formatted
	given
	family
)

var nameAttributes = [4]string{attrDisplay, attrFormatted, attrGiven, attrFamily}

// userOf returns p as a user.
func (p *Provider) userOf(of profile.Person) user {
	u := user{
		userName: userName(of), external: one(of, attrExternal), email: of.Email, locale: of.Locale, zone: of.Zone,
		active: !of.Disabled, more: map[string]string{},
	}
	for i, name := range nameAttributes {
		u.names[i] = one(of, name)
	}
	for path, name := range p.opts.Attributes {
		u.more[path] = one(of, name)
	}
	return u
}

// onto returns p changed to be u.
func (u user) onto(p profile.Person, attributes map[string]string) profile.Person {
	before := [4]string{}
	for i, name := range nameAttributes {
		before[i] = one(p, name)
	}
	p = p.Clone()
	if p.Attributes == nil {
		p.Attributes = map[string][]string{}
	}
	set := func(name, value string) {
		if delete(p.Attributes, name); value != "" {
			p.Attributes[name] = []string{value}
		}
	}
	set(attrUserName, u.userName)
	set(attrExternal, u.external)
	for i, name := range nameAttributes {
		set(name, u.names[i])
	}
	for path, name := range attributes {
		set(name, u.more[path])
	}
	// People may change what they are called; it stays until the provider has
	// another name for them.
	if p.Name == "" || before != u.names {
		p.Name = u.name()
	}
	p.Email, p.Locale, p.Zone, p.Disabled = u.email, u.locale, u.zone, !u.active
	return p
}

func (u user) name() string {
	for _, name := range []string{u.names[display], u.names[formatted], strings.TrimSpace(u.names[given] + " " + u.names[family])} {
		if name != "" {
			return name
		}
	}
	return u.userName
}

// resource returns p as the wire spells a user.
func (s scope) resource(of profile.Person) map[string]any {
	u := s.userOf(of)
	out := map[string]any{
		"schemas": []string{schemaUser}, "id": of.ID, "userName": u.userName, "displayName": of.Name, "active": u.active,
		"meta": map[string]any{
			"resourceType": "User", "created": of.CreatedAt.Format(time.RFC3339Nano), "lastModified": of.UpdatedAt.Format(time.RFC3339Nano),
			"version": version(of.Version), "location": s.opts.URL + "/Users/" + of.ID,
		},
	}
	text := func(in map[string]any, name, value string) {
		if value != "" {
			in[name] = value
		}
	}
	text(out, "externalId", u.external)
	text(out, "preferredLanguage", u.locale)
	text(out, "timezone", u.zone)
	name := map[string]any{}
	text(name, "formatted", u.names[formatted])
	text(name, "givenName", u.names[given])
	text(name, "familyName", u.names[family])
	if len(name) > 0 {
		out["name"] = name
	}
	if u.email != "" {
		out["emails"] = []any{map[string]any{"value": u.email, "type": "work", "primary": true}}
	}
	if groups := s.groupsOf(of); len(groups) > 0 {
		out["groups"] = groups
	}
	s.addMore(out, u.more)
	return out
}

// addMore adds what Options.Attributes keeps.
func (p *Provider) addMore(out map[string]any, more map[string]string) {
	schemas := []string{schemaUser}
	for _, path := range slices.Sorted(maps.Keys(more)) {
		at, err := parsePath(path)
		if err != nil || more[path] == "" {
			continue
		}
		if at.schema == "" {
			out[wireName(at.attr)] = more[path]
			continue
		}
		schema := at.schema
		if strings.EqualFold(schema, schemaEnterprise) {
			schema = schemaEnterprise
		}
		extension, ok := out[schema].(map[string]any)
		if !ok {
			extension = map[string]any{}
			out[schema] = extension
			schemas = append(schemas, schema)
		}
		if wireName(at.attr) == "manager" {
			extension["manager"] = map[string]any{"value": more[path]}
			continue
		}
		extension[wireName(at.attr)] = more[path]
	}
	out["schemas"] = schemas
}

// wireName is how the standard spells an attribute.
func wireName(lower string) string {
	for _, name := range []string{"nickName", "profileUrl", "userType", "employeeNumber", "costCenter"} {
		if strings.EqualFold(name, lower) {
			return name
		}
	}
	return lower
}

func userName(p profile.Person) string {
	for _, name := range []string{one(p, attrUserName), p.Email} {
		if name != "" {
			return name
		}
	}
	return p.ID
}

// one returns the value of an attribute.
func one(p profile.Person, name string) string {
	if values := p.Attributes[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// same reports whether two user names are one: the protocol does not tell their
// cases apart.
func same(a, b string) bool { return strings.EqualFold(a, b) }

// check reports what the directory would not.
func (u user) check() error {
	if u.userName == "" || u.userName != strings.TrimSpace(u.userName) || valid.Text(u.userName, valid.TextName) != nil {
		return badValue("userName is missing, too long or odd")
	}
	return nil
}
