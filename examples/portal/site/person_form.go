package site

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/profile"
)

// roles are those of the portal, in the order of forms.
var roles = []profile.Role{
	profile.RoleCustomer, profile.RoleManager, profile.RolePartner, profile.RoleAgent, profile.RoleAuthor,
	profile.RoleReviewer, profile.RoleTranslator, profile.RoleModerator, profile.RoleAdmin,
}

// roleName returns what a role is called: in the languages of the page, if the
// team made it, and of one that there is not its key.
func (s *Site) roleName(ctx context.Context, v *visit, role profile.Role) string {
	if slices.Contains(roles, role) {
		return v.P.T("role." + underscored(string(role)))
	}
	names, err := s.people.RoleNames(ctx, role)
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "names of roles are not available", "error", err)
	}
	if name := textIn(names[role], s.catalog.Chain(v.Locale)); name != "" {
		return name
	}
	return string(role)
}

func (s *Site) roleNames(ctx context.Context, v *visit, list []profile.Role) []string {
	out := make([]string, len(list))
	for i, role := range list {
		out[i] = s.roleName(ctx, v, role)
	}
	return out
}

// rolesFor returns the roles that somebody may know of. Where they cannot be
// read there are none, so that nothing changes.
func (s *Site) rolesFor(ctx context.Context, by profile.Actor) []profile.RoleInfo {
	list, err := s.people.Roles(ctx, by)
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "roles are not available", "error", err)
	}
	return list
}

// A sheet asks those who look after others what is to be changed.
type sheet struct {
	Action    string
	Version   int
	Hidden    []option // what the form says besides: names as values, and what of them as labels
	Basics    []input
	Roles     []input
	RolesNote string // what it means to have none of them, or empty
	Fields    []input
	Submit    string   // what the button says
	Tries     bool     // whoever fills it in can see first what would change
	Faults    []string // of no question in particular
	Wrong     bool     // something is to be corrected
}

// manages reports whether the visitor is offered a form about somebody. What
// they then change is for the directory to allow.
func (s *Site) manages(ctx context.Context, by profile.Actor, p profile.Person) bool {
	member := by.Account != "" && by.Account == p.Account && s.policy.May(by, profile.PermissionMembersWrite)
	if !member && !s.policy.May(by, profile.PermissionDirectoryWrite) {
		return false
	}
	return by.ID == p.ID || !slices.ContainsFunc(p.Roles, func(r profile.Role) bool {
		may, err := s.people.MayGrant(ctx, by, r)
		return err != nil || !may
	})
}

// edits reports whether somebody who looks after others changes a field of
// theirs.
func (s *Site) edits(by profile.Actor, f profile.Field) bool {
	return f.Edit == profile.FieldBySelf || f.Edit == profile.FieldByManager || s.policy.May(by, profile.PermissionDirectoryWrite)
}

// formOf returns the form about p, with what a CRM asks of it and what is wrong
// with it.
func (s *Site) formOf(ctx context.Context, v *visit, p profile.Person, fields []profile.Field, faults map[string]string) (*sheet, error) {
	f := &sheet{Version: p.Version, Submit: v.P.T("form.save"), Wrong: len(faults) > 0, Basics: []input{
		{Name: "name", Label: v.P.T("account.name"), Kind: "text", Value: p.Name, Required: true, Max: 200},
		{Name: "disabled", Label: v.P.T("person.disabled"), Hint: v.P.T("person.disabled_note"), Kind: "checkbox", Value: yes(p.Disabled), Fixed: p.ID == v.By.ID},
	}}
	f.Roles, f.RolesNote = s.roleInputs(ctx, v, p.Roles), v.P.T("entry.no_role")
	f.Fields = s.fieldInputs(v, fields, p.Attributes)
	if err := s.bindTo(ctx, v, p, f.Basics, f.Fields); err != nil {
		return nil, err
	}
	f.Faults = note(faults, f.Basics, f.Roles, f.Fields)
	return f, nil
}

// fieldInputs ask for fields of somebody, or of an organisation, whom the
// visitor looks after.
func (s *Site) fieldInputs(v *visit, fields []profile.Field, attributes map[string][]string) []input {
	var out []input
	for _, f := range fields {
		out = append(out, inputOf(f, s.catalog.Chain(v.Locale), attributes[f.Name], s.edits(v.By, f)))
	}
	return out
}

// roleInputs ask for roles: those that the visitor may give, and those that
// somebody has.
func (s *Site) roleInputs(ctx context.Context, v *visit, has []profile.Role) []input {
	var out []input
	for _, role := range s.rolesWith(ctx, v.By, has) {
		held := slices.Contains(has, role.Key)
		if held || role.Grantable {
			in := input{Name: "role." + string(role.Key), Label: s.roleName(ctx, v, role.Key), Kind: "checkbox", Value: yes(held), Fixed: !role.Grantable}
			in.Hint = textIn(role.About, s.catalog.Chain(v.Locale))
			out = append(out, in)
		}
	}
	return out
}

// rolesWith returns the roles that somebody knows of and those that another has
// besides, which are not theirs to give.
func (s *Site) rolesWith(ctx context.Context, by profile.Actor, others []profile.Role) []profile.RoleInfo {
	out := s.rolesFor(ctx, by)
	for _, role := range others {
		if !slices.ContainsFunc(out, func(r profile.RoleInfo) bool { return r.Key == role }) {
			out = append(out, profile.RoleInfo{CustomRole: profile.CustomRole{Key: role}})
		}
	}
	return out
}

// typedRoles returns the roles that a form leaves somebody who has some: of
// those that the visitor may not give nothing changes.
func (s *Site) typedRoles(ctx context.Context, by profile.Actor, has []profile.Role, form url.Values) []profile.Role {
	var out []profile.Role
	for _, role := range s.rolesWith(ctx, by, has) {
		wanted := slices.Contains(has, role.Key)
		if role.Grantable {
			wanted = form.Get("role."+string(role.Key)) == "yes"
		}
		if wanted {
			out = append(out, role.Key)
		}
	}
	return out
}

// typedPerson returns p with what a form says.
func (s *Site) typedPerson(ctx context.Context, by profile.Actor, p profile.Person, fields []profile.Field, form url.Values) profile.Person {
	p = p.Clone()
	p.Name, p.Roles = form.Get("name"), s.typedRoles(ctx, by, p.Roles, form)
	if p.ID != by.ID {
		p.Disabled = form.Get("disabled") == "yes"
	}
	p.Attributes = s.typedFields(by, p.Attributes, fields, form)
	p.Version, _ = strconv.Atoi(form.Get("version"))
	return p
}

// typedFields returns attributes with what a form says.
func (s *Site) typedFields(by profile.Actor, attributes map[string][]string, fields []profile.Field, form url.Values) map[string][]string {
	if attributes == nil {
		attributes = map[string][]string{}
	}
	for _, f := range fields {
		if s.edits(by, f) {
			attributes[f.Name] = valuesOf(f, form)
		}
	}
	return attributes
}

// yes is the value of a box that is ticked.
func yes(ticked bool) string {
	if ticked {
		return "yes"
	}
	return ""
}

// note puts faults where they belong, and returns those that belong nowhere.
func note(faults map[string]string, lists ...[]input) (others []string) {
	shown := map[string]bool{}
	for _, list := range lists {
		for i := range list {
			list[i].Error = faults[list[i].Name]
			shown[list[i].Name] = true
		}
	}
	for name, text := range faults {
		if !shown[name] {
			others = append(others, text)
		}
	}
	slices.Sort(others)
	return others
}
