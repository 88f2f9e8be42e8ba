package profile

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// A RoleTrial says what keeping, or removing, a custom role would change.
type RoleTrial struct {
	People Group             // who has the role and may sign in
	Gains  []PermissionCount // what they get that they do not have by any role now, by permission
	Loses  []PermissionCount // what they have no more
	More   bool              // more people have it, and nothing of what is said here is about them
}

// A PermissionCount is how many people a permission is about.
type PermissionCount struct {
	Permission Permission
	People     int
}

// TryRole returns what keeping r would change; nothing is kept, and of r nothing
// but the key and the permissions is looked at. It counts the first
// Options.TryPeople people by name. It takes what [Directory.SaveRole] does.
func (d *Directory) TryRole(ctx context.Context, by Actor, r CustomRole) (RoleTrial, error) {
	r = r.Clone()
	r.Name = map[string]string{"en": string(r.Key)}
	err := d.mayDefine(by, CustomRole{Key: r.Key})
	if err == nil {
		r, err = r.check(d.catalogue.all())
	}
	if err == nil {
		err = d.mayDefine(by, r)
	}
	if err != nil {
		return RoleTrial{}, wrap(err, "try role", clip(string(r.Key)))
	}
	return d.tryRole(ctx, r.Key, &r, "")
}

// TryRemoveRole returns what removing a custom role would change, and giving
// those who have it another one instead, if that is not empty. It takes what
// [Directory.RemoveRole] does.
func (d *Directory) TryRemoveRole(ctx context.Context, by Actor, key, instead Role) (RoleTrial, error) {
	if err := d.mayRemove(ctx, by, key, instead); err != nil {
		return RoleTrial{}, wrap(err, "try role", clip(string(key)))
	}
	return d.tryRole(ctx, key, nil, instead)
}

func (d *Directory) tryRole(ctx context.Context, key Role, r *CustomRole, instead Role) (RoleTrial, error) {
	before, err := d.readRoles(ctx)
	if err != nil {
		return RoleTrial{}, err
	}
	after := before.with(key, r)
	has, gains, loses := newTally(), map[Permission]int{}, map[Permission]int{}
	more, err := d.havingRole(ctx, key, func(p Person) {
		has.add(p)
		roles := p.Roles
		if instead != "" {
			roles = replaced(roles, key, instead)
		}
		was, is := before.all(d.policy, p.Roles), after.all(d.policy, roles)
		count(gains, is, was)
		count(loses, was, is)
	})
	if err != nil {
		return RoleTrial{}, wrap(err, "try role", clip(string(key)))
	}
	return RoleTrial{People: has.Group, Gains: counted(gains), Loses: counted(loses), More: more}, nil
}

// count adds one to what is in a and not in b.
func count(to map[Permission]int, a, b map[Permission]bool) {
	for p := range a {
		if !b[p] {
			to[p]++
		}
	}
}

func counted(by map[Permission]int) []PermissionCount {
	var out []PermissionCount
	for _, p := range slices.Sorted(maps.Keys(by)) {
		out = append(out, PermissionCount{p, by[p]})
	}
	return out
}

// havingRole calls see for each person who has a role and may sign in.
func (d *Directory) havingRole(ctx context.Context, key Role, see func(Person)) (more bool, err error) {
	q, looked := PersonQuery{Role: key, Limit: min(maxLimit, d.tryPeople)}, 0
	for {
		page, next, err := d.store.People(ctx, q)
		if err != nil {
			return false, fmt.Errorf("people: %w", err)
		}
		for _, p := range slices.DeleteFunc(page, func(p Person) bool { return p.Disabled }) {
			p.Attributes, p.Origin = nil, ""
			see(p)
		}
		if looked += len(page); next == "" || looked >= d.tryPeople {
			return next != "", nil
		}
		q.After = next
	}
}
