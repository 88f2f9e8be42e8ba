package profile

import "context"

// Somebody manages an organisation who may change its people. The last who does
// cannot be lost by their own hand or by another manager's, while others belong
// to it: these could ask nobody within. Who may change the whole directory may do
// it, for they can appoint another, and everybody may have themselves erased.

// minds reports whether somebody is kept from taking the last manager from the
// organisation of a person.
func (d *Directory) minds(by Actor, p Person) bool {
	return p.Account != "" && !d.policy.May(by, PermissionDirectoryWrite)
}

// managesOwn reports whether a person manages the organisation that they belong
// to.
func (d *Directory) managesOwn(set *roleSet, p Person) bool {
	return p.Account != "" && !p.Disabled && set.all(d.policy, p.Roles)[PermissionMembersWrite]
}

// keepsManager refuses to lose a person whose organisation has others, none of
// whom manages it.
func (d *Directory) keepsManager(ctx context.Context, set *roleSet, old Person, field string) error {
	others, q := false, PersonQuery{Account: old.Account, Limit: maxLimit}
	for {
		page, next, err := d.store.People(ctx, q)
		if err != nil {
			return err
		}
		for _, p := range page {
			if p.ID == old.ID {
				continue
			}
			if d.managesOwn(set, p) {
				return nil
			}
			others = true
		}
		if next == "" {
			break
		}
		q.After = next
	}
	if others {
		return lastOne(field, "error.role.last_manager")
	}
	return nil
}
