package profile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// A RoleInfo is a role that there is, as an actor sees it.
type RoleInfo struct {
	CustomRole      // of fixed roles Key and Permissions only
	Fixed      bool // it is part of the program and cannot be changed
	Grantable  bool // the actor may give it to people
	Changeable bool // the actor may change and remove it
}

// fixedRoles are those that the library knows, in the order of pages.
var fixedRoles = []Role{RoleCustomer, RoleManager, RolePartner, RoleAgent, RoleAuthor, RoleReviewer, RoleTranslator, RoleModerator, RoleAdmin}

// Roles returns all roles, fixed ones first and those that the team made by key.
// Whoever lacks [PermissionDirectoryRead] is told of those that they hold or may
// give.
func (d *Directory) Roles(ctx context.Context, by Actor) ([]RoleInfo, error) {
	if by.Anonymous() {
		return nil, fmt.Errorf("roles: %w", ErrForbidden)
	}
	set, err := d.roleSet(ctx)
	if err != nil {
		return nil, err
	}
	reads, out := d.policy.May(by, PermissionDirectoryRead), []RoleInfo{}
	for _, r := range d.allRoles(set) {
		r.Grantable = set.mayGrant(d.policy, by, r.Key)
		r.Changeable = !r.Fixed && d.mayDefine(by, r.CustomRole) == nil
		if reads || r.Grantable || by.Has(r.Key) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (d *Directory) allRoles(set *roleSet) []RoleInfo {
	var out []RoleInfo
	host := slices.DeleteFunc(slices.Sorted(maps.Keys(d.policy)), func(r Role) bool { return slices.Contains(fixedRoles, r) })
	for _, key := range slices.Concat(fixedRoles, host) {
		permissions := sorted(d.policy[key])
		out = append(out, RoleInfo{CustomRole: CustomRole{Key: key, Permissions: permissions}, Fixed: true})
	}
	for _, key := range slices.Sorted(maps.Keys(set.roles)) {
		r := set.roles[key].Clone()
		r.Origin = ""
		out = append(out, RoleInfo{CustomRole: r})
	}
	return out
}

// Role returns one of the [Directory.Roles].
func (d *Directory) Role(ctx context.Context, by Actor, key Role) (RoleInfo, error) {
	list, err := d.Roles(ctx, by)
	if err != nil {
		return RoleInfo{}, wrap(err, "role", clip(string(key)))
	}
	for _, r := range list {
		if r.Key == key {
			return r, nil
		}
	}
	return RoleInfo{}, wrap(ErrNotFound, "role", clip(string(key)))
}

// RoleNames returns what custom roles are called, by language. Whoever is shown
// that somebody has a role may know its name.
func (d *Directory) RoleNames(ctx context.Context, roles ...Role) (map[Role]map[string]string, error) {
	set, err := d.roleSet(ctx)
	if err != nil {
		return nil, err
	}
	out := map[Role]map[string]string{}
	for _, key := range roles {
		if r, ok := set.roles[key]; ok {
			out[key] = maps.Clone(r.Name)
		}
	}
	return out, nil
}

// SaveRole adds r if r.Version is 0, and otherwise replaces the custom role that
// has r.Key and r.Version. It takes [PermissionRolesWrite],
// [PermissionDirectoryRead] and every permission that the role has or had: nobody
// makes others what they are not. What it permits counts at once, for other
// instances of the portal within Options.RulesFor. Adding the same role again
// answers with the first.
//
// What would leave the portal without anybody who may do all that [RoleAdmin]
// may is refused.
func (d *Directory) SaveRole(ctx context.Context, by Actor, r CustomRole) (CustomRole, error) {
	kept, err := d.saveRole(ctx, by, r.Clone())
	if err != nil {
		deed := Deed{Action: savedAs("role", r.Version), Subject: "role/" + clip(string(r.Key))}
		return CustomRole{}, d.denied(ctx, by, deed, wrap(err, "role", clip(string(r.Key))))
	}
	kept.Origin = ""
	return kept, nil
}

func (d *Directory) saveRole(ctx context.Context, by Actor, r CustomRole) (CustomRole, error) {
	if err := d.mayDefine(by, CustomRole{Key: r.Key}); err != nil {
		return r, err
	}
	r, err := r.check(d.catalogue.all())
	if err == nil {
		err = d.mayDefine(by, r)
	}
	if err != nil {
		return r, err
	}
	if r.Version == 0 {
		return d.addRole(ctx, by, r)
	}
	return d.changeRole(ctx, by, r)
}

// mayDefine reports whether the actor may make, change or remove a role.
func (d *Directory) mayDefine(by Actor, r CustomRole) error {
	may := d.policy.May(by, PermissionRolesWrite) && d.policy.May(by, PermissionDirectoryRead)
	switch {
	case !may || r.Key.Staff() && !by.Staff():
		return ErrForbidden
	case d.keptRoles == nil:
		return lacks("roles")
	}
	for _, p := range r.Permissions {
		if !d.policy.May(by, p) {
			return errs.Say(errs.Forbidden, "error.role.beyond", map[string]any{"permission": clip(string(p))})
		}
	}
	return nil
}

func (d *Directory) addRole(ctx context.Context, by Actor, r CustomRole) (CustomRole, error) {
	r.Origin, r.CreatedAt, r.UpdatedAt = "", time.Time{}, time.Time{}
	hash := idem.Hash(r)
	now := d.clock()
	r.Origin, r.CreatedAt, r.UpdatedAt, r.Version = hash, now, now, 1
	insert := func() (CustomRole, error) {
		if err := d.isFree(ctx, r.Key); err != nil {
			return r, err
		}
		return r, d.keepRole(ctx, by, CustomRole{}, r)
	}
	return idem.Once(hash, insert, func() (CustomRole, string, error) {
		first, err := d.customRole(ctx, r.Key)
		return first, first.Origin, err
	})
}

// isFree refuses a key that is taken, or that somebody has left from a role that
// was removed: what it permitted is not what the new one does.
func (d *Directory) isFree(ctx context.Context, key Role) error {
	have, err := d.keptRoles.Roles(ctx)
	switch {
	case err != nil:
		return err
	case d.policy[key] != nil:
		return errs.Field("key", "error.segment.reserved", nil)
	case slices.ContainsFunc(have, func(o CustomRole) bool { return o.Key == key }):
		return ErrConflict
	case len(have) >= maxCustomRoles:
		return errs.Field("key", "error.role.too_many", map[string]any{"max": maxCustomRoles})
	}
	page, _, err := d.store.People(ctx, PersonQuery{Role: key, Limit: 1})
	if err == nil && len(page) > 0 {
		err = errs.Field("key", "error.role.left_over", nil)
	}
	return err
}

func (d *Directory) changeRole(ctx context.Context, by Actor, r CustomRole) (CustomRole, error) {
	old, err := d.customRole(ctx, r.Key)
	if err == nil {
		err = d.mayDefine(by, old)
	}
	if err == nil && old.Version != r.Version {
		err = ErrConflict
	}
	if err != nil {
		return r, err
	}
	r.Origin, r.CreatedAt, r.UpdatedAt = old.Origin, old.CreatedAt, d.clock()
	r.Version++
	return r, d.guarded(ctx, func(set *roleSet) (*roleSet, func(Person) bool) { return set.with(r.Key, &r), nobodyElse }, "permissions",
		func(ctx context.Context) error { return d.keepRole(ctx, by, old, r) })
}

// keepRole stores r in the place of old and says so.
func (d *Directory) keepRole(ctx context.Context, by Actor, old, r CustomRole) error {
	deed := Deed{Action: savedAs("role", old.Version), Subject: "role/" + string(r.Key), Changes: roleChanges(old, r)}
	if err := d.audited(ctx, by, deed, func() error { return d.keptRoles.SaveRole(ctx, r) }); err != nil {
		return err
	}
	d.forgetRules()
	d.record(ctx, by, "role.saved", "role/"+string(r.Key))
	return nil
}

func (d *Directory) customRole(ctx context.Context, key Role) (CustomRole, error) {
	if d.keptRoles == nil {
		return CustomRole{}, ErrNotFound
	}
	list, err := d.keptRoles.Roles(ctx)
	if err != nil {
		return CustomRole{}, err
	}
	i := slices.IndexFunc(list, func(r CustomRole) bool { return r.Key == key })
	if i < 0 {
		return CustomRole{}, ErrNotFound
	}
	return list[i], nil
}

// RemoveRole forgets a custom role. While people have it that is refused, unless
// there is another role that they get instead. It takes what changing it does,
// and to replace it what changing these people does. Fixed roles are ErrForbidden.
//
// If it ends with an error half-way, some people have the other role already;
// repeating it goes on.
func (d *Directory) RemoveRole(ctx context.Context, by Actor, key, instead Role) error {
	deed := Deed{Action: "role.removed", Subject: "role/" + clip(string(key)), Changes: []Change{{Field: "instead", To: clip(string(instead))}}}
	err := d.mayRemove(ctx, by, key, instead)
	if err == nil && instead != "" {
		err = d.replaceRole(ctx, by, key, instead)
	}
	if err == nil {
		err = d.unheld(ctx, key)
	}
	if err != nil {
		return d.denied(ctx, by, deed, wrap(err, "role", clip(string(key))))
	}
	if err := d.audited(ctx, by, deed, func() error { return d.keptRoles.RemoveRole(ctx, key) }); err != nil {
		return wrap(err, "role", clip(string(key)))
	}
	d.forgetRules()
	d.record(ctx, by, "role.removed", "role/"+string(key))
	return nil
}

// mayRemove refuses what cannot be removed, or given instead.
func (d *Directory) mayRemove(ctx context.Context, by Actor, key, instead Role) error {
	if err := d.mayDefine(by, CustomRole{}); err != nil {
		return err
	}
	if slices.Contains(fixedRoles, key) || d.policy[key] != nil {
		return ErrForbidden
	}
	old, err := d.customRole(ctx, key)
	if err == nil {
		err = d.mayDefine(by, old)
	}
	if err != nil || instead == "" {
		return err
	}
	if instead == key || instead.Kind() != key.Kind() && instead.Staff() {
		return errs.Field("instead", "error.field.choice", map[string]any{"choices": "empty"})
	}
	return d.mayGrantAll(ctx, by, []Role{instead})
}

// replaceRole gives everybody who has a role another instead.
func (d *Directory) replaceRole(ctx context.Context, by Actor, key, instead Role) error {
	for stuck := 0; ; {
		// Who has been changed is not on the first page any more.
		page, _, err := d.store.People(ctx, PersonQuery{Role: key, Limit: maxLimit})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, p := range page {
			p.Roles, p.Attributes = replaced(p.Roles, key, instead), nil
			_, err := d.changePerson(ctx, by, p)
			if errors.Is(err, ErrConflict) && stuck < mostStuck {
				stuck++ // somebody changed them meanwhile
				continue
			}
			if err != nil {
				return err
			}
		}
	}
}

// mostStuck is how often people may be changed by others while their roles are
// replaced.
const mostStuck = 100

func replaced(roles []Role, key, instead Role) []Role {
	out := slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return r == key })
	return append(out, instead)
}

// unheld refuses a role that people have.
func (d *Directory) unheld(ctx context.Context, key Role) error {
	page, _, err := d.store.People(ctx, PersonQuery{Role: key, Limit: 1})
	if err != nil || len(page) == 0 {
		return err
	}
	return errs.Say(errs.Conflict, "error.role.held", nil)
}
