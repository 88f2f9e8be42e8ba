package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A roleSet is all custom roles, with what they permit in this program.
type roleSet struct {
	roles map[Role]CustomRole
	until time.Time
}

// roleSet returns the custom roles as they were at most Options.RulesFor ago.
func (d *Directory) roleSet(ctx context.Context) (*roleSet, error) {
	if d.keptRoles == nil {
		return &roleSet{}, nil
	}
	now := d.now()
	if set := d.roles.Load(); set != nil && now.Before(set.until) {
		return set, nil
	}
	changes := d.changes.Load()
	set, err := d.readRoles(ctx)
	if err != nil {
		return nil, err
	}
	set.until = now.Add(d.rulesFor)
	if d.changes.Load() == changes {
		d.roles.Store(set)
	}
	return set, nil
}

// readRoles returns the custom roles as they are kept now.
func (d *Directory) readRoles(ctx context.Context) (*roleSet, error) {
	set := &roleSet{roles: map[Role]CustomRole{}}
	if d.keptRoles == nil {
		return set, nil
	}
	list, err := d.keptRoles.Roles(ctx)
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	known := d.catalogue.all()
	for _, r := range list {
		if r.Key.Custom() && d.policy[r.Key] == nil { // nothing that a host has fixed is redefined
			r.Permissions = r.permits(known)
			set.roles[r.Key] = r
		}
	}
	return set, nil
}

// with returns a copy of s in which key is what r permits, or with nil nothing.
func (s *roleSet) with(key Role, r *CustomRole) *roleSet {
	out := &roleSet{roles: map[Role]CustomRole{}}
	for k, v := range s.roles {
		if k != key {
			out.roles[k] = v
		}
	}
	if r != nil {
		out.roles[key] = *r
	}
	return out
}

// held returns a copy of roles without custom ones that there are not: one that
// was removed while somebody got it is nothing.
func (s *roleSet) held(p Policy, roles []Role) []Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool {
		_, own := s.roles[r]
		return r.Custom() && !own && p[r] == nil
	})
}

// grants returns what custom roles permit, sorted.
func (s *roleSet) grants(roles []Role) []Permission {
	var out []Permission
	for _, r := range roles {
		if own, ok := s.roles[r]; ok {
			out = append(out, own.Permissions...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// permits returns what a role permits, custom or not.
func (s *roleSet) permits(p Policy, role Role) []Permission {
	if own, ok := s.roles[role]; ok {
		return own.Permissions
	}
	return p[role]
}

// all returns what roles permit together.
func (s *roleSet) all(p Policy, roles []Role) map[Permission]bool {
	out := map[Permission]bool{}
	for _, r := range roles {
		for _, permission := range s.permits(p, r) {
			out[permission] = true
		}
	}
	return out
}

// mayGrant is [Directory.MayGrant].
func (s *roleSet) mayGrant(p Policy, a Actor, role Role) bool {
	own, ok := s.roles[role]
	switch {
	case !ok:
		return p.MayGrant(a, role)
	case a.Anonymous(), role.Staff() && !a.Staff():
		return false
	}
	return mayAll(p, a, own.Permissions) && (own.Members || p.May(a, PermissionRolesGrant))
}

func mayAll(p Policy, a Actor, permissions []Permission) bool {
	return !slices.ContainsFunc(permissions, func(one Permission) bool { return !p.May(a, one) })
}

// MayGrant reports whether an actor may give somebody a role. Of fixed ones it
// answers as [Policy.MayGrant] does. One that the team made may be given by
// whoever has all that it permits and [PermissionRolesGrant]; a role of members
// that is said to be for managers to give ([CustomRole]) does not take the
// latter. Nobody but staff gives roles of staff.
func (d *Directory) MayGrant(ctx context.Context, by Actor, role Role) (bool, error) {
	err := d.mayGrantAll(ctx, by, []Role{role})
	if errors.Is(err, ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// mayGrantAll looks at custom roles as they are kept now: what another instance
// has put into one this moment is not given away by who lacks it.
func (d *Directory) mayGrantAll(ctx context.Context, by Actor, roles []Role) error {
	read := d.roleSet
	if slices.ContainsFunc(roles, Role.Custom) {
		read = d.readRoles
	}
	set, err := read(ctx)
	if err != nil {
		return err
	}
	return set.mayGrantAll(d.policy, by, roles)
}

func (s *roleSet) mayGrantAll(p Policy, by Actor, roles []Role) error {
	for _, r := range roles {
		if !s.mayGrant(p, by, r) {
			return fmt.Errorf("role %q: %w", clip(string(r)), ErrForbidden)
		}
	}
	return nil
}

// mayManage reports whether the actor may have power over somebody with roles.
func (d *Directory) mayManage(ctx context.Context, by Actor, roles []Role) error {
	set, err := d.roleSet(ctx)
	if err != nil {
		return err
	}
	return set.mayGrantAll(d.policy, by, set.held(d.policy, roles))
}
