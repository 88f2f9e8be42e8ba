package assets

import (
	"github.com/stoa-go/stoa/profile"
)

// A Holder is whose something is: a person's, an organisation's as a whole, or
// of one person of an organisation.
type Holder struct {
	Person  string `json:"person,omitempty"`
	Account string `json:"account,omitempty"`
}

// Gone stands for a person of an organisation who was erased. It is nobody's ID.
const Gone = "(gone)"

// A Scope says which things are meant, by whose they are. The zero Scope is
// none.
type Scope struct {
	All     bool   // everybody's; the rest does not matter
	Person  string // things of this person, unless they are of another organisation than Account
	Account string // the organisation
	Shared  bool   // what Account has as a whole
	Members bool   // what Account and all of its people have
}

// Admits reports whether things of h are meant. Stores write the same as a
// condition.
func (s Scope) Admits(h Holder) bool {
	switch {
	case s.All:
		return true
	case s.Person != "" && h.Person == s.Person && (h.Account == "" || h.Account == s.Account):
		return true
	case s.Account == "" || h.Account != s.Account:
		return false
	}
	return s.Members || s.Shared && h.Person == ""
}

// None reports whether nothing can be meant.
func (s Scope) None() bool { return s == Scope{} }

// Of returns the scope of what a person has and shares with others.
func Of(p profile.Person) Scope { return Scope{Person: p.ID, Account: p.Account, Shared: true} }

// A kind is one of the three kinds of things.
type kind string

const (
	kindAsset       kind = "product"
	kindPurchase    kind = "purchase"
	kindEntitlement kind = "entitlement"
)

// sees compiles what an actor may see. A link to one case is no key to what a
// customer has.
func (i *Inventory) sees(by profile.Actor, k kind) Scope {
	switch {
	case by.Anonymous(), by.Assurance == profile.AssuranceLink:
		return Scope{}
	case i.opts.Policy.May(by, profile.PermissionAssetsRead):
		return Scope{All: true}
	}
	s := Scope{Person: by.ID, Account: by.Account}
	s.Members = by.Account != "" && i.opts.Policy.May(by, profile.PermissionHoldingsRead)
	s.Shared = by.Account != "" && (s.Members || k != kindPurchase)
	return s
}

// changes reports whether an actor may change a product of h.
func (i *Inventory) changes(by profile.Actor, h Holder) bool {
	switch {
	case by.Anonymous(), by.Viewer != "", by.Assurance == profile.AssuranceLink:
		return false
	case i.writes(by, profile.PermissionAssetsWrite):
		return true
	case h.Person == by.ID && (h.Account == "" || h.Account == by.Account):
		return true
	}
	return by.Account != "" && h.Account == by.Account && i.opts.Policy.May(by, profile.PermissionHoldingsWrite)
}

// writes reports whether an actor has a permission and acts for themselves.
func (i *Inventory) writes(by profile.Actor, p profile.Permission) bool {
	return by.Viewer == "" && by.Assurance != profile.AssuranceLink && i.opts.Policy.May(by, p)
}
