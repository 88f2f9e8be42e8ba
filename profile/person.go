package profile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Person is somebody who may sign in. Whether and how they do is the host's
// business: the library keeps no passwords.
type Person struct {
	ID         string              // made of letters, digits and _.-@=, at most 128; empty in a new one means a random one
	Name       string              // how to address them
	Email      string              // where to write to them, or empty; it proves nothing
	Account    string              // id of the organisation they belong to, or empty
	Roles      []Role              // what they are on the portal
	Locale     string              // preferred language, a BCP 47 tag, or empty
	Zone       string              // IANA time zone, or empty
	Attributes map[string][]string // facts for the rules of segments, not shown to customers
	Disabled   bool                // may not sign in, and is signed out at once
	LockedAt   time.Time           // when they were last disabled: who signed in before is signed out; set by the Directory
	CreatedAt  time.Time           // set by the Directory
	UpdatedAt  time.Time           // set by the Directory
	Version    int                 // 0 in a new one; each change adds 1

	Key    string // makes a create safe to repeat, see [Directory.SavePerson]; not kept
	Origin string // hash of what it was created from; stores keep it, nobody else needs it
}

// An Account is an organisation: a customer, a partner or the company itself.
type Account struct {
	ID         string              // as in [Person]
	Name       string              // what people call it
	Plan       string              // what it has bought: "free", "enterprise"
	Country    string              // ISO 3166-1 code in capitals, "DE", or empty
	Products   []string            // what it uses
	Attributes map[string][]string // facts for the rules of segments, not shown to customers
	Disabled   bool                // none of its people may sign in
	LockedAt   time.Time           // when it was last disabled: who signed in before is signed out; set by the Directory
	CreatedAt  time.Time           // set by the Directory
	UpdatedAt  time.Time           // set by the Directory
	Version    int                 // 0 in a new one; each change adds 1

	Key    string // makes a create safe to repeat; not kept
	Origin string // hash of what it was created from; stores keep it, nobody else needs it
}

// Clone returns a copy that shares no slices or maps with p.
func (p Person) Clone() Person {
	p.Roles = slices.Clone(p.Roles)
	p.Attributes = cloneAttributes(p.Attributes)
	return p
}

// Clone returns a copy that shares no slices or maps with a.
func (a Account) Clone() Account {
	a.Products = slices.Clone(a.Products)
	a.Attributes = cloneAttributes(a.Attributes)
	return a
}

func cloneAttributes(m map[string][]string) map[string][]string {
	m = maps.Clone(m)
	for k, v := range m {
		m[k] = slices.Clone(v)
	}
	return m
}

// Limits of what a person or an account carries.
const (
	maxID         = 128
	maxRoles      = 32
	maxProducts   = 500
	maxAttributes = 64
	maxValues     = 200 // of one attribute
	maxValue      = 512 // bytes
)

// check returns p as it is kept, or what is wrong with it.
func (p Person) check() (Person, error) {
	f := errs.Fields{}
	checkID(f, p.ID)
	checkName(f, p.Name)
	p.Email = checkEmail(f, p.Email)
	p.Roles = checkRoles(f, p.Roles)
	checkLocale(f, p.Locale)
	checkZone(f, p.Zone)
	p.Attributes = checkAttributes(f, p.Attributes)
	return p, f.Err()
}

// check returns a as it is kept, or what is wrong with it.
func (a Account) check() (Account, error) {
	f := errs.Fields{}
	checkID(f, a.ID)
	checkName(f, a.Name)
	valid.Note(f, "plan", valid.Text(a.Plan, valid.TextTag))
	if a.Country != "" && !isCountry(a.Country) {
		f.Add("country", "error.profile.country", nil)
	}
	a.Products = checkValues(f, "products", a.Products, maxProducts)
	a.Attributes = checkAttributes(f, a.Attributes)
	return a, f.Err()
}

// checkID takes what can stand in a term of an audience, so that everybody can
// be named there.
func checkID(f errs.Fields, id string) {
	if id == "" || len(id) > maxID || !made(id, "_.-@=", true) {
		f.Add("id", "error.profile.id", map[string]any{"max": maxID})
	}
}

func checkName(f errs.Fields, name string) {
	if name == "" {
		f.Add("name", "error.field.required", nil)
		return
	}
	valid.Note(f, "name", valid.Text(name, valid.TextName))
}

func checkEmail(f errs.Fields, address string) string {
	if address == "" {
		return ""
	}
	plain, err := valid.Email(address)
	valid.Note(f, "email", err)
	return plain
}

func checkLocale(f errs.Fields, tag string) {
	if tag != "" {
		valid.Note(f, "locale", valid.Locale(tag))
	}
}

func checkZone(f errs.Fields, zone string) {
	if zone == "" {
		return
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		f.Add("zone", "error.profile.zone", nil)
	}
}

func checkRoles(f errs.Fields, roles []Role) []Role {
	if len(roles) > maxRoles {
		f.Add("roles", "error.field.too_many", map[string]any{"max": maxRoles})
		return nil
	}
	for _, r := range roles {
		if len(r) > 64 || !validSegment(SegmentRole+string(r)) || !validSegment(string(r)) {
			f.Add("roles", "error.profile.role", map[string]any{"role": clip(string(r))})
		}
	}
	roles = slices.Clone(roles)
	slices.Sort(roles)
	return empty(slices.Compact(roles))
}

func checkAttributes(f errs.Fields, m map[string][]string) map[string][]string {
	if len(m) > maxAttributes {
		f.Add("attributes", "error.field.too_many", map[string]any{"max": maxAttributes})
		return nil
	}
	out := make(map[string][]string, len(m))
	for key, values := range m {
		if !validKey(key) {
			f.Add("attributes", "error.profile.attribute", map[string]any{"key": clip(key)})
			continue
		}
		if values = checkValues(f, "attributes."+key, values, maxValues); len(values) > 0 {
			out[key] = values
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// checkValues keeps the order, which may mean something to the host.
func checkValues(f errs.Fields, field string, values []string, most int) []string {
	if len(values) > most {
		f.Add(field, "error.field.too_many", map[string]any{"max": most})
		return nil
	}
	for i, v := range values {
		checkValue(f, fmt.Sprintf("%s[%d]", field, i), v)
	}
	return empty(slices.Clone(values))
}

func checkValue(f errs.Fields, field, value string) {
	switch {
	case value == "":
		f.Add(field, "error.field.required", nil)
	case len(value) > maxValue:
		f.Add(field, "error.field.too_long", map[string]any{"max": maxValue})
	default:
		valid.Note(f, field, valid.Text(value, valid.TextSummary))
	}
}

// validKey reports whether an attribute or a fact may have this name.
func validKey(key string) bool {
	return key != "" && len(key) <= 64 && made(key, "_.-", true)
}

// empty returns nil for an empty slice, so that what was written and what is
// read compare equal.
func empty[S ~[]E, E any](s S) S {
	if len(s) == 0 {
		return nil
	}
	return s
}
