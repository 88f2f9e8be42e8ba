package profile

import "time"

// A role as the wire spells one.
type roleWire struct {
	Key         Role              `json:"key" doc:"What people have: staff.shift-lead."`
	Kind        RoleKind          `json:"kind" doc:"staff or member: which people have it."`
	Name        map[string]string `json:"name" doc:"By language; empty for those that the program knows."`
	About       map[string]string `json:"about" doc:"Who has it and why, by language."`
	Permissions []Permission      `json:"permissions"`
	Members     bool              `json:"members" doc:"Those who look after their organisation may give it."`
	Fixed       bool              `json:"fixed" doc:"It is part of the program and cannot be changed."`
	Grantable   bool              `json:"grantable" doc:"The reader may give it to people."`
	Changeable  bool              `json:"changeable" doc:"The reader may change and remove it."`
	CreatedAt   *time.Time        `json:"created_at" doc:"Null for those that the program knows."`
	UpdatedAt   *time.Time        `json:"updated_at"`
	Version     int               `json:"version" doc:"For If-Match."`
}

func roleAsWire(r RoleInfo) roleWire {
	return roleWire{
		Key: r.Key, Kind: r.Key.Kind(), Name: textsAsWire(r.Name), About: textsAsWire(r.About), Permissions: filled(r.Permissions), Members: r.Members,
		Fixed: r.Fixed, Grantable: r.Grantable, Changeable: r.Changeable, CreatedAt: orNull(r.CreatedAt), UpdatedAt: orNull(r.UpdatedAt), Version: r.Version,
	}
}

type roleChangeWire struct {
	Name        map[string]string `json:"name" validate:"required" doc:"By language; at least one."`
	About       map[string]string `json:"about,omitempty" doc:"Who has it and why, by language."`
	Permissions []Permission      `json:"permissions,omitempty"`
	Members     bool              `json:"members,omitempty" doc:"Those who look after their organisation may give it."`
}

func (w roleChangeWire) role(key Role, version int) CustomRole {
	return CustomRole{Key: key, Name: w.Name, About: w.About, Permissions: w.Permissions, Members: w.Members, Version: version}
}

type newRoleWire struct {
	Key Role `json:"key" validate:"required" doc:"Its kind, a dot and a name: staff.shift-lead, member.buyer; it never changes."`
	roleChangeWire
}

type roleTrialWire struct {
	Permissions []Permission `json:"permissions" validate:"required"`
}

type roleTriedWire struct {
	People groupWire     `json:"people" doc:"Who has the role and may sign in."`
	Gains  []countedWire `json:"gains" doc:"What they would get that they have by no other role."`
	Loses  []countedWire `json:"loses" doc:"What they would have no more."`
	More   bool          `json:"more" doc:"More people have it, and nothing of what is said here is about them."`
}

type countedWire struct {
	Permission Permission `json:"permission"`
	People     int        `json:"people"`
}

func roleTriedAsWire(t RoleTrial) roleTriedWire {
	as := func(c PermissionCount) countedWire { return countedWire(c) }
	return roleTriedWire{People: groupAsWire(t.People), Gains: mapped(t.Gains, as), Loses: mapped(t.Loses, as), More: t.More}
}

type permissionsWire struct {
	Permissions []permissionWire `json:"permissions"`
}

type permissionWire struct {
	Permission Permission `json:"permission"`
	Group      string     `json:"group" doc:"The part of the portal that it is about."`
	Members    bool       `json:"members" doc:"Roles of customers may have it."`
	Name       string     `json:"name" doc:"Key of the text of what it is called."`
	About      string     `json:"about" doc:"Key of the text of what it lets somebody do."`
}

func permissionAsWire(i PermissionInfo) permissionWire {
	return permissionWire{i.Permission, i.Group(), i.Members, i.Name, i.About}
}
