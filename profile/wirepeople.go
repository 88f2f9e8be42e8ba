package profile

import "time"

type peopleWire struct {
	People []personWire `json:"people"`
	Next   string       `json:"next" doc:"Token of the next page, empty on the last."`
}

// A Person as the wire spells one.
type personWire struct {
	ID         string              `json:"id"`
	Name       string              `json:"name" doc:"How to address them."`
	Email      string              `json:"email" doc:"Where to write to them, or empty."`
	Account    string              `json:"account" doc:"The id of their organisation, or empty."`
	Roles      []Role              `json:"roles"`
	Locale     string              `json:"locale" doc:"The language they prefer, a BCP 47 tag, or empty."`
	Zone       string              `json:"zone" doc:"Their IANA time zone, or empty."`
	Attributes map[string][]string `json:"attributes" doc:"What the reader may know of them besides, see the fields."`
	Disabled   bool                `json:"disabled" doc:"They may not sign in."`
	CreatedAt  time.Time           `json:"created_at"`
	UpdatedAt  time.Time           `json:"updated_at"`
	Version    int                 `json:"version" doc:"For If-Match."`
}

func personAsWire(p Person) personWire {
	return personWire{
		ID: p.ID, Name: p.Name, Email: p.Email, Account: p.Account, Roles: filled(p.Roles), Locale: p.Locale, Zone: p.Zone, Attributes: attributesAsWire(p.Attributes),
		Disabled: p.Disabled, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
}

// attributesAsWire shows no attributes as such.
func attributesAsWire(attributes map[string][]string) map[string][]string {
	out := map[string][]string{}
	for name, values := range attributes {
		out[name] = filled(values)
	}
	return out
}

type personChangeWire struct {
	Name       string              `json:"name" validate:"required"`
	Email      string              `json:"email,omitempty"`
	Account    string              `json:"account,omitempty"`
	Roles      []Role              `json:"roles,omitempty"`
	Locale     string              `json:"locale,omitempty"`
	Zone       string              `json:"zone,omitempty"`
	Attributes map[string][]string `json:"attributes,omitempty" doc:"Left out, they stay as they are; so do those that the writer does not see."`
	Disabled   *bool               `json:"disabled,omitempty" doc:"Left out, it stays as it is."`
}

// person returns old with all that is said about it.
func (w personChangeWire) person(old Person) Person {
	p := Person{
		ID: old.ID, Name: w.Name, Email: w.Email, Account: w.Account, Roles: w.Roles, Locale: w.Locale, Zone: w.Zone, Attributes: w.Attributes,
		Disabled: old.Disabled, Key: old.Key,
	}
	if w.Disabled != nil {
		p.Disabled = *w.Disabled
	}
	return p
}

type newPersonWire struct {
	ID string `json:"id,omitempty" doc:"Left out, one is made; those who look after their own organisation leave it out."`
	personChangeWire
}

type accessWire struct {
	SignsIn     bool         `json:"signs_in" doc:"Whether they can sign in at all."`
	Roles       []Role       `json:"roles"`
	Permissions []Permission `json:"permissions"`
	Segments    []string     `json:"segments" doc:"All that open content to them, with the built-in ones."`

	From map[Permission][]Role `json:"from" doc:"The roles that each permission comes from."`

	Declared []string `json:"declared" doc:"Those that rest on what they say or do, and open nothing."`
}

func accessAsWire(a Access) accessWire {
	return accessWire{
		SignsIn: !a.Actor.Anonymous(), Roles: filled(a.Actor.Roles), Permissions: filled(a.Permissions), Segments: filled(a.Segments), Declared: filled(a.Actor.Declared),
		From: sources(a.From),
	}
}

// sources shows no sources as such.
func sources(from map[Permission][]Role) map[Permission][]Role {
	if from == nil {
		return map[Permission][]Role{}
	}
	return from
}

type accountsWire struct {
	Accounts []accountWire `json:"accounts"`
	Next     string        `json:"next" doc:"Token of the next page, empty on the last."`
}

// An Account as the wire spells one.
type accountWire struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Plan       string              `json:"plan" doc:"What it has bought, or empty."`
	Country    string              `json:"country" doc:"ISO 3166-1 code in capitals, or empty."`
	Products   []string            `json:"products" doc:"What it uses."`
	Attributes map[string][]string `json:"attributes" doc:"What the reader may know of it besides, see the fields."`
	Disabled   bool                `json:"disabled" doc:"None of its people may sign in."`
	CreatedAt  time.Time           `json:"created_at"`
	UpdatedAt  time.Time           `json:"updated_at"`
	Version    int                 `json:"version" doc:"For If-Match."`
}

func accountAsWire(a Account) accountWire {
	return accountWire{
		ID: a.ID, Name: a.Name, Plan: a.Plan, Country: a.Country, Products: filled(a.Products), Attributes: attributesAsWire(a.Attributes),
		Disabled: a.Disabled, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, Version: a.Version,
	}
}

type accountChangeWire struct {
	Name       string              `json:"name" validate:"required"`
	Plan       string              `json:"plan,omitempty"`
	Country    string              `json:"country,omitempty"`
	Products   []string            `json:"products,omitempty"`
	Attributes map[string][]string `json:"attributes,omitempty" doc:"Left out, they stay as they are; so do those that the writer does not see."`
	Disabled   *bool               `json:"disabled,omitempty" doc:"Left out, it stays as it is."`
}

// account returns old with all that is said about it.
func (w accountChangeWire) account(old Account) Account {
	a := Account{
		ID: old.ID, Name: w.Name, Plan: w.Plan, Country: w.Country, Products: w.Products, Attributes: w.Attributes, Disabled: old.Disabled, Key: old.Key,
	}
	if w.Disabled != nil {
		a.Disabled = *w.Disabled
	}
	return a
}

type newAccountWire struct {
	ID string `json:"id,omitempty" doc:"Left out, one is made."`
	accountChangeWire
}
